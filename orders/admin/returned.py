"""What came back, filled into the form that gives money back; with a token of its own, once."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _

from orders import refunds, wording
from orders.afterwards import aftersale
from orders.models import AfterSale, Order, Refund


def of(order: Order, request: HttpRequest) -> AfterSale | None:
    """The return that the form is about, if it is one of this order and it is here."""
    said = request.POST.get("request") or request.GET.get("request") or ""
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        return None
    rows = AfterSale.objects.filter(parcel__order=order, kind=AfterSale.Kind.RETURN)
    rows = rows.select_related("parcel").prefetch_related("parts__line")
    return rows.filter(pk=int(said), state=AfterSale.State.ARRIVED).first()


def filled_in(asked: AfterSale) -> dict[str, Any]:
    """The fields of a RefundForm for what came back; what went wrong before may be tried anew."""
    order, parts = asked.parcel.order, list(asked.parts.all())
    known = refunds.of_token(order, asked.refund_token)
    if known and known.state == Refund.State.FAILED:
        rows = AfterSale.objects.filter(pk=asked.pk, refund_token=asked.refund_token)
        rows.update(refund_token=uuid4())
        asked.refresh_from_db(fields=["refund_token"])
    titles = wording.joined([part.line.title for part in parts])
    fields: dict[str, Any] = {f"quantity_{part.line_id}": part.quantity for part in parts}
    if _is_all(asked):
        left = order.shipping_total - order.shipping_refunded
        fields["shipping"] = min(asked.parcel.shipping, left) or None
    return fields | {
        "token": asked.refund_token,
        "reason": _("%s came back. Thank you for posting it.") % titles,
    }


def _is_all(asked: AfterSale) -> bool:
    back = {part.line_id: part.quantity for part in asked.parts.all()}
    lines = asked.parcel.lines.all()
    return all(line.refundable_quantity == back.get(line.pk, 0) for line in lines)


def end(asked: AfterSale | None, refund: Refund, by: User) -> None:
    """The return is over, unless Stripe refused."""
    if asked is not None:
        aftersale.refunded(asked, refund, by=by)
