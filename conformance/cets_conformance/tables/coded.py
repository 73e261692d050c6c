"""Columns of repeating values as codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cets_conformance.tables.exact import Array

__all__ = ["Coded", "dense", "split_group"]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of repeating texts."""

    codes: Array
    """Position in ``texts``; -1 where nothing stands."""
    texts: tuple[str, ...]
    """Distinct texts, in the order in which they are first met."""

    @classmethod
    def of(cls, text: pa.ChunkedArray) -> Coded:
        """Encode a column."""
        encoded = text.combine_chunks() if pa.types.is_dictionary(text.type) else text
        if not pa.types.is_dictionary(encoded.type):
            encoded = encoded.dictionary_encode()
        encoded = encoded.unify_dictionaries() if isinstance(encoded, pa.ChunkedArray) else encoded
        chunks = encoded.chunks if isinstance(encoded, pa.ChunkedArray) else [encoded]
        codes = [_codes(chunk.indices) for chunk in chunks]
        texts = tuple(chunks[0].dictionary.to_pylist()) if chunks else ()
        return cls(np.concatenate(codes) if codes else np.zeros(0, np.int32), texts)

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


def _codes(indices: pa.Array) -> Array:
    filled: Array = (
        pc.fill_null(indices, -1).to_numpy() if indices.null_count else indices.to_numpy()
    )
    return filled


def dense(keys: Array) -> tuple[Array, Array]:
    """Number the distinct keys in the order in which they are first met; a key of -1 stays -1."""
    encoded = pa.array(keys, mask=keys < 0).dictionary_encode()
    return encoded.dictionary.to_numpy(), _codes(encoded.indices)


def split_group(text: str) -> tuple[str, int]:
    """Take the text of a group of rows apart: sector and year."""
    sector, year = text.split(" ")
    return sector, int(year)
