"""Inviting somebody to a maker's bench: a letter with a link, for one person, once, for a week."""

from django.conf import settings
from django.core.mail import send_mail
from django.db import models, transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from designers.models import Invitation


def send_later(invitation: Invitation) -> None:
    """Send the letter once the invitation is safely kept."""
    transaction.on_commit(lambda: send.enqueue(invitation.pk))


@task()
def send(pk: int) -> None:
    """Send one letter, unless it was sent already; raises what the mail server raises."""
    invitation = unsent().select_related("designer").filter(pk=pk).first()
    if invitation is None:
        return
    send_mail(
        subject=_("An invitation to the workshop of %s") % settings.SHOP_NAME,
        message=render_to_string("designers/mail/invitation.txt", _words_of(invitation)),
        html_message=render_to_string("designers/mail/invitation.html", _words_of(invitation)),
        from_email=None,
        recipient_list=[invitation.email],
    )
    # Asked for again meanwhile, it has another link, and that letter is still to be sent.
    Invitation.objects.filter(pk=pk, token=invitation.token).update(mailed_at=now())


def taken(invitation: Invitation) -> bool:
    """Use the link up; False when it was used, taken back, or ran out meanwhile."""
    unused = Invitation.objects.filter(
        pk=invitation.pk, token=invitation.token, accepted_at=None, expires_at__gt=now()
    )
    return bool(unused.update(accepted_at=now()))


def unsent() -> "models.QuerySet[Invitation]":
    """Letters still to be sent: what a sweep sends again when a worker was lost."""
    return Invitation.objects.filter(mailed_at=None, accepted_at=None, expires_at__gt=now())


def send_unsent() -> int:
    """Send every letter that a lost worker dropped; tells how many."""
    waiting = list(unsent().values_list("pk", flat=True))
    for pk in waiting:
        send.call(pk)
    return len(waiting)


def link_of(invitation: Invitation) -> str:
    """The address by which the invited person joins."""
    return f"{settings.SITE_URL}{reverse('designers:join', args=[invitation.token])}"


def _words_of(invitation: Invitation) -> dict[str, object]:
    return {
        "invitation": invitation,
        "link": link_of(invitation),
        "shop_name": settings.SHOP_NAME,
        "shop_email": settings.SHOP_EMAIL,
    }
