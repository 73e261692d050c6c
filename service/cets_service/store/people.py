"""People of organisations, with their roles; a person is never deleted, only disabled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update

from cets_service.database import Database
from cets_service.store.organisations import Organisation
from cets_service.store.prepared import insert_once
from cets_service.store.records import columns_of, make_id, record_from
from cets_service.tables import organisations, people

__all__ = ["MEMBER_COLUMNS", "ROLES", "People", "Person", "is_member", "read_member"]

ROLES = ("reader", "member", "admin")
"""Roles; each may do what those before it may."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person of an organisation."""

    id: str
    organisation_id: str
    email: str
    """In lower case; what one signs in with."""
    name: str
    role: str
    """``reader``, ``member`` or ``admin``."""
    created_at: int
    disabled_at: int | None


_COLUMNS = columns_of(Person, people)
MEMBER_COLUMNS = [*_COLUMNS, *columns_of(Organisation, organisations)]
"""Columns of a person and their organisation, for a query that joins both."""


def is_member() -> Any:
    """Give the condition that neither the person nor the organisation is disabled."""
    return people.c.disabled_at.is_(None) & organisations.c.disabled_at.is_(None)


def read_member(row: Row[Any]) -> tuple[Person, Organisation]:
    """Make person and organisation of the row's last columns, :data:`MEMBER_COLUMNS`."""
    values = tuple(row)[-len(MEMBER_COLUMNS) :]
    return Person(*values[: len(_COLUMNS)]), Organisation(*values[len(_COLUMNS) :])


class People:
    """The people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, organisation_id: str, email: str, name: str, role: str, password: str
    ) -> Person | None:
        """Add a person with the hash of a password; None where the address has an account."""
        new = Person(make_id(), organisation_id, email, name, role, self._database.now(), None)
        row = {column.name: getattr(new, column.name) for column in _COLUMNS}
        with self._database.writing() as connection:
            added = insert_once(connection, people, {**row, "password": password})
        return new if added else None

    def get(self, person_id: str) -> Person | None:
        """Give a person; None where there is none."""
        return self._first(people.c.id == person_id)

    def find(self, email: str) -> Person | None:
        """Give the person with an e-mail address; None where there is none."""
        return self._first(people.c.email == email)

    def list_of(self, organisation_id: str) -> list[Person]:
        """Give the people of an organisation by name."""
        wanted = (
            select(*_COLUMNS)
            .where(people.c.organisation_id == organisation_id)
            .order_by(people.c.name, people.c.email)
        )
        with self._database.reading() as connection:
            return [Person(**row._mapping) for row in connection.execute(wanted)]

    def count_admins(self, organisation_id: str) -> int:
        """Count the administrators of an organisation that are not disabled."""
        counted = (
            select(func.count())
            .select_from(people)
            .where(
                people.c.organisation_id == organisation_id,
                people.c.role == "admin",
                people.c.disabled_at.is_(None),
            )
        )
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def get_password(self, person_id: str) -> str | None:
        """Give the hash of a person's password; None where neither is disabled is not so."""
        wanted = (
            select(people.c.password)
            .join(organisations, organisations.c.id == people.c.organisation_id)
            .where(people.c.id == person_id, is_member())
        )
        with self._database.reading() as connection:
            return connection.execute(wanted).scalar()

    def set_password(self, person_id: str, password: str) -> None:
        """Set the hash of a person's password."""
        self._update(person_id, password=password)

    def set_role(self, person_id: str, role: str) -> None:
        """Give a person another role."""
        self._update(person_id, role=role)

    def disable(self, person_id: str) -> None:
        """Close the door to a person: none of their sessions and tokens counts any more."""
        self._update(person_id, disabled_at=self._database.now())

    def enable(self, person_id: str) -> None:
        """Open it again."""
        self._update(person_id, disabled_at=None)

    def _update(self, person_id: str, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(update(people).where(people.c.id == person_id).values(values))

    def _first(self, which: Any) -> Person | None:
        with self._database.reading() as connection:
            return record_from(Person, connection.execute(select(*_COLUMNS).where(which)).first())
