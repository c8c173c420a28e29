"""On a phone each value of a list says what it is, and what is empty is left out."""

import pytest
from django.utils.safestring import SafeString

from shop.templatetags.lists import labelled


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<td class="field-share">18 %</td>', '<td data-l="Com &amp; on" class="field-share">18 %'),
        ("<td>–</td>", '<td data-l="Com &amp; on" data-none>–'),
        ("<td> </td>", '<td data-l="Com &amp; on" data-none> '),
        ('<td><img src="x"></td>', '<td data-l="Com &amp; on"><img'),
        ('<th class="field-name"><a href="/">Inês</a></th>', '<th class="field-name">'),
        ('<td class="action-checkbox"><input></td>', '<td class="action-checkbox">'),
    ],
)
def test_a_cell_says_what_it_is(cell: str, shown: str) -> None:
    (told,) = labelled([SafeString(cell)], [{"text": "com & on"}])
    assert told.startswith(shown)
