"""Jobs: asked for once, taken by one worker at a time, ended once.

A worker holds a job by a lease: a random token and a time. Whatever it writes for the job it
writes while :meth:`Jobs.holding`, where the token is proved in the same transaction. So a worker
that was thought dead and comes back cannot write beside the one that took its job over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, update

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.prepared import Prepared, insert_once
from cets_service.store.records import make_id
from cets_service.tables import jobs

__all__ = ["Job", "Jobs", "LostJobError", "progress_of"]


class LostJobError(Exception):
    """The job is gone, or another worker has it: nothing more is to be written for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands."""

    kind: str
    """What is to be done, such as ``check``."""
    key: str
    """SHA-256 of the stored input."""
    input: dict[str, Any]
    """The stored input."""
    state: str
    """``queued``, ``running``, ``done`` or ``failed``."""
    attempt: int
    """Times a worker took it."""
    lease: str | None
    """Token of the attempt."""
    problem: dict[str, Any] | None
    """Why it failed."""


_COLUMNS = [jobs.c[name] for name in Job.__dataclass_fields__]

_DELETE = Prepared(
    delete(jobs).where(jobs.c.kind == bindparam("kind"), jobs.c.key == bindparam("key"))
)


class Jobs:
    """The jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, kind: str, key: str, given: Mapping[str, Any]) -> None:
        """Ask for a job; one that waits, runs or is done is left, one that failed begins anew."""
        row = {
            "kind": kind,
            "key": key,
            "input": json_text.dumps(given),
            "state": "queued",
            "attempt": 0,
            "stage": "",
            "done": 0,
            "created_at": self._database.now(),
        }
        anew = (
            update(jobs)
            .where(*_is(kind, key), jobs.c.state == "failed")
            .values(state="queued", attempt=0, lease=None, problem=None, stage="", done=0)
        )
        with self._database.writing() as connection:
            if not insert_once(connection, jobs, row):
                connection.execute(anew)

    def get(self, kind: str, key: str) -> Job | None:
        """Give a job; None where there is none."""
        with self._database.reading() as connection:
            return _read(connection.execute(select(*_COLUMNS).where(*_is(kind, key))).first())

    def is_open(self, kind: str, key: str) -> bool:
        """Tell whether a job waits or runs."""
        wanted = select(jobs.c.state).where(*_is(kind, key))
        with self._database.reading() as connection:
            return connection.execute(wanted).scalar() in ("queued", "running")

    def count(self) -> dict[str, int]:
        """Give the number of jobs by state."""
        with self._database.reading() as connection:
            counted = connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
            return {row[0]: row[1] for row in counted}

    def waits_since(self) -> int | None:
        """Give when the job was asked for that waits longest; None where none waits."""
        wanted = select(func.min(jobs.c.created_at)).where(jobs.c.state == "queued")
        with self._database.reading() as connection:
            return connection.execute(wanted).scalar()

    def is_due(self) -> bool:
        """Tell whether a job waits, or its lease is over; looks without the write lock."""
        with self._database.reading() as connection:
            wanted = select(jobs.c.kind).where(_is_due(self._database.now())).limit(1)
            return connection.execute(wanted).first() is not None

    def take(self, lease_seconds: int) -> Job | None:
        """Take the oldest job that waits, or whose lease is over; None where there is none."""
        if not self.is_due():
            return None
        now = self._database.now()
        oldest = (
            select(jobs.c.kind, jobs.c.key)
            .where(_is_due(now))
            .order_by(jobs.c.created_at, jobs.c.key)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._database.writing() as connection:
            found = connection.execute(oldest).first()
            if found is None:
                return None
            taken = {
                "state": "running",
                "attempt": jobs.c.attempt + 1,
                "lease": make_id(),
                "leased_until": now + lease_seconds,
                "stage": "reading",
                "done": 0,
                "total": None,
            }
            connection.execute(update(jobs).where(*_is(*found)).values(taken))
            return _read(connection.execute(select(*_COLUMNS).where(*_is(*found))).one())

    @contextmanager
    def holding(self, job: Job) -> Iterator[Connection]:
        """Open a transaction in which the job is this attempt's; :class:`LostJobError` else."""
        with self._database.writing() as connection:
            self._change(connection, job, attempt=job.attempt)
            yield connection

    def renew(self, job: Job, lease_seconds: int) -> None:
        """Hold a job for longer; :class:`LostJobError` where it is no longer this attempt's."""
        with self._database.writing() as connection:
            self._change(connection, job, leased_until=self._database.now() + lease_seconds)

    def note_progress(self, job: Job, stage: str, done: int, total: int | None) -> None:
        """Write how far an attempt is; :class:`LostJobError` where it is not its own any more."""
        with self._database.writing() as connection:
            self._change(connection, job, stage=stage[:40], done=done, total=total)

    def finish(self, job: Job) -> None:
        """End a job, in the transaction that writes its result."""
        with self._database.writing() as connection:
            self._change(connection, job, state="done", finished_at=self._database.now())

    def fail(self, job: Job, problem: Mapping[str, Any]) -> None:
        """End a job that has no result, by our fault."""
        with self._database.writing() as connection:
            self._change(
                connection,
                job,
                state="failed",
                problem=json_text.dumps(problem),
                finished_at=self._database.now(),
            )

    def release(self, job: Job) -> None:
        """Give a job back at once, for another attempt that does not count."""
        with self._database.writing() as connection:
            self._change(connection, job, state="queued", attempt=job.attempt - 1)

    def delete(self, kind: str, key: str) -> bool:
        """Delete a job, whatever its state; a worker that has it loses it. False: there is none."""
        with self._database.writing() as connection:
            return _DELETE.run(connection, [{"kind": kind, "key": key}]) > 0

    def _change(self, connection: Connection, job: Job, **values: Any) -> None:
        own = [*_is(job.kind, job.key), jobs.c.lease == job.lease, jobs.c.state == "running"]
        if not connection.execute(update(jobs).where(*own).values(values)).rowcount:
            raise LostJobError(job.kind)


def progress_of(row: Any, *, runs: bool, ended: bool) -> dict[str, Any]:
    """Give how far the job that a row was joined with is: what it noted last, while it ``runs``."""
    if runs:
        return {"stage": row.stage, "done": row.done, "total": row.total}
    return {"stage": "done" if ended else "", "done": 0, "total": None}


def _is(kind: str, key: str) -> list[Any]:
    return [jobs.c.kind == kind, jobs.c.key == key]


def _is_due(now: int) -> Any:
    return or_(
        jobs.c.state == "queued", and_(jobs.c.state == "running", jobs.c.leased_until <= now)
    )


def _read(row: Any) -> Job | None:
    if row is None:
        return None
    values = dict(row._mapping)
    values["input"] = json_text.loads_own(values["input"])
    values["problem"] = values["problem"] and json_text.loads_own(values["problem"])
    return Job(**values)
