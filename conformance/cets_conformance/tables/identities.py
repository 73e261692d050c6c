"""Which rows speak of the same unit: ids as codes, within a table and across two years' tables."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow as pa

from cets_conformance.tables.exact import Array
from cets_conformance.tables.reading.grid import STRING, np_array
from cets_conformance.tables.units import Rows

__all__ = ["Identities"]


class Identities:
    """The units of a table, and of the previous year's where there is one."""

    def __init__(self, rows: Rows, before: Rows | None) -> None:
        self.rows = rows
        self.before = before

    @cached_property
    def _codes(self) -> tuple[Array, Array]:
        tables = filter(None, (self.rows, self.before))
        chunks = [chunk for rows in tables for chunk in rows.texts("unit_id").text.chunks]
        encoded = pa.chunked_array(chunks, STRING).dictionary_encode()
        codes = np.concatenate([np_array(chunk.indices, -1) for chunk in encoded.chunks])
        return codes[: len(self.rows)], codes[len(self.rows) :]

    @cached_property
    def years(self) -> list[int]:
        """All years of rows with a unit id in either table, ascending."""
        found: set[int] = set()
        for rows in filter(None, (self.rows, self.before)):
            found |= set(np.unique(rows.year[rows.present("unit_id")]).tolist())
        return sorted(found - {0})

    @cached_property
    def keys(self) -> tuple[Array, Array]:
        """Unit and year of each row of both tables as one number; -1 where one is missing."""
        own, other = self._codes
        before = self.before.year if self.before else np.zeros(0, np.int32)
        return self.key(own, self.rows.year), self.key(other, before)

    def key(self, codes: Array, years: Array) -> Array:
        """Number units and years; -1 where there is no such unit or year."""
        known = np.asarray(self.years, np.int64)
        if not len(known):
            return np.full(len(codes), -1, np.int64)
        place = np.minimum(np.searchsorted(known, years), len(known) - 1)
        key: Array = np.where(
            (codes >= 0) & (known[place] == years), codes.astype(np.int64) * len(known) + place, -1
        )
        return key

    @cached_property
    def size(self) -> int:
        """Numbers that :meth:`key` may give."""
        own, other = self._codes
        units = max(int(own.max(initial=-1)), int(other.max(initial=-1))) + 1
        return units * len(self.years)

    @cached_property
    def has_neighbours(self) -> bool:
        """Tell whether two of the years follow each other."""
        return any(year + 1 in self.years for year in self.years)

    @cached_property
    def emission_years(self) -> frozenset[int]:
        """Years for which some unit's verified emissions are known."""
        found: set[int] = set()
        for rows in filter(None, (self.before, self.rows)):
            usable = rows.is_unit & rows.numbers("verified_emissions").present
            found |= set(np.unique(rows.year[usable]).tolist())
        return frozenset(found)

    @cached_property
    def previous_emissions(self) -> tuple[Array, Array]:
        """Verified emissions of each row's unit the year before, millionths of t, and where known.

        Of several rows the last one counts, the table itself after the previous one.
        """
        if not self.has_neighbours:
            return np.zeros(len(self.rows), np.int64), np.zeros(len(self.rows), np.bool_)
        sources = [(self.before, self.keys[1]), (self.rows, self.keys[0])]
        place = np.full(self.size, -1, np.int64)
        columns, start = [], 0
        for rows, keys in sources:
            if rows is None:
                continue
            numbers = rows.numbers("verified_emissions")
            usable = np.flatnonzero((keys >= 0) & rows.is_unit & numbers.present)
            place[keys[usable]] = usable + start
            columns.append(numbers.values)
            start += len(rows)
        wanted = self.key(self._codes[0], self.rows.year - 1)
        found = np.where(wanted >= 0, place[wanted], -1)
        return np.concatenate(columns)[found], found >= 0

    def missing(self, year: int, other: int) -> tuple[int, list[tuple[str, Rows, int]]]:
        """Count the units of a year, and give those that are not there in another one.

        By id in order, each with the first row that has it, the table itself before the previous
        one.
        """
        sources = [(self.rows, self.keys[0])]
        if self.before is not None:
            sources.append((self.before, self.keys[1]))
        years = len(self.years)
        here = np.full(self.size // years, -1, np.int64)
        there = np.zeros(self.size // years, np.bool_)
        start = sum(len(rows) for rows, _ in sources)
        for rows, keys in reversed(sources):
            start -= len(rows)
            at = np.flatnonzero((keys >= 0) & (rows.year == year))[::-1]
            here[keys[at] // years] = at + start
            there[keys[(keys >= 0) & (rows.year == other)] // years] = True
        found = []
        for place in here[(here >= 0) & ~there].tolist():
            own = place < len(self.rows)
            rows = self.rows if own or self.before is None else self.before
            position = place if own else place - len(self.rows)
            found.append((str(rows.cell("unit_id", position)), rows, position))
        return int(np.count_nonzero(here >= 0)), sorted(found, key=lambda item: item[0])
