"""Order (T-22): the cleaner unit never has the lower surplus rate.

Every unit is held against every other of its sector and year, by one sort and one sweep each way,
exactly. Of a million units hardly any can matter to that: a filter in doubles (``rates``) leaves
those that may set the standard at some intensity, and those that may break it.

The suspects of all parts are gathered, 32 bytes of each; the judges stay where they are, say which
of them may set the standard, and these alone come to the sweep, 48 bytes of each. Where most of a
table is wrong all its units are suspects, and all may come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple, TypeVar

import numpy as np

from cets_conformance.tables.coded import split_group
from cets_conformance.tables.exact import MILLION, Array, positions
from cets_conformance.tables.findings import Found, Result, Row, merged
from cets_conformance.tables.laws import Written
from cets_conformance.tables.parts import Parts
from cets_conformance.tables.rates import SLACK, Asked, Figures, Least, Rates
from cets_conformance.tables.recompute import Recomputed

__all__ = ["check_order"]

T = TypeVar("T")
Key = tuple[str, int]
"""Sector and year."""


def check_order(parts: Parts[Recomputed], written: Parts[Written]) -> Result:
    """T-22: within a sector and year the cleaner unit never has the lower surplus rate.

    A contradiction takes two rows. Where recomputation says which rows are right, the others are
    held against those alone; otherwise both rows of a contradiction are named.
    """
    units = parts.then(_Units.of, written)
    counts = _by_key(units.each(_Units.counts))
    members = {key: tuple(map(sum, zip(*found, strict=True))) for key, found in counts.items()}
    # where most are right, those are the judges
    trusted = {key: 2 * right >= all_ for key, (all_, right) in members.items() if all_ > 1}
    rates = _by_key(units.each(_Units.suspects, trusted))
    suspects = {key: Rates.joined(found) for key, found in rates.items()}
    named = _contradictions(units, trusted, suspects) if suspects else {}
    others = sorted({found.other for found in named.values()})
    naming = units.each(_Units.ids, others) if others else []
    ids = {number: text for part in naming for number, text in part}
    return merged(units.each(_Units.result, named, ids, parts.keep))


def _contradictions(
    units: Parts[_Units], trusted: Mapping[Key, bool], suspects: Mapping[Key, Rates]
) -> dict[int, _Contradiction]:
    """Let the exact rule judge what the filter leaves; by row number."""
    edges = {key: suspected.edges for key, suspected in suspects.items()}
    bench = units.then(_Bench.of, trusted, edges)
    least = _by_key(bench.each(_Bench.least))
    asked = {key: Asked.of(suspects[key], Least.merged(found)) for key, found in least.items()}
    setting = _by_key(bench.each(_Bench.setting, asked))
    breaking = _by_key(units.each(_Units.rows, {key: ask.breaking for key, ask in asked.items()}))
    return {
        found.number: found
        for key in suspects
        for found in _sweep(_rated(setting[key]), _rated(breaking[key]))
    }


def _by_key(parts: Iterable[Mapping[Key, T]]) -> dict[Key, list[T]]:
    """Put together by sector and year what the parts say, in their order."""
    found: dict[Key, list[T]] = {}
    for part in parts:
        for key, said in part.items():
            found.setdefault(key, []).append(said)
    return found


@dataclass(frozen=True, slots=True)
class _Units:
    """The units of a part that have a rate."""

    written: Written
    where: Array
    """Rows that have one."""
    agrees: Array
    """Rows whose amounts are right."""
    keys: tuple[Key, ...]
    """Sector and year by group."""

    @classmethod
    def of(cls, done: Recomputed, written: Written) -> _Units:
        """Take those of a part."""
        rows = written.rows
        agrees = done.known & (written.allowance == done.amount)
        agrees &= written.obligation == done.obligation
        where = written.usable & rows.needs_intensity & (rows.base > 0)
        return cls(written, where, agrees, tuple(map(split_group, rows.groups.texts)))

    def counts(self) -> dict[Key, tuple[int, int]]:
        """Count units, and those that are right, by sector and year."""
        groups = self.written.rows.groups.codes
        counts = (
            np.bincount(groups[some], minlength=len(self.keys)).tolist()
            for some in (self.where, self.where & self.agrees)
        )
        return {
            key: (members, right)
            for key, members, right in zip(self.keys, *counts, strict=True)
            if members
        }

    def suspects(self, trusted: Mapping[Key, bool]) -> dict[Key, Rates]:
        """Give the rates of those that may break the standard, as far as there are several."""
        found = {}
        for key in self.keys:
            if key in trusted:
                at = self._at(key, ~self.agrees if trusted[key] else self.where)
                if len(at):
                    found[key] = Rates.of(self.figures(at))
        return found

    def judges(self, key: Key, trusted: Mapping[Key, bool]) -> Array:
        """Give the positions of those that set the standard."""
        return self._at(key, self.agrees if trusted[key] else self.where)

    def _at(self, key: Key, which: Array) -> Array:
        of_key = self.written.rows.groups.codes == self.keys.index(key)
        return positions(self.where & which & of_key)

    def rows(self, numbers: Mapping[Key, Array]) -> dict[Key, Figures]:
        """Give the units in rows of these numbers."""
        return {
            key: self.figures(self.written.rows.places(np.sort(some)))
            for key, some in numbers.items()
        }

    def figures(self, at: Array) -> Figures:
        """Give the units at some positions."""
        rows, written = self.written.rows, self.written
        return Figures(
            rows.number[at],
            rows.emitted[at],
            rows.numbers("output").values[at],
            written.allowance[at],
            written.obligation[at],
            rows.base[at],
        )

    def ids(self, numbers: Sequence[int]) -> list[tuple[int, str]]:
        """Name the units in rows of these numbers, ascending, as far as they are here."""
        rows = self.written.rows
        at = rows.places(numbers).tolist()
        return [(int(rows.number[place]), rows.cell("unit_id", place) or "") for place in at]

    def result(
        self,
        named: Mapping[int, _Contradiction],
        ids: Mapping[int, str],
        keep: Callable[[Result], Result],
    ) -> Result:
        """Give T-22 for the rows of this part."""
        rows, result = self.written.rows, self.written.result("T-22")
        result.checked = int(np.count_nonzero(self.where))
        failed = rows.places(sorted(named))
        written = self.written.allowance[failed]
        allowed = [named[number].allowed for number in rows.number[failed].tolist()]

        def make(index: int) -> Row:
            position = int(failed[index])
            other = named[int(rows.number[position])].other
            return rows.finding(
                position,
                "allowance",
                int(written[index]),
                allowed[index],
                code="RATE_OUT_OF_ORDER",
                values={"other_row": str(other), "other_unit": ids[other]},
            )

        off = [abs(int(w) - a) for w, a in zip(written.tolist(), allowed, strict=True)]
        result.failures = Found(failed, make, np.array(off, object))
        return keep(result)


@dataclass(frozen=True, slots=True)
class _Bench:
    """The judges of a part, by sector and year: positions, rates, and bins between the edges."""

    units: _Units
    judges: Mapping[Key, tuple[Array, Rates, Array, int]]

    @classmethod
    def of(cls, units: _Units, trusted: Mapping[Key, bool], edges: Mapping[Key, Array]) -> _Bench:
        """Put the judges of a part into bins."""
        judges = {}
        for key in units.keys:
            if key in edges:
                at = units.judges(key, trusted)
                rates = Rates.of(units.figures(at))
                bins = np.searchsorted(edges[key], rates.bits, "right")
                judges[key] = at, rates, bins, len(edges[key])
        return cls(units, judges)

    def least(self) -> dict[Key, Least]:
        """Give the least rates in each bin."""
        return {
            key: Least.of(rates, bins, last) for key, (_, rates, bins, last) in self.judges.items()
        }

    def setting(self, asked: Mapping[Key, Asked]) -> dict[Key, Figures]:
        """Give the judges that may set the standard for a suspect."""
        return {
            key: self.units.figures(at[asked[key].setting(rates, bins)])
            for key, (at, rates, bins, _) in self.judges.items()
        }


@dataclass(frozen=True, slots=True)
class _Rated:
    """A unit with its intensity and the surplus written for it; rates are per t of the base."""

    number: int
    intensity: Fraction
    allowance: int
    obligation: int
    base: Fraction

    @property
    def least(self) -> Fraction:
        return (self.allowance - self.obligation - SLACK) / self.base

    @property
    def most(self) -> Fraction:
        return (self.allowance - self.obligation + SLACK) / self.base


class _Contradiction(NamedTuple):
    """What contradicts a row."""

    number: int
    """Number of the row."""
    allowed: int
    """Allowance that would not contradict, t."""
    other: int
    """Number of the row that it contradicts."""


def _rated(parts: Sequence[Figures]) -> list[_Rated]:
    """Make exact units of figures."""
    return [
        _Rated(
            int(number),
            Fraction(int(emitted), int(output)),
            int(allowance),
            int(obligation),
            Fraction(int(base), MILLION),
        )
        for figures in parts
        for number, emitted, output, allowance, obligation, base in zip(
            *(column.tolist() for column in figures), strict=True
        )
    ]


def _sweep(judges: Sequence[_Rated], suspects: Sequence[_Rated]) -> Iterator[_Contradiction]:
    """Hold each suspect against the strictly cleaner judge of least rate and the dirtier of most.

    One sort of both together, one sweep each way.
    """
    named: set[int] = set()
    for cleaner_first in (True, False):
        extreme: _Rated | None = None
        waiting: list[_Rated] = []
        order = sorted(
            [(item, True) for item in judges] + [(item, False) for item in suspects],
            key=lambda pair: pair[0].intensity,
            reverse=not cleaner_first,
        )
        for item, is_judge in order:
            if waiting and waiting[0].intensity != item.intensity:
                extreme = _extreme([extreme, *waiting], cleaner_first=cleaner_first)
                waiting = []
            if is_judge:
                waiting.append(item)
            elif extreme is not None and item.number not in named:
                bound = extreme.most if cleaner_first else extreme.least
                wrong = item.least > bound if cleaner_first else item.most < bound
                if wrong:
                    named.add(item.number)
                    yield _contradiction(item, extreme, bound)


def _extreme(items: Iterable[_Rated | None], *, cleaner_first: bool) -> _Rated | None:
    known = [item for item in items if item is not None]
    if cleaner_first:
        return min(known, key=lambda item: item.most, default=None)
    return max(known, key=lambda item: item.least, default=None)


def _contradiction(item: _Rated, other: _Rated, bound: Fraction) -> _Contradiction:
    limit = item.obligation + bound * item.base
    too_much = item.allowance > limit
    allowed = floor(limit + SLACK) if too_much else ceil(limit - SLACK)
    return _Contradiction(item.number, allowed, other.number)
