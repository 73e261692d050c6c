"""All checks of a table, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.conformance.tables.rowwise.balances import balance_values, check_balance_values
from tests.conformance.tables.rowwise.findings import Reason, Result
from tests.conformance.tables.rowwise.laws import (
    check_bounds,
    check_national_balance,
    check_order,
    check_presence,
    check_previous_emissions,
)
from tests.conformance.tables.rowwise.outcome import Outcome
from tests.conformance.tables.rowwise.plausibility import check_plausibility
from tests.conformance.tables.rowwise.recompute import check_amounts, recompute
from tests.conformance.tables.rowwise.structure import check_structure
from tests.conformance.tables.rowwise.units import Judged, read_units

from cets_conformance import direct
from cets_conformance.tables.catalogue import CHECKS
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.options import Options
from cets_conformance.tables.reading import Table

__all__ = ["check_row_by_row"]


def check_row_by_row(table: Table, options: Options, previous: Table | None = None) -> Outcome:
    """Run every check on a table as read."""
    rules = direct.ruleset_with(options.readings)
    rows = read_units(table, rules, _silent)
    before = read_units(previous, rules, _silent) if previous else []
    verified = table.kind is Kind.ALLOCATION
    balances = balance_values(rows, options, rules) if verified else {}
    recompute(rows, table.kind, balances, rules, _silent)
    emissions = _emissions_by_unit([*before, *rows])
    ran = [
        *check_structure(table, rows, rules),
        *check_amounts(rows, table.kind, balances, emissions, rules),
        check_presence(rows, before),
        check_previous_emissions(rows, _emissions_by_unit(before)),
    ]
    if verified:
        ran += [
            *check_plausibility(rows, before, emissions, rules),
            check_balance_values(rows, balances),
            check_bounds(rows, rules),
            check_order(rows, rules),
            check_national_balance(rows, balances, rules, national=options.national),
        ]
    results = {result.check: result for result in ran}
    return Outcome(
        table,
        options,
        rows,
        balances,
        {
            name: results[name]
            if table.kind in check.kinds
            else Result(name, reason=Reason("NOT_IN_KIND"))
            for name, check in CHECKS.items()
        },
    )


def _emissions_by_unit(rows: Sequence[Judged]) -> dict[tuple[str, int], Fraction]:
    return {
        (row.unit.unit_id, row.unit.year): row.unit.verified_emissions
        for row in rows
        if row.unit is not None and row.unit.verified_emissions is not None
    }


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Report progress to nobody."""
