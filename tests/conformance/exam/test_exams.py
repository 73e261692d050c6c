"""What every exam holds: made again byte for byte, new figures, no listed mistake gets through."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from typing import Any

import pytest
from tests.conformance.exam.sitting import ID, SEED, full, one, reference, sat, seed, variant

from cets_conformance import direct, json_text, published, runner, vectors
from cets_conformance.diagnosis.combining import under
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.exam import Exam, ExamError, commit, draw_exam
from cets_conformance.exam.composing import THEMES, _figures
from cets_conformance.exam.drawing import Draw
from cets_conformance.vectors import Case, expected_for

NUMBERS = range(3)
"""Exams that are tried where something must hold for every one."""
READINGS = [
    (item["id"], choice) for item in direct.rules()["readings"] for choice in item["choices"][1:]
]


def is_refused(exam: Exam, case: Case, mistake: str) -> bool:
    """Tell whether a variant's answer to a question is wrong to the runner's comparator."""
    answer = variant(under(MISTAKES[mistake].rule_set, exam.readings))(case.operation, case.input)
    return not runner.agree(case.operation, expected_for(case, exam.readings), answer)


# --- the seed


def test_another_process_with_other_hashes_draws_the_same_bytes() -> None:
    script = (
        "import sys; from cets_conformance.exam import draw_exam\n"
        f"exam = draw_exam({SEED!r}, {ID!r}, 'full', ['surrender', 'balance'])\n"
        "sys.stdout.buffer.write(exam.prompts)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        check=True,
    )
    again = draw_exam(SEED, ID, "full", ["balance", "surrender"])
    assert done.stdout == again.prompts
    assert again.document["prompts"]["sha256"] == sha256(done.stdout).hexdigest()


def test_the_commitment_is_the_hash_of_seed_and_id() -> None:
    assert full().document["commitment"] == sha256(SEED + ID.encode()).hexdigest()
    assert commit(SEED, "X-2") != commit(SEED, "X-3")


def test_another_seed_or_another_id_asks_otherwise() -> None:
    asked = [
        exam.prompts
        for exam in (
            one("settlement"),
            draw_exam(SEED, "other", "full", ["settlement"]),
            draw_exam(seed(1), ID, "full", ["settlement"]),
        )
    ]
    assert len(set(asked)) == 3


def test_the_public_document_fits_its_schema_and_holds_neither_seed_nor_answers() -> None:
    published.validator("exam").validate(full().document)
    assert SEED.hex() not in json_text.dumps(full().document)
    for line in full().prompts.splitlines():
        assert json_text.loads(line).keys() == {"id", "operation", "input"}


@pytest.mark.parametrize(("wrong", "code"), [(b"short", "SEED_FORM"), (b"x" * 33, "SEED_FORM")])
def test_a_seed_of_another_length_is_refused(wrong: bytes, code: str) -> None:
    with pytest.raises(ExamError) as refused:
        draw_exam(wrong, ID)
    assert refused.value.code == code


@pytest.mark.parametrize("wrong", ["", "a/b", "-a", "x" * 65, "考"])
def test_an_id_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(ExamError) as refused:
        draw_exam(SEED, wrong)
    assert refused.value.code == "ID_FORM"


# --- nothing is to be had from the published vectors


@pytest.mark.parametrize("number", NUMBERS)
def test_no_answer_has_the_figures_of_a_published_one(number: int) -> None:
    """Answers of a figure or two may meet by chance: a count of units, a sum of next to nothing."""
    known = {
        (case.operation, tuple(sorted(map(str, _figures(case.expected)))))
        for case in vectors.load()
    }
    for case in full(number).cases:
        figures = tuple(sorted(map(str, _figures(case.expected))))
        assert not figures or (case.operation, figures) not in known, case.input


@pytest.mark.parametrize("number", NUMBERS)
def test_a_system_that_stores_the_published_answers_passes_nowhere_with_a_figure(
    number: int,
) -> None:
    stored = {key(case.operation, case.input): case.expected for case in vectors.load()}
    for case in full(number).cases:
        found = stored.get(key(case.operation, case.input))
        assert found is None or not _figures(case.expected)


def key(operation: str, value: Any) -> str:
    """The input as such a system would look it up, whatever its ids are."""
    return operation + json_text.dumps(without_ids(value), sort_keys=True)


def without_ids(node: Any) -> Any:
    if isinstance(node, dict):
        ids = {"id", "unit_id", "enterprise_id"}
        return {name: without_ids(item) for name, item in node.items() if name not in ids}
    return [without_ids(item) for item in node] if isinstance(node, list) else node


def test_ids_are_new_and_tell_nothing_but_the_operation() -> None:
    ids = [case.id for case in full().cases]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {case.id for case in full(1).cases}
    for case in full().cases:
        operation, _, name = case.id.partition("/")
        assert operation == case.operation
        assert len(name) == 10


# --- strength


@pytest.mark.parametrize("number", NUMBERS)
def test_every_listed_mistake_is_refused_by_every_exam_wherever_a_vector_shows_it(
    number: int,
) -> None:
    """Not believed of what the exam says of itself: the comparator judges the variant's answer."""
    exam = full(number)
    wanted = {(case.operation, name) for case in vectors.load() for name in case.mistakes}
    assert {name for _, name in wanted} == set(MISTAKES)
    for operation, mistake in sorted(wanted):
        cases = [case for case in exam.cases if case.operation == operation]
        assert any(is_refused(exam, case, mistake) for case in cases), (operation, mistake)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_system_with_a_listed_mistake_sits_the_exam_and_does_not_conform(mistake: str) -> None:
    exam = full()
    system = variant(MISTAKES[mistake].rule_set)
    plan = runner.Plan(exam.cases)
    outcome = runner.run(runner.by_function(system, mistake), plan)
    assert outcome.verdict == "does_not_conform"
    assert outcome.counts["fail"] + outcome.counts["pass"] == len(exam.cases)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_reference_answers_every_exam_right(number: int) -> None:
    exam = full(number)
    outcome = runner.run(runner.by_function(reference(), "reference"), runner.Plan(exam.cases))
    assert outcome.verdict == "conforms"


@pytest.mark.parametrize("number", NUMBERS)
def test_every_clause_code_and_word_of_the_published_vectors_is_asked_for(number: int) -> None:
    exam = full(number)
    clauses = {clause for case in exam.cases for clause in case.clauses}
    assert clauses == {item["id"] for item in direct.rules()["clauses"]}
    assert codes(exam.cases) >= codes(vectors.load())
    assert words(exam.cases) >= words(vectors.load())


def codes(cases: Any) -> set[tuple[str, str]]:
    return {
        (case.operation, case.expected["error"]["code"])
        for case in cases
        if "error" in case.expected
    }


def words(cases: Any) -> set[tuple[str, str]]:
    told = ("reason", "method", "status")
    return {
        (case.operation, str(item))
        for case in cases
        for name in told
        for item in values(case.expected, name)
    }


def values(node: Any, name: str) -> list[Any]:
    if isinstance(node, dict):
        here = [node[name]] if name in node else []
        return here + [item for inner in node.values() for item in values(inner, name)]
    return (
        [item for inner in node for item in values(inner, name)] if isinstance(node, list) else []
    )


def test_an_exam_is_no_longer_than_it_must_be() -> None:
    for number in NUMBERS:
        assert 200 < len(full(number).cases) < 320


def test_a_level_asks_its_own_operations_and_refuses_what_they_can_show() -> None:
    level = "issuance"
    exam = draw_exam(SEED, ID, level)
    operations = runner.LEVELS[level]
    assert exam.document["operations"] == list(operations)
    assert {case.operation for case in exam.cases} == set(operations)
    wanted = {name for case in vectors.load(*operations) for name in case.mistakes}
    assert {name for case in exam.cases for name in case.mistakes} >= wanted


# --- readings


@pytest.mark.parametrize(("reading", "choice"), READINGS)
def test_a_declared_reading_is_what_the_answers_are_judged_by(reading: str, choice: str) -> None:
    """The reference under the reading conforms; by the default it is refused."""
    operation = {
        "rounding": "enterprise-allocation",
        "balance_precision": "balance",
        "steel_base": "allocation",
        "excluded_unit_obligation": "allocation",
        "ccer_fraction": "surrender",
        "ccer_covered_project": "surrender",
        "carry_base": "carry-over",
        "carry_fraction": "carry-over",
        "arrears_deduction": "settlement",
    }[reading]
    exam = one(operation, **{reading: choice})
    assert exam.document["readings"] == {reading: choice}
    plan = runner.Plan(exam.cases, operations=[operation], readings=exam.readings)
    for system, verdict in (
        (reference(exam.readings), "conforms"),
        (reference(), "does_not_conform"),
    ):
        outcome = runner.run(runner.by_function(system, "system"), plan)
        assert outcome.verdict == verdict


def test_a_mistake_that_is_the_declared_reading_is_none() -> None:
    exam = one("allocation", rounding="unit_floor")
    assert all("M-02" not in case.mistakes for case in exam.cases)
    assert any("M-02" in case.mistakes for case in one("allocation").cases)


def test_readings_at_their_default_are_no_readings() -> None:
    same = draw_exam(SEED, ID, "full", ["settlement"], {"rounding": "unit_half_up"})
    assert same.prompts == one("settlement").prompts


# --- themes: each draws what it is about


def themed(operation: str, name: str) -> list[dict[str, Any]]:
    theme = next(item for item in THEMES[operation] if item.make.__name__ == name)
    return [theme.make(Draw(bytes(32), str(number))) for number in range(40)]


@pytest.mark.parametrize(
    ("operation", "name"),
    [("allocation", "_tie"), ("pre-allocation", "_tie_of_pre_allocation")],
)
def test_a_tie_is_exactly_half_a_tonne(operation: str, name: str) -> None:
    for value in themed(operation, name):
        up = direct.answer(operation, value)["output"]
        down = direct.answer(operation, value, {"rounding": "unit_floor"})["output"]
        field = "allowance" if operation == "allocation" else "pre_allocation"
        assert up[field] == down[field] + 1
        twice = scaled(value)
        assert direct.answer(operation, twice)["output"][field] == 2 * up[field] - 1


def scaled(value: dict[str, Any]) -> dict[str, Any]:
    """Twice the tonnes and the output: of an exact half a whole."""

    def double(text: str) -> str:
        whole, point, part = text.partition(".")
        return f"{2 * int(whole) + 1}" if point and part == "5" else f"{2 * int(whole)}"

    unit = value["unit"]
    doubled = {name: double(unit[name]) for name in ("verified_emissions", "output")}
    changed = {**value, "unit": unit | doubled}
    if "previous_year_emissions" in value:
        changed["unit"] = unit
        changed["previous_year_emissions"] = double(value["previous_year_emissions"])
    return changed


def test_bounds_are_met_exactly_and_missed_by_a_hair_on_either_side() -> None:
    found = Counter(
        direct.answer("allocation", value)["output"]["deviation"]
        for value in themed("allocation", "_at_a_bound")
    )
    assert {"0.200000000000", "-0.200000000000"} <= set(found)
    assert any(text.startswith("0.19999") for text in found)
    assert any(text.startswith("-0.19999") for text in found)


@pytest.mark.parametrize(
    ("operation", "name", "field", "wanted"),
    [
        ("allocation", "_slag", "method", {"equal", "intensity"}),
        ("surrender", "_about_the_deadline", "status", {"fulfilled", "fulfilled_late", "open"}),
        ("surrender", "_ccer_limit", "reason", {None, "CCER_LIMIT"}),
        ("surrender", "_sources", "reason", {None, "VINTAGE_NOT_USABLE"}),
        ("surrender", "_province_and_deduction", "status", {"settled_by_deduction", "outstanding"}),
        ("carry-over", "_carry_over_cap", "reason", {None, "EXCEEDS_MAXIMUM"}),
        ("carry-over", "_windows", "reason", {"APPLICATION_TOO_EARLY", "APPLICATION_TOO_LATE"}),
        ("carry-over", "_not_eligible", "reason", {"NOT_FULFILLED_ON_TIME"}),
        ("cycle", "_cycle", "status", {"fulfilled", "fulfilled_late", "outstanding"}),
        ("cycle", "_trading_cycle", "status", {"fulfilled"}),
        ("settlement", "_settlement", "account", {"province", "enterprise"}),
    ],
)  # fmt: skip
def test_a_theme_comes_to_all_that_it_is_about(
    operation: str, name: str, field: str, wanted: set[Any]
) -> None:
    found = {
        item
        for value in themed(operation, name)
        for item in values(direct.answer(operation, value), field)
    }
    assert found >= wanted


@pytest.mark.parametrize("operation", THEMES)
def test_questions_with_a_fault_of_form_do_not_hang_on_the_order_of_keys(operation: str) -> None:
    faults = [
        case
        for case in full().cases
        if case.operation == operation
        and case.expected.get("error", {}).get("code") == "INVALID_INPUT"
        and case.clauses == ("Q-1", "Q-2")
    ]
    assert len(faults) >= 2
    for case in faults:
        assert reference()(operation, turned(case.input)) == case.expected


def turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


def test_the_file_of_a_system_that_sat_is_read_back_as_it_was() -> None:
    assert sat(one("emissions"), reference()).count(b"\n") == len(one("emissions").cases)
