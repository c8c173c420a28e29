"""Tax settings that contradict each other stop the start with a sentence."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"SHOP_STRIPE_TAX": "true", "SHOP_TAX_BASIS_POINTS": "2300"},
            "either Stripe reckons the tax or the shop does.",
        ),
        ({"SHOP_TAX_BASIS_POINTS": "10001"}, "SHOP_TAX_BASIS_POINTS is a rate from 0 to 10000"),
        ({"SHOP_TAX_BASIS_POINTS": "-1"}, "SHOP_TAX_BASIS_POINTS is a rate from 0 to 10000"),
        ({"SHOP_STRIPE_TAX": "true", "SHOP_PRICES_INCLUDE_TAX": "false"}, ""),
    ],
)
def test_the_start_says_what_is_wrong(settings: dict[str, str], sentence: str) -> None:
    unset = {name: text for name, text in os.environ.items() if not name.startswith("SHOP_")}
    run = subprocess.run(
        [sys.executable, "-c", "import shop.settings"],
        env=unset | {"DEBUG": "1"} | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert sentence in run.stderr
    assert bool(run.returncode) == bool(sentence)
