"""The rule by column is the reference's rule, also where doubles cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cets_conformance.tables import allocating
from cets_conformance.tables.allocating import Inputs, allocate, share_of
from cets_conformance.tables.exact import MILLION
from cets_reference.allocation import compute_allocation, compute_exact
from cets_reference.issuance import compute_pre_allocation
from cets_reference.records import ProcessEmissions, Unit
from cets_reference.rule_set import DEFAULT, RuleSet

BASES = ("enterprise", "main_processes")
ROUNDINGS = ("unit_half_up", "unit_floor", "enterprise_half_up")
RULES = [
    DEFAULT.with_readings({"steel_base": base, "rounding": rounding})
    for base in BASES
    for rounding in ROUNDINGS
]
Line = tuple[int, int, int]
"""E, processes (at most E) and output, in millionths."""

MILLIONTHS = st.integers(1, 10**13) | st.integers(1, 10**21 - 1) | st.integers(1, 1000)
LINES = st.tuples(MILLIONTHS, st.fractions(0, 1), MILLIONTHS).map(
    lambda drawn: (drawn[0], int(drawn[0] * drawn[1]), drawn[2])
)


def unit(line: Line) -> Unit:
    emissions, processes, output = (Fraction(figure, MILLION) for figure in line)
    return Unit(
        "U",
        "steel",
        2025,
        route="long_process",
        verified_emissions=emissions,
        process_emissions=ProcessEmissions(processes, Fraction(0)),
        output=output,
    )


def column(figures: list[int]) -> Any:
    return np.array(figures, np.int64 if max(figures) <= 2**60 else object)


def by_column(lines: list[Line], balance: Fraction, rules: RuleSet) -> tuple[list[int], list[int]]:
    emissions, processes, output = (column(list(figures)) for figures in zip(*lines, strict=True))
    main = rules.readings["steel_base"] == "main_processes"
    base = processes if main else emissions
    places = np.zeros(len(lines), np.int64)
    inputs = Inputs(emissions, base, processes, output, places, [balance])
    found = allocate(inputs, np.arange(len(lines)), rules)
    return found.allowance.tolist(), found.bound.tolist()


def by_reference(
    lines: list[Line], balance: Fraction, rules: RuleSet
) -> tuple[list[int], list[int]]:
    exact = [compute_exact(unit(line), balance, rules) for line in lines]
    allowances = [compute_allocation(item, rules).allowance for item in exact]
    upper, lower = (
        rules.plan.coefficient_upper.value,
        rules.plan.coefficient_lower.value,
    )
    return allowances, [(item.coefficient == upper) - (item.coefficient == lower) for item in exact]


@settings(deadline=None, max_examples=300)
@given(st.lists(LINES, min_size=1, max_size=8), st.integers(1, 3 * 10**12), st.sampled_from(RULES))
@example([(10**6 * 1_000_050, 10**6, 10**6 * 5)], 10**12, DEFAULT)
def test_any_units_at_any_balance_value(lines: list[Line], balance: int, rules: RuleSet) -> None:
    """From a millionth of a tonne to a thousand million million, in every reading it has."""
    value = Fraction(balance, 10**12)
    assert by_column(lines, value, rules) == by_reference(lines, value, rules)


def first_within(factor: int, modulus: int, low: int, high: int) -> int | None:
    """Least x >= 0 with low <= factor·x mod modulus <= high, as Euclid would find it."""
    if low == 0:
        return 0
    if factor == 0:
        return None
    least = -(-low // factor)
    if factor * least <= high:
        return least
    turns = first_within(modulus % factor, factor, -high % factor, -low % factor)
    return None if turns is None else -(-(low + modulus * turns) // factor)


def beside_half(random: Random, half: int, above: bool) -> tuple[Line, Fraction] | None:
    """A unit whose A lies less than 10^-12 t above or below a boundary of the rounding.

    A·10^6 = e + 3/20·e·(1 - p·10^12 / (q·b)) is linear in e for given p, q, b.
    """
    processes = random.randrange(10**10, 10**11)
    balance = random.randrange(8 * 10**11, 12 * 10**11)
    output = int(processes * random.uniform(0.85, 1.15))
    whole = output * balance
    modulus = 20 * whole * MILLION
    factor = 20 * whole + 3 * (whole - processes * 10**12)
    begin = random.randrange(10**12, 2 * 10**12)
    width = modulus // 10**12
    low = (-20 * whole * half - factor * begin - (0 if above else width)) % modulus
    high = low + width - 1
    if not low > 0 or high >= modulus:
        return None
    more = first_within(factor % modulus, modulus, low, high)
    if more is None:
        return None
    return (begin + more, processes, output), Fraction(balance, 10**12)


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize(("rounding", "half"), [("unit_half_up", 500_000), ("unit_floor", 0)])
def test_a_millionth_of_a_millionth_of_a_tonne_decides(
    rounding: str, half: int, *, above: bool
) -> None:
    """A hundred times nearer than doubles can tell at a million tonnes."""
    random, rules = Random(1), DEFAULT.with_readings({"rounding": rounding})
    drawn = [found for _ in range(150) if (found := beside_half(random, half, above))]
    assert len(drawn) > 100
    for line, balance in drawn:
        assert by_column([line], balance, rules) == by_reference([line], balance, rules)


@pytest.mark.parametrize("shift", [-1, 0, 1])
@pytest.mark.parametrize("rules", RULES[:2], ids=ROUNDINGS[:2])
def test_a_tie_and_its_neighbours_are_told_apart(shift: int, rules: RuleSet) -> None:
    """I = 0.9 B, A = 1.015 E, so that 900·odd t tie; a millionth of a tonne decides."""
    lines = []
    for odd in range(2223, 2623, 2):
        emissions = 900 * odd * MILLION
        lines.append((emissions + shift, emissions, 1000 * odd * MILLION))
    lines = [(max(e, p), p, q) for e, p, q in lines]
    assert by_column(lines, Fraction(1), rules) == by_reference(lines, Fraction(1), rules)


@pytest.mark.parametrize("size", [10**6, 10**12, 10**18])
@pytest.mark.parametrize("edge", [Fraction(4, 5), Fraction(6, 5)])
def test_the_bounds_of_the_deviation_are_met_exactly(size: int, edge: Fraction) -> None:
    """I/B at 0.8 and at 1.2, and by the last digit beside it, where doubles see no difference."""
    lines = []
    for output in range(size, size + 60 * 7, 7):
        for beside in (-1, 0, 1):
            processes = int(edge * output) + beside
            lines.append((processes + output, processes, output))
    assert by_column(lines, Fraction(1), DEFAULT) == by_reference(lines, Fraction(1), DEFAULT)


@pytest.mark.parametrize("per_mille", [799, 801, 1199, 1201, 1000])
def test_near_the_bounds_and_between(per_mille: int) -> None:
    lines = [
        (2 * emissions, emissions, emissions * 1000 // per_mille)
        for emissions in range(10**12, 10**12 + 10**9, 10**7)
    ]
    assert by_column(lines, Fraction(1), DEFAULT) == by_reference(lines, Fraction(1), DEFAULT)


@settings(deadline=None, max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=8), st.integers(1, 3 * 10**12), st.sampled_from(RULES))
def test_the_integers_alone_give_the_same(lines: list[Line], balance: int, rules: RuleSet) -> None:
    """What the filter decides and what it leaves are one rule: with nothing decided, all agree."""
    value = Fraction(balance, 10**12)
    doubles = allocating._Doubles.of(rules.plan)._replace(provable=False)
    with patch.object(allocating, "_doubles", lambda *_: doubles):
        exact = by_column(lines, value, rules)
    assert exact == by_reference(lines, value, rules)


@settings(deadline=None, max_examples=200)
@given(st.lists(LINES, min_size=1, max_size=20), st.integers(1, 3 * 10**12))
def test_the_bound_holds(lines: list[Line], balance: int) -> None:
    """δ is an honest bound: whatever the filter decides would have been the same in integers."""
    decided: list[Callable[[], None]] = []
    original = allocating._allocate

    def compare(inputs: Inputs, rules: RuleSet) -> Any:
        done = original(inputs, rules)
        exact, _ = allocating._allocate_exactly(inputs, rules)
        decided.append(lambda: np.testing.assert_array_equal(done.allowance, exact))
        return done

    with patch.object(allocating, "_allocate", compare):
        by_column(lines, Fraction(balance, 10**12), DEFAULT)
    for check in decided:
        check()


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**21 - 1), min_size=1), st.sampled_from(ROUNDINGS))
def test_pre_allocation_is_seventy_percent(previous: list[int], rounding: str) -> None:
    rules = DEFAULT.with_readings({"rounding": rounding})
    line = Unit("U", "aluminium", 2025)
    right = [
        compute_pre_allocation(line, Fraction(figure, MILLION), rules).pre_allocation
        for figure in previous
    ]
    assert share_of(column(previous), Fraction(7, 10), rounding).tolist() == right
