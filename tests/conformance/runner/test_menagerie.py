"""Systems that lie: each earns its own outcome and exit code, in bounded time, with no orphan."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.conformance.runner.fixtures import CASES, command

from cets_conformance import published
from cets_conformance.runner import Plan, Run, by_command, run

ALL = len(CASES)


def put(way: str, folder: Path, timeout: float = 3.0, **plan: object) -> Run:
    """Run a system of the menagerie and hold what came of it against the schema."""
    begun = time.monotonic()
    outcome = run(by_command(command(way, folder)), Plan(cases=CASES, timeout=timeout, **plan))  # type: ignore[arg-type]
    assert time.monotonic() - begun < 5
    report = outcome.report()
    published.validator("run-report").validate(report)
    assert sum(report["counts"].values()) == len(report["results"]) == ALL
    for row in report["ledger"]:
        told = sum(row[name] for name in report["counts"])
        assert told == row["cases"] == sum(row["clause"] in item.clauses for item in CASES)
    return outcome


def codes(outcome: Run) -> set[str]:
    return {item.remark.code for item in outcome.results if item.remark}


@pytest.mark.parametrize(
    "way", ["honest", "stderr_noise", "never_stops", "results_only", "grandchild"]
)
def test_a_right_system_conforms_whatever_its_manners(way: str, tmp_path: Path) -> None:
    outcome = put(way, tmp_path)
    assert outcome.verdict == "conforms"
    assert outcome.counts["pass"] == ALL


def test_no_process_outlives_the_run(tmp_path: Path) -> None:
    put("grandchild", tmp_path)
    time.sleep(0.2)
    mine = str(tmp_path).encode()
    alive = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mine in entry.read_bytes() and int(entry.parent.name) != os.getpid():
                alive.append(entry.parent.name)
        except OSError:  # it ended meanwhile
            continue
    assert alive == []


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("dies_at_start", "DIED"),
        ("hangs_at_start", "TIMED_OUT"),
        ("bom", "NOT_JSON"),
        ("protocol_two", "WRONG_PROTOCOL"),
        ("boolean_protocol", "NOT_A_MESSAGE"),
        ("other_rules", "WRONG_RULESET"),
        ("unknown_reading", "UNKNOWN_READING"),
    ],
)
def test_a_system_that_cannot_be_spoken_to_is_not_checked(
    way: str, code: str, tmp_path: Path
) -> None:
    outcome = put(way, tmp_path, timeout=1.0)
    assert [item.code for item in outcome.problems] == [code]
    assert outcome.counts["not_run"] == ALL
    assert outcome.verdict == "not_checked"


def test_a_command_that_does_not_exist_is_not_checked() -> None:
    outcome = run(by_command(["/nonexistent/adapter"]), Plan(cases=CASES))
    assert [item.code for item in outcome.problems] == ["NOT_STARTED"]
    assert outcome.verdict == "not_checked"


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("wrong_seq", "WRONG_SEQ"),
        ("float_seq", "NOT_A_MESSAGE"),
        ("text_seq", "NOT_A_MESSAGE"),
        ("boolean_seq", "NOT_A_MESSAGE"),
        ("without_seq", "NOT_A_MESSAGE"),
        ("refusal_with_result", "NOT_A_MESSAGE"),
        ("result_with_refusal", "NOT_A_MESSAGE"),
        ("echo", "NOT_A_MESSAGE"),
        ("neither", "NOT_A_MESSAGE"),
        ("null_output", "NOT_A_MESSAGE"),
        ("nan", "NOT_JSON"),
        ("invalid_utf8", "NOT_JSON"),
        ("double_key", "NOT_JSON"),
        ("list", "NOT_A_MESSAGE"),
        ("blank_line", "NOT_JSON"),
        ("prints_first", "NOT_JSON"),
        ("out_of_order", "TIMED_OUT"),
    ],
)
def test_a_broken_protocol_is_an_error_and_neither_a_pass_nor_a_refusal(
    way: str, code: str, tmp_path: Path
) -> None:
    outcome = put(way, tmp_path, timeout=0.4)
    assert codes(outcome) == {code}
    assert outcome.counts["error"] == ALL
    assert outcome.verdict == "not_checked"


@pytest.mark.parametrize(
    ("way", "code", "passed"),
    [
        ("dies_midway", "DIED", 3),
        ("half_a_line", "HALF_A_LINE", 3),
        ("hundred_megabytes", "LINE_TOO_LONG", 3),
        ("hangs", "TIMED_OUT", 3),
        ("late", "TIMED_OUT", 3),
    ],
)
def test_after_a_crash_the_system_is_started_again(
    way: str, code: str, passed: int, tmp_path: Path
) -> None:
    """Each breaks at its second question: every other case is lost, the others count."""
    outcome = put(way, tmp_path, timeout=0.6 if code == "TIMED_OUT" else 3.0)
    assert codes(outcome) == {code}
    assert (outcome.counts["pass"], outcome.counts["error"]) == (passed, ALL - passed)
    assert outcome.verdict == "not_checked"


def test_a_crash_tells_the_last_of_standard_error(tmp_path: Path) -> None:
    outcome = put("dies_midway", tmp_path)
    told = [str(item.remark.values["stderr"]) for item in outcome.results if item.remark]
    assert told == ["Segmentation fault, said the system"] * 2


def test_an_answer_given_twice_is_found_at_the_next_question(tmp_path: Path) -> None:
    outcome = put("twice", tmp_path)
    assert codes(outcome) <= {"WRONG_SEQ", "UNASKED"}
    assert outcome.counts["error"] >= 2
    assert outcome.verdict == "not_checked"


def test_what_is_said_unasked_at_the_end_falls_on_the_last_case(tmp_path: Path) -> None:
    outcome = put("speaks_at_the_end", tmp_path)
    assert outcome.results[-1].outcome == "error"
    assert codes(outcome) == {"UNASKED"}
    assert outcome.verdict == "not_checked"


@pytest.mark.parametrize(
    ("way", "field", "reason"),
    [
        ("float_tonnes", "/allowance", "type"),
        ("text_tonnes", "/allowance", "type"),
        ("true_for_one", "/allowance", "type"),
        ("number_intermediate", "/intensity", "type"),
        ("echo_inside", "/expected_allowance", "unknown"),
        ("without_result", "/surplus", "missing"),
        ("refuses_all", "/error", "refused"),
    ],
)
def test_a_wrong_answer_fails_and_nothing_is_coerced(
    way: str, field: str, reason: str, tmp_path: Path
) -> None:
    outcome = put(way, tmp_path)
    found = {
        (item.difference.field, item.difference.reason)
        for item in outcome.results
        if item.difference
    }
    assert (field, reason) in found
    assert outcome.verdict == "does_not_conform"


def test_a_refusal_is_judged_by_code_and_by_place_where_it_is_given(tmp_path: Path) -> None:
    outcome = put("refuses_all", tmp_path)
    refused = next(item for item in outcome.results if item.case.id == "allocation/refused")
    assert refused.difference is not None
    assert refused.difference.field == "/error/code"


def test_declining_is_no_pass(tmp_path: Path) -> None:
    outcome = put("skips", tmp_path)
    assert outcome.counts["skipped"] == ALL
    assert outcome.verdict == "not_checked"


def test_an_operation_that_is_not_offered_is_not_run_and_no_pass(tmp_path: Path) -> None:
    outcome = put("offers_one", tmp_path)
    assert (outcome.counts["pass"], outcome.counts["not_run"]) == (1, ALL - 1)
    assert codes(outcome) == {"OPERATION_NOT_OFFERED"}
    assert outcome.verdict == "not_checked"


def test_a_declared_reading_decides_what_is_expected(tmp_path: Path) -> None:
    floor = {"rounding": "unit_floor"}
    honest = by_command(command("declares_floor", tmp_path, floor))
    assert run(honest, Plan(cases=CASES)).verdict == "conforms"
    silent = by_command(command("honest", tmp_path, floor))
    assert run(silent, Plan(cases=CASES)).verdict == "does_not_conform"
    assert run(silent, Plan(cases=CASES, readings=floor)).verdict == "conforms"
    contradicted = run(honest, Plan(cases=CASES, readings={"rounding": "unit_half_up"}))
    assert [item.code for item in contradicted.problems] == ["READING_CONFLICT"]


def test_several_connections_give_what_one_gives(tmp_path: Path) -> None:
    for way in ("honest", "float_tonnes", "dies_at_start"):
        one, three = put(way, tmp_path), put(way, tmp_path, jobs=3)
        assert [item.outcome for item in one.results] == [item.outcome for item in three.results]
        assert one.verdict == three.verdict


def test_a_case_that_is_skipped_with_a_reason_is_no_pass_and_a_stale_entry_fails(
    tmp_path: Path,
) -> None:
    skips = {"allocation/one-tonne": "ticket 12"}
    wrong = put("true_for_one", tmp_path, skips=skips)
    by_id = {item.case.id: item for item in wrong.results}
    assert by_id["allocation/one-tonne"].outcome == "skipped"
    stale = put("honest", tmp_path, skips=skips)
    assert codes(stale) == {"STALE_SKIP"}
    assert stale.verdict == "does_not_conform"


def test_a_dead_system_is_given_up(tmp_path: Path) -> None:
    many = Plan(cases=CASES * 5, timeout=3)
    outcome = run(by_command(command("neither", tmp_path)), many)
    assert outcome.counts == {"pass": 0, "fail": 0, "error": 10, "skipped": 0, "not_run": 15}
    assert codes(outcome) == {"NOT_A_MESSAGE", "GAVE_UP"}
