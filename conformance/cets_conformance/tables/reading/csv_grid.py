"""CSV as a whole: by Arrow where every record is regular, with the standard reader for the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from .csv_arrow import Parsed, Ragged, parse, records_as_columns, texts
from .csv_head import END, Start, ended, find_start, records
from .files import Opened, decode
from .grid import STRING, Grid, GridColumn, column_letters
from .records import Limits, Note, Place, Problem, Progress, cut, refusal
from .stream import Stream

__all__ = ["grid_of", "stream"]

_ROWS_AT_ONCE = 50_000


def stream(opened: Opened, _sheet: str | None, limits: Limits, progress: Progress) -> Stream:
    """Read records as a spreadsheet would number them, blank lines counted."""
    content, encoding = decode(opened.content())
    start = find_start(content, encoding, limits, opened.mapped)
    progress("read", 0, None)
    width, first = len(start.header.texts), len(start.records)
    body = content[start.offset :]
    parsed = parse(body, start.delimiter, width) or _by_csv(body, start, width, limits)
    count = first + len(parsed.columns[0])
    if count > limits.rows:
        raise refusal("TOO_MANY_ROWS", found=f"{count:,}", limit=f"{limits.rows:,}")
    head = records_as_columns(start.records, width)
    columns = [
        pa.chunked_array([*above.chunks, *column.chunks], STRING)
        for above, column in zip(head, parsed.columns, strict=True)
    ]
    grid = grid_of(start, Parsed(columns, parsed.ragged), first)
    return Stream.of(replace(grid, encoding=encoding))


def grid_of(start: Start, parsed: Parsed, first: int) -> Grid:
    """Give records as a grid numbered from 1; ``first`` is the position of the ragged ones' 0."""
    width, count = len(start.header.texts), len(parsed.columns[0])
    ragged = Ragged()
    for at, cells in parsed.ragged.items():
        ragged.note(first + at, cells, width)
    return Grid(
        columns=tuple(map(GridColumn, parsed.columns)),
        rows=np.arange(1, count + 1),
        labels=tuple(column_letters(position) for position in range(width)),
        header=start.header,
        spoiled={
            at: _too_long(at, cells, width, start.delimiter) for at, cells in ragged.long.items()
        },
        notes=_short(ragged.short, width),
    )


def _too_long(at: int, cells: list[str], width: int, delimiter: str) -> Problem:
    values = {"cells": str(len(cells)), "expected": str(width)}
    found = cut(delimiter.join(cells[:width]))
    return Problem("T-02", "ROW_LENGTH", Place(None, at + 1, None), None, found, values)


def _short(positions: list[int], width: int) -> tuple[Note, ...]:
    if not positions:
        return ()
    place = Place(None, min(positions) + 1, None)
    return (Note("ROW_SHORT", None, len(positions), place, {"expected": str(width)}),)


def _by_csv(body: bytes, start: Start, width: int, limits: Limits) -> Parsed:
    """Read with the standard reader, which takes any record."""
    parts: list[list[pa.Array]] = [[] for _ in range(width)]
    block: list[list[str]] = []
    ragged: dict[int, list[str]] = {}
    at, last = 0, [""]

    def flush() -> None:
        for position in range(width):
            parts[position].append(texts(block, position))
        block.clear()

    lines = ended(body, width, start.delimiter, limits)
    for record in records(lines, start.delimiter, limits):
        last = record
        if record[:1] == [END]:
            break
        if len(record) != width:
            ragged[at] = record
        block.append(record)
        at += 1
        if len(block) == _ROWS_AT_ONCE:
            flush()
    if last[:1] != [END]:
        row = len(start.records) + at
        place = Place(None, row, column_letters(max(len(last), 1) - 1))
        raise refusal("QUOTE_NOT_CLOSED", place, row=str(row))
    flush()
    return Parsed([pa.chunked_array(part, STRING) for part in parts], ragged)
