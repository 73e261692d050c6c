"""Organisations: vendors, provinces, and the operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from cets_service.database import Database
from cets_service.store.prepared import insert_once
from cets_service.store.records import columns_of, make_id, record_from
from cets_service.tables import organisations

__all__ = ["KINDS", "Organisation", "Organisations"]

KINDS = ("vendor", "province", "operator")
"""Kinds of organisation."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation."""

    id: str
    kind: str
    """``vendor``, ``province`` or ``operator``."""
    name: str
    province: str | None
    """Code of GB/T 2260, of a province alone."""
    keep_days: int
    """How long its checks are kept."""
    created_at: int
    disabled_at: int | None


_COLUMNS = columns_of(Organisation, organisations)


class Organisations:
    """The organisations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, kind: str, name: str, province: str | None, keep_days: int
    ) -> Organisation | None:
        """Add an organisation; None where one has that name."""
        new = Organisation(make_id(), kind, name, province, keep_days, self._database.now(), None)
        row = {column.name: getattr(new, column.name) for column in _COLUMNS}
        with self._database.writing() as connection:
            return new if insert_once(connection, organisations, row) else None

    def get(self, organisation_id: str) -> Organisation | None:
        """Give an organisation; None where there is none."""
        return self._first(organisations.c.id == organisation_id)

    def find_kind(self, kind: str) -> Organisation | None:
        """Give the oldest organisation of a kind; None where there is none."""
        return self._first(organisations.c.kind == kind)

    def list_all(self) -> list[Organisation]:
        """Give all organisations, by kind and name."""
        wanted = select(*_COLUMNS).order_by(organisations.c.kind, organisations.c.name)
        with self._database.reading() as connection:
            return [Organisation(**row._mapping) for row in connection.execute(wanted)]

    def change(self, organisation_id: str, **values: Any) -> None:
        """Set ``name`` or ``keep_days``."""
        self._update(organisation_id, **values)

    def disable(self, organisation_id: str) -> None:
        """Close the door to an organisation: no session and no token of its people counts."""
        self._update(organisation_id, disabled_at=self._database.now())

    def enable(self, organisation_id: str) -> None:
        """Open it again."""
        self._update(organisation_id, disabled_at=None)

    def _update(self, organisation_id: str, **values: Any) -> None:
        changed = update(organisations).where(organisations.c.id == organisation_id)
        with self._database.writing() as connection:
            connection.execute(changed.values(values))

    def _first(self, which: Any) -> Organisation | None:
        wanted = select(*_COLUMNS).where(which).order_by(organisations.c.created_at).limit(1)
        with self._database.reading() as connection:
            return record_from(Organisation, connection.execute(wanted).first())
