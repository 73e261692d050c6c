"""Laws of what the checks say of whole columns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cets_conformance.tables.coded import Coded
from cets_conformance.tables.findings import in_file_order

ASCENDING = st.lists(st.integers(0, 9), unique=True).map(sorted)
CODES = st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2), st.booleans()), max_size=80)


@given(st.lists(ASCENDING, max_size=4))
def test_positions_of_several_kinds_stand_as_in_the_file(kinds: list[list[int]]) -> None:
    found = in_file_order([np.array(some, np.int64) for some in kinds])
    right = sorted(
        (position, kind, place)
        for kind, some in enumerate(kinds)
        for place, position in enumerate(some)
    )
    assert list(zip(*(column.tolist() for column in found), strict=True)) == right


@given(CODES)
def test_two_columns_beside_each_other_are_counted_as_first_met(
    rows: list[tuple[int, int, bool]],
) -> None:
    one, other, where = (np.array(column) for column in zip(*rows, strict=True)) if rows else EMPTY
    both = Coded(one, ("a", "b", "c")).beside(Coded(other, ("x", "y", "z")))
    texts = [None if min(i, j) < 0 else f"{'abc'[i]} {'xyz'[j]}" for i, j, _ in rows]
    assert [None if code < 0 else both.texts[code] for code in both.codes.tolist()] == texts
    there = [text for text, (*_, chosen) in zip(texts, rows, strict=True) if text and chosen]
    right = {text: there.count(text) for text in there}
    assert list(both.counts(where).items()) == list(right.items())


EMPTY = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_)
