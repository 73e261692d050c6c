"""A whole column at once: canonical cells pass by one match, the rest once per distinct text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance.tables.columns import Column, Type

from .cells import CANONICAL, Outcome, converter
from .grid import STRING, Form, GridColumn
from .records import cut

__all__ = ["Converted", "Wrong", "convert"]

Positions = np.ndarray[Any, np.dtype[np.int64]]
_NUMERIC = frozenset({Type.QUANTITY, Type.RATIO, Type.AMOUNT, Type.SIGNED_AMOUNT})


class Wrong(NamedTuple):
    """A cell that is not usable."""

    position: int
    code: str
    found: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """A typed column."""

    text: pa.Array
    """Canonical texts, null where empty or not usable."""
    bad: np.ndarray[Any, np.dtype[np.bool_]]
    """Present but not usable."""
    wrong: tuple[Wrong, ...]
    """One for each cell that is not usable."""
    notes: dict[str, tuple[int, int, str]]
    """Code to how many cells, the position of the first, and its text."""


def convert(column: Column, cells: GridColumn, shift: int) -> Converted:
    """Type the cells of ``column``; ``shift`` moves the point of numbers, 4 for 万t."""
    text = cells.text.combine_chunks()
    if isinstance(text, pa.ChunkedArray):
        text = pa.concat_arrays(text.chunks) if text.num_chunks else pa.array([], STRING)
    slow = _not_ready(column, text, cells.forms, shift)
    bad = np.zeros(len(text), np.bool_)
    wrong: list[Wrong] = []
    notes: dict[str, tuple[int, int, str]] = {}
    take = converter(column)
    for form in _forms(cells.forms, slow):
        at = slow if cells.forms is None else slow[cells.forms[slow] == form]
        encoded = text.take(pa.array(at)).dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        outcomes = [take(item, form, shift) for item in texts]
        done = pa.array([outcome.text for outcome in outcomes], STRING).take(encoded.indices)
        mask = np.zeros(len(text), np.bool_)
        mask[at] = True
        text = done if len(at) == len(text) else pc.replace_with_mask(text, pa.array(mask), done)
        wrong += _wrong(outcomes, texts, codes, at, bad)
        _count(outcomes, texts, codes, at, notes)
    return Converted(text, bad, tuple(wrong), notes)


def _not_ready(
    column: Column, text: pa.Array, forms: np.ndarray[Any, np.dtype[np.uint8]] | None, shift: int
) -> Positions:
    present = pc.is_valid(text).to_numpy(zero_copy_only=False)
    pattern = CANONICAL.get(column.type)
    if pattern is None or (shift and column.unit):
        return np.flatnonzero(present)
    ready = pc.match_substring_regex(text, f"^(?:{pattern})$")
    slow = present & ~pc.fill_null(ready, fill_value=False).to_numpy(zero_copy_only=False)
    if forms is not None:
        passing = forms == Form.TEXT
        if column.type in _NUMERIC:
            passing |= forms == Form.NUMBER
        slow |= present & ~passing
    return np.flatnonzero(slow)


def _forms(forms: np.ndarray[Any, np.dtype[np.uint8]] | None, slow: Positions) -> list[int]:
    if not len(slow):
        return []
    return [int(Form.TEXT)] if forms is None else np.unique(forms[slow]).tolist()


def _wrong(
    outcomes: list[Outcome],
    texts: list[str],
    codes: Positions,
    at: Positions,
    bad: np.ndarray[Any, np.dtype[np.bool_]],
) -> list[Wrong]:
    refused = np.fromiter((item.code is not None for item in outcomes), np.bool_, len(outcomes))
    if not refused.any():
        return []
    hit = np.flatnonzero(refused[codes])
    bad[at[hit]] = True
    return [
        Wrong(position, str(outcomes[code].code), cut(texts[code]), outcomes[code].values)
        for position, code in zip(at[hit].tolist(), codes[hit].tolist(), strict=True)
    ]


def _count(
    outcomes: list[Outcome],
    texts: list[str],
    codes: Positions,
    at: Positions,
    notes: dict[str, tuple[int, int, str]],
) -> None:
    for note in sorted({note for outcome in outcomes for note in outcome.notes}):
        noted = np.fromiter((note in item.notes for item in outcomes), np.bool_, len(outcomes))
        hit = np.flatnonzero(noted[codes])
        first = int(hit[0])
        count, position, text = len(hit), int(at[first]), texts[int(codes[first])]
        if note in notes:
            before = notes[note]
            count += before[0]
            position, text = min((position, text), before[1:])
        notes[note] = (count, position, cut(text))
