"""The server: gunicorn as a library, processes with threads, and a worker process beside them."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gunicorn.app.base import BaseApplication

from cets_service import logs
from cets_service.beside import WorkerProcess
from cets_service.config import Config, UnusableError
from cets_service.database import upgrade
from cets_service.fairness import Shares
from cets_service.limits import budget_of
from cets_service.services import EXTENSION, Services

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["serve"]

_GRACE = 30
"""Time that running requests get to end when the server stops, seconds."""

_MOST_PROCESSES = 4
"""Processes that are started where the operator does not say how many."""

_SWITCH = 0.001
"""Time for which a thread may compute while others wait for the interpreter, seconds."""

_METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""Variable that names the folder in which all processes count together."""

_LOG = logging.getLogger(__name__)


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, config: Config, port: int, worker: WorkerProcess, folder: Path) -> None:
        self._config = config
        self._port = port
        self._worker = worker
        self._processes = _processes(config)
        self._shares = Shares(folder)
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn is run with."""
        for name, value in {
            "bind": f"{self._config.netloc_host}:{self._port}",
            "workers": self._processes,
            "worker_class": "cets_service.fairness.FairWorker",
            "logger_class": "cets_service.logs.ServerLogger",
            "forwarded_allow_ips": "",  # the application decides whom to believe
            "threads": self._config.threads,
            "graceful_timeout": _GRACE,
            "timeout": 120,
            "keepalive": 5,
            "sendfile": False,  # it knows no pace
            "control_socket_disable": True,
            "post_fork": lambda _server, worker: setattr(worker, "shares", self._shares),
            "post_worker_init": _settle,
            "worker_exit": _close,
            "child_exit": self._leave,
            "on_exit": lambda _server: self._worker.stop(),
        }.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def _leave(self, _server: object, worker: Any) -> None:
        """Forget a process that has ended."""
        self._shares.forget(worker.age)
        if _METRICS in os.environ:
            from prometheus_client.multiprocess import mark_process_dead

            mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

    def load(self) -> Flask:
        """Make the application, in the process that answers: threads do not survive a fork.

        It is loaded there too: what counts requests asks then where to.
        """
        from cets_service.app import create_app

        return create_app(self._config)


def _settle(_worker: object) -> None:
    """Have nobody wait for what is not theirs.

    The collector of garbage would walk through all the libraries' objects, which takes as long as
    twenty small checks; and a thread that has written to the disk would wait for others that only
    compute five times as long.
    """
    import cets_conformance.tables.judging  # noqa: F401 - not in the first check either

    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH)


def _close(_server: object, worker: Any) -> None:
    app = getattr(worker, "wsgi", None)
    if app is not None:
        cast("Services", app.extensions[EXTENSION]).close()


def _processes(config: Config) -> int:
    """Give the number of processes: as set, else one for each core where they may be several."""
    alone = budget_of(config) is not None and config.rate_storage == "memory://"
    if config.processes > 1 and alone:
        _LOG.warning("each process counts its clients by itself; set CETS_RATE_STORAGE")
    if config.processes:
        return config.processes
    return 1 if alone else min(os.cpu_count() or 1, _MOST_PROCESSES)


def _refuse_taken(host: str, port: int) -> None:
    """Say at once that nothing can listen there: gunicorn would try for seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        found = os.strerror(error.errno or 0)
        raise UnusableError("not_listening", host=host, port=port, found=found) from None


def serve(port: int = 8000, config: Config | None = None) -> None:
    """Bring the database up to date and serve until stopped (``cets serve --port``).

    A worker process is started beside the web and started again should it end;
    ``CETS_WORKER=0`` leaves that to ``cets worker``. :class:`UnusableError`: nothing can listen.
    """
    config = config or Config.from_environment()
    _refuse_taken(config.host, port)
    logs.configure(config)
    upgrade(config)
    worker = WorkerProcess(wanted=config.worker)
    worker.start()
    with tempfile.TemporaryDirectory(prefix="cets-server-") as folder:
        os.environ[_METRICS] = folder
        _Server(config, port, worker, Path(folder)).run()
