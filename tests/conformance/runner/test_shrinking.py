"""The smallest input: it shows the same fault, it is minimal, and looking for it ends in time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.runner.fixtures import CASES, UNIT, case, command
from tests.conformance.runner.test_connections import server

from cets_conformance import cli, direct, published, vectors
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.runner import (
    Plan,
    Run,
    Smallest,
    by_command,
    by_function,
    by_http,
    compare,
    diagnose_run,
    run,
    shrink,
)
from cets_conformance.runner.simplifying import simplify
from cets_conformance.vectors.model import Case
from cets_reference import RuleError
from cets_reference import run as compute

ALL = vectors.load()
Output = Callable[[str, dict[str, Any]], None]


def variant(mistake: str) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    def answer(operation: str, value: Mapping[str, Any]) -> dict[str, Any]:
        try:
            rules = MISTAKES[mistake].rule_set
            return {"output": compute(operation, value, rule_set=rules)}
        except RuleError as error:
            return {"error": {"code": error.code, "path": error.path}}

    return answer


def wrong_by(change: Output) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    def answer(operation: str, value: Mapping[str, Any]) -> dict[str, Any]:
        given = direct.answer(operation, value)
        if "error" in given:
            return {"error": {name: given["error"][name] for name in ("code", "path")}}
        change(operation, given["output"])
        return given

    return answer


def found(function: Callable[..., Any], cases: Sequence[Case] = ALL) -> Smallest:
    connect = by_function(function, "wrong")
    smallest = shrink(connect, run(connect, Plan(cases)), seconds=30, timeout=5)
    assert smallest is not None
    return smallest


def size(value: Any) -> tuple[int, int]:
    text = json.dumps(value)
    return text.count(":"), len(text)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_smallest_input_of_every_listed_mistake_shows_it(mistake: str) -> None:
    """It is no larger than the case, still answered wrong, and by the rules it is well formed."""
    smallest = found(variant(mistake), [item for item in ALL if mistake in item.mistakes])
    begun = next(item for item in ALL if item.id == smallest.begun_from)
    right = direct.answer(smallest.operation, smallest.input)
    wrong = variant(mistake)(smallest.operation, smallest.input)
    assert smallest.complete
    assert size(smallest.input) <= size(begun.input)
    assert compare(smallest.operation, right, wrong) == smallest.difference
    if begun.expected.get("error", {}).get("code") != "INVALID_INPUT":
        assert right.get("error", {}).get("code") != "INVALID_INPUT"
        published.validator(f"{smallest.operation}-input").validate(smallest.input)


def test_a_threshold_is_found_to_the_tonne() -> None:
    def above_a_million(operation: str, output: dict[str, Any]) -> None:
        if operation == "allocation" and output["allowance"] > 1_000_000:
            output["allowance"] += 1

    smallest = found(wrong_by(above_a_million))
    assert smallest.difference.expected == 1_000_001
    assert set(smallest.input) == {"unit"}


def test_a_wrong_word_stays_the_same_wrong_word() -> None:
    """Three reasons hold; the one that was given wrong is kept, though the others would do."""
    unit = UNIT | {"listed": False, "commissioned_year": 2025, "closed_before_verification": True}

    def reworded(_operation: str, output: dict[str, Any]) -> None:
        output["reason"] = output["reason"] and "NO_CLINKER_LINE"

    smallest = smallest_of(wrong_by(reworded), "scope", {"unit": unit})
    assert smallest.difference.expected == "NOT_LISTED"
    assert smallest.input["unit"]["listed"] is False
    assert "commissioned_year" not in smallest.input["unit"]


def smallest_of(
    function: Callable[[str, Mapping[str, Any]], Mapping[str, Any]], operation: str, value: Any
) -> Smallest:
    """Reduce a case of our own."""
    connect = by_function(function, "wrong")
    outcome = run(connect, Plan([case("own", operation, value, "S-2")]))
    smallest = shrink(connect, outcome, seconds=30, timeout=5)
    assert smallest is not None
    return smallest


def test_an_input_that_must_be_refused_stays_one_that_is_refused_for_the_same_reason() -> None:
    """A system that refuses nothing is shown the year, not some input that is no unit at all."""

    def refuses_nothing(operation: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
        given = direct.answer(operation, value)
        return given if "output" in given else {"output": {}}

    smallest = smallest_of(refuses_nothing, "scope", {"unit": UNIT | {"year": 2026}})
    assert smallest.difference.expected == {"code": "YEAR_NOT_COVERED", "path": "/unit/year"}
    published.validator("scope-input").validate(smallest.input | {"unit": UNIT})


def test_where_tonnes_were_wrong_they_stay_wrong() -> None:
    """The first difference is an intermediate's; an input that moves no tonne is too small."""

    def wrong(operation: str, output: dict[str, Any]) -> None:
        output["intensity"] = "9"
        if output["allowance"] > 1000:
            output["allowance"] += 1

    value = {"unit": UNIT, "balance_value": "0.86"}
    smallest = smallest_of(wrong_by(wrong), "allocation", value)
    assert smallest.difference.field == "/intensity"
    right = direct.answer("allocation", smallest.input)["output"]
    assert right["allowance"] == 1001


def test_a_figure_is_preferred_to_a_point_of_form() -> None:
    """A system that checks no form and adds a tonne is shown the tonne."""

    def lenient(operation: str, value: Mapping[str, Any]) -> dict[str, Any]:
        given = direct.answer(operation, value)
        if given.get("error", {}).get("code") == "INVALID_INPUT":
            return {"output": {}}
        if operation == "emissions" and "output" in given:
            given["output"]["verified_emissions"] += "0"
        return given

    smallest = found(lenient)
    assert smallest.difference.field == "/verified_emissions"
    assert smallest.input == {"gases": {"co2": "0", "cf4": "0", "c2f6": "0"}}


def test_it_is_found_the_same_again() -> None:
    assert found(variant("M-34")) == found(variant("M-34"))


def test_nothing_is_sought_of_a_right_system_or_without_time() -> None:
    connect = by_function(direct.answer, "right")
    right = run(connect, Plan(CASES))
    assert shrink(connect, right, seconds=5, timeout=5) is None
    wrong = by_function(variant("M-10"), "wrong")
    assert shrink(wrong, run(wrong, Plan(ALL)), seconds=0, timeout=5) is None


def wrong_run(folder: Path) -> Run:
    """Run a system that is wrong; what then hangs in its place is the test's."""
    return run(by_command(command("true_for_one", folder)), Plan(CASES, timeout=5))


@pytest.mark.parametrize("way", ["hangs_at_start", "hangs", "dies_at_start", "neither"])
def test_no_system_outlives_the_time_given(way: str, tmp_path: Path) -> None:
    outcome = wrong_run(tmp_path)
    begun = time.monotonic()
    smallest = shrink(by_command(command(way, tmp_path)), outcome, seconds=0.5, timeout=60)
    assert time.monotonic() - begun < 2
    assert smallest is not None
    assert not smallest.complete
    assert smallest.input == next(c.input for c in CASES if c.id == smallest.begun_from)


def test_over_http_it_ends_in_time_as_well(tmp_path: Path) -> None:
    outcome = wrong_run(tmp_path)
    begun = time.monotonic()
    with server("hangs") as url:
        smallest = shrink(by_http(url), outcome, seconds=0.3, timeout=60)
    assert time.monotonic() - begun < 3
    assert smallest is not None
    assert not smallest.complete


def test_the_command_of_a_report_prints_the_right_answer_when_pasted(tmp_path: Path) -> None:
    smallest = found(variant("M-10")).as_json()
    assert smallest["command"].startswith("cets compute allocation <<'EOF'\n{")
    call = f"'{sys.executable}' -c 'from cets_conformance.cli import main; main()'"
    pasted = smallest["command"].replace("cets", call, 1)
    done = subprocess.run(["/bin/sh", "-c", pasted], capture_output=True, text=True, check=True)
    output = json.loads(done.stdout)
    assert (
        output[smallest["first_difference"]["field"][1:]]
        == (smallest["first_difference"]["expected"])
    )


def test_a_reading_stands_in_the_command() -> None:
    wrong = by_function(variant("M-10"), "wrong")
    outcome = run(wrong, Plan(ALL, readings={"steel_base": "main_processes"}))
    smallest = shrink(wrong, outcome, seconds=30, timeout=5)
    assert smallest is not None
    assert " --reading steel_base=main_processes <<'EOF'" in smallest.command


def test_simplifying_is_delta_debugging() -> None:
    """Only what the property needs is left, in its smallest form."""
    value = {
        "a": [5, 1200000, 7, {"deep": [1, 2, 3]}],
        "b": "2025-06-30",
        "when": "2025-06-30",
        "id": "unit-17",
    }

    def holds(candidate: Any) -> bool:
        items = candidate.get("a", ())
        return "when" in candidate and any(isinstance(i, int) and i > 41 for i in items)

    assert simplify(value, holds) == {"a": [42], "when": "2025-01-01"}


@pytest.mark.parametrize(("mistake", "operation"), [("M-10", "allocation"), ("M-52", "surrender")])
def test_the_run_command_reports_it_in_every_form(
    mistake: str, operation: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system = Path(__file__).parents[1] / "diagnosis" / "variant_system.py"
    reports = [tmp_path / f"run{suffix}" for suffix in (".json", ".html", ".md")]
    words = ["run", "--adapter", f"{sys.executable} {system} {mistake}", "--lang", "en"]
    code = cli.cets.main([*words, *(f"--report={file}" for file in reports)], standalone_mode=False)
    told = json.loads(reports[0].read_text("utf-8"))
    published.validator("run-report").validate(told)
    assert code == 1
    printed = capsys.readouterr().out
    assert told["smallest"]["command"] in printed
    for file in reports[1:]:
        assert f"cets compute {operation}" in file.read_text("utf-8")
    cli.cets.main([*words, "--shrink", "0", f"--report={reports[0]}"], standalone_mode=False)
    assert "smallest" not in json.loads(reports[0].read_text("utf-8"))


def test_the_diagnosis_still_names_the_mistake_of_the_smallest_input() -> None:
    """The reduced input exposes the very mistake that the whole run is explained by."""
    wrong = by_function(variant("M-22"), "wrong")
    outcome = run(wrong, Plan(ALL))
    assert diagnose_run(outcome)[0]["mistake"] == "M-22"
    smallest = found(variant("M-22"))
    assert smallest.input["unit"]["carbide_slag_rate"] == "0.15"
