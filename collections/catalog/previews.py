"""Unpublished collections as shoppers will see them, for whoever has the collection's token."""

from django.http import HttpRequest, HttpResponse


def collection(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse()


def piece(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    return HttpResponse()
