"""The records of a file as a stream of grids, whatever the format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from .files import require_plausible
from .grid import Grid, GridColumn
from .header import Header
from .records import Note, TableError

__all__ = ["RECORDS", "NotPlainError", "Stream", "require_plausible_text"]

RECORDS = 1 << 14
"""Records of a grid, where nothing else says how many: more than a header is looked for in."""


class NotPlainError(Exception):
    """The text cannot be read in blocks and must be read as a whole."""


def require_plausible_text(text: bytes) -> None:
    """Raise :class:`NotPlainError` for text that reading the whole refuses."""
    try:
        require_plausible(text)
    except TableError:
        raise NotPlainError from None


@dataclass(frozen=True, slots=True)
class Stream:
    """A file whose header is known and whose records are read as they are asked for."""

    header: Header
    """Which column is which field, and which records of the first grid say so."""
    labels: tuple[str, ...]
    """Letters or name of each column."""
    grids: Iterable[Callable[[], Grid]]
    """What reads the grids of the records, in order; each may be called in a thread of its own."""
    begin: int
    """Position below header and titles in the first grid."""
    consecutive: bool
    """Whether each grid counts its records from 1."""
    first_row: int = 1
    """Number of the first record."""
    last_row: int | None = None
    """Number of the last record, where that is known; else about so."""
    encoding: str | None = None
    """Of the text, where the format leaves it open."""
    sheet: str | None = None
    """Worksheet."""
    notes: tuple[Note, ...] = ()
    """Accepted on the way to the header."""

    def row_of(self, position: int) -> int:
        """Give the number of a record of the header."""
        return self.first_row + position

    @property
    def count(self) -> int | None:
        """Records of all grids, or about as many, where anything is known of it."""
        return None if self.last_row is None else self.last_row - self.first_row + 1

    @classmethod
    def of(cls, grid: Grid) -> Stream:
        """Cut a grid that is there as a whole."""
        lines = grid.header.lines
        starts = range(0, max(len(grid.rows), 1), RECORDS)
        return cls(
            grid.header,
            grid.labels,
            (partial(_cut, grid, start, start + RECORDS) for start in starts),
            lines[-1] + 1 if lines else 0,
            consecutive=False,
            first_row=int(grid.rows[0]) if len(grid.rows) else 1,
            last_row=int(grid.rows[-1]) if len(grid.rows) else None,
            encoding=grid.encoding,
            sheet=grid.sheet,
            notes=grid.notes,
        )


def _cut(grid: Grid, start: int, stop: int) -> Grid:
    """Give some of a grid's records, the notes of the whole left out."""
    return replace(
        grid,
        columns=tuple(
            GridColumn(
                column.cells[start:stop],
                None if column.forms is None else column.forms[start:stop],
            )
            for column in grid.columns
        ),
        rows=grid.rows[start:stop],
        spoiled={at - start: problem for at, problem in grid.spoiled.items() if start <= at < stop},
        notes=(),
    )
