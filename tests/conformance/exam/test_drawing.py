"""The stream of draws: told by its own words, so that it can be made again anywhere."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference.strategies import LAW

from cets_conformance.exam.drawing import Draw

SEEDS = st.binary(min_size=32, max_size=32)


def test_the_words_are_sha256_of_key_and_counter_as_the_docstring_says() -> None:
    seed, labels = bytes(range(32)), ("generator 1", "考试")
    key = sha256(seed)
    for label in labels:
        key.update(len(label.encode()).to_bytes(4, "big") + label.encode())
    blocks = b"".join(
        sha256(key.digest() + number.to_bytes(8, "big")).digest() for number in range(3)
    )
    words = [int.from_bytes(blocks[at : at + 8], "big") for at in range(0, len(blocks), 8)]
    draw = Draw(seed, *labels)
    assert [draw.below(2**64) for _ in words] == words


def test_the_first_draws_of_a_seed_are_these_for_ever() -> None:
    draw = Draw(bytes(32), "for ever")
    assert [draw.below(1000) for _ in range(6)] == [543, 120, 153, 697, 709, 816]
    assert draw.name() == "ZGPYQ23B"
    assert draw.shuffled("abcdefgh") == list("fecdbagh")


@LAW
@given(SEEDS, st.integers(1, 2**64))
def test_what_is_drawn_below_a_number_is_below_it(seed: bytes, end: int) -> None:
    draw = Draw(seed)
    assert all(0 <= draw.below(end) < end for _ in range(3))


@LAW
@given(SEEDS, st.integers(2, 12))
def test_every_value_is_drawn_sooner_or_later(seed: bytes, count: int) -> None:
    draw = Draw(seed)
    assert {draw.below(count) for _ in range(400)} == set(range(count))


@LAW
@given(SEEDS, st.lists(st.integers(), max_size=20))
def test_an_order_drawn_holds_the_same_things(seed: bytes, items: list[int]) -> None:
    assert sorted(Draw(seed).shuffled(items)) == sorted(items)


@LAW
@given(SEEDS)
def test_a_fork_is_not_changed_by_what_else_is_drawn(seed: bytes) -> None:
    early, late = Draw(seed), Draw(seed)
    late.below(7)
    assert early.fork("a").below(2**64) == late.fork("a").below(2**64)
    assert early.fork("a").below(2**64) != early.fork("b").below(2**64)


@LAW
@given(SEEDS, st.integers(1, 500), st.integers(0, 500))
def test_odd_draws_are_odd_and_within(seed: bytes, first: int, more: int) -> None:
    low, high = 2 * first - 1, 2 * first - 1 + more
    assert Draw(seed).odd(low, high) in range(low, high + 1, 2)


def test_labels_are_parted_whatever_they_hold() -> None:
    assert Draw(bytes(32), "a", "b").below(2**64) != Draw(bytes(32), "ab").below(2**64)


@pytest.mark.parametrize("end", [0, -1, 2**64 + 1])
def test_nothing_is_drawn_below_what_is_no_end(end: int) -> None:
    with pytest.raises(ValueError, match="nothing is drawn"):
        Draw(bytes(32)).below(end)
