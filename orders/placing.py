"""Writing an order down: the order, its parcels and lines, as they are sold at this moment."""

from typing import Any

from catalog.models import Photo
from orders.basket import Basket, Line, Parcel
from orders.models import Order, OrderEvent, OrderLine
from orders.models import Parcel as OrderParcel
from shop import money


def write_order(told: Basket, *, email: str, fingerprint: str) -> Order:
    """An order that awaits its payment. Belongs into the transaction that keeps the pieces."""
    order = Order.objects.create(
        cart=told.cart,
        fingerprint=fingerprint,
        email=email,
        country=told.country,
        currency=told.currency,
        items_total=told.items_total,
        shipping_total=told.shipping,
        total=told.total,
        tax_included=told.tax,
    )
    for parcel in told.parcels:
        _write_parcel(order, parcel)
    OrderEvent.objects.create(order=order, kind="placed")
    return order


def _write_parcel(order: Order, parcel: Parcel) -> None:
    wish = parcel.wish
    assert parcel.arrives_by is not None  # noqa: S101 - checked: there is a rate
    written = OrderParcel.objects.create(
        order=order,
        designer=parcel.designer,
        items_total=parcel.items_total,
        shipping=parcel.shipping,
        post_by=parcel.post_by,
        arrives_by=parcel.arrives_by,
        wrap=bool(wish and wish.wrap),
        hide_prices=bool(wish and wish.hide_prices),
        gift_note=wish.note if wish else "",
    )
    OrderLine.objects.bulk_create(_line(order, written, line) for line in parcel.lines)


def _line(order: Order, parcel: OrderParcel, line: Line) -> OrderLine:
    rate = parcel.designer.commission_basis_points
    return OrderLine(
        order=order,
        parcel=parcel,
        variant=line.variant,
        hold=None if line.is_made else line.line.hold,
        title=line.piece.title,
        label=line.variant.label,
        sku=line.variant.sku,
        engraving=line.line.engraving,
        is_made=line.is_made,
        quantity=line.quantity,
        unit_price=line.unit_price,
        total=line.total,
        commission_basis_points=rate,
        commission=money.share(line.total, rate),
        snapshot=_snapshot(line),
    )


def _snapshot(line: Line) -> dict[str, Any]:
    """What the order's page and letters show, true even when the piece has changed since."""
    return {
        "maker": line.piece.designer.name,
        "materials": line.piece.material_line,
        "image": _image(line.photo),
        "path": line.piece.get_absolute_url(),
    }


def _image(photo: Photo | None) -> dict[str, Any]:
    shape = photo.shape("card") if photo else {}
    if photo is None or not shape:
        return {}
    return {"base": shape["base"], "sizes": shape["sizes"], "alt": photo.alt, "tone": photo.tone}
