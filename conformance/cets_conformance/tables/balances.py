"""Which balance value each sector and year is recomputed with, and whether the table has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from cets_conformance.tables.coded import dense, split_group
from cets_conformance.tables.exact import Array
from cets_conformance.tables.findings import Found, Reason, Result, Row
from cets_conformance.tables.options import Options
from cets_conformance.tables.parts import Parts
from cets_conformance.tables.solving import solve
from cets_conformance.tables.units import Rows
from cets_reference.quantities import print_ratio
from cets_reference.rule_set import RuleSet

__all__ = [
    "BalanceValue",
    "Counted",
    "balance_values",
    "check_balance_values",
    "half_unit",
    "last_place",
    "right_values",
]

Key = tuple[str, int]
"""Sector and year."""


@dataclass(frozen=True)
class BalanceValue:
    """The balance value of a sector and year."""

    text: str
    """As written."""
    origin: str
    """``option``, ``solved`` or ``table``."""

    @cached_property
    def value(self) -> Fraction:
        """The figure, exact."""
        return Fraction(self.text)


def half_unit(text: str) -> Fraction:
    """Half a unit of the last place a ratio is written with."""
    decimals = len(text.partition(".")[2])
    return Fraction(1, 2 * 10**decimals)


@dataclass(frozen=True, slots=True)
class Counted:
    """The balance values of some rows, by sector and year in the order they are first met."""

    everywhere: Mapping[Key, Mapping[str, int]]
    """How many rows carry each, as written."""
    used: Mapping[Key, Mapping[str, int]]
    """How many rows carry each that need one."""
    needed: tuple[Key, ...]
    """Sectors and years that need one."""

    @classmethod
    def of(cls, rows: Rows) -> Counted:
        """Count those of a part."""
        needed, _ = dense(rows.groups.codes[rows.needs_intensity])
        usable = rows.needs_intensity & rows.coded("balance_value").where(_is_positive)
        return cls(
            _written(rows, np.ones(len(rows), np.bool_)),
            _written(rows, usable),
            tuple(split_group(rows.groups.texts[group]) for group in needed.tolist()),
        )

    @classmethod
    def merged(cls, parts: Sequence[Counted]) -> Counted:
        """Put the counts of all parts together."""
        return cls(
            _added([part.everywhere for part in parts]),
            _added([part.used for part in parts]),
            tuple(dict.fromkeys(key for part in parts for key in part.needed)),
        )


def _added(counts: Iterable[Mapping[Key, Mapping[str, int]]]) -> dict[Key, dict[str, int]]:
    whole: dict[Key, dict[str, int]] = {}
    for count in counts:
        for key, texts in count.items():
            found = whole.setdefault(key, {})
            for text, rows in texts.items():
                found[text] = found.get(text, 0) + rows
    return whole


def balance_values(
    parts: Parts[Rows], counted: Counted, options: Options, rules: RuleSet
) -> dict[Key, BalanceValue]:
    """Give the balance value of every sector and year that needs one, as far as there is one.

    An option goes before a solved value, a solved value before the table's own; of several in the
    table the one that most rows carry is taken (the first of equals), and T-20 names the others.
    """
    values = {}
    for key in counted.needed:
        if key[0] in options.balance:
            values[key] = BalanceValue(options.balance[key[0]], "option")
        elif options.solve_balance:
            solved = solve(parts, key, rules)
            if solved is not None:
                values[key] = BalanceValue(print_ratio(solved), "solved")
        elif key in counted.used:
            values[key] = BalanceValue(_most_common(counted.used[key]), "table")
    return values


def right_values(counted: Counted, values: Mapping[Key, BalanceValue]) -> dict[Key, BalanceValue]:
    """Give what the balance value of each sector and year that carries one should be."""
    return {
        key: values.get(key, BalanceValue(_most_common(texts), "table"))
        for key, texts in counted.everywhere.items()
    }


def _is_positive(text: str) -> bool:
    return Fraction(text) > 0


def _written(rows: Rows, where: Array) -> dict[Key, dict[str, int]]:
    """Give by sector and year the balance values written there and how often, as first met."""
    values = rows.coded("balance_value")
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for (group, value), count in _pairs(rows, where):
        found[split_group(rows.groups.texts[group])][values.texts[value]] = count
    return dict(found)


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


def _most_common(written: Mapping[str, int]) -> str:
    """Give the value that most rows carry, as most of them write it; the first of equals."""
    by_value: dict[Fraction, list[tuple[str, int]]] = defaultdict(list)
    for text, count in written.items():
        by_value[Fraction(text)].append((text, count))
    most = max(by_value.values(), key=lambda texts: sum(count for _, count in texts))
    return max(most, key=lambda text: text[1])[0]


def check_balance_values(rows: Rows, right: Mapping[Key, BalanceValue]) -> Result:
    """T-20: one balance value per sector and year.

    Within the table values must be equal; against a given or solved one they are compared at the
    decimals they are written with.
    """
    empty = Reason("COLUMN_EMPTY", {"field": "balance_value"})
    result = Result("T-20", tonnage=False, otherwise=empty)
    texts = rows.coded("balance_value").texts
    groups = [split_group(text) for text in rows.groups.texts]
    wrong: dict[int, Fraction] = {}
    for (group, value), count in _pairs(rows, np.ones(len(rows), np.bool_)):
        result.checked += count
        should = right[groups[group]]
        difference = Fraction(texts[value]) - should.value
        slack = 0 if should.origin == "table" else half_unit(texts[value])
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
        should = right[groups[group]].text
        return rows.finding(position, "balance_value", texts[value], should, wrong[key])

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
