"""Issuance: pre-allocation, settlement at the verified stage, amendment of verified results."""

from __future__ import annotations

from fractions import Fraction

from cets_reference.clauses import clause
from cets_reference.outcomes import Amendment, Settlement
from cets_reference.records import Unit
from cets_reference.results import PreAllocation
from cets_reference.rounding import round_tonnes
from cets_reference.rule_set import RuleSet
from cets_reference.scope import compute_scope


@clause("I-1", "I-2")
def compute_exact_pre_allocation(
    unit: Unit, previous_year_emissions: Fraction, rules: RuleSet
) -> Fraction:
    """Give 70 % of the previous year's verified emissions, t; nothing in 2024 or outside scope."""
    covered = compute_scope(unit, rules.plan).covered
    if not covered or unit.year not in rules.plan.pre_allocation_years.value:
        return Fraction(0)
    return rules.plan.pre_allocation_share.value * previous_year_emissions


@clause("I-2", "Q-4")
def compute_pre_allocation(
    unit: Unit, previous_year_emissions: Fraction, rules: RuleSet
) -> PreAllocation:
    """Round a unit's pre-allocation to whole tonnes."""
    scope = compute_scope(unit, rules.plan)
    exact = compute_exact_pre_allocation(unit, previous_year_emissions, rules)
    return PreAllocation(
        covered=scope.covered,
        reason=scope.reason,
        pre_allocation=round_tonnes(exact, rules.readings["rounding"]),
    )


@clause("I-3")
def compute_recovery(amount: int, holding: int | None) -> int:
    """Give what can be recovered of ``amount``, t: what the account holds (None: enough)."""
    return amount if holding is None else min(amount, holding)


@clause("I-6")
def compute_deduction(arrears: int, verified_allowance: int, rules: RuleSet) -> int:
    """Give what is deducted for an earlier year's arrears, t: at most the allowance."""
    if rules.readings["arrears_deduction"] == "none":
        return 0
    return min(arrears, verified_allowance)


@clause("I-3", "I-5", "I-6")
def compute_settlement(
    verified_allowance: int,
    pre_allocated: int,
    deduction: int,
    holding: int | None,
    *,
    high_risk: bool,
) -> Settlement:
    """Settle the verified stage: issue what is missing, recover what was too much."""
    entitlement = verified_allowance - deduction
    adjustment = entitlement - pre_allocated
    recovered = compute_recovery(max(0, -adjustment), holding)
    return Settlement(
        deduction=deduction,
        entitlement=entitlement,
        adjustment=adjustment,
        issued=max(0, adjustment),
        recovered=recovered,
        recovery_outstanding=max(0, -adjustment) - recovered,
        account="province" if high_risk else "enterprise",
    )


@clause("I-4")
def compute_amendment(
    allowances: tuple[int, int], obligations: tuple[int, int], surrendered: int, holding: int | None
) -> Amendment:
    """Issue or recover what a changed verification result changes; (before, after), t."""
    allowance_change = allowances[1] - allowances[0]
    recovered = compute_recovery(max(0, -allowance_change), holding)
    return Amendment(
        allowance_change=allowance_change,
        issued=max(0, allowance_change),
        recovered=recovered,
        recovery_outstanding=max(0, -allowance_change) - recovered,
        obligation_change=obligations[1] - obligations[0],
        outstanding=max(0, obligations[1] - surrendered),
        over_surrendered=max(0, surrendered - obligations[1]),
    )
