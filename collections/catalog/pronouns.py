"""Headings that speak of one maker, in the pronoun the maker chose."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from designers.models import Designer

type Words = dict[str, str | Promise]

_WORDS: dict[str, Words] = {
    "she": {
        "in_words": _("In her words"),
        "by_hand": _("What she does by hand"),
        "collections": _("Her collections"),
        "now": _("On her bench or ready now"),
    },
    "he": {
        "in_words": _("In his words"),
        "by_hand": _("What he does by hand"),
        "collections": _("His collections"),
        "now": _("On his bench or ready now"),
    },
    "they": {
        "in_words": _("In their words"),
        "by_hand": _("What they do by hand"),
        "collections": _("Their collections"),
        "now": _("On their bench or ready now"),
    },
}


def words(designer: Designer) -> Words:
    """The four headings of a maker's page."""
    return _WORDS[designer.pronoun]
