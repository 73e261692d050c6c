"""CSV by Arrow: regular records at full speed, ragged ones between them by the standard reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from .csv_head import END, end
from .grid import STRING, pa_array, strings

__all__ = ["Parsed", "Ragged", "parse", "records_as_columns", "texts"]

_RAGGED_AT_MOST = 10_000


@dataclass(slots=True)
class Ragged:
    """Records with more or fewer cells than the header, by position in the file."""

    short: list[int] = field(default_factory=list)
    long: dict[int, list[str]] = field(default_factory=dict)

    def note(self, at: int, record: list[str], width: int) -> None:
        """Take a record that is not ``width`` cells long."""
        if any(cell.strip() for cell in record[width:]):
            self.long[at] = record
        elif len(record) < width and any(cell.strip() for cell in record):
            self.short.append(at)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Records below the header, or a block of them."""

    columns: list[pa.ChunkedArray]
    """Cells as large strings, null where empty."""
    ragged: dict[int, list[str]]
    """Cells of the ragged records, by position."""


def parse(body: bytes, delimiter: str, width: int) -> Parsed | None:
    """Read records; ``None`` where the standard reader must decide.

    What is quoted, or ends within a line, is closed by a record that an open quote would swallow.
    """
    quoted = b'"' in body
    rows: list[tuple[int, str]] = []

    def on_ragged(row: arrow_csv.InvalidRow) -> str:
        rows.append((row.number - 1, row.text))
        return "skip" if len(rows) < _RAGGED_AT_MOST else "error"

    names = [str(position) for position in range(width)]
    closed = quoted or not body.endswith((b"\n", b"\r"))
    if closed:
        newline = b"" if not body or body.endswith((b"\n", b"\r")) else b"\n"
        body = b"".join((body, newline, end(width, delimiter).encode(), b"\n"))
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=len(body) + 1
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
                invalid_row_handler=on_ragged,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, STRING),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = table.columns
    if width == 1:
        return None
    if closed:
        if not table.num_rows or columns[0][-1].as_py() != END:
            return None
        columns = [column.slice(0, table.num_rows - 1) for column in columns]
    cells = {at: _cells_of(text, delimiter) for at, text in rows}
    if cells:
        columns = [_merged(column, position, cells) for position, column in enumerate(columns)]
    return Parsed(columns, cells)


def _cells_of(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _merged(column: pa.ChunkedArray, position: int, cells: dict[int, list[str]]) -> pa.ChunkedArray:
    """Put the cells of ragged records, by position in the whole, between the regular ones."""
    where = np.fromiter(cells, np.int64, len(cells))
    regular = len(column)
    order = np.empty(regular + len(where), np.int64)
    is_ragged = np.zeros(len(order), np.bool_)
    is_ragged[where] = True
    order[is_ragged] = np.arange(regular, len(order))
    order[~is_ragged] = np.arange(regular)
    ragged = texts(cells.values(), position)
    return pa.chunked_array([*column.chunks, ragged], STRING).take(pa_array(order))


def records_as_columns(records: Sequence[list[str]], width: int) -> list[pa.ChunkedArray]:
    """Give some records as columns."""
    return [pa.chunked_array([texts(records, at)], STRING) for at in range(width)]


def texts(records: Iterable[list[str]], position: int) -> pa.Array:
    """Give one column of some records, null where there is no such cell or an empty one."""
    cells = [record[position] if position < len(record) else "" for record in records]
    return strings([cell or None for cell in cells])
