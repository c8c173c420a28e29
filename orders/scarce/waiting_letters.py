"""The two letters to who waits for a piece: whether it was them, and that it is kept for them."""

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from catalog import availability, promise
from catalog.models import Piece
from orders import wording
from orders.mails import picture_of
from orders.models import Waiting
from shop.letters import Letter, LetterPiece, NoLonger
from shop.money import format_money


def question(pk: int) -> tuple[Letter, str]:
    """Asks an address whether it wants to wait. Raises NoLonger once it has answered."""
    row = _read(pk)
    if row.state != Waiting.State.ASKED:
        raise NoLonger("It was answered.")
    piece = called(row)
    told = Letter(
        subject=_("Shall we tell you when the %(piece)s returns?") % {"piece": piece},
        heading=_("Shall we tell you?"),
        opening=_(
            "Somebody, you we hope, typed this address to be told when the %(piece)s can be had "
            "again. We write only if you say so."
        )
        % {"piece": piece},
        act=_("Yes, tell me"),
        url=settings.SITE_URL + row.get_absolute_url(),
        preview=rarely(row.variant.piece),
        after=rarely(row.variant.piece)
        + " "
        + _(
            "When it returns, the first in line has it kept for half an hour. Was it not you? "
            "Then leave this be, and you hear no more from us."
        ),
        why=_("You get this because your address was typed in our shop."),
    )
    return told, row.email


def is_back(pk: int) -> tuple[Letter, str]:
    """Says that it is kept for them, and until when. Raises NoLonger when it is not."""
    row = _read(pk)
    if not row.is_kept or row.hold is None:
        raise NoLonger("It is no longer kept for them.")
    piece, until = called(row), availability.clock(row.hold.expires_at)
    words = {"piece": piece, "time": until}
    told = Letter(
        subject=_("The %(piece)s is back, and yours until %(time)s") % words,
        heading=_("It is back"),
        opening=format_html(
            _(
                "You asked us to tell you. The {} can be had again, and you are the first in "
                "line: it is kept for you until <b>{}</b>."
            ),
            piece,
            until,
        ),
        act=_("Put it in my basket"),
        url=settings.SITE_URL + row.get_absolute_url(),
        preview=_("It is kept for you until %(time)s.") % words,
        pieces=[_shown(row)],
        after=_(
            "Nobody else can have it until then, and nothing is bought by looking. In your basket "
            "it is held for another thirty minutes. Not for you any more? Then do nothing, and "
            "the next in line hears of it."
        ),
        why=_("You get this one letter because you asked for it. Your address is forgotten soon."),
        leave=settings.SITE_URL + reverse("orders:waiting_leave", args=[row.token]),
    )
    return told, row.email


def called(row: Waiting) -> str:
    """``Tidestone ring in size 54``, or the title of what has one size."""
    piece = row.variant.piece
    size = wording.size(piece, row.variant.label)
    return _("%(piece)s in %(size)s") % {"piece": piece, "size": size} if size else str(piece)


def rarely(piece: Piece) -> str:
    """How likely it is, told honestly."""
    if piece.making == Piece.Making.ONE_OF_A_KIND:
        return _(
            "There is only one, and what is sold rarely comes back: when somebody puts it back "
            "into the case, or sends it home."
        )
    return _("It may come back: when somebody puts it back, or another one is ready.")


def _read(pk: int) -> Waiting:
    rows = Waiting.objects.select_related("variant__piece__designer", "hold").filter(pk=pk)
    if row := rows.first():
        return row
    raise NoLonger("They no longer wait.")


def _shown(row: Waiting) -> LetterPiece:
    piece = row.variant.piece
    arrives = promise.arrives_by(promise.post_by(piece.designer), promise.USUAL_POST_DAYS)
    words = [piece.material_line, _("With you by %s") % wording.weekday(arrives)]
    title = ", ".join(filter(None, [piece.title, row.variant.label]))
    price = format_money(row.variant.price, settings.SHOP_CURRENCY)
    photo = piece.hero
    image = picture_of(photo.shape("card")) if photo else ""
    return LetterPiece(title, [w for w in words if w], price, image, photo.alt if photo else "")
