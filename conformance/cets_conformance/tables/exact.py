"""Exact arithmetic on whole columns: rounding and sums.

A measured quantity (Q-2) is a multiple of 10^-6 t. Counted in millionths it fits int64 as long as
it is below a million million tonnes; a column in which any is not is an object array of Python
integers instead. NumPy's operators mean the same on both, so that what is computed from a column
is written once, is exact either way, and only slower for absurd figures.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cets_conformance.tables.reading.typed import MILLION

__all__ = ["MILLION", "Array", "half_up", "positions", "ranks", "sum_by"]

Array = np.ndarray[Any, np.dtype[Any]]

_FEW = 64
"""Values that are added up one by one in less time than NumPy needs to begin."""

_ROWS = 1 << 20
_BLOCK = 1 << 15
_LIMB = 31
_MASK = (1 << _LIMB) - 1


def positions(where: Array) -> Array:
    """Give where something holds, ascending: ``np.flatnonzero`` without its detours."""
    found: Array = where.nonzero()[0]
    return found


def half_up(millionths: Array, rounding: str) -> Array:
    """Round quantities to whole tonnes under reading ``rounding`` (Q-4), int64."""
    half = 0 if rounding == "unit_floor" else MILLION // 2
    tonnes: Array = ((millionths + half) // MILLION).astype(np.int64)
    return tonnes


def sum_by(groups: Array, values: Array, count: int) -> list[int]:
    """Sum non-negative ``values`` by group 0 … count - 1, exactly; group -1 is left out.

    int64 is summed in two limbs of 31 and 32 bits, each as doubles, for 2^20 rows at a time: no
    partial sum reaches 2^53, so that every one is exact.
    """
    sums = [0] * count
    if values.dtype == object or len(values) <= _FEW:
        for group, value in zip(groups.tolist(), values.tolist(), strict=True):
            if group >= 0:
                sums[group] += value
        return sums
    for start in range(0, len(values), _ROWS):
        low, high = np.zeros(count + 1), np.zeros(count + 1)
        for at in range(start, min(start + _ROWS, len(values)), _BLOCK):
            block = slice(at, min(at + _BLOCK, start + _ROWS))
            group, value = groups[block] + 1, values[block]
            low += np.bincount(group, value & _MASK, count + 1)
            if (value > _MASK).any():
                high += np.bincount(group, value >> _LIMB, count + 1)
        for place in range(count):
            sums[place] += int(low[place + 1]) + (int(high[place + 1]) << _LIMB)
    return sums


def ranks(numerators: Array, denominators: Array) -> Array:
    """Rank quotients exactly from 0, equal ones alike; denominators are positive.

    Of denominators below 2^L two different quotients are more than 2^-2L apart, so that the whole
    parts of 2^2L times each differ too, and in the same order.
    """
    bits = 2 * int(denominators.max(initial=1)).bit_length()
    parts = (numerators.astype(object) << bits) // denominators
    # doubles put almost all in order, and then the exact sort has little to do
    order = np.argsort(parts.astype(np.float64), kind="stable")
    order = order[np.argsort(parts[order], kind="stable")]
    ranked = np.zeros(len(parts), np.int64)
    ranked[order[1:]] = np.cumsum(parts[order[1:]] != parts[order[:-1]])
    return ranked
