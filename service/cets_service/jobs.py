"""Runs checks in the background of this process.

A check is a row of the database, and that row alone says what is to be done; the threads here are
only woken. Another executor can take their place behind the same four methods.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["Jobs"]

_LOG = logging.getLogger(__name__)

HOUSEKEEPING = 180.0
"""Time between two rounds of housekeeping, seconds."""


class Jobs:
    """Two threads or so that do ``work`` on check ids, and one that does ``housekeeping``."""

    def __init__(
        self, work: Callable[[str], None], housekeeping: Callable[[], object], *, workers: int
    ) -> None:
        self.stopping = threading.Event()
        self._work = work
        self._housekeeping = housekeeping
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="check")
        self._running: dict[str, Future[None]] = {}
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep_house, name="housekeeping", daemon=True)

    def start(self, unfinished: Iterable[str]) -> None:
        """Begin, with what an earlier process left unfinished."""
        for check_id in unfinished:
            self.submit(check_id)
        self._keeper.start()

    def submit(self, check_id: str) -> None:
        """Wake a worker for a check."""
        with self._lock:
            future = self._executor.submit(self._work, check_id)
            self._running[check_id] = future
        future.add_done_callback(lambda done: self._forget(check_id, done))

    def wait(self, check_id: str, seconds: float) -> None:
        """Return when a check has ended, here, or after ``seconds``."""
        with self._lock:
            future = self._running.get(check_id)
        if future is not None and seconds > 0:
            ended = threading.Event()
            future.add_done_callback(lambda _: ended.set())
            ended.wait(seconds)

    def close(self) -> None:
        """Stop: running checks give up at their next sign of progress and stay unfinished."""
        self.stopping.set()
        self._executor.shutdown(wait=True, cancel_futures=True)
        if self._keeper.is_alive():
            self._keeper.join()

    def _forget(self, check_id: str, future: Future[None]) -> None:
        with self._lock:
            self._running.pop(check_id, None)
        if not future.cancelled() and (error := future.exception()) is not None:
            _LOG.error("check ended in an error", exc_info=error)

    def _keep_house(self) -> None:
        while not self.stopping.wait(HOUSEKEEPING):
            try:
                self._housekeeping()
            except Exception:  # noqa: BLE001 - the thread must live for the next round
                _LOG.exception("housekeeping failed; it is tried again")
