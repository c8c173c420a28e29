"""The hosted page that stands in for Stripe's: shown, filled in, paid."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from sandbox import cards, page_fields, page_form, payments, pricing, sessions, shipping
from sandbox.answers import Answer, as_page, redirect
from sandbox.html import Html, fill, render, when
from sandbox.page_form import Typed
from sandbox.payment_intents import Outcome
from sandbox.standin import StandIn
from sandbox.store import Json


def answer(stand: StandIn, method: str, path: str, query: str, body: bytes) -> Answer:
    """Answers /c/pay/{session} and /c/pay/{session}/bank."""
    id, _, rest = path.removeprefix("/c/pay/").partition("/")
    if stand.store.get(id, "checkout.session") is None or rest not in ("", "bank"):
        return as_page(
            render("message", title="No such payment", text="The address may be cut off."), 404
        )
    with stand.store.transaction():
        session = sessions.load(stand, id)
        if session["status"] != "open":
            return _closed(session)
        if rest == "bank":
            return _bank(stand, session, method, body)
        if method == "POST":
            return _posted(stand, session, page_form.read(session, body))
        return _shown(stand, session, page_form.blank(session), error=_last_error(stand, session))


def _closed(session: Json) -> Answer:
    """The page of a session that nobody can pay any more."""
    if session["status"] == "complete":
        waiting = session["payment_status"] == "unpaid"
        title = "The payment is on its way" if waiting else "This is paid already"
        text = "Nothing more is charged, however often this page is opened."
        way_on = _link(success_url(session), "Go to your order")
    else:
        title, text = (
            "This page has timed out",
            "Nothing was charged. The shop can open a new payment for you.",
        )
        way_on = _link(session["cancel_url"], "Back to the shop")
    return as_page(render("closed", title=title, text=text, way_on=way_on, session=_short(session)))


def _link(url: str | None, text: str) -> Html:
    return when(url, '<p><a class="button" href="{url}">{text}</a></p>', url=url, text=text)


def success_url(session: Json) -> str:
    """Where a shopper who has paid goes, with the session's id filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _posted(stand: StandIn, session: Json, typed: Typed) -> Answer:
    """A button was pressed. Only a pay button tries anything; the others show the page again."""
    if typed.shipping_rate:
        shipping.choose(session, typed.shipping_rate)
        sessions.price(stand, session, pricing.lines_of(stand, session["id"]))
    if typed.fill:
        return _shown(stand, session, page_form.fill_in(session, typed))
    if typed.act not in ("pay", "later"):
        return _shown(stand, session, typed)
    mistakes = page_form.mistakes(session, typed)
    if mistakes:
        return _shown(stand, session, typed, mistakes=mistakes)
    # Tax is known once the address is: a total that it changes is shown before it is paid.
    lines = pricing.lines_of(stand, session["id"])
    sessions.price(stand, session, lines, is_located=True)
    if typed.total != str(session["amount_total"]):
        return _shown(stand, session, typed, changed=True)
    return _tried(stand, session, typed)


def _tried(stand: StandIn, session: Json, typed: Typed) -> Answer:
    buyer = page_form.buyer(session, typed)
    if typed.act == "later":
        outcome = payments.pay_later(stand, session["id"], buyer)
    else:
        card = cards.find(typed.number) or cards.CARDS["4242424242424242"]
        outcome = payments.pay(stand, session["id"], card, buyer)
    if outcome.status == "asks":
        return redirect(f"/c/pay/{session['id']}/bank")
    if outcome.status == "declined":
        return _shown(stand, sessions.load(stand, session["id"]), typed, error=outcome)
    if outcome.status == "closed":
        return _shown(stand, session, typed)
    return redirect(success_url(session))


def _bank(stand: StandIn, session: Json, method: str, body: bytes) -> Answer:
    number, _ = payments.buyer_kept(stand, session["id"])
    card = cards.find(number)
    if card is None:
        return redirect(f"/c/pay/{session['id']}")
    if method != "POST":
        return _bank_shown(session, card)
    act = dict(parse_qsl(body.decode("utf-8", "replace"))).get("act")
    if act == "silent":
        return redirect(session["cancel_url"] or f"/c/pay/{session['id']}")
    outcome = payments.answer_bank(stand, session["id"], card, agreed=act == "complete")
    return redirect(success_url(session) if outcome.status == "paid" else f"/c/pay/{session['id']}")


def _bank_shown(session: Json, card: cards.Card) -> Answer:
    html = render(
        "bank",
        title="The bank asks",
        shop=page_form.shop_name(session),
        total=sessions.written_total(session),
        last4=card.last4,
        action=f"/c/pay/{session['id']}/bank",
    )
    return as_page(html, leads_to=origins(session["success_url"], session["cancel_url"]))


def _last_error(stand: StandIn, session: Json) -> Outcome | None:
    payment = stand.store.get(session["payment_intent"] or "", "payment_intent")
    error = payment and payment["last_payment_error"]
    if not error:
        return None
    return Outcome("declined", error["code"], error.get("decline_code", ""), error["message"])


def _shown(
    stand: StandIn,
    session: Json,
    typed: Typed,
    *,
    mistakes: dict[str, cards.Mistake] | None = None,
    error: Outcome | None = None,
    changed: bool = False,
) -> Answer:
    """The open page, with what was typed and what was wrong with it."""
    mistakes = mistakes or {}
    lines = pricing.lines_of(stand, session["id"])
    products = [stand.store.get(line["price"]["product"]) or {} for line in lines]
    total = sessions.written_total(session)
    free = session["amount_total"] == 0
    title = "Confirm the order" if free else f"Pay {total}"
    html = render(
        "pay",
        title=title,
        pay="Confirm the order"
        if free
        else f"{'Donate' if session['submit_type'] == 'donate' else 'Pay'} {total}",
        notice=_notice(stand, session, mistakes=mistakes, error=error, changed=changed),
        action=f"/c/pay/{session['id']}",
        amount=session["amount_total"],
        shop=page_form.shop_name(session),
        currency=session["currency"].upper(),
        total=total.rpartition(" ")[0],
        session=_short(session),
        until=_until(session),
        lines=page_fields.summary(session, lines, products),
        **page_fields.fields(stand, session, typed, mistakes=mistakes, error=error),
    )
    pictures = [url for product in products for url in product.get("images", [])[:1]]
    return as_page(
        html,
        images=origins(*pictures),
        leads_to=origins(session["success_url"], session["cancel_url"]),
    )


def _notice(
    stand: StandIn,
    session: Json,
    *,
    mistakes: dict[str, cards.Mistake],
    error: Outcome | None,
    changed: bool,
) -> Html:
    if error:
        codes = ", ".join(filter(None, (error.code, error.decline_code)))
        return fill(
            '<div class="notice" role="alert"><h2>{message}</h2><p>Code {codes}. Nothing was '
            "charged; "
            "this page stays open {left}.</p></div>",
            message=error.message,
            codes=codes,
            left=_left(session, stand.now()),
        )
    if mistakes:
        items = "".join(
            fill('<li><a href="#{name}">{message}</a></li>', name=name, message=mistake.message)
            for name, mistake in mistakes.items()
        )
        return fill(
            '<div class="notice" role="alert"><h2>Please look again</h2><ul>{items}</ul></div>',
            items=Html(items),
        )
    return when(
        changed,
        '<div class="notice" role="alert"><h2>The total is now {total}</h2><p>Press once more '
        "to pay it.</p></div>",
        total=sessions.written_total(session),
    )


def _left(session: Json, now: int) -> str:
    minutes = max(1, (session["expires_at"] - now) // 60)
    return f"for {minutes} more minutes" if minutes < 120 else f"until {_until(session)}"


def _until(session: Json) -> str:
    return datetime.fromtimestamp(session["expires_at"], UTC).strftime("%H:%M UTC")


def _short(session: Json) -> str:
    return f"{session['id'][:14]}…"


def origins(*urls: str | None) -> list[str]:
    parts = [urlsplit(url.replace("{", "").replace("}", "")) for url in urls if url]
    return sorted({f"{part.scheme}://{part.netloc}" for part in parts})
