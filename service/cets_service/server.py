"""The server: gunicorn as a library, one process with threads, and a worker process beside it."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask
from gunicorn.app.base import BaseApplication

from cets_service import logs
from cets_service.app import create_app
from cets_service.beside import WorkerProcess
from cets_service.config import Config
from cets_service.database import upgrade
from cets_service.services import EXTENSION, Services

__all__ = ["serve"]

_GRACE = 30
"""Time that running requests get to end when the server stops, seconds."""


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, config: Config, port: int, worker: WorkerProcess) -> None:
        self._config = config
        self._port = port
        self._worker = worker
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn is run with."""
        for name, value in {
            "bind": f"{self._config.host}:{self._port}",
            "workers": self._config.processes,
            "worker_class": "cets_service.patience.PatientWorker",
            "logger_class": "cets_service.logs.ServerLogger",
            "forwarded_allow_ips": "",  # the application decides whom to believe
            "threads": self._config.threads,
            "graceful_timeout": _GRACE,
            "timeout": 120,
            "keepalive": 5,
            "sendfile": False,  # it knows no pace
            "control_socket_disable": True,
            "worker_exit": _close,
            "on_exit": lambda _server: self._worker.stop(),
        }.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in the process that answers: threads do not survive a fork."""
        return create_app(self._config)


def _close(_server: object, worker: Any) -> None:
    app = getattr(worker, "wsgi", None)
    if isinstance(app, Flask):
        cast("Services", app.extensions[EXTENSION]).close()


def serve(port: int = 8000, config: Config | None = None) -> None:
    """Bring the database up to date and serve until stopped (``cets serve --port``).

    A worker process is started beside the web and started again should it end;
    ``CETS_WORKER=0`` leaves that to ``cets worker``.
    """
    config = config or Config.from_environment()
    logs.configure(config)
    upgrade(config)
    worker = WorkerProcess(wanted=config.worker)
    worker.start()
    _Server(config, port, worker).run()
