"""Certificates: issued once on a passed exam, kept for good, perhaps revoked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.tables import certificates, organisations, signing_keys

__all__ = ["Certificate", "Certificates"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with whose it is and whether its key is trusted."""

    id: str
    exam_id: str
    organisation_id: str
    holder: str
    """Name of the organisation that holds it."""
    kid: str
    jws: str
    content: dict[str, Any]
    """What it says, schema ``certificate``."""
    issued_at: int
    revoked_at: int | None
    reason: str | None
    key_revoked_at: int | None
    key_reason: str | None


_OWN = [name for name in Certificate.__dataclass_fields__ if name in certificates.c]


class Certificates:
    """The certificates."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, content: dict[str, Any], jws: str, kid: str, exam_id: str, organisation_id: str
    ) -> None:
        """Write a certificate that has been signed."""
        row = {
            "id": content["certificate_id"],
            "exam_id": exam_id,
            "organisation_id": organisation_id,
            "kid": kid,
            "jws": jws,
            "content": json_text.dumps(content),
            "issued_at": self._database.now(),
        }
        with self._database.writing() as connection:
            connection.execute(insert(certificates).values(row))

    def get(self, certificate_id: str) -> Certificate | None:
        """Give a certificate; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(_select().where(certificates.c.id == certificate_id)).first()
        return None if row is None else _read(row)

    def list_all(self) -> list[Certificate]:
        """Give all certificates, newest first."""
        wanted = _select().order_by(certificates.c.issued_at.desc(), certificates.c.id)
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def list_revoked(self) -> list[Certificate]:
        """Give those that were revoked themselves, the oldest revocation first."""
        wanted = (
            _select()
            .where(certificates.c.revoked_at.is_not(None))
            .order_by(certificates.c.revoked_at, certificates.c.id)
        )
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def count_signed(self, kid: str) -> int:
        """Count the certificates that a key signed."""
        counted = select(func.count()).select_from(certificates).where(certificates.c.kid == kid)
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def revoke(self, certificate_id: str, reason: str) -> bool:
        """Withdraw a certificate; False where that was done before."""
        revoked = update(certificates).where(
            certificates.c.id == certificate_id, certificates.c.revoked_at.is_(None)
        )
        values = {"revoked_at": self._database.now(), "reason": reason}
        with self._database.writing() as connection:
            return connection.execute(revoked.values(values)).rowcount > 0


def _select() -> Any:
    return (
        select(
            *(certificates.c[name] for name in _OWN),
            organisations.c.name.label("holder"),
            signing_keys.c.revoked_at.label("key_revoked_at"),
            signing_keys.c.reason.label("key_reason"),
        )
        .join(organisations, organisations.c.id == certificates.c.organisation_id)
        .join(signing_keys, signing_keys.c.kid == certificates.c.kid)
    )


def _read(row: Row[Any]) -> Certificate:
    values = dict(row._mapping)
    return Certificate(**{**values, "content": json_text.loads(values["content"])})
