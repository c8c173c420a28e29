"""Addresses of the second key: before one is in, and (``inside``) within the workshop."""

from typing import TYPE_CHECKING

from django.urls import URLPattern, path

from designers.keys import entering

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite

# Two of the names are allauth's: its steps of a login lead there.
urlpatterns = [
    path("workshop/login/", entering.to_login, name="account_login"),
    path("workshop/second-key/", entering.second_key, name="mfa_authenticate"),
    path("workshop/second-key/asked/", entering.asked_of_passkey, name="passkey_asked"),
    path("workshop/passkey/", entering.passkey_login, name="passkey_login"),
]


def inside(site: "AdminSite") -> list[URLPattern]:
    """Pages of somebody who is in: their own keys alone."""
    from designers.keys import pages, sure

    view, at = site.admin_view, "your-second-key/"
    return [
        path(at, view(pages.overview), name="second_key"),
        path(f"{at}app/", view(pages.add_app), name="second_key_app"),
        path(f"{at}passkey/", view(pages.add_passkey), name="second_key_passkey"),
        path(f"{at}paper/", view(pages.paper_codes), name="second_key_paper"),
        path(f"{at}paper/new/", view(pages.new_paper), name="second_key_new_paper"),
        path(f"{at}<int:pk>/off/", view(pages.remove), name="second_key_remove"),
        path("is-it-you/", view(sure.page), name="sure"),
    ]
