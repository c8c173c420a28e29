"""What the letters about an order say: each function answers with a letter and its address.

Which of them is written when, and once, is the business of ``orders/outbox.py``.
"""

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from orders import wording
from orders.models import Order, OrderLine, Parcel, Refund
from orders.pages.order_page import THANKED, LineTold
from shop.letters import Letter, LetterPiece
from shop.money import format_money


def order_confirmation(order: Order) -> tuple[Letter, str]:
    """Thanks for a paid order and promises each parcel's day."""
    parcels = list(order.parcels.select_related("designer").prefetch_related("lines"))
    last = wording.weekday(max(parcel.arrives_by for parcel in parcels))
    letter = _letter_of(
        order,
        subject=_("Your order %(number)s: with you by %(day)s")
        % {"number": order.number, "day": last},
        heading=_greeting(_("Thank you"), order),
        opening=_what_comes(parcels, last),
        preview=_("With you by %s.") % last,
        pieces=[_piece(line, parcel) for parcel in parcels for line in parcel.lines.all()],
        rows=_sums(order, len(parcels)),
        act=_("See how far it is"),
        after=" ".join(filter(None, [_to_change(), _agreed(order)])),
    )
    return letter, order.email


def _to_change() -> str:
    return _(
        "Something wrong with the address or the size? Write back to this letter: "
        "both can be changed until a parcel is posted."
    )


def _agreed(order: Order) -> str:
    """What was agreed, to be kept with the letter: https://eur-lex.europa.eu/eli/dir/2011/83/oj,
    article 8 (7)."""
    if not order.terms_version:
        return ""
    return _(
        "You ordered by our terms of %(version)s, %(terms)s and may change your mind: %(returns)s"
    ) % {
        "version": order.terms_version,
        "terms": settings.SITE_URL + reverse("terms"),
        "returns": settings.SITE_URL + reverse("help", args=["returns"]),
    }


def parcel_sent(parcel: Parcel) -> tuple[Letter, str]:
    """Says that a parcel is on its way, to whom bought it."""
    order, maker = parcel.order, parcel.designer
    lines = list(parcel.lines.all())
    titles = wording.joined([line.title for line in lines])
    arrives = wording.weekday(parcel.arrives_by)
    words = {"maker": maker.short_name, "titles": titles}
    letter = _letter_of(
        order,
        subject=_("%(maker)s has posted your %(titles)s") % words,
        heading=_greeting(_("It is on its way"), order),
        opening=format_html(
            _("{} posted your {} in {}. With you by <b>{}</b>; somebody has to sign."),
            maker.short_name,
            titles,
            wording.town(maker),
            arrives,
        ),
        preview=_("With you by %s.") % arrives,
        pieces=[_piece_alone(line) for line in lines],
        quote=parcel.maker_note,
        quoted=maker.short_name,
        rows=_posted(parcel),
        act=_("Follow the parcel"),
    )
    return letter, order.email


def refund_note(refund: Refund) -> tuple[Letter, str]:
    """Says what goes back, for what and why: in part, all that was not kept, or paid twice."""
    order, sum_ = refund.order, _money(refund.amount, refund.order)
    if not refund.is_automatic:
        words = _given_back()
    else:
        words = _paid_twice() if order.state in THANKED else _not_kept()
    for_what = [(word, _money(amount, order)) for word, amount in wording.refunded(refund)]
    letter = _letter_of(
        order,
        subject=words["subject"] % order.number,
        heading=_greeting(words["heading"], order),
        opening=format_html(words["opening"], sum_),
        preview=_("%s goes back the way it came.") % sum_,
        quote=refund.told_reason,
        quoted=settings.SHOP_NAME if refund.told_reason else "",
        rows=[*for_what, (_("Going back to you"), sum_)],
        act=_("See the order"),
    )
    return letter, order.email


def _given_back() -> dict[str, str]:
    return {
        "subject": _("Order %s: money goes back to you"),
        "heading": _("Money is on its way back"),
        "opening": _(
            "<b>{}</b> goes back the way it came. Your bank needs five to ten days to show it. "
            "There is nothing you have to do."
        ),
    }


def _not_kept() -> dict[str, str]:
    return {
        "subject": _("Order %s: your money is on its way back"),
        "heading": _("We could not keep this order"),
        "opening": _(
            "Your payment arrived, but what you chose could no longer be kept for you. "
            "All of it, <b>{}</b>, goes back the way it came. Your bank needs five to ten "
            "days to show it. There is nothing you have to do."
        ),
    }


def _paid_twice() -> dict[str, str]:
    return {
        "subject": _("Order %s: your second payment goes back"),
        "heading": _("It was paid twice"),
        "opening": _(
            "Your order was paid already and stands as it was. The second payment, "
            "<b>{}</b>, goes back the way it came. Your bank needs five to ten days to show "
            "it. There is nothing you have to do."
        ),
    }


def payment_waiting(order: Order) -> tuple[Letter, str]:
    """Says that a payment by bank is on its way and the pieces are kept meanwhile."""
    sum_ = _money(order.total, order)
    letter = _letter_of(
        order,
        subject=_("Order %s: your payment is on its way") % order.number,
        heading=_greeting(_("Your bank is at work"), order),
        opening=format_html(
            _(
                "You have ordered for <b>{}</b>, and your bank has not sent it yet. That can "
                "take some days. What you chose stays kept for you, and we write when the "
                "money is here."
            ),
            sum_,
        ),
        preview=_("What you chose stays kept for you."),
        act=_("See the order"),
    )
    return letter, order.email


def order_link(order: Order) -> tuple[Letter, str]:
    """Says the address of the order's page again, to the address that ordered."""
    letter = _letter_of(
        order,
        subject=_("The page of your order %s") % order.number,
        heading=_greeting(_("Here it is"), order),
        opening=_(
            "Somebody, most likely you, asked for the page of your order. It always knows where "
            "your parcels are. Keep its address to yourself: who has it, sees the order."
        ),
        preview=_("It always knows where your parcels are."),
        act=_("See the order"),
        after=_("You did not ask? Then do nothing: this letter went to you alone."),
    )
    return letter, order.email


def _letter_of(
    order: Order,
    *,
    subject: str,
    heading: str,
    opening: str,
    act: str,
    preview: str = "",
    pieces: list[LetterPiece] | None = None,
    quote: str = "",
    quoted: str = "",
    rows: list[tuple[str, str]] | None = None,
    after: str = "",
) -> Letter:
    url = settings.SITE_URL + order.get_absolute_url()
    return Letter(
        subject, heading, opening, act, url, preview, pieces or [], quote, quoted, rows or [], after
    )


def _greeting(words: str, order: Order) -> str:
    first = order.name.split()[0] if order.name.split() else ""
    return _("%(words)s, %(name)s") % {"words": words, "name": first} if first else words


def _what_comes(parcels: list[Parcel], last: str) -> str:
    count = sum(line.quantity for parcel in parcels for line in parcel.lines.all())
    pieces = wording.sentence(wording.pieces(count))
    if len(parcels) == 1:
        maker = parcels[0].designer.short_name
        return format_html(_("{}, from {}. With you by <b>{}</b>."), pieces, maker, last)
    return format_html(
        _("{}, from {}, in {}. The last will be with you by <b>{}</b>."),
        pieces,
        wording.makers(len(parcels)),
        wording.parcels(len(parcels)),
        last,
    )


def _piece(line: OrderLine, parcel: Parcel) -> LetterPiece:
    maker = parcel.designer.short_name
    if line.is_made:
        made = _("made by %(maker)s for you, posted by %(day)s")
    else:
        made = _("posted by %(maker)s by %(day)s")
    words = [made % {"maker": maker, "day": wording.weekday(parcel.post_by)}]
    words.append(_("With you by %s") % wording.weekday(parcel.arrives_by))
    return _in_letter(line, words, _money(line.total, line.order))


def _piece_alone(line: OrderLine) -> LetterPiece:
    materials = str(line.snapshot.get("materials", ""))
    return _in_letter(line, [materials], "")


def _in_letter(line: OrderLine, words: list[str], price: str) -> LetterPiece:
    image = line.snapshot.get("image") or {}
    told = [words_ for words_ in [wording.sentence(LineTold(line).details), *words] if words_]
    return LetterPiece(line.title, told, price, picture_of(image), str(image.get("alt", "")))


def picture_of(image: dict[str, object]) -> str:
    """The absolute address of a small JPEG: mail programs know nothing newer."""
    base, sizes = image.get("base"), image.get("sizes")
    if not base or not isinstance(sizes, list) or not sizes:
        return ""
    widths = sorted(size[0] for size in sizes)
    width = next((width for width in widths if width >= 240), widths[-1])
    url = default_storage.url(f"{base}-{width}.jpg")
    return url if url.startswith("http") else settings.SITE_URL + url


def _sums(order: Order, parcels: int) -> list[tuple[str, str]]:
    post = _("Insured post, %s") % wording.parcels(parcels)
    paid = _("Paid, %s") % order.payment_note if order.payment_note else _("Paid")
    rows = wording.taken_off(order)
    rows.append(
        (post, _money(order.shipping_total, order) if order.shipping_total else _("included"))
    )
    if order.tax_added:
        rows.append((_("Tax"), _money(order.tax_added, order)))
    rows.append((paid, _money(order.total, order)))
    if not order.tax_added:
        rows.append((_("of it tax"), _money(order.tax_included, order)))
    return rows


def _posted(parcel: Parcel) -> list[tuple[str, str]]:
    rows = [(_("Posted with"), parcel.carrier)] if parcel.carrier else []
    return rows + ([(_("Number"), parcel.tracking)] if parcel.tracking else [])


def _money(amount: int, order: Order) -> str:
    return format_money(amount, order.currency)
