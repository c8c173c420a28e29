"""Checkout Sessions: created, read, listed, expired."""

from sandbox import (
    coupons,
    currencies,
    events,
    lists,
    methods,
    pricing,
    session_rules,
    session_settings,
    shipping,
    taxes,
)
from sandbox.errors import Refused
from sandbox.objects import complete, listing, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json

# Parameters that the session shows just as they were given.
ECHOED = (
    "allow_promotion_codes", "allowed_payment_method_types", "billing_address_collection",
    "excluded_payment_method_types",
    "cancel_url", "client_reference_id", "consent_collection", "customer_creation",
    "customer_email", "integration_identifier", "locale", "origin_context", "permissions",
    "shipping_address_collection", "submit_type", "success_url", "wallet_options",
)  # fmt: skip
THREE_D_SECURE = {"card": {"request_three_d_secure": "automatic"}}


def create(stand: StandIn, call: Call) -> Json:
    """POST /v1/checkout/sessions."""
    given, now = call.params, stand.now()
    currency = session_rules.check(given, now=now)
    coupon = _coupon(stand, given, currency)
    session = _blank(given, currency=currency, now=now)
    session["url"] = f"http://{call.host}/c/pay/{session['id']}"
    session["discounts"] = [{"coupon": coupon["id"], "promotion_code": None}] if coupon else []
    lines = pricing.build_lines(stand, session["id"], given["line_items"], coupon)
    _add_shipping(stand, session, given)
    price(stand, session, lines)
    session_rules.check_total(session["amount_total"], currency)
    if coupon:
        stand.store.save(coupon | {"times_redeemed": coupon["times_redeemed"] + 1})
    stand.store.add(session, payment=given.get("payment_intent_data", {}))
    stand.later("expire", session["id"], session["expires_at"] - now)
    return session


def _coupon(stand: StandIn, given: Json, currency: str) -> Json | None:
    for discount in given.get("discounts") or []:
        return coupons.usable(stand, discount["coupon"], currency=currency)
    return None


def _blank(given: Json, *, currency: str, now: int) -> Json:
    defaults: Json = {"allowed_payment_method_types": None, "customer_creation": "if_required"}
    return complete(
        "checkout.session",
        **(defaults | {name: given[name] for name in ECHOED if name in given}),
        **session_settings.complete_settings(given),
        id=new_id("cs_test", 58),
        created=now,
        currency=currency,
        expires_at=given.get("expires_at", now + session_rules.DAY),
        livemode=False,
        metadata=given.get("metadata") or {},
        mode="payment",
        payment_method_collection="if_required",
        payment_method_options=given.get("payment_method_options") or THREE_D_SECURE,
        payment_method_types=methods.offered(given, currency),
        payment_status="unpaid",
        shipping_options=[],
        status="open",
        ui_mode="hosted_page",
    )


def _add_shipping(stand: StandIn, session: Json, given: Json) -> None:
    session["shipping_options"] = shipping.build_options(stand, given.get("shipping_options") or [])
    if session["shipping_options"]:
        # Stripe's page opens with the first option chosen, and the totals already count it.
        shipping.choose(session, session["shipping_options"][0]["shipping_rate"])


def price(stand: StandIn, session: Json, lines: list[Json], *, is_located: bool = False) -> None:
    """Writes the sums of the lines and the chosen shipping into the session.

    Tax that Stripe reckons is in them once it is known where to.
    """
    if taxes.is_on(session):
        taxes.reckon(stand, session, lines, is_located=is_located)
    totals = pricing.totals(session, lines)
    session["amount_subtotal"] = totals.subtotal
    session["amount_total"] = totals.total
    session["total_details"] = {
        "amount_discount": totals.discount,
        "amount_shipping": totals.shipping,
        "amount_tax": totals.tax,
    }


def load(stand: StandIn, id: str) -> Json:
    """The session, expired on the spot when its time is over."""
    session = stand.need("checkout.session", id)
    if session["status"] == "open" and session["expires_at"] <= stand.now():
        close(stand, session)
    return session


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/checkout/sessions/{id}."""
    return load(stand, call.ids[0])


def list_sessions(stand: StandIn, call: Call) -> Json:
    """GET /v1/checkout/sessions, by payment_intent, status or created."""
    links = {
        name: call.params[name] for name in ("payment_intent", "status") if name in call.params
    }
    if call.params.keys() & {
        "customer",
        "customer_account",
        "payment_link",
        "subscription",
        "customer_details",
    }:
        return listing(call.path, [])
    return lists.page(
        stand, call, stand.store.find("checkout.session", **links), kind="checkout.session"
    )


def list_lines(stand: StandIn, call: Call) -> Json:
    """GET /v1/checkout/sessions/{id}/line_items, ten to a page unless asked otherwise."""
    session = load(stand, call.ids[0])
    return lists.page(stand, call, pricing.lines_of(stand, session["id"]), kind="item")


def first_lines(stand: StandIn, session: Json) -> Json:
    """What `expand[]=line_items` shows: the first ten."""
    lines = pricing.lines_of(stand, session["id"])
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return listing(url, lines[:10], has_more=len(lines) > 10)


def expire(stand: StandIn, call: Call) -> Json:
    """POST /v1/checkout/sessions/{id}/expire: from then on nobody can pay it."""
    session = load(stand, call.ids[0])
    if session["status"] != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    return close(stand, session)


def close(stand: StandIn, session: Json) -> Json:
    """Ends an open session unpaid, and the payment begun in it."""
    session |= {"status": "expired", "url": None}
    if session["payment_intent"]:
        _cancel_payment(stand, session["payment_intent"])
    stand.store.save(session)
    events.record(stand, "checkout.session.expired", session)
    return session


def _cancel_payment(stand: StandIn, id: str) -> None:
    payment = stand.need("payment_intent", id)
    payment |= {
        "status": "canceled",
        "canceled_at": stand.now(),
        "cancellation_reason": "expired",
        "next_action": None,
    }
    stand.store.save(payment)
    events.record(stand, "payment_intent.canceled", payment)


def written_total(session: Json) -> str:
    """The total for people: "1,100.00 EUR"."""
    currency = session["currency"]
    return f"{currencies.plain(session['amount_total'], currency)} {currency.upper()}"
