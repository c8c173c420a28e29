"""Rows about money: looked at, and moved by nothing that is typed into them."""

from typing import Any

from django.http import HttpRequest


class ReadOnly:
    """Money is moved by Stripe and by the shop's own verbs, never by typing into a row."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
