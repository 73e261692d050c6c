"""Operations of allocation: emissions, scope, balance, allocation, pre-allocation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial

from cets_reference import forms, records, results
from cets_reference.allocation import (
    compute_allocation,
    compute_enterprise_allocation,
    compute_exact,
)
from cets_reference.balance import compute_balance
from cets_reference.checks import (
    check_balance_value,
    check_enterprise,
    check_intensity,
    check_unique,
    check_unit,
    check_year,
    placed,
)
from cets_reference.clauses import clause
from cets_reference.emissions import compute_emissions
from cets_reference.errors import RuleError
from cets_reference.forms import Member
from cets_reference.issuance import compute_pre_allocation
from cets_reference.records import Unit
from cets_reference.rule_set import RuleSet
from cets_reference.scope import compute_scope, needs_intensity


def _read_subject(value: object, path: str, rules: RuleSet) -> Unit:
    """Read a unit whose allowances are computed: its form asks for what its intensity needs."""
    unit = records.read_unit(value, path)
    if needs_intensity(unit, rules.plan):
        records.require_processes(unit, path)
    return unit


_read_described = partial(records.read_unit, emissions_required=False)


def read_units(rules: RuleSet) -> Member:
    """Make the member that reads the units whose allowances are computed."""
    return Member(forms.list_of(lambda value, path: _read_subject(value, path, rules)))


@clause("S-5", "S-6")
def apply_emissions(value: Mapping[str, object], rules: RuleSet) -> results.Emissions:
    """``emissions``: from gas masses to verified emissions."""
    given = forms.read_object(value, "", {"gases": Member(records.read_gases)})
    return results.Emissions(compute_emissions(given["gases"], rules.plan))


@clause("S-2", "S-3", "S-4", "S-7", "S-8")
def apply_scope(value: Mapping[str, object], rules: RuleSet) -> results.Scope:
    """``scope``: whether, why not, and by which method a unit is allocated."""
    unit: Unit = forms.read_object(value, "", {"unit": Member(_read_described)})["unit"]
    check_unit(unit, "/unit", rules.plan)
    return compute_scope(unit, rules.plan)


@clause("B-1", "B-2", "B-3", "B-4")
def apply_balance(value: Mapping[str, object], rules: RuleSet) -> results.Balance:
    """``balance``: the balance value of a sector, solved from its units."""
    given = forms.read_object(
        value,
        "",
        {
            "sector": Member(forms.choice(*records.SECTORS)),
            "year": Member(forms.read_integer),
            "units": read_units(rules),
        },
    )
    units: Sequence[Unit] = given["units"]
    check_year(given["year"], "/year", rules.plan)
    for path, unit in placed(units):
        check_unit(unit, path, rules.plan, sector=given["sector"], year=given["year"])
    check_unique(units)
    for path, unit in placed(units):
        if needs_intensity(unit, rules.plan):
            check_intensity(unit, path)
    balance = compute_balance(units, rules)
    if balance is None:
        raise RuleError(
            "NO_INTENSITY_UNITS",
            "/units",
            "no unit allocated by intensity determines a positive balance value",
            "B-2",
        )
    return balance


@clause("A-1", "A-2", "B-4")
def apply_allocation(value: Mapping[str, object], rules: RuleSet) -> results.Allocation:
    """``allocation``: a unit's allowance, obligation and surplus."""
    given = forms.read_object(
        value,
        "",
        {
            "unit": Member(partial(_read_subject, rules=rules)),
            "balance_value": Member(forms.read_ratio, required=False),
        },
    )
    unit: Unit = given["unit"]
    balance_value: Fraction | None = given.get("balance_value")
    check_unit(unit, "/unit", rules.plan)
    if needs_intensity(unit, rules.plan):
        check_intensity(unit, "/unit")
        check_balance_value(balance_value, "/balance_value")
    return compute_allocation(compute_exact(unit, balance_value, rules), rules)


@clause("A-7", "R-1")
def apply_enterprise_allocation(
    value: Mapping[str, object], rules: RuleSet
) -> results.EnterpriseAllocation:
    """``enterprise-allocation``: an enterprise's units and their sums."""
    given = forms.read_object(
        value,
        "",
        {
            "enterprise_id": Member(forms.read_id),
            "year": Member(forms.read_integer),
            "units": read_units(rules),
            "balance_values": Member(read_balance_values),
        },
    )
    units: Sequence[Unit] = given["units"]
    balance_values: Mapping[str, Fraction] = given["balance_values"]
    check_enterprise(given["year"], units, balance_values, rules.plan)
    return compute_enterprise_allocation(units, balance_values, rules)


@clause("I-1", "I-2")
def apply_pre_allocation(value: Mapping[str, object], rules: RuleSet) -> results.PreAllocation:
    """``pre-allocation``: what a unit receives before its emissions are verified."""
    given = forms.read_object(
        value,
        "",
        {
            "unit": Member(_read_described),
            "previous_year_emissions": Member(forms.read_measured, required=False),
        },
    )
    check_unit(given["unit"], "/unit", rules.plan)
    return compute_pre_allocation(
        given["unit"], given.get("previous_year_emissions", Fraction(0)), rules
    )


def read_balance_values(value: object, path: str) -> dict[str, Fraction]:
    """Read balance values by sector, t CO2e per t of product."""
    members = {sector: Member(forms.read_ratio, required=False) for sector in records.SECTORS}
    return forms.read_object(value, path, members)
