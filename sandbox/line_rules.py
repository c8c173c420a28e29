"""What Stripe demands of a session's lines: one price each, in one currency."""

from sandbox import currencies
from sandbox.errors import Invalid, exclusive, missing, not_simulated, required
from sandbox.store import Json
from sandbox.urls import check_url


def check_line(line: Json, name: str) -> str:
    """Raises Invalid for the first rule broken; returns the line's currency."""
    if "price" in line and "price_data" in line:
        raise exclusive(f"{name}[price]", f"{name}[price_data]")
    if "price" in line:
        raise missing("price", line["price"], param=f"{name}[price]", status=400)
    if "price_data" not in line:
        raise required(f"{name}[price_data]")
    if line.get("tax_rates"):
        raise not_simulated(f"{name}[tax_rates]")
    if line.get("adjustable_quantity", {}).get("enabled"):
        raise not_simulated(f"{name}[adjustable_quantity]")
    if "quantity" not in line:
        raise required(f"{name}[quantity]")
    if not 1 <= line["quantity"] <= 999_999:
        raise Invalid(
            "This value must be greater than or equal to 1."
            if line["quantity"] < 1
            else "This value must be less than or equal to 999999.",
            code="parameter_invalid_integer",
            param=f"{name}[quantity]",
        )
    return _check_price(line["price_data"], f"{name}[price_data]")


def _check_price(data: Json, name: str) -> str:
    if "recurring" in data:
        raise Invalid(
            "You specified `payment` mode but passed a recurring price.", param=f"{name}[recurring]"
        )
    _check_product(data, name)
    if "unit_amount" in data and "unit_amount_decimal" in data:
        raise exclusive(f"{name}[unit_amount]", f"{name}[unit_amount_decimal]")
    if "unit_amount" in data:
        currencies.check_amount(data["unit_amount"], data["currency"], f"{name}[unit_amount]")
    elif "unit_amount_decimal" not in data:
        raise required(f"{name}[unit_amount]")
    elif data["unit_amount_decimal"].startswith("-"):
        raise Invalid("Invalid non-negative decimal", param=f"{name}[unit_amount_decimal]")
    return str(data["currency"])


def _check_product(data: Json, name: str) -> None:
    if "product" in data and "product_data" in data:
        raise exclusive(f"{name}[product]", f"{name}[product_data]")
    if "product" in data:
        raise missing("product", data["product"], param=f"{name}[product]", status=400)
    if "product_data" not in data:
        raise required(f"{name}[product_data]")
    product = f"{name}[product_data]"
    images = data["product_data"].get("images", [])
    if len(images) > 8:
        raise Invalid(
            "images array exceeded maximum 8 allowed elements.", param=f"{product}[images]"
        )
    for place, url in enumerate(images):
        check_url(url, f"{product}[images][{place}]")
