"""A worker: takes jobs, shows signs of life while it does them, and keeps house.

``cets worker`` runs one, ``cets serve`` starts one beside the web. Any number may run, here and on
other machines, on one database and one place of uploads.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from huey.consumer import Consumer
from sqlalchemy.exc import SQLAlchemyError

from cets_service.jobs import Handler, Progress
from cets_service.services import Services
from cets_service.store import Job, LostJobError
from cets_service.store.records import make_id

__all__ = ["ATTEMPTS", "Worker"]

_LOG = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often a job is tried whose worker died on the way."""

PROGRESS_EVERY = 0.5
"""Least time between two notes of progress, seconds."""

HOUSEKEEPING = 60.0
"""Time between two rounds of housekeeping, seconds."""

ROUND = 5.0
"""Time between two looks for jobs of which the queue did not tell, seconds."""


class _StoppingError(Exception):
    """The worker stops: the job is given back."""


class _Consumer(Consumer):  # type: ignore[misc]
    def _set_signal_handlers(self) -> None:
        """Leave signals to whoever runs the worker; it may not be the main thread."""


class Worker:
    """Threads that do jobs, and three more: signs of life, rounds, and housekeeping."""

    def __init__(self, services: Services, handlers: Mapping[str, Handler] | None = None) -> None:
        self._services = services
        self._store = services.store
        self._id = make_id()
        self._handlers = services.handlers if handlers is None else handlers
        self._lease = services.config.lease
        self._stopping = threading.Event()
        self._running: dict[str, Job] = {}
        self._lock = threading.Lock()
        services.jobs.on_wake = self.drain
        self._consumer = _Consumer(
            services.jobs.queue,
            workers=services.config.jobs,
            periodic=False,
            initial_delay=0.05,
            max_delay=0.25,
            check_worker_health=False,
        )
        self._threads = [
            threading.Thread(target=self._show_life, name="signs of life", daemon=True),
            threading.Thread(target=self._make_rounds, name="rounds", daemon=True),
            threading.Thread(target=self._keep_house, name="housekeeping", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        self._store.workers.note(self._id)
        self._consumer.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop: running jobs are given back at their next sign of progress."""
        self._stopping.set()
        if self._threads[0].is_alive():
            self._consumer.stop(graceful=True)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._leave()

    def _leave(self) -> None:
        try:
            self._store.workers.leave(self._id)
        except SQLAlchemyError:  # it counts as gone soon anyway
            _LOG.warning("that the worker stopped could not be noted", exc_info=True)

    def drain(self) -> None:
        """Do jobs until none is left."""
        while not self._stopping.is_set():
            job = self._store.jobs.take(self._lease)
            if job is None:
                return
            with self._shown(job):
                self._do(job)

    def _do(self, job: Job) -> None:
        try:
            if job.attempt > ATTEMPTS:
                self._store.jobs.fail(job, {"code": "GIVEN_UP"})
            else:
                self._handlers[job.kind](job, self._progress(job))
        except LostJobError:
            _LOG.info("%s abandoned: not wanted any more, or taken over", job.kind)
        except _StoppingError:
            self._give_back(job)
        except Exception:  # noqa: BLE001 - the last one: what is left is our fault, and said so
            self._fail(job)

    def _fail(self, job: Job) -> None:
        try:
            self._store.jobs.fail(job, {"code": "INTERNAL"})
        except LostJobError:  # its rows or its upload were deleted under it
            _LOG.info("%s abandoned: not wanted any more", job.kind)
        else:
            _LOG.exception("%s failed by our fault", job.kind)

    def _give_back(self, job: Job) -> None:
        try:
            self._store.jobs.release(job)
        except LostJobError:
            _LOG.info("%s was lost while the worker stopped", job.kind)

    def _progress(self, job: Job) -> Progress:
        """Make the function that notes progress, often enough to be seen and seldom enough."""
        noted = 0.0

        def note(stage: str, done: int, total: int | None) -> None:
            nonlocal noted
            if self._stopping.is_set():
                raise _StoppingError
            now = time.monotonic()
            if now - noted < PROGRESS_EVERY:
                return
            noted = now
            self._store.jobs.note_progress(job, stage, done, total)

        return note

    @contextmanager
    def _shown(self, job: Job) -> Iterator[None]:
        """Keep the lease of a job alive meanwhile."""
        token = str(job.lease)
        with self._lock:
            self._running[token] = job
        try:
            yield
        finally:
            with self._lock:
                del self._running[token]

    def _show_life(self) -> None:
        while not self._stopping.wait(self._lease / 4):
            with self._lock:
                running = list(self._running.values())
            for job in running:
                try:
                    self._store.jobs.renew(job, self._lease)
                except LostJobError:
                    continue  # its own thread finds out when it writes
                except Exception:  # noqa: BLE001 - the thread must live for the next sign
                    _LOG.exception("no sign of life could be given; it is tried again")

    def _make_rounds(self) -> None:
        while not self._stopping.is_set():
            try:
                self._store.workers.note(self._id)
                if self._store.jobs.is_due():
                    self._services.jobs.wake()
            except Exception:  # noqa: BLE001 - the thread must live for the next round
                _LOG.exception("a round failed; it is made again")
            self._stopping.wait(ROUND)

    def _keep_house(self) -> None:
        while not self._stopping.wait(HOUSEKEEPING):
            try:
                self._services.checking.tidy(self._stopping.wait)
            except Exception:  # noqa: BLE001 - the thread must live for the next time
                _LOG.exception("housekeeping failed; it is tried again")
