"""Columns of exact numbers: whole multiples of 10^-6 as int64, or as Python's integers.

A measured quantity (Q-2) is a multiple of 10^-6 t. Counted in millionths it fits int64 as long as
it is below :data:`FITS`, a million million tonnes; a column in which any is not is an object array
of Python integers instead. NumPy's operators mean the same on both, so that what is computed from
a column is written once, is exact either way, and only slower for absurd figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cets_reference.quantities import parse_measured

__all__ = ["MILLION", "Array", "Numbers", "amounts", "half_up", "quantities", "sum_by"]

Array = np.ndarray[Any, np.dtype[Any]]

MILLION = 10**6
"""Millionths in a unit."""

FITS = 2**60
"""Millionths up to which a column is int64: sums and differences of a few never overflow."""

PLAIN = 1e9
"""A quantity below, times 10^6, is a whole number below 10^15: the nearest double to the text is
off by at most u·10^15, the product by as much again (u = 2^-53), together by less than 0.23, so
that rounding to the nearest whole number gives the very number of millionths."""

_BLOCK = 1 << 20
_LIMB = 31


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of exact numbers."""

    values: Array
    """int64, or object with Python integers; 0 where nothing stands."""
    present: np.ndarray[Any, np.dtype[np.bool_]]
    """Where a number stands."""

    def at(self, position: int) -> int | None:
        """Give one number; None where nothing stands."""
        return int(self.values[position]) if self.present[position] else None

    @classmethod
    def absent(cls, length: int) -> Numbers:
        """Give a column in which nothing stands."""
        return cls(np.zeros(length, np.int64), np.zeros(length, np.bool_))


def amounts(text: pa.ChunkedArray) -> Numbers:
    """Read canonical amounts, t: at most 16 digits, either sign."""
    return Numbers(_filled(text.cast(pa.int64()), 0), _present(text))


def quantities(text: pa.ChunkedArray) -> Numbers:
    """Read canonical measured quantities, in millionths."""
    tonnes = _filled(text.cast(pa.float64()), 0.0)
    large = np.flatnonzero(tonnes >= PLAIN)
    if not len(large):
        return Numbers(np.rint(tonnes * MILLION).astype(np.int64), _present(text))
    values = np.rint(np.where(tonnes < PLAIN, tonnes, 0) * MILLION).astype(np.int64)
    exact = [_millionths(item) for item in text.take(pa.array(large)).to_pylist()]
    if max(exact) > FITS:
        values = values.astype(object)
    values[large] = exact
    return Numbers(values, _present(text))


def _millionths(text: str) -> int:
    return int((parse_measured(text) or Fraction(0)) * MILLION)


def _filled(column: pa.ChunkedArray, empty: float) -> Array:
    filled: Array = (pc.fill_null(column, empty) if column.null_count else column).to_numpy()
    return filled


def _present(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if not column.null_count:
        return np.ones(len(column), np.bool_)
    present: np.ndarray[Any, np.dtype[np.bool_]] = column.is_valid().to_numpy()
    return present


def half_up(millionths: Array, rounding: str) -> Array:
    """Round quantities to whole tonnes under reading ``rounding`` (Q-4), int64."""
    half = 0 if rounding == "unit_floor" else MILLION // 2
    tonnes: Array = ((millionths + half) // MILLION).astype(np.int64)
    return tonnes


def sum_by(groups: Array, values: Array, count: int) -> list[int]:
    """Sum non-negative ``values`` by group 0 … count - 1, exactly; group -1 is left out.

    int64 is summed in two limbs of 31 and 32 bits, each as doubles, a block of 2^20 rows at a
    time: no partial sum reaches 2^53, so that every one is exact.
    """
    if values.dtype == object:
        return [sum(values[groups == group].tolist()) for group in range(count)]
    sums = [0] * count
    for place, limb in _limbs(groups + 1, values, count + 1):
        for group, part in enumerate(limb[1:].tolist()):
            sums[group] += int(part) << place
    return sums


def _limbs(groups: Array, values: Array, count: int) -> Iterator[tuple[int, Array]]:
    for start in range(0, len(values), _BLOCK):
        block = slice(start, start + _BLOCK)
        low, high = values[block] & ((1 << _LIMB) - 1), values[block] >> _LIMB
        yield 0, np.bincount(groups[block], low, count)
        if high.any():
            yield _LIMB, np.bincount(groups[block], high, count)
