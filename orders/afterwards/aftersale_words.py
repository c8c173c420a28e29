"""The words of the letters after buying, by who reads them, step and kind.

In all of them ``%(maker)s``, ``%(name)s`` (of the shopper), ``%(titles)s``, ``%(number)s`` and
``%(day)s`` (by which it is to be posted or answered) may stand.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders.models import AfterSale

_Kind = AfterSale.Kind
# A dict by kind, or by nothing where the kind makes no difference.
type _ByKind = dict[str, "Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """A letter's subject (without the order's number), heading, opening, act and last line."""

    subject: str
    heading: str
    opening: str
    act: str = ""
    after: str = ""


def for_shopper() -> dict[str, Callable[[], _ByKind]]:
    return {
        "ask": _asked,
        "call_off": _called_off,
        "agree": _called_off,
        "accept": _accepted,
        "quote": _quoted,
        "refuse": _refused,
        "arrive": _arrived,
        "finish": _finished,
        "send_back": _sent_back,
        "overtake": _overtaken,
        "lapse": _lapsed,
    }


def _asked() -> _ByKind:
    mend = _(
        "%(maker)s reads it, and names a price and the days before anything is done. Please do "
        "not post it yet: you say yes or no first."
    )
    return {
        _Kind.CANCELLATION: Words(
            _("you asked to call a parcel off"),
            _("We have asked %(maker)s"),
            _(
                "%(maker)s has begun your %(titles)s, and so has to say whether it can still be "
                "called off. You get a letter either way. Until then the work goes on."
            ),
        ),
        _Kind.RETURN: Words(
            _("you want to send something back"),
            _("We have your request"),
            _(
                "You want to send your %(titles)s back. %(maker)s writes where to, within three "
                "days. Please do not post it before."
            ),
        ),
        _Kind.RESIZE: Words(_("another size"), _("We have your request"), mend),
        _Kind.REPAIR: Words(_("something to mend"), _("We have your request"), mend),
    }


def _called_off() -> _ByKind:
    words = Words(
        _("your parcel from %(maker)s is called off"),
        _("It is called off"),
        _(
            "Your %(titles)s will not come. What you paid for the parcel goes back the way it "
            "came; another letter says how much, as soon as it is on its way."
        ),
    )
    return {"": words}


def _accepted() -> _ByKind:
    words = Words(
        _("where to send it"),
        _("You can send it back"),
        _(
            "Post your %(titles)s by <b>%(day)s</b>, to the address below. The label for the post "
            "comes to you in a letter of its own, from a person."
        ),
        _("Say that it is posted"),
        _(
            "When it has arrived, the money goes back the way it came, within fourteen days. Keep "
            "the slip of the post until then."
        ),
    )
    return {"": words}


def _quoted() -> _ByKind:
    words = Words(
        _("%(maker)s has an answer"),
        _("What it would take"),
        _(
            "%(maker)s has thought about your %(titles)s. Say yes or no by <b>%(day)s</b>; "
            "nothing is done before."
        ),
        _("Say yes or no"),
    )
    return {"": words}


def _refused() -> _ByKind:
    headings = {
        _Kind.CANCELLATION: _("It cannot be called off any more"),
        _Kind.RETURN: _("It cannot go back"),
        _Kind.RESIZE: _("It cannot be altered"),
        _Kind.REPAIR: _("It cannot be mended"),
    }
    opening = _("You asked about your %(titles)s, and the answer is no. This is why:")
    after = _("You see it otherwise? Write back to this letter, and we look at it together.")
    subject = _("the answer is no")
    return {kind: Words(subject, heading, opening, "", after) for kind, heading in headings.items()}


def _arrived() -> _ByKind:
    on_the_bench = Words(
        _("it has arrived"),
        _("It is on the bench"),
        _("%(maker)s has your %(titles)s. You get a letter when it is done."),
    )
    return {
        _Kind.RETURN: Words(
            _("it has arrived"),
            _("It has arrived"),
            _(
                "%(maker)s has your %(titles)s again. The money goes back the way it came, within "
                "fourteen days; another letter says so."
            ),
        ),
        _Kind.RESIZE: on_the_bench,
        _Kind.REPAIR: on_the_bench,
    }


def _finished() -> _ByKind:
    words = Words(
        _("it is done"),
        _("It is done"),
        _("%(maker)s has finished your %(titles)s, and posts it next."),
    )
    return {"": words}


def _sent_back() -> _ByKind:
    words = Words(
        _("it is on its way back"),
        _("It is on its way back"),
        _("%(maker)s has posted your %(titles)s. Somebody has to sign for it."),
    )
    return {"": words}


def _overtaken() -> _ByKind:
    words = Words(
        _("it had left already"),
        _("It had left already"),
        _(
            "%(maker)s posted your %(titles)s before your question was answered. When it is with "
            "you, and it is still not for you, ask on this page to send it back."
        ),
    )
    return {"": words}


def _lapsed() -> _ByKind:
    words = Words(
        _("the day has passed"),
        _("The day has passed"),
        _(
            "You had until %(day)s to post your %(titles)s, or to answer. So nothing more "
            "happens. It is on its way after all? Then there is nothing you have to do."
        ),
        "",
        _("You still want it? Ask again on the order’s page, or write back to this letter."),
    )
    return {"": words}


def for_maker() -> dict[str, Callable[[], _ByKind]]:
    return {
        "ask": _ask_maker,
        "call_off": _stopped,
        "approve": _approved,
        "withdraw": _withdrawn,
        "post": _posted,
        "give_back": _paid_back,
        "lapse": _lapsed_for_maker,
    }


def _ask_maker() -> _ByKind:
    return {
        _Kind.CANCELLATION: Words(
            _("may it still be called off?"),
            _("%(name)s would like to step back"),
            _(
                "You have begun %(titles)s. Say yes, and the money goes back; say no, and why. "
                "Post it, and that is the answer."
            ),
        ),
        _Kind.RETURN: Words(
            _("something wants to come back"),
            _("%(name)s wants to send something back"),
            _("It is about %(titles)s. Say yes, with the address it goes to, or no, and why."),
        ),
        _Kind.RESIZE: Words(
            _("another size, please"),
            _("%(name)s asks for another size"),
            _("It is about %(titles)s. Say what it costs and how long it takes, or no, and why."),
        ),
        _Kind.REPAIR: Words(
            _("something to mend"),
            _("%(name)s asks you to mend something"),
            _("It is about %(titles)s. Say what it costs and how long it takes, or no, and why."),
        ),
    }


def _stopped() -> _ByKind:
    words = Words(
        _("called off, do not make it"),
        _("It was called off"),
        _(
            "%(name)s has called off %(titles)s before you began. Nothing is to be made or "
            "posted. What lay ready is in the shop again."
        ),
    )
    return {"": words}


def _approved() -> _ByKind:
    words = Words(
        _("they say yes"),
        _("%(name)s says yes"),
        _("%(name)s posts %(titles)s to you as agreed, by %(day)s."),
    )
    return {"": words}


def _withdrawn() -> _ByKind:
    words = Words(
        _("taken back"),
        _("%(name)s has thought again"),
        _("What was asked about %(titles)s was taken back. There is nothing to do."),
    )
    return {"": words}


def _posted() -> _ByKind:
    words = Words(
        _("on its way to you"),
        _("%(name)s has posted it"),
        _(
            "On the way to you: %(titles)s. Say so when it has arrived, for %(name)s waits for the "
            "word."
        ),
    )
    return {"": words}


def _paid_back() -> _ByKind:
    words = Words(
        _("the money went back"),
        _("The money went back"),
        _(
            "The shop has given %(name)s the money for %(titles)s back. Your part of it is taken "
            "from what is to come to you."
        ),
    )
    return {"": words}


def _lapsed_for_maker() -> _ByKind:
    words = Words(
        _("the day has passed"),
        _("Nothing came"),
        _(
            "%(name)s had until %(day)s to post %(titles)s, or to answer. If a parcel still comes, "
            "say that it arrived."
        ),
    )
    return {"": words}


def answered_for_maker() -> Words:
    """To the maker, when the shop's owner took a step in their place."""
    return Words(
        _("answered for you"),
        _("The shop has answered for you"),
        _("It is about %(titles)s for %(name)s. How far it is now: %(state)s."),
    )


def for_owner() -> dict[str, Words]:
    return {
        "arrive": Words(
            _("money to give back"),
            _("%(name)s waits for the money"),
            _(
                "%(maker)s has %(titles)s again. The money is due within fourteen days, as the "
                "shop’s terms say."
            ),
            _("Give the money back"),
        ),
        "unanswered": Words(
            _("a question waits"),
            _("%(maker)s has not answered"),
            _(
                "%(name)s asked more than three days ago about %(titles)s. Ask %(maker)s, or "
                "answer in their place."
            ),
        ),
    }
