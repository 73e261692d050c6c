"""What the endpoints and the worker work with, made once for a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import current_app

from cets_conformance.tables import Limits
from cets_service.certifying import Certifying
from cets_service.checking import Checking, Owner, Received
from cets_service.comparing import Comparing, ReceivedTables
from cets_service.config import Config
from cets_service.database import open_engine
from cets_service.examining import Examining
from cets_service.jobs import Handler, Jobs, open_queue
from cets_service.keyring import Keyring
from cets_service.problems import Problem
from cets_service.store import (
    Check,
    ComparedTable,
    Comparison,
    Exam,
    Person,
    Store,
    System,
    exams,
)
from cets_service.store.askings import Asking, Askings
from cets_service.uploads import Uploads

__all__ = ["EXTENSION", "Services", "current", "open_services"]

Item = TypeVar("Item", bound=Asking)

EXTENSION = "cets"
"""Key of the services among the application's extensions."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything an endpoint or a worker may use."""

    config: Config
    store: Store
    uploads: Uploads
    checking: Checking
    comparing: Comparing
    keyring: Keyring
    certifying: Certifying
    examining: Examining
    jobs: Jobs
    handlers: Mapping[str, Handler]
    """What a worker does, by kind of job."""

    def begin_check(self, received: Received, owner: Owner, seconds: float) -> Check | None:
        """Write a check, see that it is judged, wait up to ``seconds``; give how it stands then."""
        check, waits = self.checking.add(received, owner)
        return self._settled(self.store.checks, check, seconds if waits else None)

    def retry_check(
        self,
        check: Check,
        province: str | None,
        seconds: float,
        actor: str,
        headers: Mapping[str, str] | None = None,
    ) -> Check | None:
        """Have a check judged again, perhaps under other ``headers``, as :meth:`begin_check`."""
        waits = self.checking.ask_again(check, province, actor, headers)
        again = self.store.checks.get(check.id)
        return self._settled(self.store.checks, again, seconds if waits else None)

    def begin_comparison(
        self, received: ReceivedTables, owner: Owner, seconds: float, actor: str
    ) -> Comparison | None:
        """Write a comparison, wait up to ``seconds`` for its end; give how it stands then."""
        comparison_id, waits = self.comparing.add(received, owner, actor)
        comparison = self.store.comparisons.get(comparison_id)
        return self._settled(self.store.comparisons, comparison, seconds if waits else None)

    def retry_comparison(
        self,
        comparison: Comparison,
        owner: Owner,
        seconds: float,
        actor: str,
        tables: Sequence[ComparedTable] | None = None,
    ) -> Comparison | None:
        """Have one compared again, perhaps under other headers of its ``tables``."""
        waits = self.comparing.ask_again(comparison, owner, actor, tables)
        again = self.store.comparisons.get(comparison.id)
        return self._settled(self.store.comparisons, again, seconds if waits else None)

    def _settled(
        self, askings: Askings[Item], asking: Item | None, seconds: float | None
    ) -> Item | None:
        """Wake a worker and wait, unless ``seconds`` is None; give how an asking stands then."""
        if seconds is None or asking is None:
            return asking
        self.jobs.wake()
        self.jobs.wait(askings.kind, asking.key, seconds)
        return askings.get(asking.id)

    def delete_comparison(self, comparison: Comparison, actor: str) -> None:
        """Delete a comparison and its uploads at once."""
        self.comparing.delete(comparison, actor)
        self.checking.forget({table.upload for table in comparison.tables})

    def begin_exam(
        self,
        system: System,
        person: Person,
        level: str,
        operations: Sequence[str],
        readings: Mapping[str, str],
        actor: str,
    ) -> Exam:
        """Commit to an exam and have its questions drawn; give it as it stands at once."""
        exam = self.examining.create(system, person, level, operations, readings, actor)
        self.jobs.wake()
        return exam

    def hand_in(self, exam: Exam, answers: bytes, actor: str, seconds: float) -> Exam:
        """Take the answers of an exam, wait up to ``seconds`` for the verdict; give the exam."""
        self.examining.hand_in(exam, answers, actor)
        return self._await_exam(exam.id, seconds)

    def retry_exam(self, exam: Exam, seconds: float) -> Exam:
        """Have an exam drawn or graded where that failed by our fault, as :meth:`hand_in`."""
        if not self.examining.ask_again(exam):
            raise Problem("EXAM_NOT_FAILED")
        return self._await_exam(exam.id, seconds)

    def _await_exam(self, exam_id: str, seconds: float) -> Exam:
        exam = self.examining.get(exam_id)
        self.jobs.wake()
        self.jobs.wait(exams.KIND, str(exam.key), seconds)
        return self.examining.get(exam_id)

    def close(self) -> None:
        """Close the queue and the database."""
        self.jobs.close()
        self.store.close()


def open_services(config: Config, clock: Callable[[], float]) -> Services:
    """Open the database, the place of uploads and the queue."""
    uploads = Uploads(config.data, config.max_upload, config.uploads)
    store = Store(open_engine(config), clock)
    limits = Limits(bytes=config.max_upload)
    checking = Checking(store, uploads, limits, config.inline)
    comparing = Comparing(store, uploads, limits)
    keyring = Keyring(store, config.data / "keys")
    certifying = Certifying(store, keyring, config.public_url)
    examining = Examining(store, uploads, certifying, config.exam_hours, config.open_exams)
    return Services(
        config=config,
        store=store,
        uploads=uploads,
        checking=checking,
        comparing=comparing,
        keyring=keyring,
        certifying=certifying,
        examining=examining,
        jobs=Jobs(store, open_queue(config)),
        handlers={
            store.checks.kind: checking.run,
            store.comparisons.kind: comparing.run,
            exams.KIND: examining.run,
        },
    )


def current() -> Services:
    """Give the services of the application that answers this request."""
    return cast("Services", current_app.extensions[EXTENSION])
