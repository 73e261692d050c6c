"""How systems misallocate: functions that take the place of rules of allocation and balance."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

from cets_reference import allocation, balance, records, scope
from cets_reference.allocation import ExactAllocation
from cets_reference.balance import Weight
from cets_reference.clauses import in_force
from cets_reference.parameters import Parameters
from cets_reference.records import Unit
from cets_reference.results import Allocation, Balance
from cets_reference.rule_set import DEFAULT, RuleSet

UNBOUNDED = Fraction(10**18)
"""A bound no deviation reaches."""

Step = Callable[[Unit, ExactAllocation, Fraction, RuleSet], ExactAllocation]


def allocate(unit: Unit, balance_value: Fraction | None, rules: RuleSet) -> Allocation:
    """Allocate to a unit under a rule set, its replaced functions in force."""
    with in_force(rules.replaced):
        exact = allocation.compute_exact(unit, balance_value, rules)
        return allocation.compute_allocation(exact, rules)


def _original(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the rule itself, below what may replace it."""
    original: Callable[..., Any] = function.__wrapped__  # type: ignore[attr-defined]
    return original


def round_half_to_even(exact: Fraction, _rounding: str) -> int:
    """M-01."""
    return round(exact)


def round_up(exact: Fraction, _rounding: str) -> int:
    """M-03."""
    return ceil(exact)


def with_step(step: Step) -> Callable[..., ExactAllocation]:
    """Make an allocation whose computation by intensity goes through ``step``."""

    def compute(unit: Unit, balance_value: Fraction | None, rules: RuleSet) -> ExactAllocation:
        exact: ExactAllocation = _original(allocation.compute_exact)(unit, balance_value, rules)
        if exact.coefficient is None or balance_value is None:
            return exact
        return step(unit, exact, balance_value, rules)

    return compute


def _finish(
    unit: Unit, exact: ExactAllocation, rules: RuleSet, intensity: Fraction, deviation: Fraction
) -> ExactAllocation:
    coefficient = allocation.compute_coefficient(deviation, rules.plan)
    changed = replace(exact, intensity=intensity, deviation=deviation)
    return _with_coefficient(unit, changed, coefficient, rules)


def _with_coefficient(
    unit: Unit, exact: ExactAllocation, coefficient: Fraction, rules: RuleSet
) -> ExactAllocation:
    base = allocation.compute_base(unit, rules)
    allowance = unit.emissions + coefficient * base
    return replace(exact, coefficient=coefficient, allowance=allowance)


def _four(exact: Fraction) -> Fraction:
    """Round to four decimals, half away from zero, as spreadsheets do."""
    scaled = floor(abs(exact) * 10**4 + Fraction(1, 2))
    return Fraction(scaled if exact >= 0 else -scaled, 10**4)


def rounded_intensity(
    unit: Unit, exact: ExactAllocation, balance_value: Fraction, rules: RuleSet
) -> ExactAllocation:
    """M-04."""
    intensity = _four(allocation.compute_intensity(unit))
    deviation = allocation.compute_deviation(intensity, balance_value)
    return _finish(unit, exact, rules, intensity, deviation)


def rounded_deviation(
    unit: Unit, exact: ExactAllocation, balance_value: Fraction, rules: RuleSet
) -> ExactAllocation:
    """M-05."""
    intensity = allocation.compute_intensity(unit)
    deviation = _four(allocation.compute_deviation(intensity, balance_value))
    return _finish(unit, exact, rules, intensity, deviation)


def rounded_coefficient(
    unit: Unit, exact: ExactAllocation, _balance_value: Fraction, rules: RuleSet
) -> ExactAllocation:
    """M-06."""
    return _with_coefficient(unit, exact, _four(exact.coefficient or Fraction(0)), rules)


def divided_by_intensity(
    unit: Unit, exact: ExactAllocation, balance_value: Fraction, rules: RuleSet
) -> ExactAllocation:
    """M-09; an intensity of 0 leaves it at the upper bound."""
    intensity = allocation.compute_intensity(unit)
    deviation = (balance_value - intensity) / intensity if intensity else Fraction(1)
    return _finish(unit, exact, rules, intensity, deviation)


def reversed_sign(
    unit: Unit, exact: ExactAllocation, balance_value: Fraction, rules: RuleSet
) -> ExactAllocation:
    """M-10."""
    intensity = allocation.compute_intensity(unit)
    deviation = -allocation.compute_deviation(intensity, balance_value)
    return _finish(unit, exact, rules, intensity, deviation)


def _single(exact: Fraction) -> Fraction:
    """Store in single precision (IEEE 754 binary32)."""
    stored: float = struct.unpack("f", struct.pack("f", exact.numerator / exact.denominator))[0]
    return Fraction(stored)


def _double(exact: Fraction) -> Fraction:
    """Store in double precision (IEEE 754 binary64)."""
    return Fraction(exact.numerator / exact.denominator)


def _binary(store: Callable[[Fraction], Fraction]) -> Step:
    """Make a computation by intensity that stores every quantity and step in binary."""

    def compute(
        unit: Unit, exact: ExactAllocation, balance_value: Fraction, rules: RuleSet
    ) -> ExactAllocation:
        emissions, balance_stored = store(unit.emissions), store(balance_value)
        processes = unit.process_emissions
        numerator = store(processes.total) if processes else emissions
        intensity = store(numerator / store(unit.output or Fraction(1)))
        deviation = store(store(balance_stored - intensity) / balance_stored)
        coefficient = store(allocation.compute_coefficient(deviation, rules.plan))
        return replace(
            exact,
            intensity=intensity,
            deviation=deviation,
            coefficient=coefficient,
            allowance=store(emissions * store(1 + coefficient)),
            obligation=emissions,
        )

    return compute


single_precision = _binary(_single)
"""M-08."""

double_precision = _binary(_double)
"""No mistake of the list: one of the ways that the arithmetic fingerprint tells apart."""


def benchmark(
    unit: Unit, exact: ExactAllocation, balance_value: Fraction, _rules: RuleSet
) -> ExactAllocation:
    """M-18."""
    return replace(exact, allowance=balance_value * (unit.output or Fraction(0)))


def right_balance(units: Sequence[Unit], rules: RuleSet) -> Balance | None:
    """Solve the balance value by the plan's own figures."""
    found: Balance | None = _original(balance.compute_balance)(
        units, replace(rules, plan=DEFAULT.plan)
    )
    return found


def special_at_fifteen(unit: Unit, plan: Parameters) -> bool:
    """M-22."""
    exactly = unit.carbide_slag_rate == plan.carbide_slag_threshold.value
    return exactly or bool(_original(scope.is_special_line)(unit, plan))


def whole_enterprise(unit: Unit) -> Fraction:
    """M-23."""
    return unit.emissions / (unit.output or Fraction(1))


def ironmaking_alone(unit: Unit) -> Fraction:
    """M-24."""
    processes = unit.process_emissions
    emissions = processes.ironmaking if processes else unit.emissions
    return emissions / (unit.output or Fraction(1))


def with_indirect(value: object, path: str, *, emissions_required: bool = True) -> Unit:
    """M-28; gases, where given, are not held against the sum."""
    unit: Unit = _original(records.read_unit)(value, path, emissions_required=emissions_required)
    if unit.verified_emissions is None or unit.indirect_emissions is None:
        return unit
    total = unit.verified_emissions + unit.indirect_emissions
    return replace(unit, verified_emissions=total, gases=None)


def exclusion_without(reason: str) -> Callable[..., str | None]:
    """M-29, M-30, M-32: forget one reason for being outside."""
    forgotten = {
        "NEW_UNIT": {"commissioned_year": None},
        "CLOSED_UNIT": {"closed_before_verification": False},
        "NOT_LISTED": {"listed": True},
    }[reason]

    def compute(unit: Unit, plan: Parameters) -> str | None:
        changed: Any = replace(unit, **forgotten)  # type: ignore[arg-type]
        found: str | None = _original(scope.compute_exclusion)(changed, plan)
        return found

    return compute


def new_for_two_years(unit: Unit, plan: Parameters) -> str | None:
    """M-33."""
    year = unit.commissioned_year
    later = unit if year is None else replace(unit, commissioned_year=year + 1)
    found: str | None = _original(scope.compute_exclusion)(later, plan)
    return found


def output_weighted_mean(weights: Sequence[Weight], _plan: Parameters) -> Fraction | None:
    """M-34: total emissions over total output."""
    usable = [weight for weight in weights if weight.intensity > 0]
    if not usable:
        return None
    output = sum((weight.base / weight.intensity for weight in usable), Fraction(0))
    return sum((weight.base for weight in usable), Fraction(0)) / output


def plain_mean(weights: Sequence[Weight], _plan: Parameters) -> Fraction | None:
    """M-35."""
    if not weights:
        return None
    return sum((weight.intensity for weight in weights), Fraction(0)) / len(weights)


def emission_weighted_mean(weights: Sequence[Weight], _plan: Parameters) -> Fraction | None:
    """M-36."""
    total = sum((weight.base for weight in weights), Fraction(0))
    if not total:
        return None
    return sum((weight.base * weight.intensity for weight in weights), Fraction(0)) / total


def weights_with_special(units: Sequence[Unit], rules: RuleSet) -> list[Weight]:
    """M-37."""
    return [_weight(unit, rules) for unit in units if _counts(unit, rules, covered_only=True)]


def weights_with_uncovered(units: Sequence[Unit], rules: RuleSet) -> list[Weight]:
    """M-38: units outside the allocation count, special lines do not."""
    return [
        _weight(unit, rules)
        for unit in units
        if _counts(unit, rules, covered_only=False) and not scope.is_special_line(unit, rules.plan)
    ]


def _counts(unit: Unit, rules: RuleSet, *, covered_only: bool) -> bool:
    computable = unit.output and unit.emissions > 0
    if unit.sector == "steel" and unit.process_emissions is None:
        return False
    if unit.year in rules.plan.equal_years.value:
        return False
    covered = scope.compute_exclusion(unit, rules.plan) is None
    return bool(computable) and (covered or not covered_only)


def _weight(unit: Unit, rules: RuleSet) -> Weight:
    intensity = allocation.compute_intensity(unit)
    return Weight(intensity, allocation.compute_base(unit, rules), unit.emissions)


def current_year(unit: Unit, previous: Fraction, rules: RuleSet) -> Fraction:
    """M-40: 70 % of this year's emissions, where they are known."""
    emissions = previous if unit.verified_emissions is None else unit.verified_emissions
    covered = scope.compute_scope(unit, rules.plan).covered
    if not covered or unit.year not in rules.plan.pre_allocation_years.value:
        return Fraction(0)
    return rules.plan.pre_allocation_share.value * emissions
