"""What each table was computed from, and whether it is the same: asked before any result is.

A column that a table does not have states nothing; what the others state there is taken for it.
An empty cell of a column that is there does state something: the default, or that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cets_conformance.comparison.aligning import Aligned, Flags, Texts, align
from cets_conformance.tables.columns import COLUMNS, Kind, Type
from cets_conformance.tables.reading import Table
from cets_conformance.tables.sorts import INPUT_FIELDS

__all__ = ["IDENTITY", "PREVIOUS", "Inputs", "read_inputs"]

Key = tuple[int, str]
"""Year and unit."""

PREVIOUS = "previous_year_emissions"
"""The previous year's emissions: a column of pre-allocation tables, a row of allocation tables."""

_GIVEN = ("balance_value", PREVIOUS)
"""Columns in whose place something may be given to all tables."""

IDENTITY = ("province", "enterprise_id")
"""Columns that decide no amount but say whose it is."""

_DEFAULTS = {"listed": "true", "closed_before_verification": "false", "carbide_slag_rate": "0"}
"""What an empty cell stands for."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of every unit in every table."""

    fields: tuple[str, ...]
    """Columns that a result is computed from."""
    values: tuple[Mapping[str, Texts], ...]
    """By table and field: one spelling for each value, defaults filled in."""
    usable: tuple[Flags, ...]
    """By table: the unit stands there once and all its inputs can be used."""
    differs: Mapping[str, Flags]
    """By field (identity included): two tables state different values."""

    @property
    def same(self) -> Flags:
        """Whether all tables state the same inputs."""
        return np.asarray(~np.logical_or.reduce([self.differs[field] for field in self.fields]))

    def subjects(self, table: int) -> Iterator[tuple[str | None, ...]]:
        """Give the inputs of every unit in a table, in the order of ``fields``."""
        return zip(*(self.values[table][field] for field in self.fields), strict=True)

    def as_cells(self, subject: tuple[str | None, ...]) -> dict[str, str]:
        """Give a subject as the cells of a row."""
        return {
            field: value
            for field, value in zip(self.fields, subject, strict=True)
            if value is not None
        }


def read_inputs(
    aligned: Aligned, balance: Mapping[str, str], previous: Table | None = None
) -> Inputs:
    """Read the inputs of aligned tables.

    ``balance`` gives balance values to all, by sector; ``previous``, the previous year's table,
    gives the emissions that a table does not state itself.
    """
    fields = _fields(aligned)
    count = len(aligned.tables)
    before = {} if previous is None else _emissions(align([previous], ["-"]), 0)
    stated = [_stated(aligned, table, fields, balance, before) for table in range(count)]
    usable = [
        aligned.present[table] & ~_spoiled(aligned, table, fields, stated[table])
        for table in range(count)
    ]
    differs: dict[str, Flags] = {}
    for field in (*fields, *IDENTITY):
        columns = [stated[table][field] for table in range(count)]
        speaks = [_speaks(aligned, table, field, columns[table]) for table in range(count)]
        first, differs[field] = _compare(
            columns, [a & b for a, b in zip(speaks, usable, strict=True)]
        )
        for table in range(count):
            silent = ~speaks[table]
            columns[table][silent] = first[silent]
            if field in fields:
                usable[table] &= ~(silent & differs[field])
    return Inputs(fields, tuple(stated), tuple(usable), differs)


def _fields(aligned: Aligned) -> tuple[str, ...]:
    kind = aligned.kind
    fields = [
        name
        for name, column in COLUMNS.items()
        if (name in INPUT_FIELDS or name == "balance_value")
        and kind in column.need
        and name != "unit_id"
    ]
    tables = range(len(aligned.tables))
    asked = any(aligned.has(table, "pre_allocation") for table in tables)
    return (*fields, PREVIOUS) if asked else tuple(fields)


def _stated(
    aligned: Aligned,
    table: int,
    fields: tuple[str, ...],
    balance: Mapping[str, str],
    before: Mapping[Key, str],
) -> dict[str, Texts]:
    """Give what a table states: one spelling a value, other sectors' cells left out."""
    sectors = aligned.texts(table, "sector")
    columns = {}
    for field in (*fields, *IDENTITY):
        column = COLUMNS[field]
        texts = aligned.texts(table, field)
        if field == PREVIOUS:
            texts = _previous(aligned, table, texts, before)
        if column.type in (Type.QUANTITY, Type.RATIO):
            texts = _one_spelling(texts)
        if field in _DEFAULTS:
            texts[(texts == None) & aligned.present[table]] = _DEFAULTS[field]  # noqa: E711
        if len(column.sectors) < len(COLUMNS["sector"].choices):
            texts[~np.isin(sectors.astype(str), list(column.sectors))] = None
        if field == "balance_value":
            for sector, value in balance.items():
                texts[(sectors == sector) & aligned.present[table]] = value
        columns[field] = texts
    return columns


def _previous(aligned: Aligned, table: int, column: Texts, before: Mapping[Key, str]) -> Texts:
    """Give the previous year's emissions: the column, or the same unit's row a year earlier.

    Where a table has neither they are those ``before``; what stands there unreadable is not
    replaced.
    """
    allocation = aligned.kind is Kind.ALLOCATION
    known = {**before, **(_emissions(aligned, table) if allocation else {})}
    keys = _keys(aligned, -1)
    own = np.full(len(aligned), None, dtype=object) if allocation else column
    blank = (own == None) & ~aligned.bad(table, PREVIOUS)  # noqa: E711
    return np.where(blank, np.array([known.get(key) for key in keys], dtype=object), own)


def _emissions(aligned: Aligned, table: int) -> dict[Key, str]:
    """Give the emissions that a table states, by year and unit."""
    texts = aligned.texts(table, "verified_emissions")
    return {key: text for key, text in zip(_keys(aligned), texts, strict=True) if text is not None}


def _keys(aligned: Aligned, years: int = 0) -> Iterator[Key]:
    """Give year and unit of every unit, some years on."""
    return zip((int(year) + years for year in aligned.years), aligned.unit_ids, strict=True)


def _one_spelling(texts: Texts) -> Texts:
    """Drop zeros that end a fraction: 0.860 and 0.86 are one value."""
    return np.array(
        [text.rstrip("0").rstrip(".") if text and "." in text else text for text in texts],
        dtype=object,
    )


def _spoiled(
    aligned: Aligned, table: int, fields: tuple[str, ...], stated: Mapping[str, Texts]
) -> Flags:
    """Tell which units have an input that stands in the file but cannot be used."""
    spoiled = np.zeros(len(aligned), dtype=bool)
    lost = {
        problem.field
        for problem in aligned.tables[table].problems
        if problem.check == "T-01" and problem.field not in aligned.tables[table].cells
    }
    sectors = aligned.texts(table, "sector").astype(str)
    for field in fields:
        if field in lost:
            bad = np.isin(sectors, list(COLUMNS[field].sectors))
        else:
            bad = aligned.bad(table, field)
        spoiled |= bad & (stated[field] == None) if field in _GIVEN else bad  # noqa: E711
    return spoiled


def _speaks(aligned: Aligned, table: int, field: str, column: Texts) -> Flags:
    """Tell for which units a table states something in a field."""
    if field == PREVIOUS and aligned.kind is Kind.ALLOCATION:
        return np.asarray(column != None)  # noqa: E711
    if aligned.has(table, field):
        return aligned.present[table]
    return np.asarray(column != None) if field in _GIVEN else np.zeros(len(column), bool)  # noqa: E711


def _compare(columns: list[Texts], speaks: list[Flags]) -> tuple[Texts, Flags]:
    """Give the value of the first table that states one, and where another states a different."""
    first = np.full(len(columns[0]), None, dtype=object)
    known = np.zeros(len(first), dtype=bool)
    differs = np.zeros(len(first), dtype=bool)
    for column, speaking in zip(columns, speaks, strict=True):
        differs |= known & speaking & (first != column)
        new = speaking & ~known
        first[new] = column[new]
        known |= speaking
    return first, differs
