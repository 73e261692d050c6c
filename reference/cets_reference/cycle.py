"""The compliance cycle: one enterprise through 2024 and 2025, as dated events on a ledger.

A fold: every event takes a state and gives the next one; the ledger checks its books after each.
"""

from __future__ import annotations

from collections.abc import Mapping

from cets_reference.allocation import compute_enterprise_allocation
from cets_reference.carry_over import compute_carry_over
from cets_reference.case import Case, State, YearCase
from cets_reference.clauses import clause
from cets_reference.events import get_events
from cets_reference.ledger import EMPTY, apply_flow
from cets_reference.outcomes import Cycle, Handled, Refusal, VintageHolding, YearOutcome
from cets_reference.plan import VINTAGES
from cets_reference.results import EnterpriseAllocation
from cets_reference.rule_set import RuleSet
from cets_reference.surrender import Account, compute_status


@clause("A-7", "R-1", "R-9", "C-8")
def compute_cycle(case: Case, rules: RuleSet) -> Cycle:
    """Take an enterprise through both years; obligations are known throughout."""
    sums = {
        plan.year: compute_enterprise_allocation(plan.units, plan.balance_values, rules)
        for plan in case.years
    }
    ledger = EMPTY
    for vintage, amount in case.opening:
        ledger = apply_flow(ledger, "opening", "enterprise", vintage, amount)
    accounts = {
        plan.year: Account(plan.year, sums[plan.year].obligation, plan.account_frozen)
        for plan in case.years
    }
    state = State(ledger, accounts, {})
    handled: dict[str, Handled] = {}
    for event in get_events(case, sums, rules):
        state, result = event.apply(state, case, rules)
        if result is not None:
            handled[event.path] = result
    return _conclude(case, state, sums, handled, rules)


def _conclude(
    case: Case,
    state: State,
    sums: Mapping[int, EnterpriseAllocation],
    handled: Mapping[str, Handled],
    rules: RuleSet,
) -> Cycle:
    applications = tuple(
        handled[f"/applications/{index}"] for index in range(len(case.applications))
    )
    return Cycle(
        years=tuple(conclude_year(plan, case, state, sums, rules) for plan in case.years),
        carry_over=(
            compute_carry_over(state.entitlement, applications) if state.entitlement else None
        ),
        refusals=tuple(
            Refusal(result.id, result.reason)
            for result in handled.values()
            if result.reason is not None
        ),
        holdings=tuple(
            VintageHolding(
                vintage,
                state.ledger.holding("enterprise", vintage),
                state.ledger.holding("province", vintage),
            )
            for vintage in VINTAGES
        ),
    )


@clause("R-7", "R-8")
def conclude_year(
    plan: YearCase,
    case: Case,
    state: State,
    sums: Mapping[int, EnterpriseAllocation],
    rules: RuleSet,
) -> YearOutcome:
    """State a year's outcome; an issue that has not happened shows 0."""
    account, settlement = state.accounts[plan.year], state.settlements.get(plan.year)
    return YearOutcome(
        year=plan.year,
        pre_allocated=state.pre_allocated if plan.year == case.years[1].year else 0,
        allowance=sums[plan.year].allowance if settlement else 0,
        obligation=account.obligation,
        deduction=settlement.deduction if settlement else 0,
        adjustment=settlement.adjustment if settlement else 0,
        recovery_outstanding=settlement.recovery_outstanding if settlement else 0,
        ccer_used=account.ccer_used,
        surrendered=account.surrendered,
        outstanding=account.outstanding,
        status=compute_status(account, case.as_of, rules),
        certificate=account.outstanding == 0,
    )
