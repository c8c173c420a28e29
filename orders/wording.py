"""Numbers, days and lists as a person would write them."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Piece
from designers.models import Designer
from orders.models import Order, OrderLine, Refund, RefundLine
from shop.money import format_money
from shop.numbers import spell


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def weekday(day: date) -> str:
    """``Tuesday 1 December``: how every promise names its day."""
    return date_format(day, "l j F")


def day(when: date | datetime) -> str:
    """``3 November``, in the shop's own time zone."""
    return date_format(localtime(when) if isinstance(when, datetime) else when, "j F")


def dated(when: datetime) -> str:
    """``3 November 2026``, in the shop's own time zone: on paper that is kept."""
    return date_format(localtime(when), "j F Y")


def leaving(post_by: date) -> str:
    """When a parcel must leave: ``late``, ``today``, ``tomorrow``, ``Friday``, ``21 Dec``."""
    days = (post_by - localdate()).days
    if days < 0:
        return _("late")
    if days < 2:
        return _("tomorrow") if days else _("today")
    return date_format(post_by, "l" if days < 7 else "j M")


def pieces(count: int) -> str:
    words = ngettext("%(number)s piece", "%(number)s pieces", count)
    return words % {"number": spell(count)}


def parcels(count: int) -> str:
    words = ngettext("%(number)s parcel", "%(number)s parcels", count)
    return words % {"number": spell(count)}


def makers(count: int) -> str:
    words = ngettext("%(number)s maker", "%(number)s makers", count)
    return words % {"number": spell(count)}


def off(amount: int, currency: str) -> str:
    """An amount as it is taken off, with a true minus; of nothing it is the post that is free."""
    return f"\N{MINUS SIGN}{format_money(amount, currency)}" if amount else _("free post")


def taken_off(order: Order) -> list[tuple[str, str]]:
    """What a code took off an order, if one did."""
    if not (order.code or order.discount_total):
        return []
    word = _("Code %s") % order.code if order.code else _("Taken off")
    return [(word, off(order.discount_total, order.currency))]


def refunded(refund: Refund) -> list[tuple[str, int]]:
    """What a refund is for, each with its amount in minor units; empty when nobody has said."""
    rows = [(_part(part), part.amount) for part in refund.lines.all()]
    if refund.shipping_amount:
        rows.append((_("Post"), refund.shipping_amount))
    if rows and refund.free_amount:
        rows.append((_("Besides"), refund.free_amount))
    return rows


def _part(part: RefundLine) -> str:
    title = part.order_line.title
    if part.quantity > 1:
        return f"{title} × {part.quantity}"
    return title if part.quantity else _("%s, a part of its price") % title


def joined(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def day_of_year(when: datetime) -> str:
    """``19 November 2026``, in the shop's own time zone."""
    return date_format(localtime(when), "j F Y")


def details(piece: Piece | None, label: str, engraving: str, quantity: int) -> str:
    """``size 54, engraved “J. & M.”, two of them``; empty when there is nothing to say."""
    words = [size(piece, label)] if size(piece, label) else []
    if engraving:
        words.append(_("engraved “%s”") % engraving)
    if quantity > 1:
        words.append(_("%s of them") % spell(quantity))
    return ", ".join(words)


def town(designer: Designer) -> str:
    """``Svaneke`` of ``Svaneke, Bornholm``: short enough for a heading."""
    return designer.place.partition(",")[0]


def called(line: OrderLine) -> str:
    """``Tidestone ring, 54``; of what has but one size the title alone."""
    is_only = line.label.lower() in {"", str(Piece.Sized.NONE.label).lower()}
    return line.title if is_only else f"{line.title}, {line.label}"


def size(piece: Piece | None, label: str) -> str:
    """``size 54`` of a ring, ``length 45 cm`` of a chain; empty for what has but one."""
    if not label:
        return ""
    if piece is None:
        return label
    if piece.sized == Piece.Sized.NONE and label.lower() == str(Piece.Sized.NONE.label):
        return ""
    if piece.sized == Piece.Sized.RING:
        return _("size %s") % label
    return _("length %s") % label if piece.sized == Piece.Sized.LENGTH else label
