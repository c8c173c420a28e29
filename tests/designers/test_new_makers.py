"""The owner invites a maker whom the shop does not have yet: a letter, and a page unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from designers.models import Designer, Invitation
from tests.factories import make_designer

LogIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
ADD = reverse("admin:designers_invitation_add")
RUTA = {"email": "ruta@example.lt", "role": "owner"}


def test_a_new_maker_is_begun_with_the_letter(owner: User, logged_in: LogIn) -> None:
    make_designer(slug="ruta-kazlaite")
    assert logged_in(owner).post(ADD, RUTA | {"new_maker": "Ruta Kazlaite"}).status_code == 302
    maker = Invitation.objects.get().designer
    assert (maker.name, maker.short_name, maker.slug) == (
        "Ruta Kazlaite",
        "Ruta",
        "ruta-kazlaite-2",
    )
    assert maker not in Designer.objects.published()
    assert Client().get(f"/designers/{maker.slug}/").status_code == 404


def test_it_is_one_or_the_other(owner: User, ines: Designer, logged_in: LogIn) -> None:
    client = logged_in(owner)
    for more in ({}, {"designer": ines.pk, "new_maker": "Ruta"}, {"new_maker": "  "}):
        answer: Any = client.post(ADD, RUTA | more)
        assert answer.status_code == 200
        assert answer.context["errors"]
    assert not Invitation.objects.exists()


def test_a_maker_invites_to_their_own_bench_only(
    alice: User, ines: Designer, logged_in: LogIn
) -> None:
    client = logged_in(alice)
    assert "new_maker" not in client.get(ADD).content.decode()
    client.post(ADD, RUTA | {"designer": ines.pk, "new_maker": "Ruta"})
    client.post(ADD, RUTA | {"new_maker": "Ruta"})
    assert set(Invitation.objects.values_list("designer", flat=True)) <= {ines.pk}
    assert Designer.objects.count() == 1
