"""Allocation: from verified emissions to a unit's and an enterprise's allowances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cets_reference.clauses import clause
from cets_reference.parameters import Parameters
from cets_reference.records import Unit
from cets_reference.results import Allocation, EnterpriseAllocation, Scope, UnitAllocation
from cets_reference.rounding import round_tonnes, sum_tonnes
from cets_reference.rule_set import RuleSet
from cets_reference.scope import compute_scope


@dataclass(frozen=True, slots=True)
class ExactAllocation:
    """A unit's allocation before anything is rounded."""

    scope: Scope
    """Coverage and method."""
    intensity: Fraction | None = None
    """I, t CO2e per t of product; None where not computed."""
    deviation: Fraction | None = None
    """X, a pure number; None where not computed."""
    coefficient: Fraction | None = None
    """α, a pure number; None where not computed."""
    allowance: Fraction = Fraction(0)
    """A, t CO2e."""
    obligation: Fraction = Fraction(0)
    """O, t CO2e."""


@clause("A-5")
def compute_intensity(unit: Unit) -> Fraction:
    """I = E / output; for steel (ironmaking + sintering) / hot metal. t CO2e per t."""
    emissions = unit.process_emissions.total if unit.process_emissions else unit.emissions
    if not unit.output:
        raise ValueError("an intensity needs a positive output")
    return emissions / unit.output


@clause("A-3")
def compute_deviation(intensity: Fraction, balance_value: Fraction) -> Fraction:
    """X = (B - I) / B: positive where the unit is cleaner than the balance value."""
    return (balance_value - intensity) / balance_value


@clause("A-4")
def compute_coefficient(deviation: Fraction, plan: Parameters) -> Fraction:
    """α = 0.15·X between the bounds, +0.03 from X = 0.20 up, -0.03 from X = -0.20 down."""
    if deviation >= plan.deviation_upper.value:
        return plan.coefficient_upper.value
    if deviation <= plan.deviation_lower.value:
        return plan.coefficient_lower.value
    return plan.slope.value * deviation


@clause("A-2")
def compute_base(unit: Unit, rules: RuleSet) -> Fraction:
    """Give what α multiplies, t CO2e: E, or a steel enterprise's main processes if so read."""
    if unit.process_emissions and rules.readings["steel_base"] == "main_processes":
        return unit.process_emissions.total
    return unit.emissions


@clause("S-7", "R-1")
def compute_obligation(unit: Unit, scope: Scope, rules: RuleSet) -> Fraction:
    """Give what must be surrendered, t CO2e: E where covered, else 0.

    New and closed units surrender all the same where the reading says so.
    """
    surrenders = scope.covered or (
        scope.reason in {"NEW_UNIT", "CLOSED_UNIT"}
        and rules.readings["excluded_unit_obligation"] == "verified_emissions"
    )
    return unit.emissions if surrenders else Fraction(0)


@clause("A-1", "A-2")
def compute_exact(unit: Unit, balance_value: Fraction | None, rules: RuleSet) -> ExactAllocation:
    """Allocate to one unit exactly: A = E, A = E + α·base, or nothing.

    ``balance_value`` is asked for only where an intensity is computed (method ``intensity``,
    E > 0).
    """
    scope = compute_scope(unit, rules.plan)
    obligation = compute_obligation(unit, scope, rules)
    if scope.method == "none":
        return ExactAllocation(scope, obligation=obligation)
    if scope.method == "equal" or unit.emissions == 0:
        return ExactAllocation(scope, allowance=unit.emissions, obligation=obligation)
    if balance_value is None:
        raise ValueError("allocation by intensity needs a balance value")
    intensity = compute_intensity(unit)
    deviation = compute_deviation(intensity, balance_value)
    coefficient = compute_coefficient(deviation, rules.plan)
    allowance = unit.emissions + coefficient * compute_base(unit, rules)
    return ExactAllocation(scope, intensity, deviation, coefficient, allowance, obligation)


@clause("Q-4", "A-9")
def compute_allocation(exact: ExactAllocation, rules: RuleSet) -> Allocation:
    """Round a unit's exact allocation to whole tonnes; surplus = allowance - obligation."""
    rounding = rules.readings["rounding"]
    allowance = round_tonnes(exact.allowance, rounding)
    obligation = round_tonnes(exact.obligation, rounding)
    return Allocation(
        covered=exact.scope.covered,
        reason=exact.scope.reason,
        method=exact.scope.method,
        intensity=exact.intensity,
        deviation=exact.deviation,
        coefficient=exact.coefficient,
        allowance=allowance,
        obligation=obligation,
        surplus=allowance - obligation,
    )


@clause("A-7", "A-9", "R-1")
def compute_enterprise_allocation(
    units: Sequence[Unit], balance_values: Mapping[str, Fraction], rules: RuleSet
) -> EnterpriseAllocation:
    """Sum an enterprise's units; its surplus rate is of the printed amounts."""
    exact = [compute_exact(unit, balance_values.get(unit.sector), rules) for unit in units]
    rounding = rules.readings["rounding"]
    allowance = sum_tonnes((item.allowance for item in exact), rounding)
    obligation = sum_tonnes((item.obligation for item in exact), rounding)
    return EnterpriseAllocation(
        units=tuple(
            UnitAllocation(unit.unit_id, compute_allocation(item, rules))
            for unit, item in zip(units, exact, strict=True)
        ),
        allowance=allowance,
        obligation=obligation,
        surplus=allowance - obligation,
        surplus_rate=Fraction(allowance - obligation, obligation) if obligation else None,
    )
