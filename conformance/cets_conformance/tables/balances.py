"""Which balance value each sector and year is recomputed with, and whether the table has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from cets_conformance.tables.coded import dense, split_group
from cets_conformance.tables.exact import Array
from cets_conformance.tables.findings import Found, Reason, Result, Row
from cets_conformance.tables.options import Options
from cets_conformance.tables.solving import solve
from cets_conformance.tables.units import Rows
from cets_reference.quantities import print_ratio
from cets_reference.rule_set import RuleSet

__all__ = ["BalanceValue", "balance_values", "check_balance_values", "half_unit", "last_place"]

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


def balance_values(rows: Rows, options: Options) -> dict[Key, BalanceValue]:
    """Give the balance value of every sector and year that needs one, as far as there is one.

    An option goes before a solved value, a solved value before the table's own; of several in the
    table the one that most rows carry is taken (the first of equals), and T-20 names the others.
    """
    needed = np.flatnonzero(rows.needs_intensity)
    groups, _ = dense(rows.groups.codes[needed])
    written = _written(rows, rows.needs_intensity & rows.coded("balance_value").where(_is_positive))
    values = {}
    for group in groups.tolist():
        key = split_group(rows.groups.texts[group])
        if key[0] in options.balance:
            values[key] = BalanceValue(options.balance[key[0]], "option")
        elif options.solve_balance:
            at = needed[rows.groups.codes[needed] == group]
            solved = solve(rows, at)
            if solved is not None:
                values[key] = BalanceValue(print_ratio(solved), "solved")
        elif group in written:
            values[key] = BalanceValue(_most_common(written[group]), "table")
    return values


def _is_positive(text: str) -> bool:
    return Fraction(text) > 0


def _written(rows: Rows, where: Array) -> dict[int, list[tuple[str, int]]]:
    """Give by group the balance values written there and how often, as they are first met."""
    values = rows.coded("balance_value")
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for (group, value), count in _pairs(rows, where):
        found[group].append((values.texts[value], count))
    return found


def _pairs(rows: Rows, where: Array) -> Iterable[tuple[tuple[int, int], int]]:
    """Give (group, balance value) of the rows of ``where`` and how often, as first met."""
    values = rows.coded("balance_value")
    known = where & (rows.groups.codes >= 0) & (values.codes >= 0)
    keys, codes = dense(_pair_keys(rows)[known])
    counts = np.bincount(codes, minlength=len(keys))
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        yield divmod(key, len(values.texts)), count


def _pair_keys(rows: Rows) -> Array:
    values = rows.coded("balance_value")
    keys: Array = rows.groups.codes.astype(np.int64) * max(len(values.texts), 1) + values.codes
    return keys


def _most_common(written: list[tuple[str, int]]) -> str:
    """Give the value that most rows carry, as most of them write it; the first of equals."""
    by_value: dict[Fraction, list[tuple[str, int]]] = defaultdict(list)
    for text, count in written:
        by_value[Fraction(text)].append((text, count))
    most = max(by_value.values(), key=lambda texts: sum(count for _, count in texts))
    return max(most, key=lambda text: text[1])[0]


def check_balance_values(rows: Rows, values: Mapping[Key, BalanceValue]) -> Result:
    """T-20: one balance value per sector and year.

    Within the table values must be equal; against a given or solved one they are compared at the
    decimals they are written with.
    """
    empty = Reason("COLUMN_EMPTY", {"field": "balance_value"})
    result = Result("T-20", tonnage=False, otherwise=empty)
    everywhere = np.ones(len(rows), np.bool_)
    written = _written(rows, everywhere)
    right = {
        group: values.get(
            split_group(rows.groups.texts[group]), BalanceValue(_most_common(texts), "table")
        )
        for group, texts in written.items()
    }
    texts = rows.coded("balance_value").texts
    wrong: dict[int, Fraction] = {}
    for (group, value), count in _pairs(rows, everywhere):
        result.checked += count
        difference = Fraction(texts[value]) - right[group].value
        slack = 0 if right[group].origin == "table" else half_unit(texts[value])
        if abs(difference) > slack:
            wrong[group * len(texts) + value] = difference
    keys = _pair_keys(rows)
    known = (rows.groups.codes >= 0) & (rows.coded("balance_value").codes >= 0)
    distinct = np.array(sorted(wrong), np.int64)
    failed = np.flatnonzero(known & np.isin(keys, distinct))

    def make(index: int) -> Row:
        key = int(keys[failed[index]])
        group, value = divmod(key, len(texts))
        position = int(failed[index])
        return rows.finding(position, "balance_value", texts[value], right[group].text, wrong[key])

    sizes = sorted({abs(difference) for difference in wrong.values()})
    rank = {size: at for at, size in enumerate(sizes)}
    ranks = np.array([rank[abs(wrong[key])] for key in distinct.tolist()], np.int64)
    result.failures = Found(failed, make, ranks[np.searchsorted(distinct, keys[failed])])
    return result


def last_place(value: BalanceValue, rules: RuleSet) -> Fraction:
    """Half a unit of the last place the balance value is used with."""
    if value.origin == "solved" and rules.readings["balance_precision"] == "four_decimals":
        return Fraction(1, 2 * 10**4)
    return half_unit(value.text)
