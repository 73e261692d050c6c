"""From a request's upload to a check in the database, and from there to its verdict.

A verdict is a function of what is stored: the upload, the options, the versions of the rules. Its
key is the hash of all that, so the same question is answered from the verdict that is there.
A small text table is judged in the request itself; what is larger becomes a job.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from cets_conformance import __version__, direct, json_text
from cets_conformance.tables import (
    Limits,
    OptionError,
    Options,
    Outcome,
    TableError,
    check_file,
    check_rows,
)
from cets_conformance.tables.mapping import match_headers
from cets_conformance.tables.reading import Problem as TableProblem
from cets_service.store import Check, Job, NewCheck, Store, Verdict
from cets_service.store.checks import KIND
from cets_service.uploads import Incoming, Uploads

__all__ = ["Checking", "Owner", "Received", "hash_of", "place_as_json"]

_LOG = logging.getLogger(__name__)

ALL_SUBJECTS = 100_000
"""Up to this many rows every one can be explained; in a greater table those with findings."""

SHOWN_ROWS = 20
"""Rows of a finding in the report itself; all are kept beside it."""

Progress = Callable[[str, int, int | None], None]

Rows = Sequence[Mapping[str, object]]
"""Rows of a table as JSON objects."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a request brought: a table as a file, or rows as JSON, and what to check it with."""

    name: str
    form: str
    options: Options
    upload: Incoming
    previous: Incoming | None = None
    rows: Rows | None = None
    """What ``upload`` says, where it is rows as JSON and has been read."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a check is, and what follows from it."""

    keep: int
    """How long it is kept, seconds."""
    organisation_id: str | None = None
    person_id: str | None = None
    province: str | None = None
    """The only province whose rows may be in the table; None: any."""


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: Verdict
    rows: Mapping[str, list[dict[str, Any]]]
    subjects: Mapping[int, dict[str, Any]]


class Checking:
    """Makes checks and judges them."""

    def __init__(self, store: Store, uploads: Uploads, limits: Limits, inline: int) -> None:
        self._store = store
        self._uploads = uploads
        self._limits = limits
        self._inline = inline

    def add(self, received: Received, owner: Owner) -> tuple[Check | None, bool]:
        """Write a check; give how it stands, and whether a worker must be woken for its verdict.

        None where its time is over already.
        """
        given = _stored_input(
            received.form,
            received.options.as_json(),
            received.upload.sha256,
            received.previous.sha256 if received.previous else None,
            owner.province,
        )
        key = hash_of(given)
        judged = self._judge_at_once(received, given, key)
        with self._uploads.held():
            upload = self._uploads.keep(received.upload)
            previous = self._uploads.keep(received.previous) if received.previous else None
            with self._store.writing():
                check = self._store.checks.add(
                    NewCheck(
                        name=received.name,
                        form=received.form,
                        options=received.options.as_json(),
                        upload=upload,
                        previous=previous,
                        key=key,
                        keep=owner.keep,
                        organisation_id=owner.organisation_id,
                        person_id=owner.person_id,
                    )
                )
                waits = self._ask(key, given, judged)
        if judged is None:
            return self._store.checks.get(check.id), waits
        report = judged.verdict.report
        check = check.with_verdict(judged.verdict)
        return replace(check, report=None if report is None else dict(report)), waits

    def ask_again(
        self, check: Check, province: str | None, actor: str, headers: Mapping[str, str] | None
    ) -> bool:
        """Ask again for a check, with today's rules and perhaps other ``headers``.

        Tells whether a worker must be woken.
        """
        before = check.options["headers"]
        options = {**check.options, "headers": before if headers is None else headers}
        given = _stored_input(check.form, options, check.upload, check.previous, province)
        key = hash_of(given)
        with self._store.writing():
            self._store.checks.want_again(check.id, key, options)
            waits = self._ask(key, given, None)
            if headers is None:
                self._record(actor, "check.retry", check, key=key)
            elif headers != before:  # not told: a file without any has people's data there
                self._record(actor, "check.map", check, upload=check.upload, key=key)
        return waits

    def cancel(self, check: Check, actor: str) -> bool:
        """Say that a check is no longer wanted; False where it has ended."""
        with self._store.writing():
            cancelled = self._store.checks.cancel(check)
            if cancelled:
                self._record(actor, "check.cancel", check)
        return cancelled

    def delete(self, check: Check, actor: str) -> None:
        """Delete a check and its uploads at once."""
        with self._store.writing():
            if self._store.checks.delete(check.id):
                self._record(actor, "check.delete", check)
        self.forget({check.upload, check.previous or check.upload})

    def _record(self, actor: str, action: str, check: Check, **told: object) -> None:
        """Write into the audit log what was done with an organisation's check.

        One without account leaves no trace: its id is what keeps it from others.
        """
        if check.organisation_id is not None:
            self._store.record(actor, action, f"check:{check.id}", **told)

    def _ask(self, key: str, given: Mapping[str, Any], judged: _Judged | None) -> bool:
        """See that a verdict will be there; tell whether a worker has to find it."""
        if judged is None:
            if self._store.verdicts.is_known(key):
                return False
            self._store.jobs.ask(KIND, key, given)
            return True
        if self._store.verdicts.add(key, judged.verdict):
            if self._store.jobs.delete(KIND, key):
                self._store.verdicts.delete_rows(key)  # what its worker had written so far
            for name, rows in judged.rows.items():
                self._store.verdicts.add_rows(key, name, rows)
            self._store.verdicts.add_subjects(key, judged.subjects)
        return False

    def _is_small(self, received: Received) -> bool:
        """Tell whether it is a small text table, which is judged in the request."""
        if received.upload.size > self._inline or received.previous is not None:
            return False
        received.upload.seek(0)
        return received.upload.read(4)[:2] != b"PK"

    def _judge_at_once(
        self, received: Received, given: Mapping[str, Any], key: str
    ) -> _Judged | None:
        """Judge a small table; None where its verdict is known, or a worker has to find it."""
        if not self._is_small(received):
            return None
        if self._uploads.may_have(given["upload"]) and self._store.verdicts.is_known(key):
            return None
        source = received.upload.path if received.rows is None else received.rows
        try:
            return self._judge(source, None, received.name, given, _in_silence)
        except Exception:  # noqa: BLE001 - the worker tries once more, and says so if it fails
            _LOG.exception("a check failed in its request; it is left to a worker")
            return None

    def tidy(self, pause: Callable[[float], object] = time.sleep) -> tuple[int, int]:
        """Remove what has expired, and files that nothing refers to; give their numbers.

        ``pause`` lets others write meanwhile, some seconds; something true from it ends it early.
        """
        gone = self._store.delete_expired(pause)
        return gone, self._uploads.sweep(self._store.uploads_in_use)

    def forget(self, uploads: Collection[str]) -> None:
        """Remove those of some uploads that nothing refers to."""
        self._uploads.sweep(partial(self._store.uploads_in_use, uploads), uploads)

    def run(self, job: Job, progress: Progress) -> None:
        """Judge what a job asks and write the verdict, once."""
        given = job.input
        before = given["previous"]
        with self._uploads.local(given["upload"]) as file:
            source = _rows_in(file) if given["form"] == "rows" else file
            if before is None:
                judged = self._judge(source, None, None, given, progress)
            else:
                with self._uploads.local(before) as previous:
                    judged = self._judge(source, previous, None, given, progress)
        store = self._store
        store.verdicts.write_rows(store.jobs, job, judged.rows, judged.subjects)
        with store.jobs.holding(job):
            store.verdicts.add(job.key, judged.verdict)
            store.jobs.finish(job)

    def _judge(
        self,
        source: Path | Rows,
        previous: Path | None,
        name: str | None,
        given: Mapping[str, Any],
        progress: Progress,
    ) -> _Judged:
        """Judge a stored input; that it is no table is a verdict too."""
        try:
            options = Options.from_json(given["options"])
            if isinstance(source, Path):
                outcome = check_file(
                    source,
                    name=name,
                    options=options,
                    previous=previous,
                    limits=self._limits,
                    province=given["province"],
                    progress=progress,
                )
            else:
                outcome = check_rows(
                    source, options=options, province=given["province"], progress=progress
                )
        except TableError as error:
            return _refused([place_as_json(problem, options.mapped) for problem in error.problems])
        except OptionError as error:
            place = {"code": error.code, "path": error.path, "values": dict(error.values)}
            return _refused([place])
        return _judged(outcome)


def _rows_in(file: Path) -> Rows:
    rows: Rows = json_text.loads(file.read_bytes())["rows"]
    return rows


def _stored_input(
    form: str,
    options: Mapping[str, Any],
    upload: str,
    previous: str | None,
    province: str | None,
) -> dict[str, Any]:
    """Give all that a verdict is a function of."""
    return {
        "form": form,
        "options": dict(options),
        "upload": upload,
        "previous": previous,
        "province": province,
        "versions": {"reference": direct.version(), "conformance": __version__},
    }


def hash_of(given: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a stored input: the key of what it gives."""
    return hashlib.sha256(json_text.dumps(given).encode()).hexdigest()


def _judged(outcome: Outcome) -> _Judged:
    report = outcome.report(SHOWN_ROWS)
    rows = {
        finding["check"]: outcome.finding_rows(finding["check"]) for finding in report["findings"]
    }
    subjects = outcome.subjects()
    if len(subjects) > ALL_SUBJECTS:
        found = {row["row"] for listed in rows.values() for row in listed}
        subjects = {row: subject for row, subject in subjects.items() if row in found}
    return _Judged(Verdict(report["verdict"], report, None), rows, subjects)


def _refused(errors: list[Mapping[str, Any]]) -> _Judged:
    return _Judged(Verdict(None, None, {"code": "NOT_A_TABLE", "errors": errors}), {}, {})


def place_as_json(problem: TableProblem, mapped: Mapping[str, str]) -> dict[str, Any]:
    """Put a problem with a file into JSON: code, place, what was found, headers with columns."""
    place = problem.place
    headers = [
        {"header": header, "column": column}
        for header, column in match_headers(problem.headers, mapped)
    ]
    return {
        "code": problem.code,
        "place": {"sheet": place.sheet, "row": place.row, "column": place.column},
        "field": problem.field,
        "found": problem.found,
        "values": dict(problem.values),
        **({"headers": headers} if headers else {}),
    }


def _in_silence(stage: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""
