"""One piece of a file's records, typed: what a thread does while others do theirs.

A piece knows its records by numbers that begin anew; whoever puts pieces together knows how many
records came before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance.tables.columns import COLUMNS

from . import few, rows
from .convert import Wrong, convert
from .grid import STRING, Grid, GridColumn, np_array, strings
from .plain import data_of, is_plain_text
from .records import Limits, Note, Place, Problem, file_problem
from .stream import require_plausible_text
from .typed import TypedColumn, typed
from .units import Chosen

__all__ = ["Noted", "Piece", "read_piece"]

Positions = np.ndarray[Any, np.dtype[np.int64]]


class Noted(NamedTuple):
    """What was accepted in a column: how many cells, the number of the first row, its text."""

    cells: int
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records of a file."""

    count: int
    """Records, of whatever kind."""
    rows: Positions
    """Numbers of the rows of the table."""
    titles: Positions
    """Numbers of the records above the header that hold something."""
    blanks: Positions
    """Numbers of the blank ones."""
    totals: Positions
    """Numbers of those that are totals."""
    columns: dict[str, TypedColumn]
    """Cells of the rows by field; taken out as whole columns are made of them."""
    filled: Mapping[str, int]
    """Cells by field that were not empty and could be read."""
    problems: tuple[Problem, ...]
    """What is wrong with rows and cells."""
    noted: Mapping[tuple[str, str], Noted]
    """What was accepted, by field and code."""
    notes: tuple[Note, ...]
    """What was accepted in whole records."""
    too_long: tuple[Problem, ...]
    """Cells too long to be read."""
    without_header: Mapping[int, int]
    """Cells by position of their column, where it has no header."""


def read_piece(grid: Grid, chosen: Chosen | None, begin: int, limits: Limits) -> Piece:
    """Type the records of a piece from position ``begin`` on; what is above is header and titles.

    Without ``chosen`` columns only what the records are is told.
    """
    above = np.arange(min(grid.header.lines, default=0) if begin else 0)
    titles = _without(above, rows.blank(grid.columns, above))
    spoiled = np.array(sorted(grid.spoiled), np.int64)
    below = _without(np.arange(begin, len(grid.rows)), spoiled)
    blanks = rows.blank(grid.columns, below)
    below = _without(below, blanks)
    fields = grid.header.fields
    key = fields.get("unit_id") or fields.get("enterprise_id") or (None,)
    totals = rows.totals(grid.columns, below, key[0])
    kept = _without(below, totals)
    if len(spoiled):
        kept = np.union1d(kept, spoiled)
    lost = np.isin(kept, spoiled) if len(spoiled) else None
    cells = _Cells(grid, kept, lost)
    for field, position in chosen.positions.items() if chosen else ():
        cells.add(field, position, chosen.shifts.get(field, 0) if chosen else 0)
    if not grid.seen:
        _look_through(grid, cells.ready if len(kept) == len(grid.rows) else set())
    return Piece(
        len(grid.rows),
        grid.rows[kept],
        grid.rows[titles],
        grid.rows[blanks],
        grid.rows[totals],
        cells.columns,
        cells.filled,
        (*grid.spoiled.values(), *cells.problems),
        cells.noted,
        grid.notes,
        tuple(_too_long(grid, limits)),
        dict(_without_header(grid, kept)),
    )


def _without(positions: Positions, some: Positions) -> Positions:
    """Leave some out of ascending positions."""
    return positions[~np.isin(positions, some)] if len(some) else positions


class _Cells:
    """The cells of the rows of a piece, column by column."""

    def __init__(
        self, grid: Grid, kept: Positions, lost: np.ndarray[Any, np.dtype[np.bool_]] | None
    ) -> None:
        self.grid, self.kept, self.lost = grid, kept, lost
        self.numbers = grid.rows[kept]
        self.columns: dict[str, TypedColumn] = {}
        self.filled: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.noted: dict[tuple[str, str], Noted] = {}
        self.ready: set[int] = set()

    def add(self, field: str, position: int, shift: int) -> None:
        """Type one column; nothing is taken from records that cannot be trusted."""
        column, cells = COLUMNS[field], self.grid.columns[position].take(self.kept)
        if cells.is_few:
            taken = few.take(column, cells, shift, self.lost)
            self.columns[field], self.filled[field] = taken.column, taken.filled
            self._note(field, position, taken.wrong, taken.notes)
            return
        done = convert(column, cells, shift)
        text, bad = done.text, done.bad
        if done.ready:
            self.ready.add(position)
        self.filled[field] = len(text) - text.null_count
        self._note(field, position, done.wrong, done.notes)
        if self.lost is not None:
            text = _emptied(text, self.lost)
            bad = self.lost if bad is None else bad | self.lost
        self.columns[field] = typed(column, text, bad)

    def _note(
        self,
        field: str,
        position: int,
        wrongs: Iterable[Wrong],
        notes: Mapping[str, tuple[int, int, str]],
    ) -> None:
        """Keep what is wrong with cells, and what was accepted in them."""
        for wrong in wrongs:
            if self.lost is None or not self.lost[wrong.position]:
                number, label = int(self.numbers[wrong.position]), self.grid.labels[position]
                place = Place(self.grid.sheet, number, label)
                values = {"found": wrong.found, **dict(wrong.values)}
                self.problems.append(Problem("T-02", wrong.code, place, field, wrong.found, values))
        for code, (count, at, found) in notes.items():
            self.noted[field, code] = Noted(count, int(self.numbers[at]), found)


def _emptied(text: pa.ChunkedArray, where: np.ndarray[Any, np.dtype[np.bool_]]) -> pa.ChunkedArray:
    texts = text.to_pylist()
    kept = [None if lost else cell for cell, lost in zip(texts, where.tolist(), strict=True)]
    return pa.chunked_array([strings(kept)], STRING)


def _look_through(grid: Grid, ready: set[int]) -> None:
    """Require plausible text of all columns but those that are known to be ready."""
    for position, column in enumerate(grid.columns):
        if position not in ready:
            for chunk in column.text.chunks:
                if not is_plain_text(chunk):
                    require_plausible_text(data_of(chunk)[0].tobytes())


def _too_long(grid: Grid, limits: Limits) -> Iterable[Problem]:
    """Find the first cell of each column that is longer than the limit."""
    for label, column in zip(grid.labels, grid.columns, strict=True):
        at = _first_too_long(column, limits.cell)
        if at is not None:
            place = Place(grid.sheet, int(grid.rows[at]), label)
            text = column.texts[at]
            yield file_problem("CELL_TOO_LONG", place, text, limit=f"{limits.cell:,}")


def _first_too_long(column: GridColumn, limit: int) -> int | None:
    if column.is_few:
        for at, text in enumerate(column.texts):
            if text and len(text) > limit:
                return at
        return None
    if all(len(data_of(chunk)[0]) <= limit for chunk in column.text.chunks):
        return None
    longest = pc.max(pc.binary_length(column.text)).as_py()
    if longest is None or longest <= limit:
        return None
    over = np_array(pc.utf8_length(column.text), 0) > limit
    return int(np.argmax(over)) if over.any() else None


def _without_header(grid: Grid, kept: Positions) -> Iterable[tuple[int, int]]:
    """Count the cells of the columns that have no header."""
    for position in grid.header.nameless(len(grid.columns)):
        count = grid.columns[position].take(kept).filled
        if count:
            yield position, count
