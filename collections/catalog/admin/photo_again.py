"""Photographs that could not be made: one press has them tried anew."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import photos
from catalog.models import Photo
from designers.ownership import EDITORS, OwnedAdmin


def answer(request: HttpRequest, keeper: OwnedAdmin, designer: int) -> HttpResponse:
    """Tries all of one maker's again; for who may change them."""
    if not keeper.may(request, EDITORS, designer):
        raise Http404
    count = photos.try_again(Photo.objects.filter(designer=designer))
    words = ngettext(
        "%(n)d photograph is tried again.", "%(n)d photographs are tried again.", count
    )
    said = words % {"n": count} if count else _("None waits to be tried again.")
    keeper.message_user(request, said, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:index"))
