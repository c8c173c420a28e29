"""After a POST: look there, with GET."""

from django.db.models import Model
from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url


class SeeOther(HttpResponseRedirect):
    """303: https://www.rfc-editor.org/rfc/rfc9110#name-303-see-other"""

    status_code = 303


def see_other(to: Model | str, *args: object, after: str = "") -> SeeOther:
    """A redirect to a view's name (with its arguments), a model or an address."""
    return SeeOther(resolve_url(to, *args) + after)
