"""Verdicts: what checking a stored input gave, written once and read by every check that asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Table, func, select

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.jobs import Job, Jobs
from cets_service.store.prepared import insert_rows
from cets_service.store.records import storable
from cets_service.store.results import Results
from cets_service.tables import verdict_rows, verdict_subjects, verdicts

__all__ = ["Verdicts"]


class Verdicts(Results):
    """The verdicts, by the SHA-256 of what they are a function of."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, verdicts, verdict_rows, verdict_subjects)

    def add_rows(self, key: str, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write all rows of one finding, worst first, in one transaction."""
        self._insert(verdict_rows, _rows(key, name, rows))

    def add_subjects(self, key: str, found: Mapping[int, Mapping[str, Any]]) -> None:
        """Write what rows were computed from, by row number, in one transaction."""
        self._insert(verdict_subjects, _subjects(key, found))

    def write_rows(
        self,
        jobs: Jobs,
        job: Job,
        rows: Mapping[str, Iterable[Mapping[str, Any]]],
        subjects: Mapping[int, Mapping[str, Any]],
    ) -> None:
        """Write all rows, by finding, and subjects of a job's verdict, batch by batch.

        :class:`LostJobError` where the job is lost.
        """
        parts = [(verdict_rows, _rows(job.key, name, found)) for name, found in rows.items()]
        self._write(jobs, job, *parts, (verdict_subjects, _subjects(job.key, subjects)))

    def count_findings(self, key: str, name: str | None = None) -> int:
        """Count finding rows of a verdict, or of one of its findings."""
        counted = select(func.count()).select_from(verdict_rows).where(*_findings(key, name))
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def get_findings(
        self, key: str, name: str | None = None, *, offset: int = 0, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Give finding rows with their ``check``, worst first within each."""
        return self._read_findings(*_findings(key, name), offset=offset, limit=limit)

    def get_findings_of_row(self, key: str, row: int) -> list[dict[str, Any]]:
        """Give every finding about one row of the file, by check."""
        return self._read_findings(verdict_rows.c.key == key, verdict_rows.c.row == row)

    def find_finding(self, key: str, name: str, year: int, unit_id: str) -> dict[str, Any] | None:
        """Give the worst finding row of a check about a unit; None where there is none."""
        of_unit = self._read_findings(
            *_findings(key, name), verdict_rows.c.unit_id == storable(unit_id)
        )
        return next((row for row in of_unit if str(row.get("year")) == str(year)), None)

    def get_subject(self, key: str, row: int) -> dict[str, Any] | None:
        """Give the operation and input a row was computed with, where it is kept."""
        wanted = select(verdict_subjects.c.content).where(
            verdict_subjects.c.key == key, verdict_subjects.c.row == row
        )
        with self._database.reading() as connection:
            content = connection.execute(wanted).scalar()
        return None if content is None else json_text.loads_own(content)

    def _insert(self, table: Table, rows: Iterable[dict[str, Any]]) -> None:
        with self._database.writing() as connection:
            insert_rows(connection, table, rows)

    def _read_findings(
        self, *which: Any, offset: int = 0, limit: int | None = None
    ) -> list[dict[str, Any]]:
        wanted = (
            select(verdict_rows.c.check, verdict_rows.c.content)
            .where(*which)
            .order_by(verdict_rows.c.check, verdict_rows.c.rank)
            .offset(offset)
            .limit(limit)
        )
        with self._database.reading() as connection:
            found = [(row[0], row[1]) for row in connection.execute(wanted)]
        return [{"check": name, **json_text.loads_own(content)} for name, content in found]


def _rows(key: str, name: str, rows: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for rank, row in enumerate(rows):
        yield {
            "key": key,
            "check": name,
            "rank": rank,
            "row": row["row"],
            "unit_id": None if row.get("unit_id") is None else storable(row["unit_id"]),
            "content": json_text.dumps(row),
        }


def _subjects(key: str, found: Mapping[int, Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for row, subject in found.items():
        yield {"key": key, "row": row, "content": json_text.dumps(subject)}


def _findings(key: str, name: str | None) -> list[Any]:
    named = [] if name is None else [verdict_rows.c.check == name]
    return [verdict_rows.c.key == key, *named]
