"""Asking for letters, confirming it, and leaving: pages that a letter's link opens.

A link changes nothing by being opened, because mail programs open links to look at them:
each page has one button.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from catalog import letters as post
from catalog.models import LetterReader
from shop.address_field import AddressField
from shop.personal import personal, secret
from shop.same_origin import same_origin
from shop.see_other import see_other
from shop.throttle import throttled

reading_or_post = require_http_methods(["GET", "HEAD", "POST"])


class LettersForm(forms.Form):
    """The address to write to."""

    email = AddressField(
        label=gettext_lazy("E-mail"),
        required_words=gettext_lazy("We need an address to write to."),
    )


@personal
@same_origin
@throttled("letters", times=10, seconds=3600)
@reading_or_post
def letters(request: HttpRequest) -> HttpResponse:
    """Asks an address whether it wants letters; says the same whether it is known or not."""
    form = LettersForm(request.POST) if request.method == "POST" else LettersForm()
    if form.is_valid():
        post.ask(form.cleaned_data["email"])
        return see_other("catalog:letters_asked")
    wrong = [(form["email"].id_for_label, error) for error in form.errors.get("email", [])]
    context = {"form": form, "wrong": wrong, "asks": True}
    return render(request, "catalog/letters.html", context, status=400 if wrong else 200)


@personal
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/letters_asked.html", {"asks": True})


@secret
@same_origin
@reading_or_post
def reader(request: HttpRequest, token: str) -> HttpResponse:
    """Confirms with its button; says how it stands once that is done."""
    found = get_object_or_404(LetterReader, token=token)
    if request.method == "POST":
        found.confirm()
        return see_other(found)
    return render(request, "catalog/letter_reader.html", {"reader": found, "asks": True})


# Who knows the token may leave from anywhere: mail programs do it for their reader.
@csrf_exempt
@secret
@reading_or_post
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ends the letters with its button, or with that of the reader's mail program."""
    found = get_object_or_404(LetterReader, token=token)
    if request.method != "POST":
        return render(request, "catalog/letter_leave.html", {"reader": found, "asks": True})
    found.leave()
    if "List-Unsubscribe" in request.POST:
        # A mail program must not be sent on: https://www.rfc-editor.org/rfc/rfc8058#section-3.1
        return HttpResponse(status=204)
    return see_other("catalog:letter_leave", token)
