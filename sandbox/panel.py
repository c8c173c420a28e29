"""placeholder"""

from sandbox.answers import Answer, as_page
from sandbox.standin import StandIn


def answer(stand: StandIn, method: str, path: str, query: str, body: bytes) -> Answer:
    return as_page("panel")
