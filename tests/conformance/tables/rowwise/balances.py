"""Which balance value each sector and year is recomputed with, and whether the table has one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.conformance.tables.rowwise.findings import Reason, Result, Row
from tests.conformance.tables.rowwise.units import Judged

from cets_conformance.tables.options import Options
from cets_reference.balance import compute_balance
from cets_reference.quantities import print_ratio
from cets_reference.records import Unit
from cets_reference.rule_set import RuleSet
from cets_reference.scope import needs_intensity

__all__ = ["BalanceValue", "balance_values", "check_balance_values", "half_unit"]

Key = tuple[str, int]
"""Sector and year."""


@dataclass(frozen=True, slots=True)
class BalanceValue:
    """The balance value of a sector and year."""

    text: str
    """As written."""
    origin: str
    """``option``, ``solved`` or ``table``."""

    @property
    def value(self) -> Fraction:
        """The figure, exact."""
        return Fraction(self.text)


def half_unit(text: str) -> Fraction:
    """Half a unit of the last place a ratio is written with."""
    decimals = len(text.partition(".")[2])
    return Fraction(1, 2 * 10**decimals)


def balance_values(
    rows: Sequence[Judged], options: Options, rules: RuleSet
) -> dict[Key, BalanceValue]:
    """Give the balance value of every sector and year that needs one, as far as there is one.

    An option goes before a solved value, a solved value before the table's own; of several in the
    table the one that most rows carry is taken (the first of equals), and T-20 names the others.
    """
    needed: dict[Key, list[Unit]] = defaultdict(list)
    written: dict[Key, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.unit is not None and needs_intensity(row.unit, rules.plan):
            key = (row.unit.sector, row.unit.year)
            needed[key].append(row.unit)
            if Fraction(row.cells.get("balance_value", "0")) > 0:
                written[key][row.cells["balance_value"]] += 1
    values = {}
    for key, units in needed.items():
        sector, _ = key
        if sector in options.balance:
            values[key] = BalanceValue(options.balance[sector], "option")
        elif options.solve_balance:
            balance = compute_balance(units, rules)
            if balance is not None:
                values[key] = BalanceValue(print_ratio(balance.balance_value), "solved")
        elif written[key]:
            values[key] = BalanceValue(_most_common(written[key]), "table")
    return values


def _most_common(written: Counter[str]) -> str:
    """Give the value that most rows carry, as most of them write it; the first of equals."""
    by_value: dict[Fraction, Counter[str]] = defaultdict(Counter)
    for text, rows in written.items():
        by_value[Fraction(text)][text] = rows
    return max(by_value.values(), key=Counter.total).most_common(1)[0][0]


def check_balance_values(rows: Sequence[Judged], values: Mapping[Key, BalanceValue]) -> Result:
    """T-20: one balance value per sector and year.

    Within the table values must be equal; against a given or solved one they are compared at the
    decimals they are written with.
    """
    result = Result("T-20", tonnage=False)
    values = _also_unneeded(rows) | dict(values)
    for row in rows:
        sector, year = row.cells.get("sector"), row.year
        text = row.cells.get("balance_value")
        if text is None or sector is None or year is None or (sector, year) not in values:
            continue
        result.checked += 1
        right = values[sector, year]
        difference = Fraction(text) - right.value
        slack = 0 if right.origin == "table" else half_unit(text)
        if abs(difference) > slack:
            result.rows.append(
                Row(
                    row.row,
                    year,
                    row.unit_id,
                    "balance_value",
                    text,
                    right.text,
                    difference,
                )
            )
    if all("balance_value" not in row.cells for row in rows):
        result.reason = Reason("COLUMN_EMPTY", {"field": "balance_value"})
    return result


def _also_unneeded(rows: Sequence[Judged]) -> dict[Key, BalanceValue]:
    """Give the value most rows carry, also where no row is allocated by it."""
    written: dict[Key, Counter[str]] = defaultdict(Counter)
    for row in rows:
        sector, year, text = (row.cells.get(name) for name in ("sector", "year", "balance_value"))
        if sector is not None and year is not None and text is not None:
            written[sector, int(year)][text] += 1
    return {key: BalanceValue(_most_common(texts), "table") for key, texts in written.items()}


def last_place(value: BalanceValue, rules: RuleSet) -> Fraction:
    """Half a unit of the last place the balance value is used with."""
    if value.origin == "solved" and rules.readings["balance_precision"] == "four_decimals":
        return Fraction(1, 2 * 10**4)
    return half_unit(value.text)
