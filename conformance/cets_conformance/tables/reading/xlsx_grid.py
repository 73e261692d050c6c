"""XLSX: the one sheet with a header, its cells by calamine, its traps by the scan before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
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
)
from .records import Limits, Note, Place, Progress, refusal
from .stream import RECORDS, Stream
from .xlsx_parse import SheetScan
from .xlsx_scan import scan_sheet
from .xlsx_verify import Workbook, verified

__all__ = ["stream"]


def stream(opened: Opened, sheet: str | None, limits: Limits, progress: Progress) -> Stream:
    """Read the sheet asked for, or the only one with a header."""
    workbook = verified(opened.file, limits, progress)
    progress("read", 0, None)
    opened.file.seek(0)
    with _readable():
        book = _aside(CalamineWorkbook.from_filelike, opened.file)
        return _chosen(book, workbook, opened.mapped, sheet, limits)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except CalamineError as error:
        raise refusal("WORKBOOK_UNREADABLE", reason=str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # Rust's, not derived from Exception
            raise refusal("WORKBOOK_UNREADABLE", reason="calamine") from error
        raise


def _chosen(
    book: CalamineWorkbook,
    workbook: Workbook,
    mapped: Mapping[str, str],
    wanted: str | None,
    limits: Limits,
) -> Stream:
    names = [m.name for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    if wanted is not None and wanted not in names:
        raise refusal("SHEET_UNKNOWN", found=wanted, sheets=_listed(names))
    found: list[tuple[CalamineSheet, SheetScan, header.Header]] = []
    others: list[str] = []
    heads = []
    for name in names if wanted is None else [wanted]:
        scan = scan_sheet(workbook, name, limits)
        sheet = _aside(book.get_sheet_by_name, name)
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
    return _stream(*found[0], notes, limits)


def _aside(load: Callable[[Any], Any], what: Any) -> Any:
    """Load in a thread of its own, so that whoever interrupts need not wait until all is there."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(load, what).result()
    finally:
        pool.shutdown(wait=False)


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


def _stream(
    sheet: CalamineSheet,
    scan: SheetScan,
    match: header.Header,
    notes: tuple[Note, ...],
    limits: Limits,
) -> Stream:
    start, end = sheet.start or (0, 0), sheet.end or (0, 0)
    _require_within(end[1] + 1 - start[1], end[0] + 1, limits)
    width, height = max(end[1] + 1, scan.width), max(end[0] + 1, scan.height)
    labels = tuple(column_letters(position) for position in range(width))
    below = ([""] * width for _ in range(height - end[0] - 1))
    return Stream(
        match,
        labels,
        _grids(chain(_rows(sheet), below), scan, match, labels, sheet.name),
        match.lines[-1] + 1,
        consecutive=False,
        last_row=height,
        sheet=sheet.name,
        notes=notes,
    )


def _grids(
    rows: Iterator[list[Any]],
    scan: SheetScan,
    match: header.Header,
    labels: tuple[str, ...],
    sheet: str,
) -> Iterator[Callable[[], Grid]]:
    done = 0
    while columns := _columns(rows, done, len(labels), scan):
        count = len(columns[0].text)
        numbers = np.arange(done + 1, done + count + 1)
        yield partial(Grid, columns, numbers, labels, match, sheet=sheet)
        done += count


def _columns(
    rows: Iterator[list[Any]], done: int, width: int, scan: SheetScan
) -> tuple[GridColumn, ...]:
    """Make columns of the next rows, which take a tenth of what they take as objects."""
    block = list(islice(rows, RECORDS))
    _override(block, done, width, scan)
    return tuple(map(column_from_objects, zip(*block, strict=True)))


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
