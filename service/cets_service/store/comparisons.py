"""Comparisons: who had which tables compared, and until when; how each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, literal, select, update

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.checks import FINISHED
from cets_service.store.comparison_results import ComparisonResults
from cets_service.store.jobs import Jobs
from cets_service.store.records import make_id
from cets_service.tables import comparison_results, comparison_tables, comparisons, jobs

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
class Comparison:
    """A comparison as it stands, without its report."""

    id: str
    organisation_id: str
    options: dict[str, Any]
    key: str
    created_at: int
    expires_at: int
    tables: tuple[ComparedTable, ...]
    state: str
    """``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""
    stage: str
    done: int
    total: int | None
    verdict: str | None
    problem: dict[str, Any] | None
    ours: bool
    """Whether it failed by our fault, and may be tried again."""

    @property
    def finished(self) -> bool:
        """Whether its state is final."""
        return self.state in FINISHED

    @property
    def retryable(self) -> bool:
        """Whether trying again may give more than it gave."""
        return self.state == "cancelled" or self.ours


class Comparisons:
    """The comparisons."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = Jobs(database)
        self._results = ComparisonResults(database)

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

    def get(self, comparison_id: str) -> Comparison | None:
        """Give a comparison; None where there is none or it has expired."""
        found = self._read(self._select().where(comparisons.c.id == comparison_id))
        return found[0] if found else None

    def list_of(self, organisation_id: str, *, offset: int, limit: int) -> list[Comparison]:
        """Give comparisons of an organisation, newest first."""
        return self._read(
            self._select()
            .where(comparisons.c.organisation_id == organisation_id)
            .order_by(comparisons.c.created_at.desc(), comparisons.c.id)
            .offset(offset)
            .limit(limit)
        )

    def count_of(self, organisation_id: str) -> int:
        """Count the comparisons of an organisation."""
        counted = (
            select(func.count())
            .select_from(comparisons)
            .where(
                comparisons.c.organisation_id == organisation_id,
                comparisons.c.expires_at > self._database.now(),
            )
        )
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def cancel(self, comparison: Comparison) -> bool:
        """Say that a comparison is no longer wanted; False where it has ended."""
        with self._database.writing() as connection:
            if self._results.is_known(comparison.key):
                return False
            cancelled = (
                update(comparisons)
                .where(comparisons.c.id == comparison.id, comparisons.c.cancelled_at.is_(None))
                .values(cancelled_at=self._database.now())
            )
            if not connection.execute(cancelled).rowcount:
                return False
            self._forget(comparison.key)
        return True

    def want_again(self, comparison: Comparison, key: str, tables: Sequence[ComparedTable]) -> None:
        """Take back that one was cancelled; its result is the one of ``key`` from now on, of
        the same ``tables`` under other headers.
        """
        with self._database.writing() as connection:
            for position, table in enumerate(tables):
                its = [
                    comparison_tables.c.comparison_id == comparison.id,
                    comparison_tables.c.position == position,
                ]
                headers = json_text.dumps(table.headers)
                connection.execute(update(comparison_tables).where(*its).values(headers=headers))
            which = comparisons.c.id == comparison.id
            connection.execute(update(comparisons).where(which).values(cancelled_at=None, key=key))
            if comparison.key != key:
                self._forget(comparison.key)

    def delete(self, comparison: Comparison) -> None:
        """Delete a comparison, and what nothing refers to then."""
        self._delete(comparisons.c.id == comparison.id)

    def delete_expired(self) -> int:
        """Delete every one whose time is over, and what nothing refers to; give their number."""
        return self._delete(comparisons.c.expires_at <= self._database.now())

    def uploads_in_use(self) -> set[str]:
        """Give the SHA-256 of every upload that a comparison refers to."""
        with self._database.reading() as connection:
            return set(connection.execute(select(comparison_tables.c.upload)).scalars())

    def _delete(self, which: Any) -> int:
        with self._database.writing() as connection:
            found = connection.execute(select(comparisons.c.id, comparisons.c.key).where(which))
            gone = found.all()
            ids = [row.id for row in gone]
            connection.execute(
                delete(comparison_tables).where(comparison_tables.c.comparison_id.in_(ids))
            )
            connection.execute(delete(comparisons).where(comparisons.c.id.in_(ids)))
            for key in {row.key for row in gone}:
                self._forget(key)
        return len(gone)

    def _forget(self, key: str) -> None:
        """Delete the job that nobody waits for, and the result that nothing refers to."""
        mine = comparisons.c.key == key
        with self._database.writing() as connection:
            held = connection.execute(
                select(
                    exists().where(mine), exists().where(mine, comparisons.c.cancelled_at.is_(None))
                )
            ).one()
            if not held[1]:
                self._jobs.delete(KIND, key)
            if not held[0]:
                self._results.delete(key)

    def _select(self) -> Select[Any]:
        """Select comparisons whose time is not over, with their results and jobs."""
        return (
            select(
                comparisons,
                comparison_results.c.key.label("judged"),
                comparison_results.c.verdict,
                comparison_results.c.problem.label("refusal"),
                jobs.c.state,
                jobs.c.problem,
                jobs.c.stage,
                jobs.c.done,
                jobs.c.total,
            )
            .select_from(comparisons)
            .outerjoin(comparison_results, comparison_results.c.key == comparisons.c.key)
            .outerjoin(jobs, and_(jobs.c.kind == literal(KIND), jobs.c.key == comparisons.c.key))
            .where(comparisons.c.expires_at > self._database.now())
        )

    def _read(self, wanted: Select[Any]) -> list[Comparison]:
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
            listed = connection.execute(
                select(comparison_tables)
                .where(comparison_tables.c.comparison_id.in_([row.id for row in rows]))
                .order_by(comparison_tables.c.position)
            ).all()
        tables: dict[str, list[ComparedTable]] = {}
        for item in listed:
            table = ComparedTable(item.name, item.file, item.upload, json_text.loads(item.headers))
            tables.setdefault(item.comparison_id, []).append(table)
        return [_read(row, tuple(tables[row.id])) for row in rows]


def _read(row: Any, tables: tuple[ComparedTable, ...]) -> Comparison:
    """Make a comparison of a row: its result says how it stands, or else its job does."""
    ours = row.judged is None and row.state == "failed" and row.cancelled_at is None
    problem = row.problem if ours else row.refusal
    return Comparison(
        id=row.id,
        organisation_id=row.organisation_id,
        options=json_text.loads(row.options),
        key=row.key,
        created_at=row.created_at,
        expires_at=row.expires_at,
        tables=tables,
        state=_state(row),
        stage=row.stage or "done",
        done=row.done or 0,
        total=row.total,
        verdict=row.verdict,
        problem=None if problem is None else json_text.loads(problem),
        ours=ours,
    )


def _state(row: Any) -> str:
    if row.judged is not None:
        return "failed" if row.verdict is None else "done"
    if row.cancelled_at is not None:
        return "cancelled"
    return "queued" if row.state in (None, "done") else str(row.state)
