"""What a browser would send back of a page of the workshop, as it is."""

from typing import Any

from django.test import Client


def form_of(client: Client, url: str) -> dict[str, Any]:
    """The fields of the page's form, its rows and the rows within them."""
    context = client.get(url).context
    sent = _sent(context["adminform"].form)
    for shown in context["inline_admin_formsets"]:
        sent |= _formset(shown.formset)
    return sent


def _formset(formset: Any) -> dict[str, Any]:
    sent = _sent(formset.management_form)
    for form in formset.forms:
        sent |= _sent(form)
        if pins := getattr(form, "pins", None):
            sent |= _formset(pins)
    return sent


def _sent(form: Any) -> dict[str, Any]:
    sent = {}
    for field in form:
        value = field.value()
        if isinstance(value, list):
            value = [getattr(one, "pk", one) for one in value]
        if value is not None and value is not False:
            sent[field.html_name] = value
        if field.field.show_hidden_initial:
            sent[field.html_initial_name] = value
    return sent
