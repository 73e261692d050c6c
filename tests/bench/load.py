"""Puts single-row requests to a service at a fixed rate and says how long each took to be answered.

The load is open: request k is due at k / rate, whether or not earlier ones have been answered, and
its latency counts from when it was due. A service, or a client, that falls behind is not spared.
``python -m tests.bench.load [SECONDS [RUNS]]`` starts a service as ``cets serve`` does, on loopback
with an empty SQLite database, and prints the figures as JSON.

The client runs on the cores that it measures, so it does what it can before and after the clock:
bodies are written before, answers are read after, and what remains is bytes over asyncio's streams.
aiohttp, quick as it is, took a seventh of all processor time.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

RATE = 200
"""Requests a second."""

SECONDS = 12.0
"""How long each kind of request is put at a time."""

RUNS = 5
"""How often each kind of request is put, in turn."""

WARM_UP = 200
"""Requests before the clock starts: imports and caches are not what is measured."""

CONNECTIONS = 16
"""Keep-alive connections, as many as the service has threads."""

PATIENCE = 30
"""Time after which an answer is given up, seconds."""

_UNIT = {
    "unit_id": "SYN-1",
    "sector": "cement",
    "year": 2025,
    "line_kind": "ordinary",
    "verified_emissions": "1000000.25",
    "output": "1200000.5",
}


def check_of(number: int) -> tuple[str, Any, Any]:
    """Make a check of one row, no two alike: its path, its body, and what must come back."""
    wrong = number % 2
    row = _UNIT | {
        "province": "34",
        "enterprise_id": "91110000600037341L",
        "enterprise_name": "合成水泥企业（虚构）",
        "unit_id": f"SYN-{number}",
        "balance_value": "0.86",
        "allowance": 1_004_651 + wrong,
        "obligation": 1_000_000,
    }
    verdict = "does_not_conform" if wrong else "conforms"
    return "/api/v1/checks", {"rows": [row], "kind": "allocation"}, ("verdict", verdict)


def computation_of(number: int) -> tuple[str, Any, Any]:
    """Make an allocation to be computed, and what must come back."""
    unit = _UNIT | {"unit_id": f"SYN-{number}"}
    body = {"unit": unit, "balance_value": "0.86"}
    return "/api/v1/compute/allocation", body, ("output", "allowance", 1_004_651)


KINDS = {"single-row check": check_of, "allocation": computation_of}


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """Run a service as ``cets serve`` does; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(("CETS_", "DATA"))
    }
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cets_service", str(port)],
            env=environment | {"CETS_DATA": str(data / "var")},
            stdout=log,
            stderr=log,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            _await_service(base)
            yield base
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _await_service(base: str) -> None:
    for _ in range(150):
        with suppress(httpx.TransportError):
            if "\ncets_workers 1.0\n" in httpx.get(f"{base}/metrics", timeout=5).text:
                return
        time.sleep(0.2)
    raise RuntimeError("the service did not start")


class _Connection:
    """A connection that is kept open where the server keeps it, for one request after another."""

    _LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n")
    _CLOSES = re.compile(rb"http/1\.0|.*\r\nconnection: *close\r\n", re.DOTALL)

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Give status and content of the answer; ``OSError``, ``EOFError`` or ``TimeoutError``."""
        async with asyncio.timeout(PATIENCE):
            self._streams = self._streams or await asyncio.open_connection(*self._address)
            reader, writer = self._streams
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = self._LENGTH.search(head)
            content = await reader.readexactly(int(length[1]) if length else 0)
        if self._CLOSES.match(head):
            self.close()
        return int(head.split(maxsplit=2)[1]), content

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def put(
    base: str, kind: str, rate: float, seconds: float, *, warm_up: int = WARM_UP, first: int = 0
) -> dict[str, Any]:
    """Put one kind of request to a service; give percentiles of latency, ms, and what failed.

    ``first``: number of the first request; no two of a number are put to one service.
    """
    address = urlsplit(base)
    made = [KINDS[kind](first + n) for n in range(warm_up + round(rate * seconds))]
    requests = [_request(address.netloc, path, body) for path, body, _ in made]
    answers: list[tuple[int, bytes] | Exception | None] = [None] * len(made)
    latencies: list[float] = []
    connections = [
        _Connection(str(address.hostname), int(address.port or 80)) for _ in range(CONNECTIONS)
    ]
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)

    async def ask(number: int, due: float | None) -> None:
        connection = await free.get()
        try:
            answers[number] = await connection.ask(requests[number])
        except (OSError, EOFError, TimeoutError) as error:
            answers[number] = error
            connection.close()
        finally:  # who was never answered has waited too
            if due is not None:
                latencies.append(time.perf_counter() - due)
            free.put_nowait(connection)

    warm = range(warm_up)
    while warm:  # over all connections, or one process stays cold
        await asyncio.gather(*(ask(number, None) for number in warm[:CONNECTIONS]))
        warm = warm[CONNECTIONS:]
    start = time.perf_counter()
    tasks = []
    for number in range(round(rate * seconds)):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(ask(warm_up + number, due)))
    await asyncio.gather(*tasks)
    for connection in connections:
        connection.close()
    errors = [
        said
        for answer, (_, _, expected) in zip(answers, made, strict=True)
        if (said := _wrong(answer, expected))
    ]
    return {"kind": kind, "rate": rate, "seconds": seconds, "errors": errors[:5]} | _summary(
        latencies, len(tasks), len(errors)
    )


def _request(host: str, path: str, body: Any) -> bytes:
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def _wrong(answer: tuple[int, bytes] | Exception | None, expected: Any) -> str | None:
    """Say what is wrong with an answer; None where nothing is."""
    if not isinstance(answer, tuple):
        return repr(answer)
    status, content = answer
    try:
        found: Any = json.loads(content)
        for step in expected[:-1]:
            found = found[step]
    except (ValueError, KeyError, TypeError) as error:
        return f"{status}: {error!r}"
    return None if found == expected[-1] else f"{status}: {found!r}, not {expected[-1]!r}"


def _summary(latencies: list[float], requests: int, failed: int) -> dict[str, Any]:
    """Give the percentiles in milliseconds."""
    cuts = statistics.quantiles(latencies, n=100, method="inclusive")
    shown = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(latencies)}
    return {"requests": requests, "failed": failed} | {
        f"{name}_ms": round(1000 * value, 2) for name, value in shown.items()
    }


def measure(seconds: float = SECONDS, rate: float = RATE, runs: int = RUNS) -> list[dict[str, Any]]:
    """Put every kind of request in turn to one fresh service, several times.

    Gives of each kind the run that is in the middle by its p99, and the p99 of all.
    """
    each = WARM_UP + round(rate * seconds)
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as base:
        for run in range(runs):
            for kind, measured in found.items():
                measured.append(asyncio.run(put(base, kind, rate, seconds, first=run * each)))
    return [_middle(measured) for measured in found.values()]


def _middle(measured: list[dict[str, Any]]) -> dict[str, Any]:
    middle = sorted(measured, key=lambda run: run["p99_ms"])[len(measured) // 2]
    failed = sum(run["failed"] for run in measured)
    return middle | {"failed": failed, "p99_ms_runs": [run["p99_ms"] for run in measured]}


if __name__ == "__main__":
    asked = [float(text) for text in sys.argv[1:]]
    found = measure(asked[0] if asked else SECONDS, runs=int(asked[1]) if asked[1:] else RUNS)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
