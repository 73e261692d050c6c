"""Columns of repeating values as codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import numpy as np

from cets_conformance.tables.exact import Array, positions
from cets_conformance.tables.reading.grid import np_array, pa_array

__all__ = ["Coded", "dense", "split_group"]

K = TypeVar("K")

_FEW = 64
"""Keys that are numbered one by one in less time than Arrow needs to begin."""


class Coded(NamedTuple):
    """A column of repeating texts."""

    codes: Array
    """Position in ``texts``; -1 where nothing stands."""
    texts: tuple[str, ...]
    """Distinct texts, in the order in which they are first met."""

    @classmethod
    def absent(cls, length: int) -> Coded:
        """Give a column in which nothing stands."""
        return cls(np.full(length, -1, np.int32), ())

    def where(self, holds: Callable[[str], bool]) -> Array:
        """Tell in which rows a text stands of which something holds."""
        return self.pick(holds, otherwise=False, kind=np.bool_)

    def pick(self, of_text: Callable[[str], Any], otherwise: Any, kind: Any) -> Array:
        """Give a column of what ``of_text`` says of each distinct text."""
        found = np.array([*map(of_text, self.texts), otherwise], kind)
        picked: Array = found[self.codes]
        return picked

    def beside(self, other: Coded) -> Coded:
        """Give both texts of each row, a blank between; -1 where one is missing."""
        if len(self.codes) <= _FEW:
            codes, pairs = _numbered(
                (one, two) if one >= 0 and two >= 0 else None
                for one, two in zip(self.codes.tolist(), other.codes.tolist(), strict=True)
            )
        else:
            known, count = (self.codes >= 0) & (other.codes >= 0), len(other.texts)
            keys = np.where(known, self.codes.astype(np.int64) * count + other.codes, -1)
            distinct, codes = dense(keys)
            pairs = [divmod(key, count) for key in distinct.tolist()]
        return Coded(codes, tuple(f"{self.texts[one]} {other.texts[two]}" for one, two in pairs))

    def met(self, where: Array) -> set[str]:
        """Give the texts that stand in rows of ``where``."""
        codes = self.codes[where]
        if len(codes) <= _FEW:
            return {self.texts[code] for code in codes.tolist() if code >= 0}
        counts = np.bincount(codes + 1, minlength=1)[1:]
        return {self.texts[code] for code in positions(counts).tolist()}

    def counts(self, where: Array | None = None) -> dict[str, int]:
        """Count how often each text stands in rows of ``where``, or in all; as first met there."""
        codes = self.codes if where is None else self.codes[where]
        if len(codes) <= _FEW:
            few = Counter(code for code in codes.tolist() if code >= 0)
            return {self.texts[code]: count for code, count in few.items()}
        distinct, codes = dense(codes)
        counts = np.bincount(codes + 1, minlength=len(distinct) + 1)[1:].tolist()
        return {self.texts[code]: n for code, n in zip(distinct.tolist(), counts, strict=True)}


def dense(keys: Array) -> tuple[Array, Array]:
    """Number the distinct keys in the order in which they are first met; a key of -1 stays -1."""
    if len(keys) <= _FEW:
        codes, distinct = _numbered(key if key >= 0 else None for key in keys.tolist())
        return np.array(distinct, keys.dtype), codes
    null = keys < 0
    encoded = pa_array(keys, null if null.any() else None).dictionary_encode()
    return np_array(encoded.dictionary), np_array(encoded.indices, -1)


def _numbered(keys: Iterable[K | None]) -> tuple[Array, list[K]]:
    """Number a few keys as :func:`dense` does; None becomes -1."""
    places: dict[K, int] = {}
    codes = [-1 if key is None else places.setdefault(key, len(places)) for key in keys]
    return np.array(codes, np.int32), list(places)


def split_group(text: str) -> tuple[str, int]:
    """Take the text of a group of rows apart: sector and year."""
    sector, year = text.split(" ")
    return sector, int(year)
