"""Numbers as the house writes them in a sentence."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_UP_TO_TWENTY = [
    _("none"),
    _("one"),
    _("two"),
    _("three"),
    _("four"),
    _("five"),
    _("six"),
    _("seven"),
    _("eight"),
    _("nine"),
    _("ten"),
    _("eleven"),
    _("twelve"),
    _("thirteen"),
    _("fourteen"),
    _("fifteen"),
    _("sixteen"),
    _("seventeen"),
    _("eighteen"),
    _("nineteen"),
]
_TENS = [
    _("twenty"),
    _("thirty"),
    _("forty"),
    _("fifty"),
    _("sixty"),
    _("seventy"),
    _("eighty"),
    _("ninety"),
]


def spell(number: int) -> str:
    """``46`` as forty-six; from a hundred on in figures."""
    if not 0 <= number < 100:
        return f"{number:,}"
    if number < 20:
        return str(_UP_TO_TWENTY[number])
    tens, ones = str(_TENS[number // 10 - 2]), number % 10
    return gettext("%(tens)s-%(ones)s") % {"tens": tens, "ones": spell(ones)} if ones else tens
