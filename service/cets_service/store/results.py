"""What a stored input gave, written once and read by all who ask the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Table, bindparam, delete, select

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.jobs import Job, Jobs
from cets_service.store.prepared import insert_once, insert_rows

__all__ = ["Results", "Verdict"]

_BATCH = 2_000
"""Rows written in one transaction: others wait for the write lock no longer than that takes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a stored input gave: a verdict with its report, or why there can be none."""

    verdict: str | None
    report: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None


class Results:
    """Verdicts by the SHA-256 of what they are a function of; their rows in tables beside them."""

    def __init__(self, database: Database, table: Table, *beside: Table) -> None:
        self._database = database
        self._beside = beside
        self.table = table
        # Made once: to make a statement, and to find what was compiled of it, costs as much as it.
        self._known = select(table.c.key).where(table.c.key == bindparam("of"))
        self._report = select(table.c.report).where(table.c.key == bindparam("of"))

    def is_known(self, key: str) -> bool:
        """Tell whether there is a verdict."""
        with self._database.reading() as connection:
            return connection.execute(self._known, {"of": key}).first() is not None

    def add(self, key: str, verdict: Verdict) -> bool:
        """Write a verdict; False where it is there already: it is written once."""
        row = {
            "key": key,
            "verdict": verdict.verdict,
            "report": None if verdict.report is None else json_text.dumps(verdict.report),
            "problem": None if verdict.problem is None else json_text.dumps(verdict.problem),
            "created_at": self._database.now(),
        }
        with self._database.writing() as connection:
            return insert_once(connection, self.table, row)

    def get_report(self, key: str) -> dict[str, Any] | None:
        """Give the report, with the worst rows of each list; None where there is none."""
        with self._database.reading() as connection:
            content = connection.execute(self._report, {"of": key}).scalar()
        return None if content is None else json_text.loads_own(content)

    def delete(self, key: str) -> None:
        """Delete a verdict with all its rows."""
        with self._database.writing() as connection:
            connection.execute(delete(self.table).where(self.table.c.key == key))
            self.delete_rows(key)

    def delete_rows(self, key: str) -> None:
        """Delete the rows of a verdict, perhaps half written."""
        with self._database.writing() as connection:
            for table in self._beside:
                connection.execute(delete(table).where(table.c.key == key))

    def _write(
        self, jobs: Jobs, job: Job, *parts: tuple[Table, Iterable[Mapping[str, Any]]]
    ) -> None:
        """Write the rows of a job's verdict, batch by batch.

        What an earlier attempt left goes first. ``LostJobError`` where the job is lost.
        """
        with jobs.holding(job):
            self.delete_rows(job.key)
        for table, rows in parts:
            remaining = iter(rows)
            while batch := list(islice(remaining, _BATCH)):
                with jobs.holding(job) as connection:
                    insert_rows(connection, table, batch)
