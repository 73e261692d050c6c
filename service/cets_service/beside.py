"""A worker process beside the web: started with it, started again when it dies, ended with it."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from cets_service.config import Config
from cets_service.database import refuse_outdated
from cets_service.services import open_services
from cets_service.worker import Worker

__all__ = ["WorkerProcess", "work"]

_LOG = logging.getLogger(__name__)

_GRACE = 30.0
"""Time that running jobs get to be given back when the server stops, seconds."""

_REST = 1.0
"""Time before a worker that died is started again, seconds."""


class WorkerProcess:
    """Keeps one worker process running while it is ``wanted``."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="worker keeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        if self._wanted:
            self._keeper.start()

    def stop(self) -> None:
        """End the worker, and wait until it has given back what it was doing."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            # The pipe is the worker's sign that we live: it ends when its input does.
            process = subprocess.Popen(
                [sys.executable, "-m", "cets_service", "worker", "--beside"], stdin=subprocess.PIPE
            )
            while process.poll() is None and not self._stopping.wait(0.2):
                pass
            if self._stopping.is_set():
                _end(process)
            else:
                _LOG.error("the worker died; it is started again")
                self._stopping.wait(_REST)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    deadline = time.monotonic() + _GRACE
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()


def work(config: Config | None = None, *, beside: bool = False) -> None:
    """Do jobs until told to stop (``cets worker``).

    ``beside``: also stop when standard input ends, as it does when the process that started this
    one is gone. ``UnusableError`` where the database is not up to date.
    """
    config = config or Config.from_environment()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    services = open_services(config, time.time)
    refuse_outdated(services.store.database.engine)
    worker = Worker(services)
    worker.start()
    if beside:
        threading.Thread(target=_watch_input, args=(stop.set,), daemon=True).start()
    stop.wait()
    worker.stop()
    services.close()


def _watch_input(ended: Callable[[], None]) -> None:
    while sys.stdin.buffer.read(1):
        pass
    ended()
