"""What is bought: baskets and holds, orders and their parcels, payments and refunds."""

from orders.models.account import DesignerAccount
from orders.models.cart import Cart, CartLine, GiftWish, Hold
from orders.models.ledger import LedgerEntry
from orders.models.order import Order, OrderEvent, OrderLine, Parcel
from orders.models.outbox import OutboxLetter
from orders.models.payment import PaymentAttempt, Refund, RefundLine, StripeEvent
from orders.models.payout import Debt, HandPayment, Payout, Reversal, SetOff, Transfer
from orders.models.shipping import ShippingRate

__all__ = [
    "Cart",
    "CartLine",
    "Debt",
    "DesignerAccount",
    "GiftWish",
    "HandPayment",
    "Hold",
    "LedgerEntry",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OutboxLetter",
    "Parcel",
    "PaymentAttempt",
    "Payout",
    "Refund",
    "RefundLine",
    "Reversal",
    "SetOff",
    "ShippingRate",
    "StripeEvent",
    "Transfer",
]
