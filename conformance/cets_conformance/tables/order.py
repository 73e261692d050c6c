"""Order (T-22): the cleaner unit never has the lower surplus rate.

Every unit is held against every other of its sector and year, by one sort and one sweep each way,
exactly. Of a million units hardly any can matter to that: a filter in doubles (``rates``) leaves
those that may set the standard at some intensity, and those that may break it.

The suspects of all parts are gathered, 32 bytes of each; the judges stay where they are, say which
of them may set the standard, and these alone come to the sweep, 48 bytes of each. Where most of a
table is wrong all its units are suspects, and all may come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from cets_conformance.tables.coded import split_group
from cets_conformance.tables.exact import Array, positions, ranks
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
    rates = _by_key(units.each(_Units.suspects, trusted)) if trusted else {}
    suspects = {key: Rates.joined(found) for key, found in rates.items()}
    named = _contradictions(units, trusted, suspects) if suspects else _NOTHING
    naming = units.each(_Units.ids, np.unique(named.other)) if len(named.other) else []
    ids = {number: text for part in naming for number, text in part}
    return merged(units.each(_Units.result, named, ids, parts.keep))


def _contradictions(
    units: Parts[_Units], trusted: Mapping[Key, bool], suspects: Mapping[Key, Rates]
) -> _Contradictions:
    """Let the exact rule judge what the filter leaves."""
    edges = {key: suspected.edges for key, suspected in suspects.items()}
    bench = units.then(_Bench.of, trusted, edges)
    least = _by_key(bench.each(_Bench.least))
    asked = {key: Asked.of(suspects[key], Least.merged(found)) for key, found in least.items()}
    setting = _by_key(bench.each(_Bench.setting, asked))
    breaking = _by_key(units.each(_Units.rows, {key: ask.breaking for key, ask in asked.items()}))
    return _Contradictions.joined(
        [_sweep(Figures.joined(setting[key]), Figures.joined(breaking[key])) for key in suspects]
    )


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
        agrees = done.judged & ~done.wrong & (written.obligation == done.obligation)
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

    def ids(self, numbers: Array) -> list[tuple[int, str]]:
        """Name the units in rows of these numbers, ascending, as far as they are here."""
        rows = self.written.rows
        at = rows.places(numbers).tolist()
        return [(int(rows.number[place]), rows.cell("unit_id", place) or "") for place in at]

    def result(
        self,
        named: _Contradictions,
        ids: Mapping[int, str],
        keep: Callable[[Result], Result],
    ) -> Result:
        """Give T-22 for the rows of this part."""
        rows, result = self.written.rows, self.written.result("T-22")
        result.checked = int(np.count_nonzero(self.where))
        if not len(named.number):
            return keep(result)
        failed = rows.places(named.number)
        written = self.written.allowance[failed]
        which = np.searchsorted(named.number, rows.number[failed])
        allowed, others = named.allowed[which], named.other[which]

        def make(index: int) -> Row:
            other = int(others[index])
            return rows.finding(
                int(failed[index]),
                "allowance",
                int(written[index]),
                int(allowed[index]),
                code="RATE_OUT_OF_ORDER",
                values={"other_row": str(other), "other_unit": ids[other]},
            )

        result.failures = Found(failed, make, np.abs(written - allowed))
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


class _Contradictions(NamedTuple):
    """Rows, each with what contradicts it, as columns by row number."""

    number: Array
    """Number of the row."""
    allowed: Array
    """Allowance that would not contradict, t."""
    other: Array
    """Number of the row that it contradicts."""

    @classmethod
    def joined(cls, parts: Sequence[_Contradictions]) -> _Contradictions:
        """Put together what was found apart, no row twice."""
        whole = cls(*map(np.concatenate, zip(*parts, strict=True)))
        order = np.argsort(whole.number)
        return cls(*(column[order] for column in whole))


_NOTHING = _Contradictions(*(np.zeros(0, np.int64) for _ in _Contradictions._fields))


def _sweep(judges: Figures, suspects: Figures) -> _Contradictions:
    """Hold each suspect against the strictly cleaner judge of least rate and the dirtier of most.

    Exact are the ranks of intensities and rates; all else is done with these.
    """
    units, count = Figures.joined([judges, suspects]), len(judges.number)
    intensity = ranks(units.emitted, units.output)
    surplus = units.allowance - units.obligation
    rates = ranks(np.concatenate([surplus - SLACK, surplus + SLACK]), np.tile(units.base, 2))
    least, most = np.split(rates, 2)
    good, cleaner = _undercut(count, intensity, most, least)
    bad, dirtier = _undercut(count, -intensity, -least, -most)
    named = positions(good | bad)
    unit = suspects.at(named)
    other = judges.at(np.where(good, cleaner, dirtier)[named])
    slack = np.where(good, SLACK, -SLACK)[named].astype(object)
    return _Contradictions(unit.number, _allowed(unit, other, slack), other.number)


def _undercut(count: int, level: Array, bound: Array, rate: Array) -> tuple[Array, Array]:
    """Hold units, all by ranks, against those of a lower level among the first ``count``.

    Gives of the others which have a greater rate than the least bound of such a one, and the
    position of that: of equal ones the first, by level, then as they stand.
    """
    level = level - level.min(initial=0)
    order = np.argsort(level[:count], kind="stable")
    lowest = bound.min(initial=0)
    # which bound, then which unit: the least of these numbers names both
    coded = (bound[order] - lowest) * count + np.arange(count)
    none = np.iinfo(np.int64).max
    best = np.full(level.max(initial=0) + 2, none)
    np.minimum.at(best, level[order] + 1, coded)
    found = np.minimum.accumulate(best)[level[count:]]
    known = found != none
    chosen = np.where(known, found, 0)
    higher: Array = rate[count:] > lowest + chosen // max(count, 1)
    return known & higher, order[chosen % max(count, 1)] if count else chosen


def _allowed(unit: Figures, other: Figures, slack: Array) -> Array:
    """Give allowances next to those written that would not contradict the other units', t."""
    base = other.base.astype(object)
    surplus = other.allowance.astype(object) - other.obligation + slack
    limit = unit.obligation * base + surplus * unit.base  # all times ``base``
    too_much = unit.allowance * base > limit
    allowed: Array = np.where(too_much, limit // base + SLACK, -(-limit // base) - SLACK)
    return allowed
