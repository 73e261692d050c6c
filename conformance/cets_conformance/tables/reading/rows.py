"""Which records are rows of the table: not the blank ones, not the totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .grid import Form, GridColumn
from .header import squeeze
from .numerals import BLANKS

__all__ = ["blank", "totals"]

Positions = np.ndarray[Any, np.dtype[np.int64]]

_TOTAL = re.compile(r"(?:.{0,30}(?:合计|总计|小计)|(?:grand|sub)?total|合计[(].{0,30}[)])")
_FIRST_CELLS = 5


def is_total(text: str) -> bool:
    """Tell whether a text is what the first cell of a total row says."""
    return len(text) < 100 and bool(_TOTAL.fullmatch(squeeze(text).strip("、.。,，=")))


def blank(columns: Sequence[GridColumn], positions: Positions) -> Positions:
    """Give those of ``positions`` at which no column holds anything but blanks."""
    for column in columns:
        if not len(positions):
            break
        text = column.text.take(pa.array(positions))
        filled = pc.fill_null(text, "")
        trimmed = pc.utf8_trim(filled, characters=BLANKS)
        positions = positions[np.asarray(pc.equal(trimmed, ""))]
    return positions


def totals(columns: Sequence[GridColumn], positions: Positions, key: int | None) -> Positions:
    """Give those of ``positions`` that are totals: the word stands in one of the first cells.

    ``key``: the column of unit ids (or enterprises), empty in such a row or the word itself.
    """
    if not len(positions):
        return positions
    if key is not None:
        ids = columns[key].text.take(pa.array(positions))
        likely = pc.or_kleene(
            pc.match_substring_regex(ids, r"^\s*$"),
            pc.match_substring_regex(ids, r"(?i)[计計]\s*$|total"),
        )
        positions = positions[np.asarray(pc.fill_null(likely, fill_value=True))]
    if not len(positions):
        return positions
    found = [
        position
        for position, cells in zip(positions.tolist(), _first(columns, positions), strict=True)
        if _says_total(cells, _at(columns, key, position))
    ]
    return np.asarray(found, dtype=np.int64)


def _at(columns: Sequence[GridColumn], key: int | None, position: int) -> str:
    return "" if key is None else (columns[key].text[position].as_py() or "").strip(BLANKS)


def _says_total(cells: list[str], identifier: str) -> bool:
    if identifier:
        return is_total(identifier)
    return any(is_total(cell) for cell in cells)


def _first(columns: Sequence[GridColumn], positions: Positions) -> list[list[str]]:
    """Give the first texts of each record."""
    found: list[list[str]] = [[] for _ in positions]
    for column in columns:
        taken = column.take(positions)
        forms = taken.forms
        for at, text in enumerate(taken.text.to_pylist()):
            is_text = forms is None or forms[at] == Form.TEXT
            if text and is_text and len(found[at]) < _FIRST_CELLS and text.strip(BLANKS):
                found[at].append(text)
    return found
