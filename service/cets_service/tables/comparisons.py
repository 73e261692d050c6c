"""Comparisons that were asked for, and what comparing a stored input gave, kept once for all."""

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

__all__ = ["comparison_results", "comparison_rows", "comparison_tables", "comparisons"]

comparisons = Table(
    "comparisons",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("organisation_id", String(22), ForeignKey("organisations.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("options", Text, nullable=False, comment="JSON of tables.Options"),
    Column("key", String(64), nullable=False, comment="SHA-256 of the stored input: its result"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("cancelled_at", BigInteger, comment="when it was no longer wanted"),
    Index(None, "expires_at"),
    Index(None, "key"),
    Index(None, "organisation_id", "created_at"),
)

comparison_tables = Table(
    "comparison_tables",
    metadata,
    Column("comparison_id", String(22), ForeignKey("comparisons.id"), nullable=False),
    Column("position", Integer, nullable=False, comment="0, 1, … as given"),
    Column("name", String(64), nullable=False, comment="what the table is called: the vendor"),
    Column("file", Text, nullable=False, comment="name of the uploaded file, as shown"),
    Column("upload", String(64), nullable=False, comment="SHA-256 of what was uploaded"),
    Column(
        "headers",
        Text,
        nullable=False,
        server_default="{}",
        comment="JSON: its foreign headers and the columns they stand for",
    ),
    PrimaryKeyConstraint("comparison_id", "position"),
)

comparison_results = Table(
    "comparison_results",
    metadata,
    Column("key", String(64), primary_key=True, comment="SHA-256 of the stored input"),
    Column("verdict", String(10), comment="agree, differ or incomplete"),
    Column("report", Text, comment="JSON report, the worst rows of each list"),
    Column("problem", Text, comment="JSON: why the input cannot be compared, with all places"),
    Column("created_at", BigInteger, nullable=False),
)

comparison_rows = Table(
    "comparison_rows",
    metadata,
    Column("key", String(64), nullable=False, comment="result, perhaps still being written"),
    Column("part", String(8), nullable=False, comment="disputes, or inputs that differ"),
    Column("rank", Integer, nullable=False, comment="0 is the worst row"),
    Column("unit_id", Text, nullable=False),
    Column("pattern", String(8), comment="id of the pattern, of a disputed figure"),
    Column("content", Text, nullable=False, comment="JSON, a row of the report"),
    PrimaryKeyConstraint("key", "part", "rank"),
    Index(None, "key", "unit_id"),
)
