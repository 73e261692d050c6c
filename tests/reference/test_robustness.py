"""Whatever JSON it is given, ``run`` answers or refuses: always the same, touching nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cets_reference import DEFAULT, OPERATIONS, RuleError, explain, run

from .strategies import LAW, READINGS, inputs, mutated

SIX = [
    "emissions",
    "scope",
    "balance",
    "allocation",
    "enterprise-allocation",
    "pre-allocation",
]
TEXT = st.text(max_size=5)  # unpaired surrogates among them, as a JSON escape can make them
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.text("0123456789.-"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def answer(operation: str, value: Any, readings: dict[str, str]) -> Any:
    try:
        return run(operation, value, rule_set=DEFAULT.with_readings(readings))
    except RuleError as error:
        return error.as_json()


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


@settings(LAW, max_examples=250)
@given(drawn=mutated(most=4), readings=READINGS)
def test_a_spoilt_input_is_answered_or_refused_by_a_rule_error(
    drawn: tuple[str, Any], readings: dict[str, str]
) -> None:
    answer(*drawn, readings)


@settings(LAW, max_examples=150)
@given(operation=st.sampled_from(SIX), value=JSON)
def test_any_json_at_all_is_answered_or_refused_by_a_rule_error(operation: str, value: Any) -> None:
    answer(operation, value, {})


@settings(LAW, max_examples=150)
@given(drawn=inputs() | mutated(), readings=READINGS)
def test_the_input_is_left_as_it_was(drawn: tuple[str, Any], readings: dict[str, str]) -> None:
    operation, value = drawn
    before = repr(value)
    answer(operation, value, readings)
    assert repr(value) == before


@LAW
@given(drawn=inputs() | mutated(), readings=READINGS)
def test_the_same_input_has_the_same_answer(
    drawn: tuple[str, Any], readings: dict[str, str]
) -> None:
    operation, value = drawn
    first = answer(operation, copy.deepcopy(value), readings)
    assert answer(operation, copy.deepcopy(value), readings) == first


@LAW
@given(drawn=inputs(), readings=READINGS)
def test_an_answer_is_made_of_json_without_a_float(
    drawn: tuple[str, Any], readings: dict[str, str]
) -> None:
    for leaf in leaves(answer(*drawn, readings)):
        assert leaf is None or type(leaf) in (str, int, bool)


@LAW
@given(drawn=inputs(), readings=READINGS)
def test_an_explanation_gives_the_very_output_or_the_very_error(
    drawn: tuple[str, Any], readings: dict[str, str]
) -> None:
    operation, value = drawn
    rules = DEFAULT.with_readings(readings)
    expected = answer(operation, value, readings)
    try:
        found = explain(operation, value, rule_set=rules)["output"]
    except RuleError as error:
        found = error.as_json()
    assert found == expected


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


HUGE = [
    ("a very long integer", 10**5000),
    ("a very long negative integer", -(10**5000)),
    ("a very long string", "9" * 10**6),
    ("a very long string of brackets", "[" * 10**5),
    ("a list nested ten thousand deep", nested(10_000)),
    ("an unpaired surrogate", "\ud800"),
    ("not a number", float("nan")),
    ("infinity", float("inf")),
    ("bytes", b"1"),
    ("a tuple", ("1",)),
    ("a set", {"1"}),
]
PLACES = {
    "emissions": ["gases"],
    "scope": ["unit"],
    "balance": ["sector", "year", "units"],
    "allocation": ["unit", "balance_value"],
    "enterprise-allocation": ["enterprise_id", "year", "units", "balance_values"],
    "pre-allocation": ["unit", "previous_year_emissions"],
}
UNIT_FIELDS = [
    "unit_id", "sector", "year", "listed", "route", "line_kind", "carbide_slag_rate",
    "commissioned_year", "closed_before_verification", "verified_emissions", "indirect_emissions",
    "gases", "process_emissions", "output",
]  # fmt: skip


@pytest.mark.parametrize("value", [row[1] for row in HUGE], ids=[row[0] for row in HUGE])
def test_no_value_anywhere_is_too_strange_to_be_refused(value: Any) -> None:
    for operation, names in PLACES.items():
        for name in names:
            answer(operation, {name: value}, {})
    for name in UNIT_FIELDS:
        for sector in ("cement", "steel", "aluminium"):
            refused = answer("scope", {"unit": {"sector": sector, name: value}}, {})
            assert refused["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("name", ["\ud800", "x" * 10**6, "\u0000", "__class__", "/", "~"])
def test_no_name_of_a_field_is_too_strange_to_be_refused(name: str) -> None:
    for operation in SIX:
        refused = answer(operation, {name: 1}, {})
        assert refused["code"] == "INVALID_INPUT"


def test_the_six_operations_exist() -> None:
    assert set(SIX) <= set(OPERATIONS)
