"""From a file to a typed table: open, find the header, choose columns, type records by pieces."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np

from cets_conformance.tables.columns import COLUMNS, Kind
from cets_conformance.tables.hands import Due, hands

from . import json_grid
from .files import Opened, opened
from .grid import Grid
from .header import NOTHING_MAPPED
from .pieces import Noted, Piece, read_piece
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
    refusal,
)
from .stream import NotPlainError, Stream
from .typed import joined
from .units import Begun, Chosen, begin

__all__ = [
    "Build",
    "Reading",
    "read_table",
    "readers_of",
    "renumbered",
    "table_from_rows",
    "with_rows",
]

Positions = np.ndarray[Any, np.dtype[np.int64]]

_THREADS = 2
_WAITING = 4
"""Pieces in hand at a time."""

Build = Callable[["Reading", Stream], Table]
"""Makes a table of the records of a file."""

_Reader = Callable[[Opened, str | None, Limits, Progress], Stream]
_READERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "csv": ("csv_blocks", "csv_grid"),
        "xlsx": ("xlsx_grid",),
        "jsonl": ("json_grid",),
        "parquet": ("parquet_grid",),
    }
)
"""What reads each format; where one gives up with ``NotPlainError``, the next takes any file."""


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
    build: Build | None = None,
) -> Table:
    """Read CSV, XLSX, JSON lines or Parquet, told apart by content.

    ``kind`` is inferred from the columns where it is not given; ``unit="10kt"`` confirms that
    columns headed 万t (or, where no header says so, all columns in tonnes) are in 10,000 t.
    ``mapped`` says for which columns foreign headers stand (``mapping.read_mapping``).
    ``build`` makes the table of its records elsewhere than here.
    Raises ``TableError`` where no table can be read.
    """
    report, build = progress or _silent, build or Reading.table
    with opened(source, name, limits, report) as file:
        file.mapped = mapped
        read = Reading(mapped, kind, unit, limits, report)
        for reader in readers_of(file.format):
            with suppress(NotPlainError):
                table = build(read, reader(file, sheet, limits, report))
                break
        return _with_origin(table, file)


def readers_of(name: str) -> Iterator[_Reader]:
    """Give what reads a format, the last of which takes any file; loaded when it is asked for."""
    for module in _READERS[name]:
        reader: _Reader = import_module(f"{__package__}.{module}").stream
        yield reader


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
    stream = json_grid.from_rows(rows, limits, mapped)
    table = Reading(mapped, kind, unit, limits, progress or _silent).table(stream)
    return replace(
        table, origin=replace(table.origin, name=name, format="json", size=size, sha256=digest)
    )


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Report to nobody."""


def _with_origin(table: Table, file: Opened) -> Table:
    """Say what is known of the file once it is read to its end."""
    origin = replace(
        table.origin, name=file.name, format=file.format, size=file.size, sha256=file.sha256
    )
    return replace(table, origin=origin)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the records of a file are typed with."""

    mapped: Mapping[str, str]
    kind: Kind | None
    unit: Unit | None
    limits: Limits
    progress: Progress

    def begin(self, stream: Stream) -> Begun:
        """Choose the columns that the header names."""
        lines = stream.header.lines
        place = Place(stream.sheet, stream.row_of(lines[-1]) if lines else None, None)
        return begin(stream.header, stream.labels, self.kind, self.unit, place)

    def about(self, stream: Stream, begun: Begun, pieces: Sequence[Piece]) -> Table:
        """Give the table but for its rows, of which the pieces need not have the cells.

        Raises for all at once that keeps them from being a table.
        """
        kind, chosen, place = begun.kind, begun.chosen, begun.place
        self._require_readable(stream, kind, pieces, place)
        assert kind is not None  # noqa: S101 - raised above where it is not known
        assert chosen is not None  # noqa: S101
        origin = _origin(stream, begun, pieces)
        notes = (
            *_record_notes(stream, pieces),
            *_row_notes(origin, pieces),
            *_column_notes(stream, begun, pieces),
            *_cell_notes(stream, pieces, chosen, place),
            *_unmapped(stream, self.mapped, place),
        )
        return Table(kind, {}, np.zeros(0, np.int64), chosen.problems, notes, origin)

    def table(self, stream: Stream) -> Table:
        """Type all records; raises for all at once that keeps them from being a table."""
        begun = self.begin(stream)
        pieces = list(self._pieces(stream, begun.chosen))
        table = self.about(stream, begun, pieces)
        return with_rows(table, pieces, self.progress)

    def _pieces(self, stream: Stream, chosen: Chosen | None) -> Iterator[Piece]:
        """Read and type pieces in threads, a few ahead of the one that is asked for."""
        waiting: deque[Due[Piece]] = deque()
        begin, before = stream.begin, 0

        def take() -> Piece:
            nonlocal before
            piece = waiting.popleft().result()
            numbered = self.numbered(stream, piece, before)
            before += piece.count
            return numbered

        with hands(_THREADS, stream.count) as pool:
            try:
                for grid in stream.grids:
                    waiting.append(pool.submit(_read, grid, chosen, begin, self.limits))
                    begin = 0
                    if len(waiting) > _WAITING:
                        yield take()
                while waiting:
                    yield take()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def numbered(self, stream: Stream, piece: Piece, before: int) -> Piece:
        """Count the records of a piece on from those ``before`` it; no more than the limit."""
        count = before + piece.count
        if count > self.limits.rows:
            limit = f"{self.limits.rows:,}"
            raise refusal("TOO_MANY_ROWS", found=f"{count:,}", limit=limit)
        self.progress("read", count, max(count, stream.count or 0))
        return renumbered(piece, before if stream.consecutive else 0)

    def _require_readable(
        self, stream: Stream, kind: Kind | None, pieces: Sequence[Piece], place: Place
    ) -> None:
        problems: list[Problem] = []
        if kind is None:
            found = [field for field in COLUMNS if field in stream.header.fields]
            headers = stream.header.texts
            problems.append(file_problem("KIND_UNKNOWN", place, ", ".join(found), headers))
        if not any(len(piece.rows) for piece in pieces):
            problems.append(file_problem("NO_ROWS", place))
        too_long: dict[str | None, Problem] = {}
        for piece in pieces:
            for problem in piece.too_long:
                too_long.setdefault(problem.place.column, problem)
        problems += [too_long[label] for label in stream.labels if label in too_long]
        if problems:
            raise TableError(tuple(problems))


def with_rows(table: Table, pieces: Sequence[Piece], progress: Progress = _silent) -> Table:
    """Put the cells of pieces, which are left without, together as the rows of a table."""
    columns = {}
    fields, rows = list(pieces[0].columns), np.concatenate([piece.rows for piece in pieces])
    with hands(_THREADS, len(rows)) as pool:
        whole = pool.map(lambda field: joined([p.columns.pop(field) for p in pieces]), fields)
        for field, column in zip(fields, whole, strict=True):
            columns[field] = column
            progress("cells", len(columns), len(fields))
    problems = [problem for piece in pieces for problem in piece.problems]
    problems.sort(key=lambda problem: problem.place.row or 0)
    return replace(
        table,
        columns=columns,
        rows=rows,
        problems=(*table.problems, *problems),
    )


def _read(grid: Callable[[], Grid], chosen: Chosen | None, begin: int, limits: Limits) -> Piece:
    return read_piece(grid(), chosen, begin, limits)


def renumbered(piece: Piece, before: int) -> Piece:
    """Count the records of a piece on from those before it."""
    if not before:
        return piece
    return replace(
        piece,
        rows=piece.rows + before,
        titles=piece.titles + before,
        blanks=piece.blanks + before,
        totals=piece.totals + before,
        problems=tuple(
            replace(problem, place=_moved(problem.place, before)) for problem in piece.problems
        ),
        noted={key: noted._replace(row=noted.row + before) for key, noted in piece.noted.items()},
        notes=tuple(replace(note, first=_moved(note.first, before)) for note in piece.notes),
        too_long=tuple(
            replace(problem, place=_moved(problem.place, before)) for problem in piece.too_long
        ),
    )


def _moved(place: Place, before: int) -> Place:
    return place if place.row is None else replace(place, row=place.row + before)


def _record_notes(stream: Stream, pieces: Sequence[Piece]) -> Iterable[Note]:
    """Give the notes of the file, and of its records each once."""
    yield from stream.notes
    notes: dict[str, Note] = {}
    for note in (note for piece in pieces for note in piece.notes):
        first = notes.setdefault(note.code, replace(note, count=0))
        notes[note.code] = replace(first, count=first.count + note.count)
    yield from notes.values()


def _row_notes(origin: Origin, pieces: Sequence[Piece]) -> Iterable[Note]:
    blanks = [number for piece in pieces for number in piece.blanks.tolist()]
    for code, numbers in (
        ("TITLE_ROWS", origin.title_rows),
        ("TOTAL_ROWS", origin.total_rows),
        ("BLANK_ROWS", blanks),
    ):
        if numbers:
            listed = ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")
            values = {"count": str(len(numbers)), "rows": listed}
            yield Note(code, None, len(numbers), Place(origin.sheet, numbers[0], None), values)


def _column_notes(stream: Stream, begun: Begun, pieces: Sequence[Piece]) -> Iterable[Note]:
    header = stream.header
    for position in begun.strange:
        label, match = stream.labels[position], header.match(position)
        text = header.texts[position] if position < len(header.texts) else ""
        place = replace(begun.place, column=label)
        values = {"header": cut(text), "column": cut(label)}
        if match:
            yield Note("COLUMN_NOT_OF_KIND", match.field, 1, place, values)
        elif text:
            yield Note("UNKNOWN_COLUMN", None, 1, place, values)
        else:
            count = sum(piece.without_header.get(position, 0) for piece in pieces)
            if count:
                values["count"] = str(count)
                yield Note("COLUMN_WITHOUT_HEADER", None, count, place, values)


def _cell_notes(
    stream: Stream, pieces: Sequence[Piece], chosen: Chosen, header_place: Place
) -> Iterable[Note]:
    noted: dict[str, dict[str, list[Noted]]] = {}
    for piece in pieces:
        for (field, code), found in piece.noted.items():
            noted.setdefault(field, {}).setdefault(code, []).append(found)
    for field, position in chosen.positions.items():
        if field not in noted and field not in chosen.shifts:
            continue
        label = stream.labels[position]
        for code, parts in sorted(noted.get(field, {}).items()):
            first = min(parts, key=lambda part: part.row)
            count = sum(part.cells for part in parts)
            values = {"found": first.text, "count": str(count)}
            yield Note(code, field, count, Place(stream.sheet, first.row, label), values)
        if field in chosen.shifts:
            count = sum(piece.filled[field] for piece in pieces)
            values = {"header": stream.header.texts[position], "count": str(count)}
            place = replace(header_place, column=label)
            yield Note("UNIT_CONVERTED", field, count, place, values)


def _unmapped(stream: Stream, mapped: Mapping[str, str], place: Place) -> Iterable[Note]:
    """Tell the columns that a person mapped and whose header is not in the file."""
    for head, field in mapped.items():
        if field not in stream.header.fields:
            yield Note("MAPPED_HEADER_MISSING", field, 1, place, {"header": cut(head)})


def _origin(stream: Stream, begun: Begun, pieces: Sequence[Piece]) -> Origin:
    return Origin(
        name="",
        format="",
        encoding=stream.encoding,
        sheet=stream.sheet,
        size=0,
        sha256="",
        title_rows=tuple(number for piece in pieces for number in piece.titles.tolist()),
        header_rows=tuple(map(stream.row_of, stream.header.lines)),
        total_rows=tuple(number for piece in pieces for number in piece.totals.tolist()),
        columns=begun.labels,
    )
