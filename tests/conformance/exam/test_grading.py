"""Grading and verifying: one report from the same files, and no other passes for it."""

from __future__ import annotations

import copy
from hashlib import sha256
from typing import Any

import pytest
from tests.conformance.exam.sitting import (
    ID,
    SEED,
    SYSTEM,
    full,
    one,
    reference,
    sat,
    seed,
    variant,
)

from cets_conformance import json_text, published
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.exam import ExamError, draw_exam, grade, redraw, verify_report

EXAM = one("carry-over")
RIGHT = sat(EXAM, reference())
WRONG = sat(EXAM, variant(MISTAKES["M-62"].rule_set))


def report(answers: bytes = RIGHT) -> dict[str, Any]:
    return grade(EXAM, answers, SYSTEM, SEED)


def test_the_report_of_an_exam_is_a_run_report_with_the_exam_and_its_seed() -> None:
    told = report()
    published.validator("run-report").validate(told)
    assert told["verdict"] == "conforms"
    assert told["implementation"] == SYSTEM
    assert told["exam"] == {
        **EXAM.document,
        "seed": SEED.hex(),
        "answers_sha256": sha256(RIGHT).hexdigest(),
    }
    assert told["counts"]["pass"] == len(EXAM.cases)


@pytest.mark.parametrize("mistake", ["M-01", "M-10", "M-28", "M-40", "M-56", "M-62"])
def test_a_wrong_system_is_told_its_mistake(mistake: str) -> None:
    exam = full()
    told = grade(exam, sat(exam, variant(MISTAKES[mistake].rule_set)), SYSTEM, SEED)
    assert told["verdict"] == "does_not_conform"
    first = told["diagnosis"][0]
    assert first["mistake"] == mistake
    assert (first["explains"], first["contradicted"]) == (first["of"], 0)


def test_a_system_that_declines_everything_is_not_checked() -> None:
    answers = sat(EXAM, lambda _operation, _value: {"skipped": True})
    told = report(answers)
    assert (told["verdict"], told["counts"]["skipped"]) == ("not_checked", len(EXAM.cases))


def test_answers_with_a_fault_of_form_are_not_graded() -> None:
    with pytest.raises(ExamError) as refused:
        report(RIGHT[:-40])
    assert refused.value.code == "ANSWERS_FORM"


def test_under_a_declared_reading_the_report_names_it() -> None:
    exam = one("carry-over", carry_fraction="half_up")
    told = grade(exam, sat(exam, reference(exam.readings)), SYSTEM, SEED)
    assert (told["verdict"], told["readings"]) == ("conforms", {"carry_fraction": "half_up"})


# --- verifying


def test_an_exam_drawn_again_from_document_and_seed_is_the_same() -> None:
    read = json_text.loads(json_text.dumps(dict(EXAM.document)))
    again = redraw(read, SEED)
    assert again.prompts == EXAM.prompts
    assert again.document == EXAM.document


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"commitment": "0" * 64}, "COMMITMENT"),
        ({"exam_id": "X-2"}, "COMMITMENT"),
        ({"generator": 2}, "OTHER_GENERATOR"),
        ({"manifest_sha256": "0" * 64}, "OTHER_VECTORS"),
        ({"versions": {"reference": "0.0.9", "conformance": "0.1.0"}}, "OTHER_REFERENCE"),
        ({"prompts": {"count": 1, "sha256": "0" * 64}}, "DOCUMENT"),
        ({"operations": ["settlement"]}, "DOCUMENT"),
        ({"readings": {"carry_fraction": "half_up"}}, "DOCUMENT"),
        ({"level": "none"}, "NOT_AN_EXAM"),
        ({"kind": None}, "NOT_AN_EXAM"),
    ],
)
def test_a_document_that_says_otherwise_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(ExamError) as refused:
        redraw({**EXAM.document, **change}, SEED)
    assert refused.value.code == code
    decided = {"COMMITMENT", "DOCUMENT"}
    assert refused.value.differs is (code in decided)


def test_another_seed_is_refused() -> None:
    with pytest.raises(ExamError) as refused:
        redraw(EXAM.document, seed(1))
    assert refused.value.code == "COMMITMENT"


@pytest.mark.parametrize("answers", [RIGHT, WRONG], ids=["right", "wrong"])
def test_a_published_report_comes_out_the_same_whatever_its_verdict(answers: bytes) -> None:
    told = json_text.loads(json_text.dumps(report(answers)))
    assert verify_report(EXAM, answers, SEED, told) == report(answers)


def test_a_report_by_a_later_release_of_the_checker_still_comes_out() -> None:
    told = report()
    told["versions"] = {**told["versions"], "conformance": "9.9.9"}
    verify_report(EXAM, RIGHT, SEED, told)


CHANGES: list[tuple[str, Any]] = [
    ("verdict", "conforms"),
    ("implementation", {"name": ""}),
    ("level", "allocation"),
    ("operations", []),
    ("counts", {"pass": 99}),
    ("results", []),
    ("ledger", []),
    ("diagnosis", []),
    ("problems", [{}]),
    ("ruleset", "other"),
    ("readings", {"rounding": "unit_floor"}),
    ("versions", {"reference": "9"}),
    ("remark", "passed with honours"),
]


@pytest.mark.parametrize(("field", "value"), CHANGES, ids=[field for field, _ in CHANGES])
def test_a_report_changed_anywhere_does_not_come_out(field: str, value: Any) -> None:
    told = {**report(WRONG), field: value}
    if field == "implementation":  # whose system it was, the files do not say: it is taken over
        assert verify_report(EXAM, WRONG, SEED, told)["implementation"] == value
        return
    with pytest.raises(ExamError) as refused:
        verify_report(EXAM, WRONG, SEED, told)
    assert (refused.value.code, refused.value.values["field"]) == ("REPORT", field)


@pytest.mark.parametrize("field", ["exam_id", "seed", "commitment"])
def test_a_report_of_another_exam_does_not_come_out(field: str) -> None:
    told = copy.deepcopy(report())
    told["exam"][field] = "0" * 64
    with pytest.raises(ExamError) as refused:
        verify_report(EXAM, RIGHT, SEED, told)
    assert refused.value.code == "REPORT"


def test_other_answers_than_were_graded_are_told_apart() -> None:
    with pytest.raises(ExamError) as refused:
        verify_report(EXAM, WRONG, SEED, report(RIGHT))
    assert refused.value.code == "OTHER_ANSWERS"


def test_answers_to_another_exam_answer_nothing() -> None:
    other = draw_exam(seed(1), ID, "full", ["carry-over"])
    with pytest.raises(ExamError) as refused:
        grade(other, RIGHT, SYSTEM, seed(1))
    assert refused.value.code == "ANSWERS_FORM"
