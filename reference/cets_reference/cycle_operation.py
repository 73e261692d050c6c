"""The operation ``cycle``: reading an enterprise's two years, and the order of its errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from cets_reference import dealings, forms, outcomes
from cets_reference.allocation_operations import read_balance_values, read_units
from cets_reference.case import Case, YearCase
from cets_reference.checks import check_enterprise
from cets_reference.clauses import clause
from cets_reference.cycle import compute_cycle
from cets_reference.dealings import check_dates, check_unique_ids
from cets_reference.errors import child, invalid
from cets_reference.forms import Member
from cets_reference.plan import VINTAGES
from cets_reference.rule_set import RuleSet


@clause("A-7", "I-3", "R-9", "C-7")
def apply_cycle(value: Mapping[str, object], rules: RuleSet) -> outcomes.Cycle:
    """``cycle``: one enterprise through 2024 and 2025."""
    enterprise = {
        "enterprise_id": Member(forms.read_id),
        "key_emitting_units": Member(forms.read_count),
    }
    given = forms.read_object(
        value,
        "",
        {
            "enterprise": Member(partial(forms.read_object, members=enterprise)),
            "years": Member(partial(_read_years, rules=rules)),
            "opening": Member(forms.list_of(_read_opening)),
            "trades": Member(forms.list_of(dealings.read_dated_trade)),
            "compliance_2023": Member(forms.choice(*dealings.COMPLIANCE)),
            "applications": Member(forms.list_of(dealings.read_cycle_application)),
            "as_of": Member(forms.read_date),
        },
    )
    case = Case(
        key_emitting_units=given["enterprise"]["key_emitting_units"],
        years=given["years"],
        opening=given["opening"],
        trades=given["trades"],
        compliance_2023=given["compliance_2023"],
        applications=given["applications"],
        as_of=given["as_of"],
    )
    for index, plan in enumerate(case.years):
        check_enterprise(plan.year, plan.units, plan.balance_values, rules.plan, f"/years/{index}")
    dated = list(_dealings(case))
    check_dates([(path, item.date) for path, item in dated], case.as_of)
    check_unique_ids([(path, item.id) for path, item in dated])
    return compute_cycle(case, rules)


def _dealings(
    case: Case,
) -> Iterator[tuple[str, dealings.Submission | dealings.Trade | dealings.Application]]:
    for place, plan in enumerate(case.years):
        for index, submission in enumerate(plan.submissions):
            yield f"/years/{place}/submissions/{index}", submission
    for index, trade in enumerate(case.trades):
        yield f"/trades/{index}", trade
    for index, application in enumerate(case.applications):
        yield f"/applications/{index}", application


@clause("S-8")
def _read_years(value: object, path: str, rules: RuleSet) -> tuple[YearCase, ...]:
    """Read the two years: exactly 2024, then 2025."""
    years = forms.list_of(partial(_read_year, rules=rules))(value, path)
    if [plan.year for plan in years] != sorted(rules.plan.years.value):
        raise invalid(path, "expected exactly two entries, 2024 then 2025", "S-8")
    return years


@clause("I-1", "I-2", "I-3")
def _read_year(value: object, path: str, rules: RuleSet) -> YearCase:
    given = forms.read_object(
        value,
        path,
        {
            "year": Member(forms.read_integer),
            "units": read_units(rules),
            "balance_values": Member(read_balance_values),
            "high_risk": Member(forms.read_flag),
            "account_frozen": Member(forms.read_flag),
            "pre_allocated_on": Member(forms.read_date, required=False),
            "issued_on": Member(forms.read_date),
            "submissions": Member(forms.list_of(dealings.read_submission)),
        },
    )
    plan = YearCase(**given)
    if plan.pre_allocated_on is not None:
        place = child(path, "pre_allocated_on")
        if plan.year not in rules.plan.pre_allocation_years.value:
            raise invalid(place, "there is no pre-allocation for this year", "I-1")
        if plan.pre_allocated_on >= plan.issued_on:
            raise invalid(place, "a pre-allocation comes before issued_on", "I-2")
    return plan


@clause("C-1")
def _read_opening(value: object, path: str) -> tuple[str, int]:
    """Read allowances held before: vintages up to 2023."""
    members = {"vintage": Member(forms.choice(*VINTAGES[:-2])), "amount": Member(forms.read_amount)}
    given = forms.read_object(value, path, members)
    return given["vintage"], given["amount"]
