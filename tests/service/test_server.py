"""The real server, as ``cets serve`` starts it: refusals reach the client, a restart resumes."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from cets_service import Config
from cets_service.beside import WorkerProcess
from cets_service.server import _Server


@pytest.fixture
def server(tmp_path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "CETS_DATA": str(tmp_path / "var"),
        "CETS_MAX_UPLOAD": str(2 * 1024 * 1024),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cets_service", str(port)],
            env=environment,
            cwd=tmp_path,
            stdout=log,
            stderr=log,
        )
        base = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                assert httpx.get(f"{base}/healthz", timeout=5).status_code == 200
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield base, process
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_the_server_checks_tables_refuses_legibly_and_stops_when_told(
    server, right_table, tmp_path
):
    base, process = server
    with httpx.Client(base_url=base, timeout=30) as client:
        checked = client.post("/api/v1/checks", files={"file": ("t.csv", right_table)})
        assert (checked.status_code, checked.json()["verdict"]) == (201, "conforms")

        big = client.post("/api/v1/checks", files={"file": ("t.csv", b"1" * (3 * 1024 * 1024))})
        assert (big.status_code, big.json()["code"]) == (413, "UPLOAD_TOO_LARGE")
        huge = client.post("/api/v1/checks", files={"file": ("t.csv", b"1" * (6 * 1024 * 1024))})
        assert (huge.status_code, huge.json()["code"]) == (413, "TOO_LARGE")

        def endless() -> Iterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="t"\r\n\r\n'
            for _ in range(30):
                yield b"1" * 100_000

        chunked = client.post(
            "/api/v1/checks",
            content=endless(),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert (chunked.status_code, chunked.json()["code"]) == (413, "UPLOAD_TOO_LARGE")

    aborted = socket.create_connection(("127.0.0.1", int(base.rsplit(":", 1)[1])))
    aborted.sendall(
        b"POST /api/v1/checks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="t"\r\n\r\n' + b"1" * 200_000
    )
    arriving = tmp_path / "var" / "arriving"
    deadline = time.monotonic() + 10
    while not list(arriving.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(arriving.iterdir())
    aborted.close()
    while list(arriving.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(arriving.iterdir()) == []
    assert b"Traceback" not in (tmp_path / "log").read_bytes()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_a_process_that_answers_keeps_its_libraries_out_of_the_collectors_way(config, tmp_path):
    begin = _Server(config, 0, WorkerProcess(wanted=False), tmp_path).cfg.post_worker_init
    before = gc.get_freeze_count()
    try:
        begin(None)
        assert gc.get_freeze_count() - before > 10_000
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_server_listens_on_whatever_address_is_set(host, tmp_path):
    config = Config.from_environment({"CETS_HOST": host})
    server = _Server(config, 8000, WorkerProcess(wanted=False), tmp_path)
    assert server.cfg.address == [(host, 8000)]
