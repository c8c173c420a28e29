"""HTML is rendered once for the same parts, and again for any other."""

from django.utils.translation import override
from pytest_django.fixtures import Settings

from shop.remembered import remembered


class Card:
    """Counts how often it is rendered."""

    def __init__(self) -> None:
        self.rendered = 0

    def __call__(self) -> str:
        self.rendered += 1
        return f"<p>{self.rendered}</p>"


def test_the_same_parts_are_rendered_once(settings: Settings) -> None:
    settings.DEBUG = False
    card = Card()
    assert remembered(("card", 1, "640 €"), card) == remembered(("card", 1, "640 €"), card)
    assert card.rendered == 1


def test_another_price_or_language_is_rendered_anew(settings: Settings) -> None:
    settings.DEBUG = False
    card = Card()
    remembered(("card", 2, "640 €"), card)
    remembered(("card", 2, "660 €"), card)
    with override("de"):
        remembered(("card", 2, "660 €"), card)
    assert card.rendered == 3


def test_nothing_is_kept_while_developing(settings: Settings) -> None:
    settings.DEBUG = True
    card = Card()
    remembered(("card", 3), card)
    remembered(("card", 3), card)
    assert card.rendered == 2


def test_it_forgets_what_was_not_asked_for_longest(settings: Settings) -> None:
    settings.DEBUG = False
    card = Card()
    remembered(("card", 4), card)
    for number in range(4_001):
        remembered(("other", number), lambda: "")
    remembered(("card", 4), card)
    assert card.rendered == 2
