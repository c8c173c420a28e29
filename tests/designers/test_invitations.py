"""An invitation: a letter with a link that makes one person a member, once, within a week."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from designers import invitations
from designers.models import Designer, Invitation, Member

LogIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
GOOD = {"name": "Ruta Kazlaite", "username": "ruta", "password": "amber-and-rope-9"}


@pytest.fixture
def invitation(ines: Designer) -> Invitation:
    return Invitation.objects.create(designer=ines, email="ruta@example.lt", role="editor")


def join(invitation: Invitation) -> str:
    return reverse("designers:join", args=[invitation.token])


def test_the_owner_invites_and_a_letter_with_the_link_goes_out(
    owner: User,
    ines: Designer,
    logged_in: LogIn,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    sent = {"designer": ines.pk, "email": "ruta@example.lt", "role": "editor"}
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        logged_in(owner).post(reverse("admin:designers_invitation_add"), sent)
    invitation = Invitation.objects.get(email="ruta@example.lt")
    invitations.send.call(invitation.pk)
    (letter,) = mail.outbox
    assert letter.to == ["ruta@example.lt"]
    assert join(invitation) in str(letter.body)
    assert "Inês Carvalho" in str(letter.body)


def test_a_letter_is_sent_once_and_a_lost_one_is_found(invitation: Invitation) -> None:
    assert invitations.send_unsent() == 1
    assert invitations.send_unsent() == 0
    invitations.send.call(invitation.pk)
    assert len(mail.outbox) == 1


def test_joining_makes_a_member_who_may_come_in(invitation: Invitation, client: Client) -> None:
    assert client.get(join(invitation)).status_code == 200
    answer = client.post(join(invitation), GOOD, follow=True)
    assert answer.status_code == 200
    member = Member.objects.get(user__username="ruta")
    assert (member.designer, member.role) == (invitation.designer, "editor")
    assert member.user.is_staff
    assert not member.user.is_superuser
    assert member.user.get_full_name() == "Ruta Kazlaite"
    assert answer.redirect_chain[-1][0] == reverse("admin:index")


def test_the_link_works_once_and_says_so(invitation: Invitation, client: Client) -> None:
    client.post(join(invitation), GOOD)
    answer = Client().post(join(invitation), GOOD | {"username": "second"})
    assert answer.status_code == 410
    assert "This link was used" in answer.content.decode()
    assert not User.objects.filter(username="second").exists()


def test_an_old_link_says_so(invitation: Invitation, client: Client) -> None:
    Invitation.objects.update(expires_at=now() - timedelta(minutes=1))
    answer = client.post(join(invitation), GOOD)
    assert answer.status_code == 410
    assert "too old" in answer.content.decode()
    assert not Member.objects.exists()


def test_an_unknown_link_is_not_found(client: Client) -> None:
    assert client.get("/workshop/join/nobody-knows-this/").status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "short"), ("password", "12345678901"), ("name", ""), ("username", "a b")],
)
def test_bad_input_is_told_beside_its_field(
    field: str, value: str, invitation: Invitation, client: Client
) -> None:
    answer = client.post(join(invitation), GOOD | {field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not User.objects.filter(username="ruta").exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_a_name_that_somebody_has_is_told(invitation: Invitation, client: Client) -> None:
    User.objects.create_user("Ruta")
    answer = client.post(join(invitation), GOOD)
    assert "choose another" in answer.content.decode()


def test_the_makers_owner_invites_only_to_their_own(
    alice: User, ines: Designer, henrik: Designer, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    url = reverse("admin:designers_invitation_add")
    client.post(url, {"designer": henrik.pk, "email": "x@example.com", "role": "bench"})
    client.post(url, {"designer": ines.pk, "email": "y@example.com", "role": "bench"})
    assert list(Invitation.objects.values_list("email", flat=True)) == ["y@example.com"]
