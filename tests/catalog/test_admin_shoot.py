"""From the bench to a drop: into which collection is asked only where there are several."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from catalog.models import Collection
from designers.models import Designer, Member
from tests.factories import make_collection, make_member

type LogIn = Callable[[User], Client]
SHOOT = reverse("admin:catalog_collection_shoot")


def drop_of(collection: Collection) -> str:
    return reverse("admin:catalog_collection_photographs", args=[collection.pk])


def test_the_bench_leads_there(alice: User, logged_in: LogIn) -> None:
    assert f'href="{SHOOT}"' in logged_in(alice).get(reverse("admin:index")).text


def test_the_only_collection_is_not_asked_for(
    alice: User, ines: Designer, henrik: Designer, logged_in: LogIn
) -> None:
    mine = make_collection(designer=ines)
    make_collection(designer=ines, retired_at=now())
    make_collection(designer=henrik)
    assert logged_in(alice).get(SHOOT)["Location"] == drop_of(mine)


def test_without_any_one_is_begun(alice: User, logged_in: LogIn) -> None:
    answer = logged_in(alice).get(SHOOT, follow=True)
    assert answer.redirect_chain[0][0] == reverse("admin:catalog_collection_add")
    assert "A shoot is dropped into a collection: begin one." in answer.text


def test_of_several_the_last_worked_at_stands_first(
    alice: User, ines: Designer, henrik: Designer, logged_in: LogIn
) -> None:
    older, newer = make_collection(designer=ines), make_collection(designer=ines)
    foreign = make_collection(designer=henrik)
    text = logged_in(alice).get(SHOOT).text
    assert text.index(drop_of(newer)) < text.index(drop_of(older))
    assert drop_of(foreign) not in text


def test_who_writes_no_collections_is_not_asked(ines: Designer, logged_in: LogIn) -> None:
    client = logged_in(make_member(ines, "berta", role=Member.Role.BENCH))
    assert client.get(SHOOT).status_code == 403
    assert SHOOT not in client.get(reverse("admin:index")).text
