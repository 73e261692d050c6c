"""An input schema accepts exactly what has the form that the operation asks for.

Few rules of form are beyond a schema, each with a test of its own below: a number that JSON
Schema takes for an integer though it is written ``1.0``, an unpaired surrogate in an id, the order
of two days, and, where a validator does not assert formats, a day that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.schemas.changes import at, changed, places
from tests.schemas.inputs import BASES, CCER, DAYS, DECIMALS, GOOD, OF_DEALINGS, OWN, STEEL, VALUES

from cets_conformance import json_text, published
from cets_reference import OPERATIONS, RuleError, run

ACROSS_FIELDS = {
    "registered after the day of submission": "registered_on",
    "a pre-allocation comes before issued_on": "pre_allocated_on",
}
"""Refusals of form that no schema can state, and the field they are at."""
Change = tuple[tuple[Any, ...], str, Any]


def schema_accepts(operation: str, value: Any) -> bool:
    return published.validator(f"{operation}-input").is_valid(value)


def operation_accepts(operation: str, value: Any) -> bool | None:
    """Whether the form is accepted, whatever the rules say of it afterwards.

    None is a refusal of form that no schema can state.
    """
    try:
        run(operation, value)
    except RuleError as error:
        if ACROSS_FIELDS.get(error.message) == error.path.rsplit("/", 1)[-1]:
            return None
        return error.code != "INVALID_INPUT"
    return True


def values_for(operation: str) -> list[Any]:
    """Give the values to try: each kind where some member could take it."""
    return VALUES + (DAYS if operation in OF_DEALINGS else DECIMALS)


def single_changes(operation: str, base: Any) -> Iterator[Change]:
    """Give every change in one place; null is tried on all members that are there."""
    for path in places(base):
        old = at(base, path)
        yield path, "remove", None
        for index, item in enumerate(values_for(operation)):
            alike = isinstance(item, dict | list) is isinstance(old, dict | list)
            if alike or index < len(VALUES):
                yield path, "replace", item
        for name, good in GOOD.items() if isinstance(old, dict) else ():
            yield path, "add", (name, good)


CASES = [
    pytest.param(operation, base, id=f"{operation}-{index}")
    for operation, bases in BASES.items()
    for index, base in enumerate(bases)
]


def test_every_operation_is_tried() -> None:
    assert list(BASES) == list(OPERATIONS)


@pytest.mark.parametrize(("operation", "base"), CASES)
def test_an_input_changed_in_one_place_is_accepted_by_both_or_by_neither(
    operation: str, base: Any
) -> None:
    assert schema_accepts(operation, base)
    assert operation_accepts(operation, base)
    counts = {True: 0, False: 0}
    for path, action, item in single_changes(operation, base):
        value = changed(base, path, action, item)
        accepted = operation_accepts(operation, value)
        assert schema_accepts(operation, value) is (accepted is not False), (path, action, item)
        counts[accepted is True] += 1
    assert min(counts.values()) > 5


@st.composite
def changed_inputs(draw: st.DrawFn) -> tuple[str, Any]:
    operation = draw(st.sampled_from(list(BASES)))
    value: Any = draw(st.sampled_from(BASES[operation]))
    for _ in range(draw(st.integers(2, 4))):
        path = draw(st.sampled_from(list(places(value))))
        action = draw(st.sampled_from(["replace", "replace", "remove", "add"]))
        item: Any = draw(st.sampled_from(values_for(operation)))
        if action == "add":
            item = (draw(st.sampled_from(list(GOOD))), item)
        value = changed(value, path, action, item)
    return operation, value


@given(changed_inputs())
@settings(max_examples=400, deadline=None)
def test_an_input_changed_in_several_places_is_accepted_by_both_or_by_neither(
    case: tuple[str, Any],
) -> None:
    operation, value = case
    accepted = operation_accepts(operation, value)
    if accepted is not None:  # else the schema may still refuse it for something further on
        assert schema_accepts(operation, value) is accepted


@pytest.mark.parametrize("name", ["year", "commissioned_year"])
def test_beyond_a_schema_an_integer_written_with_a_fraction_is_refused_by_the_operation(
    name: str,
) -> None:
    """A reader that makes a float of 2011.0 lets the schema pass it; ours keeps it as written."""
    value = changed(BASES["allocation"][0], ("unit", name), "replace", 2011.0)
    assert schema_accepts("allocation", value)
    assert not operation_accepts("allocation", value)
    read = json_text.loads(json_text.dumps(value))
    assert isinstance(read["unit"][name], Decimal)
    assert not schema_accepts("allocation", read)
    assert not operation_accepts("allocation", read)


def test_beyond_a_schema_an_unpaired_surrogate_is_refused_by_the_operation() -> None:
    value = changed(BASES["allocation"][0], ("unit", "unit_id"), "replace", "\ud800")
    assert schema_accepts("allocation", value)
    assert not operation_accepts("allocation", value)
    assert "surrogate" in published.schema("common")["$defs"]["id"]["description"]


@pytest.mark.parametrize(
    ("path", "field", "day", "just_in_time"),
    [
        (("submissions", 1), "registered_on", "2026-01-02", "2026-01-01"),
        (("years", 1), "pre_allocated_on", "2026-10-15", "2026-10-14"),
    ],
    ids=["registered after the submission", "pre-allocated on the day of issue"],
)
def test_beyond_a_schema_the_order_of_two_days_is_checked_by_the_operation(
    path: tuple[Any, ...], field: str, day: str, just_in_time: str
) -> None:
    operation = "surrender" if path[0] == "submissions" else "cycle"
    base = BASES[operation][0]
    late = changed(base, (*path, field), "replace", day)
    assert schema_accepts(operation, late)
    with pytest.raises(RuleError) as caught:
        run(operation, late)
    assert caught.value.code == "INVALID_INPUT"
    assert caught.value.path == "".join(f"/{item}" for item in (*path, field))
    assert operation_accepts(operation, changed(base, (*path, field), "replace", just_in_time))


def test_where_formats_are_not_asserted_a_day_that_does_not_exist_is_left_to_the_operation() -> (
    None
):
    value = changed(BASES["surrender"][0], ("as_of",), "replace", "2027-02-29")
    without_formats = published.validator("surrender-input").evolve(format_checker=None)
    assert without_formats.is_valid(value)
    assert not schema_accepts("surrender", value)
    assert not operation_accepts("surrender", value)


@pytest.mark.parametrize(
    ("instrument", "base", "foreign"), [("allowance", OWN, CCER), ("ccer", CCER, OWN)]
)
def test_a_submission_has_all_fields_of_its_instrument_and_none_of_the_other(
    instrument: str, base: dict[str, Any], foreign: dict[str, Any]
) -> None:
    def with_submission(submission: dict[str, Any]) -> dict[str, Any]:
        return {**BASES["surrender"][0], "submissions": [submission]}

    def refused(submission: dict[str, Any]) -> bool:
        value = with_submission(submission)
        assert schema_accepts("surrender", value) is operation_accepts("surrender", value)
        return not schema_accepts("surrender", value)

    assert base["instrument"] == instrument
    assert not refused(base)
    for name in base:
        assert refused({key: item for key, item in base.items() if key != name}), name
    for name in foreign.keys() - base.keys():
        assert refused({**base, name: foreign[name]}), name


@pytest.mark.parametrize(
    "change",
    [
        {"listed": False},
        {"route": "electric_arc"},
        {"commissioned_year": 2025},
        {"closed_before_verification": True},
        {"year": 2024},
        {"year": 2026},
        {"verified_emissions": "0.000000"},
    ],
    ids=str,
)
def test_process_emissions_are_asked_for_only_where_an_intensity_is_computed(
    change: dict[str, Any],
) -> None:
    without = {name: item for name, item in STEEL.items() if name != "process_emissions"}
    assert not schema_accepts("allocation", {"unit": without})
    assert not operation_accepts("allocation", {"unit": without})
    assert schema_accepts("allocation", {"unit": {**without, **change}})
    assert operation_accepts("allocation", {"unit": {**without, **change}})
