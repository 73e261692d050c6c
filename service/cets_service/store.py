"""Every SQL statement of the service, behind functions named by what they are for."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import CursorResult, Engine, Row, delete, func, insert, select, update

from cets_conformance import json_text
from cets_service.database import at_head, writing
from cets_service.tables import checks, finding_rows, subjects

__all__ = ["FINISHED", "Check", "Judged", "NewCheck", "Store"]

FINISHED = frozenset({"done", "failed"})
"""States in which a check stays."""

_BATCH = 2_000
"""Rows written in one transaction: others wait for the write lock no longer than that takes."""


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
    previous: str | None = None
    """SHA-256 of the previous year's table."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How a check ended: verdict and all that was found, or the problem."""

    verdict: str | None = None
    report: Mapping[str, Any] | None = None
    findings: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """All rows of each finding, worst first."""
    subjects: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """What rows were computed from, by row number."""
    problem: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it stands in the database, without its report."""

    id: str
    state: str
    name: str
    form: str
    options: dict[str, Any]
    upload: str
    previous: str | None
    created_at: int
    expires_at: int
    attempt: int
    stage: str
    done: int
    total: int | None
    verdict: str | None
    problem: dict[str, Any] | None

    @property
    def finished(self) -> bool:
        """Whether its state is final."""
        return self.state in FINISHED


_COLUMNS = [checks.c[name] for name in Check.__dataclass_fields__]


class Store:
    """The database of checks. ``clock`` gives seconds since 1970 UTC."""

    def __init__(self, engine: Engine, clock: Callable[[], float], keep: int) -> None:
        self._engine = engine
        self._clock = clock
        self._keep = keep

    def is_ready(self) -> bool:
        """Tell that the database answers and has its tables; raises where it does not."""
        with self._engine.connect() as connection:
            connection.execute(select(checks.c.id).limit(1)).first()
        return True

    def schema_is_current(self) -> bool:
        """Tell whether the database has the schema that this code works with."""
        with self._engine.connect() as connection:
            return at_head(connection)

    def count_by_state(self) -> dict[str, int]:
        """Count checks by state; expired ones that are not yet removed count too."""
        counted = select(checks.c.state, func.count()).group_by(checks.c.state)
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def add_check(self, new: NewCheck) -> str:
        """Write a check to be run and give its id, a secret that opens it."""
        row = self._new_row(new)
        with writing(self._engine) as connection:
            connection.execute(insert(checks), row)
        return str(row["id"])

    def add_judged_check(self, new: NewCheck, judged: Judged) -> Check:
        """Write a check that has ended already, with all that was found, in one transaction."""
        state, rows = "failed" if judged.problem else "done", len(judged.subjects)
        row = self._new_row(new) | {
            "state": state,
            "attempt": 1,
            "stage": state,
            "done": rows,
            "total": rows,
            "verdict": judged.verdict,
            "report": json_text.dumps(judged.report) if judged.report else None,
            "problem": json_text.dumps(judged.problem) if judged.problem else None,
        }
        found = [
            item
            for name, given in judged.findings.items()
            for item in _finding_rows(row["id"], name, given)
        ]
        computed = list(_subjects(row["id"], judged.subjects))
        with writing(self._engine) as connection:
            connection.execute(insert(checks), row)
            for table, items in ((finding_rows, found), (subjects, computed)):
                if items:
                    connection.execute(insert(table), items)
        kept = {name: row[name] for name in Check.__dataclass_fields__}
        return Check(**kept | {"options": dict(new.options), "problem": judged.problem})

    def _new_row(self, new: NewCheck) -> dict[str, Any]:
        now = int(self._clock())
        return {
            "id": secrets.token_urlsafe(16),
            "state": "queued",
            "name": new.name,
            "form": new.form,
            "options": json_text.dumps(new.options),
            "upload": new.upload,
            "previous": new.previous,
            "created_at": now,
            "expires_at": now + self._keep,
            "attempt": 0,
            "stage": "",
            "done": 0,
        }

    def get_check(self, check_id: str) -> Check | None:
        """Give a check; None where there is none or it has expired."""
        wanted = select(*_COLUMNS).where(
            checks.c.id == check_id, checks.c.expires_at > int(self._clock())
        )
        with self._engine.connect() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else _read_check(row)

    def get_report(self, check_id: str) -> dict[str, Any] | None:
        """Give the report of a check that is done, with the worst rows of each finding."""
        wanted = select(checks.c.report).where(checks.c.id == check_id)
        with self._engine.connect() as connection:
            content = connection.execute(wanted).scalar()
        return None if content is None else json_text.loads(content)

    def take_check(self, check_id: str) -> Check | None:
        """Take a queued check for one attempt; None where another has it or it is gone.

        What an earlier attempt left half written is removed.
        """
        with writing(self._engine) as connection:
            taken = connection.execute(
                update(checks)
                .where(checks.c.id == check_id, checks.c.state == "queued")
                .values(state="running", attempt=checks.c.attempt + 1, stage="reading", done=0)
            )
            if not taken.rowcount:
                return None
            for table in (finding_rows, subjects):
                connection.execute(delete(table).where(table.c.check_id == check_id))
            row = connection.execute(select(*_COLUMNS).where(checks.c.id == check_id)).one()
        return _read_check(row)

    def note_progress(self, check: Check, stage: str, done: int, total: int | None) -> bool:
        """Write how far an attempt is; False where the check is no longer its own."""
        return self._update(check, stage=stage[:40], done=done, total=total)

    def add_finding_rows(self, check: Check, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write all rows of one finding, worst first; they are seen once the check is done."""
        self._insert(finding_rows, _finding_rows(check.id, name, rows))

    def add_subjects(self, check: Check, found: Mapping[int, Mapping[str, Any]]) -> None:
        """Write what rows were computed from, by row number."""
        self._insert(subjects, _subjects(check.id, found))

    def finish_check(self, check: Check, verdict: str, report: Mapping[str, Any]) -> bool:
        """Write the result, once; False where the check is no longer this attempt's."""
        return self._update(
            check, state="done", stage="done", verdict=verdict, report=json_text.dumps(report)
        )

    def fail_check(self, check: Check, problem: Mapping[str, Any]) -> bool:
        """Write why there is no result, once; False where the check is not this attempt's."""
        return self._update(check, state="failed", stage="failed", problem=json_text.dumps(problem))

    def queue_unfinished(self) -> list[str]:
        """Queue again what a stopped process left running; give all queued ids, oldest first."""
        with writing(self._engine) as connection:
            connection.execute(
                update(checks).where(checks.c.state == "running").values(state="queued")
            )
            queued = (
                select(checks.c.id)
                .where(checks.c.state == "queued")
                .order_by(checks.c.created_at, checks.c.id)
            )
            return list(connection.execute(queued).scalars())

    def count_findings(self, check_id: str, name: str | None = None) -> int:
        """Count finding rows of a check, or of one of its findings."""
        counted = select(func.count()).select_from(finding_rows).where(*_findings(check_id, name))
        with self._engine.connect() as connection:
            return connection.execute(counted).scalar_one()

    def get_findings(
        self, check_id: str, name: str | None = None, *, offset: int = 0, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Give finding rows with their ``check``, worst first within each."""
        wanted = (
            select(finding_rows.c.check, finding_rows.c.content)
            .where(*_findings(check_id, name))
            .order_by(finding_rows.c.check, finding_rows.c.rank)
            .offset(offset)
            .limit(limit)
        )
        return self._read_findings(wanted)

    def get_findings_of_row(self, check_id: str, row: int) -> list[dict[str, Any]]:
        """Give every finding about one row of the file, by check."""
        wanted = (
            select(finding_rows.c.check, finding_rows.c.content)
            .where(finding_rows.c.check_id == check_id, finding_rows.c.row == row)
            .order_by(finding_rows.c.check, finding_rows.c.rank)
        )
        return self._read_findings(wanted)

    def get_subject(self, check_id: str, row: int) -> dict[str, Any] | None:
        """Give the operation and input a row was computed with, where it is kept."""
        wanted = select(subjects.c.content).where(
            subjects.c.check_id == check_id, subjects.c.row == row
        )
        with self._engine.connect() as connection:
            content = connection.execute(wanted).scalar()
        return None if content is None else json_text.loads(content)

    def delete_check(self, check_id: str) -> bool:
        """Delete a check with all that belongs to it; False where there is none."""
        with writing(self._engine) as connection:
            gone = connection.execute(delete(checks).where(checks.c.id == check_id))
        return bool(gone.rowcount)

    def delete_expired(self) -> int:
        """Delete every check whose time is over; give their number."""
        with writing(self._engine) as connection:
            gone = connection.execute(
                delete(checks).where(checks.c.expires_at <= int(self._clock()))
            )
        return gone.rowcount

    def uploads_in_use(self) -> set[str]:
        """Give the SHA-256 of every upload that a check refers to."""
        with self._engine.connect() as connection:
            found = connection.execute(select(checks.c.upload, checks.c.previous)).all()
        return {sha256 for row in found for sha256 in row if sha256 is not None}

    def _update(self, check: Check, **values: Any) -> bool:
        changed = (
            update(checks)
            .where(
                checks.c.id == check.id,
                checks.c.state == "running",
                checks.c.attempt == check.attempt,
            )
            .values(values)
        )
        with writing(self._engine) as connection:
            result: CursorResult[Any] = connection.execute(changed)
        return bool(result.rowcount)

    def _insert(self, table: Any, rows: Iterable[dict[str, Any]]) -> None:
        remaining = iter(rows)
        while batch := list(islice(remaining, _BATCH)):
            with writing(self._engine) as connection:
                connection.execute(insert(table), batch)

    def _read_findings(self, wanted: Any) -> list[dict[str, Any]]:
        with self._engine.connect() as connection:
            found = [(row[0], row[1]) for row in connection.execute(wanted)]
        return [{"check": name, **json_text.loads(content)} for name, content in found]


def _findings(check_id: str, name: str | None) -> list[Any]:
    named = [] if name is None else [finding_rows.c.check == name]
    return [finding_rows.c.check_id == check_id, *named]


def _finding_rows(
    check_id: str, name: str, rows: Iterable[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    for rank, row in enumerate(rows):
        yield {
            "check_id": check_id,
            "check": name,
            "rank": rank,
            "row": row["row"],
            "unit_id": _storable(row.get("unit_id")),
            "content": json_text.dumps(row),
        }


def _subjects(check_id: str, found: Mapping[int, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row, subject in found.items():
        yield {"check_id": check_id, "row": row, "content": json_text.dumps(subject)}


def _read_check(row: Row[Any]) -> Check:
    values = dict(row._mapping)
    values["options"] = json_text.loads(values["options"])
    values["problem"] = values["problem"] and json_text.loads(values["problem"])
    return Check(**values)


def _storable(value: object) -> str | None:
    """Make text storable: an unpaired surrogate is written as an escape."""
    return None if value is None else str(value).encode("utf-8", "backslashreplace").decode()
