"""A person with a browser who wants to buy: real requests over real sockets, one basket each."""

import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from sandbox.testing import StripeSandbox

# What those who come too late are told.
TOLD = ("in a basket until", "sold", "quicker", "gone")


@dataclass(frozen=True)
class Answer:
    """One answer; ``where`` is where it leads to, without following it."""

    status: int
    where: str
    text: str

    @property
    def is_told(self) -> bool:
        """Whether it says in words that somebody was quicker."""
        return self.status < 500 and any(words in self.text for words in TOLD)


@dataclass
class Buyer:
    """Somebody at an address of their own on this machine (127.x.y.z), who keeps cookies."""

    shop: str
    stripe: StripeSandbox
    email: str = "jonas@example.eu"
    address: str = "127.0.0.1"
    requests: int = 0
    cookies: "SimpleCookie" = field(default_factory=SimpleCookie)

    def buy(self, variant: int) -> str:
        """From the piece to the thanks: ``paid``, ``told``, or what went wrong."""
        answer = self.post("/cart/", variant=str(variant))
        if answer.status == 303:
            answer = self.check_out()
        if not answer.where.startswith(self.stripe.base_url):
            return "told" if answer.is_told else f"{answer.status} without a word of it"
        return self.pay(answer.where)

    def check_out(self) -> Answer:
        return self.post("/checkout/", email=self.email, country="DE", gifts="1")

    def pay(self, page: str) -> str:
        """Pay at Stripe's page and come back; ``paid`` once the shop says thank you."""
        session = re.search(r"cs_\w+", page)
        assert session
        self.stripe.pay(session[0], email=self.email)
        back = self.get(f"/checkout/return/?session_id={session[0]}")
        thanks = self.get(urlsplit(back.where).path)
        return "paid" if "Thank you" in thanks.text else f"{thanks.status} without thanks"

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields), form)

    def _ask(
        self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None
    ) -> Answer:
        self.requests += 1
        where = urlsplit(self.shop).netloc
        line = http.client.HTTPConnection(where, timeout=120, source_address=(self.address, 0))
        cookies = "; ".join(f"{name}={kept.value}" for name, kept in self.cookies.items())
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": cookies} | (more or {})
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                self.cookies.load(cookie)
            text = answer.read().decode()
            return Answer(answer.status, answer.headers.get("Location", ""), text)
        finally:
            line.close()
