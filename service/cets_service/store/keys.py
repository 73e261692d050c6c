"""Signing keys: their public halves and what became of them; a private half is never here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.tables import signing_keys

__all__ = ["SigningKey", "SigningKeys"]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key, as everybody may know it."""

    kid: str
    public: dict[str, Any]
    """The public JWK."""
    created_at: int
    retired_at: int | None
    revoked_at: int | None
    reason: str | None

    @property
    def state(self) -> str:
        """``active``, ``retired``: what it signed still holds, or ``revoked``: it does not."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.retired_at is None else "retired"


_COLUMNS = [signing_keys.c[name] for name in SigningKey.__dataclass_fields__]


class SigningKeys:
    """The signing keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kid: str, public: Mapping[str, Any]) -> None:
        """Add a key that may sign."""
        row = {"kid": kid, "public": json_text.dumps(public), "created_at": self._database.now()}
        with self._database.writing() as connection:
            connection.execute(insert(signing_keys).values(row))

    def get(self, kid: str) -> SigningKey | None:
        """Give a key; None where there is none."""
        wanted = select(*_COLUMNS).where(signing_keys.c.kid == kid)
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else _read(row)

    def hold(self, kid: str) -> bool:
        """Keep a key as it is until the transaction that is open ends; False: it signs no more."""
        active = (signing_keys.c.retired_at.is_(None), signing_keys.c.revoked_at.is_(None))
        wanted = select(signing_keys.c.kid).where(signing_keys.c.kid == kid, *active)
        with self._database.writing() as connection:
            return connection.execute(wanted.with_for_update(read=True)).first() is not None

    def list_all(self) -> list[SigningKey]:
        """Give all keys, the newest first."""
        wanted = select(*_COLUMNS).order_by(signing_keys.c.created_at.desc(), signing_keys.c.kid)
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def retire_all(self) -> None:
        """Let no key that is there now sign any more."""
        retired = update(signing_keys).where(signing_keys.c.retired_at.is_(None))
        with self._database.writing() as connection:
            connection.execute(retired.values(retired_at=self._database.now()))

    def revoke(self, kid: str, reason: str) -> bool:
        """Withdraw all trust in a key; False where that was done before."""
        revoked = update(signing_keys).where(
            signing_keys.c.kid == kid, signing_keys.c.revoked_at.is_(None)
        )
        values = {"revoked_at": self._database.now(), "reason": reason}
        with self._database.writing() as connection:
            return connection.execute(revoked.values(values)).rowcount > 0


def _read(row: Row[Any]) -> SigningKey:
    values = dict(row._mapping)
    return SigningKey(**{**values, "public": json_text.loads(values["public"])})
