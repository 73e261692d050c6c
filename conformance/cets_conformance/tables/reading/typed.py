"""Typed columns: what a column of cells is kept as, exact and small, its texts at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance.tables.columns import Column, Type

from .grid import STRING, is_valid, np_array, pa_array, strings

__all__ = [
    "AMOUNTS",
    "FITS",
    "MILLION",
    "CodedColumn",
    "Mask",
    "NumberColumn",
    "TextColumn",
    "TypedColumn",
    "as_texts",
    "is_coded",
    "joined",
    "millionths",
    "typed",
]

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Array = np.ndarray[Any, np.dtype[Any]]

MILLION = 10**6
"""Millionths in a unit."""

FITS = 2**60
"""Millionths up to which a column is int64: sums and differences of a few never overflow."""

PLAIN = 1e9
"""A quantity below, times 10^6, is a whole number below 10^15: the nearest double to the text is
off by at most u·10^15, the product by as much again (u = 2^-53), together by less than 0.23, so
that rounding to the nearest whole number gives the very number of millionths."""

_PLACES = 6
_CODED = frozenset({Type.YEAR, Type.PROVINCE, Type.CHOICE, Type.FLAG, Type.CALENDAR_YEAR})
_CODED_RATIOS = frozenset({"balance_value", "carbide_slag_rate"})
AMOUNTS = frozenset({Type.AMOUNT, Type.SIGNED_AMOUNT})


@dataclass(frozen=True, slots=True)
class TextColumn:
    """Texts, each perhaps its own."""

    text: pa.ChunkedArray
    """Large strings, null where nothing usable stands."""
    bad: Mask | None = None
    """Where a cell is present but not usable; None where there is no such cell."""

    def cell(self, position: int) -> str | None:
        """Give the canonical text of one cell; None where nothing usable stands."""
        text: str | None = self.text[position].as_py()
        return text

    @property
    def present(self) -> Mask:
        """Where something usable stands."""
        return is_valid(self.text)


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """Texts of which there are few."""

    codes: Array
    """Position in ``texts``, int32; -1 where nothing usable stands."""
    texts: tuple[str, ...]
    """Distinct canonical texts, in the order in which they are first met."""
    bad: Mask | None = None
    """Where a cell is present but not usable; None where there is no such cell."""

    def cell(self, position: int) -> str | None:
        """Give the canonical text of one cell; None where nothing usable stands."""
        code = int(self.codes[position])
        return None if code < 0 else self.texts[code]

    @property
    def present(self) -> Mask:
        """Where something usable stands."""
        found: Mask = self.codes >= 0
        return found


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Exact numbers: amounts in t, or measured quantities in millionths."""

    values: Array
    """int64, or Python's integers in an object array where one is above ``FITS``; 0 where nothing
    usable stands."""
    present: Mask
    """Where something usable stands."""
    decimals: Array | None = None
    """Decimals a quantity is written with, int8; None for amounts."""
    bad: Mask | None = None
    """Where a cell is present but not usable; None where there is no such cell."""

    def cell(self, position: int) -> str | None:
        """Give the canonical text of one cell; None where nothing usable stands."""
        if not self.present[position]:
            return None
        value = int(self.values[position])
        if self.decimals is None:
            return str(value)
        whole, rest = divmod(value, MILLION)
        places = int(self.decimals[position])
        return f"{whole}.{f'{rest:06d}'[:places]}" if places else str(whole)

    @classmethod
    def absent(cls, length: int) -> NumberColumn:
        """Give a column in which nothing stands."""
        return cls(np.zeros(length, np.int64), np.zeros(length, np.bool_))


TypedColumn = TextColumn | CodedColumn | NumberColumn


def is_coded(column: Column) -> bool:
    """Tell whether a column's texts are few."""
    return column.type in _CODED or column.name in _CODED_RATIOS


def typed(column: Column, text: pa.ChunkedArray, bad: Mask | None) -> TypedColumn:
    """Keep a column of canonical texts, large strings or a dictionary of them, by its type."""
    if is_coded(column):
        return _coded(text, bad)
    if pa.types.is_dictionary(text.type):
        text = text.cast(STRING)
    if column.type in AMOUNTS:
        return NumberColumn(np_array(text.cast(pa.int64()), 0), is_valid(text), bad=bad)
    if column.type is Type.QUANTITY:
        return _quantities(text, bad)
    return TextColumn(text, bad)


def _coded(text: pa.ChunkedArray, bad: Mask | None) -> CodedColumn:
    encoded = text if pa.types.is_dictionary(text.type) else text.dictionary_encode()
    encoded = encoded.unify_dictionaries()
    codes = [np_array(chunk.indices, -1) for chunk in encoded.chunks]
    texts = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    return CodedColumn(np.concatenate(codes) if codes else np.zeros(0, np.int32), tuple(texts), bad)


def _quantities(text: pa.ChunkedArray, bad: Mask | None) -> NumberColumn:
    point = np_array(pc.find_substring(text, "."), -1)
    if point.max(initial=-1) < 0 and len(point):
        return _whole_quantities(text, bad)
    tonnes = np_array(text.cast(pa.float64()), 0.0)
    length = np_array(pc.binary_length(text), 0)
    decimals = np.where(point < 0, 0, length - point - 1).astype(np.int8)
    large = np.flatnonzero(tonnes >= PLAIN)
    if len(large):
        tonnes = np.where(tonnes < PLAIN, tonnes, 0)
    values: Array = np.rint(tonnes * MILLION).astype(np.int64)
    if len(large):
        exact = [millionths(item) for item in text.take(pa_array(large)).to_pylist()]
        if max(exact) > FITS:
            values = values.astype(object)
        values[large] = exact
    return NumberColumn(values, is_valid(text), decimals, bad)


def _whole_quantities(text: pa.ChunkedArray, bad: Mask | None) -> NumberColumn:
    tonnes = np_array(text.cast(pa.int64()), 0)
    fits = tonnes.max() <= FITS // MILLION
    values = (tonnes if fits else tonnes.astype(object)) * MILLION
    return NumberColumn(values, is_valid(text), np.zeros(len(values), np.int8), bad)


def millionths(text: str) -> int:
    """Count the millionths of a canonical quantity."""
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(_PLACES, "0"))


def joined(pieces: Sequence[TypedColumn]) -> TypedColumn:
    """Put pieces of one column together, all of one type."""
    if len(pieces) == 1:
        return pieces[0]
    bad = None
    if any(piece.bad is not None for piece in pieces):
        bad = np.concatenate(
            [np.zeros(len(p.present), np.bool_) if p.bad is None else p.bad for p in pieces]
        )
    texts = [piece for piece in pieces if isinstance(piece, TextColumn)]
    if texts:
        chunks = [chunk for piece in texts for chunk in piece.text.chunks]
        return TextColumn(pa.chunked_array(chunks, STRING), bad)
    coded = [piece for piece in pieces if isinstance(piece, CodedColumn)]
    if coded:
        return _joined_codes(coded, bad)
    numbers = [piece for piece in pieces if isinstance(piece, NumberColumn)]
    decimals = [piece.decimals for piece in numbers if piece.decimals is not None]
    return NumberColumn(
        np.concatenate([piece.values for piece in numbers]),
        np.concatenate([piece.present for piece in numbers]),
        np.concatenate(decimals) if decimals else None,
        bad,
    )


def _joined_codes(pieces: Sequence[CodedColumn], bad: Mask | None) -> CodedColumn:
    places: dict[str, int] = {}
    codes = []
    for piece in pieces:
        code_of = [places.setdefault(text, len(places)) for text in piece.texts]
        codes.append(np.array([*code_of, -1], np.int32)[piece.codes])
    return CodedColumn(np.concatenate(codes), tuple(places), bad)


def as_texts(column: TypedColumn) -> pa.ChunkedArray:
    """Write out a whole column as canonical texts."""
    if isinstance(column, TextColumn):
        return column.text
    texts = [column.cell(position) for position in range(len(column.present))]
    return pa.chunked_array([strings(texts)], STRING)
