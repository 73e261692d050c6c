"""What a check found: rows, worst first, and the tonnes they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from fractions import Fraction
from math import floor

from cets_reference.quantities import print_ratio

__all__ = ["Reason", "Result", "Row", "printed"]


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check did not run on some rows: catalogue key ``reason.<code>``."""

    code: str
    """Stable code."""
    values: Mapping[str, str] = member(default_factory=dict)
    """Placeholders of its message."""


@dataclass(slots=True)
class Result:
    """What one check did, filled row by row."""

    check: str
    """Id of the check."""
    rows: list[Row] = member(default_factory=list)
    """Where it failed, in any order."""
    checked: int = 0
    """Rows it judged."""
    skipped: int = 0
    """Rows it applies to but could not judge."""
    reason: Reason | None = None
    """Why it judged less than it applies to."""
    tonnage: bool = True
    """Whether differences are tonnes."""

    def skip(self, reason: Reason, rows: int = 1) -> None:
        """Count rows that could not be judged; the first reason is kept."""
        self.skipped += rows
        self.reason = self.reason or reason

    @property
    def status(self) -> str:
        """``failed``, ``not_checked`` (it judged less than it applies to) or ``passed``."""
        if self.rows:
            return "failed"
        return "not_checked" if self.why else "passed"

    @property
    def why(self) -> Reason | None:
        """Why it judged less than it applies to; None where it did not."""
        nothing = not self.checked and not self.skipped
        return self.reason or (Reason("NOTHING_TO_JUDGE") if nothing else None)

    @property
    def tonnes(self) -> int:
        """Sum of the differences without sign, t, rounded half up where they are not whole."""
        if not self.tonnage:
            return 0
        total = sum((abs(Fraction(row.difference or 0)) for row in self.rows), Fraction(0))
        return floor(total + Fraction(1, 2))

    def worst_first(self) -> list[Row]:
        """Rows by difference without sign, greatest first; then as they stand in the file."""
        return sorted(
            self.rows, key=lambda row: (-abs(Fraction(row.difference or 0)), row.row or 0)
        )


def printed(difference: int | Fraction | None) -> int | str | None:
    """Print a difference for JSON: an integer where it is whole, else a decimal string."""
    if isinstance(difference, Fraction):
        whole = difference.denominator == 1
        return int(difference) if whole else print_ratio(difference).rstrip("0").rstrip(".")
    return difference
