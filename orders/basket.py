"""What is in a basket, told whole for a page or a checkout: a few queries, however full it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog import promise
from catalog.models import Photo, Piece, Variant
from designers import holiday
from designers.holiday import Holiday
from designers.models import Designer
from orders import holds, settlement
from orders.models import (
    Cart,
    CartLine,
    Discount,
    GiftWish,
    Hold,
    PaymentAttempt,
    ShippingRate,
    TaxRate,
)
from orders.post import shipping
from orders.prices import discounts, taxes


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the basket; prices in minor units."""

    line: CartLine
    variant: Variant
    piece: Piece
    quantity: int
    unit_price: int
    # The price the shopper was shown before, when it is another now.
    old_price: int | None
    hold: Hold | None
    # ``free`` (no longer held, but still free), ``gone`` or ``unpublished``; empty: all is well.
    trouble: str
    # What a code takes off it, and the tax on the rest: within it, or on top of it.
    discount: int = 0
    tax: int = 0

    @property
    def total(self) -> int:
        """What it costs before a code and tax on top."""
        return self.unit_price * self.quantity

    @property
    def tax_added(self) -> int:
        return self.tax if taxes.is_added() else 0

    @property
    def is_made(self) -> bool:
        return self.line.is_made

    @property
    def is_lapsed(self) -> bool:
        """No longer held, but still free."""
        return self.trouble == "free"

    @property
    def held_until(self) -> datetime | None:
        """Until when it is held for this basket (aware, UTC); nothing while it is not."""
        return self.hold.expires_at if self.hold else None

    @property
    def can_extend(self) -> bool:
        """Whether its hold may be put off once more, and how that would help."""
        return self.hold is not None and holds.can_extend(self.hold)

    @property
    def photo(self) -> Photo | None:
        """The piece's first photograph that is ready."""
        photos: list[Photo] = self.piece.ready_photos  # type: ignore[attr-defined]
        return photos[0] if photos else None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one designer will post. Without a rate the designer does not post there."""

    designer: Designer
    lines: list[Line]
    wish: GiftWish | None
    rate: ShippingRate | None
    post_by: date
    arrives_by: date | None
    # Whether a code pays for the post.
    is_free: bool = False
    # Why it is not posted, in a sentence; empty with a rate.
    not_posted: str = ""

    @property
    def away(self) -> Holiday | None:
        """The maker's holiday, where it puts the parcel off."""
        away = holiday.of(self.designer)
        return away if away and away.puts_off(self.post_by) else None

    @property
    def items_total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def posting(self) -> int:
        """What posting it costs, whoever pays for that."""
        return shipping.cost(self.rate, self.items_total) if self.rate else 0

    @property
    def shipping(self) -> int:
        """What the shopper pays for the post."""
        return 0 if self.is_free else self.posting

    @property
    def discount(self) -> int:
        return sum(line.discount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket as it stands now: amounts in minor units of ``currency``."""

    cart: Cart
    country: str
    parcels: list[Parcel]
    # What keeps it from being paid, each in a sentence.
    blockers: list[str] = field(default_factory=list)
    # A payment under way: it can be gone on with at its ``url``, or any change ends it.
    attempt: PaymentAttempt | None = None
    # The code that holds, or why the one it has does not, in a sentence.
    discount: Discount | None = None
    code_trouble: str = ""
    rates: taxes.Rates = field(default_factory=lambda: taxes.Rates(""))

    @property
    def currency(self) -> str:
        return str(settings.SHOP_CURRENCY)

    @property
    def lines(self) -> list[Line]:
        return [line for parcel in self.parcels for line in parcel.lines]

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return sum(line.quantity for line in self.lines)

    @property
    def items_total(self) -> int:
        return sum(parcel.items_total for parcel in self.parcels)

    @property
    def shipping(self) -> int:
        return sum(parcel.shipping for parcel in self.parcels)

    @property
    def code(self) -> str:
        """The code that holds; empty without one."""
        return self.discount.code if self.discount else ""

    @property
    def discount_total(self) -> int:
        return sum(line.discount for line in self.lines)

    @property
    def shipping_tax(self) -> int:
        """The tax on the post."""
        return self.rates.on(self.shipping, TaxRate.POST)

    @property
    def tax(self) -> int:
        """All tax, contained or added."""
        return sum(line.tax for line in self.lines) + self.shipping_tax

    @property
    def tax_added(self) -> int:
        return self.tax if taxes.is_added() else 0

    @property
    def total(self) -> int:
        return self.items_total - self.discount_total + self.shipping + self.tax_added

    @property
    def held_until(self) -> datetime | None:
        """When the first of its holds ends."""
        return min((line.held_until for line in self.lines if line.held_until), default=None)

    @property
    def is_empty(self) -> bool:
        return not self.parcels


def contents(cart: Cart, *, country: str = "", email: str = "") -> Basket:
    """The basket grouped by designer, as it could be bought now and posted to a country.

    Without one the country the shopper chose before counts, then the shop's own; without an
    address the one that was typed before, for a code that holds once for each customer.
    """
    country = country or cart.country or settings.SHOP_COUNTRY
    lines = [_read(line) for line in _lines(cart)]
    discount, trouble = _discount(cart, lines, email)
    rates = taxes.rates_to(country) if lines else taxes.Rates(country)
    parcels = _parcels(cart, _priced(lines, discount, rates), country, discount)
    return Basket(
        cart,
        country,
        parcels,
        _blockers(parcels),
        settlement.payable(cart).first(),
        discount,
        trouble,
        rates,
    )


def _discount(cart: Cart, lines: list[Line], email: str) -> tuple[Discount | None, str]:
    """The basket's code if it holds, or why it does not."""
    if not (cart.code and lines):
        return None, ""
    found = discounts.find(cart.code)
    if found is None:
        return None, _("There is no code %s in this shop any more.") % cart.code
    try:
        discounts.check(found, lines, cart, email=email)
    except discounts.NotHeld as reason:
        return None, str(reason)
    return found, ""


def _priced(lines: list[Line], discount: Discount | None, rates: taxes.Rates) -> list[Line]:
    return [
        replace(line, discount=off, tax=rates.on(line.total - off, line.piece.tax_category))
        for line, off in zip(lines, discounts.amounts(discount, lines), strict=True)
    ]


def _parcels(
    cart: Cart, lines: list[Line], country: str, discount: Discount | None
) -> list[Parcel]:
    wishes = {wish.designer_id: wish for wish in cart.gift_wishes.all()} if lines else {}
    rates = shipping.rates_of(line.piece.designer for line in lines) if lines else []
    parcels = [
        _parcel(group, country, rates, wishes.get(group[0].piece.designer_id))
        for group in _by_designer(lines)
    ]
    return [
        replace(parcel, is_free=discounts.posts_free(discount, parcel.designer.pk))
        for parcel in parcels
    ]


def _lines(cart: Cart) -> "QuerySet[CartLine]":
    photos = Photo.objects.ready().order_by("position", "pk")
    published = Piece.objects.published().filter(pk=OuterRef("variant__piece"))
    return (
        cart.lines.annotate(is_published=Exists(published))
        .select_related("hold", "variant__piece__designer", "variant__piece__collection")
        .prefetch_related(
            Prefetch("variant__piece__photos", photos, to_attr="ready_photos"),
        )
        .order_by("created_at", "pk")
    )


def _read(line: CartLine) -> Line:
    variant = line.variant
    hold = line.hold if line.is_held else None
    return Line(
        line=line,
        variant=variant,
        piece=variant.piece,
        quantity=line.quantity,
        unit_price=variant.price,
        old_price=line.shown_price if line.shown_price != variant.price else None,
        hold=hold,
        trouble=_trouble(line, hold),
    )


def _trouble(line: CartLine, hold: Hold | None) -> str:
    variant = line.variant
    if not (variant.offered and line.is_published):  # type: ignore[attr-defined]
        return "unpublished"
    if line.is_made:
        return "" if variant.is_makeable_of(variant.piece) else "gone"
    if hold:
        return ""
    own = line.hold.quantity if line.hold and line.hold.state == Hold.State.ACTIVE else 0
    lapsed = variant.held_until is not None and variant.held_until <= now()
    free = variant.stock - variant.reserved + own
    return "free" if free >= line.quantity or (lapsed and variant.is_free) else "gone"


def _by_designer(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines of each designer, in the order in which the first came into the basket."""
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.piece.designer_id, []).append(line)
    return list(groups.values())


def _parcel(
    lines: list[Line], country: str, rates: list[ShippingRate], wish: GiftWish | None
) -> Parcel:
    designer = lines[0].piece.designer
    rate = shipping.choose(rates, designer, country, sum(line.total for line in lines))
    not_posted = "" if rate else shipping.refusal(rates, designer, country)
    post_by = promise.post_by(
        designer,
        lead_days=max((line.piece.lead_days for line in lines if line.is_made), default=0),
        engraved=any(line.line.engraving for line in lines),
    )
    arrives_by = promise.arrives_by(post_by, rate.days) if rate else None
    told = (designer, lines, wish, rate, post_by, arrives_by)
    return Parcel(*told, not_posted=not_posted)


def _blockers(parcels: list[Parcel]) -> list[str]:
    words = {
        "gone": _("%(piece)s is gone. Take it out of the basket to pay for the rest."),
        "unpublished": _("%(piece)s is no longer in the shop. Take it out of the basket."),
    }
    lines = [line for parcel in parcels for line in parcel.lines]
    sentences = [
        words[line.trouble] % {"piece": line.piece} for line in lines if line.trouble in words
    ]
    return sentences + [parcel.not_posted for parcel in parcels if parcel.rate is None]
