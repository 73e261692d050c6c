"""The arithmetic fingerprint: read off the answers, whatever else is wrong with the system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cets_conformance import runner, vectors
from cets_conformance.diagnosis.arithmetic import WAYS
from cets_conformance.diagnosis.combining import combine
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.report.run_words import RunWords
from cets_reference import DEFAULT, RuleError, RuleSet
from cets_reference import run as compute

CASES = vectors.load()


def told(rules: RuleSet, **change: int) -> runner.Run:
    """Run a system under a rule set; ``change`` adds tonnes to fields of its answers."""

    def answer(operation: str, value: Mapping[str, Any]) -> dict[str, Any]:
        try:
            output = compute(operation, value, rule_set=rules)
        except RuleError as error:
            return {"error": {"code": error.code, "path": error.path}}
        for name, tonnes in change.items():
            if name in output:
                output[name] += tonnes
        return {"output": output}

    return runner.run(runner.by_function(answer, "wrong"), runner.Plan(CASES))


def certain(run: runner.Run) -> dict[str, list[str]]:
    """Give the ways that all telling answers speak for, by aspect."""
    found: dict[str, list[str]] = {}
    for item in runner.fingerprint_run(run):
        if item["agrees"] == item["of"]:
            found.setdefault(item["aspect"], []).append(item["way"])
    return found


def rules_of(way: str) -> RuleSet:
    return next(rules for ways in WAYS.values() for name, rules in ways if name == way)


@pytest.mark.parametrize("way", ["half_even", "floor", "up"])
def test_a_way_of_rounding_is_told(way: str) -> None:
    assert certain(told(rules_of(way)))["rounding"] == [way]


@pytest.mark.parametrize("way", ["four_decimals", "binary64", "binary32"])
def test_a_precision_is_told_from_every_other(way: str) -> None:
    assert certain(told(rules_of(way))) == {"rounding": ["half_up"], "precision": [way]}


@pytest.mark.parametrize("other", ["M-10", "M-14", "M-16", "M-41"])
def test_rounding_is_told_beside_a_mistake_in_the_rules(other: str) -> None:
    both = combine("M-01", other)
    assert both is not None
    ways = certain(told(both))
    assert ways.get("rounding") == (None if other == "M-16" else ["half_even"])
    assert "precision" not in ways or other == "M-41"


def test_where_the_figures_fit_no_way_nothing_is_said() -> None:
    assert certain(told(DEFAULT, allowance=7)) == {}
    assert runner.fingerprint_run(told(DEFAULT)) == []


def test_a_report_says_only_what_all_telling_answers_speak_for() -> None:
    run = told(MISTAKES["M-08"].rule_set)
    for language in ("zh", "en"):
        report = run.report(runner.diagnose_run(run), runner.fingerprint_run(run))
        words = RunWords(language, report)  # type: ignore[arg-type]
        said = words.arithmetic(report) or ""
        assert "binary32" in said
        assert "binary64" not in said
        assert words.arithmetic(run.report()) is None
