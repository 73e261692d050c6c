"""The real server, as ``cets serve`` starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest


@dataclass
class Server:
    """A process that serves, and what it has logged."""

    base: str
    port: int
    process: subprocess.Popen[bytes]
    data: Path
    log: Path
    past: int = 0
    """Lines of the log that are an earlier test's."""

    def events(self) -> list[dict[str, Any]]:
        """Read the log: every line must be a JSON object."""
        lines = self.log.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines[self.past :]]

    def from_now_on(self) -> Server:
        """Give the same server with what it will log."""
        return replace(self, past=self.past + len(self.events()))

    def connect(self, content: bytes, buffer: int | None = None) -> socket.socket:
        """Open a connection, perhaps with a small ``buffer`` of its own, and send something."""
        connection = socket.socket()
        connection.settimeout(20)
        if buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(content)
        return connection


@contextmanager
def serving(folder: Path) -> Iterator[Callable[..., Server]]:
    """Start servers with settings on the data of ``folder``, and see them end well."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = os.environ | {
            "CETS_DATA": str(folder / "var"),
            "CETS_LOG_FORM": "json",
            "PYTHONPATH": os.pathsep.join(sys.path),
            **settings,
        }
        log = folder / f"log-{port}"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "cets_service", str(port)],
                env=environment,
                cwd=folder,
                stdout=file,
                stderr=file,
            )
        server = Server(f"http://127.0.0.1:{port}", port, process, folder / "var", log)
        started.append(server)
        for _ in range(150):
            assert process.poll() is None, log.read_text("utf-8")
            with suppress(httpx.TransportError):
                if httpx.get(f"{server.base}/readyz", timeout=5).status_code == 200:
                    return server
            time.sleep(0.2)  # not listening yet, or without its worker
        raise AssertionError(log.read_text("utf-8"))

    yield start
    for server in started:
        server.process.send_signal(signal.SIGTERM)
    for server in started:
        assert server.process.wait(30) == 0


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers for one test."""
    with serving(tmp_path) as start:
        yield start
