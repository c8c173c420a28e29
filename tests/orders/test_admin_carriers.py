"""Where a posted parcel is looked up."""

import pytest

from orders.post import carriers


@pytest.mark.parametrize(
    ("carrier", "number", "begins"),
    [
        ("CTT Expresso", "EE1PT", "https://www.ctt.pt/"),
        ("DHL Express, insured", "123", "https://www.dhl.com/"),
        ("dhl", "123", "https://www.dhl.com/"),
        ("Royal Mail", "AB", "https://www.royalmail.com/"),
        ("a friend's bicycle", "1", ""),
        ("DHL", "", ""),
        ("", "1", ""),
    ],
)
def test_a_known_carrier_has_a_page(carrier: str, number: str, begins: str) -> None:
    address = carriers.link(carrier, number)
    assert address.startswith(begins)
    assert bool(address) == bool(begins)


def test_a_number_cannot_lead_elsewhere() -> None:
    address = carriers.link("DHL", '1&evil=1"><script>/../')
    assert address.endswith("1%26evil%3D1%22%3E%3Cscript%3E%2F..%2F")
