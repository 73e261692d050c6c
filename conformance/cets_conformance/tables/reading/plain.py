"""Whether all cells of a chunk pass unchanged: told from their bytes, without looking at each.

``CANONICAL`` in ``cells`` says what passes, as one pattern a type. Nearly every chunk of a real
table passes as a whole, and that can be told from the set of its bytes, the lengths of its cells
and their first and last characters, at a tenth of the price of a pattern. A chunk that is not told
to pass here is matched cell by cell; nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance.tables.columns import Type

from .grid import np_array

__all__ = ["all_ready", "data_of", "is_plain_text", "narrowed"]

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Lengths = np.ndarray[Any, np.dtype[np.int64]]

_WHOLE = 15
_LONGEST_ID = 64
_ZERO, _NINE, _POINT, _SLASH = b"09./"
_BLANK, _TILDE, _DELETE = b" ~\x7f"
_WIDE = 0xEF
"""First byte of full-width ASCII in UTF-8."""
_REPLACED = "锟斤拷".encode()
"""What is left of text that was decoded wrongly and saved."""


def data_of(chunk: pa.Array) -> tuple[Bytes, Lengths]:
    """Give the bytes of all cells of a large-string array, and where each begins and ends."""
    buffers = chunk.buffers()
    offsets = np.frombuffer(buffers[1], np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
    if buffers[2] is None or not len(chunk):
        return np.zeros(0, np.uint8), np.zeros(len(chunk) + 1, np.int64)
    data = np.frombuffer(buffers[2], np.uint8)[offsets[0] : offsets[-1]]
    return data, offsets - offsets[0]


def all_ready(kind: Type, chunk: pa.Array) -> bool:
    """Tell that every cell of a chunk is empty or of the canonical form of its type.

    False says nothing. Empty cells are null. A chunk that is told to pass is plain text too, as
    :func:`is_plain_text` has it.
    """
    test = _TESTS.get(kind)
    if test is None:
        return False
    data, offsets = data_of(chunk)
    if not len(data):
        return bool(chunk.null_count == len(chunk))
    lengths = np.diff(offsets)
    if np.count_nonzero(lengths == 0) != chunk.null_count:
        return False
    return test(chunk, data, offsets, lengths)


def _first(data: Bytes, offsets: Lengths, lengths: Lengths) -> Bytes:
    """Give the first byte of every cell that has one."""
    return data[offsets[:-1][lengths > 0]] if not lengths.all() else data[offsets[:-1]]


def _begins(first: Bytes, others: bytes) -> bool:
    """Tell whether a cell begins with one of some characters."""
    return any((first == other).any() for other in others)


def _leads_right(data: Bytes, offsets: Lengths, lengths: Lengths, whole: Lengths) -> bool:
    """Tell that no number of several whole digits begins with a zero."""
    some = lengths > 0
    return not ((data[offsets[:-1][some]] == _ZERO) & (whole[some] > 1)).any()


def _amounts(_chunk: pa.Array, data: Bytes, offsets: Lengths, lengths: Lengths) -> bool:
    if data.min() < _ZERO or data.max() > _NINE or lengths.max() > _WHOLE:
        return False
    return _leads_right(data, offsets, lengths, lengths)


def _decimals(places: int) -> Callable[[pa.Array, Bytes, Lengths, Lengths], bool]:
    def test(chunk: pa.Array, data: Bytes, offsets: Lengths, lengths: Lengths) -> bool:
        if data.min() < _POINT or data.max() > _NINE or (data == _SLASH).any():
            return False
        points = np.count_nonzero(data == _POINT)
        at = np_array(pc.find_substring(chunk, "."), -1) if points else np.array([-1])
        pointed = np.broadcast_to(at >= 0, lengths.shape)
        if points != np.count_nonzero(pointed):
            return False
        whole = np.where(pointed, at, lengths)
        fraction = (lengths - whole - 1)[pointed]
        if len(fraction) and (fraction.min() < 1 or fraction.max() > places):
            return False
        if whole[lengths > 0].min() < 1 or whole.max() > _WHOLE:
            return False
        return _leads_right(data, offsets, lengths, whole)

    return test


def _ids(_chunk: pa.Array, data: Bytes, offsets: Lengths, lengths: Lengths) -> bool:
    if data.min() <= _BLANK or data.max() > _TILDE or lengths.max() > _LONGEST_ID:
        return False
    return not _begins(_first(data, offsets, lengths), b"#=")


def _texts(_chunk: pa.Array, data: Bytes, offsets: Lengths, lengths: Lengths) -> bool:
    if data.min() < _BLANK or (data == _DELETE).any() or not _is_han(data) or _is_replaced(data):
        return False
    if _begins(_first(data, offsets, lengths), b" #="):
        return False
    return not (data[offsets[1:][lengths > 0] - 1] == _BLANK).any()


_TESTS: Mapping[Type, Callable[[pa.Array, Bytes, Lengths, Lengths], bool]] = MappingProxyType(
    {
        Type.QUANTITY: _decimals(6),
        Type.RATIO: _decimals(12),
        Type.AMOUNT: _amounts,
        Type.SIGNED_AMOUNT: _amounts,
        Type.TEXT: _texts,
        Type.ID: _ids,
        Type.CODE: _ids,
    }
)


def _is_han(data: Bytes, *, wide: bool = False) -> bool:
    """Tell that what is not ASCII, in right UTF-8, lies between U+4E00 and U+9FFF.

    ``wide``: or is full-width ASCII, U+FF01 to U+FF5E.
    """
    top = data.max()
    if top < 0x80:
        return True
    if top > _WIDE or (data - np.uint8(0xC0) < 0xE4 - 0xC0).any():
        return False
    if top > 0xE9 and not (wide and _are_wide(data)):
        return False
    return not ((data[:-1] == 0xE4) & (data[1:] < 0xB8)).any()


def _are_wide(data: Bytes) -> bool:
    """Tell that all beyond U+9FFF is full-width ASCII."""
    at = np.flatnonzero(data > 0xE9)
    codes = _half_width(data, at)
    return bool((data[at] == _WIDE).all() and codes.min() > _BLANK and codes.max() < _DELETE)


def _half_width(data: Bytes, at: Lengths) -> Lengths:
    """Give the ASCII characters of full-width ones, three bytes each."""
    return _BLANK + ((data[at + 1].astype(np.int64) - 0xBC) << 6) + data[at + 2] - 0x80


def narrowed(chunk: pa.Array) -> pa.Array | None:
    """Make full-width ASCII half-width; None where there is something else that is not plain."""
    data, offsets = data_of(chunk)
    if not len(data) or not _is_han(data, wide=True):
        return None
    at = np.flatnonzero(data == _WIDE)
    kept = np.ones(len(data), np.bool_)
    kept[at + 1] = kept[at + 2] = False
    data = data.copy()
    data[at] = _half_width(data, at)
    buffers = [offsets - 2 * np.searchsorted(at, offsets), data[kept]]
    valid = np.packbits(np_array(chunk.is_valid()), bitorder="little") if chunk.null_count else None
    return pa.Array.from_buffers(
        chunk.type, len(chunk), [None if b is None else pa.py_buffer(b) for b in (valid, *buffers)]
    )


def _is_replaced(data: Bytes) -> bool:
    """Tell whether there are traces of a wrong decoding."""
    if data.max() < 0x80:
        return False
    begun = data[:-2] == _REPLACED[0]
    return bool((begun & (data[1:-1] == _REPLACED[1]) & (data[2:] == _REPLACED[2])).any())


def is_plain_text(chunk: pa.Array) -> bool:
    """Tell that cells, in right UTF-8, hold ASCII without controls and Han characters only.

    ASCII may be full-width. Nor the traces of a wrong decoding. False says nothing.
    """
    data, _ = data_of(chunk)
    if not len(data):
        return True
    if data.min() < _BLANK or (data == _DELETE).any():
        return False
    return _is_han(data, wide=True) and not _is_replaced(data)
