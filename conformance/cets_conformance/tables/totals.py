"""Totals of a checked table: by sector, by province, and the distribution of surplus rates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

import numpy as np

from cets_conformance.tables.coded import dense, split_group
from cets_conformance.tables.exact import MILLION, Array, positions, sum_by
from cets_conformance.tables.provinces import PROVINCES
from cets_conformance.tables.recompute import Recomputed
from cets_conformance.tables.units import PREVIOUS
from cets_reference.quantities import print_decimal

__all__ = ["Totals"]

BIN = Fraction(25, 10000)
"""Width of a bin of surplus rates."""

EDGE = Fraction(325, 10000)
"""Where the outermost bins begin: just beyond the 3 % bound."""


class _Sums(NamedTuple):
    """Sums over some rows."""

    emissions: int = 0
    """Millionths of t."""
    found: int = 0
    expected: int = 0
    obligation: int = 0
    tonnes: int = 0
    rows: int = 0
    rows_wrong: int = 0
    unknown: int = 0
    """Rows that were not recomputed."""

    @classmethod
    def added(cls, parts: Iterable[Sequence[int]]) -> _Sums:
        """Add up the sums of several rows."""
        return cls(*map(sum, zip(*parts, strict=True)))

    def as_json(self) -> dict[str, Any]:
        """Print; ``expected`` is None unless every row was recomputed."""
        return {
            "rows": self.rows,
            "emissions": print_decimal(Fraction(self.emissions, MILLION)),
            "found": self.found,
            "expected": None if self.unknown else self.expected,
            "tonnes": self.tonnes,
            "rows_wrong": self.rows_wrong,
        }


Group = tuple[tuple[str, int] | None, str | None]
"""Sector and year, and province, as far as known."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Amounts found and expected in some rows, t, and how many rows differ."""

    verified: bool
    """Whether they are of an allocation table."""
    sums: Mapping[Group, Sequence[int]]
    """Sums of the rows of each group, in the order of their members."""
    rates: Mapping[str, list[int]]
    """Number of surplus rates in each bin, by sector."""

    @classmethod
    def of(cls, done: Recomputed) -> Totals:
        """Sum up a part."""
        verified = done.rows.verified
        return cls(verified, _cells(done), _surplus_rates(done) if verified else {})

    @classmethod
    def merged(cls, parts: Sequence[Totals]) -> Totals:
        """Add up the totals of parts."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            parts[0].verified,
            _added([part.sums for part in parts]),
            _added([part.rates for part in parts]),
        )

    def as_json(self, enterprises: int) -> dict[str, Any]:
        """Print."""
        by_sector, by_province = defaultdict(list), defaultdict(list)
        for (group, province), sums in self.sums.items():
            if group is not None:
                by_sector[group].append(sums)
            if province is not None:
                by_province[province].append(sums)
        whole = _Sums.added(self.sums.values())
        found = whole.as_json()
        return {
            "enterprises": enterprises,
            "allowance": {"found": found["found"], "expected": found["expected"]},
            "obligation": whole.obligation if self.verified and not whole.unknown else None,
            "emissions": found["emissions"],
            "by_sector": [
                {"sector": sector, "year": year, **_Sums.added(sums).as_json()}
                for (sector, year), sums in sorted(by_sector.items())
            ],
            "by_province": [
                {"province": province, **_Sums.added(sums).as_json()}
                for province, sums in sorted(by_province.items())
            ],
            "surplus_rates": _print_rates(self.rates),
        }


K = TypeVar("K")


def _added(parts: Iterable[Mapping[K, Sequence[int]]]) -> dict[K, list[int]]:
    found: dict[K, list[int]] = {}
    for part in parts:
        for key, figures in part.items():
            known = found.setdefault(key, [0] * len(figures))
            found[key] = [a + b for a, b in zip(known, figures, strict=True)]
    return found


def _cells(done: Recomputed) -> Mapping[Group, Sequence[int]]:
    """Sum up the rows of each sector and year in each province."""
    rows = done.rows
    groups, provinces = rows.groups, rows.coded("province")
    width = len(provinces.texts) + 1
    keys = (groups.codes.astype(np.int64) + 1) * width + provinces.codes + 1
    distinct, codes = dense(keys)
    sums = zip(*(sum_by(codes, column, len(distinct)) for column in _columns(done)), strict=True)
    counted = (codes, codes[done.wrong], codes[~done.known])
    marked = zip(
        *(np.bincount(some, minlength=len(distinct)).tolist() for some in counted), strict=True
    )
    found: list[dict[Group, Sequence[int]]] = []
    for key, figures, counts in zip(distinct.tolist(), sums, marked, strict=True):
        group, province = divmod(key, width)
        name = provinces.texts[province - 1] if province else None
        place = (
            split_group(groups.texts[group - 1]) if group else None,
            name if name in PROVINCES else None,
        )
        found.append({place: (*figures, *counts)})
    return _added(found)


def _columns(done: Recomputed) -> list[Array]:
    """Give what is summed, in the order of :class:`_Sums`."""
    rows, found = done.rows, done.found.values
    emissions = rows.numbers("verified_emissions" if rows.verified else PREVIOUS)
    expected = done.amount * done.known
    differences = np.abs(found - expected) * done.wrong
    return [emissions.values, found, expected, done.obligation, differences]


def _percent_text(edge: Fraction) -> str:
    scaled = int(edge * 10**4)
    return f"{'-' if scaled < 0 else ''}0.{abs(scaled):04d}"


# in whole numbers: EDGE is a multiple of BIN, and BIN a part of one
_BINS_OF_ONE, _BINS_TO_EDGE = int(1 / BIN), int(EDGE / BIN)
_BINS = 2 * _BINS_TO_EDGE + 2
_EDGES = tuple(_percent_text(BIN * step - EDGE) for step in range(_BINS - 1))


def _surplus_rates(done: Recomputed) -> dict[str, list[int]]:
    """Count covered units by sector and the surplus rate written for them, in fixed bins."""
    at = positions(done.judged & (done.obligation > 0))
    owed = done.obligation[at]
    steps = _BINS_OF_ONE * (done.found.values[at] - owed) // owed + _BINS_TO_EDGE
    places = np.minimum(np.maximum(steps + 1, 0), _BINS - 1)
    sectors = done.rows.coded("sector")
    counted = {}
    for code, sector in enumerate(sectors.texts):
        of_sector = places[sectors.codes[at] == code]
        if len(of_sector):
            counted[sector] = np.bincount(of_sector, minlength=_BINS).tolist()
    return counted


def _print_rates(rates: Mapping[str, list[int]]) -> list[dict[str, Any]]:
    return [
        {"sector": sector, "lower": lower, "upper": upper, "count": count}
        for sector in sorted(rates)
        for lower, upper, count in zip([None, *_EDGES], [*_EDGES, None], rates[sector], strict=True)
    ]
