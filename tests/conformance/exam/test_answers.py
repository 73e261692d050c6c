"""Pre-flight: every fault of form at once, and never a word about what is right."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance.exam.sitting import one, reference, sat
from tests.reference.strategies import LAW

from cets_conformance import json_text
from cets_conformance.exam import ExamError, check_answers, read_prompts
from cets_conformance.messages import entries

EXAM = one("surrender")
CASES = {case.id: case for case in EXAM.cases}
OPERATIONS = {name: case.operation for name, case in CASES.items()}
RIGHT = sat(EXAM, reference())
NAME = next(name for name, case in CASES.items() if "output" in case.expected)
REFUSED = next(name for name, case in CASES.items() if "error" in case.expected)


def line(name: str = NAME, **parts: Any) -> dict[str, Any]:
    return {"id": name, **(parts or CASES[name].expected)}


def output(**changes: Any) -> dict[str, Any]:
    return {**CASES[NAME].expected["output"], **changes}


def found(*lines: Any) -> list[tuple[str, int | None]]:
    """Faults of a file of these lines and the right ones for every other question."""
    texts = [item if isinstance(item, str) else json_text.dumps(item) for item in lines]
    answered = {item["id"] for item in lines if isinstance(item, dict) and "id" in item}
    texts += [
        text for text in RIGHT.decode().splitlines() if json_text.loads(text)["id"] not in answered
    ]
    problems = check_answers("\n".join(texts).encode(), OPERATIONS).problems
    return [(problem.code, problem.line) for problem in problems]


def test_a_right_file_has_no_fault_and_is_read_whole() -> None:
    answered = check_answers(RIGHT, OPERATIONS)
    assert list(answered.problems) == []
    assert list(answered.lines) == list(OPERATIONS)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("{", "NOT_JSON"),
        ('{"id":"a","id":"b"}', "DUPLICATE_KEY"),
        ("\ufeff{}", "NOT_JSON"),
        ("[]", "NO_ID"),
        ("{}", "NO_ID"),
        ({"id": 7}, "NO_ID"),
        ({"id": "allocation/none", "skipped": True}, "UNKNOWN_ID"),
        ({"id": NAME}, "ONE_OF_THREE"),
        (line(output=output(), skipped=True), "ONE_OF_THREE"),
        (line(output=output(), remark="x"), "FIELD_UNKNOWN"),
        (line(output=[]), "FIELD_TYPE"),
        (line(error={"path": ""}), "FIELD_MISSING"),
        (line(error={"code": 7}), "FIELD_TYPE"),
        (line(output=output(surrendered="1000")), "FIELD_TYPE"),
        (line(output=output(certificate=1)), "FIELD_TYPE"),
        (line(output=output(status="done")), "FIELD_WORD"),
        (line(output=output(remark="x")), "FIELD_UNKNOWN"),
        (
            line(output={key: item for key, item in output().items() if key != "status"}),
            "FIELD_MISSING",
        ),
        (line(output=output(submissions=[{"id": "a", "accepted": True}])), "FIELD_TYPE"),
    ],
)
def test_each_fault_of_form_has_its_code_and_line(wrong: Any, code: str) -> None:
    assert (code, 1) in found(wrong)
    assert {line for _, line in found(wrong)} == {1}


def test_a_number_with_a_fraction_is_no_amount() -> None:
    text = json_text.dumps(line(output=output(surrendered=123456))).replace("123456", "1000.0")
    data = b"\n".join([text.encode(), *RIGHT.splitlines()])
    problem = check_answers(data, OPERATIONS).problems[0]
    assert (problem.code, problem.values["found"], problem.values["expected"]) == (
        "FIELD_TYPE",
        "1000.0",
        "integer",
    )


def test_an_answer_given_twice_is_told_with_the_first_line() -> None:
    problems = check_answers(RIGHT + RIGHT.splitlines()[0], OPERATIONS).problems
    assert [(item.code, item.values["first"]) for item in problems] == [("ID_TWICE", 1)]


def test_what_is_missing_is_told_and_what_is_declined_is_not() -> None:
    problems = check_answers(b"", OPERATIONS).problems
    assert [problem.id for problem in problems] == list(OPERATIONS)
    assert {problem.code for problem in problems} == {"NOT_ANSWERED"}
    assert found(*(line(name, skipped=True) for name in OPERATIONS)) == []


def test_everything_wrong_is_told_at_once() -> None:
    codes = [
        code
        for code, _ in found(
            "nonsense",
            {"id": "none", "skipped": True},
            line(output=output(surrendered="1", status="done", remark=1)),
        )
    ]
    assert sorted(codes) == [
        "FIELD_TYPE",
        "FIELD_UNKNOWN",
        "FIELD_WORD",
        "NOT_JSON",
        "UNKNOWN_ID",
    ]


def test_intermediates_may_be_left_out_or_printed_otherwise() -> None:
    exam = one("allocation")
    operations = {case.id: case.operation for case in exam.cases}
    ratios = ("intensity", "deviation", "coefficient")

    def without(operation: str, value: Any) -> Any:
        answer = dict(reference()(operation, value))
        if "output" in answer:
            kept = {key: item for key, item in answer["output"].items() if key not in ratios}
            answer["output"] = kept | {"intensity": "0.8"}
        return answer

    assert list(check_answers(sat(exam, without), operations).problems) == []


@LAW
@given(st.data())
def test_a_wrong_answer_of_the_right_form_is_no_fault(data: st.DataObject) -> None:
    """No figure, word or refusal within the form is told from the right one."""
    texts = []
    for name, case in CASES.items():
        kind = data.draw(st.sampled_from(["right", "other", "refused", "declined"]))
        if kind == "other":
            other = data.draw(st.sampled_from([n for n in CASES if "output" in CASES[n].expected]))
            texts.append(line(name, output=CASES[other].expected["output"]))
        elif kind == "refused":
            texts.append(line(name, error={"code": data.draw(st.sampled_from(["A", "YEAR"]))}))
        elif kind == "declined":
            texts.append(line(name, skipped=True))
        else:
            texts.append(line(name, **case.expected))
    written = "\n".join(map(json_text.dumps, texts)).encode()
    assert list(check_answers(written, OPERATIONS).problems) == []


@LAW
@given(st.binary(max_size=200))
def test_whatever_bytes_are_handed_in_become_faults_and_nothing_else(data: bytes) -> None:
    problems = check_answers(data, OPERATIONS).problems
    assert len(problems) >= len(OPERATIONS)
    for problem in problems:
        assert problem.text("zh") != problem.text("en")
        assert problem.as_json()["message"]["en"] == problem.text("en")


def test_every_fault_and_error_has_its_text() -> None:
    """Codes are the keys of the catalogue: what the code gives is looked for there."""
    import re
    from pathlib import Path

    import cets_conformance.exam as package

    sources = "".join(
        file.read_text("utf-8") for file in Path(str(package.__file__)).parent.glob("*.py")
    )
    sources += (Path(str(package.__file__)).parents[1] / "cli" / "exam.py").read_text("utf-8")
    raised = set(re.findall(r"ExamError\(\s*\"([A-Z_]+)\"", sources))
    raised |= set(re.findall(r"ExamError\(\"([A-Z_]+)\"", sources))
    told = {key.rpartition(".")[2] for key in entries() if key.startswith("exam.error.")}
    assert raised == told
    faults = set(re.findall(r"FormProblem\(\"([A-Z_]+)\"", sources))
    faults |= {"FIELD_MISSING", "FIELD_UNKNOWN", "FIELD_TYPE", "FIELD_WORD"}
    assert faults == {
        key.rpartition(".")[2] for key in entries() if key.startswith("exam.problem.")
    }


def test_questions_are_read_back_as_they_were_handed_out() -> None:
    read = read_prompts(EXAM.prompts)
    assert read == {name: (case.operation, case.input) for name, case in CASES.items()}


@pytest.mark.parametrize("wrong", [b"", b"{}\n", b"nonsense\n", b'{"id":"a"}\n'])
def test_what_is_no_file_of_questions_is_refused(wrong: bytes) -> None:
    with pytest.raises(ExamError) as refused:
        read_prompts(wrong)
    assert refused.value.code == "NOT_PROMPTS"


def test_a_question_handed_out_twice_is_refused() -> None:
    with pytest.raises(ExamError) as refused:
        read_prompts(EXAM.prompts + EXAM.prompts)
    assert refused.value.code == "NOT_PROMPTS"
    assert REFUSED in CASES
