"""What the workshop's page of a piece says of who waits for it: how many, never who."""

from django import template

from catalog.models import Piece
from orders.models import Waiting

register = template.Library()


@register.simple_tag
def people_waiting(piece: Piece) -> int:
    """How many have confirmed that they wait for one of its sizes."""
    here = [Waiting.State.WAITING, Waiting.State.OFFERED]
    return Waiting.objects.filter(variant__piece=piece, state__in=here).count()
