"""What comparing a stored input gave, written once and read by every comparison that asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.jobs import Job, Jobs
from cets_service.store.records import storable
from cets_service.store.results import Results
from cets_service.tables import comparison_results, comparison_rows

__all__ = ["PARTS", "ComparisonResults"]

PARTS = ("disputes", "inputs")
"""Lists of the report whose rows are kept beside it, all of them."""


class ComparisonResults(Results):
    """The results, by the SHA-256 of what they are a function of."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, comparison_results, comparison_rows)

    def write_rows(
        self, jobs: Jobs, job: Job, rows: Mapping[str, Iterable[Mapping[str, Any]]]
    ) -> None:
        """Write all rows of a job's result, by part. ``LostJobError`` where the job is lost."""
        parts = [(comparison_rows, _rows(job.key, part, found)) for part, found in rows.items()]
        self._write(jobs, job, *parts)

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
