"""What a check found: where it failed, worst first, and the tonnes it is about.

A table may fail in every row, so what failed is kept as positions and differences; a :class:`Row`
is made only of what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from fractions import Fraction
from math import floor
from typing import Any, Protocol

import numpy as np

from cets_conformance.tables.exact import Array
from cets_reference.quantities import print_ratio

__all__ = [
    "NOTHING_TO_JUDGE",
    "Failures",
    "Found",
    "Listed",
    "Reason",
    "Result",
    "Row",
    "Told",
    "in_file_order",
    "merged",
    "printed",
    "told",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One place where a check failed."""

    row: int | None
    """Row number in the file as a person sees it; None where the finding is about many rows."""
    year: int | None = None
    """Year of the unit, where known."""
    unit_id: str | None = None
    """Unit, where known."""
    field: str | None = None
    """Column of the table, by field name."""
    found: int | str | None = None
    """What stands there: an integer for an amount, else text."""
    expected: int | str | None = None
    """What should stand there."""
    difference: int | Fraction | None = None
    """found - expected, t for amounts; orders the rows."""
    code: str | None = None
    """What is wrong, where it is not a difference: catalogue key ``problem.<code>``."""
    values: Mapping[str, str] = member(default_factory=dict)
    """Placeholders of the code's message."""
    province: str | None = None
    """Province of the unit, where known."""
    enterprise_name: str | None = None
    """Its enterprise, where known."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check did not run on some rows: catalogue key ``reason.<code>``."""

    code: str
    """Stable code."""
    values: Mapping[str, str] = member(default_factory=dict)
    """Placeholders of its message."""


NOTHING_TO_JUDGE = Reason("NOTHING_TO_JUDGE")
"""Why a check did not run on a table without rows that it is about."""


class Failures(Protocol):
    """The places where a check failed."""

    def __len__(self) -> int:
        """Count them."""

    def total(self) -> Fraction:
        """Sum the differences without sign, exactly."""

    def worst(self, rows: int | None) -> list[Row]:
        """Give the ``rows`` worst: by difference without sign, then as they stand in the file."""


class Listed(list[Row]):
    """Failures that are few, or each made in its own way."""

    def total(self) -> Fraction:
        """Sum the differences without sign, exactly."""
        return sum((abs(Fraction(row.difference or 0)) for row in self), Fraction(0))

    def worst(self, rows: int | None) -> list[Row]:
        """Give the ``rows`` worst: by difference without sign, then as they stand in the file."""
        return sorted(self, key=_rank)[:rows]


@dataclass(frozen=True, slots=True)
class Found:
    """Failures as columns, in the order of the file."""

    positions: Array
    """Positions of the rows in the table, ascending."""
    make: Callable[[int], Row]
    """Make the row of the index in ``positions``."""
    differences: Array | None = None
    """|difference|: integers, exact, in units of 1/``scale``; or floats, for their order alone;
    None where there is no difference."""
    scale: int = 1
    """What one is divided by in ``differences``."""

    slack: float = 0.0
    """Greatest error of a difference given as a float."""

    def __len__(self) -> int:
        """Count them."""
        return len(self.positions)

    def total(self) -> Fraction:
        """Sum the differences without sign, exactly."""
        if self.differences is None:
            return Fraction(0)
        if self.differences.dtype == np.float64:
            return Listed(map(self.make, range(len(self)))).total()
        return Fraction(sum(self.differences.tolist()), self.scale)

    def worst(self, rows: int | None) -> list[Row]:
        """Give the ``rows`` worst: by difference without sign, then as they stand in the file."""
        count = len(self) if rows is None else min(rows, len(self))
        differences = self.differences
        if differences is None:
            return [self.make(at) for at in range(count)]
        if differences.dtype != np.float64:
            order = np.argsort(-differences, kind="stable")[:count]
            return [self.make(at) for at in order.tolist()]
        likely = np.arange(len(self))
        if 0 < count < len(self):  # whatever may be among the worst; its order is exact
            least = np.partition(differences, len(self) - count)[len(self) - count]
            likely = np.flatnonzero(differences >= least - 2 * self.slack)
        return sorted((self.make(at) for at in likely.tolist()), key=_rank)[:count]


def _rank(row: Row) -> tuple[Fraction, int]:
    return -abs(Fraction(row.difference or 0)), row.row or 0


@dataclass(slots=True)
class Result:
    """What one check did."""

    check: str
    """Id of the check."""
    failures: Failures = member(default_factory=Listed)
    """Where it failed."""
    checked: int = 0
    """Rows it judged."""
    skipped: int = 0
    """Rows it applies to but could not judge."""
    reason: Reason | None = None
    """Why it skipped rows, or does not apply."""
    tonnage: bool = True
    """Whether differences are tonnes."""
    otherwise: Reason = NOTHING_TO_JUDGE
    """Why there was nothing to judge, where no row was judged or skipped."""

    def skip(self, reason: Reason, rows: int = 1) -> None:
        """Count rows that could not be judged; the first reason is kept."""
        if rows:
            self.skipped += rows
            self.reason = self.reason or reason

    def skip_where(self, where: Array, why: Callable[[int], Reason]) -> None:
        """Count the rows of ``where`` as not judged, with the reason of the first."""
        count = int(np.count_nonzero(where))
        if count:
            self.skip(why(int(np.argmax(where))), count)

    @property
    def why(self) -> Reason | None:
        """Why it judged less than it applies to; None where it did not."""
        return self.reason or (None if self.checked or self.skipped else self.otherwise)

    @property
    def status(self) -> str:
        """``failed``, ``not_checked`` (it judged less than it applies to) or ``passed``."""
        if len(self.failures):
            return "failed"
        return "not_checked" if self.why else "passed"

    @property
    def tonnes(self) -> int:
        """Sum of the differences without sign, t, rounded half up where they are not whole."""
        return floor(self.failures.total() + Fraction(1, 2)) if self.tonnage else 0


@dataclass(frozen=True, slots=True)
class Told:
    """Failures as another machine tells them: how many, their sum, and the worst of them."""

    count: int
    """How many."""
    sum: Fraction
    """Sum of the differences without sign, where they are tonnes."""
    rows: list[Row]
    """The worst."""

    def __len__(self) -> int:
        """Count them."""
        return self.count

    def total(self) -> Fraction:
        """Sum the differences without sign, exactly."""
        return self.sum

    def worst(self, rows: int | None) -> list[Row]:
        """Give the ``rows`` worst; ``ValueError`` where not so many were asked for."""
        wanted = self.count if rows is None else min(rows, self.count)
        if wanted > len(self.rows):
            raise ValueError(f"{wanted} rows wanted, {len(self.rows)} kept")
        return self.rows[:wanted]


def told(result: Result, rows: int | None) -> Result:
    """Give a result whose failures stand for themselves, with the ``rows`` worst of them."""
    failures = result.failures
    total = failures.total() if result.tonnage else Fraction(0)
    return replace(result, failures=Told(len(failures), total, failures.worst(rows)))


@dataclass(frozen=True, slots=True)
class _Several:
    """Failures of several parts of a table, in the order of the file."""

    parts: Sequence[Failures]
    then: Callable[[Row], Any]
    """Orders rows that neither difference nor number does."""

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def total(self) -> Fraction:
        return sum((part.total() for part in self.parts), Fraction(0))

    def worst(self, rows: int | None) -> list[Row]:
        found = [row for part in self.parts for row in part.worst(rows)]
        return sorted(found, key=lambda row: (_rank(row), self.then(row)))[:rows]


def _as_they_come(_row: Row) -> int:
    return 0


def merged(results: Sequence[Result], then: Callable[[Row], Any] = _as_they_come) -> Result:
    """Put together what one check found in several parts, in the order of the file.

    ``then`` orders rows that neither difference nor number does, where they do not come in order.
    """
    if len(results) == 1:
        return results[0]
    whole = replace(results[0], failures=_Several([result.failures for result in results], then))
    for result in results[1:]:
        whole.checked += result.checked
        whole.skipped += result.skipped
        whole.reason = whole.reason or result.reason
        if result.otherwise != whole.otherwise:
            whole.otherwise = NOTHING_TO_JUDGE  # what is not so in all parts is not so in the whole
    return whole


def in_file_order(kinds: Sequence[Array]) -> tuple[Array, Array, Array]:
    """Put positions of several kinds, ascending in each, together as they stand in the file.

    Gives the positions, the kind of each, and its place in its kind; of equal ones the first kind's
    goes first.
    """
    if not any(map(len, kinds)):
        none = np.zeros(0, np.int64)
        return none, none, none
    positions = np.concatenate(kinds)
    kind = np.repeat(np.arange(len(kinds)), [len(some) for some in kinds])
    place = np.concatenate([np.arange(len(some)) for some in kinds])
    order = np.argsort(positions, kind="stable")
    return positions[order], kind[order], place[order]


def printed(difference: int | Fraction | None) -> int | str | None:
    """Print a difference for JSON: an integer where it is whole, else a decimal string."""
    if isinstance(difference, Fraction):
        whole = difference.denominator == 1
        return int(difference) if whole else print_ratio(difference).rstrip("0").rstrip(".")
    return difference
