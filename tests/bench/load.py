"""Puts single-row requests to a service at a fixed rate and says how long each took to be answered.

The load is open: request k is due at k / rate, whether or not earlier ones have been answered, and
its latency counts from when it was due. A service, or a client, that falls behind is not spared.
``python -m tests.bench.load [SECONDS]`` starts a service as ``cets serve`` does, on loopback with
an empty SQLite database, and prints the figures as JSON.

The client runs on the cores it measures: it is aiohttp's, which takes a fifth of httpx's processor
time for a request.
"""

from __future__ import annotations

import asyncio
import json
import os
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

import aiohttp
import httpx

RATE = 200
"""Requests a second."""

SECONDS = 20.0
"""How long each kind of request is put."""

WARM_UP = 200
"""Requests before the clock starts: imports and caches are not what is measured."""

CONNECTIONS = 16
"""Keep-alive connections, as many as the service has threads."""

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


async def put(
    base: str, kind: str, rate: float, seconds: float, *, warm_up: int = WARM_UP
) -> dict[str, Any]:
    """Put one kind of request to a service; give percentiles of latency, ms, and what failed."""
    make = KINDS[kind]
    latencies: list[float] = []
    errors: list[str] = []
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    timeout = aiohttp.ClientTimeout(total=30)

    async with aiohttp.ClientSession(base, connector=connector, timeout=timeout) as client:

        async def ask(number: int, due: float | None) -> None:
            path, body, expected = make(number)
            try:
                try:
                    async with client.post(path, json=body) as response:
                        content = await response.read()
                finally:  # who was never answered has waited too
                    if due is not None:
                        latencies.append(time.perf_counter() - due)
                answer: Any = json.loads(content)
                for step in expected[:-1]:
                    answer = answer[step]
                if answer != expected[-1]:
                    errors.append(f"{response.status}: {answer!r}, not {expected[-1]!r}")
            except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
                errors.append(repr(error))

        for first in range(0, warm_up, CONNECTIONS):  # all connections, or one process stays cold
            numbers = range(first, min(first + CONNECTIONS, warm_up))
            await asyncio.gather(*(ask(number, None) for number in numbers))
        start = time.perf_counter()
        tasks = []
        for number in range(round(rate * seconds)):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(ask(warm_up + number, due)))
        await asyncio.gather(*tasks)
    return {"kind": kind, "rate": rate, "seconds": seconds, "errors": errors[:5]} | _summary(
        latencies, len(tasks), len(errors)
    )


def _summary(latencies: list[float], requests: int, failed: int) -> dict[str, Any]:
    """Give the percentiles in milliseconds."""
    cuts = statistics.quantiles(latencies, n=100, method="inclusive")
    shown = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(latencies)}
    return {"requests": requests, "failed": failed} | {
        f"{name}_ms": round(1000 * value, 2) for name, value in shown.items()
    }


def measure(seconds: float = SECONDS, rate: float = RATE) -> list[dict[str, Any]]:
    """Put every kind of request in turn to one fresh service; give the figures of each."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as base:
        return [asyncio.run(put(base, kind, rate, seconds)) for kind in KINDS]


if __name__ == "__main__":
    found = measure(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
