"""The page as it would be, before anything is kept: for its maker alone, and without a trace."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import drafts
from catalog.models import Collection, Draft, Version
from designers.models import Designer
from tests import factories as make
from tests.catalog.test_drafts import page_of, press, seen_of

LogIn = Callable[[User], Client]


@pytest.fixture
def client(alice: User, logged_in: LogIn) -> Client:
    return logged_in(alice)


@pytest.fixture
def live(ines: Designer) -> Collection:
    collection = make.make_collection(designer=ines, title="Low Water")
    make.make_piece(collection=collection, title="Tidestone ring")
    return collection


def rows() -> dict[str, Any]:
    return {
        "collection": list(Collection.objects.values()),
        "blocks": list(Collection.objects.values("blocks__text", "blocks__kind", "title")),
        "pieces": list(Collection.objects.values("pieces__title", "pieces__search_text")),
        "kept": (Draft.objects.count(), Version.objects.count()),
        "files": sorted(Path(settings.MEDIA_ROOT).rglob("*")),
        "mails": len(getattr(mail, "outbox", [])),
    }


def test_what_is_typed_is_shown_and_leaves_nothing(
    client: Client, live: Collection, django_capture_on_commit_callbacks: Any
) -> None:
    sent = seen_of(client, page_of(live)) | {"title": "High Water", "blocks-0-text": "*Anew.*"}
    before = rows()
    with django_capture_on_commit_callbacks() as after_commit:
        text = client.post(page_of(live, "preview"), sent).content.decode()
    assert "High Water" in text
    assert "<em>Anew.</em>" in text
    assert rows() == before
    assert after_commit == []


def test_a_half_typed_field_shows_what_is_live_beside_what_is_new(
    client: Client, live: Collection
) -> None:
    sent = seen_of(client, page_of(live)) | {"title": "", "year": "x", "standfirst": "It turns."}
    text = client.post(page_of(live, "preview"), sent).content.decode()
    assert "Low Water" in text
    assert "It turns." in text


def test_a_piece_is_shown_and_cannot_be_bought(client: Client, live: Collection) -> None:
    ring = live.pieces.get()
    sent = seen_of(client, page_of(ring)) | {"title": "Slipway ring", "price": "123"}
    text = client.post(page_of(ring, "preview"), sent).content.decode()
    assert "Slipway ring" in text
    assert "123" in text
    assert text.count('type="submit" disabled') + text.count('form="buy" disabled') >= 2
    ring.refresh_from_db()
    assert ring.title == "Tidestone ring"


def test_it_is_kept_nowhere_and_framed_by_ourselves_alone(client: Client, live: Collection) -> None:
    answer = client.get(page_of(live, "preview"))
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_shopper_sees_nothing_of_it(client: Client, live: Collection) -> None:
    press(client, live, title="High Water", _continue="1")
    assert "High Water" in client.get(page_of(live, "preview")).content.decode()
    for path in (live.get_absolute_url(), "/collections/", "/"):
        assert "High Water" not in Client().get(path).content.decode()


def test_a_rehearsal_that_fails_is_rolled_back_too(live: Collection, alice: User) -> None:
    changes = {"fields": {"title": {"was": ["Low Water"], "is": ["High Water"]}}}

    def breaks() -> None:
        with drafts.rehearsed(live, alice, changes) as shown:
            assert shown.title == "High Water"
            raise RuntimeError("the page broke")

    with pytest.raises(RuntimeError, match="the page broke"):
        breaks()
    live.refresh_from_db()
    assert live.title == "Low Water"


def test_markdown_is_set_as_the_shop_sets_it(client: Client, live: Collection) -> None:
    url = f"{page_of(live, 'prose')}?field=blocks-0-text"
    text = client.post(url, {"blocks-0-text": "*So* <script>x</script>"}).content.decode()
    assert "<em>So</em>" in text
    assert "<script>x" not in text


def test_a_draft_is_laid_out_in_as_few_queries_however_many_rows(
    client: Client, live: Collection
) -> None:
    ring = live.pieces.get()
    press(client, ring, title="Slipway ring", _continue="1")
    client.get(page_of(ring, "preview"))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(ring, "preview"))
    for mm in range(40, 60):
        ring.variants.create(label=str(mm), size=mm * 100)
        make.make_photo(ring.designer, piece=ring)
    with CaptureQueriesContext(connection) as many:
        assert "Slipway ring" in client.get(page_of(ring, "preview")).text
    assert len(many) == len(few) <= 30
