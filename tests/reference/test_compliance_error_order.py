"""The order of errors of compliance: of two faults in one input the earlier is found
(rulebook, section 7 «Order of errors», section 8 «Errors»)."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from .compliance_inputs import (
    application,
    asked,
    carry_over,
    cycle,
    dealt,
    holding,
    own,
    settlement,
    surrender,
    trade,
    year_of,
)
from .inputs import Json, cement, form, numbered, outcome, refusal

DAY = "2026-12-01"
FUTURE = "2030-01-01"
Fault = tuple[int, str, str, Callable[[Json], None]]
"""Place in the order, code, path, and what puts the fault into an input."""


def put(path: str, item: Any) -> Callable[[Json], None]:
    def change(value: Json) -> None:
        *parents, last = path.split("/")[1:]
        holder: Any = value
        for key in parents:
            holder = holder[int(key)] if isinstance(holder, list) else holder[key]
        holder[last] = item

    return change


def fault(rank: int, code: str, path: str, item: Any) -> Fault:
    return rank, code, path, put(path, item)


SURRENDER = surrender(own(5, DAY), own(6, DAY), own(7, DAY))
SURRENDER_FAULTS = [
    fault(0, "INVALID_INPUT", "/unknown", 1),
    fault(1, "YEAR_NOT_COVERED", "/year", 2023),
    fault(2, "DATE_AFTER_AS_OF", "/submissions/0/date", FUTURE),
    fault(3, "DATE_AFTER_AS_OF", "/submissions/2/date", FUTURE),
    fault(4, "DUPLICATE_ID", "/submissions/1/id", "a"),
    fault(5, "DEDUCTION_NOT_APPLICABLE", "/deducted", 1001),
]  # fmt: skip
SETTLEMENT_FAULTS = [
    fault(0, "INVALID_INPUT", "/holding", None),
    fault(1, "YEAR_NOT_COVERED", "/year", 2026),
    fault(2, "ARREARS_NOT_APPLICABLE", "/arrears", 1),
]
CYCLE = cycle(
    year_of(2024, 0, own(0, "2025-11-01", "2024", "a"), units=numbered(
        cement(year=2024, commissioned_year=2024), cement(year=2024, commissioned_year=2024))),
    year_of(2025, 0, own(0, DAY, "2025", "b"), units=numbered(cement(), cement()),
            balance_values={"cement": "1"}),
    trades=[dealt("c", "buy", 5, "2026-02-01", "2023"), dealt("d", "sell", 5, DAY, "2023")],
    applications=[asked("e", 0)],
)  # fmt: skip
CYCLE_FAULTS = [
    fault(0, "INVALID_INPUT", "/unknown", 1),
    fault(1, "YEAR_NOT_COVERED", "/years/0/units/0/year", 2020),
    fault(2, "YEAR_MISMATCH", "/years/0/units/1/year", 2025),
    fault(3, "DUPLICATE_UNIT", "/years/0/units/1/unit_id", "U-1"),
    fault(4, "YEAR_MISMATCH", "/years/1/units/0/year", 2024),
    fault(5, "YEAR_NOT_COVERED", "/years/1/units/1/year", 2020),
    fault(6, "DUPLICATE_UNIT", "/years/1/units/1/unit_id", "U-1"),
    fault(7, "OUTPUT_NOT_POSITIVE", "/years/1/units/0/output", "0"),
    fault(8, "BALANCE_VALUE_NOT_POSITIVE", "/years/1/balance_values/cement", "-1"),
    fault(9, "DATE_AFTER_AS_OF", "/years/0/submissions/0/date", FUTURE),
    fault(10, "DATE_AFTER_AS_OF", "/years/1/submissions/0/date", FUTURE),
    fault(11, "DATE_AFTER_AS_OF", "/trades/0/date", FUTURE),
    fault(12, "DATE_AFTER_AS_OF", "/applications/0/date", FUTURE),
    fault(13, "DUPLICATE_ID", "/years/1/submissions/0/id", "a"),
    fault(14, "DUPLICATE_ID", "/trades/1/id", "a"),
    fault(15, "DUPLICATE_ID", "/applications/0/id", "a"),
    (16, "INSUFFICIENT_HOLDING", "/trades/1", put("/trades/1/amount", 6)),
]


def pairs(operation: str, value: Json, faults: list[Fault]) -> list[tuple[str, Json, Fault, Fault]]:
    return [
        (operation, value, first, later)
        for first, later in itertools.combinations(faults, 2)
        if first[2] != later[2]
    ]


PAIRS = [
    *pairs("surrender", SURRENDER, SURRENDER_FAULTS),
    *pairs("settlement", settlement(year=2024), SETTLEMENT_FAULTS[::2]),
    *pairs("settlement", settlement(), SETTLEMENT_FAULTS[:2]),
    *pairs("cycle", CYCLE, CYCLE_FAULTS),
]


@pytest.mark.parametrize(
    ("operation", "value", "faults"),
    [("surrender", SURRENDER, SURRENDER_FAULTS), ("cycle", CYCLE, CYCLE_FAULTS)],
)
def test_each_fault_alone_is_found_and_without_one_there_is_none(
    operation: str, value: Json, faults: list[Fault]
) -> None:
    assert "output" in outcome(operation, value)
    for _, code, path, change in faults:
        wrong = copy.deepcopy(value)
        change(wrong)
        assert outcome(operation, wrong) == refusal(code, path)


@pytest.mark.parametrize(
    ("operation", "value", "first", "later"), PAIRS,
    ids=[f"{operation}: {first[2]} before {later[2]}" for operation, _, first, later in PAIRS],
)  # fmt: skip
def test_of_two_faults_the_earlier_is_found(
    operation: str, value: Json, first: Fault, later: Fault
) -> None:
    for one, two in ((first, later), (later, first)):
        wrong = copy.deepcopy(value)
        one[3](wrong)
        two[3](wrong)
        assert outcome(operation, wrong) == refusal(first[1], first[2])


def test_the_year_of_a_settlement_comes_before_its_arrears() -> None:
    """Arrears are judged against a year that is covered."""
    found = outcome("settlement", settlement(year=2023, arrears=1))
    assert found == refusal("YEAR_NOT_COVERED", "/year")


# --- the form: «depth-first over the input as given»


def turned(value: Json) -> Json:
    return dict(reversed(value.items()))


def test_of_two_faults_of_form_the_one_given_first_is_found() -> None:
    wrong = settlement(pre_allocated=-1, arrears="0")
    assert outcome("settlement", wrong) == form("/pre_allocated")
    assert outcome("settlement", turned(wrong)) == form("/arrears")


DEEP = surrender(own(5, DAY, vintage="2026", source="none"), own(-5, DAY), deducted=-1)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (DEEP, "/deducted"),
        (turned(DEEP), "/submissions/0/vintage"),
        ({**DEEP, "submissions": [turned(item) for item in DEEP["submissions"]], "deducted": 0},
         "/submissions/0/source"),
        ({**DEEP, "deducted": 0, "submissions": DEEP["submissions"][1:]}, "/submissions/0/amount"),
    ],
)  # fmt: skip
def test_the_form_is_judged_depth_first_as_given(value: Json, path: str) -> None:
    assert outcome("surrender", value) == form(path)


def test_what_is_missing_is_told_after_everything_present_in_the_object() -> None:
    value = surrender(own(5, DAY))
    del value["submissions"][0]["amount"]
    value["submissions"][0]["source"] = "none"
    assert outcome("surrender", value) == form("/submissions/0/source")
    value["submissions"][0]["source"] = "own"
    del value["year"]
    assert outcome("surrender", value) == form("/submissions/0/amount")
    value["submissions"][0]["amount"] = 5
    assert outcome("surrender", value) == form("/year")


@pytest.mark.parametrize("state", [{"2023": "fulfilled"}, {"2023": "fulfilled", "2024": None}])
def test_a_year_of_compliance_is_neither_missing_nor_null(state: Json) -> None:
    assert outcome("carry-over", carry_over(compliance=state)) == form("/compliance/2024")


def test_the_form_of_the_whole_comes_before_any_rule() -> None:
    """A year not covered is given first, a fault of form last."""
    value = {**surrender(own(5, FUTURE), year=2023), "as_of": "2026-02-30"}
    assert outcome("surrender", value) == form("/as_of")
    over = carry_over(application(5), application(5), holdings=[holding("2026", 1)])
    over["applications"][1]["id"] = "a"
    assert outcome("carry-over", over) == form("/holdings/0/vintage")
    over["holdings"] = []
    over["trades"] = [trade("sell", 5)]
    assert outcome("carry-over", over) == refusal("DUPLICATE_ID", "/applications/1/id")
