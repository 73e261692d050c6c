"""The tables of the database. Times are whole seconds since 1970 UTC; JSON is kept as text."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

__all__ = ["checks", "finding_rows", "metadata", "subjects"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

checks = Table(
    "checks",
    metadata,
    Column("id", String(22), primary_key=True, comment="secret token, 128 bits, URL-safe"),
    Column("state", String(8), nullable=False, comment="queued, running, done or failed"),
    Column("name", Text, nullable=False, comment="name of the uploaded file, as shown"),
    Column("form", String(4), nullable=False, comment="file, or rows given as JSON"),
    Column("options", Text, nullable=False, comment="JSON of tables.Options"),
    Column("upload", String(64), nullable=False, comment="SHA-256 of what was uploaded"),
    Column("previous", String(64), comment="SHA-256 of the previous year's table"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False, comment="times a worker took it"),
    Column("stage", String(40), nullable=False, comment="progress: what is being done"),
    Column("done", BigInteger, nullable=False, comment="progress: how much of it"),
    Column("total", BigInteger, comment="progress: of how much, where known"),
    Column("verdict", String(20)),
    Column("report", Text, comment="JSON report, the worst rows of each finding"),
    Column("problem", Text, comment="JSON: why the check failed, with all places"),
    Index(None, "expires_at"),
    Index(None, "state"),
)

finding_rows = Table(
    "finding_rows",
    metadata,
    Column("check_id", String(22), ForeignKey("checks.id", ondelete="CASCADE"), nullable=False),
    Column("check", String(8), nullable=False, comment="id of the check, such as T-10"),
    Column("rank", Integer, nullable=False, comment="0 is the worst row"),
    Column("row", BigInteger, comment="row number as a person sees it"),
    Column("unit_id", Text),
    Column("content", Text, nullable=False, comment="JSON, a row of the report's finding"),
    PrimaryKeyConstraint("check_id", "check", "rank"),
    Index(None, "check_id", "row"),
)

subjects = Table(
    "subjects",
    metadata,
    Column("check_id", String(22), ForeignKey("checks.id", ondelete="CASCADE"), nullable=False),
    Column("row", BigInteger, nullable=False, comment="row number as a person sees it"),
    Column("content", Text, nullable=False, comment="JSON: the operation and its input"),
    PrimaryKeyConstraint("check_id", "row"),
)
