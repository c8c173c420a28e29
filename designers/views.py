"""Where the link in an invitation leads."""

from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from designers.forms import JoinForm
from designers.models import Invitation, Member


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Become a member of a maker's bench: name and password, once, within the week."""
    invitation = get_object_or_404(Invitation.objects.select_related("designer"), token=token)
    if invitation.accepted_at or invitation.expires_at <= now():
        return _page(request, invitation, None, status=410)
    form = JoinForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid() and _accept(request, invitation, form):
        return redirect("admin:index")
    return _page(request, invitation, form, status=422 if form.errors else 200)


def _accept(request: HttpRequest, invitation: Invitation, form: JoinForm) -> bool:
    """Make the person a member; False when the link or the name was taken meanwhile."""
    unused = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    user = form.user()
    try:
        with transaction.atomic():
            if not unused.update(accepted_at=now()):
                return False
            user.save()
            Member.objects.create(designer=invitation.designer, user=user, role=invitation.role)
    except IntegrityError:
        form.add_error("username", _("Somebody logs in with this already: choose another."))
        return False
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return True


def _page(
    request: HttpRequest, invitation: Invitation, form: JoinForm | None, status: int
) -> HttpResponse:
    invitation.refresh_from_db(fields=["accepted_at"])
    context = {"invitation": invitation, "form": form, "title": _("An invitation")}
    return render(request, "designers/join.html", context, status=status)
