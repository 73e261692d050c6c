"""Recomputation: what the rules give for every row, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from cets_conformance.tables.allocating import Inputs, allocate, share_of
from cets_conformance.tables.balances import BalanceValue
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.exact import Array, half_up, positions
from cets_conformance.tables.findings import Reason
from cets_conformance.tables.reading.typed import NumberColumn
from cets_conformance.tables.units import PREVIOUS, Rows
from cets_reference.allocation import ExactAllocation, compute_exact

__all__ = ["Recomputed", "allowance_as_ordinary", "pre_allocations", "recompute"]

Values = Mapping[tuple[str, int], BalanceValue]

AMOUNT = {Kind.ALLOCATION: "allowance", Kind.PRE_ALLOCATION: "pre_allocation"}
"""Column of the amount that a table is about, by its kind."""

NOT_A_UNIT = Reason("ROW_NOT_A_UNIT")


@dataclass(frozen=True, slots=True)
class Recomputed:
    """Results beside the rows."""

    rows: Rows
    """The rows."""
    values: Values
    """Balance values they were computed with."""
    known: Array
    """Rows that could be computed; elsewhere the figures mean nothing."""
    amount: Array
    """Allowance (in a pre-allocation table: pre-allocation), t, int64."""
    obligation: Array
    """Obligation, t, int64; 0 throughout in a pre-allocation table."""
    by_intensity: Array
    """Rows of which an intensity was computed."""
    bound: Array
    """1 where the coefficient is at its upper bound, -1 at its lower, else 0; int8."""
    ratio: Array
    """I/B as double where an intensity was computed, else NaN."""
    found: NumberColumn
    """The amount as it stands in the table, t."""
    judged: Array
    """Rows that could be computed and have the amount."""
    wrong: Array
    """Rows of these in which it is not the right one."""

    @property
    def column(self) -> str:
        """Name of the column of the amount."""
        return AMOUNT[self.rows.table.kind]

    def exact(self, position: int) -> ExactAllocation:
        """Give one row's allocation before rounding, by the reference."""
        unit = self.rows.unit(position)
        balance = self.values.get((unit.sector, unit.year))
        return compute_exact(unit, balance.value if balance else None, self.rows.rules)

    def why(self, position: int) -> Reason:
        """Say why a row has no result."""
        if not self.rows.is_unit[position]:
            return NOT_A_UNIT
        sector, year = self.rows.cell("sector", position), self.rows.cell("year", position)
        return Reason("NO_BALANCE_VALUE", {"sector": str(sector), "year": str(year)})


def recompute(rows: Rows, values: Values) -> Recomputed:
    """Compute every row that can be."""
    nothing = np.zeros(len(rows), np.int64)
    if not rows.verified:
        amount = pre_allocations(rows, rows.numbers(PREVIOUS).values)
        none = np.zeros(len(rows), np.bool_)
        known = rows.is_unit
        judged = _judge(rows, known, amount)
        return Recomputed(rows, values, known, amount, nothing, none, none, nothing, *judged)
    rounding = rows.rules.readings["rounding"]
    balances, balance = _balances(rows, values)
    by_intensity = rows.needs_intensity & (balance >= 0)
    verified = half_up(rows.numbers("verified_emissions").values, rounding)
    amount = np.where(rows.covered, verified, 0)
    bound, ratio = np.zeros(len(rows), np.int8), np.full(len(rows), np.nan)
    at = positions(by_intensity)
    found = allocate(_inputs(rows, balance, balances), at, rows.rules)
    amount[at], bound[at], ratio[at] = found.allowance, found.bound, found.ratio
    known = rows.is_unit & (by_intensity | ~rows.needs_intensity)
    return Recomputed(
        rows,
        values,
        known,
        amount,
        np.where(rows.surrenders, verified, 0),
        by_intensity,
        bound,
        ratio,
        *_judge(rows, known, amount),
    )


def _judge(rows: Rows, known: Array, amount: Array) -> tuple[NumberColumn, Array, Array]:
    """Hold the amounts of a table against the right ones."""
    found = rows.numbers(AMOUNT[rows.table.kind])
    judged = known & found.present
    return found, judged, judged & (found.values != amount)


def _balances(rows: Rows, values: Values) -> tuple[list[Fraction], Array]:
    """Give the balance values, and each row's by its position among them; -1 where none is."""
    texts = {f"{sector} {year}": at for at, (sector, year) in enumerate(values)}
    position = rows.groups.pick(lambda text: texts.get(text, -1), -1, np.int64)
    return [balance.value for balance in values.values()], position


def _inputs(rows: Rows, balance: Array, balances: list[Fraction]) -> Inputs:
    emissions, output = (rows.numbers(name).values for name in ("verified_emissions", "output"))
    return Inputs(emissions, rows.base, rows.emitted, output, balance, balances)


def pre_allocations(rows: Rows, previous: Array) -> Array:
    """Pre-allocate from the previous year's emissions, millionths of t; t, int64."""
    amount = np.zeros(len(rows), np.int64)
    share_of_sort = [sort.pre_allocated(rows.rules) for sort in rows.sorts]
    for share in set(share_of_sort) - {Fraction(0)}:
        has_it = np.array([of_sort == share for of_sort in share_of_sort], np.bool_)
        at = positions(has_it[rows.sort])
        amount[at] = share_of(previous[at], share, rows.rules.readings["rounding"])
    return amount


def allowance_as_ordinary(rows: Rows, values: Values, at: Array) -> Array:
    """Give what the rows would get as ordinary lines, t; -1 where that cannot be computed."""
    balances, balance = _balances(rows, values)
    possible = rows.by_sort(lambda sort: sort.is_intense_as_ordinary(rows.rules))[at]
    possible &= balance[at] >= 0
    amount = np.full(len(at), -1, np.int64)
    some = at[possible]
    amount[possible] = allocate(_inputs(rows, balance, balances), some, rows.rules).allowance
    return amount
