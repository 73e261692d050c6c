"""Exams drawn once for many tests, and systems that sit them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from cets_conformance import direct, json_text
from cets_conformance.exam import Exam, draw_exam
from cets_conformance.vectors.filling import expectation
from cets_reference import RuleError, RuleSet, run

SEED = bytes(range(32))
ID = "X-2026-0001"
SYSTEM = {"name": "system", "version": "1"}

Answer = Mapping[str, Any]


@cache
def full(number: int = 0) -> Exam:
    """An exam of level full; each number has a seed of its own."""
    return draw_exam(seed(number), ID)


def seed(number: int) -> bytes:
    return SEED if number == 0 else bytes([number]) * 32


@cache
def one(operation: str, **readings: str) -> Exam:
    """An exam of one operation, which is drawn and sat in no time."""
    return draw_exam(SEED, ID, "full", [operation], readings)


def sat(exam: Exam, system: Callable[[str, Any], Answer]) -> bytes:
    """Let a system answer every question; the file that it hands in."""
    lines = (
        json_text.dumps({"id": case.id, **system(case.operation, case.input)})
        for case in exam.cases
    )
    return "".join(f"{line}\n" for line in lines).encode()


def reference(readings: Mapping[str, str] | None = None) -> Callable[[str, Any], Answer]:
    return lambda operation, value: expectation(direct.answer(operation, value, readings))


def variant(rules: RuleSet) -> Callable[[str, Any], Answer]:
    """A system with other rules; where it breaks down it says so, as a refusal of its own."""

    def answer(operation: str, value: Any) -> Answer:
        try:
            return {"output": run(operation, value, rule_set=rules)}
        except RuleError as error:
            return {"error": {"code": error.code, "path": error.path}}
        except (ArithmeticError, ValueError, LookupError, TypeError, AssertionError):
            return {"error": {"code": "BROKEN"}}

    return answer
