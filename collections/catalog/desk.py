"""The workshop's own forms of a collection or a piece, filled and read without its page.

Whatever is kept, rehearsed, put in or put back goes through them, so that it is checked and
written as if a person had pressed the button on the page.
"""

from copy import copy
from typing import Any, cast

from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.forms.formsets import all_valid
from django.http import HttpRequest, QueryDict

from catalog import answers
from catalog.answers import Answers
from catalog.models import Collection, Piece


def live(thing: Collection | Piece, user: Any) -> Answers:
    """What the forms say of the thing as the database has it."""
    return Desk(thing, user).told()


def typed(thing: Collection | Piece, data: QueryDict, user: Any) -> Answers:
    """The changes that a form's data makes to the thing as it is now."""
    desk = Desk(thing, user, data)
    return answers.changes(desk.told(), answers.told(desk.form, desk.formsets, live=True))


class Desk:
    """The workshop's own forms of a thing, as its page has them, outside of any page."""

    def __init__(
        self,
        thing: Collection | Piece,
        user: Any,
        data: QueryDict | None = None,
        *,
        changes: Answers | None = None,
        request: HttpRequest | None = None,
    ) -> None:
        self.thing = thing = copy(thing)  # validating writes into it
        self.keeper = cast("Any", admin.site.get_model_admin(type(thing)))
        self.request = self._request(user, request)
        laid = answers.sheet() if changes is not None else None
        self.request.workshop_data = data if laid is None else laid  # type: ignore[attr-defined]
        kind = self.keeper.get_form(self.request, thing, change=True)
        bound = self.request.workshop_data  # type: ignore[attr-defined]
        self.form = kind(bound, instance=thing) if bound is not None else kind(instance=thing)
        self.formsets, self.inlines = self.keeper.forms_below(self.request, thing)
        if laid is not None:
            answers.lay(laid, self.form, self.formsets, changes or {})

    def _request(self, user: Any, real: HttpRequest | None) -> HttpRequest:
        request = HttpRequest()
        request.user = user
        request.method = "GET"
        request.path = real.path if real else ""
        told = getattr(real, "_messages", None) or CookieStorage(request)
        request._messages = told  # type: ignore[attr-defined]  # noqa: SLF001
        return request

    def is_valid(self) -> bool:
        valid = self.form.is_valid()
        return all_valid(self.formsets) and valid

    def lacks(self) -> Answers:
        """What does not validate, as ``answers.lacks`` tells it."""
        return {} if self.is_valid() else answers.lacks(self.form, self.formsets)

    def told(self) -> Answers:
        return answers.told(self.form, self.formsets)

    def save(self) -> None:
        """As the page itself saves: with what follows (search, kept pages) and the history."""
        new = self.keeper.save_form(self.request, self.form, change=True)
        self.keeper.save_model(self.request, new, self.form, True)
        self.keeper.save_related(self.request, self.form, self.formsets, True)
        said = self.keeper.construct_change_message(self.request, self.form, self.formsets, False)
        self.keeper.log_change(self.request, new, said)

    def write(self) -> None:
        """The rows alone: nothing that follows, nothing in the history."""
        self.form.save()
        for formset in self.formsets:
            formset.save()
