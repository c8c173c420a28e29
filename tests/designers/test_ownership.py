"""Only your own: every page of the workshop, every choice and every form, asked as a stranger.

The registry is walked, so that a new admin class is asked too, without anybody thinking of it;
its own addresses are in test_ownership_everywhere.py.
"""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.timezone import localdate

from designers.models import Designer, Invitation, Member, Technique
from designers.ownership import NOBODY, OwnedForm, OwnedMixin, owned
from orders.models import AfterSale, Figure
from tests import factories as make
from tests.designers.forms import form_of

LogIn = Callable[[User], Client]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
IDS = [model._meta.label for model in MODELS]


@pytest.fixture
def theirs(bob: User, henrik: Designer) -> SimpleNamespace:
    """Everything that belongs to Henrik, with names that Alice must never read."""
    collection = make.make_collection(
        designer=henrik, pk=7001, title="Secret Fjord", published=False
    )
    draft = make.make_collection(designer=henrik, pk=7002, title="Secret Draft", published=False)
    piece = make.make_piece(pk=7003, collection=collection, title="Secret ring")
    photo = make.make_photo(henrik, pk=7004, piece=piece, original_name="secret.jpg", alt="secret")
    block = collection.blocks.get()
    Technique.objects.create(designer=henrik, title="Secret solder", text="x")
    order = make.make_order(piece, name="Secret Shopper")
    asked = AfterSale.objects.create(
        pk=7001, parcel=order.parcels.get(), kind="repair", words="A secret dent."
    )
    Figure.objects.create(
        pk=7001, day=localdate(), kind="asked", subject="piece", subject_id=7003, designer=henrik
    )
    return SimpleNamespace(
        designer=henrik,
        collection=collection,
        draft=draft,
        piece=piece,
        variant=piece.variants.get(),
        photo=photo,
        block=block,
        order=order,
        parcel=order.parcels.get(),
        asked=asked,
        member=Member.objects.get(user=bob),
        invitation=Invitation.objects.create(designer=henrik, email="secret@example.com"),
    )


@pytest.fixture
def mine(alice: User, ines: Designer) -> SimpleNamespace:
    collection = make.make_collection(pk=8001, designer=ines, published=False)
    piece = make.make_piece(pk=8002, collection=collection)
    photo = make.make_photo(ines, pk=8003, piece=piece)
    return SimpleNamespace(
        designer=ines,
        collection=collection,
        piece=piece,
        photo=photo,
        block=collection.blocks.get(),
    )


def keeper_of(model: type[models.Model]) -> OwnedMixin:
    keeper = admin.site.get_model_admin(model)
    assert isinstance(keeper, OwnedMixin)
    return keeper


def name_of(model: type[models.Model]) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}"


def request_of(user: User) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_each_admin_class_knows_whose_its_rows_are(model: type[models.Model]) -> None:
    keeper = keeper_of(model)
    shared = keeper.owner_path is None
    if keeper.owner_path not in {None, "pk"}:  # a lookup that does not exist raises here
        assert model._default_manager.filter(**{f"{keeper.owner_path}__in": [1]}).query is not None
    if shared and keeper.may_view:
        assert keeper.may_change == NOBODY, "a shared list is the house's to change"
    for inline in getattr(keeper, "inlines", ()):
        assert issubclass(inline, OwnedMixin), inline
        assert issubclass(inline.form, OwnedForm), inline
    assert issubclass(keeper.form, OwnedForm) or not keeper.may_change


def test_a_class_without_ownership_stops_the_start() -> None:
    from django.core.exceptions import ImproperlyConfigured

    class ForgetfulAdmin(admin.ModelAdmin[Technique]):
        pass

    with pytest.raises(ImproperlyConfigured, match="ForgetfulAdmin"):
        admin.site.register(Technique, ForgetfulAdmin)


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_rows_are_those_that_for_user_names(
    model: type[models.Model], theirs: SimpleNamespace, mine: SimpleNamespace, alice: User
) -> None:
    rows = owned(model, request_of(alice))
    named = getattr(model._default_manager.all(), "for_user", None)
    if named:
        assert set(rows) == set(named(alice))
    elif keeper_of(model).owner_path is None and not keeper_of(model).may_view:
        assert not rows.exists()


def foreign_rows(model: type[models.Model], alice: User) -> Iterator[models.Model]:
    seen = owned(model, request_of(alice)).values_list("pk", flat=True)
    keeper = keeper_of(model)
    if keeper.owner_path is not None or not keeper.may_view:
        yield from model._default_manager.exclude(pk__in=list(seen))[:3]


@pytest.mark.parametrize("place", ["change", "delete", "history"])
@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_a_foreign_thing_is_not_found(
    model: type[models.Model],
    place: str,
    theirs: SimpleNamespace,
    mine: SimpleNamespace,
    alice: User,
    logged_in: LogIn,
) -> None:
    client = logged_in(alice)
    for thing in foreign_rows(model, alice):
        url = reverse(f"{name_of(model)}_{place}", args=[thing.pk])
        missing = reverse(f"{name_of(model)}_{place}", args=[999_999])
        for answer in (client.get(url), client.post(url, {"post": "yes"})):
            assert answer.status_code == client.get(missing).status_code
            assert answer.status_code in {403, 404}
            assert "ecret" not in answer.content.decode()
        assert model._default_manager.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("place", ["changelist", "add"])
@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_no_list_filter_or_choice_names_anything_foreign(
    model: type[models.Model],
    place: str,
    theirs: SimpleNamespace,
    mine: SimpleNamespace,
    alice: User,
    logged_in: LogIn,
) -> None:
    answer = logged_in(alice).get(reverse(f"{name_of(model)}_{place}"))
    assert answer.status_code in {200, 403}
    page_text = answer.content.decode()
    assert "ecret" not in page_text
    assert "Henrik" not in page_text


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_ones_own_pages_name_nothing_foreign(
    model: type[models.Model],
    theirs: SimpleNamespace,
    mine: SimpleNamespace,
    alice: User,
    logged_in: LogIn,
) -> None:
    client = logged_in(alice)
    for thing in owned(model, request_of(alice))[:3]:
        for place in ("change", "delete", "history"):
            answer = client.get(reverse(f"{name_of(model)}_{place}", args=[thing.pk]))
            assert answer.status_code in {200, 403}
            assert "ecret" not in answer.content.decode()


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_search_and_filters_count_nothing_foreign(
    model: type[models.Model],
    theirs: SimpleNamespace,
    mine: SimpleNamespace,
    alice: User,
    logged_in: LogIn,
) -> None:
    client = logged_in(alice)
    url = reverse(f"{name_of(model)}_changelist")
    asked = {
        "q": "secret",
        "designer__id__exact": theirs.designer.pk,
        "collection__id__exact": theirs.collection.pk,
    }
    for key, value in asked.items():
        answer = client.get(url, {key: value}, follow=True)
        assert answer.status_code in {200, 403}
        if answer.context and "cl" in answer.context:
            assert not [
                row
                for row in answer.context["cl"].result_list
                if keeper_of(model).owner_path
                and row.pk not in owned(model, request_of(alice)).values_list("pk", flat=True)
            ]
            assert "Secret" not in answer.content.decode()


RELATIONS = sorted(
    {
        (model._meta.label_lower, field.name)
        for model in [*MODELS, *(i.model for m in MODELS for i in keeper_of(m).inlines)]  # type: ignore[attr-defined]
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.remote_field
    }
)


@pytest.mark.parametrize(("label", "field"), RELATIONS)
def test_autocomplete_offers_nothing_foreign(
    label: str,
    field: str,
    theirs: SimpleNamespace,
    mine: SimpleNamespace,
    alice: User,
    logged_in: LogIn,
) -> None:
    app, model = label.split(".")
    asked = {"app_label": app, "model_name": model, "field_name": field, "term": "e"}
    answer = logged_in(alice).get(reverse("admin:autocomplete"), asked)
    assert answer.status_code in {200, 403, 404}
    if answer.status_code == 200:
        texts = [row["text"] for row in answer.json()["results"]]
        assert not [text for text in texts if "ecret" in text or "Henrik" in text]


POSTED = [
    ("collection", "seen", "photo"),
    ("collection", "became", "piece"),
    ("collection", "blocks-0-photo", "photo"),
    ("collection", "blocks-0-second_photo", "photo"),
    ("collection", "blocks-0-piece", "piece"),
    ("piece", "collection", "collection"),
]


@pytest.mark.parametrize(("place", "field", "what"), POSTED)
def test_a_foreign_choice_is_not_a_choice(
    place: str,
    field: str,
    what: str,
    theirs: SimpleNamespace,
    mine: SimpleNamespace,
    alice: User,
    owner: User,
    logged_in: LogIn,
) -> None:
    kinds = {"photo": "pair", "second_photo": "pair", "piece": "beside"}
    if field.startswith("blocks"):
        mine.block.kind = kinds[field.rpartition("-")[2]]
        mine.block.save()
    thing = getattr(mine, place)
    url = reverse(f"admin:catalog_{place}_change", args=[thing.pk])
    foreign = getattr(theirs, what)
    for user in (alice, owner):  # the owner may not mix two designers up either
        client = logged_in(user)
        answer = client.post(url, form_of(client, url) | {field: foreign.pk})
        assert answer.status_code == 200
        assert answer.context["errors"], f"{user}: {field} was taken"
    thing.refresh_from_db()
    mine.block.refresh_from_db()
    assert not mine.block.photo_id
    assert not mine.block.piece_id
    assert thing.designer == mine.designer


ADDED = [
    ("collection", {"designer": "designer", "title": "x", "standfirst": ""}),
    ("piece", {"collection": "collection", "title": "x", "kind": "ring", "price": "10"}),
]


@pytest.mark.parametrize(("model", "fields"), ADDED)
def test_nothing_is_added_to_somebody_else(
    model: str,
    fields: dict[str, str],
    theirs: SimpleNamespace,
    alice: User,
    logged_in: LogIn,
) -> None:
    sent = {
        name: theirs.__dict__[value].pk if value in theirs.__dict__ else value
        for name, value in fields.items()
    }
    sent |= {"making": "one_of_a_kind"}
    answer = logged_in(alice).post(reverse(f"admin:catalog_{model}_add"), sent)
    assert answer.status_code == 200
    assert answer.context["errors"]
    before = {"collection": theirs.designer.collections, "piece": theirs.designer.pieces}
    assert before[model].count() == {"collection": 2, "piece": 1}[model]


def test_nobody_invites_to_a_foreign_bench(
    theirs: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    sent = {"designer": theirs.designer.pk, "email": "spy@example.com", "role": "owner"}
    answer = logged_in(alice).post(reverse("admin:designers_invitation_add"), sent)
    assert answer.status_code == 200
    assert not Invitation.objects.filter(email="spy@example.com").exists()


def test_the_grid_does_not_take_a_foreign_row(
    theirs: SimpleNamespace, mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    sent = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": theirs.piece.pk,
        "form-0-title": "Stolen",
        "form-0-price": "1",
        "form-0-lead_days": "1",
        "form-0-ready": "99",
        "initial-form-0-ready": "0",
        "_save": "1",
    }
    answer = logged_in(alice).post(reverse("admin:catalog_piece_changelist"), sent)
    assert answer.status_code in {200, 302, 400}
    theirs.piece.refresh_from_db()
    assert theirs.piece.title == "Secret ring"
    assert theirs.variant.stock == 1


@pytest.mark.parametrize("prefix", ["variants", "piece_materials", "photos"])
def test_an_inline_does_not_take_a_foreign_row(
    prefix: str, theirs: SimpleNamespace, mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    url = reverse("admin:catalog_piece_change", args=[mine.piece.pk])
    foreign = {
        "variants": theirs.variant,
        "piece_materials": theirs.variant,
        "photos": theirs.photo,
    }
    sent = form_of(client, url) | {
        f"{prefix}-TOTAL_FORMS": "1",
        f"{prefix}-INITIAL_FORMS": "1",
        f"{prefix}-0-id": foreign[prefix].pk,
        f"{prefix}-0-label": "Stolen",
        f"{prefix}-0-alt": "Stolen",
        f"{prefix}-0-DELETE": "1",
    }
    assert client.post(url, sent).status_code in {200, 302}
    theirs.photo.refresh_from_db()
    theirs.variant.refresh_from_db()
    assert theirs.photo.alt == "secret"
    assert theirs.variant.label == ""


def test_acts_do_not_touch_a_foreign_block(
    theirs: SimpleNamespace, mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    url = reverse("admin:catalog_collection_change", args=[mine.collection.pk])
    for act in ("_up", "_down", "_remove", f"_pin-{theirs.block.pk}.x"):
        client.post(url, form_of(client, url) | {act: theirs.block.pk})
    assert list(theirs.collection.blocks.all()) == [theirs.block]
    assert mine.collection.blocks.count() == 1


def test_view_on_site_leads_nowhere_foreign(
    theirs: SimpleNamespace, mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    for thing in (theirs.draft, theirs.piece, theirs.designer):
        kind = ContentType.objects.get_for_model(thing).pk
        assert client.get(f"/admin/r/{kind}/{thing.pk}/").status_code == 404
    kind = ContentType.objects.get_for_model(mine.collection).pk
    assert client.get(f"/admin/r/{kind}/{mine.collection.pk}/").status_code == 302


def test_history_of_ones_own_is_there(mine: SimpleNamespace, alice: User, logged_in: LogIn) -> None:
    LogEntry.objects.log_actions(alice.pk, [mine.collection], 2, "changed", single_object=True)
    answer = logged_in(alice).get(
        reverse("admin:catalog_collection_history", args=[mine.collection.pk])
    )
    assert "changed" in answer.content.decode()


def test_the_owner_sees_everybodys(
    theirs: SimpleNamespace, mine: SimpleNamespace, owner: User, logged_in: LogIn
) -> None:
    text = logged_in(owner).get(reverse("admin:catalog_collection_changelist")).content.decode()
    assert "Secret Fjord" in text
    assert mine.collection.title in text


@pytest.mark.parametrize("what", ["parcel", "aftersale"])
def test_what_comes_of_a_sale_is_added_by_nobody(what: str, owner: User, logged_in: LogIn) -> None:
    assert logged_in(owner).get(reverse(f"admin:orders_{what}_add")).status_code == 403


@pytest.mark.parametrize(
    ("role", "place", "allowed"),
    [
        (Member.Role.BENCH, "admin:catalog_piece_add", False),
        (Member.Role.BENCH, "admin:catalog_piece_changelist", True),
        (Member.Role.EDITOR, "admin:catalog_piece_add", True),
        (Member.Role.EDITOR, "admin:designers_invitation_add", False),
        (Member.Role.OWNER, "admin:designers_invitation_add", True),
        (Member.Role.OWNER, "admin:designers_designer_add", False),
        (Member.Role.OWNER, "admin:auth_user_changelist", False),
    ],
)
def test_roles_open_what_they_should(
    role: str, place: str, allowed: bool, ines: Designer, logged_in: LogIn
) -> None:
    user = make.make_member(ines, role=role)
    assert logged_in(user).get(reverse(place)).status_code == (200 if allowed else 403)


def test_a_member_who_left_sees_nothing(
    mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    Member.objects.filter(user=alice).update(is_active=False)
    client = logged_in(alice)
    url = reverse("admin:catalog_collection_change", args=[mine.collection.pk])
    assert client.get(url).status_code in {403, 404}
    assert client.get(reverse("admin:catalog_collection_changelist")).status_code == 403


def test_a_designer_cannot_change_what_the_house_decides(
    mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    url = reverse("admin:designers_designer_change", args=[mine.designer.pk])
    sent = form_of(client, url) | {
        "commission_basis_points": "0",
        "is_active": "",
        "slug": "taken",
        "statement": "I hammer.",
    }
    assert client.post(url, sent).status_code == 302
    mine.designer.refresh_from_db()
    assert mine.designer.statement == "I hammer."
    assert mine.designer.commission_basis_points == 1800
    assert mine.designer.slug == "ines-carvalho"


@pytest.mark.parametrize("role", Member.Role.values)
def test_each_role_reads_every_page_of_its_own(
    role: str, mine: SimpleNamespace, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in(make.make_member(ines, role=role))
    for thing in (mine.collection, mine.piece, mine.photo, mine.designer):
        answer = client.get(reverse(f"{name_of(type(thing))}_change", args=[thing.pk]))
        assert answer.status_code == 200


def test_the_bench_changes_no_words(
    mine: SimpleNamespace, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in(make.make_member(ines, role=Member.Role.BENCH))
    for thing in (mine.collection, mine.piece, mine.designer):
        url = reverse(f"{name_of(type(thing))}_change", args=[thing.pk])
        answer = client.post(url, {"title": "Mine now", "name": "Mine now", "_publish": "1"})
        assert answer.status_code == 403
        thing.refresh_from_db()
        assert "Mine now" not in str(thing)
