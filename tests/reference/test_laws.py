"""Laws of allocation and balance, each under the sentence of the rulebook that it proves."""

from __future__ import annotations

import copy
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from cets_reference import DEFAULT
from cets_reference.allocation import ExactAllocation, compute_exact
from cets_reference.rule_set import RuleSet

from .inputs import SECTORS, Json, outcome, output
from .laws import ANY_WEIGHED, PRINTED_WITHIN, RULES, SAME_SECTOR, alpha, read, scale
from .strategies import (
    LAW,
    POSITIVE_RATIO,
    RATIO,
    READINGS,
    renumber,
    units,
    weighed,
)


def exact(given: Json, balance_value: str | Fraction, rules: RuleSet = DEFAULT) -> ExactAllocation:
    return compute_exact(read(given), Fraction(balance_value), rules)


# --- «2024: allowance = verified emissions. Nobody has a gap.»


@LAW
@given(unit=units(year=2024), readings=READINGS)
def test_in_2024_nobody_covered_has_a_surplus_or_a_gap(
    unit: Json, readings: dict[str, str]
) -> None:
    found = output("allocation", {"unit": unit}, readings)
    assume(found["covered"])
    assert found["surplus"] == 0
    assert exact(unit, 1).allowance == Fraction(unit["verified_emissions"])


# --- «|A − E| ≤ 3 % of E before rounding; a sector's total surplus ≤ 3 %»


@LAW
@given(unit=units() | ANY_WEIGHED, balance_value=POSITIVE_RATIO, rules=RULES)
def test_before_rounding_an_allowance_departs_from_emissions_by_at_most_3_percent(
    unit: Json, balance_value: str, rules: RuleSet
) -> None:
    assume("output" in outcome("allocation", {"unit": unit, "balance_value": balance_value}))
    found = exact(unit, balance_value, rules)
    assume(found.scope.covered)
    emissions = Fraction(unit["verified_emissions"])
    assert abs(found.allowance - emissions) <= Fraction(3, 100) * emissions


@LAW
@given(drawn=SAME_SECTOR, readings=READINGS)
def test_a_sector_never_has_a_surplus_or_a_gap_above_3_percent(
    drawn: list[Json], readings: dict[str, str]
) -> None:
    found = outcome(
        "balance", {"sector": drawn[0]["sector"], "year": 2025, "units": drawn}, readings
    )
    assume("output" in found)
    assert abs(Fraction(found["output"]["surplus_rate"])) <= Fraction(3, 100)


# --- «α > 0 is a surplus: cleaner than balance»


@LAW
@given(unit=ANY_WEIGHED, balance_value=POSITIVE_RATIO)
def test_the_sign_of_the_coefficient_is_that_of_being_cleaner(
    unit: Json, balance_value: str
) -> None:
    found = exact(unit, balance_value)
    assert found.intensity is not None
    assert found.coefficient is not None
    assert (found.coefficient > 0) == (found.intensity < Fraction(balance_value))
    assert (found.coefficient < 0) == (found.intensity > Fraction(balance_value))
    assert found.coefficient == alpha(found.intensity, Fraction(balance_value))


@LAW
@given(drawn=SAME_SECTOR, balance_value=POSITIVE_RATIO)
def test_a_cleaner_unit_never_has_the_lower_surplus_rate(
    drawn: list[Json], balance_value: str
) -> None:
    found = [exact(unit, balance_value) for unit in drawn]
    rated = [
        (item.intensity, (item.allowance - item.obligation) / item.obligation) for item in found
    ]
    rated.sort(key=lambda pair: (pair[0], -pair[1]))
    rates = [rate for _, rate in rated]
    assert rates == sorted(rates, reverse=True)


# --- «No absolute cap; allowance follows output.»


@LAW
@given(unit=ANY_WEIGHED, balance_value=POSITIVE_RATIO, factor=st.integers(1, 1000), rules=RULES)
def test_a_unit_that_is_larger_by_a_factor_gets_an_allowance_larger_by_that_factor(
    unit: Json, balance_value: str, factor: int, rules: RuleSet
) -> None:
    one, many = read(unit), scale(read(unit), Fraction(factor))
    value = Fraction(balance_value)
    small, large = compute_exact(one, value, rules), compute_exact(many, value, rules)
    assert large.allowance == factor * small.allowance
    assert (large.intensity, large.coefficient) == (small.intensity, small.coefficient)


@LAW
@given(unit=weighed("cement"), balance_value=POSITIVE_RATIO, parts=st.integers(1, 12))
def test_a_line_split_into_equal_parts_gets_the_same_in_sum(
    unit: Json, balance_value: str, parts: int
) -> None:
    """S-1 «cement — each clinker production line»: how lines are cut does not matter."""
    part = scale(read(unit), Fraction(1, parts))
    whole = exact(unit, balance_value).allowance
    shares = [compute_exact(part, Fraction(balance_value), DEFAULT).allowance] * parts
    assert sum(shares, Fraction(0)) == whole


# --- «The enterprise's allowance is the sum over its covered units»


ENTERPRISE = st.tuples(
    st.lists(ANY_WEIGHED | units(year=2025), max_size=5).map(renumber),
    st.fixed_dictionaries(dict.fromkeys(SECTORS, POSITIVE_RATIO)),
).map(
    lambda drawn: {
        "enterprise_id": "E",
        "year": 2025,
        "units": drawn[0],
        "balance_values": drawn[1],
    }
)


@LAW
@given(value=ENTERPRISE, readings=READINGS)
def test_an_enterprise_is_the_sum_of_its_units(value: Json, readings: dict[str, str]) -> None:
    found = outcome("enterprise-allocation", value, readings)
    assume("output" in found)
    result = found["output"]
    for name in ("allowance", "obligation"):
        total = sum(unit[name] for unit in result["units"])
        if readings.get("rounding") == "enterprise_half_up":
            assert 2 * abs(result[name] - total) <= len(result["units"]) + 1
        else:
            assert result[name] == total
    assert result["surplus"] == result["allowance"] - result["obligation"]


@LAW
@given(value=ENTERPRISE, readings=READINGS)
def test_each_unit_of_an_enterprise_is_allocated_as_if_alone(
    value: Json, readings: dict[str, str]
) -> None:
    found = outcome("enterprise-allocation", value, readings)
    assume("output" in found)
    for unit, within in zip(value["units"], found["output"]["units"], strict=True):
        balance_value = value["balance_values"][unit["sector"]]
        alone = output("allocation", {"unit": unit, "balance_value": balance_value}, readings)
        assert within == {"unit_id": unit["unit_id"], **alone}


@LAW
@given(value=ENTERPRISE, readings=READINGS, data=st.data())
def test_the_order_of_an_enterprise_s_units_changes_nothing_but_the_order(
    value: Json, readings: dict[str, str], data: st.DataObject
) -> None:
    found = outcome("enterprise-allocation", value, readings)
    assume("output" in found)
    turned = output(
        "enterprise-allocation",
        {**value, "units": data.draw(st.permutations(value["units"]))},
        readings,
    )
    first, second = found["output"].pop("units"), turned.pop("units")
    assert turned == found["output"]
    assert sorted(first, key=lambda unit: unit["unit_id"]) == sorted(
        second, key=lambda unit: unit["unit_id"]
    )


# --- «floor(x + 1/2)», per unit


@LAW
@given(unit=ANY_WEIGHED, balance_value=POSITIVE_RATIO)
def test_an_amount_is_the_whole_tonne_nearest_to_the_exact_one_and_ties_go_up(
    unit: Json, balance_value: str
) -> None:
    found = output("allocation", {"unit": unit, "balance_value": balance_value})
    unrounded = exact(unit, balance_value)
    for name, value in (("allowance", unrounded.allowance), ("obligation", unrounded.obligation)):
        assert found[name] - Fraction(1, 2) <= value < found[name] + Fraction(1, 2)


# --- «printed as strings with exactly 12 fractional digits, half-even»


@LAW
@given(unit=ANY_WEIGHED, balance_value=POSITIVE_RATIO)
def test_a_printed_ratio_is_the_exact_one_to_half_of_its_last_digit(
    unit: Json, balance_value: str
) -> None:
    found = output("allocation", {"unit": unit, "balance_value": balance_value})
    unrounded = exact(unit, balance_value)
    for name in ("intensity", "deviation", "coefficient"):
        text, value = found[name], getattr(unrounded, name)
        assert len(text.partition(".")[2]) == 12
        assert abs(Fraction(text) - value) <= PRINTED_WITHIN
        assert not (text.startswith("-") and Fraction(text) == 0)


# --- I-2: «70 % of its verified emissions of the previous year, rounded as Q-4»


@LAW
@given(unit=units(year=2025), previous=st.integers(0, 10**21))
def test_a_pre_allocation_is_within_half_a_tonne_of_70_percent_or_nothing(
    unit: Json, previous: int
) -> None:
    text = f"{previous // 10**6}.{previous % 10**6:06d}"
    assume(len(text.partition(".")[0]) <= 15)
    found = output("pre-allocation", {"unit": unit, "previous_year_emissions": text})
    share = Fraction(7, 10) * Fraction(text) if found["covered"] else Fraction(0)
    difference = found["pre_allocation"] - share
    assert Fraction(-1, 2) < difference <= Fraction(1, 2)


# --- B-4: «A balance value given as input is used as given.»


@LAW
@given(unit=ANY_WEIGHED, balance_value=RATIO)
def test_no_reading_of_precision_touches_a_given_balance_value(
    unit: Json, balance_value: str
) -> None:
    value = {"unit": unit, "balance_value": balance_value}
    rounded = outcome("allocation", copy.deepcopy(value), {"balance_precision": "four_decimals"})
    assert rounded == outcome("allocation", value)
