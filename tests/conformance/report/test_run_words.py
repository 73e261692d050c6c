"""A run report in words: the cause first, groups that add up, a reading named where it explains."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from rich.console import Console

from cets_conformance import json_text, published, runner, vectors
from cets_conformance.cli.run_terminal import print_run
from cets_conformance.diagnosis.combining import combine
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.report import run_html, run_markdown, sarif
from cets_conformance.report.run_words import RunWords
from cets_reference import DEFAULT, RuleError
from cets_reference import run as compute
from cets_reference.rule_set import RuleSet

Answer = Callable[[str, Mapping[str, Any]], dict[str, Any]]


def report_of(mistake: str) -> dict[str, Any]:
    rules = combine(*mistake.split("+")) if "+" in mistake else MISTAKES[mistake].rule_set
    return report_on(partial(answer_by, rules or DEFAULT))


def answer_by(rules: RuleSet, operation: str, value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"output": compute(operation, value, rule_set=rules)}
    except RuleError as error:
        return {"error": {"code": error.code, "path": error.path}}


def report_on(answer: Answer) -> dict[str, Any]:
    run = runner.run(runner.by_function(answer, "wrong"), runner.Plan(vectors.load()))
    diagnosis = runner.diagnose_run(run)
    run = runner.blame_run(run, diagnosis)
    return run.report(diagnosis, runner.fingerprint_run(run))


def missed(report: Mapping[str, Any]) -> list[str]:
    """Give the clause that each failing case is said to miss."""
    failed = [item for item in report["results"] if item["outcome"] == "fail"]
    return [item["first_difference"]["clause"] for item in failed]


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


@pytest.mark.parametrize("mistake", ["M-01", "M-21", "M-29", "M-50"])
def test_every_wrong_answer_that_a_mistake_gives_is_laid_to_the_clause_it_misreads(
    mistake: str,
) -> None:
    report = report_of(mistake)
    clause = MISTAKES[mistake].clause
    assert set(missed(report)) == {clause}
    rules = json_text.loads(sarif.render(report, "en"))["runs"][0]["results"]
    assert {item["ruleId"] for item in rules} == {clause}
    assert {group.clause for group in RunWords("en", report).groups(report)} == {clause}


def test_of_two_mistakes_each_answer_is_laid_to_the_one_that_gives_it() -> None:
    report = report_of("M-10+M-41")
    of_operation = {
        item["operation"]: item["first_difference"]["clause"]
        for item in report["results"]
        if item["outcome"] == "fail"
    }
    assert of_operation["allocation"] == MISTAKES["M-10"].clause
    assert of_operation["pre-allocation"] == MISTAKES["M-41"].clause


def test_where_no_mistake_is_known_it_is_the_clause_that_made_the_figure() -> None:
    """Whoever takes every unit by the other method misses A-1 in 2024, A-2 and A-6 in 2025."""
    other = {"equal": "intensity", "intensity": "equal", "none": "none"}

    def answer(operation: str, value: Mapping[str, Any]) -> dict[str, Any]:
        given = answer_by(DEFAULT, operation, value)
        if operation == "allocation" and "output" in given:
            given["output"] |= {"method": other[given["output"]["method"]]}
        return given

    report = report_on(answer)
    assert report["diagnosis"] == []
    years = {case.id: case.input["unit"]["year"] for case in vectors.load("allocation")}
    by_year = defaultdict(set)
    for item in report["results"]:
        if item["outcome"] == "fail":
            by_year[years[item["id"]]].add(item["first_difference"]["clause"])
            assert item["first_difference"]["clause"] != "A-6" or "A-6" in item["clauses"]
    assert by_year[2024] == {"A-1"}
    assert {"A-2", "A-6"} <= by_year[2025]
    assert "A-1" not in by_year[2025]


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


@pytest.mark.parametrize(
    ("language", "level", "label"),
    [
        ("zh", "完整级，仅排放量换算 emissions", "未选入"),
        ("en", "full, emissions only", "Not selected"),
    ],
)
def test_a_part_is_announced_as_a_part_and_what_was_not_run_is_counted(
    language: Any, level: str, label: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = vectors.load()
    connect = runner.by_function(partial(answer_by, DEFAULT), "right")
    plan = runner.Plan(cases, operations=["emissions"])
    report = runner.run(connect, plan).report()
    published.validator("run-report").validate(report)
    left = len(cases) - len(report["results"])
    assert report["unselected"] == left
    print_run(Console(width=200), report, language)
    terminal = capsys.readouterr().out
    page = visible(run_html.render(report, language))
    markdown = run_markdown.render(report, language)
    assert level in terminal.splitlines()[1]
    assert f"{label} {left}" in terminal
    assert page.count(level) == 3
    assert re.search(rf"{label}\s+{left}", page)
    assert level in markdown.splitlines()[2]
    whole = runner.run(connect, runner.Plan(cases)).report()
    assert "unselected" not in whole
    assert label not in visible(run_html.render(whole, language))


def visible(text: str) -> str:
    """Leave style and markup out."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<style.*?</style>", "", text))
