"""Which rows speak of the same unit, within a table and across two years' tables.

Rows meet by unit id (:class:`_Sighted`), all that have one in the same place; there
:func:`_relate` says of each what the others mean to it, and that goes home with it (:class:`Kin`).
The exact texts decide; a hash of them only says where they meet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from operator import attrgetter

import numpy as np
import pyarrow as pa

from cets_conformance.tables.exact import Array, positions
from cets_conformance.tables.findings import Listed, Result, Row, merged
from cets_conformance.tables.fingerprints import fingerprints, repeated
from cets_conformance.tables.hashing import bucket_of
from cets_conformance.tables.parts import Met, Parts
from cets_conformance.tables.reading.grid import STRING, is_valid, np_array, pa_array
from cets_conformance.tables.units import Rows

__all__ = ["Kin", "Years", "kin_of", "strangers"]


@dataclass(frozen=True, slots=True)
class Years:
    """Years that the table and the previous one speak of."""

    all: tuple[int, ...]
    """Of rows with a unit id, ascending."""
    emissions: frozenset[int]
    """Those for which some unit's verified emissions are known."""
    covered: frozenset[int]
    """Years that the rules are for; a row of another one is an error of its own (T-02)."""

    @classmethod
    def merged(cls, parts: Sequence[Years]) -> Years:
        """Put together what several tables or parts of one speak of."""
        years = sorted({year for part in parts for year in part.all})
        emissions, covered = (
            frozenset().union(*(getattr(part, name) for part in parts))
            for name in ("emissions", "covered")
        )
        return cls(tuple(years), emissions, covered)

    @property
    def neighbours(self) -> list[tuple[int, int]]:
        """Years that follow each other."""
        return [(year, year + 1) for year in self.all if year + 1 in self.all]

    @property
    def compared(self) -> list[tuple[int, int]]:
        """Years that follow each other and whose units should be the same (T-25)."""
        return [pair for pair in self.neighbours if self.covered.issuperset(pair)]


@dataclass(frozen=True, slots=True)
class Kin:
    """What all rows of the table and the previous one say of some rows, or a bucket's of them."""

    previous: Array
    """Verified emissions of each row's unit the year before, millionths of t.

    Of several rows the last one counts, the table itself after the previous one.
    """
    known: Array
    """Where these are known."""
    twice: Array
    """Positions of rows whose unit stood in an earlier row with that year, ascending."""
    first: Array
    """Numbers of the first such row of each."""
    missing: tuple[tuple[int, Array], ...]
    """A year, and positions of rows whose unit is not there then though it should be (T-25)."""


def strangers(rows: Rows) -> Kin:
    """Give the kin of rows of which none has any."""
    count, none = len(rows), np.zeros(0, np.int64)
    return Kin(np.zeros(count, np.int64), np.zeros(count, np.bool_), none, none, ())


def kin_of(
    parts: Parts[Rows], before: Parts[Rows] | None, years: Years
) -> tuple[Parts[Kin], Result]:
    """Let all rows meet by unit id; give the kin of each part, and T-25 but for its rows."""
    met = parts.shuffled(_by_unit, before).then(_relate, years, parts.keep)
    presence = merged(met.each(attrgetter("gone")), _place_in_order)
    return parts.returned(met, _of_part, _at_home), presence


def _place_in_order(row: Row) -> tuple[int, bool, str]:
    """Give the place of a unit that is gone: by pair of years, the later one first, by id."""
    year, other = row.year or 0, int(row.values["year"])
    return min(year, other), year < other, row.unit_id or ""


def _by_unit(rows: Rows, buckets: int) -> list[_Sighted]:
    """Split the rows that have a unit id by it."""
    sighted = _Sighted.of(rows)
    return [sighted] if buckets == 1 else [sighted.take(at) for at in _places(rows, buckets)]


def _places(rows: Rows, buckets: int) -> list[Array]:
    """Give the positions of each bucket's rows, ascending."""
    bucket = bucket_of(rows.texts("unit_id").text, buckets)
    bucket = np.where(rows.present("unit_id"), bucket, -1)
    return [positions(bucket == number) for number in range(buckets)]


def _at_home(rows: Rows, buckets: Sequence[Kin]) -> Kin:
    """Put together what the buckets say of the rows of a part."""
    if len(buckets) == 1:
        return buckets[0]
    places = _places(rows, len(buckets))
    of_object = any(said.previous.dtype == object for said in buckets)
    previous = np.zeros(len(rows), object if of_object else np.int64)
    known = np.zeros(len(rows), np.bool_)
    for said, at in zip(buckets, places, strict=True):
        previous[at], known[at] = said.previous, said.known
    pairs = list(zip(buckets, places, strict=True))
    twice = np.concatenate([at[said.twice] for said, at in pairs])
    first = np.concatenate([said.first for said in buckets])
    order = np.argsort(twice)
    missing = tuple(
        (year, np.sort(np.concatenate([at[said.missing[which][1]] for said, at in pairs])))
        for which, (year, _) in enumerate(buckets[0].missing)
    )
    return Kin(previous, known, twice[order], first[order], missing)


@dataclass(frozen=True, slots=True)
class _Sighted:
    """Where units stand: rows of a table, as far as others ask for them."""

    unit: pa.ChunkedArray
    """Unit id, null where none is."""
    year: Array
    """0 where none is."""
    number: Array
    """Row number."""
    new: Array
    """Whether the unit was commissioned in that very year."""
    usable: Array
    """Whether the verified emissions count."""
    emissions: Array
    """Verified emissions, millionths of t."""

    def __len__(self) -> int:
        return len(self.year)

    @classmethod
    def of(cls, rows: Rows) -> _Sighted:
        """Take the rows of a table."""
        emissions = rows.numbers("verified_emissions")
        return cls(
            rows.texts("unit_id").text,
            rows.year,
            rows.number,
            rows.coded("commissioned_year").pick(int, -1, np.int32) == rows.year,
            rows.is_unit & emissions.present,
            emissions.values,
        )

    @classmethod
    def joined(cls, pieces: Sequence[_Sighted]) -> _Sighted:
        """Put pieces together."""
        chunks = [chunk for piece in pieces for chunk in piece.unit.chunks]
        columns = (
            np.concatenate([getattr(piece, column.name) for piece in pieces])
            for column in fields(cls)[1:]
        )
        return cls(pa.chunked_array(chunks, STRING), *columns)

    def take(self, at: Array) -> _Sighted:
        """Give some of the rows."""
        unit, *columns = (getattr(self, column.name) for column in fields(self))
        return _Sighted(unit.take(pa_array(at)), *(column[at] for column in columns))


@dataclass(frozen=True, slots=True)
class _Related:
    """What the rows of one bucket say of one another."""

    own: list[Kin]
    """Of those of each part of the table; positions are among those."""
    gone: Result
    """T-25 on units of the previous table that the table itself does not have."""


def _of_part(related: _Related, number: int) -> Kin:
    return related.own[number]


def _relate(met: Met[_Sighted], years: Years, keep: Callable[[Result], Result]) -> _Related:
    """Say of all rows with the unit ids of a bucket what they mean to one another."""
    own, before = met
    bucket = _Bucket(own, before, years)
    gone = Result("T-25", tonnage=False)
    named, missing = Listed(), []
    for year, other in bucket.pairs:
        units, at = bucket.missing(year, other)
        gone.checked += units
        missing.append((other, np.sort(at[at >= 0])))
        named += [bucket.gone(place, year, other) for place in at[at < 0].tolist()]
    gone.failures = Listed(sorted(named, key=_place_in_order))
    whole = Kin(*bucket.previous_emissions(), *bucket.twice(), tuple(missing))
    ends = np.cumsum([0, *map(len, own)]).tolist()
    return _Related(
        [_cut(whole, start, stop) for start, stop in pairwise(ends)],
        keep(gone),
    )


def _cut(kin: Kin, start: int, stop: int) -> Kin:
    """Give the kin of the rows from ``start`` to ``stop``."""
    again = slice(*np.searchsorted(kin.twice, (start, stop)))
    return Kin(
        kin.previous[start:stop],
        kin.known[start:stop],
        kin.twice[again] - start,
        kin.first[again],
        tuple(
            (year, at[slice(*np.searchsorted(at, (start, stop)))] - start)
            for year, at in kin.missing
        ),
    )


class _Bucket:
    """Rows with some unit ids; those of the table count from 0, the previous one's go before."""

    def __init__(self, own: Sequence[_Sighted], before: Sequence[_Sighted], years: Years) -> None:
        self.rows = _Sighted.joined([*before, *own])
        self.begin = sum(map(len, before))
        self.years = np.asarray(years.all, np.int64)
        self.neighbours = bool(years.neighbours)
        self.pairs = [
            pair for first, last in years.compared for pair in ((last, first), (first, last))
        ]
        self.codes = self._codes()
        self.units = int(self.codes.max(initial=-1)) + 1
        self.key = self._key(self.rows.year)

    def _codes(self) -> Array:
        """Number the units; -1 where none is.

        Without a second year a unit means something to others only where it stands twice in one.
        """
        unit, at = self.rows.unit, positions(is_valid(self.rows.unit))
        if not self.neighbours:
            at = repeated(fingerprints(unit, self.rows.year), at)
        codes = np.full(len(self.rows), -1, np.int64)
        if len(at):
            encoded = (
                unit if len(at) == len(unit) else unit.take(pa_array(at))
            ).dictionary_encode()
            codes[at] = np.concatenate([np_array(chunk.indices) for chunk in encoded.chunks])
        return codes

    def _key(self, years: Array) -> Array:
        """Number each row's unit together with a year; -1 where either is missing."""
        if not len(self.years):
            return np.full(len(years), -1, np.int64)
        place = np.minimum(np.searchsorted(self.years, years), len(self.years) - 1)
        known = (self.codes >= 0) & (self.years[place] == years)
        return np.where(known, self.codes * len(self.years) + place, -1)

    def previous_emissions(self) -> tuple[Array, Array]:
        """Verified emissions of each row's unit the year before, and where these are known."""
        count = len(self.rows) - self.begin
        if not self.neighbours:
            return np.zeros(count, np.int64), np.zeros(count, np.bool_)
        place = np.full(self.units * len(self.years), -1, np.int64)
        usable = positions((self.key >= 0) & self.rows.usable)
        place[self.key[usable]] = usable
        wanted = self._key(self.rows.year - 1)[self.begin :]
        found = np.where(wanted >= 0, place[wanted], -1) if len(place) else wanted
        return self.rows.emissions[found] if len(found) else np.zeros(0, np.int64), found >= 0

    def twice(self) -> tuple[Array, Array]:
        """Positions of rows whose unit stood earlier with that year; the first one's numbers."""
        key = self.key[self.begin :]
        first = np.full(self.units * len(self.years), -1, np.int64)
        at = positions(key >= 0)
        first[key[at][::-1]] = at[::-1]
        twice = at[first[key[at]] != at]
        return twice, self.rows.number[self.begin :][first[key[twice]]]

    def missing(self, year: int, other: int) -> tuple[int, Array]:
        """Count the units of a year, and give the first row of each that lacks in another one.

        That of the table before that of the previous one. A unit new in the later year need not
        have been there.
        """
        here = np.full(self.units, len(self.key), np.int64)
        there = np.zeros(self.units, np.bool_)
        there[self.codes[(self.key >= 0) & (self.rows.year == other)]] = True
        at = positions((self.key >= 0) & (self.rows.year == year))
        split = np.searchsorted(at, self.begin)
        for some in (at[:split][::-1], at[split:][::-1]):
            here[self.codes[some]] = some
        known = here < len(self.key)
        found = here[known & ~there]
        if year > other:
            found = found[~self.rows.new[found]]
        return int(np.count_nonzero(known)), found - self.begin

    def gone(self, place: int, year: int, other: int) -> Row:
        """Name a unit of the previous table that the table itself does not have."""
        unit = self.rows.unit[place + self.begin].as_py()
        code, values = "UNIT_MISSING_IN_YEAR", {"year": str(other)}
        return Row(None, year, unit, "unit_id", unit, code=code, values=values)
