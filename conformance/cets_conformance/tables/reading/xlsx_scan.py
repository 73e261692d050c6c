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

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Positions = np.ndarray[Any, np.dtype[np.int64]]

_ENDS_A_NAME = np.isin(np.arange(256), np.frombuffer(b" \t\r\n/>", np.uint8))
"""By byte: whether the name of a tag ends before it."""


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
    names = data[marks + 1]
    if len(_named(data, marks[names == ord("f")])):
        return None
    return _columns(data, _named(data, marks[names == ord("c")]))


def _named(data: Bytes, at: Positions) -> Positions:
    """Give those of some tags whose name is one letter."""
    return at[_ENDS_A_NAME[data[at + 2]]]


def _columns(data: Bytes, at: Positions) -> tuple[int, int, int] | None:
    """Read the places of cells that begin with ``<c r="``; ``None`` if one is not plain."""
    if not len(at):
        return 0, 1, 1
    for offset, expected in enumerate(b' r="', start=2):
        if not (data[at + offset] == expected).all():
            return None
    letters, column = _read(data, at + 6, "A", 26, 3)
    digits, row = _read(data, letters, "0", 10, 8)
    plain = (data[digits] == ord('"')) & (digits > letters) & (letters > at + 6)
    return (len(at), int(column.max()), int(row.max())) if plain.all() else None


def _read(
    data: Bytes, at: Positions, first: str, base: int, most: int
) -> tuple[Positions, Positions]:
    """Read numbers of at most some digits, of which ``first`` is the least; give where they end.

    The letters of a column are digits from 1 to 26, those of a row from 0 to 9.
    """
    number = np.zeros(len(at), np.int64)
    least = 1 if base == 26 else 0
    for _ in range(most):
        digit = data[at] - np.uint8(ord(first))  # what is below the first wraps around
        found = digit < base
        if not found.any():
            break
        number = np.where(found, number * base + digit + least, number)
        at = at + found
    return at, number
