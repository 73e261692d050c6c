"""The audit log: who did what to which thing, in a chain that shows any later change.

Each row holds the hash of the row before it. A row that is changed, removed, added in between or
moved breaks the chain at its place; rows cut off at the end show only against a *head*, the last
sequence and hash, that was published before.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, text

from cets_conformance import json_text
from cets_service.tables import audit_log

__all__ = ["Break", "Entry", "Head", "entries", "head", "record", "verify"]

_NOTHING = "0" * 64
"""What stands for the hash before the first row."""

_LOCK = 0x63657473
"""Number of the advisory lock under which rows are added on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log; ``at`` in seconds since 1970 UTC, ``details`` canonical JSON."""

    sequence: int
    at: int
    actor: str
    action: str
    object: str
    details: str
    previous: str
    hash: str

    def computed_hash(self) -> str:
        """Compute what ``hash`` must be: SHA-256 over all else as canonical JSON."""
        content = asdict(self)
        del content["hash"]
        return hashlib.sha256(json_text.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends; printed as ``sequence:hash``. ``0`` and zeros: it is empty."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def parse(cls, printed: str) -> Head:
        """Read a printed head; ``ValueError`` where it is none."""
        match = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", printed.strip())
        if match is None:
            raise ValueError(f"{printed[:100]!r} is no head; expected sequence:hash")
        return cls(int(match[1]), match[2])


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: ``changed``, ``missing``, ``misplaced`` or ``truncated``."""

    kind: str
    sequence: int
    until: int
    """The last sequence of several that are missing; else ``sequence``."""


def record(
    connection: Connection,
    *,
    actor: str,
    action: str,
    object: str = "",  # noqa: A002 - the word of the log
    details: Mapping[str, Any] | None = None,
    at: float | None = None,
) -> Head:
    """Add a row in the caller's transaction and give the new head.

    The transaction must be one that writes (:func:`cets_service.database.writing`); others that
    record wait until it ends, so record last. ``details`` hold no secret: the log is for ever.
    """
    if connection.dialect.name == "postgresql":
        # Held to the end of the transaction: the next one sees this row.
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = head(connection)
    entry = Entry(
        sequence=last.sequence + 1,
        at=int(time.time() if at is None else at),
        actor=actor,
        action=action,
        object=object,
        details=json_text.dumps(dict(details or {}), sort_keys=True),
        previous=last.hash,
        hash="",
    )
    digest = entry.computed_hash()
    connection.execute(insert(audit_log).values({**asdict(entry), "hash": digest}))
    return Head(entry.sequence, digest)


def head(connection: Connection) -> Head:
    """Give where the log ends."""
    newest = select(audit_log.c.sequence, audit_log.c.hash).order_by(audit_log.c.sequence.desc())
    row = connection.execute(newest.limit(1)).first()
    return Head(0, _NOTHING) if row is None else Head(row.sequence, row.hash)


def entries(connection: Connection) -> Iterator[Entry]:
    """Give all rows in order, without holding them in memory."""
    rows = connection.execution_options(yield_per=1000).execute(
        select(*[audit_log.c[name] for name in Entry.__dataclass_fields__]).order_by(
            audit_log.c.sequence
        )
    )
    for row in rows:
        yield Entry(*row)


def verify(log: Iterable[Entry], published: Iterable[Head] = ()) -> Iterator[Break]:
    """Give every place where the log is not what was written; none where it holds.

    ``changed``: the row's content does not give its hash, or not the hash that was published.
    ``missing``: no row has this sequence though later ones are there. ``misplaced``: the row is
    whole in itself but does not follow the one before: moved, added, or written anew together
    with its hash. ``truncated``: the log ends before a published head.
    """
    heads = {head.sequence: head.hash for head in published}
    sequence, previous = 0, _NOTHING
    for entry in log:
        if entry.sequence > sequence + 1:
            yield Break("missing", sequence + 1, entry.sequence - 1)
        elif entry.sequence <= sequence:
            yield Break("misplaced", entry.sequence, entry.sequence)
        digest = entry.computed_hash()
        if digest != entry.hash or heads.get(entry.sequence, digest) != digest:
            yield Break("changed", entry.sequence, entry.sequence)
        elif entry.sequence == sequence + 1 and entry.previous != previous:
            yield Break("misplaced", entry.sequence, entry.sequence)
        sequence, previous = max(sequence, entry.sequence), entry.hash
    for wanted in sorted(heads):
        if wanted > sequence:
            yield Break("truncated", wanted, wanted)
