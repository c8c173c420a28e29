"""The one step before Stripe's page: country, e-mail and gift wishes, as they were typed."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from orders import cart as carts
from orders import checkout, countries
from orders.basket_page import BasketTold
from orders.forms import CheckoutForm, GiftForm, mistakes
from orders.models import Cart, GiftWish, PaymentAttempt
from orders.refusals import Notice
from shop.money import format_money


class Step:
    """What is shown and what was typed; ``typed`` is nothing when the page is only looked at."""

    def __init__(self, basket: Cart, typed: QueryDict | None = None) -> None:
        self.basket = basket
        self.typed = typed
        # The basket's own pay form brings gift wishes alone.
        self.is_from_basket = typed is not None and typed.get("from") == "basket"
        known = {"country": basket.country, "email": basket.email}
        self.form = CheckoutForm(
            countries.choices(), None if self.is_from_basket else typed, initial=known
        )
        wishes = typed if typed is not None and "gifts" in typed else None
        self.gifts = {
            parcel.designer.pk: GiftForm(parcel.designer, wishes, instance=parcel.wish)
            for parcel in carts.contents(basket).parcels
        }

    @property
    def are_wishes_valid(self) -> bool:
        # Each is asked, so that every mistake is told at once.
        fit = [gift.is_valid() for gift in self.gifts.values() if gift.is_bound]
        return all(fit)

    @property
    def wrong(self) -> list[tuple[str, str]]:
        return mistakes(self.form, *self.gifts.values())

    @property
    def told(self) -> BasketTold:
        """The basket as it would be posted to the chosen country."""
        chosen = str(self.form["country"].value() or "")
        country = chosen if chosen in countries.COUNTRIES else ""
        return BasketTold(carts.contents(self.basket, country=country), self.gifts)

    @property
    def wishes(self) -> dict[int, checkout.Gift]:
        """What was wished for, by maker; only what was asked on the page."""
        return {
            pk: checkout.Gift(**gift.cleaned_data)
            for pk, gift in self.gifts.items()
            if gift.is_bound
        }

    def keep_wishes(self) -> None:
        for pk, wish in self.wishes.items():
            GiftWish.objects.update_or_create(
                cart=self.basket,
                designer_id=pk,
                defaults={"wrap": wish.wrap, "hide_prices": wish.hide_prices, "note": wish.note},
            )

    def other_total(self) -> Notice | None:
        """Says so when the sum is another than the page showed, as for another country."""
        assert self.typed is not None  # noqa: S101 - only what was typed has a total
        basket, shown = self.told.basket, self.typed.get("total", "")
        if not shown or shown == str(basket.total):
            return None
        total = format_money(basket.total, basket.currency)
        post = format_money(basket.shipping, basket.currency)
        sentence = _("With post to %(country)s for %(post)s it comes to %(total)s. All right?")
        words = {"country": self.told.country, "post": post, "total": total}
        return Notice(_("The sum is another one now"), sentence % words, kind="time")

    def start(self) -> PaymentAttempt:
        """Orders it; raises what ``checkout.start`` does."""
        data = self.form.cleaned_data
        return checkout.start(
            self.basket, email=data["email"], country=data["country"], gifts=self.wishes
        )
