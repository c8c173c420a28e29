"""HTML that follows from its parts alone, rendered once a process.

A card or a list of filters is rendered again and again from the same few values. Whoever
names all of them in the key may keep the outcome: it can never be out of date.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# A card is about 2 kB: some 8 MB a process at the most.
_MOST = 4_000
_kept: OrderedDict[Hashable, SafeString] = OrderedDict()
_lock = Lock()


def remembered(key: Hashable, render: Callable[[], str]) -> SafeString:
    """The HTML of a key; ``render`` is called when it is not known yet.

    The key must hold everything the HTML depends on but for the language, and ``render``
    must return safe HTML. While developing nothing is kept: templates change.
    """
    if settings.DEBUG:
        return SafeString(render())
    whole = (get_language(), key)
    with _lock:
        if whole in _kept:
            _kept.move_to_end(whole)
            return _kept[whole]
    html = SafeString(render())
    with _lock:
        _kept[whole] = html
        if len(_kept) > _MOST:
            _kept.popitem(last=False)
    return html
