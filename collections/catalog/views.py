"""The pages on which pieces, stories and makers are shown; the same bytes for every visitor."""

from django.http import HttpRequest, HttpResponse

from shop.public_pages import public_page


@public_page
def collection_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@public_page
def collection_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse()


@public_page
def piece_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@public_page
def suggestions(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@public_page
def piece_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse()


@public_page
def designer_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@public_page
def designer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse()


@public_page
def inspiration_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse()
