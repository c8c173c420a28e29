"""Coupons, enough to give a session a discount."""

from sandbox import currencies
from sandbox.errors import Invalid, Refused, exclusive, missing, required
from sandbox.objects import complete, new_id
from sandbox.standin import Call, StandIn
from sandbox.store import Json


def create(stand: StandIn, call: Call) -> Json:
    """POST /v1/coupons: an amount or a percentage off."""
    given = call.params
    _check(given)
    id = given.get("id") or new_id("", 8).lstrip("_")
    if stand.store.get(id):
        raise Refused("Coupon already exists.", code="resource_already_exists", param="id")
    percent = given.get("percent_off")
    coupon = complete(
        "coupon",
        id=id,
        amount_off=given.get("amount_off"),
        created=stand.now(),
        currency=given.get("currency"),
        duration=given.get("duration", "once"),
        livemode=False,
        max_redemptions=given.get("max_redemptions"),
        metadata=given.get("metadata") or {},
        name=given.get("name"),
        percent_off=float(percent) if percent else None,
        redeem_by=given.get("redeem_by"),
        times_redeemed=0,
        valid=True,
    )
    return stand.store.add(coupon)


def _check(given: Json) -> None:
    if "amount_off" in given and "percent_off" in given:
        raise exclusive("amount_off", "percent_off")
    if "amount_off" in given:
        if "currency" not in given:
            raise required("currency")
        currencies.check_amount(given["amount_off"], given["currency"], "amount_off", least=1)
        return
    if "percent_off" not in given:
        raise required("percent_off")
    if not 0 < float(given["percent_off"]) <= 100:
        raise Invalid("Invalid percent_off: must be between 0 and 100", param="percent_off")


def retrieve(stand: StandIn, call: Call) -> Json:
    """GET /v1/coupons/{id}."""
    return stand.need("coupon", call.ids[0])


def usable(stand: StandIn, id: str, *, currency: str) -> Json:
    """The coupon, or why it cannot be used in a session of this currency."""
    param = "discounts[0][coupon]"
    coupon = stand.store.get(id, "coupon")
    if coupon is None:
        raise missing("coupon", id, param=param, status=400)
    used_up = coupon["max_redemptions"] and coupon["times_redeemed"] >= coupon["max_redemptions"]
    too_late = coupon["redeem_by"] and coupon["redeem_by"] < stand.now()
    if used_up or too_late:
        raise Refused(f"Coupon {id} is used up or expired.", code="coupon_expired", param=param)
    if coupon["currency"] not in (None, currency):
        raise Refused(
            f"The coupon `{id}` cannot be used in {currency}: its amount_off is in "
            f"{coupon['currency']}.",
            param=param,
        )
    return coupon
