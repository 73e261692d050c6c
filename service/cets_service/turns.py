"""The server's worker, which answers a request where it has come, without a thread's help.

To pass a request to a thread and its end back costs more than much of what a small check does: each
time a processor is woken, the caches of another are cold, and both want the interpreter. So the
main thread, which sees what has come, answers short requests itself, one after another; between two
it looks what else has come. Threads that compute side by side would be done no sooner.

A request that holds the main thread for :data:`LONG` does not compute for a moment (it waits for a
worker or a client, or has much to do). Then a deputy does what the main thread does, but gives
requests to threads, each in its turn, until the main thread is back.
"""

from __future__ import annotations

import contextvars
import signal
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import TConn

from cets_service.patience import PatientWorker

__all__ = ["LONG", "TurnWorker"]

LONG = 0.02
"""Time after which nobody waits for the request that has its turn, seconds."""


class TurnWorker(PatientWorker):
    """Answers its short requests in turn, in the main thread as long as that is free."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._short: set[TConn] = set()
        """Short requests that are here; some of them wait for their turn."""
        self._queued: deque[TConn] = deque()
        self._given: set[TConn] = set()
        """Requests that the threads have."""
        self._current: TConn | None = None
        self._since = 0.0
        self._leading = threading.Lock()
        """Held by the thread that goes through what has come."""
        self._answers_since: float | None = None
        """Since when the main thread answers the request that it does; None where it does not."""
        self._answers = threading.Event()
        self._is_answering = False
        """Whether the main thread answers, or waits to lead again: it leads where this is false."""
        self._quits = False

    def run(self) -> None:
        """Answer what comes."""
        with self._leading:
            threading.Thread(target=self._stand_by, name="deputy", daemon=True).start()
            super().run()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Make the threads that answer besides the main one."""
        return ThreadPoolExecutor(self._threads)

    @property
    def _threads(self) -> int:
        return max(1, int(self.cfg.threads) - 1)

    def take_short(self, conn: TConn) -> None:
        """Have a request answered when it has its turn."""
        self._short.add(conn)
        self._queued.append(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Go through what has come, and do not wait longer than who waits for a turn.

        What has come is gone through before the next has its turn.
        """
        if self._can_go:
            timeout = max(0.0, min(timeout, self._free_at - time.monotonic()))
        super().wait_for_and_dispatch_events(timeout)
        if self._can_go and self._free_at <= time.monotonic():
            self._current, self._since = self._queued.popleft(), time.monotonic()
            if self._is_answering:
                self.start(self._current)
            else:
                self._answer(self._current)

    @property
    def _can_go(self) -> bool:
        """Whether there is a request, and who answers it: what a thread has stays with it."""
        return bool(self._queued) and not (self._is_answering and len(self._given) >= self._threads)

    @property
    def _free_at(self) -> float:
        """When the next one may have its turn at the latest."""
        return 0.0 if self._current is None else self._since + LONG

    def start(self, conn: TConn) -> None:
        """Give a request to a thread."""
        self._given.add(conn)
        super().start(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Let the next one go where a request has ended."""
        self._short.discard(conn)
        self._given.discard(conn)
        if conn is self._current:
            self._current = None
        super().finish_request(conn, fs)

    def _answer(self, conn: TConn) -> None:
        """Answer a request in the main thread; others may lead meanwhile."""
        answered: Future[Any] = Future()
        self._is_answering = True
        self._answers_since = self._since
        self._answers.set()
        self._leading.release()
        try:
            # what a request says of itself to the log must not stay in this thread
            answered.set_result(contextvars.copy_context().run(self.handle, conn))
        finally:
            self._answers_since = None
            if not self._leading.acquire(blocking=False):
                self.method_queue.defer(lambda: None)  # the deputy waits for something to come
                self._leading.acquire()
        self.finish_request(conn, answered)
        self._is_answering = False
        if self._quits:
            self.handle_quit(signal.SIGQUIT, None)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End at once, but for what the main thread is about to answer; take nothing new."""
        self._quits = self._is_answering
        if self._quits:
            self.handle_exit(sig, frame)
        else:
            super().handle_quit(sig, frame)

    def is_parent_alive(self) -> bool:
        """Tell whether the server is there; without it, nothing new is taken."""
        if not super().is_parent_alive():
            self.alive = False
        return bool(self.alive)

    def _stand_by(self) -> None:
        """Lead whenever a request holds the main thread for long."""
        try:
            self._take_over()
        except BaseException:
            self.log.exception("the deputy has failed; this process ends, another one is started")
            self.alive = False
            raise

    def _take_over(self) -> None:
        while self._answers.wait():
            self._answers.clear()
            since = self._answers_since
            if since is None:
                continue
            time.sleep(max(0.0, since + LONG - time.monotonic()))
            if self._answers_since == since:
                with self._leading:
                    while self._answers_since == since:
                        self._lead()

    def _lead(self) -> None:
        """Go once through what has come, as :meth:`run` does."""
        self.notify()
        self.is_parent_alive()
        self.set_accept_enabled(self.alive and self.nr_conns < self.worker_connections)
        self.wait_for_and_dispatch_events(timeout=1.0)
        self.murder_keepalived()
        self.murder_pending()
