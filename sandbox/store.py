"""The stand-in's own SQLite file: every Stripe object as JSON, so that a reload loses nothing."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

type Json = dict[str, Any]

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
    created INTEGER NOT NULL, body TEXT NOT NULL, hidden TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS links (
    id TEXT NOT NULL, field TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (field, target, id));
CREATE INDEX IF NOT EXISTS links_by_id ON links (id);
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, what TEXT NOT NULL,
    id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS jobs_by_due ON jobs (due);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL,
    due REAL NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, status INTEGER,
    answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
# Fields that lists are filtered by, kept beside the objects: a lookup is an index search.
LINKED = (
    "charge", "destination", "payment_intent", "session", "source_transaction", "status",
    "transfer", "transfer_group", "type",
)  # fmt: skip


class Store:
    """One connection behind one lock: one thing at a time settles every race."""

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=OFF")
        self.db.executescript(TABLES)

    def close(self) -> None:
        """Lets the file go."""
        with self.lock:
            self.db.close()

    def clear(self) -> None:
        """Forgets everything; belongs into a transaction."""
        for table in ("objects", "links", "jobs", "deliveries", "answers", "switches"):
            self.run(f"DELETE FROM {table}")  # noqa: S608 - the names above

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a nested one joins the outer."""
        with self.lock:
            if self.db.in_transaction:
                yield
                return
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """The rows of a query."""
        with self.lock:
            return self.db.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        """Runs a change and says how many rows it touched."""
        with self.lock:
            return self.db.execute(sql, values).rowcount

    def get(self, id: str, kind: str | None = None) -> Json | None:
        """The object with this id, if there is one (of that kind)."""
        rows = self.rows("SELECT kind, body FROM objects WHERE id = ?", id)
        if not rows or (kind and rows[0]["kind"] != kind):
            return None
        body: Json = json.loads(rows[0]["body"])
        return body

    def hidden(self, id: str) -> Json:
        """What the stand-in knows about an object beyond what Stripe's API shows."""
        rows = self.rows("SELECT hidden FROM objects WHERE id = ?", id)
        known: Json = json.loads(rows[0]["hidden"]) if rows else {}
        return known

    def add(self, body: Json, **hidden: Any) -> Json:
        """Stores a new object."""
        self.run(
            "INSERT INTO objects (id, kind, created, body, hidden) VALUES (?, ?, ?, ?, ?)",
            body["id"],
            body["object"],
            _seconds(body.get("created", 0)),
            json.dumps(body),
            json.dumps(hidden),
        )
        self._link(body, hidden)
        return body

    def save(self, body: Json, **hidden: Any) -> Json:
        """Writes a changed object back, and adds to what is hidden."""
        known = self.hidden(body["id"]) | hidden
        self.run(
            "UPDATE objects SET body = ?, hidden = ? WHERE id = ?",
            json.dumps(body),
            json.dumps(known),
            body["id"],
        )
        self._link(body, known)
        return body

    def _link(self, body: Json, hidden: Json) -> None:
        self.run("DELETE FROM links WHERE id = ?", body["id"])
        for field in LINKED:
            value = body.get(field) or hidden.get(field)
            if isinstance(value, str):
                self.run("INSERT OR IGNORE INTO links VALUES (?, ?, ?)", body["id"], field, value)

    def find(self, kind: str, **links: str) -> list[Json]:
        """Objects of a kind, newest first, that have all these field values."""
        sql = "SELECT body FROM objects WHERE kind = ?"
        values: list[str] = [kind]
        for field, value in links.items():
            sql += " AND id IN (SELECT id FROM links WHERE field = ? AND target = ?)"
            values += [field, value]
        return [json.loads(row["body"]) for row in self.rows(f"{sql} ORDER BY seq DESC", *values)]

    def switch(self, name: str) -> str:
        """A setting of the panel, "" when it was never set."""
        rows = self.rows("SELECT value FROM switches WHERE name = ?", name)
        return str(rows[0]["value"]) if rows else ""

    def set_switch(self, name: str, value: str) -> None:
        """Keeps a setting of the panel."""
        self.run("INSERT OR REPLACE INTO switches VALUES (?, ?)", name, value)


def _seconds(created: Any) -> int:
    return created if isinstance(created, int) else 0
