from django.urls import path

from orders import webhooks
from orders.views import aftersale, availability, basket, buying, demo, figures, following, waiting

app_name = "orders"
urlpatterns = [
    path("cart/", basket.cart, name="cart"),
    path("cart/count/", basket.count, name="cart_count"),
    path("cart/hold/", basket.hold, name="cart_hold"),
    path("cart/lines/<int:pk>/", basket.line, name="cart_line"),
    path("pieces/availability/", availability.availability, name="availability"),
    path("seen/", figures.seen, name="seen"),
    path("sizes/asked/", figures.size, name="size_asked"),
    path("waiting/", waiting.ask, name="waiting_ask"),
    path("waiting/asked/", waiting.asked, name="waiting_asked"),
    path("waiting/<slug:token>/", waiting.waiting, name="waiting"),
    path("waiting/<slug:token>/leave/", waiting.leave, name="waiting_leave"),
    path("checkout/", buying.checkout, name="checkout"),
    path("checkout/return/", buying.checkout_return, name="checkout_return"),
    path("checkout/back/", buying.checkout_back, name="checkout_back"),
    path("orders/find/", following.find, name="find"),
    path("orders/<slug:token>/", following.order, name="order"),
    path("orders/<slug:token>/state/", following.order_state, name="order_state"),
    path("orders/<slug:token>/letter/", following.letter, name="order_letter"),
    path("orders/<slug:token>/certificates/<int:pk>/", following.certificate, name="certificate"),
    path("orders/<slug:token>/parcels/<int:pk>/arrived/", following.arrived, name="arrived"),
    path("orders/<slug:token>/calling-off/", aftersale.call_off, name="call_off_all"),
    path("orders/<slug:token>/parcels/<int:pk>/calling-off/", aftersale.call_off, name="call_off"),
    *(
        path(
            f"orders/<slug:token>/parcels/<int:pk>/{kind}/",
            aftersale.ask,
            {"kind": kind},
            f"ask_{kind}",
        )
        for kind in ("return", "resize", "repair")
    ),
    path("orders/<slug:token>/requests/<int:pk>/", aftersale.aftersale_page, name="aftersale"),
    path(
        "orders/<slug:token>/requests/<int:pk>/photograph/",
        aftersale.photograph,
        name="aftersale_photo",
    ),
    path("stripe/webhook/", webhooks.stripe_webhook, name="stripe_webhook"),
    path("stripe/connect-webhook/", webhooks.connect_webhook, name="connect_webhook"),
    path("demo/mails/", demo.mails, name="demo_mails"),
    path("demo/mails/<slug:name>/", demo.mail, name="demo_mail"),
]
