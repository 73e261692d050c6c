"""Filling: from a case written by hand to one with its expectations, computed by the reference."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import Any

from cets_conformance import direct, json_text, published
from cets_conformance.diagnosis.combining import under
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.vectors.model import Draft
from cets_reference import DEFAULT, RuleError, RuleSet, run

__all__ = ["differs", "expectation", "exposed_mistakes", "fill", "reading_expectations"]

TOLERANCE = Decimal("1e-9")
"""How far an intermediate may lie from the expected one (Q-5)."""

_Choices = tuple[tuple[str, str], ...]


def fill(draft: Draft) -> dict[str, Any]:
    """Give the case as it is published; its input has the key order that the file has."""
    value = json_text.loads(json_text.dumps(draft.input, sort_keys=True))
    expected = expectation(direct.answer(draft.operation, value))
    filled = {
        "id": draft.id,
        "description": {"en": draft.en, "zh": draft.zh},
        "clauses": draft.clauses.split(),
        "mistakes": exposed_mistakes(draft.operation, value, expected),
        "input": value,
        "expected": expected,
    }
    readings = reading_expectations(draft.operation, value, expected)
    return filled | ({"readings": readings} if readings else {})


def exposed_mistakes(
    operation: str,
    value: Mapping[str, Any],
    expected: Mapping[str, Any],
    *,
    readings: Mapping[str, str] = MappingProxyType({}),
    among: Collection[str] = MISTAKES.keys(),
) -> list[str]:
    """Give the ids of the mistakes whose variant answers otherwise, or breaks down.

    ``expected`` is the right answer under ``readings``; of the mistakes only those ``among`` are
    tried.
    """
    return [
        name
        for name, mistake in MISTAKES.items()
        if name in among
        if (found := _answer(operation, value, under(mistake.rule_set, readings))) is None
        or differs(operation, found, expected)
    ]


def differs(operation: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Tell whether two answers differ as a runner sees it: intermediates beyond 1e-9, all else."""
    return _differ(found, expected, _intermediates(operation))


def _differ(found: Any, expected: Any, intermediate: frozenset[str]) -> bool:
    if type(found) is not type(expected):
        return True
    if isinstance(expected, dict):
        return found.keys() != expected.keys() or any(
            _ratio_differs(found[name], item)
            if name in intermediate
            else _differ(found[name], item, intermediate)
            for name, item in expected.items()
        )
    if isinstance(expected, list):
        return len(found) != len(expected) or any(
            _differ(one, other, intermediate) for one, other in zip(found, expected, strict=True)
        )
    return bool(found != expected)


def _ratio_differs(found: str | None, expected: str | None) -> bool:
    if found is None or expected is None:
        return found is not expected
    return abs(Decimal(found) - Decimal(expected)) > TOLERANCE


@cache
def _intermediates(operation: str) -> frozenset[str]:
    """Give the names of an operation's intermediate output fields, as its schema has them."""
    return frozenset(_fields(published.schema(f"{operation}-output"), "intermediate"))


def _fields(node: Any, role: str) -> Iterator[str]:
    if isinstance(node, dict):
        for name, item in node.get("properties", {}).items():
            if isinstance(item, dict) and item.get("x-role") == role:
                yield name
        for item in node.values():
            yield from _fields(item, role)


class _Noting(Mapping[str, str]):
    """Readings that note which of them are asked for."""

    def __init__(self, choices: Mapping[str, str], asked: set[str]) -> None:
        self._choices, self._asked = choices, asked

    def __getitem__(self, name: str) -> str:
        self._asked.add(name)
        return self._choices[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._choices)

    def __len__(self) -> int:
        return len(self._choices)


def reading_expectations(
    operation: str, value: Mapping[str, Any], expected: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Give ``{"when", "expected"}`` for every combination of readings that changes the answer.

    A combination that extends one with an entry has an entry too, so that the largest ``when``
    contained in a system's readings is always the one that holds.
    """
    answers = _answers_by_readings(operation, value)
    mattering = _mattering(answers)
    entries: list[dict[str, Any]] = []
    for combination in sorted(answers, key=lambda item: (len(item), item)):
        when = dict(combination)
        if not when or not when.keys() <= mattering:
            continue
        extends = any(entry["when"].items() <= when.items() for entry in entries)
        if extends or answers[combination] != expected:
            entries.append({"when": when, "expected": answers[combination]})
    return entries


def _answers_by_readings(
    operation: str, value: Mapping[str, Any]
) -> Mapping[_Choices, dict[str, Any]]:
    """Answer under every combination of the readings that any of these answers asks for.

    A reading that is asked for in none of them can change nothing.
    """
    asked: set[str] = set()
    while True:
        known = sorted(asked)
        answers = {
            _changed(known, choices): _expected_under(
                operation, value, dict(zip(known, choices, strict=True)), asked
            )
            for choices in product(*(_choices()[name] for name in known))
        }
        if asked == set(known):
            return answers


@cache
def _choices() -> Mapping[str, Sequence[str]]:
    """Choices of every reading, the default first."""
    return MappingProxyType(
        {item["id"]: tuple(item["choices"]) for item in direct.rules()["readings"]}
    )


def _changed(names: Sequence[str], choices: Sequence[str]) -> _Choices:
    """Keep what is not at its default."""
    pairs = zip(names, choices, strict=True)
    return tuple((name, choice) for name, choice in pairs if choice != _choices()[name][0])


def _expected_under(
    operation: str, value: Mapping[str, Any], choices: Mapping[str, str], asked: set[str]
) -> dict[str, Any]:
    rules = DEFAULT.with_readings(choices)
    answer = _answer(operation, value, replace(rules, readings=_Noting(rules.readings, asked)))
    if answer is None:
        raise ValueError(f"the reference breaks down on {operation} under {dict(choices)}")
    return answer


def _mattering(answers: Mapping[_Choices, dict[str, Any]]) -> set[str]:
    """Give the readings whose change, all others alike, changes an answer."""
    mattering = set()
    for combination, answer in answers.items():
        for name, _ in combination:
            without = tuple(pair for pair in combination if pair[0] != name)
            if answers[without] != answer:
                mattering.add(name)
    return mattering


def _answer(operation: str, value: Mapping[str, Any], rules: RuleSet) -> dict[str, Any] | None:
    """Answer as the rules or a variant do; None where a variant breaks down."""
    try:
        return {"output": run(operation, value, rule_set=rules)}
    except RuleError as error:
        return expectation({"error": error.as_json()})
    except (ArithmeticError, ValueError, LookupError, TypeError, AssertionError):
        return None  # a wrong rule may ask for what is not there, where the right one does not


def expectation(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of an answer what is expected: the output, or where and by which code it is refused."""
    if "error" in answer:
        return {"error": {name: answer["error"][name] for name in ("code", "path")}}
    return {"output": answer["output"]}
