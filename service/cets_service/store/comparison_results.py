"""What comparing a stored input gave, written once and read by every comparison that asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, insert, select

from cets_conformance import json_text
from cets_service.database import Database, insert_once
from cets_service.store.jobs import Job, Jobs
from cets_service.store.records import storable
from cets_service.tables import comparison_results, comparison_rows

__all__ = ["PARTS", "ComparisonResult", "ComparisonResults"]

PARTS = ("disputes", "inputs")
"""Lists of the report whose rows are kept beside it, all of them."""

_BATCH = 2_000
"""Rows written in one transaction: others wait for the write lock no longer than that takes."""


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """What comparing gave: a verdict with its report, or why the tables cannot be compared."""

    verdict: str | None
    report: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None


class ComparisonResults:
    """The results, by the SHA-256 of what they are a function of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_known(self, key: str) -> bool:
        """Tell whether there is a result."""
        wanted = select(comparison_results.c.key).where(comparison_results.c.key == key)
        with self._database.reading() as connection:
            return connection.execute(wanted).first() is not None

    def add(self, key: str, result: ComparisonResult) -> bool:
        """Write a result; False where it is there already: it is written once."""
        row = {
            "key": key,
            "verdict": result.verdict,
            "report": None if result.report is None else json_text.dumps(result.report),
            "problem": None if result.problem is None else json_text.dumps(result.problem),
            "created_at": self._database.now(),
        }
        with self._database.writing() as connection:
            return insert_once(connection, comparison_results, row)

    def get_report(self, key: str) -> dict[str, Any] | None:
        """Give the report, with the worst rows of each list; None where there is none."""
        wanted = select(comparison_results.c.report).where(comparison_results.c.key == key)
        with self._database.reading() as connection:
            content = connection.execute(wanted).scalar()
        return None if content is None else json_text.loads(content)

    def write_rows(
        self, jobs: Jobs, job: Job, rows: Mapping[str, Iterable[Mapping[str, Any]]]
    ) -> None:
        """Write all rows of a job's result, by part, batch by batch.

        What an earlier attempt left is removed first. ``LostJobError`` where the job is lost.
        """
        with jobs.holding(job) as connection:
            connection.execute(delete(comparison_rows).where(comparison_rows.c.key == job.key))
        for part, found in rows.items():
            remaining = iter(_rows(job.key, part, found))
            while batch := list(islice(remaining, _BATCH)):
                with jobs.holding(job) as connection:
                    connection.execute(insert(comparison_rows), batch)

    def count_rows(self, key: str, part: str = "disputes") -> int:
        """Count the rows of a part."""
        counted = select(func.count()).select_from(comparison_rows).where(*_of(key, part))
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def get_rows(
        self, key: str, part: str = "disputes", *, offset: int = 0, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Give rows of a part, worst first."""
        return self._get(*_of(key, part), offset=offset, limit=limit)

    def get_worst(self, key: str, pattern: str) -> dict[str, Any] | None:
        """Give the worst disputed figure of a pattern."""
        found = self._get(*_of(key, "disputes"), comparison_rows.c.pattern == pattern, limit=1)
        return found[0] if found else None

    def find_dispute(self, key: str, field: str, year: int, unit_id: str) -> dict[str, Any] | None:
        """Give the disputed figure of a unit; None where it is not in dispute."""
        of_unit = self._get(*_of(key, "disputes"), comparison_rows.c.unit_id == storable(unit_id))
        return next((row for row in of_unit if (row["field"], row["year"]) == (field, year)), None)

    def delete(self, key: str) -> None:
        """Delete a result with all its rows."""
        with self._database.writing() as connection:
            connection.execute(delete(comparison_results).where(comparison_results.c.key == key))
            connection.execute(delete(comparison_rows).where(comparison_rows.c.key == key))

    def _get(self, *which: Any, offset: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        wanted = (
            select(comparison_rows.c.content)
            .where(*which)
            .order_by(comparison_rows.c.rank)
            .offset(offset)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [json_text.loads(text) for text in connection.execute(wanted).scalars()]


def _rows(key: str, part: str, rows: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for rank, row in enumerate(rows):
        yield {
            "key": key,
            "part": part,
            "rank": rank,
            "unit_id": storable(row["unit_id"]),
            "pattern": row.get("pattern"),
            "content": json_text.dumps(row),
        }


def _of(key: str, part: str) -> list[Any]:
    return [comparison_rows.c.key == key, comparison_rows.c.part == part]
