"""What is bought: baskets and holds, orders and their parcels, payments and refunds."""

from orders.models.account import DesignerAccount
from orders.models.aftersale import AfterSale, AfterSaleLine
from orders.models.agreement import Disagreement, ReconcileRun
from orders.models.cart import Cart, CartLine, GiftWish, Hold
from orders.models.discount import Discount, DiscountUse
from orders.models.dispute import Dispute
from orders.models.figure_sums import DaySum, MonthSum
from orders.models.figures import Figure
from orders.models.ledger import LedgerEntry
from orders.models.order import Order, OrderEvent, OrderLine, Parcel
from orders.models.outbox import OutboxLetter
from orders.models.payment import PaymentAttempt, Refund, RefundLine, StripeEvent
from orders.models.payout import Debt, HandPayment, Payout, Reversal, SetOff, Transfer
from orders.models.shipping import ShippingRate
from orders.models.tax import TaxRate
from orders.models.waiting import Waiting

__all__ = [
    "AfterSale",
    "AfterSaleLine",
    "Cart",
    "CartLine",
    "DaySum",
    "Debt",
    "DesignerAccount",
    "Disagreement",
    "Discount",
    "DiscountUse",
    "Dispute",
    "Figure",
    "GiftWish",
    "HandPayment",
    "Hold",
    "LedgerEntry",
    "MonthSum",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OutboxLetter",
    "Parcel",
    "PaymentAttempt",
    "Payout",
    "ReconcileRun",
    "Refund",
    "RefundLine",
    "Reversal",
    "SetOff",
    "ShippingRate",
    "StripeEvent",
    "TaxRate",
    "Transfer",
    "Waiting",
]
