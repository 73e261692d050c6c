"""Aligning tables by unit and year: one position for every unit, in every table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cets_conformance.tables.columns import Kind
from cets_conformance.tables.reading import Table

__all__ = ["MISSING", "TWICE", "Aligned", "Flags", "Texts", "align"]

Texts = np.ndarray[Any, np.dtype[np.object_]]
"""Canonical texts by unit, None where there is none."""
Flags = np.ndarray[Any, np.dtype[np.bool_]]
"""A yes or no by unit."""
Positions = np.ndarray[Any, np.dtype[np.int64]]

MISSING, TWICE = -1, -2
"""Positions of a unit that does not stand in a table, or stands there more than once a year."""


@dataclass(frozen=True)
class Aligned:
    """Tables side by side: the units of all of them, ordered by year and unit."""

    names: tuple[str, ...]
    """What the tables are called in the report, as given."""
    tables: tuple[Table, ...]
    """The tables, of one kind."""
    years: Texts
    """Year of each unit."""
    unit_ids: Texts
    """Id of each unit."""
    positions: tuple[Positions, ...]
    """By table: where each unit stands among its rows, ``MISSING`` or ``TWICE``."""
    keyless: tuple[int, ...]
    """By table: rows without a usable year or unit, which cannot be aligned."""

    @property
    def kind(self) -> Kind:
        """Kind of all the tables."""
        return self.tables[0].kind

    def __len__(self) -> int:
        """Give the number of units."""
        return len(self.unit_ids)

    @cached_property
    def present(self) -> tuple[Flags, ...]:
        """By table: whether a unit stands there exactly once."""
        return tuple(position >= 0 for position in self.positions)

    def has(self, table: int, column: str) -> bool:
        """Tell whether a table has a column."""
        return column in self.tables[table].cells

    def texts(self, table: int, column: str) -> Texts:
        """Give a table's column by unit; None where empty, not usable, or no such cell."""
        found: Texts = self._gather(table, column, self.tables[table].cells, None)
        return found

    def bad(self, table: int, column: str) -> Flags:
        """Give by unit whether the cell stands there but cannot be used."""
        found: Flags = self._gather(table, column, self.tables[table].bad, fill=False).astype(bool)
        return found

    def rows(self, table: int) -> Positions:
        """Give by unit its row number in the file as a person sees it; 0 where there is none."""
        numbers = self.tables[table].cells.index.to_numpy()
        position = self.positions[table]
        return np.where(position >= 0, numbers[np.maximum(position, 0)], 0)

    def _gather(self, table: int, column: str, frame: pd.DataFrame, fill: object) -> Any:
        gathered = np.full(len(self), fill, dtype=object)
        if column in frame:
            values = frame[column].to_numpy(dtype=object, na_value=None)  # type: ignore[call-overload]
            here = self.present[table]
            gathered[here] = values[self.positions[table][here]]
        return gathered


def align(tables: Sequence[Table], names: Sequence[str]) -> Aligned:
    """Align tables of one kind; a row whose year or unit cannot be read is counted, not guessed."""
    keys = [_keys(table) for table in tables]
    units = pd.Index(np.unique(np.concatenate([key.dropna().unique() for key in keys])))
    positions = tuple(_positions(key, units) for key in keys)
    parted = [str(unit).partition(" ") for unit in units]
    return Aligned(
        names=tuple(names),
        tables=tuple(tables),
        years=np.array([year for year, _, _ in parted], dtype=object),
        unit_ids=np.array([unit_id for _, _, unit_id in parted], dtype=object),
        positions=positions,
        keyless=tuple(int(key.isna().sum()) for key in keys),
    )


def _keys(table: Table) -> pd.Series[Any]:
    """Make the key of every row: year, blank, unit; missing where either is."""
    numbers = pd.RangeIndex(len(table.cells))
    if not {"year", "unit_id"} <= set(table.cells.columns):
        return pd.Series(np.nan, index=numbers, dtype=object)
    years, unit_ids = (table.cells[name].astype(object) for name in ("year", "unit_id"))
    keys = years + " " + unit_ids
    return keys.set_axis(numbers)


def _positions(keys: pd.Series[Any], units: pd.Index[Any]) -> Positions:
    readable = keys.dropna()
    first = readable.drop_duplicates()
    found = pd.Index(first).get_indexer(units)
    positions = np.where(found >= 0, first.index.to_numpy()[np.maximum(found, 0)], MISSING)
    repeated = readable[readable.duplicated()].unique()
    positions[units.isin(repeated)] = TWICE
    return positions.astype(np.int64)
