"""Two keep at once: one draft, the other is told, and nobody's words are gone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.http import QueryDict

from catalog import drafts
from catalog.models import Collection, Draft, Version
from designers.models import Designer
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def live(ines: Designer) -> Collection:
    return make.make_collection(designer=ines, title="Low Water")


def test_of_several_who_saw_the_same_one_keeps(live: Collection) -> None:
    members = [make.make_member(live.designer, f"member-{number}") for number in range(6)]
    seen = drafts.seen(live, None)

    def keep(number: int) -> bool:
        try:
            thing = Collection.objects.get(pk=live.pk)
            drafts.keep(thing, QueryDict(f"title=Tide {number}&_seen={seen}"), members[number])
        except drafts.Overtaken:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as hands:
        kept = list(hands.map(keep, range(6)))
    assert kept.count(True) == 1
    assert Draft.objects.get().answers["fields"]["title"]["is"] == [f"Tide {kept.index(True)}"]


def test_it_goes_in_once(live: Collection, alice: User) -> None:
    drafts.keep(live, QueryDict("title=High Water"), alice)

    def put_in(_number: int) -> bool:
        try:
            return drafts.put_in(Collection.objects.get(pk=live.pk), alice) is not None
        except drafts.Overtaken:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as hands:
        assert list(hands.map(put_in, range(4))).count(True) == 1
    live.refresh_from_db()
    assert live.title == "High Water"
    assert Version.objects.count() == 2  # before and after


def test_keeping_and_putting_in_at_once_lose_nothing(live: Collection, alice: User) -> None:
    drafts.keep(live, QueryDict("title=High Water"), alice)
    seen = drafts.seen(live, drafts.of(live))

    def go(keeps: bool) -> bool:
        thing = Collection.objects.get(pk=live.pk)
        try:
            if keeps:
                drafts.keep(thing, QueryDict(f"title=High Water&teaser=so&_seen={seen}"), alice)
            else:
                drafts.put_in(thing, alice)
        except drafts.Overtaken:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as hands:
        kept, went_in = hands.map(go, [True, False])
    live.refresh_from_db()
    assert went_in
    assert live.title == "High Water"
    # Either it was kept before and went in with the rest, or it was refused and told.
    assert live.teaser == ("so" if kept else "")
