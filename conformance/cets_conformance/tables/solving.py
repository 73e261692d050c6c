"""The balance value of a million units: found in doubles, then solved and proved in integers.

The balance value is the least B > 0 at which Σ w·α(I, B) = 0 (B-1). Once it is known which units
are at a bound there, the equation is linear in 1/B:

    B = s·Σ w·I / (s·Σ w + α⁺·Σ w⁺ + α⁻·Σ w⁻)

(Σ over the units between the bounds, Σ⁺ over those at the upper bound, Σ⁻ at the lower). So a
guess in doubles is enough to take sides; B follows in integers, and then every unit is held
against it. A guess that proves right is the solution: the sum is continuous and never falls, it
is zero at B, and it is smaller below B where any unit is between the bounds just below B. A guess
that does not is replaced by the sides that its B gives.

Σ w·I is a sum of fractions with a million denominators. Each is cut off at 10^-20 of a millionth of
a tonne, so that the sum is known within n·10^-20, and with it B; what is asked of B is its printed
digits. Where those, or the side of a unit, are not settled by that (a tie that someone made), the
reference itself decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from cets_conformance.tables.exact import Array, sum_by
from cets_conformance.tables.units import Rows
from cets_reference.balance import compute_balance, print_balance_value
from cets_reference.parameters import Parameters
from cets_reference.rule_set import RuleSet

__all__ = ["Weights", "solve", "solve_quickly"]

FEW = 300
"""Units up to which the reference is quick enough."""

_CUT = 10**20
_TRIES = 20
_BLOCK = 1 << 16
_NEAR = 2.0**-40


@dataclass(frozen=True, slots=True)
class Weights:
    """What units contribute to the balance equation, as columns; all in millionths of t."""

    base: Array
    """w, positive."""
    emitted: Array
    """What the intensity is made of."""
    output: Array
    """Output, positive."""


def solve(rows: Rows, at: Array) -> Fraction | None:
    """Solve the balance value of the units at some positions, as printed; None where none is."""
    at = at[rows.base[at] > 0]
    weights = Weights(rows.base[at], rows.emitted[at], rows.numbers("output").values[at])
    try:
        if len(at) > FEW and _is_continuous(rows.rules.plan):
            return solve_quickly(weights, rows.rules)
    except UndecidedError:
        pass
    balance = compute_balance([rows.unit(position) for position in at.tolist()], rows.rules)
    return None if balance is None else balance.balance_value


class UndecidedError(Exception):
    """A unit stands, or a digit turns, too near for the sum to tell."""


def _is_continuous(plan: Parameters) -> bool:
    """Tell whether the coefficient meets its bounds without a step, as the proof asks."""
    return (
        plan.slope.value * plan.deviation_upper.value == plan.coefficient_upper.value > 0
        and plan.slope.value * plan.deviation_lower.value == plan.coefficient_lower.value < 0
    )


def solve_quickly(weights: Weights, rules: RuleSet) -> Fraction | None:
    """Solve for many units; raises :class:`UndecidedError` where only the reference can tell."""
    plan = rules.plan
    zero = weights.emitted == 0
    if _pull_of_bounds(weights, zero, ~zero, plan) >= 0:
        return None
    intensity = weights.emitted.astype(np.float64) / weights.output.astype(np.float64)
    guess = _guess(intensity, weights.base.astype(np.float64), plan)
    for _ in range(_TRIES):
        clean, dirty = _sides(weights, intensity, guess, guess, plan)
        if (clean | dirty).all() and not _pull_of_bounds(weights, clean, dirty, plan):
            return print_balance_value(_greatest(weights, intensity, clean, plan), rules) or None
        least, greatest = _solve_for(weights, clean, dirty, plan)
        settled = _sides(weights, intensity, least, greatest, plan)
        if (settled[0] == clean).all() and (settled[1] == dirty).all():
            printed = {print_balance_value(end, rules) for end in (least, greatest)}
            if len(printed) > 1 or not _falls_below(intensity, clean | dirty, least, plan):
                raise UndecidedError
            return printed.pop() or None
        guess = least
    raise UndecidedError


def _guess(intensity: Array, base: Array, plan: Parameters) -> Fraction:
    """Halve the distance between two doubles until they meet: near the root, no more is asked."""
    order = np.argsort(intensity)
    sorted_, weight = intensity[order], base[order]
    weights = np.concatenate([[0.0], np.cumsum(weight)])
    pulls = np.concatenate([[0.0], np.cumsum(weight * sorted_)])
    upper, lower = float(1 - plan.deviation_upper.value), float(1 - plan.deviation_lower.value)
    slope, most, least = (
        float(parameter.value)
        for parameter in (plan.slope, plan.coefficient_upper, plan.coefficient_lower)
    )
    low, high = 0.0, float(sorted_[-1]) / upper
    while low < (middle := (low + high) / 2) < high:
        clean = np.searchsorted(sorted_, upper * middle, "right")
        dirty = np.searchsorted(sorted_, lower * middle, "left")
        surplus = most * weights[clean] + least * (weights[-1] - weights[dirty])
        surplus += slope * (weights[dirty] - weights[clean])
        surplus -= slope * (pulls[dirty] - pulls[clean]) / middle
        low, high = (middle, high) if surplus < 0 else (low, middle)
    return Fraction(high)


def _greatest(weights: Weights, intensity: Array, clean: Array, plan: Parameters) -> Fraction:
    """Give the lower end of an interval of zeros without a unit between the bounds.

    It is where the dirtiest of the units at the upper bound meets it.
    """
    most = intensity[clean].max()
    likely = np.flatnonzero(clean & (intensity >= most * (1 - _NEAR)))
    return max(
        Fraction(int(weights.emitted[at]), int(weights.output[at])) for at in likely.tolist()
    ) / (1 - plan.deviation_upper.value)


def _falls_below(intensity: Array, bounded: Array, balance: Fraction, plan: Parameters) -> bool:
    """Tell whether the sum is smaller just below B: a unit is between the bounds there too."""
    lower = float(balance * (1 - plan.deviation_lower.value))
    return bool((~bounded & (intensity < lower * (1 - _NEAR))).any())


def _sides(
    weights: Weights, intensity: Array, least: Fraction, greatest: Fraction, plan: Parameters
) -> tuple[Array, Array]:
    """Tell which units are at the upper and at the lower bound for a B between two figures.

    What is near a bound is compared in integers; UndecidedError where a unit's place depends on
    which B it is.
    """
    clean, dirty = _compare(weights, intensity, least, plan)
    if greatest != least:
        for side, other in zip(
            (clean, dirty), _compare(weights, intensity, greatest, plan), strict=True
        ):
            if (side != other).any():
                raise UndecidedError
    return clean, dirty


def _compare(
    weights: Weights, intensity: Array, balance: Fraction, plan: Parameters
) -> tuple[Array, Array]:
    """Compare every intensity with the two bounds of a balance value, exactly."""
    sides = []
    for deviation, above in ((plan.deviation_upper, False), (plan.deviation_lower, True)):
        bound = balance * (1 - deviation.value)
        side = intensity > float(bound) if above else intensity < float(bound)
        near = np.flatnonzero(np.abs(intensity - float(bound)) <= _NEAR * float(bound))
        for at in near.tolist():
            exact = Fraction(int(weights.emitted[at]), int(weights.output[at]))
            side[at] = exact > bound if above else exact < bound
        sides.append(side)
    return sides[0], sides[1]


def _solve_for(
    weights: Weights, clean: Array, dirty: Array, plan: Parameters
) -> tuple[Fraction, Fraction]:
    """Solve for B with the units on their sides: the figures between which it lies."""
    between = np.flatnonzero(~(clean | dirty))
    if not len(between):
        raise UndecidedError
    weight = plan.slope.value * _total(weights.base[between])
    weight += _pull_of_bounds(weights, clean, dirty, plan)
    if weight <= 0:
        raise UndecidedError
    pull = 0
    for start in range(0, len(between), _BLOCK):
        some = between[start : start + _BLOCK]
        base, emitted = (weights.base[some].astype(object), weights.emitted[some].astype(object))
        pull += int((base * emitted * _CUT // weights.output[some].astype(object)).sum())
    slope = plan.slope.value / _CUT
    return slope * pull / weight, slope * (pull + len(between)) / weight


def _pull_of_bounds(weights: Weights, clean: Array, dirty: Array, plan: Parameters) -> Fraction:
    """Sum what the units at a bound contribute, exactly."""
    return plan.coefficient_upper.value * _total(
        weights.base[clean]
    ) + plan.coefficient_lower.value * _total(weights.base[dirty])


def _total(values: Array) -> int:
    return sum_by(np.zeros(len(values), np.int64), values, 1)[0]
