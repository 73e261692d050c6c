"""The reference as a system: run, explain and describe it as data, in this very process.

Everything but the diagnosis and the table checks knows the reference only through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import cets_reference
from cets_reference import DEFAULT, OPERATIONS, RuleError, RuleSet
from cets_reference.citations import IMPLEMENTERS
from cets_reference.clauses import CLAUSES
from cets_reference.quantities import print_ratio
from cets_reference.readings import READINGS
from cets_reference.sources import SOURCES

__all__ = [
    "RuleError",
    "answer",
    "explain",
    "operation_names",
    "rules",
    "ruleset_with",
    "version",
]


def version() -> str:
    """Version of the reference."""
    return cets_reference.__version__


def operation_names() -> tuple[str, ...]:
    """Names of all operations, in the order of the rulebook."""
    return tuple(OPERATIONS)


def ruleset_with(readings: Mapping[str, str]) -> RuleSet:
    """Give the rule set under readings; ``ValueError`` says which reading or choice is unknown."""
    return DEFAULT.with_readings(readings)


def answer(
    operation: str, value: Mapping[str, Any], readings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Answer as any system does: ``{"output": …}`` or ``{"error": {code, path, message, clause}}``.

    Raises ``LookupError`` where there is no such operation, ``ValueError`` on unknown readings.
    """
    try:
        output = cets_reference.run(operation, value, rule_set=ruleset_with(readings or {}))
    except RuleError as error:
        return {"error": error.as_json()}
    return {"output": output}


def explain(
    operation: str, value: Mapping[str, Any], readings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Explain an answer step by step, or give ``{"error": …}``; raises as :func:`answer`."""
    try:
        return cets_reference.explain(operation, value, rule_set=ruleset_with(readings or {}))
    except RuleError as error:
        return {"error": error.as_json()}


def rules() -> dict[str, Any]:
    """Describe the rule set as data: sources, clauses, parameters, readings, operations."""
    return {
        "ruleset": DEFAULT.id,
        "version": version(),
        "sources": [
            {
                "id": source.id,
                "title": {"en": source.title_en, "zh": source.title_zh},
                "in_hand": source.in_hand,
            }
            for source in SOURCES
        ],
        "clauses": [
            {
                "id": clause.id,
                "title": {"en": clause.title_en, "zh": clause.title_zh},
                "text": {"en": clause.en, "zh": clause.zh},
                "basis": clause.basis.value,
                "basis_note": _languages(clause.basis_note),
                "sources": list(clause.sources),
                "reading": clause.reading,
                "functions": list(IMPLEMENTERS[clause.id]),
            }
            for clause in CLAUSES.values()
        ],
        "parameters": [
            {
                "id": name,
                "value": _print_value(parameter.value),
                "unit": parameter.unit,
                "clause": parameter.clause,
                "basis": parameter.basis.value,
                "source": parameter.source,
                "title": {"en": parameter.title_en, "zh": parameter.title_zh},
            }
            for name, parameter in DEFAULT.plan.items()
        ],
        "readings": [
            {
                "id": reading.id,
                "question": {"en": reading.question_en, "zh": reading.question_zh},
                "default": reading.default,
                "choices": list(reading.choices),
                "clauses": list(reading.clauses),
                "basis": "open",
            }
            for reading in READINGS
        ],
        "operations": list(operation_names()),
    }


def _languages(note: str) -> dict[str, str]:
    """Part a note into its English and its Chinese half."""
    english, _, chinese = note.partition(" / ")
    return {"en": english, "zh": chinese}


def _print_value(value: object) -> Any:
    if isinstance(value, Fraction):
        text = print_ratio(value).rstrip("0")
        return text + "0" if text.endswith(".") else text
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _print_value(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value
