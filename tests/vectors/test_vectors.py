"""The golden vectors: reproducible, whole, right under every reading, and strong."""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

import pytest

from cets_conformance import direct, json_text, published
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.vectors import Case, expected_for, files, load, load_mistakes
from cets_conformance.vectors.cases import drafts
from cets_conformance.vectors.filling import differs, exposed_mistakes
from cets_conformance.vectors.model import Draft
from cets_reference import run

CASES = load()
FOLDER = published.data_folder() / "vectors"
READINGS = {item["id"]: item["choices"] for item in direct.rules()["readings"]}
CODES = {
    "INVALID_INPUT": {*direct.operation_names()},
    "YEAR_NOT_COVERED": {*direct.operation_names()} - {"emissions", "amendment", "carry-over"},
    "SECTOR_MISMATCH": {"balance"},
    "YEAR_MISMATCH": {"balance", "enterprise-allocation", "cycle"},
    "EMISSIONS_MISMATCH": {
        "scope",
        "balance",
        "allocation",
        "enterprise-allocation",
        "pre-allocation",
        "cycle",
    },
    "DUPLICATE_UNIT": {"balance", "enterprise-allocation", "cycle"},
    "PROCESS_EXCEEDS_ENTERPRISE": {"balance", "allocation", "enterprise-allocation", "cycle"},
    "OUTPUT_NOT_POSITIVE": {"balance", "allocation", "enterprise-allocation", "cycle"},
    "BALANCE_VALUE_REQUIRED": {"allocation", "enterprise-allocation", "cycle"},
    "BALANCE_VALUE_NOT_POSITIVE": {"allocation", "enterprise-allocation", "cycle"},
    "NO_INTENSITY_UNITS": {"balance"},
    "ARREARS_NOT_APPLICABLE": {"settlement"},
    "DATE_AFTER_AS_OF": {"surrender", "cycle"},
    "DUPLICATE_ID": {"surrender", "carry-over", "cycle"},
    "DEDUCTION_NOT_APPLICABLE": {"surrender"},
    "INSUFFICIENT_HOLDING": {"cycle"},
}
"""Every error code of the contract and the operations that can give it."""


@cache
def authored() -> dict[str, Draft]:
    return {
        draft.id: draft for operation in direct.operation_names() for draft in drafts(operation)
    }


def expectation(operation: str, value: Any, readings: dict[str, str]) -> dict[str, Any]:
    answer = direct.answer(operation, value, readings)
    if "error" in answer:
        return {"error": {name: answer["error"][name] for name in ("code", "path")}}
    return answer


def values_of(node: Any, field: str) -> Iterator[Any]:
    if isinstance(node, dict):
        for name, item in node.items():
            if name == field:
                yield item
            yield from values_of(item, field)
    elif isinstance(node, list):
        for item in node:
            yield from values_of(item, field)


@cache
def made() -> dict[str, bytes]:
    return files.make_files()


def test_committed_files_are_what_fill_gives_byte_for_byte() -> None:
    for path, data in made().items():
        assert FOLDER.joinpath(*path.split("/")).read_bytes() == data, path


def test_no_file_is_there_that_the_manifest_does_not_list() -> None:
    ruleset = direct.rules()["ruleset"]
    there = {f"{ruleset}/{item.name}" for item in (FOLDER / ruleset).iterdir()}
    assert there == {path for path in made() if path.startswith(ruleset)}


def test_every_file_fits_its_schema() -> None:
    for path, data in made().items():
        name = path.removesuffix(".json") if "/" not in path else "vector"
        published.validator(name).validate(json_text.loads(data))


def test_manifest_counts_and_hashes_are_those_of_the_committed_files() -> None:
    manifest = json_text.loads((FOLDER / "manifest.json").read_bytes())
    assert manifest["reference"] == direct.version()
    assert [entry["operation"] for entry in manifest["files"]] == list(direct.operation_names())
    for entry in [*manifest["files"], manifest["mistakes"]]:
        data = FOLDER.joinpath(*entry["path"].split("/")).read_bytes()
        assert entry["sha256"] == sha256(data).hexdigest()
        if "cases" in entry:
            assert entry["cases"] == len(json_text.loads(data)["cases"])


def test_files_are_canonical() -> None:
    for path, data in made().items():
        value = json_text.loads(data)
        assert json_text.dumps(value, pretty=True, sort_keys=True).encode() == data, path


def test_ids_are_unique_well_formed_and_begin_with_their_operation() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
    for case in CASES:
        assert re.fullmatch(r"[a-z-]+/[a-z0-9]+(-[a-z0-9]+)*", case.id)
        assert case.id.split("/")[0] == case.operation


def test_no_two_cases_ask_the_same() -> None:
    asked = [(case.operation, json_text.dumps(case.input)) for case in CASES]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_case_is_described_in_one_sentence_in_both_languages(case: Case) -> None:
    assert re.fullmatch(r"\S.{6,}\.", case.description["en"])
    assert re.search("[\u4e00-\u9fff]", case.description["zh"])
    assert case.description["zh"].endswith("。")
    known = {item["id"] for item in direct.rules()["clauses"]}
    assert case.clauses
    assert set(case.clauses) <= known


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_is_expected_of_every_operation_that_gives_it(code: str) -> None:
    found = {case.operation for case in CASES if case.expected.get("error", {}).get("code") == code}
    assert found == CODES[code]


def test_no_case_expects_another_code() -> None:
    found = {case.expected["error"]["code"] for case in CASES if "error" in case.expected}
    assert found == set(CODES)


@pytest.mark.parametrize(
    ("field", "definition"),
    [
        ("reason", "exclusion_reason"),
        ("reason", "submission_refusal"),
        ("reason", "application_refusal"),
        ("method", "method"),
        ("status", "surrender_status"),
    ],
)
def test_every_word_an_answer_may_hold_is_in_one(field: str, definition: str) -> None:
    words = next(values_of(published.schema("common")["$defs"][definition], "enum"))
    found = {word for case in CASES for word in values_of(case.expected, field)}
    assert set(words) <= found


@pytest.mark.parametrize("clause", [item["id"] for item in direct.rules()["clauses"]])
def test_every_clause_has_a_case(clause: str) -> None:
    assert any(clause in case.clauses for case in CASES)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_exposed_by_a_case_that_is_no_cycle(mistake: str) -> None:
    exposing = [case for case in CASES if mistake in case.mistakes]
    assert any(case.operation != "cycle" for case in exposing)


def test_a_variant_answers_otherwise_exactly_where_its_mistake_is_exposed() -> None:
    """Held apart from how ``fill`` finds it: every variant is run as a system."""
    chance = random.Random(7)
    for case in chance.sample(CASES, 60):
        for name, mistake in MISTAKES.items():
            try:
                found = {"output": run(case.operation, case.input, rule_set=mistake.rule_set)}
            except Exception as error:  # noqa: BLE001  (a variant may break down in any way)
                found = {"error": {"code": getattr(error, "code", None)}}
                found["error"]["path"] = getattr(error, "path", None)
            assert (name in case.mistakes) == differs(case.operation, found, case.expected)


def test_the_rules_themselves_expose_nothing() -> None:
    """What the right answer differs from is itself in no case."""
    for case in CASES:
        assert not differs(case.operation, case.expected, dict(case.expected))


def test_an_intermediate_within_a_thousand_millionth_exposes_nothing_a_result_does() -> None:
    case = next(item for item in CASES if item.id == "allocation/cement-cleaner")
    near = dict(case.expected["output"]) | {"deviation": "0.031007752900"}
    far = dict(case.expected["output"]) | {"deviation": "0.031007754939"}
    wrong = dict(case.expected["output"]) | {"allowance": 1004652}
    text = dict(case.expected["output"]) | {"allowance": "1004651"}
    assert not differs("allocation", {"output": near}, case.expected)
    for output in (far, wrong, text):
        assert differs("allocation", {"output": output}, case.expected)
    assert exposed_mistakes("allocation", case.input, case.expected) == list(case.mistakes)


def test_every_case_exposes_a_mistake_or_guards_something_named() -> None:
    for case in CASES:
        assert case.mistakes or authored()[case.id].guards, case.id


def test_every_choice_of_every_reading_changes_a_case() -> None:
    wanted = {(name, choice) for name, choices in READINGS.items() for choice in choices[1:]}
    found = {
        pair
        for case in CASES
        for entry in case.readings
        if len(entry["when"]) == 1
        for pair in entry["when"].items()
    }
    assert found == wanted


def test_under_random_readings_the_expectation_is_what_the_reference_gives() -> None:
    chance = random.Random(24)
    for _ in range(12):
        declared = {name: chance.choice(choices) for name, choices in READINGS.items()}
        for case in CASES:
            expected = expected_for(case, declared)
            assert expected == expectation(case.operation, case.input, declared), case.id


def test_readings_declared_at_their_default_change_nothing() -> None:
    declared = {name: choices[0] for name, choices in READINGS.items()}
    for case in CASES:
        assert expected_for(case, declared) == case.expected == expected_for(case, {})


def test_there_is_never_more_than_one_largest_entry() -> None:
    for case in CASES:
        for entry in case.readings:
            for other in case.readings:
                both = entry["when"] | other["when"]
                if all(both[name] == choice for name, choice in entry["when"].items()):
                    assert any(third["when"] == both for third in case.readings), case.id


def test_the_whole_set_runs_in_this_process_in_no_time() -> None:
    started = time.process_time()
    for case in CASES:
        expectation(case.operation, case.input, {})
    spent = time.process_time() - started
    sys.stdout.write(f"{len(CASES)} cases in {spent:.2f} s\n")
    assert spent < 4


def test_mistakes_are_listed_with_texts_in_both_languages() -> None:
    listed = load_mistakes()
    assert [item["id"] for item in listed] == list(MISTAKES)
    for item in listed:
        mistake = MISTAKES[item["id"]]
        assert (item["clause"], item.get("reading")) == (mistake.clause, mistake.reading)
        assert item["text"]["en"].endswith(".")
        assert item["text"]["zh"].endswith("。")


def test_inputs_refused_by_form_are_refused_by_the_schema_and_others_not() -> None:
    """Save what no schema can say: two dates of which one must come first."""
    beyond = {
        "surrender/registered-after-submission",
        "cycle/advance-on-the-day-of-issue",
        "cycle/advance-after-the-issue",
    }
    for case in CASES:
        form = case.expected.get("error", {}).get("code") == "INVALID_INPUT"
        valid = published.validator(f"{case.operation}-input").is_valid(case.input)
        assert valid is not form or case.id in beyond, case.id


def test_expected_outputs_fit_the_schemas() -> None:
    for case in CASES:
        for expected in (case.expected, *(entry["expected"] for entry in case.readings)):
            if "output" in expected:
                published.validator(f"{case.operation}-output").validate(expected["output"])


def test_no_case_depends_on_the_order_of_keys() -> None:
    """A reader may keep keys in any order: reversed, every answer is the same."""
    for case in CASES:
        assert expectation(case.operation, turned(case.input), {}) == case.expected, case.id


def turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value
