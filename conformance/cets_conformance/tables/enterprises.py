"""The enterprises of a table: how many, and whose unified social credit code is right (GB 32100).

Codes of several parts are counted where all that are one meet.

A code is eighteen characters of an alphabet of thirty-one, the first eight digits, the last one
such that the weighted sum of all is a multiple of 31. Only a code that fails here, or is one of a
handful, is put to python-stdnum, whose word counts: it also takes blanks, hyphens and small
letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance.tables.hashing import bucket_of
from cets_conformance.tables.parts import Met
from cets_conformance.tables.reading.grid import STRING, is_valid, np_array, pa_array
from cets_conformance.tables.reading.plain import data_of

__all__ = ["count", "split", "valid"]

_LENGTH, _DIGITS, _BLOCK = 18, 8, 1 << 13
_FEW = 64
"""Codes that are counted one by one in less time than Arrow needs to begin."""

_SOON = 4
"""Codes that python-stdnum judges in less time than NumPy needs to begin."""

_NONE = 16384
"""Value of a character outside the alphabet: no sum of valid ones comes near it."""

_VALUES = np.full(256, _NONE, np.float32)
_VALUES[list(b"0123456789ABCDEFGHJKLMNPQRTUWXY")] = range(31)
_WEIGHTS = np.array([pow(3, place, 31) for place in range(_LENGTH - 1)] + [1], np.float32)
"""Their products with values stay below 2^24, where single precision is exact on whole numbers."""

_GREATEST = 30 * int(_WEIGHTS.sum())


def split(codes: pa.ChunkedArray, buckets: int) -> list[pa.ChunkedArray]:
    """Give the codes of a part by where they meet; each once where they are sent there."""
    if buckets == 1:
        return [codes]
    distinct = pa.chunked_array([pc.unique(codes)])
    bucket = bucket_of(distinct, buckets)
    return [distinct.take(pa_array(np.flatnonzero(bucket == at))) for at in range(buckets)]


def count(met: Met[pa.ChunkedArray]) -> int:
    """Count the distinct codes of a bucket."""
    if sum(map(len, met[0])) <= _FEW:
        return len({code for codes in met[0] for code in codes.to_pylist()} - {None})
    chunks = [chunk for codes in met[0] for chunk in codes.chunks]
    return int(pc.count_distinct(pa.chunked_array(chunks, STRING), mode="only_valid").as_py())


def valid(codes: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which codes are right; an empty cell is not."""
    if len(codes) <= _SOON:
        return _judged(codes.to_pylist())
    found = np.concatenate([np.zeros(0, np.bool_), *map(_pass, codes.chunks)])
    doubtful = np.flatnonzero(~found)
    if len(doubtful):
        encoded = codes.take(pa_array(doubtful)).combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        right = _judged([*encoded.dictionary.to_pylist(), None])
        found[doubtful] = right[np_array(encoded.indices, -1)]
    return found


def _judged(codes: Sequence[str | None]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Ask python-stdnum."""
    from stdnum.cn import uscc

    return np.array([code is not None and uscc.is_valid(code) for code in codes], np.bool_)


def _pass(codes: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which codes of a chunk pass as they stand."""
    found = np.zeros(len(codes), np.bool_)
    data, offsets = data_of(codes)
    likely = offsets[1:] - offsets[:-1] == _LENGTH
    if codes.null_count:
        likely &= is_valid(codes)
    rows = np.flatnonzero(likely)
    if not len(rows):
        return found
    if len(rows) < len(codes):
        data, _ = data_of(codes.take(pa_array(rows)))
    matrix = data.reshape(-1, _LENGTH)
    for start in range(0, len(rows), _BLOCK):
        values = _VALUES[matrix[start : start + _BLOCK]]
        sums = values @ _WEIGHTS
        right = (sums <= _GREATEST) & (values[:, :_DIGITS].max(axis=1) < 10) & (sums % 31 == 0)
        found[rows[start : start + _BLOCK]] = right
    return found
