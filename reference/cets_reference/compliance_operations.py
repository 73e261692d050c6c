"""Operations of compliance: settlement, amendment, surrender, carry-over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from cets_reference import carry_over, dealings, forms, issuance, outcomes, surrender
from cets_reference.checks import check_year
from cets_reference.clauses import clause
from cets_reference.dealings import check_dates, check_unique_ids
from cets_reference.errors import RuleError
from cets_reference.forms import Member
from cets_reference.rule_set import RuleSet

_AMOUNT = Member(forms.read_amount)
_OPTIONAL_AMOUNT = Member(forms.read_amount, required=False)
_FLAG = Member(forms.read_flag)


@clause("I-3", "I-5", "I-6")
def apply_settlement(value: Mapping[str, object], rules: RuleSet) -> outcomes.Settlement:
    """``settlement``: from the verified allowance to what is issued or recovered."""
    given = forms.read_object(
        value,
        "",
        {
            "year": Member(forms.read_integer),
            "verified_allowance": _AMOUNT,
            "pre_allocated": _AMOUNT,
            "arrears": _AMOUNT,
            "high_risk": _FLAG,
            "holding": _OPTIONAL_AMOUNT,
        },
    )
    check_year(given["year"], "/year", rules.plan)
    if given["arrears"] and given["year"] == min(rules.plan.years.value):
        raise RuleError(
            "ARREARS_NOT_APPLICABLE",
            "/arrears",
            "there is no earlier year of the plan whose arrears could be deducted",
            "I-6",
        )
    deduction = issuance.compute_deduction(given["arrears"], given["verified_allowance"], rules)
    return issuance.compute_settlement(
        given["verified_allowance"],
        given["pre_allocated"],
        deduction,
        given.get("holding"),
        high_risk=given["high_risk"],
    )


@clause("I-4")
def apply_amendment(value: Mapping[str, object], _rules: RuleSet) -> outcomes.Amendment:
    """``amendment``: what a changed verification result changes."""
    names = ("allowance_before", "allowance_after", "obligation_before", "obligation_after")
    members = dict.fromkeys((*names, "surrendered"), _AMOUNT) | {"holding": _OPTIONAL_AMOUNT}
    given = forms.read_object(value, "", members)
    return issuance.compute_amendment(
        (given["allowance_before"], given["allowance_after"]),
        (given["obligation_before"], given["obligation_after"]),
        given["surrendered"],
        given.get("holding"),
    )


@clause("R-1", "R-2", "R-5", "R-7", "R-8", "R-9")
def apply_surrender(value: Mapping[str, object], rules: RuleSet) -> outcomes.Surrender:
    """``surrender``: how submissions meet a year's obligation."""
    given = forms.read_object(
        value,
        "",
        {
            "year": Member(forms.read_integer),
            "obligation": _AMOUNT,
            "provincial_holding": _AMOUNT,
            "account_frozen": _FLAG,
            "deducted": _AMOUNT,
            "as_of": Member(forms.read_date),
            "submissions": Member(forms.list_of(dealings.read_submission)),
        },
    )
    submissions: Sequence[dealings.Submission] = given["submissions"]
    as_of: date = given["as_of"]
    check_year(given["year"], "/year", rules.plan)
    places = [f"/submissions/{index}" for index in range(len(submissions))]
    check_dates([(path, item.date) for path, item in zip(places, submissions, strict=True)], as_of)
    check_unique_ids([(path, item.id) for path, item in zip(places, submissions, strict=True)])
    held = surrender.compute_from_provincial(given["provincial_holding"], given["obligation"])
    opened = surrender.Account(
        given["year"],
        given["obligation"],
        given["account_frozen"],
        surrendered=held,
        surrendered_in_time=held,
    )
    check_deduction(given["deducted"], opened, submissions, as_of, rules)
    account, handled = surrender.apply_submissions(
        replace(opened, deducted=given["deducted"]), submissions, rules
    )
    return surrender.compute_surrender(account, handled, given["provincial_holding"], as_of, rules)


@clause("I-6", "R-7")
def check_deduction(
    deducted: int,
    account: surrender.Account,
    submissions: Sequence[dealings.Submission],
    as_of: date,
    rules: RuleSet,
) -> None:
    """Refuse a deduction before the deadline, above what was owed at it, or where none is made."""
    if not deducted:
        return
    deadline = surrender.get_deadline(account.year, rules)
    in_time = [submission for submission in submissions if submission.date <= deadline]
    at_deadline, _ = surrender.apply_submissions(account, in_time, rules)
    none_made = rules.readings["arrears_deduction"] == "none"
    if none_made or as_of <= deadline or deducted > at_deadline.outstanding_at_deadline:
        raise RuleError(
            "DEDUCTION_NOT_APPLICABLE",
            "/deducted",
            f"only what is outstanding after {deadline.isoformat()} can be deducted",
            "I-6",
        )


@clause("C-1", "C-2", "C-3", "C-4", "C-5", "C-6", "C-7")
def apply_carry_over(value: Mapping[str, object], rules: RuleSet) -> outcomes.CarryOver:
    """``carry-over``: how much of the vintages up to 2024 becomes vintage 2025."""
    given = forms.read_object(
        value,
        "",
        {
            "key_emitting_units": Member(forms.read_count),
            "compliance": Member(_read_compliance),
            "holdings": Member(forms.list_of(dealings.read_holding)),
            "trades": Member(forms.list_of(dealings.read_trade)),
            "applications": Member(forms.list_of(dealings.read_application)),
        },
    )
    applications: Sequence[dealings.Application] = given["applications"]
    check_unique_ids(
        [(f"/applications/{index}", item.id) for index, item in enumerate(applications)]
    )
    entitlement = carry_over.compute_entitlement(
        given["key_emitting_units"],
        carry_over.compute_net_sold(given["trades"], rules),
        carry_over.compute_holding(given["holdings"], rules),
        rules,
        eligible=carry_over.is_eligible(given["compliance"]),
    )
    handled = carry_over.apply_applications(entitlement, applications, rules)
    return carry_over.compute_carry_over(entitlement, handled)


@clause("C-6")
def _read_compliance(value: object, path: str) -> dict[str, str]:
    status = Member(forms.choice(*dealings.COMPLIANCE))
    return forms.read_object(value, path, {"2023": status, "2024": status})
