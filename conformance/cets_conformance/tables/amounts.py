"""Amounts and ratios (T-10 to T-17): what is written against what the rules give."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pyarrow.compute as pc

from cets_conformance.tables.balances import half_unit
from cets_conformance.tables.exact import Array, half_up, positions
from cets_conformance.tables.findings import NOTHING_TO_JUDGE, Found, Reason, Result, Row
from cets_conformance.tables.identities import Kin, Years
from cets_conformance.tables.reading.grid import np_array, pa_array
from cets_conformance.tables.reading.typed import NumberColumn
from cets_conformance.tables.recompute import (
    NOT_A_UNIT,
    Recomputed,
    allowance_as_ordinary,
    pre_allocations,
)
from cets_conformance.tables.units import Rows
from cets_reference.quantities import print_ratio

__all__ = ["check_amounts"]

RATIOS = {"T-14": "intensity", "T-15": "deviation", "T-16": "coefficient"}
"""Checks of ratios and the columns they read."""

CELL_NOT_USABLE = Reason("CELL_NOT_USABLE")


def check_amounts(done: Recomputed, kin: Kin, years: Years) -> list[Result]:
    """Run T-10 to T-17 on recomputed rows, as far as the kind of table has them."""
    if not done.rows.verified:
        return [_required(done, "T-12"), _methods(done)]
    return [
        _required(done, "T-10"),
        _obligations(done),
        _pre_allocations(done, kin, years),
        _adjustments(done),
        *(_ratios(done, check, column) for check, column in RATIOS.items()),
        _methods(done),
    ]


def _begun(check: str, column: str, *, tonnage: bool = True) -> Result:
    """Begin a check of a column, which may be empty."""
    return Result(check, tonnage=tonnage, otherwise=_empty(column))


def _is_empty(rows: Rows, column: str) -> bool:
    """Tell whether nothing usable stands in a column."""
    return column not in rows.table.columns or not rows.present(column).any()


@cache
def _empty(column: str) -> Reason:
    return Reason("COLUMN_EMPTY", {"field": column})


def _required(done: Recomputed, check: str) -> Result:
    """Compare the amount that no row may lack."""
    result = _of_required(done, check)
    _name_wrong(result, done, done.column, done.found, done.amount, positions(done.wrong))
    return result


def _of_required(done: Recomputed, check: str) -> Result:
    """Begin a check of the amount that no row may lack."""
    result = _begun(check, done.column)
    result.skip_where(~done.judged, lambda at: CELL_NOT_USABLE if done.known[at] else done.why(at))
    result.checked = len(done.rows) - result.skipped
    return result


def _obligations(done: Recomputed) -> Result:
    """T-11: the obligation, where it is written."""
    result, found = _begun("T-11", "obligation"), done.rows.numbers("obligation")
    result.skip_where(found.present & ~done.known, done.why)
    _compare(result, done, "obligation", found, done.obligation, found.present & done.known)
    return result


def _pre_allocations(done: Recomputed, kin: Kin, years: Years) -> Result:
    """T-12 in an allocation table: the amount follows from the previous year's emissions."""
    rows, result = done.rows, _begun("T-12", "pre_allocation")
    if _is_empty(rows, "pre_allocation"):
        return result
    found, rules = rows.numbers("pre_allocation"), rows.rules
    usable = rows.is_unit & (kin.known | rows.by_sort(lambda sort: not sort.pre_allocated(rules)))

    def why(at: int) -> Reason:
        if not rows.is_unit[at]:
            return NOT_A_UNIT
        before = rows.year[at] - 1 in years.emissions
        return Reason("NOT_IN_PREVIOUS_TABLE" if before else "NO_PREVIOUS_TABLE")

    result.skip_where(found.present & ~usable, why)
    right = pre_allocations(rows, np.where(kin.known, kin.previous, 0))
    _compare(result, done, "pre_allocation", found, right, found.present & usable)
    return result


def _adjustments(done: Recomputed) -> Result:
    """T-13: entitlement less what was pre-allocated, arrears not being in the table."""
    rows, result = done.rows, _begun("T-13", "adjustment")
    if _is_empty(rows, "adjustment"):
        return result
    found, before = rows.numbers("adjustment"), rows.numbers("pre_allocation")
    usable = done.known & before.present
    result.skip_where(
        found.present & ~usable,
        lambda at: Reason("NO_PRE_ALLOCATION") if done.known[at] else done.why(at),
    )
    right = done.amount - before.values
    _compare(result, done, "adjustment", found, right, found.present & usable)
    return result


def _compare(
    result: Result, done: Recomputed, column: str, found: NumberColumn, right: Array, where: Array
) -> None:
    """Compare an amount exactly, on the rows of ``where``."""
    result.checked = int(np.count_nonzero(where))
    wrong = positions(where & (found.values != right))
    _name_wrong(result, done, column, found, right, wrong)


def _name_wrong(
    result: Result, done: Recomputed, column: str, found: NumberColumn, right: Array, wrong: Array
) -> None:
    """Name the rows in which an amount is wrong."""
    if not len(wrong):
        return
    written, expected = found.values[wrong], right[wrong]

    def make(index: int) -> Row:
        return done.rows.finding(
            int(wrong[index]), column, int(written[index]), int(expected[index])
        )

    result.failures = Found(wrong, make, np.abs(written - expected))


def _ratios(done: Recomputed, check: str, column: str) -> Result:
    """Compare a ratio at the decimals it is written with; equal allocation has α = 0 (A-6)."""
    rows, result = done.rows, _begun(check, column, tonnage=False)
    if _is_empty(rows, column):
        return result
    present = rows.present(column)
    result.otherwise = NOTHING_TO_JUDGE
    result.skip_where(present & ~done.known, done.why)
    where = present & done.by_intensity
    if column == "coefficient":
        where |= (
            present
            & done.known
            & rows.by_sort(lambda sort: sort.scope is not None and sort.scope.method == "equal")
        )
    result.checked = int(np.count_nonzero(where))
    at = positions(where)
    texts = rows.texts(column).text.take(pa_array(at))
    written = np_array(texts.cast("float64"))
    right = _approximate(done, column, at)
    differences = np.abs(written - right)
    half = _half_units(texts)
    error = _ERROR * (np.abs(written) + np.abs(right) + 2)
    wrong = differences > half + error
    for index in positions(~wrong & (differences >= half - error)).tolist():
        text = str(rows.cell(column, int(at[index])))
        wrong[index] = abs(Fraction(text) - _exact(done, column, int(at[index]))) > half_unit(text)
    failed = at[wrong]

    def make(index: int) -> Row:
        position = int(failed[index])
        text, exact = str(rows.cell(column, position)), _exact(done, column, position)
        return rows.finding(position, column, text, print_ratio(exact), Fraction(text) - exact)

    result.failures = Found(
        failed, make, differences[wrong], slack=float(error[wrong].max(initial=0.0))
    )
    return result


_ERROR = 2.0**-47
"""64u. I, X and α in doubles are off by at most 12u times 2 + their size (see ``allocating``), a
written ratio by u of its size, their difference by as much again."""


def _approximate(done: Recomputed, column: str, at: Array) -> Array:
    """Give the right ratio in doubles."""
    plan, ratio = done.rows.rules.plan, done.ratio[at]
    if column == "intensity":
        emitted, output = done.rows.emitted[at], done.rows.numbers("output").values[at]
        found: Array = emitted.astype(np.float64) / output.astype(np.float64)
        return found
    if column == "deviation":
        return 1 - ratio
    bound = done.bound[at]
    coefficient = np.where(np.isnan(ratio), 0, (1 - ratio) * float(plan.slope.value))
    coefficient[bound > 0] = float(plan.coefficient_upper.value)
    coefficient[bound < 0] = float(plan.coefficient_lower.value)
    return coefficient


def _exact(done: Recomputed, column: str, position: int) -> Fraction:
    exact: Fraction | None = getattr(done.exact(position), column)
    return Fraction(0) if exact is None else exact


def _half_units(texts: Any) -> Array:
    """Give half a unit of the last place of each text."""
    length = np_array(pc.binary_length(texts))
    point = np_array(pc.find_substring(texts, "."))
    decimals = np.where(point < 0, 0, length - point - 1)
    halves: Array = 0.5 * 10.0 ** -decimals.astype(np.float64)
    return halves


def _methods(done: Recomputed) -> Result:
    """T-17: a wrong amount that is exactly what another method would have given."""
    result, wrong = _of_required(done, "T-17"), positions(done.wrong)
    if not len(wrong):
        return result
    treated = _treated_as(done, done.found.values, wrong)
    named = positions(treated != "")
    wrong, treated = wrong[named], treated[named]
    written, right = done.found.values[wrong], done.amount[wrong]

    def make(index: int) -> Row:
        return done.rows.finding(
            int(wrong[index]),
            done.column,
            int(written[index]),
            int(right[index]),
            code=f"TREATED_AS_{treated[index]}",
        )

    result.failures = Found(wrong, make, np.abs(written - right))
    return result


def _treated_as(done: Recomputed, found: Array, wrong: Array) -> Array:
    """Name the method whose amount stands in each wrong row; empty where there is none."""
    rows = done.rows
    sorts = [sort.scope for sort in rows.sorts]
    reasons = np.array(
        ["" if scope is None or scope.covered else f"COVERED_{scope.reason}" for scope in sorts],
        object,
    )
    methods = np.array([scope.method if scope else "" for scope in sorts], object)
    of_row = rows.sort[wrong]
    treated, method, written = reasons[of_row], methods[of_row], found[wrong]
    covered = treated == ""
    treated[covered & (written == 0)] = "UNCOVERED"
    if not rows.verified:
        return treated
    open_ = covered & (written != 0)
    equal = half_up(
        rows.numbers("verified_emissions").values[wrong], rows.rules.readings["rounding"]
    )
    treated[open_ & (method == "intensity") & (written == equal)] = "SPECIAL"
    special = positions(open_ & (method != "intensity"))
    if len(special):
        ordinary = allowance_as_ordinary(rows, done.values, wrong[special])
        treated[special[ordinary == written[special]]] = "ORDINARY"
    return treated
