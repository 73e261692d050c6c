"""Quantities: how measured values, ratios and amounts are read and printed.

Inside the reference every quantity is a :class:`fractions.Fraction` or an ``int``; text is met
only here.
"""

from __future__ import annotations

import re
from fractions import Fraction

from cets_reference.clauses import clause
from cets_reference.rounding import round_half_even

MEASURED = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
"""A measured quantity: at most 15 integer and 6 fractional digits, never negative."""

RATIO = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
"""A ratio given as input: at most 12 fractional digits."""

RATIO_DIGITS = 12
"""Fractional digits of a printed ratio."""

GREATEST_AMOUNT = 2**53 - 1
"""Greatest amount accepted as input: the greatest integer every JSON reader keeps exactly."""


@clause("Q-2", "Q-3")
def parse_measured(text: str) -> Fraction | None:
    """Read a measured quantity exactly; None where ``text`` is not one."""
    return Fraction(text) if MEASURED.fullmatch(text) and text.isascii() else None


@clause("Q-3", "Q-5")
def parse_ratio(text: str) -> Fraction | None:
    """Read a given ratio exactly; None where ``text`` is not one."""
    return Fraction(text) if RATIO.fullmatch(text) and text.isascii() else None


@clause("Q-5")
def print_ratio(ratio: Fraction) -> str:
    """Print a ratio with exactly 12 fractional digits, half to even, without a negative zero."""
    scaled = round_half_even(ratio * 10**RATIO_DIGITS)
    whole, fraction = divmod(abs(scaled), 10**RATIO_DIGITS)
    return f"{'-' if scaled < 0 else ''}{whole}.{fraction:0{RATIO_DIGITS}d}"


@clause("Q-2", "Q-3")
def print_decimal(quantity: Fraction) -> str:
    """Print a non-negative quantity of at most 6 fractional digits exactly, no trailing zeros."""
    whole, rest = divmod(quantity, 1)
    digits = rest * 10**6
    if digits.denominator != 1:
        raise ValueError(f"{quantity} has more than 6 fractional digits")
    fraction = f"{int(digits):06d}".rstrip("0")
    return f"{whole}.{fraction}" if fraction else str(whole)
