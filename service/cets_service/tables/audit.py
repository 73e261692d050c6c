"""The table of the audit log; its rows are added and never touched again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, Text

from cets_service.tables.base import metadata

__all__ = ["audit_log"]

audit_log = Table(
    "audit_log",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False, comment="1, 2, 3, …"),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False, comment="who did it, such as user:7 or operator"),
    Column("action", String(60), nullable=False, comment="what was done, such as exam.answer"),
    Column("object", Text, nullable=False, comment="to what, such as exam:12; empty for none"),
    Column("details", Text, nullable=False, comment="canonical JSON object"),
    Column("previous", String(64), nullable=False, comment="hash of the row before"),
    Column("hash", String(64), nullable=False, comment="SHA-256 of all other columns"),
)
