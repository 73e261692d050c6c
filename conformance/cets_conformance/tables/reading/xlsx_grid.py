"""XLSX: the one sheet with a header, its cells by calamine, its traps by the scan before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

import numpy as np
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
)

from . import header
from .files import Opened
from .grid import (
    Errored,
    Form,
    Formula,
    Grid,
    GridColumn,
    column_from_objects,
    column_letters,
    join,
)
from .records import Limits, Note, Place, Progress, refusal
from .xlsx_parse import SheetScan
from .xlsx_scan import scan_sheet
from .xlsx_verify import Workbook, verified

__all__ = ["read"]

_ROWS_AT_ONCE = 20_000


def read(opened: Opened, sheet: str | None, limits: Limits, progress: Progress) -> Grid:
    """Read the sheet asked for, or the only one with a header."""
    workbook = verified(opened.file, limits)
    opened.file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(opened.file)
        return _read(book, workbook, opened.mapped, sheet, limits, progress)
    except CalamineError as error:
        raise refusal("WORKBOOK_UNREADABLE", reason=str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # Rust's, not derived from Exception
            raise refusal("WORKBOOK_UNREADABLE", reason="calamine") from error
        raise


def _read(
    book: CalamineWorkbook,
    workbook: Workbook,
    mapped: Mapping[str, str],
    wanted: str | None,
    limits: Limits,
    progress: Progress,
) -> Grid:
    names = [m.name for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    if wanted is not None and wanted not in names:
        raise refusal("SHEET_UNKNOWN", found=wanted, sheets=_listed(names))
    found: list[tuple[CalamineSheet, SheetScan, header.Header]] = []
    others: list[str] = []
    heads = []
    for name in names if wanted is None else [wanted]:
        scan = scan_sheet(workbook, name, limits)
        sheet = book.get_sheet_by_name(name)
        head = [_texts(row) for row in islice(_rows(sheet), header.HEAD)]
        heads.append(head)
        match = header.find(head, mapped=mapped)
        if match:
            found.append((sheet, scan, match))
        elif sheet.start is not None:
            others.append(name)
    if len(found) > 1:
        raise refusal("SHEETS_AMBIGUOUS", sheets=_listed([s.name for s, _, _ in found]))
    if not found:
        if wanted is None and not others:
            raise refusal("NO_ROWS")
        raise header.not_found(heads, Place(wanted, None, None))
    notes = tuple(
        Note("SHEET_NOT_READ", None, 1, Place(name, None, None), {"sheet": name}) for name in others
    )
    return _grid(*found[0], notes, limits, progress)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:10])
    return shown if len(names) <= 10 else shown + ", …"


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Give the rows of a sheet from its first, from column A on."""
    if sheet.start is None:
        return
    before = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        yield before + row if before else row


def _texts(row: list[Any]) -> list[str | None]:
    return [cell if isinstance(cell, str) else str(cell) for cell in row]


def _grid(
    sheet: CalamineSheet,
    scan: SheetScan,
    match: header.Header,
    notes: tuple[Note, ...],
    limits: Limits,
    progress: Progress,
) -> Grid:
    start, end = sheet.start or (0, 0), sheet.end or (0, 0)
    width, height = end[1] + 1, end[0] + 1
    _require_within(width - start[1], height, limits)
    width = max(width, scan.width)
    parts: list[list[GridColumn]] = [[] for _ in range(width)]
    height = max(height, scan.height)
    below = ([""] * width for _ in range(height - end[0] - 1))
    rows, done = chain(_rows(sheet), below), 0
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        _override(block, done, width, scan)
        for position, values in enumerate(zip(*block, strict=True)):
            parts[position].append(column_from_objects(values))
        done += len(block)
        progress("read", done, height)
    return Grid(
        columns=tuple(join(part) for part in parts),
        rows=np.arange(1, done + 1),
        labels=tuple(column_letters(position) for position in range(width)),
        header=match,
        sheet=sheet.name,
        notes=notes,
    )


def _require_within(width: int, height: int, limits: Limits) -> None:
    if width > limits.columns:
        raise refusal("TOO_MANY_COLUMNS", found=f"{width:,}", limit=f"{limits.columns:,}")
    if height > limits.rows:
        raise refusal("TOO_MANY_ROWS", found=f"{height:,}", limit=f"{limits.rows:,}")


def _override(block: list[list[Any]], first: int, width: int, scan: SheetScan) -> None:
    """Put formulas and errors where calamine gives a stored value or nothing."""
    if not scan.special:
        return
    for at, row in enumerate(block):
        row.extend([""] * (width - len(row)))
        special = scan.special.get(first + at)
        if not special:
            continue
        blank = not any(cell != "" for cell in row)
        for column, form, text in special:
            if not (blank and (first + at, column) in scan.blank_formulas):
                row[column] = Errored(text) if form is Form.ERROR else Formula(text)
