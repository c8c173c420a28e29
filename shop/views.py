"""The home page, the pages for errors, and the two addresses that machines ask."""

from typing import Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog import hallmarks
from catalog.ring_sizes import common_sizes
from shop import front
from shop.public_pages import public_page

_HELP = frozenset({"sizes", "post", "returns", "hallmarks"})


@public_page
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/home.html", front.page())


@public_page
def help_page(request: HttpRequest, topic: str) -> HttpResponse:
    if topic not in _HELP:
        raise Http404
    context = {"sizes": common_sizes(), "metals": hallmarks.notice()}
    return render(request, f"shop/help_{topic}.html", context)


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/privacy.html")


@public_page
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/terms.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "shop/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "shop/403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "shop/404.html", status=404)


def too_many_logins(request: HttpRequest, credentials: Any, *args: Any) -> HttpResponse:
    """What django-axes answers to somebody who has guessed too often."""
    return render(request, "shop/429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/500.html", status=500)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: database, cache, storage and migrations; 503 names what is not."""
    checks = {
        "database": _is_database_there(),
        "cache": _is_cache_there(),
        "storage": _is_storage_there(),
    }
    checks["migrations"] = checks["database"] and not _pending_migrations()
    ready = all(checks.values())
    return JsonResponse({"ready": ready, **checks}, status=200 if ready else 503)


def _is_database_there() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_cache_there() -> bool:
    try:
        cache.set("readyz", "1", 5)
        return bool(cache.get("readyz") == "1")
    except Exception:
        return False


def _is_storage_there() -> bool:
    try:
        default_storage.exists("readyz")
    except Exception:
        return False
    return True


def _pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
