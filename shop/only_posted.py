"""Addresses that only take what a form sends: whoever opens one is told so, in a page.

Django answers 405 with no word at all: a white page for who reloads the answer to a form.
"""

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.template.loader import render_to_string

from shop.middleware import GetResponse


def middleware(get_response: GetResponse) -> GetResponse:
    """Puts words into an empty 405 for somebody who only looks."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            _put_words(response, request)
        return response

    return answer


def _put_words(response: HttpResponse, request: HttpRequest) -> None:
    response.content = render_to_string("shop/405.html", request=request)
