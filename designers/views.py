"""Where the link in an invitation leads."""

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from designers import people
from designers.forms import JoinForm
from designers.invitations import taken
from designers.keys.adapters import BACKEND
from designers.models import Invitation, Member


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Become a member of a maker's bench, once, within the week.

    Who has no login chooses a name and a password. Who has one logs in and says yes: the
    letter's address must be theirs.
    """
    invitation = get_object_or_404(Invitation.objects.select_related("designer"), token=token)
    if invitation.accepted_at or invitation.expires_at <= now():
        return _page(request, invitation, None, status=410)
    if request.user.is_authenticated:
        return _join_as(request, invitation, request.user)
    if User.objects.filter(email__iexact=invitation.email, is_active=True).exists():
        return _page(request, invitation, None, is_known=True)
    form = JoinForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid() and _accept(request, invitation, form):
        return redirect("admin:index")
    return _page(request, invitation, form, status=422 if form.errors else 200)


def _join_as(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """Somebody who is in: yes in one press, unless the letter was for another address."""
    if user.email.lower() != invitation.email.lower():
        status = 403 if request.method == "POST" else 200
        return _page(request, invitation, None, status=status, is_others=True)
    if request.method == "POST" and people.accept(invitation, user):
        return redirect("admin:index")
    return _page(request, invitation, None, is_theirs=True)


def _accept(request: HttpRequest, invitation: Invitation, form: JoinForm) -> bool:
    """Make the person a member; False when the link or the name was taken meanwhile."""
    user = form.user()
    try:
        with transaction.atomic():
            if not taken(invitation):
                return False
            user.save()
            Member.objects.create(designer=invitation.designer, user=user, role=invitation.role)
    except IntegrityError:
        form.add_error("username", _("Somebody logs in with this already: choose another."))
        return False
    login(request, user, backend=BACKEND)
    return True


def _page(
    request: HttpRequest,
    invitation: Invitation,
    form: JoinForm | None,
    status: int = 200,
    **context: bool,
) -> HttpResponse:
    """The page; what happened to the link while this was answered is said too."""
    fresh = Invitation.objects.select_related("designer").filter(pk=invitation.pk).first()
    if fresh is None or fresh.token != invitation.token:
        raise Http404
    if fresh.accepted_at:
        form, status, context = None, 410, {}
    told = {"invitation": fresh, "form": form, "title": _("An invitation")}
    return render(request, "designers/join.html", told | context, status=status)
