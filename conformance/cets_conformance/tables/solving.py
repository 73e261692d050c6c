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

Every sum is one of sums over parts of the table, exactly; the guess is made of sketches of the
parts, sorted by intensity, and mended by sums in doubles. Units are gathered only where the
reference decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np

from cets_conformance.tables.exact import Array, positions, sum_by
from cets_conformance.tables.parts import Parts
from cets_conformance.tables.units import Rows
from cets_reference.balance import compute_balance, print_balance_value
from cets_reference.parameters import Parameters
from cets_reference.records import Unit
from cets_reference.rounding import sum_exact
from cets_reference.rule_set import RuleSet

__all__ = ["Weights", "solve", "solve_quickly"]

FEW = 300
"""Units up to which exact fractions are quick enough."""

SKETCHED = 1 << 14
"""Points of a part's sketch."""

_CUT = 10**20
_TRIES = 20
_BLOCK = 1 << 16
_NEAR = 2.0**-40


@dataclass(frozen=True)
class Weights:
    """What units of a part contribute to the balance equation, as columns; in millionths of t."""

    base: Array
    """w, positive."""
    emitted: Array
    """What the intensity is made of."""
    output: Array
    """Output, positive."""

    def __len__(self) -> int:
        """Count the units."""
        return len(self.base)

    @classmethod
    def of(cls, rows: Rows, key: tuple[str, int]) -> Weights:
        """Take the units of a sector and year."""
        at = _members(rows, key)
        return cls(rows.base[at], rows.emitted[at], rows.numbers("output").values[at])

    @cached_property
    def intensity(self) -> Array:
        """I as doubles."""
        found: Array = self.emitted.astype(np.float64) / self.output.astype(np.float64)
        return found


def _members(rows: Rows, key: tuple[str, int]) -> Array:
    """Give the positions of the units of a sector and year that have a weight."""
    group = rows.groups.where(f"{key[0]} {key[1]}".__eq__)
    return positions(group & rows.needs_intensity & (rows.base > 0))


def _units(rows: Rows, key: tuple[str, int]) -> list[Unit]:
    return [rows.unit(position) for position in _members(rows, key).tolist()]


def solve(parts: Parts[Rows], key: tuple[str, int], rules: RuleSet) -> Fraction | None:
    """Solve the balance value of a sector and year, as printed; None where there is none."""
    weights = parts.then(Weights.of, key)
    try:
        if sum(weights.each(len)) > FEW and _is_continuous(rules.plan):
            return solve_quickly(weights, rules)
    except UndecidedError:
        pass
    units = [unit for some in parts.each(_units, key) for unit in some]
    balance = compute_balance(units, rules)
    return None if balance is None else balance.balance_value


class UndecidedError(Exception):
    """A unit stands, or a digit turns, too near for the sum to tell."""


def _is_continuous(plan: Parameters) -> bool:
    """Tell whether the coefficient meets its bounds without a step, as the proof asks."""
    return (
        plan.slope.value * plan.deviation_upper.value == plan.coefficient_upper.value > 0
        and plan.slope.value * plan.deviation_lower.value == plan.coefficient_lower.value < 0
    )


def solve_quickly(parts: Parts[Weights], rules: RuleSet) -> Fraction | None:
    """Solve for many units; raises :class:`UndecidedError` where only the reference can tell."""
    plan = rules.plan
    clean, dirty = (sum(sums) for sums in zip(*parts.each(_by_emitting), strict=True))
    if _pull_of_bounds(clean, dirty, plan) >= 0:
        return None
    guess = _mended(parts, _guess(parts.each(_sketch, SKETCHED), plan), plan)
    for _ in range(_TRIES):
        sides = _Sides(*map(sum, zip(*parts.each(_take_sides, guess, plan), strict=True)))
        if not sides.between and not _pull_of_bounds(sides.clean, sides.dirty, plan):
            return print_balance_value(_greatest(parts, guess, plan), rules) or None
        least, greatest = _solve_for(parts, guess, sides, plan)
        held = _Held(*zip(*parts.each(_hold, guess, least, greatest, plan), strict=True))
        if not all(held.sure):
            raise UndecidedError
        if all(held.same):
            printed = {print_balance_value(end, rules) for end in (least, greatest)}
            if len(printed) > 1 or not any(held.falls):
                raise UndecidedError
            return printed.pop() or None
        guess = least
    raise UndecidedError


def _by_emitting(weights: Weights) -> tuple[int, int]:
    """Sum the weights of the units that emit nothing, and of the others."""
    zero = weights.emitted == 0
    return _total(weights.base[zero]), _total(weights.base[~zero])


class _Sketch(NamedTuple):
    """Units, or bundles of units of nearly one intensity, from the cleanest to the dirtiest."""

    intensity: Array
    weight: Array
    pull: Array
    """Σ w·I of each."""


def _sketch(weights: Weights, points: int) -> _Sketch:
    """Sort a part by intensity, in bundles where it has more units than ``points``."""
    order = np.argsort(weights.intensity)
    intensity = weights.intensity[order]
    weight = weights.base.astype(np.float64)[order]
    sketch = _Sketch(intensity, weight, weight * intensity)
    if len(order) <= points:
        return sketch
    starts = np.arange(0, len(order), -(-len(order) // points))
    return _Sketch(intensity[starts], *(np.add.reduceat(column, starts) for column in sketch[1:]))


def _guess(sketches: Sequence[_Sketch], plan: Parameters) -> Fraction:
    """Halve the distance between two doubles until they meet: near the root, no more is asked."""
    intensity, weight, pull = (np.concatenate(columns) for columns in zip(*sketches, strict=True))
    if len(sketches) > 1:
        order = np.argsort(intensity, kind="stable")
        intensity, weight, pull = intensity[order], weight[order], pull[order]
    weights = np.concatenate([[0.0], np.cumsum(weight)])
    pulls = np.concatenate([[0.0], np.cumsum(pull)])
    upper, lower = float(1 - plan.deviation_upper.value), float(1 - plan.deviation_lower.value)
    slope, most, least = _coefficients(plan)
    low, high = 0.0, float(intensity[-1]) / upper
    while low < (middle := (low + high) / 2) < high:
        clean = np.searchsorted(intensity, upper * middle, "right")
        dirty = np.searchsorted(intensity, lower * middle, "left")
        surplus = most * weights[clean] + least * (weights[-1] - weights[dirty])
        surplus += slope * (weights[dirty] - weights[clean])
        surplus -= slope * (pulls[dirty] - pulls[clean]) / middle
        low, high = (middle, high) if surplus < 0 else (low, middle)
    return Fraction(high)


def _coefficients(plan: Parameters) -> tuple[float, float, float]:
    slope, most, least = plan.slope, plan.coefficient_upper, plan.coefficient_lower
    return float(slope.value), float(most.value), float(least.value)


def _mended(parts: Parts[Weights], guess: Fraction, plan: Parameters) -> Fraction:
    """Take sides at the guess and solve again, in doubles, until that changes nothing much."""
    slope, most, least = _coefficients(plan)
    for _ in range(_TRIES):
        sums = zip(*parts.each(_sum_in_doubles, float(guess), plan), strict=True)
        clean, dirty, between, pull = map(sum, sums)
        weight = slope * between + most * clean + least * dirty
        if weight <= 0 or pull <= 0:
            return guess
        before, guess = guess, Fraction(slope * pull / weight)
        if abs(guess - before) <= _NEAR * guess:
            return guess
    return guess


def _sum_in_doubles(
    weights: Weights, guess: float, plan: Parameters
) -> tuple[float, float, float, float]:
    """Sum weights of units at the upper bound, at the lower, between, and Σ w·I of the last."""
    base = weights.base.astype(np.float64)
    clean = weights.intensity <= guess * float(1 - plan.deviation_upper.value)
    dirty = weights.intensity >= guess * float(1 - plan.deviation_lower.value)
    between = base * ~(clean | dirty)
    pull = float((between * weights.intensity).sum())
    return float((base * clean).sum()), float((base * dirty).sum()), float(between.sum()), pull


def _greatest(parts: Parts[Weights], guess: Fraction, plan: Parameters) -> Fraction:
    """Give the lower end of an interval of zeros without a unit between the bounds.

    It is where the dirtiest of the units at the upper bound meets it.
    """
    return max(parts.each(_dirtiest, guess, plan)) / (1 - plan.deviation_upper.value)


def _dirtiest(weights: Weights, guess: Fraction, plan: Parameters) -> Fraction:
    """Give the greatest intensity of the units at the upper bound, 0 where there is none."""
    clean, _ = _compare(weights, guess, plan)
    most = weights.intensity[clean].max(initial=0.0)
    likely = positions(clean & (weights.intensity >= most * (1 - _NEAR)))
    return max((_exact(weights, at) for at in likely.tolist()), default=Fraction(0))


class _Held(NamedTuple):
    """How the units of all parts stand where B may be, held against their sides at the guess."""

    sure: tuple[bool, ...]
    """The side of no unit depends on where between the two figures B is."""
    same: tuple[bool, ...]
    """No unit is on another side than at the guess."""
    falls: tuple[bool, ...]
    """A unit is between the bounds just below B too, so that the sum is smaller there."""


def _hold(
    weights: Weights, guess: Fraction, least: Fraction, greatest: Fraction, plan: Parameters
) -> tuple[bool, bool, bool]:
    sides, first, last = (_compare(weights, at, plan) for at in (guess, least, greatest))
    lower = float(least * (1 - plan.deviation_lower.value))
    bounded = first[0] | first[1]
    return (
        all((one == other).all() for one, other in zip(first, last, strict=True)),
        all((one == other).all() for one, other in zip(first, sides, strict=True)),
        bool((~bounded & (weights.intensity < lower * (1 - _NEAR))).any()),
    )


def _compare(weights: Weights, balance: Fraction, plan: Parameters) -> tuple[Array, Array]:
    """Compare every intensity with the two bounds of a balance value, exactly."""
    sides = []
    for deviation, above in ((plan.deviation_upper, False), (plan.deviation_lower, True)):
        bound = balance * (1 - deviation.value)
        intensity = weights.intensity
        side = intensity > float(bound) if above else intensity < float(bound)
        near = positions(np.abs(intensity - float(bound)) <= _NEAR * float(bound))
        for at in near.tolist():
            exact = _exact(weights, at)
            side[at] = exact > bound if above else exact < bound
        sides.append(side)
    return sides[0], sides[1]


def _exact(weights: Weights, at: int) -> Fraction:
    return Fraction(int(weights.emitted[at]), int(weights.output[at]))


class _Sides(NamedTuple):
    """Sums of weights by side, and how many units are between the bounds."""

    clean: int
    dirty: int
    free: int
    between: int


def _take_sides(weights: Weights, guess: Fraction, plan: Parameters) -> _Sides:
    clean, dirty = _compare(weights, guess, plan)
    free = ~(clean | dirty)
    clean_sum, dirty_sum, free_sum = (_total(weights.base[s]) for s in (clean, dirty, free))
    return _Sides(clean_sum, dirty_sum, free_sum, int(np.count_nonzero(free)))


def _solve_for(
    parts: Parts[Weights], guess: Fraction, sides: _Sides, plan: Parameters
) -> tuple[Fraction, Fraction]:
    """Solve for B with the units on their sides: the figures between which it lies."""
    if not sides.between:
        raise UndecidedError
    weight = plan.slope.value * sides.free + _pull_of_bounds(sides.clean, sides.dirty, plan)
    if weight <= 0:
        raise UndecidedError
    if sides.between <= FEW:
        solved = plan.slope.value * sum_exact(parts.each(_exact_pull, guess, plan)) / weight
        return solved, solved
    pull, slope = sum(parts.each(_cut_pull, guess, plan)), plan.slope.value / _CUT
    return slope * pull / weight, slope * (pull + sides.between) / weight


def _between(weights: Weights, guess: Fraction, plan: Parameters) -> Array:
    clean, dirty = _compare(weights, guess, plan)
    return positions(~(clean | dirty))


def _cut_pull(weights: Weights, guess: Fraction, plan: Parameters) -> int:
    """Sum w·I of the units between the bounds, each cut off at 10^-20."""
    pull, between = 0, _between(weights, guess, plan)
    for start in range(0, len(between), _BLOCK):
        some = between[start : start + _BLOCK]
        base, emitted = (weights.base[some].astype(object), weights.emitted[some].astype(object))
        pull += int((base * emitted * _CUT // weights.output[some].astype(object)).sum())
    return pull


def _exact_pull(weights: Weights, guess: Fraction, plan: Parameters) -> Fraction:
    """Sum w·I of a few units exactly, as where they stand at the end of a zero interval."""
    between = _between(weights, guess, plan).tolist()
    return sum_exact([int(weights.base[at]) * _exact(weights, at) for at in between])


def _pull_of_bounds(clean: int, dirty: int, plan: Parameters) -> Fraction:
    """Sum what units at a bound contribute, whose weights are summed up, exactly."""
    return plan.coefficient_upper.value * clean + plan.coefficient_lower.value * dirty


def _total(values: Array) -> int:
    return sum_by(np.zeros(len(values), np.int64), values, 1)[0]
