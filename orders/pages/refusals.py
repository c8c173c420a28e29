"""Why something could not be put in the basket, held or paid for: in words, with one act."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog import availability
from catalog.models import Variant
from orders import cart as carts
from orders import holds, payments

REFUSALS = (
    carts.AlreadyInBasket,
    carts.NotOffered,
    holds.HeldLongEnough,
    holds.Taken,
    holds.TooMany,
    payments.Unknown,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, in a heading and a sentence, and one act that helps: its word and address."""

    heading: str
    sentence: str
    act: str = ""
    url: str = ""
    kind: str = "wrong"  # done, time or wrong: its colour


def told_of(refusal: Exception) -> Notice:
    """The notice for one of the ``REFUSALS``."""
    if isinstance(refusal, holds.Rests):
        return _rests(refusal)
    if isinstance(refusal, holds.Taken) and isinstance(refusal.variant, Variant):
        return quicker(refusal.variant)
    if isinstance(refusal, payments.Unknown):
        return silent()
    if isinstance(refusal, holds.HeldLongEnough):
        return Notice(
            _("It cannot be held for longer"),
            _("It is being paid for, its time is over, or it was extended ten times."),
        )
    if isinstance(refusal, carts.NotOffered):
        return Notice(_("Nothing was put in the basket"), str(refusal))
    return Notice(_("That is more than a basket holds"), str(refusal))


def _rests(refusal: holds.Rests) -> Notice:
    until = availability.clock(refusal.until or now())
    sentence = _(
        "%(piece)s was held from here as long as one may. Until %(time)s it is others’ turn."
    )
    words = {"piece": refusal.variant, "time": until}
    return Notice(_("It cannot be held for longer"), sentence % words)


def quicker(variant: Variant) -> Notice:
    """Somebody else has it: until when, and the way back to the piece."""
    fresh = Variant.objects.select_related("piece__designer").get(pk=variant.pk)
    found = availability.of_variant(fresh, fresh.piece)
    sentence = _("%(piece)s is %(word)s.") % {"piece": fresh.piece, "word": found.word}
    if found.state == "available":
        sentence = _("Others have waited for %(piece)s and come first.") % {"piece": fresh.piece}
    if found.state == "held":
        sentence += " " + _("It may come back; whoever is first then has it.")
    return Notice(
        _("Somebody was quicker"),
        sentence,
        act=_("See the piece"),
        url=fresh.piece.get_absolute_url(),
    )


def not_there() -> Notice:
    """Another tab, or the time, took it out of the basket."""
    return Notice(
        _("It is no longer in the basket"),
        _("It was taken out meanwhile, perhaps in another tab. Nothing else was changed."),
        kind="time",
    )


def nothing_to_pay() -> Notice:
    """Somebody presses on a page that was open while the basket was emptied."""
    return Notice(
        _("There is nothing to pay"),
        _("What was here is paid for, or was taken out meanwhile. Nothing was charged just now."),
        kind="time",
    )


def no_cookie() -> Notice:
    """A piece was put in, and the browser came back without its basket."""
    return Notice(
        _("Your browser did not keep the basket"),
        _(
            "It needs one cookie, which knows this basket and nothing else. Allow cookies for this "
            "shop and put the piece in again; if it is the only one, it is free again in half an "
            "hour."
        ),
    )


def silent() -> Notice:
    """Stripe did not answer: nothing was changed."""
    return Notice(
        _("Stripe does not answer"),
        _("A payment is under way, and we could not end it. Nothing was changed. Try once more."),
        act=_("Try once more"),
        url=reverse("orders:cart"),
    )
