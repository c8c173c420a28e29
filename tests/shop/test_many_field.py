"""A number too large for any database is not a choice, and no error of the page."""

import pytest
from django.core.exceptions import ValidationError

from catalog.models import Inspiration
from shop.many_field import ManyField
from tests.factories import make_inspiration

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("odd", ["1" + "0" * 30, "x", "-1", "٣", "1\x00", ""])
def test_an_odd_number_is_not_a_choice(odd: str) -> None:
    tide = make_inspiration()
    field = ManyField(Inspiration.objects.all())

    assert list(field.clean([str(tide.pk)])) == [tide]
    with pytest.raises(ValidationError):
        field.clean([str(tide.pk), odd])
