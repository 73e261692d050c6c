"""Staleness: what has changed, since the issue, of the clauses and vectors it depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from cets_conformance import direct, json_text
from cets_conformance.vectors import load

__all__ = ["Change", "clause_hashes", "find_changes", "fingerprint"]

_RULE = ("id", "title", "text", "basis", "reading")


@dataclass(frozen=True, slots=True)
class Change:
    """What a certificate no longer speaks of."""

    clauses: Sequence[str]
    """Clauses whose text, figures or vectors are others now, in the rulebook's order."""
    operations: Sequence[str]
    """Operations to run again: those of the certificate that have vectors about them."""


def clause_hashes(operations: Sequence[str]) -> Mapping[str, str]:
    """Give for every clause the SHA-256 of what ``operations`` are judged by as to that clause.

    That is its text, basis and reading, the figures that rest on it, and the published vectors of
    the operations about it: id, input and every expectation. How a case is described, and who
    implements a clause, changes nothing.
    """
    return dict(_hashes(tuple(operations)))


@cache
def _hashes(operations: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    rules = direct.rules()
    cases = load(*operations)
    found = []
    for clause in rules["clauses"]:
        name = clause["id"]
        about = {
            "clause": {key: clause[key] for key in _RULE},
            "parameters": [item for item in rules["parameters"] if item["clause"] == name],
            "vectors": [
                {
                    "id": case.id,
                    "input": case.input,
                    "expected": case.expected,
                    "readings": list(case.readings),
                }
                for case in cases
                if name in case.clauses
            ],
        }
        found.append((name, sha256(json_text.dumps(about, sort_keys=True).encode()).hexdigest()))
    return tuple(found)


def fingerprint(certificate: Mapping[str, Any]) -> str:
    """Give the SHA-256 of all that staleness depends on, in what a certificate says.

    Those of one fingerprint are stale together, whatever changes.
    """
    rests_on = {entry["clause"]: entry["sha256"] for entry in certificate["clauses"]}
    said = json_text.dumps([list(certificate["operations"]), rests_on], sort_keys=True)
    return sha256(said.encode()).hexdigest()


def find_changes(
    certificate: Mapping[str, Any], current: Mapping[str, str] | None = None
) -> Change | None:
    """Give what has changed under a certificate; None where it is as it was.

    ``current`` are the hashes of now, by default those of the vectors at hand.
    """
    now = clause_hashes(certificate["operations"]) if current is None else current
    changed = [
        entry["clause"]
        for entry in certificate["clauses"]
        if entry["sha256"] is not None and entry["sha256"] != now.get(entry["clause"])
    ]
    if not changed:
        return None
    again = [
        operation
        for operation in certificate["operations"]
        if any(set(changed) & set(case.clauses) for case in load(operation))
    ]
    return Change(changed, again or list(certificate["operations"]))
