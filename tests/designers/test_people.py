"""The people of a maker: roles, letters that wait, and a last owner who stays."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from designers import invitations, people
from designers.models import Designer, Invitation, Member
from tests import factories as make

LogIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
GOOD = {"name": "Ruta Kazlaite", "username": "ruta", "password": "amber-and-rope-9"}


def page_of(designer: Designer) -> str:
    return reverse("admin:designers_designer_people", args=[designer.pk])


def role_of(user: User) -> tuple[str, bool]:
    member = user.memberships.get()
    return member.role, member.is_active


def person(user: User) -> str:
    member = user.memberships.get()
    return reverse("admin:designers_designer_person", args=[member.designer_id, member.pk])


@pytest.fixture
def invitation(ines: Designer) -> Invitation:
    return Invitation.objects.create(designer=ines, email="ruta@example.lt", role="editor")


def letter(invitation: Invitation, act: str) -> str:
    name = f"admin:designers_designer_letter_{act}"
    return reverse(name, args=[invitation.designer_id, invitation.pk])


def join(invitation: Invitation) -> str:
    return reverse("designers:join", args=[invitation.token])


# --- Roles ------------------------------------------------------------------------------------


def test_an_owner_changes_roles_and_takes_out(
    alice: User, ines: Designer, logged_in: LogIn
) -> None:
    ruta, client = make.make_member(ines, "ruta", role="bench"), logged_in(alice)
    client.post(person(ruta), {"role": "editor"})
    assert role_of(ruta) == ("editor", True)
    client.post(person(ruta), {"role": "editor", "_out": ""})
    assert role_of(ruta) == ("editor", False)
    assert logged_in(ruta).get(reverse("admin:catalog_piece_changelist")).status_code == 403
    client.post(person(ruta), {"role": "editor", "_in": ""})
    assert role_of(ruta) == ("editor", True)
    said = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert said == ["bench → editor", "works here no more", "works here again"]


@pytest.mark.parametrize("sent", [{"role": "bench"}, {"role": "owner", "_out": ""}])
def test_the_last_owner_stays(sent: dict[str, str], alice: User, logged_in: LogIn) -> None:
    answer = logged_in(alice).post(person(alice), sent, follow=True)
    assert "last owner" in answer.content.decode()
    assert role_of(alice) == ("owner", True)


def test_one_of_two_owners_may_go(alice: User, ines: Designer, logged_in: LogIn) -> None:
    ruta = make.make_member(ines, "ruta", role="owner")
    logged_in(alice).post(person(alice), {"role": "bench"})
    assert role_of(alice) == ("bench", True)
    logged_in(ruta).post(person(ruta), {"role": "editor"})
    assert role_of(ruta) == ("owner", True)


@pytest.mark.parametrize("sent", [{"role": "king"}, {"role": ""}, {}])
def test_an_unknown_role_changes_nothing(
    sent: dict[str, str], alice: User, ines: Designer, logged_in: LogIn
) -> None:
    ruta = make.make_member(ines, "ruta", role="bench")
    assert logged_in(alice).post(person(ruta), sent).status_code == 302
    assert role_of(ruta) == ("bench", True)


def test_nobody_elses_people(alice: User, bob: User, henrik: Designer, logged_in: LogIn) -> None:
    client = logged_in(alice)
    waiting = Invitation.objects.create(designer=henrik, email="x@example.com")
    assert client.get(page_of(henrik)).status_code == 404
    for address in (person(bob), letter(waiting, "again"), letter(waiting, "back")):
        assert client.post(address, {"role": "bench", "_out": ""}).status_code == 404
    mixed = reverse(
        "admin:designers_designer_person",
        args=[alice.memberships.get().designer_id, bob.memberships.get().pk],
    )
    assert client.post(mixed, {"role": "bench"}).status_code == 404
    assert role_of(bob) == ("owner", True)
    assert Invitation.objects.filter(pk=waiting.pk, token=waiting.token).exists()


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_take_each_other_out(ines: Designer) -> None:
    for _round in range(5):
        Member.objects.all().delete()
        owners = [make.make_member(ines) for _each in range(2)]
        _at_once([lambda user=user: _leave(user) for user in owners])  # type: ignore[misc]
        assert Member.objects.filter(role="owner", is_active=True).count() == 1


def _leave(user: User) -> None:
    with suppress(people.LastOwner):
        people.change(user.memberships.get(), role="owner", is_active=False)


def _at_once(acts: list[Callable[[], object]]) -> None:
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- Letters ----------------------------------------------------------------------------------


def test_an_owner_invites_from_the_page(alice: User, ines: Designer, logged_in: LogIn) -> None:
    client = logged_in(alice)
    client.post(page_of(ines), {"email": "ruta@example.lt", "role": "bench"})
    assert invitations.send_unsent() == 1
    assert "ruta@example.lt" in client.get(page_of(ines)).content.decode()
    for email in ("ruta@example.lt", "RUTA@example.lt", alice.email, "nonsense", ""):
        answer = client.post(page_of(ines), {"email": email, "role": "bench"})
        assert answer.status_code == 422
    assert Invitation.objects.count() == 1


def test_sent_again_the_old_link_ends(
    alice: User, invitation: Invitation, logged_in: LogIn
) -> None:
    old = join(invitation)
    Invitation.objects.update(mailed_at=now(), expires_at=now() - timedelta(days=1))
    assert "ran out" in logged_in(alice).get(page_of(invitation.designer)).content.decode()
    logged_in(alice).post(letter(invitation, "again"))
    assert invitations.send_unsent() == 1
    invitation.refresh_from_db()
    assert Client().get(old).status_code == 404
    assert Client().get(join(invitation)).status_code == 200
    assert join(invitation) in str(mail.outbox[-1].body)


def test_asked_for_again_while_it_is_sent_the_new_letter_goes_too(
    invitation: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "send_mail", lambda **_words: people.send_again(invitation))
    invitations.send.call(invitation.pk)
    assert invitations.unsent().get().token != invitation.token


def test_taken_back_the_link_ends(alice: User, invitation: Invitation, logged_in: LogIn) -> None:
    logged_in(alice).post(letter(invitation, "back"))
    assert Client().get(join(invitation)).status_code == 404
    assert "opens nothing" in LogEntry.objects.get().change_message


def test_what_was_accepted_is_not_taken_back(
    alice: User, invitation: Invitation, logged_in: LogIn
) -> None:
    Client().post(join(invitation), GOOD)
    for act in ("again", "back"):
        answer = logged_in(alice).post(letter(invitation, act), follow=True)
        assert "accepted it meanwhile" in answer.content.decode()
    assert Invitation.objects.filter(pk=invitation.pk, token=invitation.token).exists()


def test_taken_back_while_it_is_accepted_is_no_error(
    invitation: Invitation, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = invitations.taken

    def late(of: Invitation) -> bool:
        people.take_back(of)
        return taken(of)

    monkeypatch.setattr("designers.views.taken", late)
    assert client.post(join(invitation), GOOD).status_code == 404
    assert not User.objects.filter(username="ruta").exists()


@pytest.mark.django_db(transaction=True)
def test_one_link_makes_one_member_also_at_once(invitation: Invitation) -> None:
    names = [f"ruta-{number}" for number in range(4)]
    posts = [
        lambda name=name: Client().post(join(invitation), GOOD | {"username": name})  # type: ignore[misc]
        for name in names
    ]
    _at_once(posts)
    assert Member.objects.count() == User.objects.count() == 1


# --- Somebody who logs in already ---------------------------------------------------------------


@pytest.fixture
def for_bob(bob: User, ines: Designer) -> Invitation:
    return Invitation.objects.create(designer=ines, email=bob.email.upper(), role="editor")


def test_who_has_a_login_is_asked_to_use_it(for_bob: Invitation, client: Client) -> None:
    text = client.get(join(for_bob)).content.decode()
    assert "come in with it" in text
    client.post(join(for_bob), GOOD)
    assert not User.objects.filter(username="ruta").exists()


def test_one_person_works_for_two_makers(
    for_bob: Invitation, bob: User, ines: Designer, henrik: Designer, logged_in: LogIn
) -> None:
    client = logged_in(bob)
    assert "Yes" in client.get(join(for_bob)).content.decode()
    assert client.post(join(for_bob)).status_code == 302
    assert dict(bob.memberships.values_list("designer__short_name", "role")) == {
        "Henrik": "owner",
        "Inês": "editor",
    }
    assert client.get("/admin/").status_code == 200
    assert client.get(page_of(henrik)).status_code == 200
    assert client.get(page_of(ines)).status_code == 403
    assert client.post(join(for_bob)).status_code == 410


def test_a_letter_for_another_address_is_refused(
    invitation: Invitation, bob: User, logged_in: LogIn
) -> None:
    client = logged_in(bob)
    assert "for somebody else" in client.get(join(invitation)).content.decode()
    assert client.post(join(invitation)).status_code == 403
    assert bob.memberships.count() == 1
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_an_old_letter_takes_nothing_from_an_owner(
    alice: User, ines: Designer, logged_in: LogIn
) -> None:
    old = Invitation.objects.create(designer=ines, email=alice.email, role="bench")
    logged_in(alice).post(join(old))
    assert role_of(alice) == ("owner", True)


def test_who_had_left_comes_back_by_letter(ines: Designer, alice: User, logged_in: LogIn) -> None:
    ruta = make.make_member(ines, "ruta", role="owner", is_active=False)
    again = Invitation.objects.create(designer=ines, email=ruta.email, role="bench")
    logged_in(ruta).post(join(again))
    assert role_of(ruta) == ("bench", True)
