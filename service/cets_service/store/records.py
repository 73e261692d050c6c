"""What the aggregates share: ids, hashes of secrets, and rows as frozen records."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, TypeVar

from sqlalchemy import Column, Row, Table

__all__ = ["columns_of", "hash_secret", "make_id", "make_secret", "record_from", "storable"]

Record = TypeVar("Record")


def make_id() -> str:
    """Make an id: 128 random bits, URL-safe, 22 characters; no command takes it for an option."""
    while (made := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return made


def make_secret() -> str:
    """Make a secret: 256 random bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Give what is kept of a random secret; it needs no salt, since nobody can guess it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def columns_of(record: type[Any], table: Table) -> list[Column[Any]]:
    """Give the columns of ``table`` that are fields of the record, in its order."""
    return [table.c[name] for name in record.__dataclass_fields__ if name in table.c]


def record_from(record: type[Record], row: Row[Any] | None) -> Record | None:
    """Make the record of a row; None of none."""
    return None if row is None else record(**row._mapping)


def storable(value: object) -> str:
    """Make text storable: an unpaired surrogate and a NUL are written as escapes."""
    return str(value).encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
