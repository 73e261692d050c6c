"""First judge: the golden vectors alone, as any system meets them, under each reading they know."""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cets_conformance.runner.compare import agree
from cets_conformance.vectors import Case, load

from .children import put_in_place
from .make import Mutant

SECONDS = 1.0
"""Processor time that one vector may take: a thousand times what the longest takes."""
IMPORT = 20.0
"""Processor time that reading the modules may take."""
HANGS = 3
"""After so many vectors without an answer no further one is asked: the mutant is dead."""


@dataclass(frozen=True, slots=True)
class Vector:
    """One question with its one right answer."""

    name: str
    """Id of the case; under other readings with these, ``id?reading=choice``."""
    case: Case
    readings: Mapping[str, str]
    expected: Mapping[str, Any]


@cache
def vectors() -> tuple[Vector, ...]:
    """Give all cases under the default readings, and then under those that change the answer."""
    cases = load()
    return (
        *(Vector(case.id, case, {}, case.expected) for case in cases),
        *(
            Vector(f"{case.id}?{_printed(entry['when'])}", case, entry["when"], entry["expected"])
            for case in cases
            for entry in case.readings
        ),
    )


def _printed(readings: Mapping[str, str]) -> str:
    return "&".join(f"{name}={choice}" for name, choice in sorted(readings.items()))


def fingerprints() -> dict[str, str]:
    """Hash what decides a verdict of every case, by id: input and answers."""
    return {
        case.id: hashlib.sha256(
            json.dumps(
                [case.input, case.expected, list(case.readings)],
                sort_keys=True,
                default=str,
            ).encode()
        ).hexdigest()[:16]
        for case in load()
    }


class _TooLong(BaseException):
    """A vector took more than its time."""


def killers(mutant: Mutant | None, asked: Sequence[int], *, stop: bool) -> str:
    """In the child: give which vectors the mutant answers wrong, as JSON; with ``stop``, the first.

    A mutant that cannot even be imported answers none.
    """
    signal.signal(signal.SIGVTALRM, _raise_too_long)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, IMPORT)
        put_in_place(mutant)
        import cets_reference
    except (Exception, _TooLong):
        if mutant is None:
            raise
        return json.dumps(list(asked[:1] if stop else asked))
    return json.dumps(list(_killers(cets_reference, asked, stop=stop)))


def _raise_too_long(*_: object) -> None:
    raise _TooLong


def _killers(reference: Any, asked: Sequence[int], *, stop: bool) -> Iterator[int]:
    hangs = 0
    for index in asked:
        vector = vectors()[index]
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            given = answer(reference, vector)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            right = agree(vector.case.operation, vector.expected, given)
        except _TooLong:
            hangs += 1
            right = False
        except Exception:  # noqa: BLE001  (a system that crashes has not answered)
            right = False
        if not right:
            yield index
            if stop or hangs >= HANGS:
                return


def answer(reference: Any, vector: Vector) -> dict[str, Any]:
    """Let a reference, mutant or not, answer as a system does: exactly as it is put to it."""
    case = vector.case
    try:
        rules = reference.DEFAULT.with_readings(vector.readings)
        return {"output": reference.run(case.operation, case.input, rule_set=rules)}
    except reference.RuleError as error:
        told = error.as_json()
        return {"error": {name: told[name] for name in ("code", "path")}}


def warm() -> None:
    """In the parent: read vectors and schemas once, for all children."""
    for vector in vectors():
        agree(vector.case.operation, vector.expected, vector.expected)
