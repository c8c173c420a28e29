"""What search engines and browsers ask for by themselves: robots, sitemap, manifest, icon."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.static import serve

from catalog.models import Collection, Inspiration, Piece
from designers.models import Designer
from shop.public_pages import public_page

# https://www.sitemaps.org/protocol.html: at most this many addresses in one file.
_MOST = 50_000


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """What nobody should index: private pages, and the endless combinations of filters."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/admin/", "/cart/", "/checkout/", "/preview/")),
        "Disallow: /orders/",
        "Disallow: /letters/",
        "Disallow: /pieces/?",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page of the shop, in five queries."""
    pages = list(_pages())[:_MOST]
    return render(request, "shop/sitemap.xml", {"pages": pages}, content_type="application/xml")


def _pages() -> Iterator[tuple[str, datetime | None]]:
    """Each page's whole address and when it last changed, None where nobody knows."""
    for name in ("home", "catalog:collection_list", "catalog:piece_list", "catalog:designer_list"):
        yield settings.SITE_URL + reverse(name), None
    told = Collection.objects.published()
    for slug, changed in told.values_list("slug", "updated_at"):
        yield _address("collection_detail", slug), changed
    for slug, changed in Piece.objects.published().values_list("slug", "updated_at"):
        yield _address("piece_detail", slug), changed
    for slug in Designer.objects.published().values_list("slug", flat=True):
        yield _address("designer_detail", slug), None
    began = Inspiration.objects.filter(collections__in=told).distinct()
    for slug in began.values_list("slug", flat=True):
        yield _address("inspiration_detail", slug), None


def _address(page: str, slug: str) -> str:
    return f"{settings.SITE_URL}{reverse(f'catalog:{page}', args=[slug])}"


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: https://www.w3.org/TR/appmanifest/"""
    icon = {"src": static("img/mark-marram.svg"), "sizes": "any", "type": "image/svg+xml"}
    content: dict[str, Any] = {
        "name": settings.SHOP_NAME,
        "short_name": settings.SHOP_NAME,
        "start_url": reverse("home"),
        "display": "browser",
        "background_color": "#f5f7f3",
        "theme_color": "#f5f7f3",
        "icons": [icon],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """For browsers that ask without reading the page first."""
    return HttpResponseRedirect(static("img/mark-marram.svg"))


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """The public files of a shop without a web server or S3 before it: the demo."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT / "public"))
    # A file's name has its content's digest in it: it never changes.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
