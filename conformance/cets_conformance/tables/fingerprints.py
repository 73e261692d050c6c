"""Fingerprints of texts: which rows of a long column may say the same, told without a dictionary.

A fingerprint is 64 bits of a text and a number; equal ones have equal fingerprints. The reverse
need not hold, so that what a fingerprint tells is looked at again, by the texts themselves; of a
column in which hardly anything stands twice hardly anything is left to look at.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from cets_conformance.tables.exact import Array
from cets_conformance.tables.reading.plain import data_of

__all__ = ["fingerprints", "repeated"]

_WORD = 8
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(_WORD)] + [2**64 - 1], np.uint64)
"""What is kept of a word of which so many bytes belong to the text."""


def fingerprints(texts: pa.ChunkedArray, numbers: Array) -> Array:
    """Give the fingerprint of each text and number, uint64."""
    start, found = 0, np.zeros(len(texts), np.uint64)
    for chunk in texts.chunks:
        block = slice(start, start + len(chunk))
        found[block] = _of_chunk(chunk, numbers[block].astype(np.uint64))
        start += len(chunk)
    return found


def _of_chunk(chunk: pa.Array, found: Array) -> Array:
    data, offsets = data_of(chunk)
    data = np.concatenate([data, np.zeros(_WORD, np.uint8)])  # no word begins beyond
    words = np.ndarray(len(data) - _WORD + 1, "<u8", data, strides=(1,))
    begin, left = offsets[:-1], np.diff(offsets)
    found = _mixed(found ^ left.astype(np.uint64))
    while len(left) and left.max() > 0:
        count = np.clip(left, 0, _WORD)
        word = words[np.minimum(begin, len(words) - 1)] & _MASKS[count]
        found = np.where(left > 0, _mixed(found ^ word), found)
        begin, left = begin + _WORD, left - _WORD
    return found


def _mixed(words: Array) -> Array:
    words = words * _MIX
    words ^= words >> _HALF
    return words


def repeated(found: Array, where: Array) -> Array:
    """Give the positions, of those of ``where``, whose fingerprint stands at another one too."""
    chosen = found[where]
    ordered = np.sort(chosen)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.zeros(0, np.int64)
    place = np.minimum(np.searchsorted(twice, chosen), len(twice) - 1)
    positions: Array = where[twice[place] == chosen]
    return positions
