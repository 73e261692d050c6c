"""Balance: the intensity at which a sector's allowances equal its verified emissions.

Σ w·α(I, B) = 0 over the units allocated by intensity. As a function of B the sum is continuous
and never falls; between two neighbouring breakpoints B = I / 0.8 and B = I / 1.2 (where a unit
meets a bound) it is linear in 1/B. So the root is found among sorted breakpoints and then solved
for, exactly: no iteration, no tolerance.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from cets_reference.allocation import (
    compute_base,
    compute_coefficient,
    compute_deviation,
    compute_intensity,
)
from cets_reference.clauses import clause
from cets_reference.parameters import Parameters
from cets_reference.quantities import RATIO_DIGITS
from cets_reference.records import Unit
from cets_reference.results import Balance
from cets_reference.rounding import HALF, round_half_even, sum_exact
from cets_reference.rule_set import RuleSet
from cets_reference.scope import needs_intensity


@dataclass(frozen=True, slots=True)
class Weight:
    """What one unit contributes to the balance equation."""

    intensity: Fraction
    """I, t CO2e per t of product."""
    base: Fraction
    """w, t CO2e: what α multiplies; positive."""
    emissions: Fraction
    """E, t CO2e."""


@clause("B-1", "B-2")
def get_weights(units: Sequence[Unit], rules: RuleSet) -> list[Weight]:
    """Take the units that count: allocated by intensity, E > 0, with something α multiplies."""
    return [
        Weight(compute_intensity(unit), base, unit.emissions)
        for unit in units
        if needs_intensity(unit, rules.plan) and (base := compute_base(unit, rules)) > 0
    ]


@clause("B-1")
def compute_surplus(
    weights: Sequence[Weight], balance_value: Fraction, plan: Parameters
) -> Fraction:
    """Σ w·α(I, B), t CO2e: the sector's surplus at a balance value, before rounding."""
    return sum_exact(
        [
            weight.base
            * compute_coefficient(compute_deviation(weight.intensity, balance_value), plan)
            for weight in weights
        ]
    )


@clause("B-1", "B-2", "B-3")
def solve_balance_value(weights: Sequence[Weight], plan: Parameters) -> Fraction | None:
    """Give the least B > 0 at which the surplus is zero; None where there is no least one.

    Let b be the least breakpoint with a surplus that is not negative. Below it the surplus is
    negative, so the root lies after the breakpoint before b, and no breakpoint lies between.
    """
    upper, lower = 1 - plan.deviation_upper.value, 1 - plan.deviation_lower.value
    breakpoints = sorted(
        {weight.intensity / edge for weight in weights for edge in (upper, lower)} - {0}
    )
    index = bisect_left(
        breakpoints, Fraction(0), key=lambda value: compute_surplus(weights, value, plan)
    )
    if index == 0:  # zero or positive however small B is (or no breakpoint at all)
        return None
    before, root = breakpoints[index - 1], breakpoints[index]
    clean = [w.base for w in weights if w.intensity / upper <= before]
    dirty = [w.base for w in weights if w.intensity / lower >= root]
    between = [w for w in weights if w.intensity / lower < root and w.intensity / upper > before]
    # clean·α⁺ + dirty·α⁻ + slope·Σ w·(1 - I/B) = 0, solved for B
    bounded = plan.coefficient_upper.value * sum_exact(
        clean
    ) + plan.coefficient_lower.value * sum_exact(dirty)
    free = plan.slope.value * sum_exact([w.base for w in between])
    pull = plan.slope.value * sum_exact([w.base * w.intensity for w in between])
    return pull / (free + bounded)


@clause("B-4", "Q-5")
def print_balance_value(solved: Fraction, rules: RuleSet) -> Fraction:
    """Give the balance value as it is printed and used: 12 digits, first 4 if so read."""
    if rules.readings["balance_precision"] == "four_decimals":
        return Fraction(floor(solved * 10**4 + HALF), 10**4)
    return Fraction(round_half_even(solved * 10**RATIO_DIGITS), 10**RATIO_DIGITS)


@clause("B-1", "B-2", "B-4", "A-9")
def compute_balance(units: Sequence[Unit], rules: RuleSet) -> Balance | None:
    """Solve a sector's balance value and its surplus rate there; None where none exists.

    A solved value that prints as zero is none either: nothing can be computed with it.
    """
    weights = get_weights(units, rules)
    solved = solve_balance_value(weights, rules.plan)
    if solved is None or not (printed := print_balance_value(solved, rules)):
        return None
    total = sum_exact([weight.emissions for weight in weights])
    return Balance(
        units_counted=len(weights),
        total_emissions=total,
        balance_value=printed,
        surplus_rate=compute_surplus(weights, printed, rules.plan) / total,
    )
