"""Laws of what the checks say of whole columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cets_conformance.tables import enterprises
from cets_conformance.tables.coded import Coded
from cets_conformance.tables.findings import in_file_order
from cets_conformance.tables.hands import hands
from cets_conformance.tables.once import once
from cets_conformance.tables.reading.grid import strings

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
    assert both.met(where) == set(right)


CREDIT_CODES = st.one_of(
    st.sampled_from(
        ["91110000600037341L", "911100006000373411", "9111 0000 6000 3734 1l", "", "甲"]
    ),
    st.from_regex(r"[0-9]{8}[0-9A-Z]{10}", fullmatch=True),
    st.none(),
)


@given(st.lists(CREDIT_CODES, min_size=5, max_size=12))
def test_a_credit_code_alone_is_judged_as_among_others(codes: list[str | None]) -> None:
    together = enterprises.valid(pa.chunked_array([strings(codes)])).tolist()
    alone = [enterprises.valid(pa.chunked_array([strings([code])])).tolist() for code in codes]
    assert [[right] for right in together] == alone


def test_on_a_short_table_who_asked_works_when_the_result_is_asked_for() -> None:
    done: list[int] = []
    with hands(1, 1) as pool:
        asked = pool.submit(done.append, 1)
        failing = pool.submit(int, "x")
        assert done == []
        asked.result()
        assert done == [1]
        with pytest.raises(ValueError, match="'x'"):
            failing.result()


def test_a_property_is_worked_out_once_for_each_object() -> None:
    class Counting:
        worked = 0

        @once
        def number(self) -> int:
            self.worked += 1
            return self.worked

    one, other = Counting(), Counting()
    assert [one.number, one.number, other.number] == [1, 1, 1]


EMPTY = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_)
