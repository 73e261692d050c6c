"""Where texts meet: a number for each text, the same on every machine, from its last characters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from cets_conformance.tables.reading.plain import data_of

__all__ = ["bucket_of"]

Array = np.ndarray[Any, np.dtype[Any]]

_LAST = 12
"""Bytes that are looked at: ids that differ before these alone meet in one bucket, and may."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def bucket_of(texts: pa.ChunkedArray, buckets: int) -> Array:
    """Give the bucket, 0 … buckets - 1, of each of some large strings; any for a null."""
    parts = [np.zeros(0, np.int64), *(_bucket_of(chunk, buckets) for chunk in texts.chunks)]
    return np.concatenate(parts)


def _bucket_of(chunk: pa.Array, buckets: int) -> Array:
    data, offsets = data_of(chunk)
    mixed = np.zeros(len(chunk), np.uint64)
    lengths = np.diff(offsets)
    for place in range(1, min(_LAST, int(lengths.max(initial=0))) + 1):
        byte = data[np.maximum(offsets[1:] - place, 0)]
        more = (mixed ^ byte) * _FACTOR
        mixed = np.where(lengths < place, mixed, more ^ (more >> np.uint64(29)))
    return (mixed % np.uint64(buckets)).astype(np.int64)
