"""The order of surplus rates, where doubles see no order."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables import Options

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
