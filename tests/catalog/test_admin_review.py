"""A maker asks on the collection's page, the owner answers in the inbox; nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now

from catalog import drops
from catalog.models import Collection, Piece, Review
from designers.models import Designer
from tests import factories as make
from tests.designers.forms import form_of

LogIn = Callable[[User], Client]


@pytest.fixture
def low_water(ines: Designer) -> Collection:
    ines.is_trusted = False
    ines.save()
    collection = make.make_collection(designer=ines, published=False, title="Low Water")
    make.make_shown_piece(collection=collection, title="Harbour Lamp")
    collection.seen = make.make_photo(ines, collection=collection)
    collection.save()
    return collection


def press(client: Client, thing: Collection | Piece, **sent: object) -> str:
    """Press a button of the thing's page; tells the anchor at which it goes on."""
    kind = "collection" if isinstance(thing, Collection) else "piece"
    url = reverse(f"admin:catalog_{kind}_change", args=[thing.pk])
    answer = client.post(url, form_of(client, url) | sent)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).removeprefix(url)


def page_of(client: Client, thing: Collection) -> str:
    return client.get(reverse("admin:catalog_collection_change", args=[thing.pk])).content.decode()


def state_of(collection: Collection) -> str:
    return Collection.objects.get(pk=collection.pk).state


def answer(client: Client, review: Review, **sent: object) -> tuple[int, str]:
    review.refresh_from_db()
    url = reverse("admin:catalog_review_answer", args=[review.pk])
    told = client.post(url, {"revision": review.revision} | sent)
    return told.status_code, told.content.decode()


def test_asked_read_in_the_inbox_and_approved(
    low_water: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker, house = logged_in(alice), logged_in(owner)
    assert press(maker, low_water, _review="1", standfirst="Typed just now.") == "#publishing"
    assert state_of(low_water) == "review"
    assert "in review" in page_of(maker, low_water)
    inbox = house.get(reverse("admin:index")).content.decode()
    for part in ("Low Water asks to go live", "Harbour Lamp", "Approve, goes live at once"):
        assert part in inbox
    assert answer(house, Review.objects.get(), _approve="1")[0] == 302
    low_water.refresh_from_db()
    assert (low_water.state, low_water.standfirst) == ("live", "Typed just now.")
    assert "Low Water asks" not in house.get(reverse("admin:index")).content.decode()


def test_a_must_that_is_missing_keeps_the_draft_and_leads_to_the_gap(
    low_water: Collection, alice: User, logged_in: LogIn
) -> None:
    maker = logged_in(alice)
    went_on = press(maker, low_water, _review="1", standfirst="", title="High Water")
    assert went_on == "#id_standfirst"
    low_water.refresh_from_db()
    assert (low_water.state, low_water.title) == ("draft", "High Water")
    text = page_of(maker, low_water)
    assert 'href="#id_standfirst"' in text
    assert "One thing must be there first" in text


def test_sent_back_the_reason_stands_on_the_page(
    low_water: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker, house = logged_in(alice), logged_in(owner)
    press(maker, low_water, _review="1")
    review = Review.objects.get()
    status, text = answer(house, review, _return="1", reason="  ", trust="on")
    assert status == 400
    assert "Say why it goes back" in text
    assert 'name="trust" checked' in text
    assert answer(house, review, _return="1", reason="Which <metal>?")[0] == 302
    text = page_of(maker, low_water)
    for part in ("Which &lt;metal&gt;?", "olive, ", "returned on ", "Send to review again"):
        assert part in text


def test_what_changed_meanwhile_is_shown_and_what_was_typed_stays(
    low_water: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker, house = logged_in(alice), logged_in(owner)
    press(maker, low_water, _review="1")
    review = Review.objects.get()
    read = review.revision
    press(maker, low_water, _continue="1", standfirst="Another opening.")
    status, text = answer(house, review, _approve="1", revision=read, reason="Half a reason")
    assert status == 409
    assert "Half a reason" in text
    assert state_of(low_water) == "review"
    assert answer(house, review, _approve="1")[0] == 302
    low_water.refresh_from_db()
    assert low_water.standfirst == "Another opening."


def test_an_answer_to_what_was_taken_back_is_told_so(
    low_water: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker, house = logged_in(alice), logged_in(owner)
    press(maker, low_water, _review="1")
    press(maker, low_water, _withdraw="1")
    status, text = answer(house, Review.objects.get(), _approve="1")
    assert status == 409
    assert "Somebody was quicker" in text
    assert state_of(low_water) == "draft"


def test_changes_of_what_is_live_wait_beside_it(
    low_water: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker, house = logged_in(alice), logged_in(owner)
    press(maker, low_water, _review="1")
    answer(house, Review.objects.get(), _approve="1")
    low_water.refresh_from_db()
    press(maker, low_water, _continue="1", standfirst="What the high tide leaves.")
    piece = low_water.pieces.get()
    press(maker, piece, _continue="1", price="1,128.60")
    assert "high tide" not in Client().get(low_water.get_absolute_url()).text
    press(maker, low_water, _review="1")
    assert state_of(low_water) == "live"
    inbox = house.get(reverse("admin:index")).content.decode()
    assert "<ins>high</ins> tide" in inbox
    assert "2.6 per cent more" in inbox
    assert "as it is now" in inbox
    review = Review.objects.open().get()
    assert answer(house, review, _approve="1")[0] == 302
    assert "high tide" in Client().get(low_water.get_absolute_url()).text
    piece.refresh_from_db()
    assert piece.price == 112_860


def test_a_new_piece_waits_for_the_collections_review(
    low_water: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker, house = logged_in(alice), logged_in(owner)
    Collection.objects.filter(pk=low_water.pk).update(published_at=now())
    piece = make.make_shown_piece(collection=low_water, title="Rope band", status="draft")
    press(maker, piece, _continue="1", status="live")
    piece.refresh_from_db()
    assert piece.status == "waiting"
    assert Client().get(piece.get_absolute_url()).status_code == 404
    press(maker, low_water, _review="1")
    assert "Rope band, a new piece" in house.get(reverse("admin:index")).content.decode()
    answer(house, Review.objects.get(), _approve="1")
    assert Client().get(piece.get_absolute_url()).status_code == 200


def test_a_day_is_chosen_with_the_question(
    low_water: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    maker, house = logged_in(alice), logged_in(owner)
    then = localtime(now() + timedelta(days=3)).replace(second=0, microsecond=0)
    press(maker, low_water, _review="1", when="then", at=then.strftime("%Y-%m-%dT%H:%M"))
    assert "goes live by itself" in house.get(reverse("admin:index")).content.decode()
    answer(house, Review.objects.get(), _approve="1", trust="on")
    low_water.refresh_from_db()
    assert (low_water.state, low_water.published_at) == ("scheduled", then)
    low_water.designer.refresh_from_db()
    assert low_water.designer.is_trusted


@pytest.mark.parametrize("button", ["_publish", "_bring_back", "_withdraw", "_retire"])
def test_a_button_that_does_not_fit_does_nothing(
    button: str, low_water: Collection, alice: User, logged_in: LogIn
) -> None:
    assert press(logged_in(alice), low_water, **{button: "1"}) == "#publishing"
    assert state_of(low_water) == "draft"


def test_retired_and_brought_back_on_the_page(
    low_water: Collection, alice: User, logged_in: LogIn
) -> None:
    maker = logged_in(alice)
    Collection.objects.filter(pk=low_water.pk).update(published_at=now())
    press(maker, low_water, _retire="1")
    assert state_of(low_water) == "retired"
    assert "Bring it back" in page_of(maker, low_water)
    press(maker, low_water, _bring_back="1")
    assert state_of(low_water) == "live"


def test_reviews_are_the_houses(
    low_water: Collection, alice: User, bob: User, logged_in: LogIn
) -> None:
    press(logged_in(alice), low_water, _review="1")
    review = Review.objects.get()
    for who in (alice, bob):
        for place in ("answer", "change"):
            url = reverse(f"admin:catalog_review_{place}", args=[review.pk])
            told = logged_in(who).post(url, {"_approve": "1", "revision": review.revision})
            assert told.status_code in {403, 404}
    assert state_of(low_water) == "review"


@pytest.fixture
def in_the_shop(low_water: Collection) -> Piece:
    """A piece that a maker under review has in the shop."""
    Collection.objects.filter(pk=low_water.pk).update(published_at=now())
    low_water.refresh_from_db()
    return low_water.pieces.get()


def test_a_photograph_laid_into_it_waits_for_the_review(
    in_the_shop: Piece, low_water: Collection, alice: User, owner: User, logged_in: LogIn
) -> None:
    photo = make.make_photo(low_water.designer, collection=low_water, alt="Not read yet.")
    drops.lay(low_water, f"piece-{in_the_shop.pk}", [photo.pk])
    assert "Not read yet." not in Client().get(in_the_shop.get_absolute_url()).text
    maker, house = logged_in(alice), logged_in(owner)
    press(maker, low_water, _review="1")
    assert "Not read yet." in house.get(reverse("admin:index")).content.decode()
    answer(house, Review.objects.get(), _approve="1")
    assert "Not read yet." in Client().get(in_the_shop.get_absolute_url()).text


def test_its_photographs_keep_their_words_on_their_own_page(
    in_the_shop: Piece, low_water: Collection, alice: User, logged_in: LogIn
) -> None:
    photo = make.make_photo(low_water.designer, piece=in_the_shop, alt="Read.")
    url = reverse("admin:catalog_photo_change", args=[photo.pk])
    client = logged_in(alice)
    told = client.post(url, form_of(client, url) | {"alt": "Not read yet."})
    assert told.status_code == 200
    photo.refresh_from_db()
    assert photo.alt == "Read."


@pytest.mark.parametrize(
    ("act", "meant"), [("price", {"how": "to", "amount": "5"}), ("status", {"status": "draft"})]
)
def test_an_act_on_many_leaves_it(
    act: str, meant: dict[str, str], in_the_shop: Piece, alice: User, logged_in: LogIn
) -> None:
    url = reverse("admin:catalog_piece_together")
    before = (in_the_shop.price, in_the_shop.status)
    sent = {"act": act, "piece": in_the_shop.pk, **meant}
    logged_in(alice).post(url, sent | {f"seen-{in_the_shop.pk}": in_the_shop.status})
    in_the_shop.refresh_from_db()
    assert (in_the_shop.price, in_the_shop.status) == before


def test_the_grid_leaves_its_words_and_keeps_its_stock(
    in_the_shop: Piece, alice: User, logged_in: LogIn
) -> None:
    client, url = logged_in(alice), reverse("admin:catalog_piece_changelist")
    rows = client.get(url).context["cl"].formset
    sent = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "_save": "1"}
    for field in rows.forms[0]:
        value = field.value()
        sent[field.html_name] = "" if value is None else str(value)
        sent[field.html_initial_name] = sent[field.html_name]
    told = client.post(url, sent | {"form-0-title": "Not read yet"})
    assert "The house reads it first" in told.content.decode()
    assert client.post(url, sent | {"form-0-ready": "4"}).status_code == 302
    in_the_shop.refresh_from_db()
    assert in_the_shop.title == "Harbour Lamp"
    assert in_the_shop.variants.get().stock == 4


def test_a_piece_that_comes_from_a_draft_is_new_here(
    in_the_shop: Piece, low_water: Collection, alice: User, logged_in: LogIn
) -> None:
    elsewhere = make.make_collection(designer=low_water.designer, published=False)
    piece = make.make_piece(collection=elsewhere, title="Not read yet")
    press(logged_in(alice), piece, _continue="1", collection=low_water.pk)
    piece.refresh_from_db()
    assert (piece.collection, piece.status) == (low_water, "waiting")


def test_retired_on_its_page_its_sale_stops_at_once(
    in_the_shop: Piece, alice: User, logged_in: LogIn
) -> None:
    press(logged_in(alice), in_the_shop, _retire="1")
    in_the_shop.refresh_from_db()
    assert in_the_shop.status == "retired"
    assert "Made no more" in Client().get(in_the_shop.get_absolute_url()).text
