"""Events of the compliance cycle: each takes a state and gives the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from cets_reference.carry_over import (
    compute_entitlement,
    compute_net_sold,
    handle_application,
    is_eligible,
)
from cets_reference.case import Case, State, YearCase
from cets_reference.clauses import clause
from cets_reference.dealings import Application, Submission, Trade
from cets_reference.errors import RuleError
from cets_reference.issuance import (
    compute_deduction,
    compute_exact_pre_allocation,
    compute_settlement,
)
from cets_reference.ledger import Ledger, apply_flow, apply_release
from cets_reference.outcomes import Handled
from cets_reference.results import EnterpriseAllocation
from cets_reference.rounding import sum_tonnes
from cets_reference.rule_set import RuleSet
from cets_reference.surrender import (
    apply_surrender,
    compute_remaining,
    get_deadline,
    handle_submission,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens on a day; ``rank`` orders the day, ``path`` is its place."""

    day: date
    rank: int
    path: str
    apply: Callable[[State, Case, RuleSet], tuple[State, Handled | None]]


@clause("R-9", "I-3", "C-5")
def get_events(case: Case, sums: Mapping[int, EnterpriseAllocation], rules: RuleSet) -> list[Event]:
    """Order all that happens up to ``as_of``: by day, by rank within the day, then as given."""
    events = [
        *_issue_events(case, sums, rules),
        *(
            Event(trade.date, 3, f"/trades/{index}", _trading(trade, f"/trades/{index}"))
            for index, trade in enumerate(case.trades)
        ),
        *(
            Event(application.date, 4, f"/applications/{index}", _carrying(application))
            for index, application in enumerate(case.applications)
        ),
        *(
            Event(submission.date, 5, path, _submitting(plan.year, submission, path))
            for place, plan in enumerate(case.years)
            for index, submission in enumerate(plan.submissions)
            for path in [f"/years/{place}/submissions/{index}"]
        ),
        Event(rules.plan.holding_day.value, 6, "", _end_of_holding_day),
    ]
    return sorted(
        (event for event in events if event.day <= case.as_of),
        key=lambda event: (event.day, event.rank),
    )


def _issue_events(
    case: Case, sums: Mapping[int, EnterpriseAllocation], rules: RuleSet
) -> Iterator[Event]:
    first, second = case.years
    if second.issued_on > get_deadline(first.year, rules):
        yield Event(second.issued_on, 0, "", _deducting(sums[second.year].allowance))
    if second.pre_allocated_on is not None:
        amount = compute_enterprise_pre_allocation(case, rules)
        yield Event(second.pre_allocated_on, 1, "", _pre_allocating(second, amount))
    for plan in case.years:
        yield Event(plan.issued_on, 2, "", _settling(plan, sums[plan.year].allowance))


@clause("I-2", "Q-4")
def compute_enterprise_pre_allocation(case: Case, rules: RuleSet) -> int:
    """Sum the pre-allocation of the 2025 units, from the 2024 emissions of the same ids, t."""
    first, second = case.years
    before = {unit.unit_id: unit.emissions for unit in first.units}
    exact = (
        compute_exact_pre_allocation(unit, before.get(unit.unit_id, Fraction(0)), rules)
        for unit in second.units
    )
    return sum_tonnes(exact, rules.readings["rounding"])


@clause("I-6", "R-7")
def _deducting(verified_allowance: int) -> Callable[..., tuple[State, None]]:
    """At the start of the day of the 2025 settlement: deduct the arrears of 2024."""

    def apply(state: State, case: Case, rules: RuleSet) -> tuple[State, None]:
        year = case.years[0].year
        account = state.accounts[year]
        deduction = compute_deduction(account.outstanding, verified_allowance, rules)
        accounts = {**state.accounts, year: replace(account, deducted=deduction)}
        return replace(state, accounts=accounts, deduction=deduction), None

    return apply


@clause("I-2", "I-5")
def _pre_allocating(plan: YearCase, amount: int) -> Callable[..., tuple[State, None]]:
    def apply(state: State, _case: Case, _rules: RuleSet) -> tuple[State, None]:
        holder, vintage = get_holder(plan), str(plan.year)
        ledger = apply_flow(state.ledger, "issued", holder, vintage, amount)
        return replace(state, ledger=ledger, pre_allocated=amount), None

    return apply


@clause("I-3", "I-5", "R-5")
def _settling(plan: YearCase, verified_allowance: int) -> Callable[..., tuple[State, None]]:
    """Settle a year; what the province holds then is surrendered first, the rest released."""

    def apply(state: State, case: Case, rules: RuleSet) -> tuple[State, None]:
        holder, vintage = get_holder(plan), str(plan.year)
        second = plan.year == case.years[1].year
        settlement = compute_settlement(
            verified_allowance,
            state.pre_allocated if second else 0,
            state.deduction if second else 0,
            state.ledger.holding(holder, vintage),
            high_risk=plan.high_risk,
        )
        ledger = apply_flow(state.ledger, "issued", holder, vintage, settlement.issued)
        ledger = apply_flow(ledger, "recovered", holder, vintage, settlement.recovered)
        account = state.accounts[plan.year]
        owed = compute_remaining(account, plan.issued_on, rules)
        amount = min(ledger.holding("province", vintage), owed)
        ledger = apply_flow(ledger, "surrendered", "province", vintage, amount)
        account = apply_surrender(account, amount, plan.issued_on, rules)
        return replace(
            state,
            ledger=apply_release(ledger, vintage),
            accounts={**state.accounts, plan.year: account},
            settlements={**state.settlements, plan.year: settlement},
        ), None

    return apply


def _trading(trade: Trade, path: str) -> Callable[..., tuple[State, None]]:
    def apply(state: State, _case: Case, _rules: RuleSet) -> tuple[State, None]:
        flow = "sold" if trade.side == "sell" else "bought"
        if flow == "sold":
            check_holding(state.ledger, trade.vintage, trade.amount, path)
        ledger = apply_flow(state.ledger, flow, "enterprise", trade.vintage, trade.amount)
        return replace(state, ledger=ledger), None

    return apply


@clause("C-1", "C-7")
def _carrying(application: Application) -> Callable[..., tuple[State, Handled]]:
    """Carry over on application, the oldest vintage first; it becomes vintage 2025 one for one."""

    def apply(state: State, case: Case, rules: RuleSet) -> tuple[State, Handled]:
        vintages = rules.plan.carry_vintages.value
        entitled = state.entitlement
        eligible = entitled is not None and entitled.eligible
        available = state.ledger.total("enterprise", vintages) if eligible else None
        maximum = entitled.maximum if entitled else 0
        handled = handle_application(application, available, maximum, state.carried, rules)
        ledger, left = state.ledger, handled.accepted
        for vintage in vintages:
            part = min(left, ledger.holding("enterprise", vintage))
            ledger = apply_flow(ledger, "carried_out", "enterprise", vintage, part)
            left -= part
        into = str(case.years[1].year)
        ledger = apply_flow(ledger, "carried_in", "enterprise", into, handled.accepted)
        return replace(state, ledger=ledger, carried=state.carried + handled.accepted), handled

    return apply


@clause("R-3", "R-4", "R-6", "R-9")
def _submitting(
    year: int, submission: Submission, path: str
) -> Callable[..., tuple[State, Handled]]:
    """Submit; only the enterprise's own allowances touch its account."""

    def apply(state: State, _case: Case, rules: RuleSet) -> tuple[State, Handled]:
        account = state.accounts[year]
        handled = handle_submission(submission, account, rules)
        ledger, vintage = state.ledger, submission.vintage
        if submission.source == "own" and vintage is not None:
            check_holding(ledger, vintage, handled.accepted, path)
            ledger = apply_flow(ledger, "surrendered", "enterprise", vintage, handled.accepted)
        account = apply_surrender(
            account,
            handled.accepted,
            submission.date,
            rules,
            ccer=submission.instrument == "ccer",
        )
        accounts = {**state.accounts, year: account}
        return replace(state, ledger=ledger, accounts=accounts), handled

    return apply


@clause("C-4", "C-5", "C-6")
def _end_of_holding_day(state: State, case: Case, rules: RuleSet) -> tuple[State, None]:
    """Take the holding of both accounts and put the carry-over maximum together."""
    vintages = rules.plan.carry_vintages.value
    in_time = state.accounts[case.years[0].year].outstanding_at_deadline == 0
    compliance = {"2023": case.compliance_2023, "2024": "fulfilled" if in_time else "outstanding"}
    entitlement = compute_entitlement(
        case.key_emitting_units,
        compute_net_sold(case.trades, rules),
        state.ledger.total("enterprise", vintages) + state.ledger.total("province", vintages),
        rules,
        eligible=is_eligible(compliance),
    )
    return replace(state, entitlement=entitlement), None


@clause("R-1", "C-7")
def check_holding(ledger: Ledger, vintage: str, amount: int, path: str) -> None:
    """Refuse to give more of a vintage than the enterprise's account holds."""
    held = ledger.holding("enterprise", vintage)
    if amount > held:
        raise RuleError(
            "INSUFFICIENT_HOLDING",
            path,
            f"{amount} t of vintage {vintage} are needed, the account holds {held} t",
            "R-1",
        )


@clause("I-5")
def get_holder(plan: YearCase) -> str:
    """Say on whose account a year's allowances are issued."""
    return "province" if plan.high_risk else "enterprise"
