"""What is known of mutants: who killed each, which nothing can kill, which no answer can show."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from .make import Mutant, fingerprint, modules, mutants
from .vectors import fingerprints

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
EQUIVALENT = "equivalent"
TIME = "time"
"""Killer of a mutant that never comes back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant."""

    killer: str
    """A vector, ``id`` or ``id?reading=choice``; or a test, ``tests/…::…``; or ``time``,
    ``equivalent``; empty where it survives everything."""
    cases: int = 0
    """How many cases kill it; 0 where it is not killed by vectors."""

    @property
    def by_vectors(self) -> bool:
        """Tell whether the vectors alone kill it."""
        return self.cases > 0

    @property
    def alone(self) -> str | None:
        """Give the id of the one case that kills it, None where there are more or none."""
        alone = self.cases == 1 and self.killer != TIME
        return self.killer.partition("?")[0] if alone else None


@dataclass(frozen=True, slots=True)
class Entry:
    """Mutants that survive the vectors, with the reason why that is right."""

    about: Mapping[str, str]
    """``module``, ``function``, ``operator``, ``line``, ``mutated``, as far as they are given;
    ``matches`` is a pattern for the mutated line."""
    reason: str
    unreached: bool = False
    """Whether it stands for a module or function that no operation reaches; that is proved."""

    def holds(self, mutant: Mutant) -> bool:
        """Tell whether a mutant is one of them."""
        pattern = self.about.get("matches")
        return (pattern is None or re.search(pattern, mutant.mutated) is not None) and all(
            getattr(mutant, name) == wanted
            for name, wanted in self.about.items()
            if name != "matches"
        )


@cache
def equivalents() -> tuple[Entry, ...]:
    """Read the mutants that no input tells from the rule, one by one."""
    return _entries("equivalent.toml", {"module", "function", "operator", "line", "mutated"})


@cache
def unseen() -> tuple[Entry, ...]:
    """Read the mutants that no answer of an operation can show; the tests kill them."""
    return _entries("unseen.toml", set())


def _entries(name: str, demanded: set[str]) -> tuple[Entry, ...]:
    found = []
    for item in tomllib.loads((HERE / name).read_text(encoding="utf-8"))["mutant"]:
        reason = item.pop("reason")
        if not reason or not demanded <= item.keys():
            raise SystemExit(f"{name}: give {', '.join(sorted(demanded))} and a reason: {item}")
        found.append(Entry(item, reason, unreached=item.pop("unreached", False)))
    return tuple(found)


def listed(mutant: Mutant, entries: Iterable[Entry]) -> Entry | None:
    """Give the entry that holds a mutant."""
    return next((entry for entry in entries if entry.holds(mutant)), None)


def read() -> dict[str, Any]:
    """Read what the last run found."""
    empty: dict[str, Any] = {"modules": {}, "cases": {}}
    found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else empty
    return dict(found)


def recorded() -> dict[Mutant, Verdict]:
    """Give what the last run found of the mutants that there still are."""
    known = read()["modules"]
    return {
        mutant: Verdict(*known[module]["mutants"][mutant.name])
        for module in modules()
        for mutant in mutants(module)
        if mutant.name in known.get(module, {}).get("mutants", {})
    }


def changed_modules() -> list[str]:
    """Name the modules that are not what they were when their mutants were last judged."""
    known = read()["modules"]
    return [
        name
        for name in modules()
        if name not in known or known[name]["sha256"] != fingerprint(name)
    ]


def write(found: Mapping[Mutant, Verdict], scores: Mapping[str, Any]) -> None:
    """Write verdicts and scores; what an earlier run found of other modules stays."""
    today = datetime.now(tz=UTC).date().isoformat()
    judged = recorded() | dict(found)
    known = read()["modules"]
    for name in {mutant.module for mutant in found}:
        known[name] = {
            "date": today,
            "sha256": fingerprint(name),
            "mutants": {
                mutant.name: [found[mutant].killer, found[mutant].cases] for mutant in mutants(name)
            },
        }
    known = {name: known[name] for name in modules() if name in known}
    libraries = ("cosmic-ray", "hypothesis", "parso", "pytest")
    results = {
        "date": today,
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in libraries},
        "counts": _counts(judged),
        "scores": scores,
        "cases": fingerprints(),
        "modules": known,
    }
    RESULTS.write_text(_printed(results), encoding="utf-8")


def _counts(judged: Mapping[Mutant, Verdict]) -> dict[str, int]:
    """Count mutants: killed by the vectors, listed, or surviving."""
    kinds = Counter(_kind(mutant, verdict) for mutant, verdict in judged.items())
    return {"mutants": kinds.total()} | {
        kind: kinds[kind] for kind in ("killed", "equivalent", "unseen", "surviving")
    }


def _kind(mutant: Mutant, verdict: Verdict) -> str:
    if verdict.by_vectors:
        return "killed"
    if listed(mutant, equivalents()):
        return "equivalent"
    return "unseen" if listed(mutant, unseen()) else "surviving"


def _printed(results: Mapping[str, Any]) -> str:
    """Print with one mutant a line."""
    text = json.dumps(results, ensure_ascii=False, indent=1)
    return re.sub(r"\[\s+(\".*\"),\s+(\d+)\s+\]", r"[\1, \2]", text) + "\n"
