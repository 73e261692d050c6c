"""Causes: which mistake or reading gives exactly the figures of a group that departs.

Nothing here is a guess by resemblance: a cause is named with the number of units on which its
figure equals the group's, of those looked at. What a table has right speaks too: a variant that
gives another figure there is not what the table was computed with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cets_conformance.comparison.recomputing import Cells, question
from cets_conformance.diagnosis.variants import Variant, variants
from cets_conformance.tables.columns import Kind

__all__ = ["Cause", "Diagnosed", "Explainer", "Sought"]

EXAMINED = 200
"""Units of a group that are given to an explainer, those with most tonnes in dispute first."""

HELD = 200
"""Units on which a table of a group stands with the reference that a cause is held against."""

NAMED = 5
"""Causes that are named, those that explain most first."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A figure that departs, and the inputs it was computed from."""

    unit: int
    """Place of the unit in the comparison."""
    cells: Cells
    """Inputs of the unit."""
    figure: int | str
    """What the group gives: t, or a ratio as written."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A variant and how many of the figures it gives exactly."""

    variant: Variant
    """Mistake or reading."""
    explains: int
    """Units whose figure it gives."""
    contradicted: int
    """Units held against it for which it gives another figure than the table has."""

    @property
    def reading(self) -> str | None:
        """The reading under which the table conforms, which nothing in it may contradict."""
        return None if self.contradicted else self.variant.reading


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """What explains a group."""

    causes: tuple[Cause, ...] = ()
    """Those that explain most first."""
    examined: int = 0
    """Units that were looked at."""
    unexplained: int = 0
    """Of these, units whose figure none of the causes found gives."""
    held_against: int = 0
    """Units that the causes were held against."""

    @property
    def misread(self) -> set[str]:
        """Clauses that the causes misread which give every figure."""
        whole = [cause for cause in self.causes if cause.explains == self.examined]
        return {clause for cause in whole for clause in cause.variant.clauses}


class Explainer:
    """Asks the variants, each once for a unit whatever the column."""

    def __init__(self, kind: Kind, readings: Mapping[str, str]) -> None:
        self._kind = kind
        self._readings = readings
        self._variants: dict[str, tuple[Variant, ...]] = {}
        self._given: dict[tuple[str, int, int], Mapping[str, Any]] = {}

    def explain(self, sought: Sequence[Sought], held: Sequence[Sought], field: str) -> Diagnosed:
        """Name the variants whose figures equal those of a group, worst units first.

        Every variant is tried on a unit that none of those found so far explains; the ones found
        are then tried on every unit, so that their counts are whole, and on the figures ``held``
        against them. A contradicted one is named where no other explains as much, a reading
        never.
        """
        operation = self._operation(field)
        found: dict[int, None] = {}
        for item in sought:
            if not any(self._gives(at, item, field, operation) for at in found):
                tried = range(len(self._variants[operation]))
                new = [at for at in tried if self._gives(at, item, field, operation)]
                found.update(dict.fromkeys(new))
        causes = {
            at: Cause(
                self._variants[operation][at],
                sum(self._gives(at, item, field, operation) for item in sought),
                sum(not self._gives(at, item, field, operation) for item in held),
            )
            for at in found
        }
        sound = max(
            (cause.explains for cause in causes.values() if not cause.contradicted), default=0
        )
        causes = {
            at: cause
            for at, cause in causes.items()
            if not cause.contradicted or (cause.variant.mistake and cause.explains > sound)
        }
        unexplained = sum(
            not any(self._gives(at, item, field, operation) for at in causes) for item in sought
        )
        listed = sorted(
            causes.values(),
            key=lambda cause: (-cause.explains, cause.contradicted, cause.variant.mistake or "~"),
        )
        return Diagnosed(tuple(listed[:NAMED]), len(sought), unexplained, len(held))

    def _operation(self, field: str) -> str:
        allocating = self._kind is Kind.ALLOCATION and field != "pre_allocation"
        operation = "allocation" if allocating else "pre-allocation"
        if operation not in self._variants:
            self._variants[operation] = variants(operation, self._readings)
        return operation

    def _gives(self, at: int, item: Sought, field: str, operation: str) -> bool:
        key = (operation, at, item.unit)
        if key not in self._given:
            kind = Kind.ALLOCATION if operation == "allocation" else Kind.PRE_ALLOCATION
            _, value = question(item.cells, kind)
            variant = self._variants[operation][at]
            self._given[key] = variant.output(operation, value) or {}
        return _equals(self._given[key].get(field), item.figure)


def _equals(given: Any, figure: int | str) -> bool:
    """Compare an amount exactly, a ratio at the decimals it is written with."""
    if isinstance(figure, int) or given is None:
        return bool(given == figure)
    decimals = len(figure.partition(".")[2])
    difference = abs(Fraction(given) - Fraction(figure))
    return difference <= Fraction(1, 2 * 10**decimals) + Fraction(1, 2 * 10**12)
