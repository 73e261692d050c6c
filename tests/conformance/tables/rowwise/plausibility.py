"""Plausibility (T-30 to T-32): notices only; nothing here decides a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from tests.conformance.tables.rowwise.findings import Reason, Result, Row
from tests.conformance.tables.rowwise.recompute import why
from tests.conformance.tables.rowwise.units import Judged

from cets_reference.quantities import print_decimal, print_ratio
from cets_reference.rule_set import RuleSet

__all__ = ["check_plausibility"]

USUAL_INTENSITY = {
    "steel": ("1.0", "2.5"),
    "cement": ("0.6", "1.1"),
    "aluminium": ("1.2", "2.2"),
}
"""t CO2e per t of product: wide margins around the sectors' published averages (convention)."""

USUAL_CHANGE = Fraction(30, 100)
"""Year-on-year change of verified emissions above which a row is noted."""


def check_plausibility(
    rows: Sequence[Judged],
    before: Sequence[Judged],
    previous: Mapping[tuple[str, int], Fraction],
    rules: RuleSet,
) -> list[Result]:
    """Run T-30 to T-32."""
    return [_intensities(rows), _bounds(rows, rules), _changes(rows, before, previous)]


def _intensities(rows: Sequence[Judged]) -> Result:
    """T-30: the intensity lies in the sector's usual range."""
    result = Result("T-30", tonnage=False)
    for row in rows:
        if row.unit is None or row.result is None:
            result.skip(why(row))
            continue
        if row.result.intensity is None:
            continue
        result.checked += 1
        lowest, highest = USUAL_INTENSITY[row.unit.sector]
        if not Fraction(lowest) <= row.result.intensity <= Fraction(highest):
            usual = f"{lowest} – {highest}"
            found = print_ratio(row.result.intensity)
            result.rows.append(
                Row(
                    row.row,
                    row.year,
                    row.unit_id,
                    "intensity",
                    found,
                    usual,
                    code="INTENSITY_UNUSUAL",
                    values={"usual": usual},
                )
            )
    return result


def _bounds(rows: Sequence[Judged], rules: RuleSet) -> Result:
    """T-31: the coefficient is at a bound."""
    result = Result("T-31", tonnage=False)
    bounds = {rules.plan.coefficient_upper.value, rules.plan.coefficient_lower.value}
    for row in rows:
        if row.result is None:
            result.skip(why(row))
            continue
        if row.result.coefficient is None:
            continue
        result.checked += 1
        if row.result.coefficient in bounds:
            found = print_ratio(row.result.coefficient)
            result.rows.append(
                Row(
                    row.row,
                    row.year,
                    row.unit_id,
                    "coefficient",
                    found,
                    code="COEFFICIENT_AT_BOUND",
                )
            )
    return result


def _changes(
    rows: Sequence[Judged],
    before: Sequence[Judged],
    previous: Mapping[tuple[str, int], Fraction],
) -> Result:
    """T-32: verified emissions changed by at most 30 % since the previous year."""
    result = Result("T-32", tonnage=False)
    for row in rows:
        if row.unit is None:
            continue
        was = previous.get((row.unit.unit_id, row.unit.year - 1))
        if not was:
            continue
        result.checked += 1
        now = row.unit.emissions
        if abs(now - was) > USUAL_CHANGE * was:
            result.rows.append(
                Row(
                    row.row,
                    row.year,
                    row.unit_id,
                    "verified_emissions",
                    print_decimal(now),
                    print_decimal(was),
                    now - was,
                    "CHANGE_UNUSUAL",
                    {"before": print_decimal(was)},
                )
            )
    years = {row.year for row in (*before, *rows) if row.year is not None and row.unit_id}
    if not any(year + 1 in years for _, year in previous):
        result.reason = Reason("NO_PREVIOUS_TABLE")
    return result
