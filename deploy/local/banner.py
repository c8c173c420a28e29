"""What ``./dev demo`` prints once the shop is open."""

import sqlite3
from contextlib import closing
from pathlib import Path

CARDS = {
    "4242 4242 4242 4242": "pays",
    "4000 0000 0000 0002": "is declined",
    "4000 0000 0000 9995": "has too little on it",
    "4000 0025 0000 3155": "asks you to confirm",
}
LOGINS = """
    SELECT auth_user.username, coalesce(designers_designer.name, 'the owner of the shop')
    FROM auth_user
    LEFT JOIN designers_member ON designers_member.user_id = auth_user.id
    LEFT JOIN designers_designer ON designers_designer.id = designers_member.designer_id
    WHERE auth_user.is_active AND auth_user.is_staff
    ORDER BY auth_user.is_superuser DESC, auth_user.username LIMIT 12
"""


def text(port: int, standin_port: int, database: Path) -> str:
    """Addresses, logins and cards, for reading in a terminal."""
    lines = [
        "",
        f"  The shop         http://127.0.0.1:{port}/",
        f"  The workshop     http://127.0.0.1:{port}/admin/",
        f"  Mails it sent    http://127.0.0.1:{port}/demo/mails/",
        f"  Stripe's part    http://127.0.0.1:{standin_port}/panel  (a stand-in: no money moves)",
        "",
        "  Logins, all with the password demo:",
        *(f"    {name:<22}{who}" for name, who in _logins(database)),
        "",
        "  Cards, with any date to come and any three digits:",
        *(f"    {number:<22}{what}" for number, what in CARDS.items()),
        "",
        "  Ctrl-C closes the shop and keeps what happened in it (var/).",
        "",
    ]
    return "\n".join(lines)


def _logins(database: Path) -> list[tuple[str, str]]:
    # Read without Django: this Python may have nothing installed.
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        return connection.execute(LOGINS).fetchall()
