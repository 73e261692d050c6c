"""Laws of the balance value, each under the sentence of the rulebook that it proves."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cets_reference import DEFAULT
from cets_reference.balance import get_weights, solve_balance_value
from cets_reference.rule_set import RuleSet

from .inputs import Json, outcome
from .laws import ANY_WEIGHED, MAIN, PRINTED_WITHIN, RULES, SAME_SECTOR, alpha, read, scale
from .strategies import LAW, READINGS, units


def weights_of(drawn: list[Json], rules: RuleSet) -> list[tuple[Fraction, Fraction]]:
    """Weight and intensity of every unit (A-5), from the input's own text."""
    found = []
    for unit in drawn:
        emissions, product = Fraction(unit["verified_emissions"]), Fraction(unit["output"])
        top = base = emissions
        if unit["sector"] == "steel":
            top = sum((Fraction(text) for text in unit["process_emissions"].values()), Fraction(0))
            base = top if rules is MAIN else emissions
        if base:
            found.append((base, top / product))
    return found


def surplus(drawn: list[Json], balance_value: Fraction, rules: RuleSet) -> Fraction:
    """Σ w·α(I, B)."""
    return sum(
        (base * alpha(intensity, balance_value) for base, intensity in weights_of(drawn, rules)),
        Fraction(0),
    )


def solve(drawn: list[Json], rules: RuleSet = DEFAULT) -> Fraction | None:
    return solve_balance_value(get_weights([read(unit) for unit in drawn], rules), rules.plan)


# --- B-1: «Σ E_i·α(I_i, B) = 0 … where it is zero on an interval, B is the interval's lower end»


@settings(LAW, max_examples=150)
@given(drawn=SAME_SECTOR, rules=RULES)
def test_the_solved_balance_value_makes_the_surplus_exactly_zero(
    drawn: list[Json], rules: RuleSet
) -> None:
    solved = solve(drawn, rules)
    assume(solved is not None)
    assert solved is not None
    assert solved > 0
    assert surplus(drawn, solved, rules) == 0


@settings(LAW, max_examples=150)
@given(
    drawn=SAME_SECTOR,
    rules=RULES,
    part=st.fractions(0, 1, max_denominator=10**6) | st.just(1 - Fraction(1, 10**60)),
)
def test_below_the_solved_balance_value_there_is_a_gap_so_it_is_the_least(
    drawn: list[Json], rules: RuleSet, part: Fraction
) -> None:
    solved = solve(drawn, rules)
    assume(solved is not None)
    assume(0 < part < 1)
    assert solved is not None
    assert surplus(drawn, part * solved, rules) < 0


@LAW
@given(data=st.data())
def test_equal_weights_too_far_apart_balance_where_the_cleanest_meets_its_bound(
    data: st.DataObject,
) -> None:
    """The interval of zeros runs from I/0.8 of the clean unit up to I/1.2 of the dirty one."""
    emissions, clean = data.draw(st.integers(1, 10**6)), data.draw(st.integers(1, 10**6))
    dirty = data.draw(st.integers(1, max(1, clean * 2 // 3)))
    assume(3 * dirty <= 2 * clean)
    pair = [cement_of(emissions, clean, "a"), cement_of(emissions, dirty, "b")]
    assert solve(pair) == Fraction(emissions, clean) / Fraction(8, 10)


def cement_of(emissions: int, product: int, unit_id: str) -> Json:
    return {
        "unit_id": unit_id,
        "sector": "cement",
        "year": 2025,
        "line_kind": "ordinary",
        "verified_emissions": str(emissions),
        "output": str(product),
    }


@LAW
@given(drawn=SAME_SECTOR, rules=RULES)
def test_no_balance_value_only_where_even_the_least_leaves_no_gap(
    drawn: list[Json], rules: RuleSet
) -> None:
    """«`NO_INTENSITY_UNITS` … where no positive B makes the sum zero»."""
    least = Fraction(1, 10**30)  # far below the least intensity above 0
    assert (solve(drawn, rules) is None) == (surplus(drawn, least, rules) >= 0)


# --- B-3: «Where nobody is clipped B = Σ E_i·I_i / Σ E_i»


@LAW
@given(
    lines=st.lists(st.tuples(st.integers(1, 10**9), st.integers(85, 115)), min_size=1, max_size=6)
)
def test_where_nobody_is_clipped_the_balance_value_is_the_weighted_mean(
    lines: list[tuple[int, int]],
) -> None:
    drawn = [cement_of(tonnes * i, 100 * tonnes, str(n)) for n, (tonnes, i) in enumerate(lines)]
    total = sum(tonnes * i for tonnes, i in lines)
    mean = sum((tonnes * i * Fraction(i, 100) for tonnes, i in lines), Fraction(0)) / total
    assume(all(abs(1 - Fraction(i, 100) / mean) < Fraction(1, 5) for _, i in lines))
    assert solve(drawn) == mean


# --- B-2: «The root is a rational number found from sorted breakpoints»; order does not matter


@LAW
@given(drawn=SAME_SECTOR, rules=RULES, data=st.data())
def test_the_order_of_a_sector_s_units_changes_nothing(
    drawn: list[Json], rules: RuleSet, data: st.DataObject
) -> None:
    turned = data.draw(st.permutations(drawn))
    assert solve(turned, rules) == solve(drawn, rules)
    sector = drawn[0]["sector"]
    first = outcome("balance", {"sector": sector, "year": 2025, "units": drawn})
    second = outcome("balance", {"sector": sector, "year": 2025, "units": turned})
    assert first == second


@LAW
@given(drawn=SAME_SECTOR, extra=st.lists(units(year=2025), max_size=4), readings=READINGS)
def test_units_that_are_not_allocated_by_intensity_do_not_move_the_balance_value(
    drawn: list[Json], extra: list[Json], readings: dict[str, str]
) -> None:
    sector = drawn[0]["sector"]
    outside = [
        {**unit, "listed": False, "unit_id": f"outside {index}"}
        for index, unit in enumerate(extra)
        if unit["sector"] == sector
    ]
    without = outcome("balance", {"sector": sector, "year": 2025, "units": drawn}, readings)
    within = {"sector": sector, "year": 2025, "units": [*outside, *drawn]}
    assert outcome("balance", within, readings) == without


@LAW
@given(drawn=SAME_SECTOR, factor=st.integers(1, 1000), rules=RULES)
def test_the_balance_value_does_not_depend_on_how_large_the_sector_is(
    drawn: list[Json], factor: int, rules: RuleSet
) -> None:
    larger = [scale(read(unit), Fraction(factor)) for unit in drawn]
    assert solve_balance_value(get_weights(larger, rules), rules.plan) == solve(drawn, rules)


@LAW
@given(unit=ANY_WEIGHED)
def test_a_sector_of_one_unit_balances_at_its_own_intensity(unit: Json) -> None:
    (_, intensity), *_ = weights_of([unit], DEFAULT)
    assert solve([unit]) == (intensity or None)


# --- «printed as strings with exactly 12 fractional digits, half-even»


@LAW
@given(drawn=SAME_SECTOR)
def test_a_printed_balance_value_is_the_solved_one_to_half_of_its_last_digit(
    drawn: list[Json],
) -> None:
    found = outcome("balance", {"sector": drawn[0]["sector"], "year": 2025, "units": drawn})
    assume("output" in found)
    solved = solve(drawn)
    assert solved is not None
    assert abs(Fraction(found["output"]["balance_value"]) - solved) <= PRINTED_WITHIN


@pytest.mark.parametrize("rules", [DEFAULT, MAIN], ids=["enterprise", "main_processes"])
def test_no_units_have_no_balance_value(rules: RuleSet) -> None:
    assert solve([], rules) is None
