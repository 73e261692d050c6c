"""Operations over HTTP: the output, its explanation, the operation's own error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cets_reference
from cets_conformance import direct, messages, published, refusals
from cets_service.problems import STATUS

UNIT = {
    "unit_id": "A-1",
    "sector": "cement",
    "year": 2025,
    "line_kind": "ordinary",
    "verified_emissions": "1000000",
    "output": "1200000",
}
INPUT = {"unit": UNIT, "balance_value": "0.86"}


def test_an_operation_answers_with_its_output(service):
    response = service.client.post("/api/v1/compute/allocation", json=INPUT)
    assert response.status_code == 200
    assert response.get_json() == direct.answer("allocation", INPUT)
    assert list(response.get_json()["output"]) == list(direct.answer("allocation", INPUT)["output"])


def test_an_explanation_is_given_where_it_is_asked_for(service):
    response = service.client.post("/api/v1/compute/allocation?explain=1", json=INPUT)
    assert response.get_json() == direct.explain("allocation", INPUT)
    published.validator("explanation").validate(response.get_json())


def test_a_reading_is_honoured(service):
    worked = {**INPUT, "unit": {**UNIT, "verified_emissions": "600000", "output": "650000"}}
    answers = {
        choice: service.client.post(
            f"/api/v1/compute/allocation?reading.rounding={choice}", json=worked
        ).get_json()["output"]["allowance"]
        for choice in ("unit_half_up", "unit_floor")
    }
    assert answers == {"unit_half_up": 593399, "unit_floor": 593398}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({}, "INVALID_INPUT", "/unit"),
        ({"unit": {**UNIT, "year": 2023}}, "YEAR_NOT_COVERED", "/unit/year"),
        ({"unit": UNIT}, "BALANCE_VALUE_REQUIRED", "/balance_value"),
        ({"unit": {**UNIT, "output": "0"}}, "OUTPUT_NOT_POSITIVE", "/unit/output"),
        ({"unit": {**UNIT, "unit_id": "\ud800"}}, "INVALID_INPUT", "/unit/unit_id"),
        (
            {"unit": {**UNIT, "verified_emissions": 1.5}},
            "INVALID_INPUT",
            "/unit/verified_emissions",
        ),
    ],
)
def test_a_refusal_carries_the_operations_own_error(
    service, is_problem, language, value, code, path
):
    response = service.client.post(
        "/api/v1/compute/allocation", json=value, headers={"Accept-Language": language}
    )
    problem = is_problem(response, 422, code)
    assert problem["path"] == path
    assert problem["error"]["path"] == path
    assert problem["error"].keys() == {"code", "path", "message", "clause"}
    assert problem["clause"] == problem["error"]["clause"]
    assert problem["detail"] == refusals.says(problem["error"], language)
    assert (problem["error"]["message"] == problem["detail"]) is (language == "en")


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("nothing", 404, "OPERATION_UNKNOWN"),
        ("allocation?explain=yes", 400, "PARAMETER_INVALID"),
        ("allocation?explian=1", 400, "PARAMETER_UNKNOWN"),
        ("allocation?reading.rounding=up", 400, "READING_UNKNOWN"),
        ("allocation?reading.nothing=up", 400, "READING_UNKNOWN"),
        ("allocation?reading.rounding=unit_floor&reading.rounding=unit_floor", 400, "FIELD_TWICE"),
    ],
)
def test_an_unknown_operation_or_parameter_is_said_to_be_so(
    service, is_problem, address, status, code
):
    is_problem(service.client.post(f"/api/v1/compute/{address}", json=INPUT), status, code)


def test_all_operations_are_listed_and_can_be_called(service):
    names = service.client.get("/api/v1/operations").get_json()["operations"]
    assert names == list(direct.operation_names())
    for name in names:
        assert service.client.post(f"/api/v1/compute/{name}", json={}).status_code == 422


def test_every_refusal_of_the_reference_has_a_title_in_both_languages():
    folder = Path(cets_reference.__file__).parent
    text = "\n".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    codes = set(re.findall(r'RuleError\(\s*"([A-Z_]+)"', text))
    assert len(codes) >= 10
    for code in codes:
        assert set(messages.entries()[f"service.refusal.{code}"]) == {"zh", "en"}


def test_every_kind_of_problem_says_what_it_is_and_what_to_do_in_both_languages():
    entries = messages.entries()
    said = {key.split(".")[2] for key in entries if key.startswith("service.problem.")}
    assert said == set(STATUS)
    for kind in STATUS:
        for part in ("title", "detail"):
            assert all(entries[f"service.problem.{kind}.{part}"].values())
