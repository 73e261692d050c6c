"""Exams, the certificates that passed ones earn, and the public halves of the keys that sign."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from cets_service.tables.base import metadata

__all__ = ["certificates", "exams", "signing_keys"]

exams = Table(
    "exams",
    metadata,
    Column("id", String(22), primary_key=True, comment="id of the exam, in its commitment too"),
    Column("organisation_id", String(22), ForeignKey("organisations.id"), nullable=False),
    Column("system_id", String(22), ForeignKey("systems.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("document", Text, nullable=False, comment="JSON, schema exam, without the seed"),
    Column("seed", String(64), nullable=False, comment="secret until it is graded"),
    Column("prompts", String(64), nullable=False, comment="SHA-256 of the questions' upload"),
    Column("created_at", BigInteger, nullable=False),
    Column("deadline", BigInteger, nullable=False, comment="after it no answers are taken"),
    Column("answers", String(64), comment="SHA-256 of the answers' upload; written once"),
    Column("answered_at", BigInteger),
    Column("key", String(64), comment="key of the job that grades it"),
    Column("verdict", String(20), comment="conforms, does_not_conform or not_checked"),
    Column("report", Text, comment="JSON, schema run-report; written once"),
    Column("graded_at", BigInteger),
    Index(None, "organisation_id", "created_at"),
    Index(None, "system_id"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True, comment="thumbprint (RFC 7638)"),
    Column("public", Text, nullable=False, comment="JSON, the public JWK"),
    Column("created_at", BigInteger, nullable=False),
    Column("retired_at", BigInteger, comment="signs no more; what it signed still holds"),
    Column("revoked_at", BigInteger, comment="nothing it signed is trusted any more"),
    Column("reason", Text, comment="why it was revoked"),
)

certificates = Table(
    "certificates",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("exam_id", String(22), ForeignKey("exams.id"), nullable=False),
    Column("organisation_id", String(22), ForeignKey("organisations.id"), nullable=False),
    Column("kid", String(64), ForeignKey("signing_keys.kid"), nullable=False),
    Column("jws", Text, nullable=False, comment="the certificate itself, compact JWS"),
    Column("content", Text, nullable=False, comment="JSON, schema certificate: what it says"),
    Column("level", String(10), nullable=False, server_default="", comment="level of the exam"),
    Column(
        "words",
        Text,
        nullable=False,
        server_default="",
        comment="system, version and id without case, to be searched",
    ),
    Column(
        "fingerprint",
        String(64),
        nullable=False,
        server_default="",
        comment="SHA-256 of all that staleness depends on",
    ),
    Column("issued_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("reason", Text, comment="why it was revoked"),
    UniqueConstraint("exam_id"),
    Index(None, "organisation_id"),
    Index(None, "issued_at", "id"),
    Index(None, "fingerprint"),
)
