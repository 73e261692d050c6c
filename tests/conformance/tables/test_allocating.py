"""The rule by column is the reference's rule, also where doubles cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
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


def tied(count: int, shift: int) -> list[Line]:
    """Units with I = 0.9 B for B = 1, so A = 1.015 E: E of 100·odd t ties; ``shift`` moves E."""
    lines = []
    for at in range(count):
        emissions = 100 * (20_001 + 2 * at) * MILLION + shift
        processes = 9 * 10**11 + 9 * at * MILLION
        lines.append((emissions, processes, processes * 10 // 9))
    return lines


@pytest.mark.parametrize("shift", [-1, 0, 1])
@pytest.mark.parametrize("rules", RULES[:2], ids=ROUNDINGS[:2])
def test_a_tie_and_its_neighbours_are_told_apart(shift: int, rules: RuleSet) -> None:
    """A millionth of a tonne of E, 10^-6 t of A, decides; the filter lets none of them pass."""
    lines = tied(200, shift)
    assert by_column(lines, Fraction(1), rules) == by_reference(lines, Fraction(1), rules)


def near_half(distance: int) -> list[Line]:
    """Units whose A lies ``distance``/10^9 t from .5, by the last digits of the output."""
    lines = []
    for at in range(300):
        emissions = (1_000_000 + at) * MILLION
        # A = E + 0.15·(1 - I)·E with I = p / q: choose p so that A is as near as it gets
        wanted = Fraction(1_030_001 + 2 * at, 2) + 500_000 + Fraction(distance, 10**9)
        share = 1 - (wanted - emissions // MILLION) / (Fraction(15, 100) * (emissions // MILLION))
        output = 10**18
        lines.append((emissions, min(emissions, int(share * output)), output))
    return lines


@pytest.mark.parametrize("distance", [-1, 0, 1])
def test_a_thousand_millionth_of_a_tonne_from_the_half(distance: int) -> None:
    lines = near_half(distance)
    assert by_column(lines, Fraction(1), DEFAULT) == by_reference(lines, Fraction(1), DEFAULT)


@settings(deadline=None, max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=8), st.integers(1, 3 * 10**12), st.sampled_from(RULES))
def test_the_integers_alone_give_the_same(lines: list[Line], balance: int, rules: RuleSet) -> None:
    """What the filter decides and what it leaves are one rule: with nothing decided, all agree."""
    value = Fraction(balance, 10**12)
    with patch.object(allocating, "_is_provable", lambda _: False):
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
