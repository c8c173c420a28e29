"""Every address of the workshop, walked as a stranger with foreign keys in path, query and form.

Nothing is listed by hand: a page that is added later is walked too, and one that forgets whose
a thing is fails here by itself, as the pages at the end show.
"""

import re
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, path, reverse

from catalog.models import Draft, Piece, Version
from designers.models import Designer
from designers.ownership import OwnedMixin, owned
from orders.models import Order
from tests.designers.test_ownership import mine as _mine
from tests.designers.test_ownership import request_of
from tests.designers.test_ownership import theirs as _theirs

LogIn = Callable[[User], Client]
theirs, mine = _theirs, _mine
# Leaves the house, ends the walk, or is asked of each model in test_ownership.py.
NOT_WALKED = re.compile(r"logout/|\(\?P|^login/|<path:object_id>")
NOT_THERE = {400, 403, 404, 405}


class Address(NamedTuple):
    route: str
    model: type[models.Model] | None


def addresses() -> list[Address]:
    """All of the workshop's, each with the model that its admin class keeps."""
    kept = {f"{m._meta.app_label}/{m._meta.model_name}/": m for m in admin.site._registry}
    return list(_flat(admin.site.get_urls(), "", None, kept))


def _flat(patterns: list[Any], stem: str, model: Any, kept: dict[str, Any]) -> Iterator[Address]:
    for pattern in patterns:
        route = stem + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _flat(pattern.url_patterns, route, kept.get(route), kept)
        elif isinstance(pattern, URLPattern) and not NOT_WALKED.search(route):
            yield Address(route, model)


def foreign(model: type[models.Model] | None, theirs: SimpleNamespace, alice: User) -> list[Any]:
    """Keys to try in a path: of this model's rows that are not hers; else of everything."""
    if model is None:
        return [theirs.designer.pk, 7001, 7003]
    seen = owned(model, request_of(alice)).values("pk")
    rows = model._default_manager.exclude(pk__in=seen).order_by("-pk")
    keeper = admin.site.get_model_admin(model)
    shared = isinstance(keeper, OwnedMixin) and keeper.owner_path is None and keeper.may_view
    found = [] if shared else list(rows.values_list("pk", flat=True)[:2])
    return found or [7001]


def _keys(url: str, model: Any, theirs: SimpleNamespace, alice: User) -> list[Any]:
    if "<" not in url:
        return [None]
    # A number may be a maker's too: of a page that stands below another model.
    also = [theirs.designer.pk] if "<int:" in url else []
    return [*foreign(model, theirs, alice), *also]


def everything_of(henrik: Designer) -> dict[str, Any]:
    """All rows that are Henrik's, by model, and what hangs on them."""
    rows: dict[str, Any] = {}
    for model in admin.site._registry:
        path = getattr(admin.site.get_model_admin(model), "owner_path", None)
        if path:
            held = model._default_manager.filter(**{path: henrik.pk}).order_by("pk")
            rows[model._meta.label] = list(held.values())
    for model in (Order, Draft, Version):
        rows[model._meta.label] = list(model._default_manager.order_by("pk").values())
    rows["stock"] = list(
        Piece.objects.filter(designer=henrik).values("pk", "variants__stock", "variants__label")
    )
    return rows


def sent(theirs: SimpleNamespace) -> dict[str, Any]:
    """Foreign keys by every name that a page of the workshop reads."""
    designer, piece = theirs.designer.pk, theirs.piece.pk
    return {
        **dict.fromkeys(["maker", "designer", "designer__id__exact"], designer),
        **dict.fromkeys(["collection", "collection__id__exact", "into"], theirs.collection.pk),
        **dict.fromkeys(["piece", "_selected_action", "piece__id__exact"], piece),
        **dict.fromkeys(["photo", "line", "seen", "second_photo"], theirs.photo.pk),
        **dict.fromkeys(["parcel", "parcels", "order"], theirs.parcel.pk),
        **dict.fromkeys(["variant", "pk", "id", "object_id", "who"], theirs.variant.pk),
        "offer": f"{piece} 52",
        "act": "copy",
        "q": "fjord",
        "term": "e",
        "_popup": "1",
        "_to_field": "id",
        "post": "yes",
        "run": "52 mm",
        "month": "2026-11",
    }


def told(answer: Any) -> str:
    """What of Henrik's an answer tells."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="replace")
    return next((word for word in ("ecret", "Henrik", "henrik") if word in text), "")


def is_not_there(answer: Any) -> bool:
    """Not found or not allowed; or asked first whether it is really them."""
    is_asked = answer.status_code == 302 and reverse("admin:sure") in answer["Location"]
    return is_asked or answer.status_code in NOT_THERE


def leaks(walked: list[Address], client: Client, theirs: SimpleNamespace, alice: User) -> list[str]:
    """The addresses that answer a stranger with what is Henrik's, or change it."""
    client.raise_request_exception = False
    found = []
    before = everything_of(theirs.designer)
    for route, model in walked:
        url = reverse("admin:index") + route
        fields = sent(theirs)
        for key in _keys(url, model, theirs, alice):
            where = re.sub(r"<[^>]+>", str(key), url)
            answers = [client.get(where, fields), client.post(where, fields)]
            if key is not None and not all(is_not_there(answer) for answer in answers):
                found.append(f"{where}: {[answer.status_code for answer in answers]}")
            found += [f"{where}: stumbles" for a in answers if a.status_code >= 500]
            found += [f"{where}: tells {word}" for a in answers if (word := told(a))]
    after = everything_of(theirs.designer)
    found += [f"changed: {name}" for name, rows in after.items() if rows != before[name]]
    return found


def test_no_address_tells_or_changes_what_is_foreign(
    theirs: SimpleNamespace, mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    walked = addresses()
    assert len(walked) > 80
    found = leaks(walked, logged_in(alice), theirs, alice)
    assert not found, "\n".join(found)


def test_no_act_on_many_takes_what_is_foreign(
    theirs: SimpleNamespace, mine: SimpleNamespace, alice: User, logged_in: LogIn
) -> None:
    client, before = logged_in(alice), everything_of(theirs.designer)
    for model in admin.site._registry:
        keeper = admin.site.get_model_admin(model)
        pks = foreign(model, theirs, alice)
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for act in keeper.get_actions(request_of(alice)):
            for across in ("0", "1"):
                chosen = {"action": act, "_selected_action": pks, "index": "0", "post": "yes"}
                answer = client.post(url, chosen | {"select_across": across})
                assert answer.status_code in {200, 302, 403, 404}
                assert not told(answer), f"{url} {act}"
    assert everything_of(theirs.designer) == before


def forgetful_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse(", ".join(Piece.objects.values_list("title", flat=True)))


def forgetful_page(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(Piece.objects.get(pk=pk).kind)


def forgetful_act(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        Piece.objects.filter(pk=request.POST["piece"]).update(title="Taken")
    return HttpResponse("Done.")


@pytest.mark.parametrize(
    "forgets",
    [
        path("all/", forgetful_list, name="forgetful"),
        path("<int:pk>/kind/", forgetful_page, name="forgetful"),
        path("take/", forgetful_act, name="forgetful"),
    ],
    ids=["a list", "a page", "an act"],
)
def test_a_new_page_that_forgets_is_found(
    forgets: URLPattern,
    theirs: SimpleNamespace,
    alice: User,
    logged_in: LogIn,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeper = admin.site.get_model_admin(Piece)
    monkeypatch.setattr(keeper, "get_urls", lambda: [forgets])
    urls = ModuleType("urls_with_it")
    urls.urlpatterns = [path("admin/", (admin.site.get_urls(), "admin", "admin"))]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls
    walked = [one for one in addresses() if one.model is Piece]
    assert leaks(walked, logged_in(alice), theirs, alice)
