"""Lines, discounts and totals of a Checkout Session, in integers of the currency's minor unit."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sandbox.objects import complete, new_id
from sandbox.standin import StandIn
from sandbox.store import Json


@dataclass(frozen=True)
class Totals:
    """A session's sums."""

    subtotal: int
    discount: int
    shipping: int
    tax: int
    total: int


def build_lines(stand: StandIn, session: str, given: list[Json], coupon: Json | None) -> list[Json]:
    """Stores product, price and line item for each line given, discounts spread over them."""
    subtotals = [_subtotal(line) for line in given]
    discounts = spread(_discount(coupon, sum(subtotals)), subtotals)
    return [
        _store_line(stand, session, line, subtotal=subtotal, discount=discount)
        for line, subtotal, discount in zip(given, subtotals, discounts, strict=True)
    ]


def _subtotal(line: Json) -> int:
    return int((_unit(line) * line["quantity"]).quantize(Decimal(1), ROUND_HALF_UP))


def _unit(line: Json) -> Decimal:
    data = line["price_data"]
    return Decimal(data.get("unit_amount_decimal") or data["unit_amount"])


def _discount(coupon: Json | None, subtotal: int) -> int:
    if coupon is None:
        return 0
    if coupon["amount_off"]:
        return min(int(coupon["amount_off"]), subtotal)
    share = Decimal(subtotal) * Decimal(str(coupon["percent_off"])) / 100
    return int(share.quantize(Decimal(1), ROUND_HALF_UP))


def spread(amount: int, weights: list[int]) -> list[int]:
    """Splits an amount by weight and largest remainder; the parts add up exactly."""
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    exact = [Fraction(amount * weight, whole) for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def _store_line(stand: StandIn, session: str, line: Json, *, subtotal: int, discount: int) -> Json:
    price = _store_price(stand, line)
    item = complete(
        "item",
        id=new_id("li"),
        adjustable_quantity=None,
        amount_discount=discount,
        amount_subtotal=subtotal,
        amount_tax=0,
        amount_total=subtotal - discount,
        currency=price["currency"],
        description=line["price_data"]["product_data"]["name"],
        metadata=line.get("metadata", {}),
        price=price,
        quantity=line["quantity"],
    )
    return stand.store.add(item, session=session)


def _store_price(stand: StandIn, line: Json) -> Json:
    data = line["price_data"]
    product = _store_product(stand, data["product_data"])
    unit = _unit(line)
    price = complete(
        "price",
        id=new_id("price"),
        active=False,
        billing_scheme="per_unit",
        created=stand.now(),
        currency=data["currency"],
        livemode=False,
        metadata={},
        product=product["id"],
        tax_behavior=data.get("tax_behavior", "unspecified"),
        type="one_time",
        unit_amount=int(unit) if unit == int(unit) else None,
        unit_amount_decimal=str(data.get("unit_amount_decimal") or data["unit_amount"]),
    )
    return stand.store.add(price)


def _store_product(stand: StandIn, data: Json) -> Json:
    product = complete(
        "product",
        id=new_id("prod", 14),
        active=False,
        created=stand.now(),
        updated=stand.now(),
        description=data.get("description"),
        images=data.get("images", []),
        livemode=False,
        marketing_features=[],
        metadata=data.get("metadata", {}),
        name=data["name"],
        tax_code=data.get("tax_code"),
        unit_label=data.get("unit_label"),
    )
    return stand.store.add(product)


def lines_of(stand: StandIn, session: str) -> list[Json]:
    """A session's line items in the order they were given."""
    return stand.store.find("item", session=session)[::-1]


def totals(session: Json, lines: list[Json]) -> Totals:
    """The sums of a session with the shipping rate chosen now."""
    post = session["shipping_cost"] or dict.fromkeys(("amount_subtotal", "amount_tax"), 0)
    rows = [*lines, post]
    return Totals(
        subtotal=sum(line["amount_subtotal"] for line in lines),
        discount=sum(line["amount_discount"] for line in lines),
        shipping=post["amount_subtotal"],
        tax=sum(row["amount_tax"] for row in rows),
        total=sum(row.get("amount_total", 0) for row in rows),
    )
