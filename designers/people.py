"""Who works for a maker, and as what: roles change here, and the last owner stays."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import now

from designers import invitations
from designers.invitations import taken
from designers.models import Designer, Invitation, Member, a_week_from_now, invitation_token


class LastOwner(Exception):
    """A maker's workshop must keep somebody who may do everything in it."""


class NotWaiting(Exception):
    """The invitation was accepted, or taken back, meanwhile."""


@transaction.atomic
def change(member: Member, *, role: str, is_active: bool) -> None:
    """Give a member another role, or take them out, or back in; raises LastOwner.

    Two owners may take each other out at the same moment, and each row is another: the maker's
    row is written first, so that the second waits and sees what the first has done.
    """
    Designer.objects.filter(pk=member.designer_id).update(is_active=F("is_active"))
    rows = Member.objects.filter(pk=member.pk)
    if role != Member.Role.OWNER or not is_active:
        owners = Member.objects.filter(
            designer=OuterRef("designer"), role=Member.Role.OWNER, is_active=True
        ).exclude(pk=member.pk)
        rows = rows.filter(~Q(role=Member.Role.OWNER) | Q(is_active=False) | Exists(owners))
    if not rows.update(role=role, is_active=is_active):
        raise LastOwner
    member.role, member.is_active = role, is_active


def send_again(invitation: Invitation) -> None:
    """A new letter with a new link, valid for a week; the old link ends. Raises NotWaiting."""
    renewed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
        token=invitation_token(), created_at=now(), expires_at=a_week_from_now(), mailed_at=None
    )
    if not renewed:
        raise NotWaiting
    invitations.send_later(invitation)


def take_back(invitation: Invitation) -> None:
    """The link ends; raises NotWaiting when it was used before."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).delete()[0]:
        raise NotWaiting


@transaction.atomic
def accept(invitation: Invitation, user: User) -> bool:
    """Make somebody who logs in already a member; False when the link ended meanwhile.

    Who works there already keeps their role: an old letter takes nothing from an owner. Who had
    left comes back, with the role of the letter.
    """
    if not taken(invitation):
        return False
    if not user.is_staff:
        User.objects.filter(pk=user.pk).update(is_staff=True)
    role = invitation.role
    member, new = Member.objects.get_or_create(
        designer=invitation.designer, user=user, defaults={"role": role}
    )
    if not new:
        Member.objects.filter(pk=member.pk, is_active=False).update(role=role, is_active=True)
    return True
