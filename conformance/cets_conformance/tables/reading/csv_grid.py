"""CSV: by Arrow where every record is regular, with the standard reader for the rest."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from . import header
from .files import Opened, decode, plausible_chinese
from .grid import STRING, Grid, GridColumn, blank_as_null, column_letters
from .records import Limits, Note, Place, Problem, Progress, cut, refusal

__all__ = ["read"]

_DELIMITERS = (",", ";", "\t")
_RAGGED_AT_MOST = 10_000
_ROWS_AT_ONCE = 50_000
_END = "\x02"
"""Closes the text given to a reader: no text has it, and an open quote swallows it."""


class _Start(NamedTuple):
    """The records up to the header, and where the records after it begin."""

    delimiter: str
    header: header.Header
    records: list[list[str]]
    offset: int


@dataclass(slots=True)
class _Ragged:
    """Records with more or fewer cells than the header."""

    short: list[int] = field(default_factory=list)
    long: dict[int, list[str]] = field(default_factory=dict)


def read(opened: Opened, _sheet: str | None, limits: Limits, progress: Progress) -> Grid:
    """Read records as a spreadsheet would number them, blank lines counted."""
    content, encoding = decode(opened.content())
    start = _start(content, encoding, limits, opened.mapped)
    width = len(start.header.texts)
    progress("read", 0, None)
    ragged = _Ragged()
    first = len(start.records)
    body = content[start.offset :]
    columns = _by_arrow(body, start, width, ragged)
    if columns is None:
        ragged = _Ragged()
        columns = _by_csv(body, start, width, ragged, limits)
    count = first + len(columns[0])
    if count > limits.rows:
        raise refusal("TOO_MANY_ROWS", found=f"{count:,}", limit=f"{limits.rows:,}")
    progress("read", count, count)
    return Grid(
        columns=tuple(
            GridColumn(blank_as_null(_with_head(start.records, at, column)))
            for at, column in enumerate(columns)
        ),
        rows=np.arange(1, count + 1),
        labels=tuple(column_letters(position) for position in range(width)),
        header=start.header,
        encoding=encoding,
        spoiled={
            at: _too_long(at, cells, width, start.delimiter) for at, cells in ragged.long.items()
        },
        notes=_short(ragged.short, width),
    )


def _with_head(records: list[list[str]], at: int, column: pa.ChunkedArray) -> pa.ChunkedArray:
    head = pa.array([record[at] if at < len(record) else "" for record in records], STRING)
    return pa.chunked_array([head, *column.chunks], STRING)


def _too_long(at: int, cells: list[str], width: int, delimiter: str) -> Problem:
    values = {"cells": str(len(cells)), "expected": str(width)}
    found = cut(delimiter.join(cells[:width]))
    return Problem("T-02", "ROW_LENGTH", Place(None, at + 1, None), None, found, values)


def _short(positions: list[int], width: int) -> tuple[Note, ...]:
    if not positions:
        return ()
    place = Place(None, min(positions) + 1, None)
    return (Note("ROW_SHORT", None, len(positions), place, {"expected": str(width)}),)


def _start(content: bytes, encoding: str, limits: Limits, mapped: Mapping[str, str]) -> _Start:
    """Decide the delimiter on the header: the one by which most columns are recognised."""
    best: _Start | None = None
    unclosed = 0
    for delimiter in _DELIMITERS:
        records, ends, closed = _head(content, delimiter, limits)
        found = header.find(records, mapped=mapped)
        if not closed and (found is None or found.lines[-1] == len(records) - 1):
            unclosed = unclosed or len(records)
            continue
        if found and (best is None or len(found.fields) > len(best.header.fields)):
            last = found.lines[-1]
            best = _Start(delimiter, found, records[: last + 1], ends[last])
    if best is None:
        if unclosed:
            raise refusal("QUOTE_NOT_CLOSED", Place(None, unclosed, None), row=str(unclosed))
        if encoding == "gb18030" and not plausible_chinese(content):
            raise refusal("ENCODING_UNKNOWN", Place(None, 1, None), found="GB18030?", row="1")
        raise refusal("HEADER_NOT_FOUND", lines=str(header.HEAD - 1))
    return best


def _lines(content: bytes, delimiter: str, limits: Limits) -> Iterator[str]:
    """Give physical lines, refusing one of so many cells that listing them would be costly."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")
    most = limits.columns + limits.cell
    for number, line in enumerate(text, start=1):
        if len(line) > most and line.count(delimiter) > most:
            raise _too_wide(line.count(delimiter) + 1, number, limits)
        yield line


def _too_wide(found: int, row: int, limits: Limits) -> Exception:
    place = Place(None, row, None)
    return refusal("TOO_MANY_COLUMNS", place, found=f"{found:,}", limit=f"{limits.columns:,}")


def _head(
    content: bytes, delimiter: str, limits: Limits
) -> tuple[list[list[str]], list[int], bool]:
    """Give the first records, the byte at which each one ends, and whether all are closed."""
    consumed = 0

    def measured() -> Iterator[str]:
        nonlocal consumed
        for line in _ended(content, 1, delimiter, limits):
            consumed += len(line.encode())
            yield line

    records: list[list[str]] = []
    ends: list[int] = []
    for record in _records(measured(), delimiter, limits):
        if record == [_END]:
            return records, ends, True
        if len(record) > limits.columns:
            raise _too_wide(len(record), len(records) + 1, limits)
        records.append(record)
        ends.append(consumed)
        if len(records) == header.HEAD:
            return records, ends, True
    return records, ends, False


def _ended(content: bytes, width: int, delimiter: str, limits: Limits) -> Iterator[str]:
    """Give physical lines, then one record of ``_END``, which an open quote would swallow."""
    yield from _lines(content, delimiter, limits)
    yield _end(width, delimiter) + "\n"


def _records(lines: Iterator[str], delimiter: str, limits: Limits) -> Iterator[list[str]]:
    count = 0
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            count += 1
            yield record
    except csv.Error as error:
        place = Place(None, count + 1, None)
        raise refusal("CELL_TOO_LONG", place, limit=f"{limits.cell:,}") from error


def _end(width: int, delimiter: str) -> str:
    return delimiter.join([_END] * width)


def _by_arrow(
    body: bytes, start: _Start, width: int, ragged: _Ragged
) -> list[pa.ChunkedArray] | None:
    """Read regular records at full speed; ``None`` where the standard reader must decide."""
    first = len(start.records)
    rows: list[tuple[int, str]] = []

    def on_ragged(row: arrow_csv.InvalidRow) -> str:
        rows.append((row.number - 1, row.text))
        return "skip" if len(rows) < _RAGGED_AT_MOST else "error"

    names = [str(position) for position in range(width)]
    newline = b"" if not body or body.endswith((b"\n", b"\r")) else b"\n"
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(body + newline + _end(width, start.delimiter).encode() + b"\n"),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                delimiter=start.delimiter,
                newlines_in_values=b'"' in body,
                ignore_empty_lines=False,
                invalid_row_handler=on_ragged,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, STRING),
                strings_can_be_null=False,
                null_values=[],
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if not table.num_rows or table.column(0)[-1].as_py() != _END or width == 1:
        return None
    columns = [column.slice(0, table.num_rows - 1) for column in table.columns]
    if not rows:
        return columns
    cells = {at: _cells_of(text, start.delimiter) for at, text in rows}
    for at, record in cells.items():
        _note_ragged(first + at, record, width, ragged)
    return [_merged(column, position, cells) for position, column in enumerate(columns)]


def _cells_of(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _note_ragged(at: int, record: Sequence[str], width: int, ragged: _Ragged) -> None:
    if any(cell.strip() for cell in record[width:]):
        ragged.long[at] = list(record)
    elif len(record) < width and any(cell.strip() for cell in record):
        ragged.short.append(at)


def _merged(column: pa.ChunkedArray, position: int, cells: dict[int, list[str]]) -> pa.ChunkedArray:
    """Put the cells of ragged records, by position in the whole, between the regular ones."""
    where = np.fromiter(cells, np.int64, len(cells))
    regular = len(column)
    order = np.empty(regular + len(where), np.int64)
    is_ragged = np.zeros(len(order), np.bool_)
    is_ragged[where] = True
    order[is_ragged] = np.arange(regular, len(order))
    order[~is_ragged] = np.arange(regular)
    ragged = [record[position] if position < len(record) else "" for record in cells.values()]
    whole = pa.chunked_array([*column.chunks, pa.array(ragged, STRING)], STRING)
    return whole.take(pa.array(order))


def _by_csv(
    body: bytes, start: _Start, width: int, ragged: _Ragged, limits: Limits
) -> list[pa.ChunkedArray]:
    """Read with the standard reader, which takes any record."""
    parts: list[list[pa.Array]] = [[] for _ in range(width)]
    block: list[list[str]] = []
    at, last = len(start.records), [""]

    def flush() -> None:
        for position in range(width):
            parts[position].append(pa.array([record[position] for record in block], STRING))
        block.clear()

    lines = _ended(body, width, start.delimiter, limits)
    for record in _records(lines, start.delimiter, limits):
        last = record
        if record[:1] == [_END]:
            break
        if len(record) != width:
            _note_ragged(at, record, width, ragged)
        block.append(record[:width] + [""] * (width - len(record)))
        at += 1
        if len(block) == _ROWS_AT_ONCE:
            flush()
    if last[:1] != [_END]:
        place = Place(None, at, column_letters(max(len(last), 1) - 1))
        raise refusal("QUOTE_NOT_CLOSED", place, row=str(at))
    flush()
    return [pa.chunked_array(part, STRING) for part in parts]
