"""Checks that were asked for, and verdicts: what a stored input gives, kept once for all asking."""

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

__all__ = ["checks", "verdict_rows", "verdict_subjects", "verdicts"]

checks = Table(
    "checks",
    metadata,
    Column("id", String(22), primary_key=True, comment="secret token, 128 bits, URL-safe"),
    Column("organisation_id", String(22), ForeignKey("organisations.id"), comment="whose it is"),
    Column("person_id", String(22), ForeignKey("people.id"), comment="who asked for it"),
    Column("name", Text, nullable=False, comment="name of the uploaded file, as shown"),
    Column("form", String(4), nullable=False, comment="file, or rows given as JSON"),
    Column("options", Text, nullable=False, comment="JSON of tables.Options"),
    Column("upload", String(64), nullable=False, comment="SHA-256 of what was uploaded"),
    Column("previous", String(64), comment="SHA-256 of the previous year's table"),
    Column("key", String(64), nullable=False, comment="SHA-256 of the stored input: its verdict"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("cancelled_at", BigInteger, comment="when it was no longer wanted"),
    Index(None, "expires_at"),
    Index(None, "key"),
    Index(None, "organisation_id", "created_at"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("key", String(64), primary_key=True, comment="SHA-256 of the stored input"),
    Column("verdict", String(20), comment="conforms, does_not_conform or not_checked"),
    Column("report", Text, comment="JSON report, the worst rows of each finding"),
    Column("problem", Text, comment="JSON: why the input is no table, with all places"),
    Column("created_at", BigInteger, nullable=False),
)

verdict_rows = Table(
    "verdict_rows",
    metadata,
    Column("key", String(64), nullable=False, comment="verdict, perhaps still being written"),
    Column("check", String(8), nullable=False, comment="id of the check, such as T-10"),
    Column("rank", Integer, nullable=False, comment="0 is the worst row"),
    Column("row", BigInteger, comment="row number as a person sees it"),
    Column("unit_id", Text),
    Column("content", Text, nullable=False, comment="JSON, a row of the report's finding"),
    PrimaryKeyConstraint("key", "check", "rank"),
    Index(None, "key", "row"),
)

verdict_subjects = Table(
    "verdict_subjects",
    metadata,
    Column("key", String(64), nullable=False, comment="verdict, perhaps still being written"),
    Column("row", BigInteger, nullable=False, comment="row number as a person sees it"),
    Column("content", Text, nullable=False, comment="JSON: the operation and its input"),
    PrimaryKeyConstraint("key", "row"),
)
