"""Grading: the runner's own comparator and diagnosis on the answers, and the same again later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from cets_conformance.exam.answers import check_answers
from cets_conformance.exam.errors import ExamError
from cets_conformance.exam.exam import Exam
from cets_conformance.runner import Plan, blame_run, diagnose_run, judge_answers
from cets_conformance.runner.connections import Answers
from cets_conformance.runner.protocol import Declared

__all__ = ["grade", "verify_report"]


def grade(
    exam: Exam, answers: bytes, implementation: Mapping[str, str], seed: bytes
) -> dict[str, Any]:
    """Grade an answers file and give the run report with the exam's data, the seed revealed.

    ``implementation`` names the system: ``name``, and where known ``version`` and ``language``.
    Raises :class:`ExamError` where the pre-flight finds anything: such a file is not graded.
    """
    answered = check_answers(answers, {case.id: case.operation for case in exam.cases})
    if answered.problems:
        raise ExamError("ANSWERS_FORM", count=len(answered.problems))
    plan = Plan(
        cases=exam.cases,
        level=exam.document["level"],
        operations=exam.document["operations"],
        readings=exam.readings,
    )
    run = judge_answers(Answers(answered.lines), implementation["name"], plan)
    run = replace(run, declared=Declared(implementation, frozenset(exam.document["operations"])))
    revealed = {"answers_sha256": sha256(answers).hexdigest(), "seed": seed.hex()}
    diagnosis = diagnose_run(run)
    return blame_run(run, diagnosis).report(diagnosis) | {"exam": {**exam.document, **revealed}}


def verify_report(
    exam: Exam, answers: bytes, seed: bytes, report: Mapping[str, Any]
) -> dict[str, Any]:
    """Grade again and hold a published report against it; gives the report as it must be.

    Raises :class:`ExamError` where the answers are not those that were graded, or where anything
    the report says, the version of the checker apart, comes out otherwise.
    """
    told = report.get("exam", {})
    found = sha256(answers).hexdigest()
    if told.get("answers_sha256") != found:
        raise ExamError(
            "OTHER_ANSWERS",
            differs=True,
            found=found,
            expected=str(told.get("answers_sha256")),
        )
    again = grade(exam, answers, report["implementation"], seed)
    for name, value in again.items():
        if _comparable(name, report.get(name)) != _comparable(name, value):
            raise ExamError("REPORT", differs=True, field=name)
    if unknown := sorted(set(report) - set(again)):
        raise ExamError("REPORT", differs=True, field=unknown[0])
    return again


def _comparable(name: str, value: Any) -> Any:
    if name == "versions":
        return value and value.get("reference")
    if name == "exam":
        return value and {key: item for key, item in value.items() if key != "versions"}
    return value
