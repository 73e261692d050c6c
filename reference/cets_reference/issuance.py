"""Issuance: pre-allocation before the year's emissions are verified."""

from __future__ import annotations

from fractions import Fraction

from cets_reference.clauses import clause
from cets_reference.records import Unit
from cets_reference.results import PreAllocation
from cets_reference.rounding import round_tonnes
from cets_reference.rule_set import RuleSet
from cets_reference.scope import compute_scope


@clause("I-1", "I-2")
def compute_pre_allocation(
    unit: Unit, previous_year_emissions: Fraction, rules: RuleSet
) -> PreAllocation:
    """Give 70 % of the previous year's verified emissions, t; nothing in 2024 or outside scope."""
    scope = compute_scope(unit, rules.plan)
    exact = Fraction(0)
    if scope.covered and unit.year in rules.plan.pre_allocation_years.value:
        exact = rules.plan.pre_allocation_share.value * previous_year_emissions
    return PreAllocation(
        covered=scope.covered,
        reason=scope.reason,
        pre_allocation=round_tonnes(exact, rules.readings["rounding"]),
    )
