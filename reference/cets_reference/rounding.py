"""Rounding: the only place where a number loses anything."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import floor

from cets_reference.clauses import clause

HALF = Fraction(1, 2)


@clause("Q-4")
def round_half_up(exact: Fraction) -> int:
    """Round to a whole number, halves upwards: floor(x + 1/2)."""
    return floor(exact + HALF)


def round_half_even(exact: Fraction) -> int:
    """Round to a whole number, halves to the even neighbour (``Fraction`` rounds exactly so)."""
    return round(exact)


@clause("Q-4")
def round_tonnes(exact: Fraction, rounding: str) -> int:
    """Round an allowance, obligation or pre-allocation to whole tonnes under reading ``rounding``.

    ``enterprise_half_up`` shows unit figures as half-up too; only sums differ
    (:func:`sum_tonnes`).
    """
    return floor(exact) if rounding == "unit_floor" else round_half_up(exact)


@clause("Q-4", "A-7")
def sum_tonnes(exact: Iterable[Fraction], rounding: str) -> int:
    """Sum exact unit values to whole tonnes: unit by unit, or once under ``enterprise_half_up``."""
    if rounding == "enterprise_half_up":
        return round_half_up(sum_exact(list(exact)))
    return sum(round_tonnes(value, rounding) for value in exact)


@clause("Q-3")
def sum_exact(values: list[Fraction]) -> Fraction:
    """Sum fractions by halves.

    Denominators multiply up; adding one by one would carry the long one through every step.
    """
    if len(values) <= 2:
        return sum(values, Fraction(0))
    middle = len(values) // 2
    return sum_exact(values[:middle]) + sum_exact(values[middle:])
