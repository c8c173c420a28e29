"""What the basket's page says: each line's state, each parcel's promise, and the sums."""

from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Piece
from designers.holiday import Holiday
from orders import wording
from orders.basket import Basket, Line, Parcel
from orders.models import Hold, PaymentAttempt
from orders.pages.forms import GiftForm
from orders.post import countries
from orders.prices import taxes
from shop.money import format_money


class LineTold:
    """A line of the basket in words."""

    def __init__(self, line: Line) -> None:
        self.line = line

    @property
    def pk(self) -> int:
        return self.line.line.pk

    @property
    def details(self) -> str:
        """Size, engraving and number in one breath."""
        line = self.line
        return wording.details(line.piece, line.variant.label, line.line.engraving, line.quantity)

    @property
    def state(self) -> str:
        """held, paying, made, free, gone or unpublished."""
        line = self.line
        if line.trouble:
            return line.trouble
        if line.is_made:
            return "made"
        return "paying" if line.hold and line.hold.state == Hold.State.PAYING else "held"

    @property
    def words(self) -> str:
        """How the line stands."""
        maker = self.line.piece.designer.short_name
        words = {
            "paying": _("held while you pay"),
            "made": _("made by %s for you") % maker,
            "free": _("no longer held, but still free"),
            "gone": _("somebody was quicker: it is gone"),
            "unpublished": _("no longer in the shop"),
        }
        return words.get(self.state) or self._held_for

    @property
    def _held_for(self) -> str:
        minutes = minutes_until(self.line.held_until)
        words = ngettext("held for you for %s minute", "held for you for %s minutes", minutes)
        return words % minutes

    @property
    def seconds_left(self) -> str:
        """For the script that counts down: not a moment, for browsers' clocks are often wrong."""
        until = self.line.held_until
        return str(max(0, int((until - now()).total_seconds()))) if until else "0"

    @property
    def more(self) -> int:
        """One more than there are; nothing where there is only one."""
        can_be_more = self.line.piece.making != Piece.Making.ONE_OF_A_KIND and not self.line.trouble
        return self.line.quantity + 1 if can_be_more and self.line.quantity < _MOST else 0

    @property
    def fewer(self) -> int:
        return self.line.quantity - 1


_MOST = 10


def minutes_until(moment: datetime | None) -> int:
    """Whole minutes from now on, rounded up; at least one."""
    seconds = (moment - now()).total_seconds() if moment else 0
    return max(1, -(-int(seconds) // 60))


class ParcelTold:
    """One maker's part of the basket, with the form that asks whether it is a present."""

    def __init__(self, parcel: Parcel, gift: GiftForm) -> None:
        self.parcel = parcel
        self.maker = parcel.designer
        self.lines = [LineTold(line) for line in parcel.lines]
        self.gift = gift

    @property
    def town(self) -> str:
        return wording.town(self.maker)

    @property
    def day(self) -> str:
        """The day of the promise; empty where the maker does not post."""
        return wording.weekday(self.parcel.arrives_by) if self.parcel.arrives_by else ""

    @property
    def away(self) -> Holiday | None:
        """The maker's holiday, where it puts this parcel off."""
        return self.parcel.away if self.parcel.arrives_by else None


class BasketTold:
    """The basket in words. ``gifts`` are filled forms by maker; the basket's own by default."""

    def __init__(
        self, basket: Basket, gifts: dict[int, GiftForm] | None = None, *, form: str = "pay"
    ) -> None:
        self.basket = basket
        self._gifts = gifts or {}
        self._form = form

    @cached_property
    def parcels(self) -> list[ParcelTold]:
        return [ParcelTold(parcel, self._gift(parcel)) for parcel in self.basket.parcels]

    def _gift(self, parcel: Parcel) -> GiftForm:
        filled = self._gifts.get(parcel.designer.pk)
        return filled or GiftForm(parcel.designer, instance=parcel.wish, form=self._form)

    @property
    def can_be_paid(self) -> bool:
        """Whether nothing must be taken out first; where it is posted to, the next page asks."""
        return not any(line.trouble in {"gone", "unpublished"} for line in self.basket.lines)

    @property
    def country(self) -> str:
        return countries.name(self.basket.country)

    @property
    def sums(self) -> list[tuple[str, str]]:
        basket = self.basket
        rows = [(wording.sentence(wording.pieces(basket.count)), self.money(basket.items_total))]
        if any(line.line.engraving for line in basket.lines):
            rows.append((_("Engraving"), _("free")))
        if self.code:
            off = wording.off(basket.discount_total, basket.currency)
            rows.append((_("Code %s") % self.code, off))
        post = _("Insured post, %s") % wording.parcels(len(basket.parcels))
        rows.append((post, self.money(basket.shipping) if basket.shipping else _("included")))
        if taxes.is_added():
            rows.append((_("Tax"), self._tax_added))
        return rows

    @property
    def code(self) -> str:
        return self.basket.code

    @property
    def code_trouble(self) -> str:
        """Why the code in the basket does not hold; empty when it does."""
        return self.basket.code_trouble

    @property
    def _tax_added(self) -> str:
        if settings.SHOP_STRIPE_TAX:
            return _("on the next page")
        return self.money(self.basket.tax_added)

    @property
    def total(self) -> str:
        return self.money(self.basket.total)

    @property
    def total_in_minor_units(self) -> str:
        """For a hidden field: never with a separator."""
        return str(self.basket.total)

    @property
    def days_put_off(self) -> str:
        """For a hidden field: each parcel that a holiday puts off, with the day it leaves."""
        away = [parcel for parcel in self.basket.parcels if parcel.away]
        return ",".join(f"{parcel.designer.pk}:{parcel.post_by.isoformat()}" for parcel in away)

    @property
    def pay(self) -> str:
        """What the button says."""
        if not self.basket.total:
            return _("Order, nothing to pay")
        if taxes.is_added() and settings.SHOP_STRIPE_TAX:
            return _("Pay %s and tax") % self.total
        return _("Pay %s") % self.total

    @property
    def small_print(self) -> str:
        """What the total contains, and in how many parts it comes."""
        words = [self._tax_within, self._parts]
        return " ".join(filter(None, words))

    @property
    def _tax_within(self) -> str:
        if settings.SHOP_STRIPE_TAX:
            added = _("Tax is reckoned for your address, on the next page.")
            return added if taxes.is_added() else _("Tax is included.")
        return "" if taxes.is_added() else _("Includes %s tax.") % self.money(self.basket.tax)

    @property
    def _parts(self) -> str:
        basket = self.basket
        if len(basket.parcels) == 1:
            return ""
        parts = _("%(makers)s, %(parcels)s, one payment.") % {
            "makers": wording.makers(len(basket.parcels)),
            "parcels": wording.parcels(len(basket.parcels)),
        }
        return wording.sentence(parts)

    @property
    def next_page(self) -> str:
        """What Stripe's page is for, before one is sent there."""
        if not self.basket.total:
            return _("Stripe’s page asks where it goes, and for no card.")
        return _("You will pay on Stripe’s page, by card, Apple Pay, Google Pay or bank.")

    @property
    def stays_held(self) -> str:
        """Which pieces nobody can take while the shopper is on Stripe's page."""
        held = sum(line.quantity for line in self.basket.lines if not line.is_made)
        if not held:
            return ""
        if held < self.basket.count:
            return _("What lies ready stays held for you until you have finished there.")
        if held == 1:
            return _("The piece stays held for you until you have finished there.")
        if held == 2:
            return _("Both pieces stay held for you until you have finished there.")
        return _("All pieces stay held for you until you have finished there.")

    @property
    def payment(self) -> PaymentAttempt | None:
        """A payment under way: any change of the basket ends it."""
        return self.basket.attempt

    def money(self, amount: int) -> str:
        return format_money(amount, self.basket.currency)
