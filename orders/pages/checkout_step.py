"""The one step before Stripe's page: country, e-mail, gift wishes and a code, as typed."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from orders import cart as carts
from orders import checkout, wording
from orders.models import Cart, GiftWish, PaymentAttempt
from orders.pages.basket_page import BasketTold
from orders.pages.forms import CheckoutForm, CodeForm, GiftForm, mistakes
from orders.pages.refusals import Notice
from orders.post import countries
from orders.prices import discounts
from shop.money import format_money


class Step:
    """What is shown and what was typed; ``typed`` is nothing when the page is only looked at."""

    def __init__(self, basket: Cart, typed: QueryDict | None = None) -> None:
        self.basket = basket
        self.typed = typed
        # The basket's own pay form brings gift wishes alone.
        self.is_from_basket = typed is not None and typed.get("from") == "basket"
        self.code = CodeForm("pay" if self.is_from_basket else "checkout", typed)
        self.form = self._form(typed)
        wishes = typed if typed is not None and "gifts" in typed else None
        self.gifts = {
            parcel.designer.pk: GiftForm(parcel.designer, wishes, instance=parcel.wish)
            for parcel in carts.contents(basket).parcels
        }

    def _form(self, typed: QueryDict | None) -> CheckoutForm:
        """While only a code is asked about, what was typed so far is kept and not judged."""
        known = {"country": self.basket.country, "email": self.basket.email}
        if typed is not None and self.is_about_code:
            known |= {name: typed.get(name, was) for name, was in known.items()}
        judged = None if self.is_from_basket or self.is_about_code else typed
        return CheckoutForm(countries.choices(), judged, initial=known)

    @property
    def is_about_code(self) -> bool:
        """Whether a code is to be used or taken out, whichever button was pressed."""
        if self.typed is None:
            return False
        code = discounts.written(self.typed.get("code", ""))
        is_new = code not in ("", self.basket.code)
        return is_new or self.typed.get("act") in {"code", "no-code"}

    def use_code(self) -> bool:
        """Have the code, or take it out; whether it holds. Raises attempts.Paid, payments.Unknown.

        What is wrong with it stands at its field.
        """
        if not self.code.is_valid():
            return False
        data = self.code.cleaned_data
        try:
            carts.use_code(self.basket, "" if data["act"] == "no-code" else data["code"])
        except discounts.NotHeld as reason:
            self.code.add_error("code", str(reason))
            return False
        # What was typed has become the basket's: the field is empty again.
        self.code = CodeForm(self.code.form_id)
        return True

    @property
    def are_wishes_valid(self) -> bool:
        # Each is asked, so that every mistake is told at once.
        fit = [gift.is_valid() for gift in self.gifts.values() if gift.is_bound]
        return all(fit)

    @property
    def wrong(self) -> list[tuple[str, str]]:
        return mistakes(self.form, self.code, *self.gifts.values())

    @property
    def told(self) -> BasketTold:
        """The basket as it would be posted to the chosen country."""
        chosen = str(self.form["country"].value() or "")
        country = chosen if chosen in countries.COUNTRIES else ""
        email = str(self.form["email"].value() or "")
        contents = carts.contents(self.basket, country=country, email=email)
        return BasketTold(contents, self.gifts)

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
            return self._put_off()
        total = format_money(basket.total, basket.currency)
        post = format_money(basket.shipping, basket.currency)
        sentence = _("With post to %(country)s for %(post)s it comes to %(total)s. All right?")
        words = {"country": self.told.country, "post": post, "total": total}
        return Notice(_("The sum is another one now"), sentence % words, kind="time")

    def _put_off(self) -> Notice | None:
        """Says so when a maker has told of a holiday since the page was shown."""
        assert self.typed is not None  # noqa: S101 - as above
        told = self.told
        known = self.typed.get("away")
        if known is None or known == told.days_put_off or not told.days_put_off:
            return None
        makers = [parcel.maker.short_name for parcel in told.parcels if parcel.away]
        sentence = _("The day stands with what comes from %s. All right?")
        return Notice(_("It will take longer"), sentence % wording.joined(makers), kind="time")

    def code_used(self) -> Notice | None:
        """What the code does, where one holds."""
        told = self.told
        if not told.code:
            return None
        sentence = _("It comes to %s now.") % told.total
        return Notice(_("Code %s holds") % told.code, sentence, kind="done")

    def start(self) -> PaymentAttempt:
        """Orders it; raises what ``checkout.start`` does."""
        data = self.form.cleaned_data
        return checkout.start(
            self.basket, email=data["email"], country=data["country"], gifts=self.wishes
        )
