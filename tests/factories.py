"""Rows for tests, believable by default: each function makes one thing and what it stands on.

Every argument is a column of the model; what a test does not name, it does not care about.
"""

from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.utils.timezone import localdate, now

from catalog.models import Collection, Inspiration, Material, Photo, Piece, StoryBlock, Variant
from designers.models import Designer, Member
from orders.models import (
    Cart,
    Discount,
    Dispute,
    Order,
    OrderLine,
    Parcel,
    PaymentAttempt,
    ShippingRate,
    TaxRate,
)

PASSWORD = "a-long-password-of-a-test"
_numbers = count(1)


def make_user(username: str = "", **columns: Any) -> User:
    """Somebody who may log in to the workshop, with ``PASSWORD``."""
    username = username or f"person-{next(_numbers)}"
    defaults: dict[str, Any] = {"email": f"{username}@example.com", "is_staff": True}
    return User.objects.create_user(username, password=PASSWORD, **defaults | columns)


def make_designer(**columns: Any) -> Designer:
    number = next(_numbers)
    defaults = {
        "name": f"Inês Carvalho {number}",
        "short_name": "Inês",
        "slug": f"designer-{number}",
        "place": "Porto",
        "country": "PT",
        "pronoun": Designer.Pronoun.SHE,
        "email": f"bench-{number}@example.com",
    }
    return Designer.objects.create(**defaults | columns)


def make_member(designer: Designer, username: str = "", **columns: Any) -> User:
    """A person who works for this designer; ``columns`` are those of Member."""
    user = make_user(username)
    Member.objects.create(designer=designer, user=user, **columns)
    return user


def make_inspiration(**columns: Any) -> Inspiration:
    number = next(_numbers)
    return Inspiration.objects.create(**{"name": "Tide", "slug": f"tide-{number}"} | columns)


def make_collection(*, published: bool = True, **columns: Any) -> Collection:
    """A collection with an opening and one step of a story; in the shop for an hour."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Low Water {number}",
        "slug": f"collection-{number}",
        "standfirst": "What the tide leaves when it goes out.",
        "published_at": now() - timedelta(hours=1) if published else None,
    }
    if "designer" not in columns:
        defaults["designer"] = make_designer()
    collection = Collection.objects.create(**defaults | columns)
    StoryBlock.objects.create(collection=collection, text="At six the harbour is empty.")
    return collection


def make_piece(*, stock: int = 1, **columns: Any) -> Piece:
    """A live piece in one size, of which ``stock`` are ready; price in minor units."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "title": f"Harbour Lamp ring {number}",
        "slug": f"piece-{number}",
        "kind": Piece.Kind.RING,
        "price": 110_000,
        "status": Piece.Status.LIVE,
    }
    if columns.get("making") == Piece.Making.LIMITED:
        defaults["edition_size"] = 8
    if "collection" not in columns:
        defaults["collection"] = make_collection()
    piece = Piece.objects.create(**defaults | columns)
    made = piece.making == Piece.Making.MADE_TO_ORDER
    make_variant(piece, stock=0 if made else stock, can_be_made=made)
    return piece


def make_variant(piece: Piece, **columns: Any) -> Variant:
    return Variant.objects.create(piece=piece, **{"stock": 1} | columns)


def make_material(**columns: Any) -> Material:
    number = next(_numbers)
    defaults = {
        "name": f"Sterling silver {number}",
        "slug": f"silver-{number}",
        "family": Material.Family.METAL,
        "group": "silver",
        "group_name": "Silver",
        "fineness": 925,
    }
    return Material.objects.create(**defaults | columns)


def make_photo(designer: Designer, **columns: Any) -> Photo:
    """A photograph whose renditions are noted as made; there are no files behind it."""
    number = next(_numbers)
    defaults = {
        "original_name": f"ring-{number}.jpg",
        "alt": "A white-gold ring on a pale grey beach stone.",
        "state": Photo.State.READY,
        "width": 1200,
        "height": 1500,
        "renditions": {
            "card": {"base": f"photos/test-{number}-card", "sizes": [[400, 500], [800, 1000]]},
            "full": {"base": f"photos/test-{number}-full", "sizes": [[400, 500], [1200, 1500]]},
        },
    }
    return Photo.objects.create(designer=designer, **defaults | columns)


def make_shown_piece(**columns: Any) -> Piece:
    """A piece that lacks nothing for its collection to be published: it has a photograph."""
    piece = make_piece(**columns)
    make_photo(piece.designer, piece=piece)
    return piece


def make_rate(**columns: Any) -> ShippingRate:
    """What posting costs, in minor units; the house's and for everywhere, unless said."""
    return ShippingRate.objects.create(**{"name": "By post", "amount": 900, "days": 3} | columns)


def make_discount(**columns: Any) -> Discount:
    """A code for the whole shop, ten per cent off at the house's cost unless said."""
    kind = "amount" if "amount" in columns else "percent"
    defaults: dict[str, Any] = {"code": "SPRING", "kind": kind}
    if columns.get("kind", kind) == "percent":
        defaults["basis_points"] = 1_000
    return Discount.objects.create(**defaults | columns)


def make_tax(basis_points: int, **columns: Any) -> TaxRate:
    """A rate of tax for everything and everywhere, unless said."""
    return TaxRate.objects.create(basis_points=basis_points, **columns)


def make_cart(**columns: Any) -> Cart:
    """An empty basket; fill it with ``holds.take``."""
    return Cart.objects.create(**columns)


def make_order(*pieces: Piece, **columns: Any) -> Order:
    """A paid order of these pieces (one of each, first size), a parcel per designer."""
    price = sum(piece.price for piece in pieces)
    defaults: dict[str, Any] = {
        "state": Order.State.PAID,
        "email": "mara@example.com",
        "name": "Mara Quinn",
        "country": "IE",
        "currency": "eur",
        "items_total": price,
        "total": price,
        "paid_at": now(),
        "address": {"line1": "1 Quay St", "city": "Galway", "postal_code": "H91", "country": "IE"},
    }
    order = Order.objects.create(**defaults | columns)
    for piece in pieces:
        make_order_line(order, piece)
    return order


def make_order_line(order: Order, piece: Piece) -> OrderLine:
    """A line of an order, in its designer's parcel, which is made when there is none yet."""
    today = localdate()
    parcel, _ = Parcel.objects.get_or_create(
        order=order,
        designer=piece.designer,
        defaults={"post_by": today + timedelta(2), "arrives_by": today + timedelta(5)},
    )
    parcel.items_total += piece.price
    parcel.save(update_fields=["items_total"])
    return OrderLine.objects.create(
        order=order,
        parcel=parcel,
        variant=piece.variants.first(),
        title=piece.title,
        unit_price=piece.price,
        total=piece.price,
        snapshot={"maker": piece.designer.name, "materials": "", "path": f"/pieces/{piece.slug}/"},
    )


def make_dispute(order: Order, **columns: Any) -> Dispute:
    """A bank has taken all of a paid order back, and waits for a week; the order is disputed."""
    number = next(_numbers)
    attempt = PaymentAttempt.objects.create(
        order=order,
        number=1,
        state=PaymentAttempt.State.COMPLETE,
        idempotency_key=f"checkout:{order.number}:1",
        parameters={},
        expected_total=order.total,
        received=order.total,
        payment_intent=f"pi_{number}",
        expires_at=now(),
    )
    Order.objects.filter(pk=order.pk).update(state=Order.State.DISPUTED)
    defaults: dict[str, Any] = {
        "stripe_id": f"du_{number}",
        "amount": order.total,
        "withdrawn": order.total,
        "currency": order.currency,
        "reason": "fraudulent",
        "status": Dispute.Status.NEEDS_RESPONSE,
        "due_by": now() + timedelta(days=7),
        "opened_at": now(),
        "stopped_at": now(),
    }
    return Dispute.objects.create(order=order, attempt=attempt, **defaults | columns)
