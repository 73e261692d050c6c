"""Which balance value each sector and year is recomputed with, and whether the table has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from cets_conformance.tables.coded import split_group
from cets_conformance.tables.exact import positions
from cets_conformance.tables.findings import NOTHING_TO_JUDGE, Found, Reason, Result, Row
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


@lru_cache(1 << 10)
def _ratio(text: str) -> Fraction:
    """Read a balance value: of all tables few, read over and over."""
    return Fraction(text)


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
        return _ratio(self.text)


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
        written, needs = rows.balance_values, rows.needs_intensity
        everywhere = written.counts()
        usable = {
            text: count for text, count in written.counts(needs).items() if _is_positive(text)
        }
        return cls(
            _by_group(everywhere),
            _by_group(usable),
            tuple(map(split_group, rows.groups.counts(needs))),
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
        key: values[key] if key in values else BalanceValue(_most_common(texts), "table")
        for key, texts in counted.everywhere.items()
    }


def _is_positive(written: str) -> bool:
    return _ratio(written.rpartition(" ")[2]) > 0


def _by_group(counts: Mapping[str, int]) -> dict[Key, dict[str, int]]:
    """Put balance values, each with its sector and year, under these."""
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for written, count in counts.items():
        group, _, value = written.rpartition(" ")
        found[split_group(group)][value] = count
    return dict(found)


def _most_common(written: Mapping[str, int]) -> str:
    """Give the value that most rows carry, as most of them write it; the first of equals."""
    by_value: dict[Fraction, list[tuple[str, int]]] = defaultdict(list)
    for text, count in written.items():
        by_value[_ratio(text)].append((text, count))
    most = max(by_value.values(), key=lambda texts: sum(count for _, count in texts))
    return max(most, key=lambda text: text[1])[0]


def check_balance_values(rows: Rows, right: Mapping[Key, BalanceValue]) -> Result:
    """T-20: one balance value per sector and year.

    Within the table values must be equal; against a given or solved one they are compared at the
    decimals they are written with.
    """
    written = rows.balance_values
    result = Result(
        "T-20",
        checked=int(np.count_nonzero(written.codes >= 0)),
        tonnage=False,
        otherwise=NOTHING_TO_JUDGE
        if rows.present("balance_value").any()
        else Reason("COLUMN_EMPTY", {"field": "balance_value"}),
    )
    off = [_off(text, right) for text in written.texts]
    if not any(off):
        return result
    rank = {size: at for at, size in enumerate(sorted({Fraction(0), *map(abs, off)}))}
    ranks = np.array([*(rank[abs(difference)] for difference in off), 0])[written.codes]
    failed = positions(ranks)

    def make(index: int) -> Row:
        position = int(failed[index])
        code = written.codes[position]
        group, _, value = written.texts[code].rpartition(" ")
        should = right[split_group(group)].text
        return rows.finding(position, "balance_value", value, should, off[code])

    result.failures = Found(failed, make, ranks[failed])
    return result


def _off(written: str, right: Mapping[Key, BalanceValue]) -> Fraction:
    """Give by how much a balance value, with its sector and year, is off; 0 where that may be."""
    group, _, value = written.rpartition(" ")
    should = right[split_group(group)]
    if value == should.text:
        return Fraction(0)
    difference = _ratio(value) - should.value
    slack = 0 if should.origin == "table" else half_unit(value)
    return difference if abs(difference) > slack else Fraction(0)


def last_place(value: BalanceValue, rules: RuleSet) -> Fraction:
    """Half a unit of the last place the balance value is used with."""
    if value.origin == "solved" and rules.readings["balance_precision"] == "four_decimals":
        return Fraction(1, 2 * 10**4)
    return half_unit(value.text)
