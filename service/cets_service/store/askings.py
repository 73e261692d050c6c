"""What people asked to have computed: whose it is, until when it is kept, and how it stands.

A check and a comparison are askings: rows that expire and point, by the hash of a stored input, to
a job that computes and to the verdict that all who ask the same share.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, Self, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.jobs import Jobs, progress_of
from cets_service.store.results import Results, Verdict
from cets_service.tables import jobs

__all__ = ["STATES", "Asking", "Askings", "as_asked"]

STATES = ("queued", "running", "done", "failed", "cancelled")
"""States of an asking."""

_FEW = 10
"""Askings deleted in one transaction of those that have expired."""

_FINISHED = frozenset({"done", "failed", "cancelled"})

Item = TypeVar("Item", bound="Asking")


@dataclass(frozen=True, slots=True)
class Asking:
    """Something that was asked for, as it stands, without its report."""

    id: str
    organisation_id: str | None
    options: dict[str, Any]
    key: str
    """SHA-256 of all that the verdict is a function of."""
    created_at: int
    expires_at: int
    state: str
    """One of :data:`STATES`."""
    stage: str
    """What is being done while it is running; else ``done``, or nothing."""
    done: int
    """How much of that."""
    total: int | None
    """Of how much, where known."""
    verdict: str | None
    problem: dict[str, Any] | None
    ours: bool
    """Whether it failed by our fault."""

    @property
    def finished(self) -> bool:
        """Whether its state is final."""
        return self.state in _FINISHED

    @property
    def retryable(self) -> bool:
        """Whether trying again may give more than it gave."""
        return self.state == "cancelled" or self.ours

    def with_verdict(self, found: Verdict) -> Self:
        """Give it as it stands once its verdict is written."""
        state = "failed" if found.verdict is None else "done"
        problem = None if found.problem is None else dict(found.problem)
        return replace(self, state=state, stage="done", verdict=found.verdict, problem=problem)


class Askings(ABC, Generic[Item]):
    """Askings of one ``kind``, that of their jobs; ``parts`` is a table of what belongs to each."""

    def __init__(
        self,
        database: Database,
        kind: str,
        table: Table,
        results: Results,
        parts: ColumnElement[str] | None = None,
    ) -> None:
        self.kind = kind
        self._database = database
        self._table = table
        self._results = results
        self._jobs = Jobs(database)
        self._part_of = parts
        judged = results.table.c
        self._joined = table.outerjoin(results.table, judged.key == table.c.key).outerjoin(
            jobs, and_(jobs.c.kind == literal(kind), jobs.c.key == table.c.key)
        )
        self._state = case(
            (judged.key.is_not(None), case((judged.verdict.is_(None), "failed"), else_="done")),
            (table.c.cancelled_at.is_not(None), "cancelled"),
            (or_(jobs.c.state.is_(None), jobs.c.state == "done"), "queued"),
            else_=jobs.c.state,
        )
        """How one stands: its verdict says so, or else its job does."""
        self._selected = select(
            table,
            judged.key.label("judged"),
            judged.verdict,
            judged.problem.label("refusal"),
            self._state.label("state"),
            jobs.c.problem,
            jobs.c.stage,
            jobs.c.done,
            jobs.c.total,
        ).select_from(self._joined)
        # Made once: to make a statement, and to find what was compiled of it, costs as much as it.
        self._one = self._selected.where(
            table.c.id == bindparam("of"), table.c.expires_at > bindparam("now")
        )

    def get(self, asking_id: str) -> Item | None:
        """Give one; None where there is none or it has expired."""
        asked = {"of": asking_id, "now": self._database.now()}
        with self._database.reading() as connection:
            found = self._read(connection, list(connection.execute(self._one, asked).all()))
        return found[0] if found else None

    def list_of(self, organisation_id: str, *, offset: int, limit: int) -> list[Item]:
        """Give those of an organisation, newest first."""
        return self._list(
            self._select()
            .where(self._table.c.organisation_id == organisation_id)
            .order_by(self._table.c.created_at.desc(), self._table.c.id)
            .offset(offset)
            .limit(limit)
        )

    def count_of(self, organisation_id: str) -> int:
        """Count those of an organisation."""
        own = self._table.c.organisation_id == organisation_id
        counted = select(func.count()).select_from(self._table).where(own, self._lives())
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def count_by_state(self) -> dict[str, int]:
        """Count all that are not over, by state."""
        counted = select(self._state, func.count()).select_from(self._joined).where(self._lives())
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(counted.group_by(self._state))}

    def cancel(self, asking: Item) -> bool:
        """Say that one is no longer wanted; False where it has ended."""
        with self._database.writing() as connection:
            if self._results.is_known(asking.key):
                return False
            cancelled = (
                update(self._table)
                .where(self._table.c.id == asking.id, self._table.c.cancelled_at.is_(None))
                .values(cancelled_at=self._database.now())
            )
            if not connection.execute(cancelled).rowcount:
                return False
            self._forget(asking.key)
        return True

    def delete(self, asking_id: str) -> bool:
        """Delete one, and what nothing refers to then; False where there is none."""
        return self._delete(self._table.c.id == asking_id) > 0

    def delete_expired(self, pause: Callable[[float], object] = time.sleep) -> int:
        """Delete all whose time is over, and what nothing refers to then; give their number.

        A few at a time, and then others may write for as long as that took: ``pause`` waits for so
        many seconds, and stops it where it gives something true.
        """
        over = self._table.c.expires_at <= self._database.now()
        some = select(self._table.c.id).where(over).limit(_FEW)
        gone = 0
        while True:
            began = time.monotonic()
            with self._database.reading() as connection:
                ids = connection.execute(some).scalars().all()
            if not ids:
                return gone
            gone += self._delete(self._table.c.id.in_(ids))
            if pause(time.monotonic() - began):
                return gone

    @abstractmethod
    def _read(self, connection: Connection, rows: list[Row[Any]]) -> list[Item]:
        """Make records of rows that :meth:`_select` found."""

    def _change(self, asking_id: str, key: str, **values: Any) -> None:
        """Take back that one was cancelled; its verdict is the one of ``key`` from now on."""
        with self._database.writing() as connection:
            which = self._table.c.id == asking_id
            before = connection.execute(select(self._table.c.key).where(which)).scalar_one()
            wanted = {"cancelled_at": None, "key": key, **values}
            connection.execute(update(self._table).where(which).values(wanted))
            if before != key:
                self._forget(before)

    def _delete(self, which: ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            found = select(self._table.c.key).where(which)
            keys = set(connection.execute(found).scalars())
            if self._part_of is not None:
                theirs = self._part_of.in_(select(self._table.c.id).where(which))
                connection.execute(delete(self._part_of.table).where(theirs))
            gone = connection.execute(delete(self._table).where(which)).rowcount
            for key in keys:
                self._forget(key)
        return gone

    def _forget(self, key: str) -> None:
        """Delete the job that nobody waits for, and the verdict that nothing refers to.

        With a job goes what its worker has written: rows without a verdict belong to a job.
        """
        mine = self._table.c.key == key
        with self._database.writing() as connection:
            wanted = select(
                exists().where(mine), exists().where(mine, self._table.c.cancelled_at.is_(None))
            )
            referred, waited_for = connection.execute(wanted).one()
            ended = not waited_for and self._jobs.delete(self.kind, key)
            if not referred:
                self._results.delete(key)
            elif ended and not self._results.is_known(key):
                self._results.delete_rows(key)

    def _select(self) -> Select[Any]:
        """Select those whose time is not over, with their verdicts and jobs."""
        return self._selected.where(self._lives())

    def _list(self, wanted: Select[Any]) -> list[Item]:
        with self._database.reading() as connection:
            return self._read(connection, list(connection.execute(wanted).all()))

    def _lives(self) -> ColumnElement[bool]:
        return self._table.c.expires_at > self._database.now()


def as_asked(row: Row[Any]) -> dict[str, Any]:
    """Give the fields of a row that every asking has."""
    ours = row.judged is None and row.state == "failed"
    problem = row.problem if ours else row.refusal
    return {
        "id": row.id,
        "organisation_id": row.organisation_id,
        "options": json_text.loads_own(row.options),
        "key": row.key,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "state": row.state,
        "verdict": row.verdict,
        "problem": None if problem is None else json_text.loads_own(problem),
        "ours": ours,
    } | progress_of(row, runs=row.state == "running", ended=row.state in _FINISHED)
