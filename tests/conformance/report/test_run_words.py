"""A run report in words: the cause first, groups that add up, a reading named where it explains."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from cets_conformance import runner, vectors
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.report import run_html, run_markdown
from cets_conformance.report.run_words import RunWords
from cets_reference import RuleError
from cets_reference import run as compute


def report_of(mistake: str) -> dict[str, Any]:
    def answer(operation: str, value: Mapping[str, Any]) -> dict[str, Any]:
        try:
            rules = MISTAKES[mistake].rule_set
            return {"output": compute(operation, value, rule_set=rules)}
        except RuleError as error:
            return {"error": {"code": error.code, "path": error.path}}

    run = runner.run(runner.by_function(answer, "wrong"), runner.Plan(vectors.load()))
    return run.report(runner.diagnose_run(run), runner.fingerprint_run(run))


def diagnosis(language: Any, mistake: str) -> Any:
    report = report_of(mistake)
    return RunWords(language, report).diagnosis(report)


@pytest.mark.parametrize(
    ("language", "says"), [("en", "conforms under reading rounding=unit_floor"), ("zh", "全部符合")]
)
def test_a_mistake_that_is_a_reading_is_said_to_conform_under_it(language: Any, says: str) -> None:
    lines = diagnosis(language, "M-02")
    assert len(lines) == 1
    assert says in lines[0]
    assert not any(says in line for line in diagnosis(language, "M-01"))


@pytest.mark.parametrize("mistake", ["M-10", "M-52", "M-21"])
def test_the_groups_hold_every_failing_case_once_the_largest_first(mistake: str) -> None:
    report = report_of(mistake)
    groups = RunWords("en", report).groups(report)
    ids = [item["id"] for group in groups for item in group.items]
    failed = [item["id"] for item in report["results"] if item["outcome"] == "fail"]
    assert sorted(ids) == sorted(failed)
    sizes = [len(group.items) for group in groups]
    assert sizes == sorted(sizes, reverse=True)
    for group in groups:
        assert {item["first_difference"].get("symbol", "") for item in group.items} == {
            group.symbol
        }


def test_a_cause_that_explains_all_stands_without_those_that_do_not() -> None:
    report = report_of("M-10")
    part = {"mistake": "M-14", "explains": 1, "of": 55, "contradicted": 54, "clauses": ["A-4"]}
    whole = report | {"diagnosis": [*report["diagnosis"], part]}
    assert len(RunWords("en", whole).causes(whole)) == 1
    alone = report | {"diagnosis": [part]}
    assert len(RunWords("en", alone).causes(alone)) == 1


@pytest.mark.parametrize("render", [run_html.render, run_markdown.render])
def test_the_report_of_an_exam_speaks_of_questions(render: Any) -> None:
    report = report_of("M-10")
    exam = {**report, "exam": {}}
    assert "用例" in render(report, "zh")
    assert "考题" not in render(report, "zh")
    assert "考题" in render(exam, "zh")
    assert "用例" not in render(exam, "zh")
    assert "question" in render(exam, "en")
    assert not re.search(r"\bcases?\b", visible(render(exam, "en")))


def visible(text: str) -> str:
    """Leave style and markup out."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<style.*?</style>", "", text))
