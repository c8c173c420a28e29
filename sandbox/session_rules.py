"""What Stripe demands of a new Checkout Session beyond the shape of its parameters."""

import re

from sandbox import currencies, line_rules, taxes
from sandbox.errors import Invalid, exclusive, missing, not_simulated, required
from sandbox.store import Json
from sandbox.urls import check_url

HALF_HOUR = 30 * 60
DAY = 24 * 60 * 60
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
UNSUPPORTED = (
    "custom_fields",
    "optional_items",
    "payment_method_configuration",
    "payment_method_data",
)
UNSUPPORTED_WHEN_ON = ("invoice_creation", "managed_payments", "tax_id_collection")
UNSUPPORTED_IN_PAYMENT = ("application_fee_amount", "on_behalf_of", "transfer_data")


def check(given: Json, *, now: int) -> str:
    """Raises Invalid for the first rule broken; returns the session's currency."""
    _check_mode(given)
    _check_urls(given)
    _check_buyer(given)
    _check_expiry(given, now)
    _check_unsupported(given)
    currency = _check_lines(given)
    _check_shipping(given, currency)
    taxes.check(given)
    _check_discounts(given)
    return currency


def _check_mode(given: Json) -> None:
    if "mode" not in given:
        raise required("mode")
    if given["mode"] != "payment":
        raise not_simulated(f"mode={given['mode']}")
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_simulated(f"ui_mode={given['ui_mode']}")
    for name, mode in (("subscription_data", "subscription"), ("setup_intent_data", "setup")):
        if name in given:
            raise Invalid(f"You can not pass `{name}` outside `{mode}` mode.", param=name)


def _check_urls(given: Json) -> None:
    if "return_url" in given:
        raise Invalid(
            "`return_url` can only be used with an embedded or custom page.", param="return_url"
        )
    if "success_url" not in given:
        raise required("success_url")
    for name in ("success_url", "cancel_url"):
        if name in given:
            check_url(given[name], name)


def _check_buyer(given: Json) -> None:
    if "customer" in given and "customer_email" in given:
        raise exclusive("customer", "customer_email")
    for name in ("customer", "customer_account"):
        if name in given:
            raise missing("customer", given[name], param=name, status=400)
    if "customer_email" in given and not EMAIL.match(given["customer_email"]):
        raise Invalid(
            f"Invalid email address: {given['customer_email']}",
            code="email_invalid",
            param="customer_email",
        )
    if len(given.get("client_reference_id", "")) > 200:
        raise Invalid(
            "Invalid string: client_reference_id must be at most 200 characters",
            param="client_reference_id",
        )


def _check_expiry(given: Json, now: int) -> None:
    if "expires_at" not in given:
        return
    ahead = given["expires_at"] - now
    if ahead < HALF_HOUR:
        wrong = "at least 30 minutes"
    elif ahead > DAY:
        wrong = "less than 24 hours"
    else:
        return
    raise Invalid(
        f"The `expires_at` timestamp must be {wrong} from Checkout Session creation.",
        param="expires_at",
    )


def _check_unsupported(given: Json) -> None:
    for name in UNSUPPORTED:
        if name in given:
            raise not_simulated(name)
    if given.get("customer_creation") == "always":
        raise not_simulated("customer_creation=always")
    for name in UNSUPPORTED_WHEN_ON:
        if given.get(name, {}).get("enabled"):
            raise not_simulated(f"{name}[enabled]")
    if "liability" in given.get("automatic_tax", {}):
        raise not_simulated("automatic_tax[liability]")
    _check_payment(given.get("payment_intent_data", {}))
    _check_consent(given.get("consent_collection", {}))


def _check_payment(payment: Json) -> None:
    for name in UNSUPPORTED_IN_PAYMENT:
        if name in payment:
            raise not_simulated(f"payment_intent_data[{name}]")
    if payment.get("capture_method") == "manual":
        raise not_simulated("payment_intent_data[capture_method]=manual")


def _check_consent(consent: Json) -> None:
    if consent.get("terms_of_service") == "required":
        raise Invalid(
            "You cannot collect consent to your terms of service unless a URL is set in the "
            "Stripe Dashboard. "
            "Update your public business information in the Dashboard.",
            param="consent_collection[terms_of_service]",
        )


def _check_lines(given: Json) -> str:
    lines = given.get("line_items")
    if not lines:
        raise required("line_items")
    if len(lines) > 100:
        raise Invalid("line_items array exceeded maximum 100 allowed elements.", param="line_items")
    codes = {
        line_rules.check_line(line, f"line_items[{place}]") for place, line in enumerate(lines)
    }
    if "currency" in given:
        codes.add(given["currency"])
    if len(codes) > 1:
        raise Invalid(
            "All line items of a Checkout Session must have the same currency, and `currency` "
            "must be it.",
            param="line_items",
        )
    return codes.pop()


def _check_shipping(given: Json, currency: str) -> None:
    collection = given.get("shipping_address_collection")
    if collection is not None and not collection.get("allowed_countries"):
        raise required("shipping_address_collection[allowed_countries]")
    options = given.get("shipping_options") or []
    if len(options) > 5:
        raise Invalid(
            "shipping_options array exceeded maximum 5 allowed elements.", param="shipping_options"
        )
    for place, option in enumerate(options):
        _check_shipping_option(option, f"shipping_options[{place}]", currency)


def _check_shipping_option(option: Json, name: str, currency: str) -> None:
    if "shipping_rate" in option:
        raise missing(
            "shipping rate", option["shipping_rate"], param=f"{name}[shipping_rate]", status=400
        )
    if "shipping_rate_data" not in option:
        raise required(f"{name}[shipping_rate_data]")
    data = option["shipping_rate_data"]
    amount = data.get("fixed_amount")
    if amount is None:
        raise required(f"{name}[shipping_rate_data][fixed_amount]")
    param = f"{name}[shipping_rate_data][fixed_amount]"
    currencies.check_amount(amount["amount"], amount["currency"], f"{param}[amount]")
    if amount["currency"] != currency:
        raise Invalid(
            f"The shipping rate's currency `{amount['currency']}` is not the session's, "
            f"`{currency}`.",
            param=f"{param}[currency]",
        )


def _check_discounts(given: Json) -> None:
    discounts = given.get("discounts") or []
    if discounts and "allow_promotion_codes" in given:
        raise exclusive("allow_promotion_codes", "discounts")
    if len(discounts) > 1:
        raise Invalid("discounts array exceeded maximum 1 allowed elements.", param="discounts")
    for discount in discounts:
        if "promotion_code" in discount:
            raise missing(
                "promotion code",
                discount["promotion_code"],
                param="discounts[0][promotion_code]",
                status=400,
            )
        if "coupon" not in discount:
            raise required("discounts[0][coupon]")


def check_total(amount: int, currency: str) -> None:
    """A total is nothing at all, or at least what a card network takes."""
    least = currencies.MINIMUM.get(currency, 1)
    if 0 < amount < least:
        raise Invalid(
            f"The Checkout Session's total amount due must add up to at least "
            f"{currencies.written(least, currency)} {currency}",
            code="amount_too_small",
        )
    if amount > currencies.MAXIMUM:
        raise Invalid(
            f"The Checkout Session's total amount due must be no more than "
            f"{currencies.written(currencies.MAXIMUM, currency)} {currency}",
            code="amount_too_large",
        )
