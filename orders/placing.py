"""Writing an order down: the order, its parcels and lines, as they are sold at this moment."""

from typing import Any

from django.conf import settings

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
        code=told.code,
        discount_total=told.discount_total,
        total=told.total,
        tax_added=told.tax_added,
        shipping_tax=told.shipping_tax if told.tax_added else 0,
        tax_included=told.tax - told.tax_added,
        terms_version=settings.SHOP_TERMS_VERSION,
    )
    for parcel in told.parcels:
        _write_parcel(order, parcel, of_house=_is_of_house(told))
    OrderEvent.objects.create(order=order, kind="placed")
    return order


def _is_of_house(told: Basket) -> bool:
    """Whether the house bears what the code takes off."""
    return told.discount is not None and told.discount.is_of_house


def _write_parcel(order: Order, parcel: Parcel, *, of_house: bool) -> None:
    wish = parcel.wish
    assert parcel.arrives_by is not None  # noqa: S101 - checked: there is a rate
    written = OrderParcel.objects.create(
        order=order,
        designer=parcel.designer,
        items_total=parcel.items_total,
        shipping=parcel.shipping,
        house_shipping=parcel.posting if parcel.is_free and of_house else 0,
        post_by=parcel.post_by,
        arrives_by=parcel.arrives_by,
        wrap=bool(wish and wish.wrap),
        hide_prices=bool(wish and wish.hide_prices),
        gift_note=wish.note if wish else "",
    )
    OrderLine.objects.bulk_create(
        _line(order, written, line, of_house=of_house) for line in parcel.lines
    )


def _line(order: Order, parcel: OrderParcel, line: Line, *, of_house: bool) -> OrderLine:
    rate = parcel.designer.commission_basis_points
    price = line.total if of_house else line.total - line.discount
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
        discount=line.discount,
        house_discount=line.discount if of_house else 0,
        tax=line.tax,
        tax_added=line.tax_added,
        commission_basis_points=rate,
        commission=money.share(price, rate),
        story_id=line.line.story_id,
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
