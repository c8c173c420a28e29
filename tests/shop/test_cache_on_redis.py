"""With Redis for a cache, the pages one process keeps are there for all, and dropped for all."""

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from shop import public_pages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_redis(settings: Settings, redis_url: str) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    }
    settings.PUBLIC_PAGE_SECONDS = 30
    caches["default"].clear()


@public_pages.public_page
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("A ring.")


def another_process(request: HttpRequest) -> HttpResponse:
    """A process that would have to build the page itself, were it not kept."""
    answer = public_pages.middleware(lambda _: HttpResponse("built anew"))(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_page_kept_by_one_process_is_answered_by_another(rf: RequestFactory) -> None:
    assert isinstance(caches["default"], RedisCache)
    page(rf.get("/"))
    assert another_process(rf.get("/")).content == b"A ring."


def test_forgetting_reaches_every_process(rf: RequestFactory) -> None:
    page(rf.get("/"))
    public_pages.forget()
    assert another_process(rf.get("/")).content == b"built anew"
