"""Certificates: issued once on a passed exam, kept for good, perhaps revoked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, case, func, insert, or_, select, tuple_, update

from cets_conformance import json_text
from cets_conformance.certificate import fingerprint
from cets_service.database import Database
from cets_service.store.records import storable
from cets_service.tables import certificates, organisations, signing_keys

__all__ = ["Certificate", "Certificates", "Wanted"]

_BATCH = 200
"""Certificates that are in memory at a time where all are given."""


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
    fingerprint: str
    """Stands for all that its staleness depends on."""
    issued_at: int
    revoked_at: int | None
    reason: str | None
    key_revoked_at: int | None
    key_reason: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which certificates the register is asked for; what is empty asks for any."""

    text: str = ""
    """Part of system, version, holder or id, in any case."""
    level: str = ""
    state: str = ""
    """``valid``, ``stale`` or ``revoked``."""
    stale: Collection[str] = ()
    """Fingerprints of what is stale today."""


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
            "level": content["level"],
            "words": _words(content),
            "fingerprint": fingerprint(content),
            "issued_at": self._database.now(),
        }
        with self._database.writing() as connection:
            connection.execute(insert(certificates).values(row))

    def get(self, certificate_id: str) -> Certificate | None:
        """Give a certificate; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(_select().where(certificates.c.id == certificate_id)).first()
        return None if row is None else _read(row)

    def list_some(self, wanted: Wanted, *, offset: int, limit: int) -> list[Certificate]:
        """Give a page of certificates, newest first."""
        return self._list(self._newest(wanted).offset(offset).limit(limit))

    def walk(self, wanted: Wanted) -> Iterator[Certificate]:
        """Give certificates one after another, newest first, few in memory at a time.

        No transaction is open between two batches: whoever takes them slowly holds up nobody.
        """
        place = certificates.c.issued_at, certificates.c.id
        batch = self._list(self._newest(wanted).limit(_BATCH))
        while batch:
            yield from batch
            last = batch[-1].issued_at, batch[-1].id
            older = self._newest(wanted).where(tuple_(*place) < tuple_(*last))
            batch = self._list(older.limit(_BATCH))

    def count(self, wanted: Wanted) -> int:
        """Count certificates."""
        counted = _joined(select(func.count()).select_from(certificates)).where(
            *self._which(wanted)
        )
        with self._database.reading() as connection:
            return int(connection.execute(counted).scalar_one())

    def list_fingerprints(self) -> list[str]:
        """Give what all certificates rest on, each once."""
        with self._database.reading() as connection:
            found = connection.execute(select(certificates.c.fingerprint).distinct())
            return list(found.scalars())

    def find_resting_on(self, fingerprint: str) -> Certificate | None:
        """Give one certificate of a fingerprint."""
        found = self._list(_select().where(certificates.c.fingerprint == fingerprint).limit(1))
        return found[0] if found else None

    def list_revoked(self) -> list[Certificate]:
        """Give those that were revoked themselves, the oldest revocation first."""
        return self._list(
            _select()
            .where(certificates.c.revoked_at.is_not(None))
            .order_by(certificates.c.revoked_at, certificates.c.id)
        )

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

    def _newest(self, wanted: Wanted) -> Any:
        order = certificates.c.issued_at.desc(), certificates.c.id.desc()
        return _select().where(*self._which(wanted)).order_by(*order)

    def _which(self, wanted: Wanted) -> list[Any]:
        which: list[Any] = []
        if wanted.level:
            which.append(certificates.c.level == wanted.level)
        if wanted.state:
            which.append(_state(wanted.stale) == wanted.state)
        text = storable(wanted.text.strip().casefold())
        if text:
            said = certificates.c.words.contains(text, autoescape=True)
            which.append(or_(said, certificates.c.organisation_id.in_(self._holders(text))))
        return which

    def _holders(self, text: str) -> list[str]:
        """Give the organisations whose name has a text; databases differ in what is one case."""
        with self._database.reading() as connection:
            named = connection.execute(select(organisations.c.id, organisations.c.name)).all()
        return [row.id for row in named if text in row.name.casefold()]

    def _list(self, wanted: Any) -> list[Certificate]:
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(wanted)]


def _state(stale: Collection[str]) -> Any:
    """Say in SQL how a certificate stands."""
    revoked = or_(certificates.c.revoked_at.is_not(None), signing_keys.c.revoked_at.is_not(None))
    return case(
        (revoked, "revoked"), (certificates.c.fingerprint.in_(stale), "stale"), else_="valid"
    )


def _words(content: dict[str, Any]) -> str:
    system = content["system"]
    return "\n".join((system["name"], system["version"], content["certificate_id"])).casefold()


def _select() -> Any:
    return _joined(
        select(
            *(certificates.c[name] for name in _OWN),
            organisations.c.name.label("holder"),
            signing_keys.c.revoked_at.label("key_revoked_at"),
            signing_keys.c.reason.label("key_reason"),
        )
    )


def _joined(selected: Any) -> Any:
    return selected.join(organisations, organisations.c.id == certificates.c.organisation_id).join(
        signing_keys, signing_keys.c.kid == certificates.c.kid
    )


def _read(row: Row[Any]) -> Certificate:
    values = dict(row._mapping)
    return Certificate(**{**values, "content": json_text.loads(values["content"])})
