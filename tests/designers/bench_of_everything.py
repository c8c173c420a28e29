"""A maker's bench with something of everything on it, also what went wrong."""

from django.utils.timezone import now

from catalog.models import Collection, Photo, StoryBlock
from designers.models import Designer, Invitation, Technique
from orders.models import (
    AfterSale,
    DesignerAccount,
    Disagreement,
    Order,
    OutboxLetter,
    ReconcileRun,
)
from tests import factories as make


def fill(ines: Designer) -> Collection:
    DesignerAccount.objects.create(
        designer=ines,
        idempotency_key="designer-account",
        parameters={},
        stripe_id="acct_1",
        status="restricted",
        wanted=["identity.individual.given_name", "identity.individual.address"],
        returned={"payout": "po_1", "amount": 1000, "currency": "eur", "why": "declined"},
    )
    collection = make.make_collection(designer=ines, published=False, title="Low Water")
    piece = make.make_piece(collection=collection, title="Tidestone ring", material_line="Silver")
    make.make_variant(piece, label="54")
    make.make_piece(collection=collection, title="Rope band")
    photo = make.make_photo(ines, piece=piece)
    make.make_photo(ines, collection=collection)
    make.make_photo(ines, state=Photo.State.REFUSED, refusal="The file stops in its middle.")
    for place, kind in enumerate(StoryBlock.Kind.values, start=2):
        StoryBlock.objects.create(
            collection=collection,
            kind=kind,
            position=place,
            text="She goes before six.",
            photo=photo,
        )
    block = collection.blocks.get(kind="hotspot")
    block.pins.create(piece=piece, x=40, y=30)
    piece.piece_materials.create(material=make.make_material())
    Technique.objects.create(designer=ines, title="Granulation", text="Grains of silver.")
    Invitation.objects.create(designer=ines, email="ruta@example.lt")
    make.make_inspiration()
    order = make.make_order(piece)
    AfterSale.objects.create(parcel=order.parcels.get(), kind="repair", words="A dent.")
    make.make_order(piece, state=Order.State.REVIEW, review_reason="Sold meanwhile.")
    _what_differs(Order.objects.latest("pk"))
    return collection


def _what_differs(order: Order) -> None:
    """A comparison that found something, a ledger and a letter."""
    figures = [{"name": "paid", "there": 64_000, "here": 18_000}]
    ReconcileRun.objects.create(is_running=False, finished_at=now(), figures=figures)
    for kind in ("paid", "left_over"):
        Disagreement.objects.create(
            key=kind, kind=kind, text="It differs.", order=order, needs_person=True
        )
    Disagreement.objects.create(key="x", text="It differed.", state="gone", mended_at=now())
    order.ledger.create(number=1, kind="payment", debit="stripe", credit="order", amount=64_000)
    OutboxLetter.objects.create(
        kind="link", subject=order.pk, key="link:1", tries=12, error="SMTPException: 451"
    )
