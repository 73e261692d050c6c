"""A whole column at once: canonical cells pass by one match, the rest once per distinct text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance.tables.columns import Column, Type

from .cells import CANONICAL, Outcome, converter, passing
from .grid import STRING, Form, GridColumn, is_valid, np_array, pa_array, strings
from .plain import all_ready, narrowed
from .records import cut
from .typed import is_coded

__all__ = ["Converted", "Wrong", "convert"]

Positions = np.ndarray[Any, np.dtype[np.int64]]
_READY_BUT_WIDE = r"^[ -~\x{4e00}-\x{9fff}\x{ff01}-\x{ff5e}]*$"
"""Characters that are ready, or are once they are half-width; NFKC makes one of each, for ever."""


class Wrong(NamedTuple):
    """A cell that is not usable."""

    position: int
    code: str
    found: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """A typed column."""

    text: pa.ChunkedArray
    """Canonical texts, null where empty or not usable; as a dictionary where texts repeat."""
    bad: np.ndarray[Any, np.dtype[np.bool_]] | None
    """Present but not usable; ``None`` where there is no such cell."""
    wrong: tuple[Wrong, ...]
    """One for each cell that is not usable."""
    notes: dict[str, tuple[int, int, str]]
    """Code to how many cells, the position of the first, and its text."""
    ready: bool
    """Whether every cell was told to pass at once."""


def convert(column: Column, cells: GridColumn, shift: int) -> Converted:
    """Type the cells of ``column``; ``shift`` moves the point of numbers, 4 for 万t."""
    text, forms = cells.text, cells.forms
    if column.type is Type.TEXT and forms is None:
        text = _narrowed(text)
    slow, ready = _not_ready(column, text, forms, shift)
    ready = ready and text is cells.text
    bad = np.zeros(len(text) if len(slow) else 0, np.bool_)
    wrong: list[Wrong] = []
    notes: dict[str, tuple[int, int, str]] = {}
    take = converter(column)
    for form in _forms(forms, slow):
        at = slow if forms is None else slow[forms[slow] == form]
        whole = len(at) == len(text)
        encoded = _encoded(text if whole else text.take(pa_array(at)))
        texts = encoded.dictionary.to_pylist()
        codes = np_array(encoded.indices)
        outcomes = [take(item, form, shift) for item in texts]
        done = _done(outcomes, codes)
        text = pa.chunked_array([done]) if whole else _replaced(text, at, done)
        wrong += _wrong(outcomes, texts, codes, at, bad)
        _count(outcomes, texts, codes, at, notes)
    return Converted(text, bad if bad.any() else None, tuple(wrong), notes, ready)


def _narrowed(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Make full-width characters half-width where they alone keep texts from passing at once.

    Names of enterprises are full of them, as brackets, and no name is like another.
    """
    if all(all_ready(Type.TEXT, chunk) for chunk in text.chunks):
        return text
    return pa.chunked_array([_narrowed_chunk(chunk) for chunk in text.chunks], text.type)


def _narrowed_chunk(chunk: pa.Array) -> pa.Array:
    whole = narrowed(chunk)
    if whole is not None and all_ready(Type.TEXT, whole):
        return whole
    narrow = pc.utf8_normalize(chunk, form="NFKC")
    ready = pc.match_substring_regex(narrow, f"^(?:{CANONICAL[Type.TEXT]})$")
    only_width = pc.match_substring_regex(chunk, _READY_BUT_WIDE)
    return pc.if_else(pc.and_(ready, only_width), narrow, chunk)


def _encoded(text: pa.ChunkedArray) -> pa.DictionaryArray:
    if text.num_chunks == 1:
        return text.chunk(0).dictionary_encode()
    encoded = text.dictionary_encode().combine_chunks()
    return encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded


def _done(outcomes: list[Outcome], codes: Positions) -> pa.DictionaryArray:
    """Give what distinct texts became, at their places."""
    kept = list(dict.fromkeys(outcome.text for outcome in outcomes if outcome.text is not None))
    place = {text: at for at, text in enumerate(kept)}
    code_of = np.array([place.get(outcome.text or "", -1) for outcome in outcomes], np.int32)
    indices = code_of[codes]
    blank = indices < 0
    return pa.DictionaryArray.from_arrays(
        pa_array(indices, blank if blank.any() else None), strings(kept)
    )


def _replaced(text: pa.ChunkedArray, at: Positions, done: pa.DictionaryArray) -> pa.ChunkedArray:
    """Put what some cells became among the others."""
    if not len(at):
        return text
    whole = pa.concat_arrays([chunk.cast(STRING) for chunk in text.chunks])
    mask = np.zeros(len(whole), np.bool_)
    mask[at] = True
    return pa.chunked_array(
        [pc.replace_with_mask(whole, pa_array(mask), done.dictionary_decode())], STRING
    )


def _not_ready(
    column: Column,
    text: pa.ChunkedArray,
    forms: np.ndarray[Any, np.dtype[np.uint8]] | None,
    shift: int,
) -> tuple[Positions, bool]:
    """Give the positions of the cells that must be looked at, and whether none even was."""
    passing_forms = list(passing(column, shift))
    if not passing_forms or is_coded(column):
        return np.flatnonzero(is_valid(text)), False
    pattern = CANONICAL[column.type]
    parts, start, ready = [np.zeros(0, np.int64)], 0, forms is None
    for chunk in text.chunks:
        if not all_ready(column.type, chunk):
            ready = False
            matched = np_array(pc.match_substring_regex(chunk, f"^(?:{pattern})$"), null=True)
            parts.append(start + np.flatnonzero(~matched))
        start += len(chunk)
    slow = np.concatenate(parts)
    if forms is None:
        return slow, ready
    others = np.isin(forms, passing_forms, invert=True)
    return np.union1d(slow, np.flatnonzero(is_valid(text) & others)), ready


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
