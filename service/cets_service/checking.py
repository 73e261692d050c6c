"""From a request's upload to a check in the database, and from there to its result."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cets_conformance import json_text
from cets_conformance.tables import (
    Limits,
    OptionError,
    Options,
    Outcome,
    TableError,
    check_file,
    check_rows,
)
from cets_service.store import Check, NewCheck, Store
from cets_service.uploads import Incoming, Uploads

__all__ = ["Checking", "Received"]

_LOG = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often a check is tried whose worker died on the way."""

PROGRESS_EVERY = 0.5
"""Least time between two notes of progress, seconds."""

ALL_SUBJECTS = 100_000
"""Up to this many rows every one can be explained; in a greater table those with findings."""

SHOWN_ROWS = 20
"""Rows of a finding in the report itself; all are kept beside it."""


class _AbandonedError(Exception):
    """The check is gone, taken by another, or the process stops: nothing more is to be written."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a request brought: a table as a file, or rows as JSON, and what to check it with."""

    name: str
    form: str
    options: Options
    upload: Incoming
    previous: Incoming | None = None


class Checking:
    """Makes checks and runs them."""

    def __init__(
        self, store: Store, uploads: Uploads, limits: Limits, *, stopping: Callable[[], bool]
    ) -> None:
        self._store = store
        self._uploads = uploads
        self._limits = limits
        self._stopping = stopping

    def add(self, received: Received) -> str:
        """Keep what was received and write the check that is to be run; give its id."""
        with self._uploads.held():
            upload = self._uploads.keep(received.upload)
            previous = self._uploads.keep(received.previous) if received.previous else None
            return self._store.add_check(
                NewCheck(received.name, received.form, received.options.as_json(), upload, previous)
            )

    def tidy(self) -> None:
        """Remove expired checks, and uploads that no check refers to."""
        self._store.delete_expired()
        self._uploads.sweep(self._store.uploads_in_use)

    def run(self, check_id: str) -> None:
        """Take a check and write its result, or why there is none; never raises on bad input."""
        check = self._store.take_check(check_id)
        if check is None:
            return
        try:
            if check.attempt > ATTEMPTS:
                self._store.fail_check(check, {"code": "GIVEN_UP"})
            else:
                self._write(check, self._judge(check))
        except TableError as error:
            self._store.fail_check(
                check, {"code": "NOT_A_TABLE", "errors": [_as_json(p) for p in error.problems]}
            )
        except OptionError as error:
            place = {"code": error.code, "path": error.path, "values": dict(error.values)}
            self._store.fail_check(check, {"code": "NOT_A_TABLE", "errors": [place]})
        except _AbandonedError:
            _LOG.info("check abandoned: deleted, expired, or the service stops")
        except Exception:  # noqa: BLE001 - the last one: what is left is our fault, and said so
            if self._store.fail_check(check, {"code": "INTERNAL"}):
                _LOG.exception("check failed by our fault")
            else:  # its rows or its upload were deleted under it
                _LOG.info("check abandoned: deleted or expired")

    def _judge(self, check: Check) -> Outcome:
        options = Options.from_json(check.options)
        source = self._uploads.path(check.upload)
        progress = self._progress(check)
        if check.form == "rows":
            rows = json_text.loads(source.read_bytes())["rows"]
            return check_rows(rows, options=options, progress=progress)
        return check_file(
            source,
            name=check.name,
            options=options,
            previous=self._uploads.path(check.previous) if check.previous else None,
            limits=self._limits,
            progress=progress,
        )

    def _write(self, check: Check, outcome: Outcome) -> None:
        report = outcome.report(SHOWN_ROWS)
        found: set[int] = set()
        for finding in report["findings"]:
            rows = outcome.finding_rows(finding["check"])
            self._store.add_finding_rows(check, finding["check"], rows)
            found.update(row["row"] for row in rows if row["row"] is not None)
        subjects = outcome.subjects()
        if len(subjects) > ALL_SUBJECTS:
            subjects = {row: subjects[row] for row in sorted(found)}
        self._store.add_subjects(check, subjects)
        if not self._store.finish_check(check, outcome.verdict, report):
            raise _AbandonedError

    def _progress(self, check: Check) -> Callable[[str, int, int | None], None]:
        """Make the function that notes progress, often enough to be seen and seldom enough."""
        noted = 0.0

        def note(stage: str, done: int, total: int | None) -> None:
            nonlocal noted
            if self._stopping():
                raise _AbandonedError
            now = time.monotonic()
            if now - noted < PROGRESS_EVERY:
                return
            noted = now
            if not self._store.note_progress(check, stage, done, total):
                raise _AbandonedError

        return note


def _as_json(problem: Any) -> Mapping[str, Any]:
    """Put a problem with a file into JSON: code, place, what was found."""
    place = problem.place
    return {
        "code": problem.code,
        "place": {"sheet": place.sheet, "row": place.row, "column": place.column},
        "field": problem.field,
        "found": problem.found,
        "values": dict(problem.values),
    }
