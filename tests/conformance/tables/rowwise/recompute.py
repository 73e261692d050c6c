"""Recomputation (T-10 to T-17): what the reference gets for every row, against what is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tests.conformance.tables.rowwise.balances import BalanceValue, half_unit
from tests.conformance.tables.rowwise.findings import Reason, Result, Row
from tests.conformance.tables.rowwise.units import STEP, Judged, Progress

from cets_conformance.tables.columns import Kind
from cets_reference.allocation import compute_allocation, compute_exact
from cets_reference.issuance import compute_pre_allocation
from cets_reference.quantities import print_ratio
from cets_reference.records import Unit
from cets_reference.results import Allocation, PreAllocation
from cets_reference.rounding import round_tonnes
from cets_reference.rule_set import RuleSet
from cets_reference.scope import needs_intensity

__all__ = ["check_amounts", "recompute"]

Values = Mapping[tuple[str, int], BalanceValue]
Emissions = Mapping[tuple[str, int], Fraction]
"""Verified emissions by unit and year."""

RATIOS = {"T-14": "intensity", "T-15": "deviation", "T-16": "coefficient"}
"""Checks of ratios and the columns they read."""

NOT_A_UNIT = Reason("ROW_NOT_A_UNIT")


def recompute(
    rows: Sequence[Judged], kind: Kind, values: Values, rules: RuleSet, progress: Progress
) -> None:
    """Put the reference's result beside every row that can be computed."""
    for count, row in enumerate(rows):
        if count % STEP == 0:
            progress("recomputing", count, len(rows))
        unit = row.unit
        if unit is None:
            continue
        if kind is Kind.PRE_ALLOCATION:
            previous = Fraction(row.cells.get("previous_year_emissions", "0"))
            row.result = compute_pre_allocation(unit, previous, rules)
            continue
        balance = values.get((unit.sector, unit.year))
        if balance is not None or not needs_intensity(unit, rules.plan):
            exact = compute_exact(unit, balance.value if balance else None, rules)
            row.result = compute_allocation(exact, rules)


def check_amounts(
    rows: Sequence[Judged], kind: Kind, values: Values, previous: Emissions, rules: RuleSet
) -> list[Result]:
    """Run T-10 to T-17 on recomputed rows, as far as the kind of table has them."""
    if kind is Kind.PRE_ALLOCATION:
        return [
            _amounts(rows, "T-12", "pre_allocation", required=True),
            _methods(rows, kind, values, rules),
        ]
    return [
        _amounts(rows, "T-10", "allowance", required=True),
        _amounts(rows, "T-11", "obligation"),
        _pre_allocations(rows, previous, rules),
        _adjustments(rows),
        *(_ratios(rows, check, column) for check, column in RATIOS.items()),
        _methods(rows, kind, values, rules),
    ]


def _amounts(rows: Sequence[Judged], check: str, column: str, *, required: bool = False) -> Result:
    """Compare an amount of every row exactly."""
    result = Result(check)
    for row in rows:
        found = row.amount(column)
        if found is None and not required:
            continue
        if row.result is None:
            result.skip(why(row))
        elif found is None:
            result.skip(Reason("CELL_NOT_USABLE"))
        else:
            _compare(result, row, column, found, getattr(row.result, column))
    return _unless_empty(result, rows, column)


def _pre_allocations(rows: Sequence[Judged], previous: Emissions, rules: RuleSet) -> Result:
    """T-12 in an allocation table: the amount follows from the previous year's emissions."""
    result = Result("T-12")
    years = {year for _, year in previous}
    for row in rows:
        found = row.amount("pre_allocation")
        if found is None:
            continue
        if row.unit is None:
            result.skip(why(row))
            continue
        unit = row.unit
        emissions = previous.get((unit.unit_id, unit.year - 1))
        right = compute_pre_allocation(unit, emissions or Fraction(0), rules)
        always_zero = not right.covered or unit.year not in rules.plan.pre_allocation_years.value
        if emissions is None and not always_zero:
            known = unit.year - 1 in years
            result.skip(Reason("NOT_IN_PREVIOUS_TABLE" if known else "NO_PREVIOUS_TABLE"))
        else:
            _compare(result, row, "pre_allocation", found, right.pre_allocation)
    return _unless_empty(result, rows, "pre_allocation")


def _adjustments(rows: Sequence[Judged]) -> Result:
    """T-13: entitlement less what was pre-allocated, arrears not being in the table."""
    result = Result("T-13")
    for row in rows:
        found, pre_allocated = row.amount("adjustment"), row.amount("pre_allocation")
        if found is None:
            continue
        if row.result is None:
            result.skip(why(row))
        elif pre_allocated is None:
            result.skip(Reason("NO_PRE_ALLOCATION"))
        else:
            _compare(result, row, "adjustment", found, row.result.allowance - pre_allocated)
    return _unless_empty(result, rows, "adjustment")


def _ratios(rows: Sequence[Judged], check: str, column: str) -> Result:
    """Compare a ratio at the decimals it is written with; equal allocation has α = 0 (A-6)."""
    result = Result(check, tonnage=False)
    for row in rows:
        text = row.cells.get(column)
        if text is None:
            continue
        if row.result is None:
            result.skip(why(row))
            continue
        right: Fraction | None = getattr(row.result, column)
        if right is None and column == "coefficient" and row.result.method == "equal":
            right = Fraction(0)
        if right is None:
            continue
        result.checked += 1
        difference = Fraction(text) - right
        if abs(difference) > half_unit(text):
            result.rows.append(
                Row(
                    row.row,
                    row.year,
                    row.unit_id,
                    column,
                    text,
                    print_ratio(right),
                    difference,
                )
            )
    return _unless_empty(result, rows, column)


def _methods(rows: Sequence[Judged], kind: Kind, values: Values, rules: RuleSet) -> Result:
    """T-17: a wrong amount that is exactly what another method would have given."""
    result = Result("T-17")
    column = "allowance" if kind is Kind.ALLOCATION else "pre_allocation"
    for row in rows:
        found = row.amount(column)
        if row.unit is None or row.result is None:
            result.skip(why(row))
            continue
        if found is None:
            result.skip(Reason("CELL_NOT_USABLE"))
            continue
        result.checked += 1
        right = getattr(row.result, column)
        if found == right:
            continue
        treated = _treated_as(row.unit, row.result, found, values, rules)
        if treated is not None:
            result.rows.append(
                Row(
                    row.row,
                    row.year,
                    row.unit_id,
                    column,
                    found,
                    right,
                    found - right,
                    f"TREATED_AS_{treated}",
                )
            )
    return _unless_empty(result, rows, column)


def _treated_as(
    unit: Unit, result: Allocation | PreAllocation, found: int, values: Values, rules: RuleSet
) -> str | None:
    """Name the method whose amount stands in the row, where there is one."""
    if not result.covered:
        return f"COVERED_{result.reason}"
    if found == 0:
        return "UNCOVERED"
    if isinstance(result, PreAllocation):
        return None
    if result.method == "intensity":
        equal = round_tonnes(unit.emissions, rules.readings["rounding"])
        return "SPECIAL" if found == equal else None
    ordinary = replace(unit, line_kind="ordinary", carbide_slag_rate=Fraction(0))
    balance = values.get((unit.sector, unit.year))
    if balance is None or not unit.output or not needs_intensity(ordinary, rules.plan):
        return None
    exact = compute_exact(ordinary, balance.value, rules)
    return "ORDINARY" if found == compute_allocation(exact, rules).allowance else None


def _compare(result: Result, row: Judged, column: str, found: int, right: int) -> None:
    result.checked += 1
    if found != right:
        result.rows.append(Row(row.row, row.year, row.unit_id, column, found, right, found - right))


def why(row: Judged) -> Reason:
    """Say why a row has no result."""
    if row.unit is None:
        return NOT_A_UNIT
    return Reason("NO_BALANCE_VALUE", {"sector": row.unit.sector, "year": str(row.unit.year)})


def _unless_empty(result: Result, rows: Sequence[Judged], column: str) -> Result:
    if not result.skipped and all(column not in row.cells for row in rows):
        result.reason = Reason("COLUMN_EMPTY", {"field": column})
    return result
