"""Checks: who asked what of which upload, and until when; how each stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.jobs import Jobs
from cets_service.store.records import make_id
from cets_service.store.verdicts import Verdicts
from cets_service.tables import checks, jobs, verdicts

__all__ = ["KIND", "STATES", "Check", "Checks", "NewCheck"]

KIND = "check"
"""Kind of the jobs that judge what checks ask."""

STATES = ("queued", "running", "done", "failed", "cancelled")
"""States of a check."""

FINISHED = frozenset({"done", "failed", "cancelled"})
"""States in which a check stays."""


@dataclass(frozen=True, slots=True)
class NewCheck:
    """What a request asks for."""

    name: str
    """Name of the file, as shown."""
    form: str
    """``file``, or ``rows`` given as JSON."""
    options: Mapping[str, Any]
    """Options as JSON, readable by ``tables.Options.from_json``."""
    upload: str
    """SHA-256 of what was uploaded."""
    previous: str | None
    """SHA-256 of the previous year's table."""
    key: str
    """SHA-256 of all that the verdict is a function of."""
    keep: int
    """How long it is kept, seconds."""
    organisation_id: str | None = None
    """Whose it is; None: whoever holds its address."""
    person_id: str | None = None
    """Who asked for it."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it stands, without its report."""

    id: str
    organisation_id: str | None
    person_id: str | None
    name: str
    form: str
    options: dict[str, Any]
    upload: str
    previous: str | None
    key: str
    created_at: int
    expires_at: int
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


_OWN = [name for name in Check.__dataclass_fields__ if name in checks.c]


_JOINED = checks.outerjoin(verdicts, verdicts.c.key == checks.c.key).outerjoin(
    jobs, and_(jobs.c.kind == literal(KIND), jobs.c.key == checks.c.key)
)
"""Checks with their verdicts and jobs."""

_STATE = case(
    (verdicts.c.key.is_not(None), case((verdicts.c.verdict.is_(None), "failed"), else_="done")),
    (checks.c.cancelled_at.is_not(None), "cancelled"),
    (or_(jobs.c.state.is_(None), jobs.c.state == "done"), "queued"),
    else_=jobs.c.state,
)
"""How a check stands: its verdict says so, or else its job does."""


class Checks:
    """The checks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = Jobs(database)
        self._verdicts = Verdicts(database)

    def add(self, new: NewCheck) -> str:
        """Write a check and give its id, a secret."""
        now = self._database.now()
        row = {
            "id": make_id(),
            "organisation_id": new.organisation_id,
            "person_id": new.person_id,
            "name": new.name,
            "form": new.form,
            "options": json_text.dumps(new.options),
            "upload": new.upload,
            "previous": new.previous,
            "key": new.key,
            "created_at": now,
            "expires_at": now + new.keep,
        }
        with self._database.writing() as connection:
            connection.execute(insert(checks).values(row))
        return str(row["id"])

    def get(self, check_id: str) -> Check | None:
        """Give a check; None where there is none or it has expired."""
        with self._database.reading() as connection:
            row = connection.execute(self._select().where(checks.c.id == check_id)).first()
        return None if row is None else _read(row)

    def list_of(self, organisation_id: str, *, offset: int, limit: int) -> list[Check]:
        """Give checks of an organisation, newest first."""
        wanted = (
            self._select()
            .where(checks.c.organisation_id == organisation_id)
            .order_by(checks.c.created_at.desc(), checks.c.id)
            .offset(offset)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def count_of(self, organisation_id: str) -> int:
        """Count the checks of an organisation."""
        counted = (
            select(func.count())
            .select_from(checks)
            .where(
                checks.c.organisation_id == organisation_id,
                self._lives(),
            )
        )
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def count_by_state(self) -> dict[str, int]:
        """Count all checks that are not over, by state."""
        with self._database.reading() as connection:
            counted = select(_STATE, func.count()).select_from(_JOINED).where(self._lives())
            return {row[0]: row[1] for row in connection.execute(counted.group_by(_STATE))}

    def cancel(self, check: Check) -> bool:
        """Say that a check is no longer wanted; False where it has ended."""
        with self._database.writing() as connection:
            if self._verdicts.is_known(check.key):
                return False
            cancelled = (
                update(checks)
                .where(checks.c.id == check.id, checks.c.cancelled_at.is_(None))
                .values(cancelled_at=self._database.now())
            )
            if not connection.execute(cancelled).rowcount:
                return False
            self._forget(check.key)
        return True

    def want_again(self, check_id: str, key: str, options: Mapping[str, Any]) -> None:
        """Take back that a check was cancelled; it asks for ``options`` from now on, and its
        verdict is the one of ``key``.
        """
        with self._database.writing() as connection:
            which = checks.c.id == check_id
            before = connection.execute(select(checks.c.key).where(which)).scalar_one()
            wanted = {"cancelled_at": None, "key": key, "options": json_text.dumps(options)}
            connection.execute(update(checks).where(which).values(wanted))
            if before != key:
                self._forget(before)

    def delete(self, check_id: str) -> bool:
        """Delete a check, and what nothing refers to then; False where there is none."""
        with self._database.writing() as connection:
            wanted = select(checks.c.key).where(checks.c.id == check_id)
            key = connection.execute(wanted).scalar()
            if key is None:
                return False
            connection.execute(delete(checks).where(checks.c.id == check_id))
            self._forget(key)
        return True

    def delete_expired(self) -> int:
        """Delete every check whose time is over, and what nothing refers to; give their number."""
        over = checks.c.expires_at <= self._database.now()
        with self._database.writing() as connection:
            keys = set(connection.execute(select(checks.c.key).where(over)).scalars())
            gone = connection.execute(delete(checks).where(over)).rowcount
            for key in keys:
                self._forget(key)
        return gone

    def uploads_in_use(self) -> set[str]:
        """Give the SHA-256 of every upload that a check refers to."""
        with self._database.reading() as connection:
            found = connection.execute(select(checks.c.upload, checks.c.previous)).all()
        return {sha256 for row in found for sha256 in row if sha256 is not None}

    def _forget(self, key: str) -> None:
        """Delete the job that nobody waits for, and the verdict that no check refers to.

        With a job goes what its worker has written: rows without a verdict belong to a job.
        """
        with self._database.writing() as connection:
            held = connection.execute(
                select(
                    exists().where(checks.c.key == key),
                    exists().where(checks.c.key == key, checks.c.cancelled_at.is_(None)),
                )
            ).one()
            ended = not held[1] and self._jobs.delete(KIND, key)
            if not held[0]:
                self._verdicts.delete(key)
            elif ended and not self._verdicts.is_known(key):
                self._verdicts.delete_rows(key)

    def _select(self) -> Select[Any]:
        """Select checks whose time is not over, with their verdicts and jobs."""
        return (
            select(
                *(checks.c[name] for name in _OWN),
                checks.c.cancelled_at,
                verdicts.c.key.label("judged"),
                verdicts.c.verdict,
                verdicts.c.problem.label("refusal"),
                _STATE.label("state"),
                jobs.c.problem,
                jobs.c.stage,
                jobs.c.done,
                jobs.c.total,
            )
            .select_from(_JOINED)
            .where(self._lives())
        )

    def _lives(self) -> ColumnElement[bool]:
        return checks.c.expires_at > self._database.now()


def _read(row: Any) -> Check:
    """Make a check of a row."""
    ours = row.judged is None and row.state == "failed"
    problem = row.problem if ours else row.refusal
    return Check(
        **{name: row._mapping[name] for name in _OWN if name != "options"},
        options=json_text.loads(row.options),
        state=row.state,
        stage=row.stage or "done",
        done=row.done or 0,
        total=row.total,
        verdict=row.verdict,
        problem=None if problem is None else json_text.loads(problem),
        ours=ours,
    )
