"""Kill the mutants: ``python -m tests.mutants.run [--only MODULE …] [--again] [--jobs 2]``.

Each mutant lives in a forked child of a process that has imported pytest and the third-party
libraries already, so that a child costs a fork and a few small test files. It meets the tables of
its own subject first, then all tables, then every test of the reference. What survives them all
must stand in ``equivalent.toml`` with its reason. Results are written to ``results.json``.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import hypothesis
import hypothesis.strategies
import z3  # type: ignore[import-untyped]  # noqa: F401  (imported once, here, for all children)

from .live import BROKEN, NOT_COMPILED, ROOT, STAGES, SURVIVED, Attempt, attempts
from .make import Mutant, fingerprint, modules, mutants, mutated_line

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"


@dataclass(slots=True)
class Tally:
    """What became of a module's mutants."""

    date: str
    sha256: str
    mutants: int
    killed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    timeouts: int = 0
    equivalent: int = 0
    surviving: list[dict[str, str]] = field(default_factory=list)
    seconds: int = 0
    """From the start of the run until the last of them was decided."""

    @property
    def decided(self) -> int:
        """How many mutants have met their end, or every test."""
        return sum(self.killed.values()) + self.timeouts + self.equivalent + len(self.surviving)


def describe(mutant: Mutant) -> dict[str, str]:
    """Give what tells a survivor from all others, whatever its line number."""
    about = {name: str(item) for name, item in asdict(mutant).items() if name != "occurrence"}
    return about | {"mutated": mutated_line(mutant)}


def known_equivalents() -> list[dict[str, str]]:
    """Read the survivors that nothing can tell from the original."""
    found: list[dict[str, str]] = tomllib.loads(
        (HERE / "equivalent.toml").read_text(encoding="utf-8")
    ).get("mutant", [])
    return [{name: text for name, text in entry.items() if name != "reason"} for entry in found]


def prove_tests_pass() -> None:
    """Stop where the unchanged code fails: nothing could be concluded."""
    for attempt, code in attempts([Attempt(None, "suite", "")], 1, float("inf")):
        if code != SURVIVED:
            raise SystemExit(f"the unchanged code fails ({code}): {attempt}")


class Trial:
    """Brings mutants before the tests and keeps what became of them, module by module."""

    def __init__(self, jobs: int, until: float) -> None:
        self.jobs, self.until, self.began = jobs, until, time.monotonic()
        self.equivalent, self.met = known_equivalents(), Counter[str]()
        self.tallies: dict[str, Tally] = {}
        self.queue: list[Attempt] = []

    def add(self, module: str) -> None:
        """Take all mutants of a module."""
        today = datetime.now(tz=UTC).date().isoformat()
        found = mutants(module)
        self.tallies[module] = Tally(today, fingerprint(module), len(found))
        first = [Attempt(mutant, "first", module) for mutant in reversed(found)]
        self.queue = first + self.queue

    def add_again(self, module: str, recorded: dict[str, Any]) -> None:
        """Take what an earlier run could not kill: there may be a test or a reason now."""
        tally = Tally(**recorded | {"surviving": []})
        if tally.sha256 != fingerprint(module) or not recorded["surviving"]:
            return
        self.tallies[module] = tally
        survived = {one["line"] for one in recorded["surviving"]}
        for mutant in mutants(module):
            if mutant.line not in survived:
                continue
            about = describe(mutant)
            if about | {"met": "suite"} in recorded["surviving"] and about in self.equivalent:
                self.bury(mutant, tally, "suite")
            elif any(about | {"met": stage} in recorded["surviving"] for stage in STAGES):
                self.queue.insert(0, Attempt(mutant, "tables", module))

    def run(self) -> None:
        """Run until everything is decided or the time is over."""
        for attempt, code in attempts(self.queue, self.jobs, self.until):
            self.judge(attempt, code)

    def judge(self, attempt: Attempt, code: int | None) -> None:
        """Count a mutant, or send it on to the next stage."""
        mutant, tally = attempt.mutant, self.tallies[attempt.module]
        if mutant is None or code in BROKEN or code == NOT_COMPILED:
            raise SystemExit(f"the driver is wrong ({code}): {attempt}")
        if code is None:
            tally.timeouts += 1
        elif code != SURVIVED:
            tally.killed[attempt.stage] += 1
        elif attempt.stage == "first":
            self.queue.append(Attempt(mutant, "tables", attempt.module))
        elif attempt.stage == "tables" and time.monotonic() < self.until:
            click.echo(f"meets the whole suite: {json.dumps(describe(mutant), ensure_ascii=False)}")
            own = (at for at, one in enumerate(self.queue) if one.module == attempt.module)
            last_of_module = next(own, len(self.queue))
            self.queue.insert(last_of_module, Attempt(mutant, "suite", attempt.module))
        else:
            self.bury(mutant, tally, attempt.stage)
        if tally.decided == tally.mutants and tally.sha256 == fingerprint(attempt.module):
            tally.seconds = round(time.monotonic() - self.began)
            click.echo(f"{attempt.module}: {tally.mutants} mutants, {tally.killed}")
            write({attempt.module: tally})

    def bury(self, mutant: Mutant, tally: Tally, met: str) -> None:
        """Count what survives as equivalent where that is known, else as surviving.

        Where the time was over before the whole suite ran, ``met`` says which stage was the last.
        """
        about = describe(mutant)
        if met == "suite" and about in self.equivalent:
            tally.equivalent += 1
            self.met[json.dumps(about)] += 1
        else:
            tally.surviving.append(about | {"met": met})
            click.echo(f"survives: {json.dumps(about, ensure_ascii=False)}")

    def complete(self) -> dict[str, Tally]:
        """Give the modules of which every mutant is decided, and that nobody changed meanwhile."""
        return {
            name: one
            for name, one in self.tallies.items()
            if one.decided == one.mutants and one.sha256 == fingerprint(name)
        }


def read_results() -> dict[str, Any]:
    """Read what earlier runs found."""
    if not RESULTS.exists():
        return {"modules": {}}
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def write(complete: dict[str, Tally]) -> None:
    """Write results; what an earlier run found of other modules stays."""
    before = read_results()
    known = before["modules"] | {name: asdict(tally) for name, tally in complete.items()}
    known = {name: known[name] for name in modules() if name in known}
    libraries = ("cosmic-ray", "hypothesis", "pytest")
    results = {
        "date": datetime.now(tz=UTC).date().isoformat(),
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in libraries},
        "seconds": max(one["seconds"] for one in known.values()),
        "mutants": sum(one["mutants"] for one in known.values()),
        "equivalent": sum(one["equivalent"] for one in known.values()),
        "surviving": sum(len(one["surviving"]) for one in known.values()),
        "not_run": [name for name in modules() if name not in known],
        "modules": known,
    }
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line: 0 where nothing survives and every equivalent still does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=modules(), metavar="MODULE")
    parser.add_argument("--again", action="store_true", help="only what survived the last run")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args(arguments)
    chosen, began = options.only or modules(), time.monotonic()
    os.chdir(ROOT)
    hypothesis.settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    hypothesis.settings.load_profile("mutants")
    prove_tests_pass()
    trial = Trial(options.jobs, began + options.seconds)
    recorded = read_results()["modules"]
    for module in chosen:
        if not options.again:
            trial.add(module)
        elif module in recorded:
            trial.add_again(module, recorded[module])
    trial.run()
    complete = trial.complete()
    write(complete)
    dead = [
        entry
        for entry in trial.equivalent
        if entry["module"] in complete and not options.again and not trial.met[json.dumps(entry)]
    ]
    for entry in dead:
        click.echo(f"no longer survives, delete it from equivalent.toml: {entry}")
    late = [name for name in trial.tallies if name not in complete]
    click.echo(f"not run to the end: {', '.join(late) or 'none'}")
    return 1 if dead or late or any(one.surviving for one in complete.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
