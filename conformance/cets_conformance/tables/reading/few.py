"""A column of a few cells: each is taken by itself, and the column made of what they became.

What a cell becomes is told by ``cells`` here as in ``convert``, which looks at whole columns first;
for a few cells that costs more than the cells themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from cets_conformance.tables.columns import Column, Type

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


class Taken:
    """A column taken cell by cell."""

    def __init__(self, column: Column, cells: GridColumn, shift: int) -> None:
        self.wrong: list[Wrong] = []
        """One for each cell that is not usable."""
        self.notes: dict[str, tuple[int, int, str]] = {}
        """Code to how many cells, the position of the first, and its text."""
        self.texts: list[str | None] = []
        """Canonical texts, None where empty or not usable."""
        accept, ready = converter(column), passing(column, shift)
        forms = [int(Form.TEXT)] * len(cells) if cells.forms is None else cells.forms.tolist()
        for position, (text, form) in enumerate(zip(cells.texts, forms, strict=True)):
            if text is None or (form in ready and ready[form](text)):
                self.texts.append(text)
                continue
            outcome = accept(text, form, shift)
            self.texts.append(outcome.text)
            if outcome.code is not None:
                self.wrong.append(Wrong(position, outcome.code, cut(text), outcome.values))
            for note in outcome.notes:
                count, first, found = self.notes.get(note, (0, position, cut(text)))
                self.notes[note] = (count + 1, first, found)


def take(column: Column, texts: Sequence[str | None], bad: Mask | None) -> TypedColumn:
    """Keep canonical texts by the type of their column."""
    if is_coded(column):
        return _coded(texts, bad)
    if column.type in AMOUNTS or column.type is Type.QUANTITY:
        return _numbers(texts, bad, measured=column.type is Type.QUANTITY)
    return TextColumn(pa.chunked_array([strings(texts)]), bad)


def _coded(texts: Sequence[str | None], bad: Mask | None) -> CodedColumn:
    places: dict[str, int] = {}
    codes = [-1 if text is None else places.setdefault(text, len(places)) for text in texts]
    return CodedColumn(np.array(codes, np.int32), tuple(places), bad)


def _numbers(texts: Sequence[str | None], bad: Mask | None, *, measured: bool) -> NumberColumn:
    present = np.array([text is not None for text in texts], np.bool_)
    if not measured:
        return NumberColumn(
            np.array([int(text or 0) for text in texts], np.int64), present, bad=bad
        )
    exact = [millionths(text or "0") for text in texts]
    kind = np.int64 if max(exact, default=0) <= FITS else object
    places = [len((text or "").partition(".")[2]) for text in texts]
    return NumberColumn(np.array(exact, kind), present, np.array(places, np.int8), bad)
