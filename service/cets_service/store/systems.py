"""Systems: what a vendor puts to the test, one row for each version and artefact."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, exists, select

from cets_service.database import Database
from cets_service.store.prepared import insert_once
from cets_service.store.records import columns_of, make_id, record_from
from cets_service.tables import exams, systems

__all__ = ["System", "Systems"]


@dataclass(frozen=True, slots=True)
class System:
    """A system of a vendor."""

    id: str
    organisation_id: str
    name: str
    version: str
    artefact: str
    """``sha256:`` and 64 hexadecimal digits of what is delivered."""
    created_at: int
    made_by: str


_COLUMNS = columns_of(System, systems)


class Systems:
    """The systems."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, organisation_id: str, name: str, version: str, artefact: str, made_by: str
    ) -> System | None:
        """Add a system; None where the organisation has this very one."""
        new = System(
            make_id(), organisation_id, name, version, artefact, self._database.now(), made_by
        )
        row = {column.name: getattr(new, column.name) for column in _COLUMNS}
        with self._database.writing() as connection:
            return new if insert_once(connection, systems, row) else None

    def get(self, system_id: str) -> System | None:
        """Give a system; None where there is none."""
        wanted = select(*_COLUMNS).where(systems.c.id == system_id)
        with self._database.reading() as connection:
            return record_from(System, connection.execute(wanted).first())

    def list_of(self, organisation_id: str) -> list[System]:
        """Give the systems of an organisation, newest first."""
        wanted = (
            select(*_COLUMNS)
            .where(systems.c.organisation_id == organisation_id)
            .order_by(systems.c.created_at.desc(), systems.c.name, systems.c.id)
        )
        with self._database.reading() as connection:
            return [System(**row._mapping) for row in connection.execute(wanted)]

    def delete(self, system_id: str) -> bool:
        """Delete a system; False where it has sat an exam, whose record keeps it."""
        unused = delete(systems).where(
            systems.c.id == system_id, ~exists().where(exams.c.system_id == system_id)
        )
        with self._database.writing() as connection:
            return connection.execute(unused).rowcount > 0
