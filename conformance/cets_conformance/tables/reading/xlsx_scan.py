"""The traps of a sheet: looked for in its bytes, parsed only where there may be one."""

from __future__ import annotations

import re
import zipfile
from typing import Any

import numpy as np

from .records import Limits, refusal
from .xlsx_parse import SPARE_CELLS, SheetScan, parse_sheet
from .xlsx_verify import Workbook, chunks

__all__ = ["scan_sheet"]


def scan_sheet(workbook: Workbook, sheet: str, limits: Limits) -> SheetScan:
    """Find the formulas and errors of a sheet, and refuse one that would not fit in memory."""
    if sheet not in workbook.sheets:
        raise refusal("WORKBOOK_UNREADABLE", reason=f"sheet {sheet!r}")
    info = workbook.archive.getinfo(workbook.sheets[sheet])
    if not _needs_parsing(workbook, info, limits):
        return SheetScan()
    return parse_sheet(workbook, info, sheet, limits)


def _needs_parsing(workbook: Workbook, info: zipfile.ZipInfo, limits: Limits) -> bool:
    """Look through the bytes for anything but plainly written cells within the limits.

    Only numbers that a stream of bytes shows are used: where in doubt, the sheet is parsed.
    """
    cells, width, height, tail = 0, 1, 1, b""
    for chunk in chunks(workbook.archive, info):
        window = tail + chunk
        cut = window.rfind(b"<")
        window, tail = (window[:cut], window[cut:]) if cut > 0 else (window, b"")
        look = _look(window)
        if look is None:
            return True
        cells, width, height = cells + look[0], max(width, look[1]), max(height, look[2])
    return (
        _look(tail) is None
        or width > limits.columns
        or height > limits.rows
        or height * width > SPARE_CELLS + 4 * cells
        or cells * workbook.longest_string > limits.unpacked
    )


def _look(window: bytes) -> tuple[int, int, int] | None:
    """Count the cells of some bytes, with last column and row; ``None`` where in doubt."""
    if b't="e"' in window or b"t='e'" in window:
        return None
    data = np.frombuffer(window + b" " * 16, np.uint8)
    colons = data[np.flatnonzero(data == ord(":")) + 1]
    if np.isin(colons, np.frombuffer(b"cfr", np.uint8)).any() and re.search(
        rb"<\w+:(?:c|f|row)[\s/>]", window
    ):
        return None
    marks = np.flatnonzero(data == ord("<"))
    first, second = data[marks + 1], data[marks + 2]
    ends = np.isin(second, np.frombuffer(b" \t\r\n/>", np.uint8))
    if (ends & (first == ord("f"))).any():
        return None
    return _columns(data, marks[ends & (first == ord("c"))])


def _columns(
    data: np.ndarray[Any, np.dtype[np.uint8]], at: np.ndarray[Any, np.dtype[np.int64]]
) -> tuple[int, int, int] | None:
    """Read the places of cells that begin with ``<c r="``; ``None`` if one is not plain."""
    if not len(at):
        return 0, 1, 1
    for offset, expected in enumerate(b' r="', start=2):
        if not (data[at + offset] == expected).all():
            return None
    column = np.zeros(len(at), np.int64)
    cursor = at + 6
    for _ in range(3):
        letter = data[cursor].astype(np.int64) - ord("A")
        is_letter = (letter >= 0) & (letter < 26)
        column = np.where(is_letter, column * 26 + letter + 1, column)
        cursor = cursor + is_letter
    row, digits = np.zeros(len(at), np.int64), cursor
    for _ in range(8):
        digit = data[cursor].astype(np.int64) - ord("0")
        is_digit = (digit >= 0) & (digit < 10)
        row = np.where(is_digit, row * 10 + digit, row)
        cursor = cursor + is_digit
    plain = (data[cursor] == ord('"')) & (cursor > digits) & (column > 0)
    return (len(at), int(column.max()), int(row.max())) if plain.all() else None
