"""The rule of A-3 to A-5 for whole columns: a filter in doubles in front of exact integers.

A unit allocated by intensity gets A = E + α·w, rounded (Q-4), where α = s·X between the bounds of
X = 1 - r and a constant beyond them, and r = I/B. In exact numbers: e, w, p, q are E, w, the
emissions that the intensity is made of, and the output, in millionths; b is B in units of 10^-12;
r = p·10^12 / (q·b). The *filter* computes A in doubles and knows how far off it may be. Where a
boundary of the rounding, or a bound of X, is nearer than that, the row is *undecided*, and is
computed again in integers. No double decides a tonne.

The bound
---------
u = 2^-53; every operation, and every conversion of an exact number to a double, is right within a
factor 1 + ε, |ε| ≤ u; terms in u² are covered by rounding the constants up. It is taken for
granted, and asked of the plan by :class:`_Doubles`, that 0 ≤ s ≤ 1, that the constant
coefficients are within ±1 and the bounds of X within ±1 with 0 between them; and w ≤ e, which holds
of every unit that makes it here (``PROCESS_EXCEEDS_ENTERPRISE``). E = e/10^6, in t.

1. r̂ = (p̂ / q̂)·k̂ with k = 10^12/b: three conversions, two operations; |r̂ - r| ≤ 5.1u·r.
2. A bound of X is one of r, t ≤ 2, off by 2u as a double. Where |r̂ - t̂| > 32u the sides of t on
   which r and r̂ lie are the same: r̂(1 - 5.1u) > t for r̂ > t + 32u + 2u, and likewise below.
3. Between the bounds r ≤ 2, so that x̂ = 1 - r̂ is off by at most 10.2u + u·|x| ≤ 12u, and
   α̂ = ŝ·x̂ by at most 12u + 2u·|α| ≤ 15u. Beyond them α̂ is off by u.
4. ŵ·α̂ is off by at most w·(15u + 2u·|α|) ≤ 18u·e; ê + ŵ·α̂ by u·e + 18u·e + u·(e + w) ≤ 22u·e.
5. Divided by 10^6 it is off by 22u·E + 2.1u·E ≤ 25u·E; after adding 1/2 by at most
   25u·E + u·(2E + 1) + … ≤ 28u·E + 2u.
6. y + 1/2 - floor(y + 1/2) is exact. So where it lies in [δ, 1 - δ] with δ = 32u·(E + 1) =
   2^-48·(E + 1), A + 1/2 lies strictly between the same two whole numbers, and the floor is right.
   (The roundings of δ itself take less than 4u·(E + 1).)

At E = 10^6 t δ is 3.6·10^-9 t: of a million ordinary rows none or one is undecided. Figures that
tie by nature do not pass the filter at all: E whole and α = 3 % ties in one row of a hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from cets_conformance.tables.exact import MILLION, Array, positions
from cets_reference.parameters import Parameters
from cets_reference.rule_set import RuleSet

__all__ = ["Allocated", "Inputs", "allocate", "share_of"]

_BOUND = 2.0**-48
"""32u."""

_RATIO = 10**12
"""Units of 10^-12 in a ratio."""

_BLOCK = 1 << 15
"""Rows computed at a time."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Units allocated by intensity, as columns of one length."""

    emissions: Array
    """E, millionths of t, exact."""
    base: Array
    """w: what α multiplies, millionths of t, exact."""
    emitted: Array
    """What the intensity is made of, millionths of t, exact."""
    output: Array
    """Output, millionths of t, exact and positive."""
    balance: Array
    """Position of the balance value in ``balances``."""
    balances: Sequence[Fraction]
    """Balance values, positive multiples of 10^-12."""

    def take(self, rows: Array) -> Inputs:
        """Give some of the units, each once."""
        if len(rows) == len(self.emissions):
            return self
        return Inputs(
            emissions=self.emissions[rows],
            base=self.base[rows],
            emitted=self.emitted[rows],
            output=self.output[rows],
            balance=self.balance[rows],
            balances=self.balances,
        )


@dataclass(frozen=True, slots=True)
class Allocated:
    """What the rule gives."""

    allowance: Array
    """Rounded allowance, t, int64."""
    bound: Array
    """1 where the coefficient is at its upper bound, -1 at its lower, 0 between; int8, exact."""
    ratio: Array
    """I/B as double, within 6u of the exact ratio, relatively."""


def allocate(inputs: Inputs, at: Array, rules: RuleSet) -> Allocated:
    """Allocate to the units at some positions by intensity, exactly, under the rules.

    A block at a time, so that what is in between stays in the processor's own memory.
    """
    if len(at) <= _BLOCK:
        return _allocate(inputs.take(at), rules)
    allowance, ratio = np.empty(len(at), np.int64), np.empty(len(at))
    bound = np.empty(len(at), np.int8)
    for start in range(0, len(at), _BLOCK):
        block = slice(start, start + _BLOCK)
        done = _allocate(inputs.take(at[block]), rules)
        allowance[block], bound[block], ratio[block] = done.allowance, done.bound, done.ratio
    return Allocated(allowance, bound, ratio)


def _allocate(inputs: Inputs, rules: RuleSet) -> Allocated:
    plan = _Doubles.of(rules.plan)
    half = 0.0 if rules.readings["rounding"] == "unit_floor" else 0.5
    factors = np.array([value.denominator / value.numerator for value in inputs.balances])
    emissions, base = inputs.emissions.astype(np.float64), inputs.base.astype(np.float64)
    ratio = inputs.emitted.astype(np.float64) / inputs.output.astype(np.float64)
    ratio *= factors[inputs.balance]
    bound = (ratio < plan.cleanest).astype(np.int8) - (ratio > plan.dirtiest)
    tonnes = (emissions + base * _coefficients(ratio, bound, plan)) / MILLION + half
    whole = np.floor(tonnes)
    part, near = tonnes - whole, _BOUND * (emissions / MILLION + 1)
    undecided = (part < near) | (part > 1 - near)
    undecided |= np.abs(ratio - plan.cleanest) <= _BOUND
    undecided |= np.abs(ratio - plan.dirtiest) <= _BOUND
    if not plan.provable:
        undecided[:] = True
    rows = positions(undecided)
    whole[rows] = 0
    allowance = whole.astype(np.int64)
    if len(rows):
        allowance[rows], bound[rows] = _allocate_exactly(inputs.take(rows), rules)
    return Allocated(allowance, bound, ratio)


def _coefficients(ratio: Array, bound: Array, plan: _Doubles) -> Array:
    coefficients = 1 - ratio
    coefficients *= plan.slope
    coefficients[bound > 0] = plan.upper
    coefficients[bound < 0] = plan.lower
    return coefficients


class _Doubles(NamedTuple):
    """The plan's figures as doubles."""

    slope: float
    """s."""
    cleanest: float
    """The ratio below which the coefficient is ``upper``: 1 less the upper bound of X."""
    dirtiest: float
    """The ratio above which it is ``lower``."""
    upper: float
    """Coefficient at its upper bound."""
    lower: float
    """Coefficient at its lower bound."""
    provable: bool
    """Whether the figures are within what the bound takes for granted."""

    @classmethod
    def of(cls, plan: Parameters) -> _Doubles:
        """Take those of a plan."""
        figures = (
            plan.slope,
            plan.deviation_upper,
            plan.deviation_lower,
            plan.coefficient_upper,
            plan.coefficient_lower,
        )
        # to hash fractions takes longer than all the rest
        return _doubles(*(figure.value.as_integer_ratio() for figure in figures))


@lru_cache(1 << 6)
def _doubles(*ratios: tuple[int, int]) -> _Doubles:
    slope, most, least, upper, lower = (Fraction(*ratio) for ratio in ratios)
    return _Doubles(
        float(slope),
        float(1 - most),
        float(1 - least),
        float(upper),
        float(lower),
        0 <= slope <= 1 and -1 <= least < 0 < most <= 1 and max(abs(upper), abs(lower)) <= 1,
    )


def _allocate_exactly(inputs: Inputs, rules: RuleSet) -> tuple[Array, Array]:
    """Give allowance and bound of undecided units, in Python's integers throughout."""
    plan = rules.plan
    half = 0 if rules.readings["rounding"] == "unit_floor" else MILLION // 2
    balances = np.array([int(value * _RATIO) for value in inputs.balances], object)
    emissions, base = inputs.emissions.astype(object) + half, inputs.base.astype(object)
    whole = inputs.output.astype(object) * balances[inputs.balance]  # X = part / whole
    part = whole - inputs.emitted.astype(object) * _RATIO
    bound = np.zeros(len(whole), np.int8)
    bound[
        part * plan.deviation_upper.value.denominator
        >= whole * plan.deviation_upper.value.numerator
    ] = 1
    bound[
        part * plan.deviation_lower.value.denominator
        <= whole * plan.deviation_lower.value.numerator
    ] = -1
    slope = plan.slope.value
    allowance = np.empty(len(whole), np.int64)
    free = bound == 0
    whole, part = whole[free] * slope.denominator, part[free] * slope.numerator
    allowance[free] = (whole * emissions[free] + part * base[free]) // (whole * MILLION)
    for side, coefficient in (
        (1, plan.coefficient_upper.value),
        (-1, plan.coefficient_lower.value),
    ):
        at = bound == side
        sum_ = coefficient.denominator * emissions[at] + coefficient.numerator * base[at]
        allowance[at] = sum_ // (coefficient.denominator * MILLION)
    return allowance, bound


def share_of(quantity: Array, share: Fraction, rounding: str) -> Array:
    """Round a share of measured quantities to whole tonnes, int64 (I-2, Q-4)."""
    factor = max(share.numerator, share.denominator)
    if quantity.dtype != object and int(quantity.max(initial=0)) + MILLION > 2**62 // factor:
        quantity = quantity.astype(object)
    half = 0 if rounding == "unit_floor" else MILLION // 2
    rounded = (share.numerator * quantity + share.denominator * half) // (
        share.denominator * MILLION
    )
    return rounded.astype(np.int64)
