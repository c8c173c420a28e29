"""The basket: found again by a signed cookie, filled and changed; ``basket.contents`` tells it.

Every change first ends a payment under way, so it may raise attempts.Paid (look at its
``order`` instead) and payments.Unknown (Stripe did not answer, try again).
"""

from contextlib import suppress

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.utils.translation import gettext as _

from catalog.models import Piece, Variant
from orders import attempts, holds
from orders.basket import contents
from orders.models import Cart, CartLine, Hold, Waiting
from orders.prices import discounts
from orders.scarce import editions, waiting
from shop import network

__all__ = [
    "AlreadyInBasket",
    "NotOffered",
    "add",
    "change",
    "claim",
    "contents",
    "extend",
    "first_to_end",
    "get",
    "get_or_create",
    "hold_again",
    "remember",
    "remove",
    "use_code",
]
COOKIE = "basket"
_SALT = "orders.cart"
_COOKIE_SECONDS = 60 * 24 * 60 * 60
# Stripe takes 100 lines; nobody reads that many.
MOST_LINES = 50
MOST_OF_ONE = 10


class NotOffered(Exception):
    """The piece is not in the shop, or not like this; the message says what is the matter."""


class AlreadyInBasket(Exception):
    """There is one of this kind, and it is in this basket already."""

    def __init__(self, line: CartLine) -> None:
        super().__init__(_("It is in your basket already, and there is only one."))
        self.line = line


def get(request: HttpRequest) -> Cart | None:
    """The basket of this browser, if it has one."""
    try:
        token = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_COOKIE_SECONDS)
    except signing.BadSignature:
        return None
    found = Cart.objects.filter(token=token).first()
    if found:
        found.network = network.key(request)
    return found


def get_or_create(request: HttpRequest) -> Cart:
    """The basket of this browser, a new one if need be; ``remember`` it on the answer."""
    if found := get(request):
        return found
    made = Cart.objects.create()
    made.network = network.key(request)
    return made


def remember(response: HttpResponseBase, cart: Cart) -> None:
    """Give the browser the cookie by which ``get`` finds the basket again, for 60 days."""
    response.set_cookie(
        COOKIE,
        signing.dumps(cart.token, salt=_SALT),
        max_age=_COOKIE_SECONDS,
        secure=settings.CART_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def add(cart: Cart, variant: Variant, quantity: int = 1, engraving: str = "") -> CartLine:
    """Put so many of a variant into the basket: held when ready, else to be made.

    Raises NotOffered, AlreadyInBasket, holds.Taken, holds.TooMany.
    """
    variant = _offered(variant, engraving)
    attempts.abandon(cart)
    waiting.serve(variant.pk)  # who waits comes first; what is left is the shop's
    with transaction.atomic():
        _lock(cart)
        _check_room(cart)
        _check_only_one(cart, variant.piece)
        try:
            with transaction.atomic():
                return _add_ready(cart, variant, quantity, engraving)
        except holds.Taken:
            if not can_be_made(variant):
                raise
        return _add_made(cart, variant, quantity, engraving)


def claim(cart: Cart, row: Waiting, engraving: str = "") -> CartLine:
    """Put what is kept for somebody who waited into their basket.

    Raises holds.Taken when it is too late, NotOffered, AlreadyInBasket, holds.TooMany.
    """
    variant = _offered(row.variant, engraving)
    attempts.abandon(cart)
    with transaction.atomic():
        _lock(cart)
        _check_room(cart)
        _check_only_one(cart, variant.piece)
        line = _line(cart, variant, engraving, is_made=False)
        if line and line.is_held:
            raise AlreadyInBasket(line)
        hold = waiting.claim(row, cart)
        if line is None:
            return _new_line(cart, variant, hold.quantity, engraving, hold=hold)
        if line.hold:
            holds.release(line.hold)
        line.hold, line.quantity = hold, hold.quantity
        line.save(update_fields=["hold", "quantity"])
    return line


def _offered(variant: Variant, engraving: str) -> Variant:
    shown = Variant.objects.filter(
        pk=variant.pk, offered=True, piece__in=Piece.objects.published()
    ).select_related("piece__designer")
    found = shown.first()
    if found is None:
        raise NotOffered(_("This piece is no longer in the shop."))
    if len(engraving) > found.piece.engraving_letters:
        raise NotOffered(
            _("It can be engraved with at most %(most)d letters.")
            % {"most": found.piece.engraving_letters}
        )
    return found


def can_be_made(variant: Variant) -> bool:
    """Whether the maker makes another one: never of one of a kind, nor of a complete edition."""
    piece = variant.piece
    if piece.making == Piece.Making.LIMITED and editions.left(piece) < 1:
        return False
    return variant.is_makeable_of(piece)


def _lock(cart: Cart) -> None:
    """Whoever changes a basket or pays for it does so one after another."""
    Cart.objects.filter(pk=cart.pk).update(updated_at=now())


def _check_room(cart: Cart) -> None:
    if cart.lines.count() >= MOST_LINES:
        raise holds.TooMany(
            _("A basket has room for %(most)d different pieces.") % {"most": MOST_LINES}
        )


def _check_only_one(cart: Cart, piece: Piece) -> None:
    if piece.making != Piece.Making.ONE_OF_A_KIND:
        return
    for line in cart.lines.filter(variant__piece=piece).select_related("hold"):
        if line.is_held:
            raise AlreadyInBasket(line)
        line.delete()


def _add_ready(cart: Cart, variant: Variant, quantity: int, engraving: str) -> CartLine:
    line = _line(cart, variant, engraving, is_made=False)
    if line is None:
        hold = holds.take(variant, cart, quantity)
        return _new_line(cart, variant, quantity, engraving, hold=hold)
    _resize(line, _sum(line, quantity))
    return line


def _add_made(cart: Cart, variant: Variant, quantity: int, engraving: str) -> CartLine:
    line = _line(cart, variant, engraving, is_made=True)
    if line is None:
        return _new_line(cart, variant, quantity, engraving, is_made=True)
    _resize(line, _sum(line, quantity))
    return line


def _sum(line: CartLine, more: int) -> int:
    if line.quantity + more > MOST_OF_ONE:
        raise holds.TooMany(_("Ten of one kind are the most."))
    return line.quantity + more


def _line(cart: Cart, variant: Variant, engraving: str, *, is_made: bool) -> CartLine | None:
    same = cart.lines.filter(variant=variant, engraving=engraving, is_made=is_made)
    return same.select_related("hold", "variant__piece").first()


def _new_line(
    cart: Cart, variant: Variant, quantity: int, engraving: str, **kind: object
) -> CartLine:
    return CartLine.objects.create(
        cart=cart,
        variant=variant,
        quantity=quantity,
        engraving=engraving,
        shown_price=variant.price,
        **kind,
    )


def change(line: CartLine, quantity: int) -> None:
    """Have so many of a line. Raises holds.Taken, holds.TooMany."""
    if not 1 <= quantity <= MOST_OF_ONE:
        raise holds.TooMany(_("Ten of one kind are the most."))
    attempts.abandon(line.cart)
    with transaction.atomic():
        _lock(line.cart)
        line.refresh_from_db()
        _resize(line, quantity)


def _resize(line: CartLine, quantity: int) -> None:
    if not line.is_made:
        if line.hold and line.is_held:
            holds.resize(line.hold, quantity)
        else:
            _retake(line, quantity)
    line.quantity = quantity
    line.save(update_fields=["quantity"])


def hold_again(line: CartLine) -> None:
    """Hold once more what is no longer held but still free. Raises holds.Taken, TooMany."""
    attempts.abandon(line.cart)
    waiting.serve(line.variant_id)
    with transaction.atomic():
        _lock(line.cart)
        line.refresh_from_db()
        if not (line.is_made or line.is_held):
            _retake(line, line.quantity)


def _retake(line: CartLine, quantity: int) -> None:
    if line.hold:
        holds.release(line.hold)
    line.hold = holds.take(line.variant, line.cart, quantity)
    line.save(update_fields=["hold"])


def first_to_end(cart: Cart) -> Hold | None:
    """The hold of this basket whose time is over first; none while nothing runs out."""
    running = cart.holds.filter(state=Hold.State.ACTIVE, expires_at__gt=now())
    return running.filter(cart_line__isnull=False).order_by("expires_at").first()


def extend(cart: Cart) -> int:
    """Hold everything in the basket for longer, where that may be; how many lines."""
    extended = 0
    for hold in cart.holds.filter(state=Hold.State.ACTIVE, cart_line__isnull=False):
        with suppress(holds.HeldLongEnough):
            holds.extend(hold)
            extended += 1
    return extended


def remove(line: CartLine) -> None:
    """Take a line out of the basket and give back what it held."""
    attempts.abandon(line.cart)
    with transaction.atomic():
        _lock(line.cart)
        line.refresh_from_db()
        if line.hold:
            holds.release(line.hold)
        line.delete()


def use_code(cart: Cart, typed: str) -> None:
    """Have a code's discount from now on; an empty one takes it away.

    Raises discounts.NotHeld where it takes nothing off what is in the basket now.
    """
    code = discounts.written(typed)
    if code == cart.code:
        return
    if code:
        found = discounts.find(code)
        if found is None:
            raise discounts.NotHeld(_("There is no code %s in this shop.") % code[:24])
        discounts.check(found, contents(cart).lines, cart)
    attempts.abandon(cart)
    cart.code = code
    cart.save(update_fields=["code", "updated_at"])
