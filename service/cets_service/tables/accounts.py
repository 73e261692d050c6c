"""Organisations, their people, and what opens a door: sessions, tokens, one-time links.

Of every secret only its SHA-256 is kept. Nobody is deleted: a disabled person or organisation
stays, so that what they did keeps a name.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cets_service.tables.base import metadata

__all__ = [
    "links",
    "organisations",
    "people",
    "sessions",
    "sign_in_attempts",
    "systems",
    "tokens",
]

organisations = Table(
    "organisations",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("kind", String(8), nullable=False, comment="vendor, province or operator"),
    Column("name", String(200), nullable=False),
    Column("province", String(2), comment="code of GB/T 2260, of a province alone"),
    Column("keep_days", Integer, nullable=False, comment="how long its checks are kept"),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    UniqueConstraint("name"),
)

people = Table(
    "people",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("organisation_id", String(22), ForeignKey("organisations.id"), nullable=False),
    Column("email", String(254), nullable=False, comment="in lower case; what one signs in with"),
    Column("name", String(100), nullable=False),
    Column("role", String(6), nullable=False, comment="admin, member or reader"),
    Column("password", Text, nullable=False, comment="argon2id"),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    UniqueConstraint("email"),
    Index(None, "organisation_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True, comment="SHA-256 of the cookie"),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False, comment="to within a few minutes"),
    Column("expires_at", BigInteger, nullable=False, comment="however much it is used"),
    Index(None, "person_id"),
    Index(None, "expires_at"),
)

links = Table(
    "links",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("hash", String(64), nullable=False, comment="SHA-256 of the secret in the address"),
    Column("kind", String(10), nullable=False, comment="invitation, or reset of a password"),
    Column("organisation_id", String(22), ForeignKey("organisations.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), comment="whose password is reset"),
    Column("email", String(254), nullable=False),
    Column("role", String(6), nullable=False),
    Column("made_by", String(22), ForeignKey("people.id"), comment="empty: the command line"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, comment="when it was used or withdrawn; it opens once"),
    UniqueConstraint("hash"),
    Index(None, "organisation_id"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("hash", String(64), nullable=False, comment="SHA-256 of the token"),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("name", String(100), nullable=False, comment="what it is for"),
    Column("scopes", Text, nullable=False, comment="what it may do, separated by spaces"),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, comment="to within an hour"),
    Column("revoked_at", BigInteger),
    UniqueConstraint("hash"),
    Index(None, "person_id"),
)

systems = Table(
    "systems",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("organisation_id", String(22), ForeignKey("organisations.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("version", String(100), nullable=False),
    Column("artefact", String(71), nullable=False, comment="sha256: and 64 hexadecimal digits"),
    Column("created_at", BigInteger, nullable=False),
    Column("made_by", String(22), ForeignKey("people.id"), nullable=False),
    UniqueConstraint("organisation_id", "name", "version", "artefact"),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("account", String(64), primary_key=True, comment="SHA-256 of the e-mail typed"),
    Column("failures", Integer, nullable=False, comment="in a row"),
    Column("last_at", BigInteger, nullable=False),
    Column("allowed_at", BigInteger, nullable=False, comment="when the next one may be"),
    Index(None, "last_at"),
)
