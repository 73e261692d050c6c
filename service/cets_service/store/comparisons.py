"""Comparisons: who had which tables compared, and until when; how each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.askings import Asking, Askings, as_asked
from cets_service.store.comparison_results import ComparisonResults
from cets_service.store.records import make_id
from cets_service.tables import comparison_tables, comparisons

__all__ = ["KIND", "ComparedTable", "Comparison", "Comparisons", "NewComparison"]

KIND = "comparison"
"""Kind of the jobs that compare."""


@dataclass(frozen=True, slots=True)
class ComparedTable:
    """One of the tables."""

    name: str
    """What it is called: whose it is."""
    file: str
    """Name of the file, as shown."""
    upload: str
    """SHA-256 of what was uploaded."""
    headers: Mapping[str, str]
    """Its foreign headers and the columns they stand for."""


@dataclass(frozen=True, slots=True)
class NewComparison:
    """What a request asks for."""

    organisation_id: str
    person_id: str
    tables: Sequence[ComparedTable]
    options: Mapping[str, Any]
    """Options as JSON, readable by ``tables.Options.from_json``."""
    key: str
    """SHA-256 of all that the result is a function of."""
    keep: int
    """How long it is kept, seconds."""


@dataclass(frozen=True, slots=True)
class Comparison(Asking):
    """A comparison as it stands, without its report."""

    tables: tuple[ComparedTable, ...]


class Comparisons(Askings[Comparison]):
    """The comparisons."""

    def __init__(self, database: Database) -> None:
        results = ComparisonResults(database)
        super().__init__(
            database, KIND, comparisons, results, parts=comparison_tables.c.comparison_id
        )

    def add(self, new: NewComparison) -> str:
        """Write a comparison and give its id."""
        now, comparison_id = self._database.now(), make_id()
        row = {
            "id": comparison_id,
            "organisation_id": new.organisation_id,
            "person_id": new.person_id,
            "options": json_text.dumps(new.options),
            "key": new.key,
            "created_at": now,
            "expires_at": now + new.keep,
        }
        tables = [
            {
                "comparison_id": comparison_id,
                "position": position,
                "name": table.name,
                "file": table.file,
                "upload": table.upload,
                "headers": json_text.dumps(table.headers),
            }
            for position, table in enumerate(new.tables)
        ]
        with self._database.writing() as connection:
            connection.execute(insert(comparisons).values(row))
            connection.execute(insert(comparison_tables), tables)
        return comparison_id

    def want_again(self, comparison_id: str, key: str, tables: Sequence[ComparedTable]) -> None:
        """Take back that one was cancelled; its result is the one of ``key`` from now on, of
        the same ``tables`` under other headers.
        """
        with self._database.writing() as connection:
            for position, table in enumerate(tables):
                its = [
                    comparison_tables.c.comparison_id == comparison_id,
                    comparison_tables.c.position == position,
                ]
                headers = json_text.dumps(table.headers)
                connection.execute(update(comparison_tables).where(*its).values(headers=headers))
            self._change(comparison_id, key)

    def _read(self, connection: Connection, rows: list[Row[Any]]) -> list[Comparison]:
        listed = connection.execute(
            select(comparison_tables)
            .where(comparison_tables.c.comparison_id.in_([row.id for row in rows]))
            .order_by(comparison_tables.c.position)
        )
        tables: dict[str, list[ComparedTable]] = {row.id: [] for row in rows}
        for item in listed:
            table = ComparedTable(item.name, item.file, item.upload, json_text.loads(item.headers))
            tables[item.comparison_id].append(table)
        return [Comparison(**as_asked(row), tables=tuple(tables[row.id])) for row in rows]
