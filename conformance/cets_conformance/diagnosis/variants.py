"""Variants: every known way to depart from the rules that the figures of a table can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cets_conformance.diagnosis.combining import under
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_reference import RuleError, run
from cets_reference.readings import READINGS
from cets_reference.rule_set import DEFAULT, RuleSet

__all__ = ["Variant", "variants"]

_SHOWN_BY = {"allocation": "QSA", "pre-allocation": "QSI"}
"""Sections of the rulebook whose mistakes show in a unit's answer, by operation."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The rules as a system with one mistake, or under another reading, has them."""

    mistake: str | None
    """Id of the mistake; None where only a reading differs."""
    reading: str | None
    """``reading=choice`` where the variant is an alternative of an open point."""
    clauses: tuple[str, ...]
    """Clauses that are read otherwise."""
    rules: RuleSet
    """The rules."""

    def output(self, operation: str, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Answer as the variant does; None where it refuses or breaks down."""
        try:
            return run(operation, value, rule_set=self.rules)
        except (RuleError, ArithmeticError, ValueError):
            return None


def variants(operation: str, readings: Mapping[str, str]) -> tuple[Variant, ...]:
    """Give the variants that may show in an operation's answer, under the readings in force."""
    sections = _SHOWN_BY[operation]
    found = [
        Variant(name, mistake.reading, (mistake.clause,), under(mistake.rule_set, readings))
        for name, mistake in MISTAKES.items()
        if mistake.clause[0] in sections and not _in_force(mistake.reading, readings)
    ]
    listed = {variant.reading for variant in found}
    for reading in READINGS:
        for choice in reading.choices:
            name = f"{reading.id}={choice}"
            shows = any(clause[0] in sections for clause in reading.clauses)
            if shows and name not in listed and not _in_force(name, readings):
                rules = DEFAULT.with_readings({**readings, reading.id: choice})
                found.append(Variant(None, name, tuple(reading.clauses), rules))
    return tuple(found)


def _in_force(reading: str | None, readings: Mapping[str, str]) -> bool:
    if reading is None:
        return False
    name, _, choice = reading.partition("=")
    default = next(item.default for item in READINGS if item.id == name)
    return readings.get(name, default) == choice
