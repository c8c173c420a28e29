"""Where every address of the shop leads."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from shop import machines, views

handler400 = "shop.views.bad_request"
handler403 = "shop.views.permission_denied"
handler404 = "shop.views.page_not_found"
handler500 = "shop.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    # Before the catalogue: /pieces/availability/ is no piece.
    path("", include("orders.urls")),
    path("", include("catalog.urls")),
    path("help/<slug:topic>/", views.help_page, name="help"),
    path("privacy/", views.privacy, name="privacy"),
    path("terms/", views.terms, name="terms"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("manifest.webmanifest", machines.manifest, name="manifest"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("", include("designers.urls")),
    path("", include("designers.keys.urls")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
if settings.DEBUG or settings.TESTING or settings.DEMO:
    urlpatterns += [path("media/<path:path>", machines.media)]
