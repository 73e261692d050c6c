"""The smallest input on which a live system still goes wrong, found by asking it again and again.

Where to begin is a failing case; what must stay is how the system departs: the same first field, in
the same manner, with a wrong result where there was one. The reference answers through ``direct``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from cets_conformance import direct, json_text
from cets_conformance.runner.compare import Difference, compare, without_intermediates
from cets_conformance.runner.connections import Connect
from cets_conformance.runner.outcome import Result, Run
from cets_conformance.runner.protocol import Trouble
from cets_conformance.runner.session import Session
from cets_conformance.runner.simplifying import simplify

__all__ = ["SHRINK_SECONDS", "Smallest", "shrink"]

SHRINK_SECONDS = 3.0
"""Seconds that are spent on it unless told otherwise."""

MOST_TROUBLES = 3
"""Times a system may crash, hang or break the protocol before it is left alone."""

_INDEX = re.compile(r"/[0-9]+(?=/|$)")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest distinguishing input that was found."""

    begun_from: str
    """Case that was reduced."""
    operation: str
    """Its operation."""
    input: Mapping[str, Any]
    """The reduced input."""
    difference: Difference
    """Where the system's answer to it first departs."""
    questions: int
    """Inputs that the system was asked."""
    readings: Mapping[str, str]
    """Readings under which the answers are judged."""
    complete: bool
    """Nothing is left to remove; False where the time, or the system's patience, ran out."""

    def as_json(self) -> dict[str, Any]:
        """Give the member ``smallest`` of a run report."""
        return {
            "id": self.begun_from,
            "operation": self.operation,
            "input": self.input,
            "first_difference": self.difference.as_json(),
            "questions": self.questions,
            "complete": self.complete,
            "command": self.command,
        }

    @property
    def command(self) -> str:
        """Give the command that prints the right answer, ready to paste into a shell."""
        chosen = "".join(f" --reading {name}={item}" for name, item in self.readings.items())
        text = json_text.dumps(self.input, pretty=True)
        return f"cets compute {self.operation}{chosen} <<'EOF'\n{text}EOF"


def shrink(connect: Connect, run: Run, *, seconds: float, timeout: float) -> Smallest | None:
    """Reduce the input of the simplest failing case against the live system.

    Ends within ``seconds``, whatever the system does; ``timeout`` is for one answer. None where no
    wrong answer was given, or ``seconds`` is 0.
    """
    failing = [result for result in run.results if result.answer is not None]
    if not failing or seconds <= 0:
        return None
    result = min(failing, key=_simplicity)
    session = Session(connect, timeout)
    return _Asking(session, run, result, time.monotonic() + seconds).reduce()


def _simplicity(result: Result) -> tuple[bool, int]:
    """Order failing cases: those about figures before those about form, then the shorter."""
    refusal: Mapping[str, Any] = result.case.expected.get("error", {})
    return refusal.get("code") == "INVALID_INPUT", len(json_text.dumps(result.case.input))


class _SpentError(Exception):
    """The time, or the system's patience, ran out."""


class _Asking:
    """One reduction in progress."""

    def __init__(self, session: Session, run: Run, result: Result, deadline: float) -> None:
        self._session = session
        self._timeout = session.timeout
        self._deadline = deadline
        self._declared = run.declared
        self._readings = run.readings
        self._case = result.case
        self._seen: set[str] = set()
        self._questions = 0
        self._troubles = 0
        expected = self._expect(result.case.input)
        difference = result.difference
        if difference is None or result.answer is None:
            raise ValueError("only a wrong answer can be reduced")
        self._refusal = _refusal(expected)
        self._symptom = _symptom(self._case.operation, expected, result.answer, difference)
        self._input, self._difference = result.case.input, difference

    def reduce(self) -> Smallest:
        """Reduce as far as the time goes."""
        complete = True
        try:
            simplify(self._input, self._holds)
        except _SpentError:
            complete = False
        finally:
            self._end(in_order=complete)
        return Smallest(
            self._case.id,
            self._case.operation,
            self._input,
            self._difference,
            self._questions,
            self._readings,
            complete,
        )

    def _end(self, *, in_order: bool) -> None:
        if in_order:
            with suppress(Trouble):
                self._session.close()
        self._session.drop()

    def _expect(self, value: Any) -> dict[str, Any]:
        return direct.answer(self._case.operation, value, self._readings)

    def _holds(self, value: Any) -> bool:
        """Ask about a smaller input; what still shows the symptom is kept."""
        text = json_text.dumps(value)
        if text in self._seen:
            return False
        self._seen.add(text)
        expected = self._expect(value)
        if _refusal(expected) != self._refusal:  # the system need not be asked
            return False
        answer = self._ask(value)
        if answer is None:
            return False
        difference = compare(self._case.operation, expected, answer)
        if difference is None:
            return False
        if _symptom(self._case.operation, expected, answer, difference) != self._symptom:
            return False
        missed = () if self._difference.clause is None else (self._difference.clause,)
        self._input, self._difference = value, difference.blaming(*missed)
        return True

    def _ask(self, value: Any) -> Mapping[str, Any] | None:
        left = self._deadline - time.monotonic()
        if left <= 0 or self._troubles >= MOST_TROUBLES:
            raise _SpentError
        self._session.timeout = min(self._timeout, left)
        self._questions += 1
        try:
            answer = self._session.ask(replace(self._case, input=value), self._declared)
        except Trouble:
            self._troubles += 1
            return None
        return None if answer.declined is not None else answer.body


def _refusal(expected: Mapping[str, Any]) -> tuple[str, str] | None:
    """Give code and place of a refusal, positions in lists left open."""
    error = expected.get("error")
    return (error["code"], _INDEX.sub("/*", error["path"])) if error else None


def _symptom(
    operation: str, expected: Mapping[str, Any], answer: Mapping[str, Any], difference: Difference
) -> tuple[object, ...]:
    """Give what must stay the same: where and how it differs, whether a result is wrong.

    Figures may change with the input; a word, a flag or null in the place of another may not.
    """
    pair = (difference.expected, difference.found)
    if difference.reason == "value" and all(map(_is_figure, pair)):
        pair = ("figure", "figure")
    elif difference.reason != "value":
        found = answer.get("error", {})
        pair = (found.get("code"), _INDEX.sub("/*", found.get("path", "")))
    results = compare(operation, expected, without_intermediates(operation, answer))
    return _INDEX.sub("/*", difference.field), difference.reason, pair, results is not None


def _is_figure(value: object) -> bool:
    if isinstance(value, str):
        return bool(_DECIMAL.fullmatch(value))
    return isinstance(value, int) and not isinstance(value, bool)
