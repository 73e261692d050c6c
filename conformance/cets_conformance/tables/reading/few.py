"""A column of a few cells: each is taken by itself, and the column made of what they became.

What a cell becomes is told by ``cells`` here as in ``convert``, which looks at whole columns first;
for a few cells that costs more than the cells themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from cets_conformance.tables.columns import COLUMNS, Column, Type

from .cells import converter, passing
from .convert import Wrong
from .grid import Form, GridColumn, strings
from .records import cut
from .typed import (
    AMOUNTS,
    FITS,
    CodedColumn,
    Mask,
    NumberColumn,
    TextColumn,
    TypedColumn,
    is_coded,
    millionths,
)

__all__ = ["Taken", "take"]

_TEXT = int(Form.TEXT)


class Taken(NamedTuple):
    """A column taken cell by cell."""

    column: TypedColumn
    """What it became."""
    filled: int
    """Cells that are not empty and can be read."""
    wrong: list[Wrong]
    """One for each cell that is not usable."""
    notes: dict[str, tuple[int, int, str]]
    """Code to how many cells, the position of the first, and its text."""


def take(column: Column, cells: GridColumn, shift: int, lost: Mask | None) -> Taken:
    """Take a column; nothing is taken of the records that are ``lost``."""
    accept, ready, keep = _AS_IT_STANDS[column.name]
    if shift:
        ready = passing(column, shift)
    texts: list[str | None] = []
    wrong: list[Wrong] = []
    notes: dict[str, tuple[int, int, str]] = {}
    raw = cells.texts
    forms = [_TEXT] * len(raw) if cells.forms is None else cells.forms.tolist()
    for position, (text, form) in enumerate(zip(raw, forms, strict=True)):
        if text is None or (form in ready and ready[form](text)):
            texts.append(text)
            continue
        outcome = accept(text, form, shift)
        texts.append(outcome.text)
        if outcome.code is not None:
            wrong.append(Wrong(position, outcome.code, cut(text), outcome.values))
        for note in outcome.notes:
            count, first, found = notes.get(note, (0, position, cut(text)))
            notes[note] = (count + 1, first, found)
    filled = len(texts) - texts.count(None)
    bad = None
    if wrong or lost is not None:
        bad = np.zeros(len(texts), np.bool_) if lost is None else lost.copy()
        bad[[cell.position for cell in wrong]] = True
    if lost is not None:
        texts = [None if out else text for text, out in zip(texts, lost.tolist(), strict=True)]
    return Taken(keep(texts, bad), filled, wrong, notes)


_Texts = Sequence["str | None"]
"""Canonical texts, None where empty or not usable."""


def _coded(texts: _Texts, bad: Mask | None) -> CodedColumn:
    places: dict[str, int] = {}
    codes = [-1 if text is None else places.setdefault(text, len(places)) for text in texts]
    return CodedColumn(np.array(codes, np.int32), tuple(places), bad)


def _amounts(texts: _Texts, bad: Mask | None) -> NumberColumn:
    values = np.array([int(text or 0) for text in texts], np.int64)
    return NumberColumn(values, _present(texts), bad=bad)


def _quantities(texts: _Texts, bad: Mask | None) -> NumberColumn:
    exact = [millionths(text or "0") for text in texts]
    kind = np.int64 if max(exact, default=0) <= FITS else object
    places = [len((text or "").partition(".")[2]) for text in texts]
    return NumberColumn(np.array(exact, kind), _present(texts), np.array(places, np.int8), bad)


def _present(texts: _Texts) -> Mask:
    return np.array([text is not None for text in texts], np.bool_)


def _texts(texts: _Texts, bad: Mask | None) -> TextColumn:
    return TextColumn(pa.chunked_array([strings(texts)]), bad)


def _keeping(column: Column) -> Callable[[_Texts, Mask | None], TypedColumn]:
    if is_coded(column):
        return _coded
    if column.type in AMOUNTS:
        return _amounts
    return _quantities if column.type is Type.QUANTITY else _texts


_AS_IT_STANDS = MappingProxyType(
    {name: (converter(c), passing(c, 0), _keeping(c)) for name, c in COLUMNS.items()}
)
"""By column: what takes its cells, what tells that they pass unchanged, and what keeps them."""
