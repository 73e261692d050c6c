"""Appeals, and what happened to them: entries are added, none is changed or removed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from cets_service.tables.base import metadata

__all__ = ["appeal_entries", "appeals"]

appeals = Table(
    "appeals",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("organisation_id", String(22), ForeignKey("organisations.id"), nullable=False),
    Column("subject", Text, nullable=False, comment="JSON: kind and what names it, public"),
    Column("evidence", Text, nullable=False, comment="JSON: the figures when it was filed"),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "created_at"),
    Index(None, "organisation_id"),
)

appeal_entries = Table(
    "appeal_entries",
    metadata,
    Column("appeal_id", String(22), ForeignKey("appeals.id"), nullable=False),
    Column("sequence", Integer, nullable=False, comment="0 files it, then 1, 2, …"),
    Column("action", String(9), nullable=False, comment="filed, commented, upheld or rejected"),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("appeal_id", "sequence"),
)
