"""A session's settings, filled up with what Stripe says about those that were not given."""

from sandbox import taxes
from sandbox.store import Json

LOOKS = {
    "background_color": "#ffffff",
    "border_style": "rounded",
    "button_color": "#0074d4",
    "display_name": "",
    "font_family": "default",
    "icon": None,
    "logo": None,
}
TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
INVOICE = (
    "account_tax_ids", "custom_fields", "description", "footer", "issuer", "rendering_options",
)  # fmt: skip


def complete_settings(given: Json) -> Json:
    """The parts of a session that only say how its page behaves."""
    return {
        "adaptive_pricing": {"enabled": _is_on(given, "adaptive_pricing")},
        "after_expiration": _after_expiration(given.get("after_expiration")),
        "automatic_tax": taxes.settings(given),
        "branding_settings": LOOKS | _told(given, "branding_settings"),
        "custom_fields": [],
        "custom_text": dict.fromkeys(TEXTS) | _told(given, "custom_text"),
        "invoice_creation": {
            "enabled": False,
            "invoice_data": dict.fromkeys(INVOICE) | {"metadata": {}},
        },
        "phone_number_collection": {"enabled": _is_on(given, "phone_number_collection")},
    }


def _is_on(given: Json, name: str) -> bool:
    return bool(given.get(name, {}).get("enabled", False))


def _told(given: Json, name: str) -> Json:
    """The given part without what was unset by an empty string."""
    return {key: value for key, value in given.get(name, {}).items() if value != ""}


def _after_expiration(given: Json | None) -> Json | None:
    if not given or not given.get("recovery"):
        return None
    usual = {"allow_promotion_codes": False, "expires_at": None, "url": None}
    return {"recovery": usual | given["recovery"]}
