"""Tells somebody by mail what happened to their second keys: they may not have done it."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils.timezone import now
from django.utils.translation import gettext as _

from designers.models import KeyLetter


def write(user: User, kind: KeyLetter.Kind, key_name: str = "") -> None:
    """Keep what happened, and send the letter once that is certain."""
    letter = KeyLetter.objects.create(user=user, kind=kind, key_name=key_name[:60])
    transaction.on_commit(lambda: send.enqueue(letter.pk))


@task()
def send(pk: int) -> None:
    """Send one letter, unless it was sent already; raises what the mail server raises."""
    letter = KeyLetter.objects.select_related("user").filter(pk=pk, mailed_at=None).first()
    if letter is None or not letter.user.email:
        return
    words = {"letter": letter, "shop_name": settings.SHOP_NAME, "address": settings.SITE_URL}
    send_mail(
        subject=_("Your second key at %s") % settings.SHOP_NAME,
        message=render_to_string("designers/mail/second_key.txt", words),
        from_email=None,
        recipient_list=[letter.user.email],
    )
    KeyLetter.objects.filter(pk=pk).update(mailed_at=now())


def send_unsent() -> int:
    """Send every letter that a lost worker dropped; tells how many."""
    unsent = KeyLetter.objects.filter(mailed_at=None).exclude(user__email="")
    waiting = list(unsent.values_list("pk", flat=True))
    for pk in waiting:
        send.call(pk)
    return len(waiting)


def called(key: Authenticator) -> str:
    """What a key is called: as its owner named it, or what kind it is."""
    if key.type == Authenticator.Type.WEBAUTHN:
        return str(key.wrap().name)
    if key.type == Authenticator.Type.TOTP:
        return _("the app")
    return _("the paper codes")
