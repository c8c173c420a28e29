"""A local stand-in for Stripe, for the demo and the tests.

A process of its own (`python -m sandbox`): the shop reaches it through the official SDK with other
base addresses, and no module of the shop imports it. It speaks API version 2026-10-28.endive, for
test keys only, on loopback only, and never touches the shop's database.
"""

API_VERSION = "2026-10-28.endive"
DEMO_KEY = "sk_test_sandbox"
