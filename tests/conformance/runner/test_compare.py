"""The comparator: exact for results, within 1e-9 for intermediates, first difference first."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from tests.conformance.runner.fixtures import CASES, UNIT, answer

from cets_conformance import json_text, published
from cets_conformance.runner import agree, compare

RIGHT = answer("allocation", {"unit": UNIT, "balance_value": "0.86"})
EXAMPLES = published.data_folder() / "schemas" / "v1" / "examples" / "valid"
SURRENDER = {
    "output": json_text.loads(
        (EXAMPLES / "surrender-output" / "ccer-above-its-limit.json").read_bytes()
    )
}


def changed(**fields: Any) -> dict[str, Any]:
    return {"output": RIGHT["output"] | fields}


@pytest.mark.parametrize("item", CASES, ids=[item.id for item in CASES])
def test_what_the_reference_answers_agrees_with_itself(item: Any) -> None:
    assert agree(item.operation, item.expected, copy.deepcopy(item.expected))


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"allowance": 1004650}, "/allowance", "value"),
        ({"allowance": Decimal("1004651.0")}, "/allowance", "type"),
        ({"allowance": 1004651.0}, "/allowance", "type"),
        ({"allowance": "1004651"}, "/allowance", "type"),
        ({"allowance": None}, "/allowance", "type"),
        ({"covered": 1}, "/covered", "type"),
        ({"covered": "true"}, "/covered", "type"),
        ({"reason": "NEW_UNIT"}, "/reason", "type"),
        ({"intensity": None}, "/intensity", "type"),
        ({"intensity": Decimal("0.833333333333")}, "/intensity", "type"),
        ({"intensity": "8.33333333333e-1"}, "/intensity", "value"),
        ({"intensity": "0.833333334334"}, "/intensity", "value"),
        ({"benchmark": 1}, "/benchmark", "unknown"),
        ({"a/b~": 1}, "/a~1b~0", "unknown"),
        ({"surplus": 1, "covered": False}, "/covered", "value"),
    ],
)
def test_the_first_difference_is_named(fields: dict[str, Any], field: str, reason: str) -> None:
    found = compare("allocation", RIGHT, changed(**fields))
    assert found is not None
    assert (found.field, found.reason) == (field, reason)
    assert (found.clause is None) == (reason == "unknown")


@pytest.mark.parametrize(
    "intensity", ["0.833333333333", "0.8333333343330", "0.833333332333", "0.83333333333333333333"]
)
def test_an_intermediate_may_be_off_by_1e_9_and_no_more(intensity: str) -> None:
    assert compare("allocation", RIGHT, changed(intensity=intensity)) is None


def test_an_intermediate_may_be_left_out_a_result_may_not() -> None:
    output = dict(RIGHT["output"])
    del output["intensity"], output["coefficient"]
    assert compare("allocation", RIGHT, {"output": output}) is None
    del output["surplus"]
    found = compare("allocation", RIGHT, {"output": output})
    assert found is not None
    assert (found.field, found.reason) == ("/surplus", "missing")


def test_lists_are_walked_and_their_length_counts() -> None:
    found = copy.deepcopy(SURRENDER)
    found["output"]["submissions"][0]["accepted"] += 1
    first = compare("surrender", SURRENDER, found)
    assert first is not None
    assert (first.field, first.clause) == ("/submissions/0/accepted", "R-9")
    count = len(found["output"]["submissions"])
    found["output"]["submissions"] = []
    longer = compare("surrender", SURRENDER, found)
    assert longer is not None
    assert (longer.reason, longer.expected, longer.found) == ("length", count, 0)


@pytest.mark.parametrize(
    ("error", "field"),
    [
        ({"code": "X", "path": "/p"}, None),
        ({"code": "X"}, None),
        ({"code": "Y", "path": "/p"}, "/error/code"),
        ({"code": "X", "path": ""}, "/error/path"),
    ],
)
def test_a_refusal_agrees_by_its_code_and_by_its_place_where_it_gives_one(
    error: dict[str, str], field: str | None
) -> None:
    expected = {"error": {"code": "X", "path": "/p"}}
    found = compare("allocation", expected, {"error": error})
    assert (found.field if found else None) == field


def test_a_refusal_is_no_output_and_an_output_no_refusal() -> None:
    refusal = {"error": {"code": "X", "path": ""}}
    one, other = compare("scope", RIGHT, refusal), compare("scope", refusal, RIGHT)
    assert one is not None
    assert other is not None
    assert (one.reason, other.reason) == ("refused", "not_refused")
