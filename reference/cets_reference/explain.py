"""Explanation: the output again, field by field, with what makes each figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from typing import Any

from cets_reference.clauses import CLAUSES
from cets_reference.formulas import Case, formula_of
from cets_reference.operations import compute
from cets_reference.readings import READINGS
from cets_reference.results import Allocation, EnterpriseAllocation, print_record
from cets_reference.rule_set import DEFAULT, RuleSet

_INPUT_SYMBOLS = {
    "E": ("verified_emissions",),
    "Q": ("output",),
    "E_iron": ("process_emissions", "ironmaking"),
    "E_sinter": ("process_emissions", "sintering"),
    "CO2": ("gases", "co2"),
    "CF4": ("gases", "cf4"),
    "C2F6": ("gases", "c2f6"),
    "B": ("balance_value",),
    "E_prev": ("previous_year_emissions",),
}
"""Symbols of formulas and the input fields they stand for."""


def explain(
    operation: str, value: Mapping[str, object], *, rule_set: RuleSet = DEFAULT
) -> dict[str, Any]:
    """Explain an operation on an input.

    Gives ``{"operation", "ruleset", "readings", "output", "steps", "clauses"}``; a step has
    ``path``, ``field``, ``title`` (en, zh), ``symbol``, ``formula``, ``numbers`` (the formula with
    the figures put in), ``value``, ``unit``, ``role``, ``clauses``, ``basis`` and ``readings``.
    Raises what :func:`cets_reference.run` raises.
    """
    record = compute(operation, value, rule_set)
    output = print_record(record)
    steps = list(_walk(record, "", value, rule_set))
    used = {clause for step in steps for clause in step["clauses"]}
    return {
        "operation": operation,
        "ruleset": rule_set.id,
        "readings": rule_set.changed_readings(),
        "output": output,
        "steps": steps,
        "clauses": {
            clause.id: {
                "title": {"en": clause.title_en, "zh": clause.title_zh},
                "text": {"en": clause.en, "zh": clause.zh},
                "basis": clause.basis.value,
                "sources": list(clause.sources),
            }
            for clause in CLAUSES.values()
            if clause.id in used
        },
    }


def _walk(
    record: Any, path: str, value: Mapping[str, Any], rules: RuleSet
) -> Iterator[dict[str, Any]]:
    """Give a step for each figure of an exact output record, parts in their place."""
    printed = print_record(record)
    for item in fields(record):
        exact = getattr(record, item.name)
        place = f"{path}/{item.name}"
        if isinstance(exact, tuple):
            for index, part in enumerate(exact):
                given = _given(item.name, index, value)
                yield from _walk(part, f"{place}/{index}", given, rules)
        elif is_dataclass(exact):  # a unit's figures stand beside its id, not below it
            beside = item.name == "allocation"
            given = value if beside else value.get("enterprise", {})
            yield from _walk(exact, path if beside else place, given, rules)
        else:
            formula = formula_of(item.name, Case(record, value, rules))
            yield _step(item, path, formula, value, printed, rules)


def _given(name: str, index: int, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the part of the input that a part of the output was computed from."""
    if name != "units":
        return {}
    unit = value["units"][index]
    balance_value = value["balance_values"].get(unit["sector"])
    return {"unit": unit, "balance_value": balance_value}


def _step(
    item: Field[Any],
    path: str,
    formula: str | None,
    value: Mapping[str, Any],
    output: Mapping[str, Any],
    rules: RuleSet,
) -> dict[str, Any]:
    about = item.metadata
    readings = [
        {"id": reading.id, "choice": rules.readings[reading.id]}
        for reading in READINGS
        if set(reading.clauses) & set(about["clauses"])
    ]
    return {
        "path": f"{path}/{item.name}",
        "field": item.name,
        "title": {"en": about["title_en"], "zh": about["title_zh"]},
        "symbol": about["symbol"],
        "formula": formula,
        "numbers": _substitute(formula, value, output) if formula else None,
        "value": output[item.name],
        "unit": about["unit"],
        "role": about["role"],
        "clauses": list(about["clauses"]),
        "basis": {clause: CLAUSES[clause].basis.value for clause in about["clauses"]},
        "readings": readings,
    }


def _scalars(value: Mapping[str, Any]) -> dict[str, str]:
    """Give an object's integers by name."""
    return {
        name: str(item)
        for name, item in value.items()
        if isinstance(item, int) and not isinstance(item, bool)
    }


def _substitute(formula: str, value: Mapping[str, Any], output: Mapping[str, Any]) -> str | None:
    """Put figures in place of symbols; None where the formula runs over many units."""
    if "Σ" in formula and "units" not in output:
        return None
    known = _symbols(value, output) | _scalars(value) | _scalars(output)
    numbers = re.sub(
        r"[A-Za-zΣα][A-Za-z0-9_]*",
        lambda match: _signed(known.get(match[0], match[0])),
        formula,
    )
    return None if numbers == formula else numbers


def _signed(text: str) -> str:
    return f"({text.replace('-', '−')})" if text.startswith("-") else text


def _symbols(value: Mapping[str, Any], output: Mapping[str, Any]) -> dict[str, str]:
    """Give the figures that symbols stand for, from the input and from earlier output."""
    known: dict[str, str] = {}
    for symbol, path in _INPUT_SYMBOLS.items():
        for holder in (value, value.get("unit", {})):
            found: Any = holder
            for name in path:
                found = found.get(name) if isinstance(found, Mapping) else None
            if isinstance(found, str):
                known[symbol] = found
    for item in fields(EnterpriseAllocation if "units" in output else Allocation):
        symbol, printed = item.metadata["symbol"], output.get(item.name)
        if symbol and printed is not None:
            known[symbol] = str(printed)
    return known
