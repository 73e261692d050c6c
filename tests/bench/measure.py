"""Measures whole processes in turn, and refuses figures of a process that found the wrong thing."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.contenders import DASK, OTHERS, OURS, REFUSES, command
from tests.bench.verify import complaints

ROOT = Path(__file__).parents[2]

LIBRARIES = (
    "cets-conformance",
    "distributed",
    "pyarrow",
    "pandas",
    "frictionless",
    "pandera",
    "jsonschema",
    "numpy",
    "flask",
    "gunicorn",
    "sqlalchemy",
)


class WrongFindingError(Exception):
    """A process that did not find what was planted: its time means nothing."""


@dataclass(frozen=True)
class Size:
    """One table of the comparison."""

    kind: str
    """``ordinary`` or ``ties``."""
    rows: int
    contenders: Sequence[str]
    format: str = ""
    """``csv``, ``xlsx`` or ``parquet`` where formats are compared; else CSV."""

    @property
    def name(self) -> str:
        """What its measurements are filed under."""
        return self.format or self.kind


@dataclass
class Limits:
    """What one run may cost; a contender expected to need more is left out, and that is said."""

    seconds: float
    memory: int = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    runs: int = 5


@dataclass
class Bench:
    """A comparison under way: tables in ``folder``, measurements as they come in."""

    folder: Path
    limits: Limits
    say: Callable[[str], object]
    measurements: list[dict[str, Any]] = field(default_factory=list)

    def run(self, sizes: Sequence[Size]) -> None:
        """Measure every size, all contenders in turn in each round."""
        for size in sizes:
            table = self.folder / f"{size.name}-{size.rows}.{size.format or 'csv'}"
            self._python("tests.bench.tables", size.kind, str(size.rows), str(table))
            self._measure(size, table)
            for file in self.folder.glob(f"{table.name}*"):
                file.unlink()

    def _measure(self, size: Size, table: Path) -> None:
        taken: dict[str, list[dict[str, Any]]] = {}
        left_out: dict[str, str] = {}
        for name in size.contenders:
            reason = self._too_much(name, size.rows)
            if reason:
                left_out[name] = reason
            else:
                taken[name] = []
        for turn in range(self.limits.runs):
            for name in list(taken):
                cost = self._one(name, size, table)
                if cost["exit"] is None:
                    left_out[name] = f"stopped after {self.limits.seconds:.0f} s"
                    del taken[name]
                    continue
                taken[name].append(cost)
                self.say(
                    f"{size.name} {size.rows:>10,}  {turn + 1}/{self.limits.runs}  {name:<14}"
                    f"{cost['seconds']:>9.2f} s {cost['peak_bytes'] / 2**20:>8.0f} MiB"
                )
        about = {"table": size.name, "rows": size.rows, "bytes": table.stat().st_size}
        for name in size.contenders:
            if name in left_out:
                self.measurements.append(about | {"contender": name, "left_out": left_out[name]})
                self.say(f"{size.name} {size.rows:>10,}  {name}: left out, {left_out[name]}")
            else:
                self.measurements.append(about | {"contender": name} | _median(taken[name]))

    def _one(self, name: str, size: Size, table: Path) -> dict[str, Any]:
        """Run one contender once; :class:`WrongFindingError` where it found the wrong thing."""
        from tests.bench.tables import BALANCE, read_expected
        from tests.bench.ties import BALANCE as BALANCE_OF_TIES

        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        balances = BALANCE_OF_TIES if size.kind == "ties" else BALANCE
        cost, printed = timed(
            command(name, table, report, balances), self.limits.seconds, self.folder
        )
        if cost["exit"] is None:
            return cost
        expected = read_expected(table)
        if name not in OTHERS:
            right = 1 if expected.checks else 0
            wrong = [] if cost["exit"] == right else [f"exit code {cost['exit']}, not {right}"]
            if report.exists():
                wrong += complaints(json.loads(report.read_text("utf-8")), size.rows, expected)
        else:
            refused = sum(expected.checks[check].count for check in REFUSES[name])
            right_answer = {"rows": size.rows, "wrong": refused if REFUSES[name] else None}
            wrong = [] if printed and json.loads(printed) == right_answer else [printed[-2000:]]
        if wrong:
            raise WrongFindingError(f"{name}, {size.name}, {size.rows} rows: " + "; ".join(wrong))
        return cost

    def _too_much(self, name: str, rows: int) -> str | None:
        """Say why a contender is left out, from what the next smaller size cost it."""
        before = [m for m in self.measurements if m["contender"] == name and m["rows"] < rows]
        if not before:
            return None
        last = max(before, key=lambda m: m["rows"])
        if "left_out" in last:
            return f"left out at {last['rows']:,} rows already"
        times = rows / last["rows"]
        seconds, memory = last["seconds"] * times, last["peak_bytes"] * times
        if seconds > self.limits.seconds:
            return f"about {seconds:.0f} s expected, more than {self.limits.seconds:.0f} s"
        if memory > self.limits.memory:
            return (
                f"up to {memory / 2**30:.0f} GiB of memory expected, more than half of what is here"
            )
        return None

    def _python(self, module: str, *arguments: str) -> None:
        """Run a module in a process of its own, so that this one stays small."""
        subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=True)


def timed(words: list[str], limit: float, folder: Path) -> tuple[dict[str, Any], str]:
    """Run a command; give seconds, peak_bytes and exit (null: killed at the limit), and output."""
    result = folder / "cost.json"
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("timed.py"))]
    done = subprocess.run(
        [*launcher, str(result), str(limit), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(result.read_text("utf-8")), done.stdout


def _median(costs: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = [cost["seconds"] for cost in costs]
    return {
        "seconds": round(statistics.median(seconds), 3),
        "peak_bytes": int(statistics.median(cost["peak_bytes"] for cost in costs)),
        "runs": [round(value, 3) for value in seconds],
    }


def circumstances() -> dict[str, Any]:
    """Say what the figures were taken with: versions and machine, without its name."""
    return {
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "cpu": _cpu(),
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
            "system": f"{platform.system()} {platform.machine()}",
            "load_at_start": round(os.getloadavg()[0], 1),
        },
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "")


CONTENDERS = (OURS, *DASK, *OTHERS)
