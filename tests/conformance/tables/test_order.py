"""The order of surplus rates, where doubles see no order."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables import Options
from cets_conformance.tables.exact import ranks

from .drawn import text
from .handmade import Row, cement
from .test_columns_and_rows import agree, read


def close(random: Random, at: int, sizes: tuple[int, ...]) -> Row:
    """A line of intensity 1 give or take a few units of a double's last place."""
    output = random.choice(sizes)
    emissions = output + random.randrange(-3, 4)
    row = cement(f"U{at}", text(Fraction(emissions, 10**6)), text(Fraction(output, 10**6)), "1")
    if random.random() < 0.7:
        row["allowance"] = int(row["allowance"]) + random.randrange(-4, 5)
    return row


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(2, 25))
def test_units_of_almost_one_intensity(seed: int, count: int) -> None:
    """Intensities apart by 10^-15 and less, rates by a tonne: named as the exact sweep has it."""
    random = Random(seed)
    sizes = tuple(random.randrange(10**14, 10**15) for _ in range(3))
    agree(read([close(random, at, sizes) for at in range(count)]), Options())


PLACES = st.one_of(st.integers(-9, 9), st.integers(-(2**70), 2**70))


@given(st.lists(st.tuples(PLACES, st.one_of(st.integers(1, 9), st.integers(1, 2**62)))))
def test_ranks_are_those_of_the_exact_quotients(quotients: list[tuple[int, int]]) -> None:
    """Also of quotients as close to one another as their denominators let them be."""
    near = [(n * step + at, step) for n, d in quotients for at, step in ((d - 1, d), (d, d + 1))]
    pairs = quotients + near
    exact = [Fraction(*pair) for pair in pairs]
    order = {value: rank for rank, value in enumerate(sorted(set(exact)))}
    numerators, denominators = (
        np.array([pair[place] for pair in pairs], object) for place in (0, 1)
    )
    assert ranks(numerators, denominators).tolist() == [order[value] for value in exact]
