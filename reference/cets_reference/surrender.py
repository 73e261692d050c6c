"""Surrender: how submissions meet a year's obligation, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import floor

from cets_reference.clauses import clause
from cets_reference.dealings import Submission, in_order
from cets_reference.outcomes import Handled, Surrender
from cets_reference.rounding import round_half_up
from cets_reference.rule_set import RuleSet


@dataclass(frozen=True, slots=True)
class Account:
    """Where a year's obligation stands. Never more is surrendered and deducted than is owed."""

    year: int
    """Year of the obligation."""
    obligation: int
    """What is owed, t."""
    frozen: bool
    """Whether the unit cannot buy for an objective reason, so that others may provide."""
    deducted: int = 0
    """What was deducted from the next allocation instead, t; it counts after the deadline."""
    surrendered: int = 0
    """What was surrendered, t, CCER included."""
    surrendered_in_time: int = 0
    """The part of it dated up to the deadline, t."""
    ccer_used: int = 0
    """The part of it that is CCER, t."""

    @property
    def outstanding(self) -> int:
        """What is still owed, t."""
        return max(0, self.obligation - self.surrendered - self.deducted)

    @property
    def outstanding_at_deadline(self) -> int:
        """What was owed at the end of the deadline (so far, while it is ahead), t."""
        return max(0, self.obligation - self.surrendered_in_time)


@clause("R-2")
def get_deadline(year: int, rules: RuleSet) -> date:
    """Last day of surrender for ``year``, inclusive."""
    return rules.plan.deadlines.value[year]


@clause("R-4")
def compute_ccer_limit(year: int, obligation: int, rules: RuleSet) -> int:
    """Give how much CCER may offset, t: 5 % of the obligation before deductions, 0 for 2024."""
    if year not in rules.plan.ccer_years.value:
        return 0
    exact = rules.plan.ccer_share.value * Fraction(obligation)
    return round_half_up(exact) if rules.readings["ccer_fraction"] == "half_up" else floor(exact)


@clause("R-3", "R-4", "R-6")
def compute_refusal(submission: Submission, account: Account, rules: RuleSet) -> str | None:
    """Say why a submission may not be used at all; None where it may."""
    if submission.instrument == "allowance":
        if submission.vintage not in rules.plan.vintages.value[account.year]:
            return "VINTAGE_NOT_USABLE"
        if submission.source == "third_party" and not account.frozen:
            return "THIRD_PARTY_NOT_PERMITTED"
        return None
    if account.year not in rules.plan.ccer_years.value:
        return "CCER_NOT_USABLE_FOR_YEAR"
    registered_on = submission.registered_on
    if registered_on is not None and registered_on < rules.plan.ccer_first_day.value:
        return "CCER_REGISTERED_TOO_EARLY"
    if submission.covered_project and rules.readings["ccer_covered_project"] == "refuse":
        return "CCER_FROM_COVERED_PROJECT"
    return None


@clause("R-9", "C-7")
def cut_to(amount: int, limits: Sequence[tuple[str, int]]) -> tuple[int, str | None]:
    """Cut an amount to all limits; the reason is the first one it exceeds."""
    exceeded = [reason for reason, limit in limits if amount > limit]
    accepted = min([amount, *(limit for _, limit in limits)])
    return accepted, exceeded[0] if exceeded else None


@clause("R-7", "R-9")
def compute_remaining(account: Account, day: date, rules: RuleSet) -> int:
    """Give what may still be surrendered on ``day``, t; once late, less what was deducted."""
    late = day > get_deadline(account.year, rules)
    return account.obligation - account.surrendered - (account.deducted if late else 0)


@clause("R-3", "R-4", "R-7", "R-9")
def handle_submission(submission: Submission, account: Account, rules: RuleSet) -> Handled:
    """Say how much of a submission is accepted, and why not more; 0 t is accepted whole."""
    refusal = compute_refusal(submission, account, rules)
    if refusal is not None and submission.amount > 0:
        return Handled(submission.id, 0, refusal)
    limits = [("EXCEEDS_OBLIGATION", compute_remaining(account, submission.date, rules))]
    if submission.instrument == "ccer":
        limit = compute_ccer_limit(account.year, account.obligation, rules)
        limits.insert(0, ("CCER_LIMIT", limit - account.ccer_used))
    accepted, reason = cut_to(submission.amount, limits)
    return Handled(submission.id, accepted, reason)


@clause("R-1", "R-2")
def apply_surrender(
    account: Account, amount: int, day: date, rules: RuleSet, *, ccer: bool = False
) -> Account:
    """Give the account after ``amount`` was surrendered on ``day``."""
    in_time = day <= get_deadline(account.year, rules)
    return replace(
        account,
        surrendered=account.surrendered + amount,
        surrendered_in_time=account.surrendered_in_time + (amount if in_time else 0),
        ccer_used=account.ccer_used + (amount if ccer else 0),
    )


@clause("R-2", "R-7", "R-8")
def compute_status(account: Account, as_of: date, rules: RuleSet) -> str:
    """Say how the obligation stands on ``as_of``."""
    if account.outstanding_at_deadline == 0:
        return "fulfilled"
    if account.outstanding == 0:
        return "settled_by_deduction" if account.deducted else "fulfilled_late"
    return "open" if as_of <= get_deadline(account.year, rules) else "outstanding"


@clause("R-5", "R-9")
def apply_submissions(
    account: Account, submissions: Sequence[Submission], rules: RuleSet
) -> tuple[Account, tuple[Handled, ...]]:
    """Take submissions by date, then as given; results stand in the order given."""
    handled: dict[int, Handled] = {}
    for position in in_order(submissions):
        submission = submissions[position]
        result = handle_submission(submission, account, rules)
        account = apply_surrender(
            account,
            result.accepted,
            submission.date,
            rules,
            ccer=submission.instrument == "ccer",
        )
        handled[position] = result
    return account, tuple(handled[position] for position in range(len(submissions)))


@clause("R-1", "R-2", "R-5", "R-7", "R-8")
def compute_surrender(
    account: Account,
    handled: tuple[Handled, ...],
    provincial_holding: int,
    as_of: date,
    rules: RuleSet,
) -> Surrender:
    """State the outcome; what the province still holds is released once nothing is outstanding."""
    from_provincial = compute_from_provincial(provincial_holding, account.obligation)
    met = account.outstanding == 0
    return Surrender(
        deadline=get_deadline(account.year, rules),
        ccer_limit=compute_ccer_limit(account.year, account.obligation, rules),
        from_provincial=from_provincial,
        submissions=handled,
        ccer_used=account.ccer_used,
        surrendered=account.surrendered,
        outstanding_at_deadline=account.outstanding_at_deadline,
        outstanding=account.outstanding,
        released=provincial_holding - from_provincial if met else 0,
        status=compute_status(account, as_of, rules),
        certificate=met,
    )


@clause("R-5")
def compute_from_provincial(provincial_holding: int, owed: int) -> int:
    """Give what is surrendered from the province's account, before everything else, t."""
    return min(provincial_holding, owed)
