"""``cets compute``, ``rules`` and ``sample``: answers, refusals and exit codes; and the process."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from cets_conformance import published
from cets_conformance.cli import cets

from ..conftest import Run

CONFORMS, DOES_NOT, UNCHECKED = 0, 1, 2
CJK = re.compile(r"[\u4e00-\u9fff]")

UNIT = {
    "unit_id": "L1",
    "sector": "cement",
    "year": 2025,
    "line_kind": "ordinary",
    "verified_emissions": "1000000",
    "output": "1200000",
}


def given(tmp_path: Path, value: Any) -> Path:
    target = tmp_path / "input.json"
    target.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return target


def test_compute_answers(run: Run, tmp_path: Path) -> None:
    value = {"unit": UNIT, "balance_value": "0.86"}
    ran = run("compute", "allocation", given(tmp_path, value))
    assert ran.code == CONFORMS
    answer = json.loads(ran.out)
    assert list(answer)[:3] == ["covered", "reason", "method"]
    assert (answer["allowance"], answer["obligation"], answer["surplus"]) == (
        1004651,
        1000000,
        4651,
    )
    published.validator("allocation-output").validate(answer)


def test_compute_honours_readings_and_explains(run: Run, tmp_path: Path) -> None:
    unit = UNIT | {"verified_emissions": "600000", "output": "650000"}
    source = given(tmp_path, {"unit": unit, "balance_value": "0.86"})
    ran = run("compute", "allocation", source, "--reading", "rounding=unit_floor")
    assert json.loads(ran.out)["allowance"] == 593398
    explained = run("compute", "allocation", source, "--explain")
    assert explained.code == CONFORMS
    published.validator("explanation").validate(json.loads(explained.out))
    assert json.loads(explained.out)["output"]["allowance"] == 593399


@pytest.mark.parametrize("explain", [[], ["--explain"]])
def test_a_refusal_by_the_rules_is_code_one_with_the_error(
    run: Run, tmp_path: Path, explain: list[str]
) -> None:
    ran = run("compute", "allocation", given(tmp_path, {"unit": UNIT}), *explain)
    assert ran.code == DOES_NOT
    error = json.loads(ran.out)["error"]
    assert (error["code"], error["path"]) == ("BALANCE_VALUE_REQUIRED", "/balance_value")
    assert set(error) == {"code", "path", "message", "clause"}


def test_a_refusal_is_said_in_chinese_beside_the_answer(run: Run, tmp_path: Path) -> None:
    source = given(tmp_path, {"unit": UNIT | {"output": 1.5}})
    english, chinese = (run("compute", "allocation", source, "--lang", it) for it in ("en", "zh"))
    assert chinese.out == english.out, "programs read the same whoever asks"
    assert english.err == ""
    assert chinese.err.startswith("/unit/output：应为十进制数字符串")
    assert "而非数值 1.5（INVALID_INPUT，条款 Q-2）" in chinese.err


@pytest.mark.parametrize("value", [[], "text", 5, None])
def test_json_that_is_no_object_is_refused_by_the_rules(
    run: Run, tmp_path: Path, value: Any
) -> None:
    ran = run("compute", "scope", given(tmp_path, json.dumps(value)))
    assert ran.code == DOES_NOT
    assert json.loads(ran.out)["error"]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", "NOT_JSON"), ("", "NOT_JSON"), ('{"a":1,"a":2}', "DUPLICATE_KEY"), ("NaN", "NOT_JSON")],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_no_json_is_code_two(
    run: Run, tmp_path: Path, text: str, code: str, language: str
) -> None:
    ran = run("compute", "scope", given(tmp_path, text), "--lang", language)
    assert (ran.code, ran.out) == (UNCHECKED, "")
    assert code in ran.err
    assert bool(CJK.search(ran.err)) == (language == "zh")


@pytest.mark.parametrize(
    "arguments",
    [["compute"], ["compute", "nothing"], ["compute", "scope", "missing.json"], ["fly"]],
)
def test_usage_errors_are_code_two(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == UNCHECKED
    assert ran.err


def test_compute_reads_standard_input_through_the_installed_command() -> None:
    command = [sys.executable, "-c", "from cets_conformance.cli import main; main()"]
    command += ["compute", "emissions"]
    for arguments in ([], ["-"]):
        done = subprocess.run(
            command + arguments,
            input=b'{"gases": {"co2": "1", "cf4": "0.5", "c2f6": "0"}}',
            capture_output=True,
            check=False,
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        assert done.returncode == CONFORMS
        assert json.loads(done.stdout) == {"verified_emissions": "3316"}


@pytest.mark.parametrize(("command", "seldom"), [("compute", True), ("serve", False)])
def test_garbage_is_looked_for_as_ever_in_a_command_that_lasts(command: str, seldom: bool) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700)
        assert cets.get_command(click.Context(cets), command)
        assert (gc.get_threshold()[0] > 700) == seldom
    finally:
        gc.set_threshold(*before)


def test_nobody_looks_for_garbage_when_a_command_ends() -> None:
    """What was asked for before, such as to save what a test covered, is done nevertheless."""
    script = (
        "import atexit, gc, sys\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 1000))\n"
        "sys.argv = ['cets', 'compute', 'nothing']\n"
        "from cets_conformance.cli import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (UNCHECKED, b"True")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_rules_are_listed_with_basis_and_readings(run: Run, language: str) -> None:
    ran = run("rules", "list", "--lang", language)
    assert ran.code == CONFORMS
    for part in ("A-4", "B-1", "C-8", "Q-1", "S-8", "rounding", "unit_half_up", "carry_fraction"):
        assert part in ran.out
    assert ("原文载明" in ran.out) == (language == "zh")
    assert bool(CJK.search(ran.out)) == (language == "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rule_is_shown_with_its_figures_sources_and_functions(run: Run, language: str) -> None:
    ran = run("rules", "show", "a-4", "--lang", language)
    assert ran.code == CONFORMS
    for part in ("A-4", "0.15", "0.03", "0.2", "compute_coefficient"):
        assert part in ran.out
    assert ("A positive α means" in ran.out) == (language == "en")


def test_every_clause_can_be_shown_and_another_is_refused(run: Run) -> None:
    exported = json.loads(run("rules", "export").out)
    for clause in exported["clauses"]:
        ran = run("rules", "show", clause["id"])
        assert (ran.code, ran.err) == (CONFORMS, "")
    refused = run("rules", "show", "Z-1")
    assert refused.code == UNCHECKED
    assert "Z-1" in refused.err


def test_the_export_is_the_whole_rule_set(run: Run) -> None:
    exported = json.loads(run("rules", "export").out)
    assert exported["ruleset"] == "cn-industry-2024-2025"
    assert {reading["id"] for reading in exported["readings"]} >= {"rounding", "steel_base"}
    parts = {"sources", "clauses", "parameters", "readings", "operations", "ruleset", "version"}
    assert set(exported) == parts


def test_a_sample_is_made_and_what_was_planted_is_written(run: Run) -> None:
    arguments = ["--year", "2025", "--rate", "0.01", "--planted", "p.json", "-o", "s.csv"]
    ran = run("sample", "national", *arguments, "--lang", "zh", "--encoding", "gb18030")
    assert (ran.code, ran.out) == (CONFORMS, "")
    assert "1291" in ran.err
    assert "13" in ran.err
    planted = json.loads(Path("p.json").read_bytes())
    assert len(planted) == 13
    assert Path("s.csv").read_bytes().decode("gb18030").startswith("年度,省份")
    checked = run("check", "s.csv", "--rows", "all", "--report", "r.json")
    assert checked.code == DOES_NOT
    report = json.loads(Path("r.json").read_bytes())
    (ten,) = [finding for finding in report["findings"] if finding["check"] == "T-10"]
    assert {(row["row"], row["found"], row["expected"]) for row in ten["rows"]} == {
        (row["row"], row["planted"], row["right"]) for row in planted
    }


def test_a_sample_is_made_under_a_reading(run: Run) -> None:
    reading = ["--reading", "excluded_unit_obligation=verified_emissions"]
    assert run("sample", "national", "--year", "2025", *reading, "-o", "s.csv").code == CONFORMS
    assert run("check", "s.csv").code == DOES_NOT
    assert run("check", "s.csv", *reading).code == CONFORMS


@pytest.mark.parametrize(
    "arguments",
    [
        ["--year", "2023", "-o", "s.csv"],
        ["--year", "2025"],
        ["--year", "2025", "-o", "s.txt"],
        ["--year", "2025", "-o", "missing/s.csv"],
        ["--year", "2025", "-o", "missing/s.xlsx"],
        ["--year", "2025", "-o", "missing/s.parquet"],
        ["--year", "2025", "-o", "s.csv", "--planted", "missing/p.json"],
        ["--year", "2025", "-o", "s.csv", "--rate", "much"],
        ["--year", "2025", "-o", "s.csv", "--rate", "1/0"],
        ["--year", "2025", "-o", "s.csv", "--rate", "2"],
        ["--year", "2025", "-o", "s.csv", "--reading", "rounding=up"],
        ["--year", "2025", "-o", "s.csv", "--mistake", "M-99"],
        ["--year", "2025", "-o", "s.csv", "--mistake", "M-10", "--kind", "pre-allocation"],
        ["--year", "2025", "-o", "s.csv", "--mistake", "M-22", "--rate", "0.9"],
    ],
)
def test_a_sample_that_cannot_be_made_is_code_two(
    run: Run, tmp_path: Path, arguments: list[str]
) -> None:
    ran = run("sample", "national", *arguments)
    assert ran.code == UNCHECKED
    assert "defect of ours" not in ran.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["--help"], ["check", "-h"], ["--version"], ["rules", "-h"]])
def test_help_and_version_are_code_zero(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 0
    assert ran.out
