"""A grid: positional columns of raw cells with the numbers of their rows, whatever the format."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from functools import cache
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from .header import Header
    from .records import Note, Problem

__all__ = [
    "FEW",
    "STRING",
    "Errored",
    "Form",
    "Formula",
    "Grid",
    "GridColumn",
    "Literal",
    "Nested",
    "Repeated",
    "blank_as_null",
    "column_from_objects",
    "column_letters",
    "float_text",
    "floats",
    "is_valid",
    "join",
    "np_array",
    "pa_array",
    "strings",
]

STRING = pa.large_string()

FEW = 64
"""Cells up to which a column is taken cell by cell: an array costs more than so few cells."""


class Form(IntEnum):
    """How a cell was typed in the file."""

    TEXT = 0
    NUMBER = 1
    BOOLEAN = 2
    DATE = 3
    ERROR = 4
    FORMULA = 5
    NESTED = 6
    REPEATED = 7


_TEXT, _NUMBER = Form.TEXT, Form.NUMBER  # to look up a member takes as long as to take a cell


class Literal(str):
    """A number with the digits it is written with."""

    __slots__ = ()


class Nested(str):
    """An object or list in the place of a cell."""

    __slots__ = ()


class Repeated(str):
    """The last value of a key that stands twice in one object."""

    __slots__ = ()


class Errored(str):
    """An error value in the place of a cell."""

    __slots__ = ()


class Formula(str):
    """A formula in the place of a cell."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One column: texts (null where empty) and their forms."""

    cells: pa.ChunkedArray | Sequence[str | None]
    """Raw cells: large strings, or as they are where they are few."""
    forms: np.ndarray[Any, np.dtype[np.uint8]] | None = None
    """``Form`` of each cell; ``None`` where all are text."""

    def __len__(self) -> int:
        """Count the cells."""
        return len(self.cells)

    @property
    def is_few(self) -> bool:
        """Whether the cells are taken one by one."""
        return len(self.cells) <= FEW

    @property
    def text(self) -> pa.ChunkedArray:
        """Raw cells as large strings."""
        if isinstance(self.cells, pa.ChunkedArray):
            return self.cells
        return pa.chunked_array([strings(self.cells)])

    @property
    def texts(self) -> Sequence[str | None]:
        """Raw cells one by one."""
        if isinstance(self.cells, pa.ChunkedArray):
            texts: list[str | None] = self.cells.to_pylist()
            return texts
        return self.cells

    @property
    def filled(self) -> int:
        """Count the cells that are not empty."""
        if self.is_few:
            return len(self) - self.texts.count(None)
        filled: int = len(self) - self.text.null_count
        return filled

    def take(self, positions: np.ndarray[Any, np.dtype[np.int64]]) -> GridColumn:
        """Give the cells at ``positions``, ascending; not copied where they follow each other."""
        count = len(positions)
        if count == len(self.cells):
            return self
        forms = None if self.forms is None else self.forms[positions]
        if self.is_few:
            texts = self.texts
            return GridColumn([texts[position] for position in positions.tolist()], forms)
        if count and positions[-1] - positions[0] == count - 1:
            return GridColumn(self.text.slice(int(positions[0]), count), forms)
        return GridColumn(self.text.take(pa_array(positions)), forms)


@dataclass(frozen=True, slots=True)
class Grid:
    """All records of a file, headers included, and what was found on the way."""

    columns: tuple[GridColumn, ...]
    """Columns by position."""
    rows: np.ndarray[Any, np.dtype[np.int64]]
    """Row number of each record as a person sees it."""
    labels: tuple[str, ...]
    """Letters or name of each column."""
    header: Header
    """Which column is which field, and which records say so."""
    encoding: str | None = None
    """Of the text, where the format leaves it open."""
    sheet: str | None = None
    """Worksheet."""
    spoiled: Mapping[int, Problem] = field(default_factory=lambda: MappingProxyType({}))
    """Records of which no cell can be trusted, by position."""
    notes: tuple[Note, ...] = ()
    """Accepted on the way."""
    seen: bool = True
    """Whether it is known that the cells hold plausible text."""


def pa_array(
    values: np.ndarray[Any, np.dtype[Any]], null: np.ndarray[Any, np.dtype[np.bool_]] | None = None
) -> pa.Array:
    """Give numbers or booleans as an Arrow array, null where marked.

    ``pa.array`` would import pandas, a fifth of a second, to ask whether this is of its kinds.
    """
    kind, count = pa.from_numpy_dtype(values.dtype), len(values)
    if values.dtype == np.bool_:
        values = np.packbits(values, bitorder="little")
    valid = None if null is None else pa.py_buffer(np.packbits(~null, bitorder="little"))
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, count, [valid, data])


def np_array(column: pa.Array | pa.ChunkedArray, null: Any = None) -> np.ndarray[Any, Any]:
    """Give numbers or booleans as NumPy's, ``null`` in the place of nulls.

    ``to_numpy`` would import pandas, as ``pa.array`` and ``pa.scalar`` do.
    """
    if isinstance(column, pa.ChunkedArray):
        if column.num_chunks != 1:
            parts = [np_array(chunk, null) for chunk in column.chunks]
            return np.concatenate(parts) if parts else np.zeros(0, _dtype(column.type))
        column = column.chunk(0)
    valid, data = column.buffers()
    if not len(column) or data is None:
        return np.full(len(column), null, _dtype(column.type))
    if pa.types.is_boolean(column.type):
        values = _bits(data, column.offset, len(column))
    else:
        values = np.frombuffer(
            data, _dtype(column.type), len(column), column.offset * column.type.bit_width // 8
        )
    if not column.null_count:
        return values
    return np.where(_bits(valid, column.offset, len(column)), values, values.dtype.type(null))


def _bits(data: pa.Buffer, offset: int, count: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Unpack a bitmap."""
    some = np.frombuffer(data, np.uint8)[offset // 8 : -(-(offset + count) // 8)]
    return np.unpackbits(some, bitorder="little")[offset % 8 :][:count].view(np.bool_)


def is_valid(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell where a cell stands."""
    if not column.null_count:
        return np.ones(len(column), np.bool_)
    return np_array(column.is_valid())


@cache
def _dtype(kind: pa.DataType) -> np.dtype[Any]:
    return np.dtype({"double": "float64", "float": "float32"}.get(str(kind), str(kind)))


def strings(values: Sequence[str | None]) -> pa.Array:
    """Give a few texts as a large-string array, without pandas as :func:`pa_array`."""
    encoded = [(value or "").encode() for value in values]
    valid = None
    if None in values:
        null = np.array([value is None for value in values], np.bool_)
        valid = pa.py_buffer(np.packbits(~null, bitorder="little"))
    offsets = np.array([0, *accumulate(map(len, encoded))], np.int64)
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(STRING, len(encoded), buffers)


def column_letters(position: int) -> str:
    """Give the letters that a spreadsheet shows above the column at 0-based ``position``."""
    letters, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def float_text(number: float) -> str:
    """Give the shortest decimal text of a float, never with an exponent."""
    text = repr(number)
    if text.endswith(".0"):
        return "0" if text == "-0.0" else text[:-2]
    return format(Decimal(text), "f") if "e" in text else text


def _integer_text(number: int) -> str:
    return str(number) if number.bit_length() < 1000 else f"{'-' * (number < 0)}1e999"


def _decimal_text(number: Decimal) -> str:
    if not number.is_finite() or abs(number.adjusted()) > 400:
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _cell(value: object) -> tuple[str | None, Form]:
    """Give text and form of any object that a reader may meet."""
    if isinstance(value, str):
        return (str(value) or None), _TEXTS.get(type(value), _TEXT)
    if value is None:
        return None, _TEXT
    if isinstance(value, bool | np.bool_):
        return ("true" if value else "false"), Form.BOOLEAN
    if isinstance(value, int | np.integer):
        return _integer_text(int(value)), _NUMBER
    if isinstance(value, float):
        return float_text(float(value)), _NUMBER
    if isinstance(value, Decimal):
        return _decimal_text(value), _NUMBER
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat(), Form.DATE
    if isinstance(value, datetime.timedelta):
        return str(value), Form.DATE
    return str(value)[:200] if isinstance(value, bytes) else "…", Form.NESTED


_TEXTS: Mapping[type, Form] = MappingProxyType(
    {
        Literal: Form.NUMBER,
        Nested: Form.NESTED,
        Repeated: Form.REPEATED,
        Errored: Form.ERROR,
        Formula: Form.FORMULA,
    }
)
"""Texts that are not as a person typed them."""


def column_from_objects(values: Sequence[object]) -> GridColumn:
    """Give a column of any objects: whole types at once where all cells are of one type."""
    column = _few if len(values) <= FEW else _column
    try:
        return column(values)
    except UnicodeEncodeError:  # halves of surrogate pairs, which JSON can write
        return column([_encodable(v) if isinstance(v, str) else v for v in values])


def _encodable(text: str) -> str:
    return type(text)(text.encode("utf-8", "replace").decode())


def _few(values: Sequence[object]) -> GridColumn:
    texts, forms = zip(*map(_cell, values), strict=True) if values else ((), ())
    "".join(filter(None, texts)).encode()
    return GridColumn(texts, np.array(forms, np.uint8) if any(forms) else None)


def _column(values: Sequence[object]) -> GridColumn:
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return GridColumn(pa.chunked_array([pa.array([text or None for text in values], STRING)]))
    if kinds == {float}:
        return floats(np.asarray(values, dtype=np.float64))
    if kinds <= {float, str}:
        return _floats_and_texts(values)
    cells = [_cell(value) for value in values]
    array = pa.array([text for text, _ in cells], STRING)
    return GridColumn(
        pa.chunked_array([array]), np.fromiter((form for _, form in cells), np.uint8, len(cells))
    )


def _floats_and_texts(values: Sequence[object]) -> GridColumn:
    is_float = np.fromiter((type(value) is float for value in values), np.bool_, len(values))
    numbers = floats(np.asarray([v for v in values if type(v) is float], dtype=np.float64))
    texts = pa.array([v for v in values if type(v) is not float], STRING)
    order = np.empty(len(values), np.int64)
    order[is_float] = np.arange(len(numbers.text))
    order[~is_float] = np.arange(len(numbers.text), len(values))
    whole = pa.chunked_array([*numbers.text.chunks, texts], STRING).take(pa_array(order))
    return GridColumn(blank_as_null(whole), is_float.astype(np.uint8))


def floats(numbers: np.ndarray[Any, np.dtype[np.float64]]) -> GridColumn:
    """Give a column of floats in their shortest decimal form."""
    forms = np.full(len(numbers), Form.NUMBER, np.uint8)
    array = pa_array(numbers).cast(STRING)  # the shortest text, by exponent where far from 1
    others = np.flatnonzero(np.asarray(pc.match_substring_regex(array, r"[en]|^-0$")))
    if len(others):
        mask = np.zeros(len(numbers), np.bool_)
        mask[others] = True
        written = pa.array(map(float_text, numbers[others].tolist()), STRING)
        array = pc.replace_with_mask(array, pa_array(mask), written)
    return GridColumn(pa.chunked_array([array]), forms)


def blank_as_null(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Make empty texts null."""
    empty = pc.equal(text, "")
    return pc.if_else(empty, pa.scalar(None, STRING), text) if pc.any(empty).as_py() else text


def join(parts: Sequence[GridColumn]) -> GridColumn:
    """Put pieces of one column together."""
    text = pa.chunked_array([chunk for part in parts for chunk in part.text.chunks], STRING)
    if all(part.forms is None for part in parts):
        return GridColumn(text)
    forms = [
        np.zeros(len(part.text), np.uint8) if part.forms is None else part.forms for part in parts
    ]
    return GridColumn(text, np.concatenate(forms))
