"""Two makers of the demo can be paid as soon as it is open."""

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from orders.models import DesignerAccount
from sandbox.testing import StripeSandbox
from tests.factories import make_designer
from tests.orders.conftest import _stand_in_process, stripe

pytestmark = pytest.mark.django_db
__all__ = ["_stand_in_process", "stripe"]


def test_two_go_through_the_stand_ins_pages_and_once(
    stripe: StripeSandbox, settings: Settings
) -> None:
    settings.DEMO = settings.STRIPE_CONNECT = True
    far = make_designer(country="JP")
    for _more in range(3):
        make_designer()
    for _start in range(2):
        call_command("onboard_demo")
    assert list(DesignerAccount.objects.values_list("is_ready", flat=True)) == [True, True]
    assert not DesignerAccount.objects.filter(designer=far).exists()


def test_a_real_shop_has_no_such_makers(stripe: StripeSandbox, settings: Settings) -> None:
    settings.STRIPE_CONNECT = True
    with pytest.raises(CommandError):
        call_command("onboard_demo")
