from pathlib import Path
from typing import Any

from sandbox import testing


def test_a_restart_forgets_nothing(
    tmp_path: Path, connect: Any, params: Any, ear: Any, browse: Any, wait_until: Any
) -> None:
    state = str(tmp_path / "sandbox.sqlite3")
    key: Any = {"idempotency_key": "checkout:17:1"}
    with testing.start(state=state) as first:
        made = connect(first).v1.checkout.sessions.create(params(), key)
        paid = connect(first).v1.checkout.sessions.create(params())
        first.pay(paid.id)

    with testing.start(ear.url, state=state) as second:
        client = connect(second)
        again = client.v1.checkout.sessions.create(params(), key)
        assert again.id == made.id
        assert client.v1.checkout.sessions.retrieve(paid.id).payment_status == "paid"
        # The fee was not known yet when the first one stopped.
        wait_until(lambda: second.events("charge.updated"))
        assert second.pay(made.id)["status"] == "paid"


def test_its_page_is_at_the_address_it_was_asked_at(connect: Any, params: Any) -> None:
    with testing.start() as sandbox:
        port = sandbox.base_url.rpartition(":")[2]
        named = f"http://localhost:{port}"
        sandbox.base_url = named

        session = connect(sandbox).v1.checkout.sessions.create(params())

        assert session.url == f"{named}/c/pay/{session.id}"


def test_begun_anew_it_knows_nothing(connect: Any, params: Any) -> None:
    with testing.start() as sandbox:
        client = connect(sandbox)
        client.v1.checkout.sessions.create(params())

        sandbox.act("forget")

        assert not client.v1.checkout.sessions.list().data
        assert not sandbox.events()
