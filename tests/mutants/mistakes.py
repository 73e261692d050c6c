"""Mistakes before the vectors: each variant of the reference against every case."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .children import Task, in_children


def faults() -> Iterator[str]:
    """Say which mistake no vector of its clause exposes, and which case is published wrongly."""
    (_, found), *_ = in_children([Task("mistakes", _faults, 300.0)], 1)
    if found is None:
        raise SystemExit("the mistakes did not come back")
    yield from json.loads(found)


def _faults() -> str:
    from cets_conformance.diagnosis.mistakes import MISTAKES
    from cets_conformance.vectors import load
    from cets_conformance.vectors.filling import exposed_mistakes

    found, exposed = [], set[str]()
    for case in load():
        names = exposed_mistakes(case.operation, case.input, case.expected)
        exposed |= {name for name in names if MISTAKES[name].clause in case.clauses}
        if names != list(case.mistakes):
            found.append(f"exposes {names}, published with {list(case.mistakes)}: {case.id}")
    found += [
        f"{name} is exposed by no vector of {mistake.clause}"
        for name, mistake in MISTAKES.items()
        if name not in exposed
    ]
    return json.dumps(found)
