"""Jobs: what is to be done outside a request, and the workers that do it.

The row alone says what is to be done; a queue only wakes workers.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from cets_service.tables.base import metadata

__all__ = ["jobs", "workers"]

jobs = Table(
    "jobs",
    metadata,
    Column("kind", String(20), nullable=False, comment="what is to be done, such as check"),
    Column("key", String(64), nullable=False, comment="SHA-256 of the stored input"),
    Column("input", Text, nullable=False, comment="JSON: the stored input"),
    Column("state", String(8), nullable=False, comment="queued, running, done or failed"),
    Column("attempt", Integer, nullable=False, comment="times a worker took it"),
    Column("lease", String(22), comment="token of the attempt that may write"),
    Column("leased_until", BigInteger, comment="when another worker may take it"),
    Column("stage", String(40), nullable=False, comment="progress: what is being done"),
    Column("done", BigInteger, nullable=False, comment="progress: how much of it"),
    Column("total", BigInteger, comment="progress: of how much, where known"),
    Column("problem", Text, comment="JSON: why it failed, by our fault"),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    PrimaryKeyConstraint("kind", "key"),
    Index(None, "state", "leased_until"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("seen_at", BigInteger, nullable=False, comment="its last sign of life"),
)
