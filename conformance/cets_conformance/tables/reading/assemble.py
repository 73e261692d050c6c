"""From a file to a typed table: open, read a grid, choose columns and rows, type the cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance.tables.columns import COLUMNS, Kind

from . import csv_grid, json_grid, parquet_grid, rows, units, xlsx_grid
from .convert import Converted, convert
from .files import Opened, opened
from .grid import STRING, Grid, GridColumn
from .header import NOTHING_MAPPED
from .records import (
    Limits,
    Note,
    Origin,
    Place,
    Problem,
    Progress,
    Table,
    TableError,
    Unit,
    cut,
    file_problem,
)

__all__ = ["read_table", "table_from_rows"]

Positions = np.ndarray[Any, np.dtype[np.int64]]

_READERS: Mapping[str, Callable[[Opened, str | None, Limits, Progress], Grid]] = MappingProxyType(
    {
        "csv": csv_grid.read,
        "xlsx": xlsx_grid.read,
        "jsonl": json_grid.read,
        "parquet": parquet_grid.read,
    }
)
_STR = pd.StringDtype("pyarrow", na_value=np.nan)


def read_table(
    source: Path | BinaryIO,
    *,
    name: str | None = None,
    kind: Kind | None = None,
    sheet: str | None = None,
    unit: Unit | None = None,
    mapped: Mapping[str, str] = NOTHING_MAPPED,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress | None = None,
) -> Table:
    """Read CSV, XLSX, JSON lines or Parquet, told apart by content.

    ``kind`` is inferred from the columns where it is not given; ``unit="10kt"`` confirms that
    columns headed 万t (or, where no header says so, all columns in tonnes) are in 10,000 t.
    ``mapped`` says for which columns foreign headers stand (``mapping.read_mapping``).
    Raises ``TableError`` where no table can be read.
    """
    report = progress or _silent
    with opened(source, name, limits, report) as file:
        grid = _READERS[file.format](replace(file, mapped=mapped), sheet, limits, report)
        about = _About(file.name, file.format, file.size, file.sha256)
    return _build(grid, about, mapped, kind, unit, limits, report)


def table_from_rows(
    rows: Sequence[Mapping[str, object]],
    *,
    name: str = "rows",
    kind: Kind | None = None,
    unit: Unit | None = None,
    mapped: Mapping[str, str] = NOTHING_MAPPED,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    progress: Progress | None = None,
) -> Table:
    """Take rows as the API decodes them; they are numbered from 1. Errors as ``read_table``."""
    size, digest = json_grid.digest(rows)
    grid = json_grid.from_rows(rows, limits, mapped)
    about = _About(name, "json", size, digest)
    return _build(grid, about, mapped, kind, unit, limits, progress or _silent)


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Report to nobody."""


@dataclass(frozen=True, slots=True)
class _About:
    """What is known of the file before its cells."""

    name: str
    format: str
    size: int
    sha256: str


def _build(
    grid: Grid,
    about: _About,
    mapped: Mapping[str, str],
    kind: Kind | None,
    unit: Unit | None,
    limits: Limits,
    progress: Progress,
) -> Table:
    kind = kind or units.infer_kind(grid.header)
    records = _Records.of(grid)
    _require_readable(grid, kind, records, limits)
    assert kind is not None  # noqa: S101 - _require_readable raises where it is not known
    chosen = units.choose(grid.header, kind, unit, grid.labels, records.header_place)
    columns: dict[str, Converted] = {}
    for done, (field, position) in enumerate(chosen.positions.items(), start=1):
        cells = grid.columns[position].take(records.kept)
        columns[field] = convert(COLUMNS[field], cells, chosen.shifts.get(field, 0))
        progress("cells", done, len(chosen.positions))
    lost = np.fromiter((at in grid.spoiled for at in records.kept.tolist()), np.bool_)
    problems, notes = _said(grid, records, chosen, columns, kind, lost)
    notes += tuple(_unmapped(grid, mapped, records.header_place))
    typed, bad = _frames(columns, grid.rows[records.kept], lost)
    return Table(kind, typed, bad, problems, notes, _origin(grid, about, records))


@dataclass(frozen=True, slots=True)
class _Records:
    """Positions of the records of a grid, by what they are."""

    titles: Positions
    header: Positions
    blanks: Positions
    totals: Positions
    kept: Positions
    header_place: Place

    @classmethod
    def of(cls, grid: Grid) -> _Records:
        lines = np.asarray(grid.header.lines, dtype=np.int64)
        begin = int(lines[-1]) + 1 if len(lines) else 0
        above = np.arange(int(lines[0]) if len(lines) else 0)
        titles = np.setdiff1d(above, rows.blank(grid.columns, above))
        spoiled = np.fromiter(grid.spoiled, np.int64, len(grid.spoiled))
        below = np.setdiff1d(np.arange(begin, len(grid.rows)), spoiled)
        blanks = rows.blank(grid.columns, below)
        below = np.setdiff1d(below, blanks, assume_unique=True)
        fields = grid.header.fields
        key = fields.get("unit_id") or fields.get("enterprise_id") or (None,)
        totals = rows.totals(grid.columns, below, key[0])
        kept = np.union1d(np.setdiff1d(below, totals, assume_unique=True), spoiled)
        row = int(grid.rows[lines[-1]]) if len(lines) else None
        place = Place(grid.sheet, row, None)
        return cls(titles, lines, blanks, totals, kept, place)


def _require_readable(grid: Grid, kind: Kind | None, records: _Records, limits: Limits) -> None:
    """Raise for all at once that keeps the grid from being a table."""
    problems: list[Problem] = []
    if kind is None:
        found = [field for field in COLUMNS if field in grid.header.fields]
        problems.append(file_problem("KIND_UNKNOWN", records.header_place, ", ".join(found)))
    if not len(records.kept):
        problems.append(file_problem("NO_ROWS", records.header_place))
    for label, column in zip(grid.labels, grid.columns, strict=True):
        at = _too_long(column, limits.cell)
        if at is not None:
            place = Place(grid.sheet, int(grid.rows[at]), label)
            text = column.text[at].as_py()
            problems.append(file_problem("CELL_TOO_LONG", place, text, limit=f"{limits.cell:,}"))
    if problems:
        raise TableError(tuple(problems))


def _too_long(column: GridColumn, limit: int) -> int | None:
    longest = pc.max(pc.binary_length(column.text)).as_py()
    if longest is None or longest <= limit:
        return None
    over = pc.greater(pc.utf8_length(column.text), limit)
    at = pc.index(over, value=True).as_py()
    return None if at < 0 else int(at)


def _frames(
    columns: Mapping[str, Converted],
    numbers: Positions,
    lost: np.ndarray[Any, np.dtype[np.bool_]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    index = pd.Index(numbers, name="row", dtype="int64")
    some = bool(lost.any())
    cells: dict[str, pd.Series[Any]] = {}
    bad: dict[str, pd.Series[Any]] = {}
    for field, column in columns.items():
        text = column.text
        if some:
            text = pc.if_else(pa.array(lost), pa.scalar(None, STRING), text)
        array = pd.array(pa.chunked_array([text], STRING), dtype=_STR)
        cells[field] = pd.Series(array, index=index)
        bad[field] = pd.Series(column.bad | lost if some else column.bad, index=index)
    return pd.DataFrame(cells, index=index), pd.DataFrame(bad, index=index, dtype=bool)


def _said(
    grid: Grid,
    records: _Records,
    chosen: units.Chosen,
    columns: Mapping[str, Converted],
    kind: Kind,
    lost: np.ndarray[Any, np.dtype[np.bool_]],
) -> tuple[tuple[Problem, ...], tuple[Note, ...]]:
    """Give the problems of headers, rows and cells, and the notes of the file and its columns."""
    problems = list(grid.spoiled.values())
    notes = [*grid.notes, *_row_notes(grid, records), *_column_notes(grid, records, kind)]
    numbers = grid.rows[records.kept]
    for field, column in columns.items():
        label = grid.labels[chosen.positions[field]]
        problems += [
            Problem(
                "T-02",
                wrong.code,
                Place(grid.sheet, int(numbers[wrong.position]), label),
                field,
                wrong.found,
                {"found": wrong.found, **dict(wrong.values)},
            )
            for wrong in column.wrong
            if not lost[wrong.position]
        ]
        for code, (count, position, text) in column.notes.items():
            place = Place(grid.sheet, int(numbers[position]), label)
            notes.append(Note(code, field, count, place, {"found": text, "count": str(count)}))
        if field in chosen.shifts:
            count = len(column.text) - column.text.null_count
            values = {"header": grid.header.texts[chosen.positions[field]], "count": str(count)}
            place = Place(grid.sheet, records.header_place.row, label)
            notes.append(Note("UNIT_CONVERTED", field, count, place, values))
    problems.sort(key=lambda problem: problem.place.row or 0)
    return chosen.problems + tuple(problems), tuple(notes)


def _row_notes(grid: Grid, records: _Records) -> Iterable[Note]:
    for code, positions in (
        ("TITLE_ROWS", records.titles),
        ("TOTAL_ROWS", records.totals),
        ("BLANK_ROWS", records.blanks),
    ):
        if len(positions):
            numbers = grid.rows[positions].tolist()
            listed = ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")
            values = {"count": str(len(numbers)), "rows": listed}
            yield Note(code, None, len(numbers), Place(grid.sheet, numbers[0], None), values)


def _column_notes(grid: Grid, records: _Records, kind: Kind) -> Iterable[Note]:
    for position, column in enumerate(grid.columns):
        known = position < len(grid.header.texts)
        text = grid.header.texts[position] if known else ""
        match = grid.header.matches[position] if known else None
        label = grid.labels[position]
        place = Place(grid.sheet, records.header_place.row, label)
        values = {"header": cut(text), "column": cut(label)}
        if match:
            if kind not in COLUMNS[match.field].need:
                yield Note("COLUMN_NOT_OF_KIND", match.field, 1, place, values)
        elif text:
            yield Note("UNKNOWN_COLUMN", None, 1, place, values)
        else:
            count = len(records.kept) - column.text.take(pa.array(records.kept)).null_count
            if count:
                values["count"] = str(count)
                yield Note("COLUMN_WITHOUT_HEADER", None, count, place, values)


def _unmapped(grid: Grid, mapped: Mapping[str, str], place: Place) -> Iterable[Note]:
    """Tell the columns that a person mapped and whose header is not in the file."""
    for head, field in mapped.items():
        if field not in grid.header.fields:
            yield Note("MAPPED_HEADER_MISSING", field, 1, place, {"header": cut(head)})


def _origin(grid: Grid, about: _About, records: _Records) -> Origin:
    fields = grid.header.fields
    return Origin(
        name=about.name,
        format=about.format,
        encoding=grid.encoding,
        sheet=grid.sheet,
        size=about.size,
        sha256=about.sha256,
        title_rows=tuple(grid.rows[records.titles].tolist()),
        header_rows=tuple(grid.rows[records.header].tolist()),
        total_rows=tuple(grid.rows[records.totals].tolist()),
        columns={f: grid.labels[fields[f][0]] for f in COLUMNS if len(fields.get(f, ())) == 1},
    )
