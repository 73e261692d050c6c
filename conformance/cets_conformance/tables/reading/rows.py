"""Which records are rows of the table: not the blank ones, not the totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .grid import Form, GridColumn, np_array
from .header import squeeze
from .numerals import BLANKS
from .plain import data_of

__all__ = ["blank", "totals"]

Positions = np.ndarray[Any, np.dtype[np.int64]]

_TOTAL = re.compile(r"(?:.{0,30}(?:合计|总计|小计)|(?:grand|sub)?total|合计[(].{0,30}[)])")
_WORD = "计|(?i:total)"
"""What a text holds that is what a total row says."""
_FIRST_CELLS = 5


def is_total(text: str) -> bool:
    """Tell whether a text is what the first cell of a total row says."""
    return len(text) < 100 and bool(_TOTAL.fullmatch(squeeze(text).strip("、.。,，=")))


def blank(columns: Sequence[GridColumn], positions: Positions) -> Positions:
    """Give those of ``positions`` at which no column holds anything but blanks."""
    for column in columns:
        if not len(positions):
            break
        positions = positions[_where(column.take(positions), is_blank, _is_visible, _blank)]
    return positions


def is_blank(text: str | None) -> bool:
    """Tell whether a cell holds nothing but blanks."""
    return not text or not text.strip(BLANKS)


def _where(
    cells: GridColumn,
    is_so: Callable[[str | None], bool],
    is_out: Callable[[pa.Array], bool],
    holds: Callable[[pa.Array], pa.Array],
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell where something holds, leaving out chunks of which it is told at once that nowhere."""
    if cells.is_few:
        return np.array(list(map(is_so, cells.texts)), np.bool_)
    parts = [np.zeros(0, np.bool_)]
    for chunk in cells.text.chunks:
        if is_out(chunk):
            parts.append(np.zeros(len(chunk), np.bool_))
        else:
            parts.append(np_array(holds(chunk)))
    return np.concatenate(parts)


def _is_visible(chunk: pa.Array) -> bool:
    """Tell that every cell begins with a visible ASCII character."""
    if chunk.null_count or not len(chunk):
        return not len(chunk)
    data, offsets = data_of(chunk)
    if not np.diff(offsets).all():
        return False
    first = data[offsets[:-1]]
    return bool(first.min() > ord(" ") and first.max() < 0x7F)


def _blank(chunk: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim(pc.fill_null(chunk, ""), characters=BLANKS)
    return pc.equal(trimmed, "")


def _is_no_total(chunk: pa.Array) -> bool:
    """Tell that no cell is blank or holds a word for totals."""
    data, _ = data_of(chunk)
    return (
        _is_visible(chunk) and data.max(initial=0) < 0x80 and b"total" not in data.tobytes().lower()
    )


def _likely_total(chunk: pa.Array) -> pa.Array:
    return pc.or_(_blank(chunk), pc.match_substring_regex(pc.fill_null(chunk, ""), _WORD))


def _is_likely_total(text: str | None) -> bool:
    return is_blank(text) or re.search(_WORD, text or "") is not None


def totals(columns: Sequence[GridColumn], positions: Positions, key: int | None) -> Positions:
    """Give those of ``positions`` that are totals: the word stands in one of the first cells.

    ``key``: the column of unit ids (or enterprises), empty in such a row or the word itself.
    """
    if not len(positions):
        return positions
    ids: Sequence[str | None] = [None] * len(positions)
    if key is not None:
        likely = _where(columns[key].take(positions), _is_likely_total, _is_no_total, _likely_total)
        positions = positions[likely]
        ids = columns[key].take(positions).texts
    if not len(positions):
        return positions
    found = [
        position
        for position, cells, identifier in zip(
            positions.tolist(), _first(columns, positions), ids, strict=True
        )
        if _says_total(cells, (identifier or "").strip(BLANKS))
    ]
    return np.asarray(found, dtype=np.int64)


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
        for at, text in enumerate(taken.texts):
            is_text = forms is None or forms[at] == Form.TEXT
            if text and is_text and len(found[at]) < _FIRST_CELLS and text.strip(BLANKS):
                found[at].append(text)
    return found
