"""The table as it stands, its wrong cells marked and the expected value in a column beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cets_conformance.report.cells import Formats, put
from cets_conformance.report.words import Words
from cets_conformance.tables.columns import COLUMNS, Type
from cets_conformance.tables.reading import Limits, Progress
from cets_conformance.tables.reading.assemble import readers_of
from cets_conformance.tables.reading.files import opened
from cets_conformance.tables.reading.grid import Form, Grid
from cets_conformance.tables.reading.stream import Stream

__all__ = ["COMMENTS", "SHEET_ROWS", "Mark", "Marks", "marks", "write"]

COMMENTS: Final = 5_000
"""Cells that carry a comment; spreadsheets grow slow with more. All wrong cells are marked."""

SHEET_ROWS: Final = 1_000_000
"""Rows of one sheet; a longer table goes on in further sheets."""

_BLOCK: Final = 8_192
_SEVERITIES: Final = ("error", "warning", "notice")
_NAMES: Final = (Type.CODE, Type.TEXT, Type.ID)
"""Columns whose cells stay text although they may look like numbers."""


@dataclass(slots=True)
class Mark:
    """What is wrong with one cell."""

    severity: str
    """Worst severity of what was found there."""
    expected: int | str | None
    """Value that should stand there, where one is known."""
    texts: list[str] = field(default_factory=list)
    """One text a finding: check, what is wrong, expected, difference, clauses."""


@dataclass(slots=True)
class Marks:
    """Marks by row number and column label; what has no cell of its own is counted."""

    cells: dict[tuple[int, str], Mark] = field(default_factory=dict)
    columns: dict[str, str | None] = field(default_factory=dict)
    """Labels of the columns with an expected value, and their field."""
    unplaced: int = 0
    """Rows of findings that point at no cell."""

    def remarks(self, words: Words) -> Iterator[str]:
        """Say how the table is marked, and what the marking leaves out."""
        if self.cells:
            yield words.t("report.workbook.legend")
        if len(self.cells) > COMMENTS:
            figures = {"cells": words.number(len(self.cells)), "limit": words.number(COMMENTS)}
            yield words.t("report.workbook.comment_limit", **figures)
        if self.unplaced:
            yield words.t("report.workbook.unplaced")


def marks(report: Mapping[str, Any], words: Words) -> Marks:
    """Gather what is wrong by cell; several findings at one cell make one mark."""
    found = Marks()
    for finding in report["findings"]:
        for row in finding["rows"]:
            if row["row"] is None or not row.get("column"):
                found.unplaced += 1
                continue
            key = (row["row"], row["column"])
            mark = found.cells.setdefault(key, Mark(finding["severity"], None))
            mark.severity = min(mark.severity, finding["severity"], key=_SEVERITIES.index)
            mark.texts.append(_comment(finding, row, words))
            # What a law between rows would allow (a row with a code) yields to the recomputation.
            if row["expected"] is not None and (mark.expected is None or not row.get("code")):
                mark.expected = row["expected"]
                found.columns.setdefault(row["column"], row["field"])
    return found


def _comment(finding: Mapping[str, Any], row: Mapping[str, Any], words: Words) -> str:
    lines = [f"{finding['check']} {words.term('check.' + finding['check'], 'title')}"]
    if row.get("code"):
        lines.append(words.said(row))
    for name in ("expected", "difference"):
        if row[name] is not None:
            shown = (
                words.signed(row[name])
                if name == "difference"
                else words.value(row["field"], row[name])
            )
            lines.append(f"{words.t('report.column.' + name)}: {shown}")
    lines.append(f"{words.t('report.finding.clauses')}: {' '.join(finding['clauses'])}")
    return "\n".join(lines)


def write(
    book: Any,
    formats: Formats,
    report: Mapping[str, Any],
    source: Path,
    found: Marks,
    words: Words,
    mapped: Mapping[str, str],
    progress: Progress | None,
) -> None:
    """Write all rows and columns of the source, titles included, under their own row numbers."""
    limits = Limits(bytes=max(Limits().bytes, report["source"]["size"]))
    with opened(source, report["source"]["name"], limits, _silent) as file:
        file.mapped = mapped
        *_, reader = readers_of(file.format)
        stream = reader(file, report["source"]["sheet"], limits, _silent)
        _Annotated(book, formats, stream, found, words).write(progress or _silent)


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Report to nobody."""


class _Annotated:
    """One pass over the records of a file, from the first row to the last."""

    def __init__(
        self, book: Any, formats: Formats, stream: Stream, found: Marks, words: Words
    ) -> None:
        self.book, self.formats, self.stream = book, formats, stream
        self.found, self.words = found, words
        self.targets = self._targets()
        self.names = {
            position
            for field_name, positions in stream.header.fields.items()
            if COLUMNS[field_name].type in _NAMES
            for position in positions
        }
        lines = stream.header.lines
        self.header_row = stream.row_of(lines[-1]) if lines else None
        # Columns with names of their own have no header record: their names are written above.
        self.shift = 0 if lines or stream.first_row > 1 else 1
        self.sheets: dict[int, Any] = {}
        self.comments = 0

    def _targets(self) -> list[int]:
        """Give each column's place, moved right by the expected columns before it."""
        places, at = [], 0
        for label in self.stream.labels:
            places.append(at)
            at += 2 if label in self.found.columns else 1
        return places

    def write(self, progress: Progress) -> None:
        """Write every record, and the names of the columns above where no record has them."""
        done = 0
        if self.header_row is None:
            self._header(0, self.stream.labels)
        for read in self.stream.grids:
            grid = read()
            for start in range(0, len(grid.rows), _BLOCK):
                columns = [column.text.slice(start, _BLOCK).to_pylist() for column in grid.columns]
                for offset, number in enumerate(grid.rows[start : start + _BLOCK].tolist()):
                    cells = [column[offset] for column in columns]
                    self._record(grid, start + offset, number, cells)
                done += len(columns[0])
                progress("report", done, max(done, self.stream.count or 0))
        if not self.sheets:
            self._sheet(0)

    def _sheet(self, row: int) -> tuple[Any, int]:
        """Give the sheet of a 0-based row, and the row within it."""
        part, at = divmod(row, SHEET_ROWS)
        if part not in self.sheets:
            last = (self.stream.last_row or 0) + self.shift
            name = self.words.t("report.workbook.table_sheet")
            if last > SHEET_ROWS:
                ends = {"first": part * SHEET_ROWS + 1, "last": min(last, (part + 1) * SHEET_ROWS)}
                name = self.words.t("report.workbook.table_part", **ends)
            sheet = self.book.add_worksheet(name)
            self.sheets[part] = sheet
            for position, label in enumerate(self.stream.labels):
                sheet.set_column(self.targets[position], self.targets[position], 16)
                if label in self.found.columns:
                    sheet.set_column(self.targets[position] + 1, self.targets[position] + 1, 18)
            if part == 0:
                sheet.freeze_panes((self.header_row or 1), 0)
        return self.sheets[part], at

    def _header(self, row: int, texts: Any) -> None:
        sheet, at = self._sheet(row)
        for position, text in enumerate(texts):
            put(sheet, at, self.targets[position], text, self.formats["head"])
            label = self.stream.labels[position]
            if label in self.found.columns:
                name = self.words.field(self.found.columns[label])
                header = self.words.t("report.workbook.expected_header", field=name)
                put(sheet, at, self.targets[position] + 1, header, self.formats["expected_head"])

    def _record(self, grid: Grid, index: int, number: int, cells: list[str | None]) -> None:
        if number == self.header_row:
            self._header(number - 1, cells)
            return
        sheet, at = self._sheet(number - 1 + self.shift)
        for position, text in enumerate(cells):
            mark = self.found.cells.get((number, self.stream.labels[position]))
            if mark is None and text is None:
                continue
            target = self.targets[position]
            style = self.formats[mark.severity] if mark else None
            if text is None or self._is_number(grid, position, index):
                put(sheet, at, target, text, style)
            else:
                sheet.write_string(at, target, text, style)
            if mark:
                self._mark(sheet, at, target, mark)

    def _is_number(self, grid: Grid, position: int, index: int) -> bool:
        """Tell whether a cell may be written as a number: it was one, or its column holds them."""
        if position in self.names:
            return False
        forms = grid.columns[position].forms
        if forms is None:
            return self.stream.header.matches[position] is not None
        return int(forms[index]) == Form.NUMBER

    def _mark(self, sheet: Any, at: int, target: int, mark: Mark) -> None:
        if mark.expected is not None:
            put(sheet, at, target + 1, mark.expected, self.formats["expected"])
        if self.comments < COMMENTS:
            self.comments += 1
            text = "\n\n".join(mark.texts)
            height = 22 + 17 * (text.count("\n") + 1)
            options = {"x_scale": 1.9, "height": height, "font_size": 9, "author": ""}
            sheet.write_comment(at, target, text[:32_000], options)
