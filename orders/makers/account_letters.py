"""The letters to a designer about their account at Stripe: what wants doing so that money comes."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from designers.models import Designer
from orders.makers import account_words, accounts
from orders.models import DesignerAccount
from shop.letters import Letter, NoLonger
from shop.money import format_money


def stopped(pk: int) -> tuple[Letter, str]:
    """Stripe sends no money any more, or not before something is answered."""
    account = _account(pk)
    if account.is_ready:
        raise NoLonger("Money is sent there again.")
    told = account_words.told(account.designer, account)
    return _letter(
        account.designer,
        subject=_("Your share waits at %s") % settings.SHOP_NAME,
        heading=_("Nothing can be sent to you at the moment"),
        opening=_(
            "%(told)s Nothing is lost: what you earn stays written down for you, and is sent as "
            "soon as Stripe lets it through."
        )
        % {"told": told.sentence},
    )


def returned(pk: int) -> tuple[Letter, str]:
    """The designer's bank has sent money back."""
    account = _account(pk)
    if "payout" not in account.returned:
        raise NoLonger("Money has reached the bank since.")
    told = account.returned
    sum_ = format_money(told["amount"], told["currency"])
    return _letter(
        account.designer,
        subject=_("Your bank sent %s back") % sum_,
        heading=_("Your bank sent money back"),
        opening=_(
            "Stripe sent %(sum)s to your bank, and your bank sent it back (%(why)s). It lies in "
            "your account at Stripe. See to the number of your bank account there: Stripe tries "
            "again by itself."
        )
        % {"sum": sum_, "why": account_words.why_returned(told["why"])},
    )


def reminder(pk: int) -> tuple[Letter, str]:
    """The house asks a designer to see to their account; ``pk`` is the designer's."""
    designer = Designer.objects.get(pk=pk)
    account = DesignerAccount.objects.filter(designer=designer).first()
    told = account_words.told(designer, account)
    if not told.is_urgent:
        raise NoLonger("There is nothing they can do.")
    return _letter(
        designer,
        subject=_("So that %s can pay you") % settings.SHOP_NAME,
        heading=_("Your share wants a place to go"),
        opening=_(
            "%(told)s It takes some minutes, on a page of Stripe, who send you your share of "
            "everything you sell. The house never sees the number of your bank account."
        )
        % {"told": told.sentence},
    )


def _account(pk: int) -> DesignerAccount:
    return DesignerAccount.objects.select_related("designer").get(pk=pk)


def _letter(designer: Designer, *, subject: str, heading: str, opening: str) -> tuple[Letter, str]:
    to = accounts.email_of(designer)
    if not to:
        raise NoLonger("Nobody to write to.")
    page = reverse("admin:orders_designeraccount_change", args=[designer.pk])
    letter = Letter(
        subject=subject,
        heading=heading,
        opening=opening,
        act=_("See how it stands"),
        url=f"{settings.SITE_URL}{page}",
        why=_("You get this letter because you sell through %s.") % settings.SHOP_NAME,
    )
    return letter, to
