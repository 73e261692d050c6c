"""One-time links: an invitation into an organisation, or to set a password anew."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, select, update

from cets_service.database import Database
from cets_service.store.records import columns_of, hash_secret, make_id, make_secret, record_from
from cets_service.tables import links

__all__ = ["Link", "Links"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link, without its secret."""

    id: str
    kind: str
    """``invitation`` or ``reset``."""
    organisation_id: str
    person_id: str | None
    """Whose password is set anew."""
    email: str
    role: str
    made_by: str | None
    """Person who made it; None: the command line."""
    created_at: int
    expires_at: int


_COLUMNS = columns_of(Link, links)


class Links:
    """The links."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        kind: str,
        organisation_id: str,
        email: str,
        role: str,
        *,
        lasts: int,
        person_id: str | None = None,
        made_by: str | None = None,
    ) -> tuple[Link, str]:
        """Make a link; give it with its secret. An earlier one of its kind is withdrawn."""
        secret, now = make_secret(), self._database.now()
        new = Link(
            make_id(), kind, organisation_id, person_id, email, role, made_by, now, now + lasts
        )
        row = {column.name: getattr(new, column.name) for column in _COLUMNS}
        earlier = update(links).where(
            links.c.organisation_id == organisation_id,
            links.c.email == email,
            links.c.kind == kind,
            links.c.used_at.is_(None),
        )
        with self._database.writing() as connection:
            connection.execute(earlier.values(used_at=now))
            connection.execute(insert(links).values({**row, "hash": hash_secret(secret)}))
        return new, secret

    def find(self, secret: str) -> Link | None:
        """Give the link of a secret; None where it is used, withdrawn or over."""
        wanted = select(*_COLUMNS).where(links.c.hash == hash_secret(secret), *self._open())
        with self._database.reading() as connection:
            return record_from(Link, connection.execute(wanted).first())

    def use(self, link_id: str) -> bool:
        """Use a link up, or withdraw it; False where somebody was faster or its time is over."""
        used = update(links).where(links.c.id == link_id, *self._open())
        with self._database.writing() as connection:
            return bool(connection.execute(used.values(used_at=self._database.now())).rowcount)

    def list_open(self, organisation_id: str) -> list[Link]:
        """Give the invitations of an organisation that can still be accepted, newest first."""
        wanted = (
            select(*_COLUMNS)
            .where(
                links.c.organisation_id == organisation_id,
                links.c.kind == "invitation",
                *self._open(),
            )
            .order_by(links.c.created_at.desc(), links.c.id)
        )
        with self._database.reading() as connection:
            return [Link(**row._mapping) for row in connection.execute(wanted)]

    def _open(self) -> list[ColumnElement[bool]]:
        return [links.c.used_at.is_(None), links.c.expires_at > self._database.now()]
