"""How systems mistake issuance, surrender and carry-over: functions in the place of those rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from cets_reference import carry_over, cycle, issuance, surrender
from cets_reference.case import Case, State, YearCase
from cets_reference.dealings import Application, Holding, Submission, Trade
from cets_reference.ledger import Books, Ledger
from cets_reference.outcomes import Handled, Settlement, Surrender, YearOutcome
from cets_reference.plan import VINTAGES
from cets_reference.rule_set import RuleSet
from cets_reference.surrender import Account


def _original(function: Callable[..., Any]) -> Callable[..., Any]:
    original: Callable[..., Any] = function.__wrapped__  # type: ignore[attr-defined]
    return original


def no_recovery(_amount: int, _holding: int | None) -> int:
    """M-42."""
    return 0


def full_recovery(amount: int, _holding: int | None) -> int:
    """M-43."""
    return amount


def unchecked_books(ledger: Ledger, vintage: str, books: Books) -> Ledger:
    """Keep books that do not balance, as such a system would."""
    return Ledger({**ledger.books, vintage: books})


def whole_arrears(arrears: int, _verified_allowance: int, _rules: RuleSet) -> int:
    """M-45."""
    return arrears


def own_account(*figures: Any, high_risk: bool) -> Settlement:
    """M-46."""
    settlement: Settlement = _original(issuance.compute_settlement)(*figures, high_risk=high_risk)
    return replace(settlement, account="enterprise")


def own_holder(_plan: YearCase) -> str:
    """M-46."""
    return "enterprise"


def any_source(submission: Submission, account: Account, rules: RuleSet) -> str | None:
    """M-53."""
    found: str | None = _original(surrender.compute_refusal)(
        submission, replace(account, frozen=True), rules
    )
    return found


def day_before(year: int, rules: RuleSet) -> date:
    """M-54: what is dated on the last day counts as late."""
    return rules.plan.deadlines.value[year] - timedelta(days=1)


def printed_deadline(account: Account, *rest: Any) -> Surrender:
    """M-54: the date itself is stated right."""
    outcome: Surrender = _original(surrender.compute_surrender)(account, *rest)
    rules: RuleSet = rest[-1]
    return replace(outcome, deadline=rules.plan.deadlines.value[account.year])


def nothing_late(submission: Submission, account: Account, rules: RuleSet) -> Handled:
    """M-55."""
    if submission.amount and submission.date > surrender.get_deadline(account.year, rules):
        return Handled(submission.id, 0, "EXCEEDS_OBLIGATION")
    handled: Handled = _original(surrender.handle_submission)(submission, account, rules)
    return handled


def deduction_forgotten(account: Account, *rest: Any) -> Surrender:
    """M-56."""
    outcome: Surrender = _original(surrender.compute_surrender)(replace(account, deducted=0), *rest)
    return outcome


def deduction_forgotten_in_year(
    plan: YearCase, case: Case, state: State, *rest: Any
) -> YearOutcome:
    """M-56."""
    accounts = {year: replace(item, deducted=0) for year, item in state.accounts.items()}
    outcome: YearOutcome = _original(cycle.conclude_year)(
        plan, case, replace(state, accounts=accounts), *rest
    )
    return outcome


def certificate_in_time(*figures: Any) -> Surrender:
    """M-57."""
    outcome: Surrender = _original(surrender.compute_surrender)(*figures)
    return replace(outcome, certificate=outcome.status == "fulfilled")


def certificate_in_time_in_year(*figures: Any) -> YearOutcome:
    """M-57."""
    outcome: YearOutcome = _original(cycle.conclude_year)(*figures)
    return replace(outcome, certificate=outcome.status == "fulfilled")


def nothing_provincial(_provincial_holding: int, _owed: int) -> int:
    """M-58."""
    return 0


def all_released(
    account: Account, handled: tuple[Handled, ...], provincial_holding: int, *rest: Any
) -> Surrender:
    """M-58."""
    outcome: Surrender = _original(surrender.compute_surrender)(
        account, handled, provincial_holding, *rest
    )
    return replace(outcome, released=provincial_holding)


def surplus_accepted(submission: Submission, account: Account, rules: RuleSet) -> Handled:
    """M-59."""
    handled: Handled = _original(surrender.handle_submission)(submission, account, rules)
    if handled.reason == "EXCEEDS_OBLIGATION":
        return Handled(submission.id, submission.amount, None)
    return handled


def _net(trades: Sequence[Trade], vintages: Sequence[str], rules: RuleSet) -> int:
    first, last = rules.plan.trades_first_day.value, rules.plan.trades_last_day.value
    return sum(
        trade.amount if trade.side == "sell" else -trade.amount
        for trade in trades
        if trade.vintage in vintages and first <= trade.date <= last
    )


def signed_net_sold(trades: Sequence[Trade], rules: RuleSet) -> int:
    """M-60."""
    return _net(trades, rules.plan.carry_vintages.value, rules)


def every_vintage_sold(trades: Sequence[Trade], rules: RuleSet) -> int:
    """M-64."""
    return max(0, _net(trades, VINTAGES, rules))


def available_alone(holdings: Sequence[Holding], rules: RuleSet) -> int:
    """M-65."""
    thawed = [replace(holding, frozen=0) for holding in holdings]
    held: int = _original(carry_over.compute_holding)(thawed, rules)
    return held


def cap_alone(cap: int, _holding: int) -> int:
    """M-66."""
    return cap


def late_is_eligible(compliance: Mapping[str, str]) -> bool:
    """M-68."""
    return all(
        status in {"fulfilled", "fulfilled_late", "not_covered"} for status in compliance.values()
    )


def each_alone(
    application: Application, available: int | None, maximum: int, _carried: int, rules: RuleSet
) -> Handled:
    """M-69."""
    handled: Handled = _original(carry_over.handle_application)(
        application, available, maximum, 0, rules
    )
    return handled
