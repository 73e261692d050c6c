"""The balance value of many units is the reference's, to the printed digit."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables import solving
from cets_conformance.tables.exact import MILLION
from cets_conformance.tables.parts import Together
from cets_conformance.tables.solving import UndecidedError, Weights, solve_quickly
from cets_reference.balance import compute_balance
from cets_reference.records import ProcessEmissions, Unit
from cets_reference.rule_set import DEFAULT, RuleSet

Line = tuple[int, int, int]
"""E, processes (at most E) and output, in millionths."""

RULES = [
    DEFAULT.with_readings({"steel_base": base, "balance_precision": precision})
    for base in ("enterprise", "main_processes")
    for precision in ("exact", "four_decimals")
]


def reference(lines: list[Line], rules: RuleSet) -> Fraction | None:
    units = [
        Unit(
            f"U{at}",
            "steel",
            2025,
            route="long_process",
            verified_emissions=Fraction(emissions, MILLION),
            process_emissions=ProcessEmissions(Fraction(processes, MILLION), Fraction(0)),
            output=Fraction(output, MILLION),
        )
        for at, (emissions, processes, output) in enumerate(lines)
    ]
    found = compute_balance(units, rules)
    return None if found is None else found.balance_value


def quick(lines: list[Line], rules: RuleSet, parts: int = 1) -> Fraction | str | None:
    """Solve for units in some parts, of which some may have none.

    ``undecided`` is an answer too: the reference is asked then.
    """
    main = rules.readings["steel_base"] == "main_processes"
    columns = [np.array(figures, object) for figures in zip(*lines, strict=True)]
    emissions, processes, output = (c.astype(np.int64) if max(c) <= 2**60 else c for c in columns)
    base = processes if main else emissions
    counted = np.flatnonzero(base > 0)
    if not len(counted):
        return None
    units = [Weights(base[at], processes[at], output[at]) for at in np.array_split(counted, parts)]
    try:
        return solve_quickly(Together(units), rules)
    except UndecidedError:
        return "undecided"


SMALL = st.tuples(st.integers(1, 30), st.integers(0, 30), st.integers(1, 30)).map(
    lambda drawn: (max(drawn[0], drawn[1]), drawn[1], drawn[2])
)
"""Figures that meet bounds, tie, and stand on zero intervals all the time."""


@settings(deadline=None, max_examples=400)
@given(st.lists(SMALL, min_size=1, max_size=6), st.sampled_from(RULES), st.integers(1, 4))
def test_small_figures_that_meet_bounds(lines: list[Line], rules: RuleSet, parts: int) -> None:
    assert quick(lines, rules, parts) in (reference(lines, rules), "undecided")


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(2, 40), st.sampled_from(RULES), st.integers(1, 4))
def test_real_figures_are_decided(seed: int, count: int, rules: RuleSet, parts: int) -> None:
    random = Random(seed)
    lines = []
    for _ in range(count):
        emissions = random.randrange(10**9, 5 * 10**12)
        processes = int(emissions * random.uniform(0.5, 1))
        lines.append((emissions, processes, int(processes / random.uniform(0.6, 1.2))))
    assert quick(lines, rules, parts) == reference(lines, rules)


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([(10, 10, 10), (10, 10, 1)], "two of equal weight far apart: zero on an interval"),
        ([(10, 10, 10), (10, 10, 10)], "all alike"),
        ([(10, 0, 10), (10, 0, 3)], "no intensity at all"),
        ([(10, 0, 10), (10, 10, 10)], "surplus however small B is"),
        ([(10, 0, 10), (20, 20, 10)], "one without intensity, outweighed"),
    ],
)
def test_the_corners(lines: list[Line], what: str) -> None:
    assert quick(lines, DEFAULT) == reference(lines, DEFAULT), what


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=12), st.integers(0, 2**32))
def test_where_it_is_zero_on_an_interval_the_lower_end_is_taken(
    weights: list[int], seed: int
) -> None:
    """Two halves of equal weight, cut otherwise, so far apart that any B between them will do."""
    random = Random(seed)
    cuts = sorted(random.sample(range(1, sum(weights) + 1), min(len(weights), sum(weights))))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, sum(weights)], strict=True) if b > a]
    clean = [(weight, weight, weight * 10 + random.randrange(9)) for weight in weights]
    dirty = [(weight, weight, max(weight // 10, 1)) for weight in parts]
    lines = clean + [line for line in dirty if line[1] >= 2 * line[2]]
    assert quick(lines, DEFAULT) in (reference(lines, DEFAULT), "undecided")


@pytest.mark.parametrize("parts", [1, 3])
def test_many_units_are_solved_without_the_reference(
    parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand units, as the check solves them; the equation holds at what is found.

    The sketches of the parts are rough.
    """
    monkeypatch.setattr(solving, "SKETCHED", 100)
    monkeypatch.setattr(solving, "compute_balance", lambda *_: pytest.fail("asked the reference"))
    random = np.random.default_rng(1)
    emissions = random.integers(10**9, 5 * 10**12, 10_000)
    output = (emissions / random.uniform(0.6, 1.2, 10_000)).astype(np.int64)
    units = [
        Weights(emissions[at], emissions[at], output[at])
        for at in np.array_split(np.arange(10_000), parts)
    ]
    found = solve_quickly(Together(units), DEFAULT)
    assert found is not None
    step = Fraction(1, 10**12)
    assert surplus(emissions, output, found - step) < 0 < surplus(emissions, output, found + step)


def surplus(emissions: np.ndarray, output: np.ndarray, balance: Fraction) -> Fraction:
    """Σ E·α, in integers of its own: X = (Q·B - E) / (Q·B), clipped."""
    total = Fraction(0)
    for e, q in zip(emissions.tolist(), output.tolist(), strict=True):
        whole = q * balance.numerator
        part = whole - e * balance.denominator
        if 5 * part >= whole:
            total += Fraction(3 * e, 100)
        elif 5 * part <= -whole:
            total -= Fraction(3 * e, 100)
        else:
            total += Fraction(3 * e * part * 10**30 // (20 * whole), 10**30)
    return total


def test_a_guess_is_mended_though_it_is_right_for_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second part has units that are at a bound for the guess, and between them for B."""
    lines = [(10**7, 10**7, 10**7), (10**7, 10**7, 10**7 - 9), (10**7, 8_100_000, 10**7)]
    lines.append((10**7, 10**7, 8_403_361))
    asked = []
    monkeypatch.setattr(solving, "_mended", lambda *_: asked.append(1) or Fraction(11, 10))
    assert quick(lines, DEFAULT, 2) == reference(lines, DEFAULT)
    assert asked
