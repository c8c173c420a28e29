"""Letters about what is asked after buying: to the shopper, the maker and the shop's owner.

To the shopper they go to the address that ordered, never to who got a present.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from orders import wording
from orders.afterwards import aftersale_words
from orders.afterwards.aftersale_steps import STEPS, Actor
from orders.afterwards.aftersale_words import Words
from orders.models import AfterSale
from shop.letters import Letter, LetterPiece, NoLonger
from shop.money import format_money

State = AfterSale.State
_ENDS = {"refuse", "withdraw", "lapse", "overtake"}
_ENDED = {State.REFUSED, State.WITHDRAWN, State.LAPSED}


def _read(pk: int, act: str) -> AfterSale:
    rows = AfterSale.objects.select_related("parcel__order", "parcel__designer")
    asked = rows.prefetch_related("parts__line__variant__piece").get(pk=pk)
    if asked.state in _ENDED and act not in _ENDS:
        raise NoLonger(f"It is {asked.state} by now.")
    return asked


def to_shopper(act: str, pk: int) -> tuple[Letter, str]:
    """The letter of a step to who bought it."""
    asked = _read(pk, act)
    by_kind = aftersale_words.for_shopper()[act]()
    words = by_kind.get(asked.kind) or by_kind[""]
    order = asked.parcel.order
    letter = _letter(
        asked,
        words,
        heading=_greeting(words.heading % _names(asked), order.name),
        url=settings.SITE_URL + asked.get_absolute_url(),
        act=words.act or _("See how far it is"),
        quote=_said_with(asked, act),
        quoted=asked.parcel.designer.short_name,
        rows=_rows(asked, act),
    )
    return letter, order.email


def to_maker(act: str, pk: int) -> tuple[Letter, str]:
    """The letter of a step to the maker, in whose place the owner may have taken it."""
    asked = _read(pk, act)
    if act == "ask" and asked.state != State.ASKED:
        raise NoLonger("It was answered already.")
    told = aftersale_words.for_maker().get(act)
    by_kind = told() if told else {"": aftersale_words.answered_for_maker()}
    words = by_kind.get(asked.kind) or by_kind[""]
    letter = _letter(
        asked,
        words,
        heading=words.heading % _names(asked),
        url=_in_workshop(asked),
        act=words.act or (_("Answer") if act == "ask" else _("Open it")),
        quote=_said_to_maker(asked, act),
        quoted=_first_name(asked.parcel.order.name) if told else settings.SHOP_NAME,
        rows=_wishes(asked),
        why=_("You get this because you make what is sold here."),
    )
    return letter, _address(asked)


def to_owner(act: str, pk: int) -> tuple[Letter, str]:
    """What only the shop's owner can do, or somebody else has not done."""
    asked = _read(pk, act)
    if act == "unanswered" and asked.state != State.ASKED:
        raise NoLonger("It was answered meanwhile.")
    if act == "arrive" and asked.state != State.ARRIVED:
        raise NoLonger("The money went back already.")
    words = aftersale_words.for_owner()[act]
    letter = _letter(
        asked,
        words,
        heading=words.heading % _names(asked),
        url=_in_workshop(asked),
        act=words.act or _("Open it"),
        quote=asked.words,
        quoted=_first_name(asked.parcel.order.name),
        rows=_wishes(asked),
        why=_("You get this because the shop is yours."),
    )
    return letter, settings.SHOP_EMAIL


def _letter(
    asked: AfterSale, words: Words, *, quote: str = "", quoted: str = "", **more: Any
) -> Letter:
    names, number = _names(asked), asked.parcel.order.number
    subject = words.subject % names
    # Our own words may be bold; what anybody typed is escaped.
    escaped = {key: escape(value) for key, value in names.items()}
    return Letter(
        subject=_("Order %(number)s: %(words)s") % {"number": number, "words": subject},
        opening=mark_safe(words.opening % escaped),  # noqa: S308
        preview=wording.sentence(subject) + ".",
        pieces=[LetterPiece(part.line.title, _details(part)) for part in asked.parts.all()],
        quote=quote,
        quoted=quoted if quote else "",
        after=words.after % names,
        **more,
    )


def _said_to_maker(asked: AfterSale, act: str) -> str:
    """The question itself; or what the owner answered in the maker's place."""
    if act in aftersale_words.for_maker():
        return asked.words if act == "ask" else ""
    return _said_with(asked, act)


def _said_with(asked: AfterSale, act: str) -> str:
    """The maker's words if they were said with this step, and not with one before."""
    event = asked.events.filter(kind=f"aftersale_{act}").last()
    said = event.text if event else ""
    return asked.answer if said and asked.answer.startswith(said) else ""


def _names(asked: AfterSale) -> dict[str, str]:
    parts = [part.line.title for part in asked.parts.all()]
    lines = parts or [line.title for line in asked.parcel.lines.all()]
    return {
        "maker": asked.parcel.designer.short_name,
        "name": _first_name(asked.parcel.order.name),
        "titles": wording.joined(lines),
        "number": asked.parcel.order.number,
        "day": wording.weekday(asked.until) if asked.until else "",
        "state": asked.state_words,
    }


def _details(part: Any) -> list[str]:
    line = part.line
    piece = line.variant.piece if line.variant else None
    words = wording.details(piece, line.label, line.engraving, part.quantity)
    return [wording.sentence(words)] if words else []


def _rows(asked: AfterSale, act: str) -> list[tuple[str, str]]:
    """What the shopper has to know to act on it."""
    if act == "quote":
        return quoted_rows(asked)
    if act == "accept":
        lines = [row for row in asked.send_to.splitlines() if row.strip()]
        return [(_("Where to") if not at else "", row) for at, row in enumerate(lines)]
    if act == "send_back":
        rows = [(_("Posted with"), asked.carrier)] if asked.carrier else []
        return rows + ([(_("Number"), asked.tracking)] if asked.tracking else [])
    return []


def quoted_rows(asked: AfterSale) -> list[tuple[str, str]]:
    """What a mend costs and how long it takes, in words."""
    currency = asked.parcel.order.currency
    price = format_money(asked.price, currency) if asked.price else _("nothing")
    return [(_("It costs"), price), (_("Days on the bench"), str(asked.days or 0))]


def _wishes(asked: AfterSale) -> list[tuple[str, str]]:
    rows = [(_("Why"), str(asked.get_reason_display()))] if asked.reason else []
    if asked.new_size:
        rows.append((_("Wished size"), asked.new_size))
    if asked.state == State.POSTED and asked.tracking:
        rows.append((_("Number"), asked.tracking))
    return rows


def _in_workshop(asked: AfterSale) -> str:
    return f"{settings.SITE_URL}{reverse('admin:orders_aftersale_change', args=[asked.pk])}"


def _address(asked: AfterSale) -> str:
    """The maker's own address, else that of whoever works for them, else the shop's."""
    maker = asked.parcel.designer
    members = maker.members.filter(is_active=True).exclude(user__email="").order_by("pk")
    first = members.select_related("user").first()
    return str(maker.email or (first.user.email if first else settings.SHOP_EMAIL))


def _first_name(name: str) -> str:
    return name.split()[0] if name.split() else _("Who bought it")


def _greeting(words: str, name: str) -> str:
    first = name.split()[0] if name.split() else ""
    return _("%(words)s, %(name)s") % {"words": words, "name": first} if first else words


_TO: dict[str, Callable[[str, int], tuple[Letter, str]]] = {
    Actor.SHOPPER: to_shopper,
    Actor.MAKER: to_maker,
    Actor.OWNER: to_owner,
}


def _kinds() -> dict[str, Callable[[int], tuple[Letter, str]]]:
    """One entry for each letter that a step, or the asking itself, may write."""
    told = {(step.act.value, whom) for step in STEPS for whom in step.tells}
    told |= {(step.act.value, Actor.MAKER) for step in STEPS if Actor.OWNER in step.by}
    told |= {("ask", Actor.SHOPPER), ("ask", Actor.MAKER), ("unanswered", Actor.OWNER)}
    told |= {("call_off", Actor.SHOPPER), ("call_off", Actor.MAKER)}
    return {f"aftersale_{act}_{whom}": partial(_TO[whom], act) for act, whom in sorted(told)}


LETTERS = _kinds()
