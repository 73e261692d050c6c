"""Explanation: the output again, field by field, with what makes each figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields
from fractions import Fraction
from typing import Any

from cets_reference import outcomes
from cets_reference.clauses import CLAUSES
from cets_reference.operations import OPERATIONS, run
from cets_reference.parameters import Parameters
from cets_reference.quantities import print_ratio
from cets_reference.readings import READINGS
from cets_reference.results import Allocation, EnterpriseAllocation, UnitAllocation
from cets_reference.rule_set import DEFAULT, RuleSet

_PARTS = {
    "units": (fields(UnitAllocation)[0], *fields(Allocation)),
    "submissions": fields(outcomes.Handled),
    "applications": fields(outcomes.Handled),
    "years": fields(outcomes.YearOutcome),
    "carry_over": fields(outcomes.CarryOver),
    "refusals": fields(outcomes.Refusal),
    "holdings": fields(outcomes.VintageHolding),
}
"""Fields of the records that outputs are made of, by the member they stand in."""

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
    output = run(operation, value, rule_set=rule_set)
    steps = list(_steps(operation, value, output, rule_set))
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


def _steps(
    operation: str, value: Mapping[str, Any], output: Mapping[str, Any], rules: RuleSet
) -> Iterator[dict[str, Any]]:
    yield from _walk(fields(OPERATIONS[operation].output), "", value, output, rules)


def _walk(
    record: tuple[Field[Any], ...],
    path: str,
    value: Mapping[str, Any],
    output: Mapping[str, Any],
    rules: RuleSet,
) -> Iterator[dict[str, Any]]:
    """Give a step for each figure, parts of the output before what is made of them."""
    for item in record:
        printed = output[item.name]
        if isinstance(printed, Mapping):
            yield from _walk(_PARTS[item.name], f"{path}/{item.name}", {}, printed, rules)
        elif isinstance(printed, list):
            for index, part in enumerate(printed):
                given = _given(item.name, index, value)
                place = f"{path}/{item.name}/{index}"
                yield from _walk(_PARTS[item.name], place, given, part, rules)
        else:
            yield _step(item, path, value, output, rules)


def _given(name: str, index: int, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the part of the input that a part of the output was computed from."""
    if name != "units":
        return {}
    unit = value["units"][index]
    balance_value = value["balance_values"].get(unit["sector"])
    return {"unit": unit, "balance_value": balance_value}


def _step(
    item: Field[Any], path: str, value: Mapping[str, Any], output: Mapping[str, Any], rules: RuleSet
) -> dict[str, Any]:
    about = item.metadata
    formula = about["formula"] or _formula(item.name, value, output, rules)
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


def _formula(
    name: str, value: Mapping[str, Any], output: Mapping[str, Any], rules: RuleSet
) -> str | None:
    """Give the formula that produced a figure in this very case; None where none was used."""
    plan = rules.plan
    unit = value.get("unit", {})
    steel = unit.get("sector") == "steel"
    fixed = {
        "verified_emissions": f"CO2 + {plan.gwp_cf4.value} · CF4 + {plan.gwp_c2f6.value} · C2F6",
        "intensity": "(E_iron + E_sinter) / Q" if steel else "E / Q",
        "deviation": "(B − I) / B",
        "surplus": "ΣA − ΣO" if "units" in output else "A − O",
        "surplus_rate": "Σ(w · α) / ΣE" if "balance_value" in output else "S / ΣO",
        "balance_value": "Σ(w · α(I, B)) = 0",
    }
    if output.get(name) is None:
        return None
    if name == "coefficient":
        return _coefficient_formula(output["coefficient"], plan)
    if name in {"allowance", "obligation"}:
        return _amount_formula(name, unit, output, rules)
    if name == "pre_allocation":
        computed = output["covered"] and unit["year"] in plan.pre_allocation_years.value
        share = _plain(plan.pre_allocation_share.value)
        previous = "previous_year_emissions" in value
        return _rounded(f"{share} · E_prev", rules) if computed and previous else "0"
    return fixed.get(name)


def _scalars(value: Mapping[str, Any]) -> dict[str, str]:
    """Give an object's integers by name."""
    return {
        name: str(item)
        for name, item in value.items()
        if isinstance(item, int) and not isinstance(item, bool)
    }


def _coefficient_formula(coefficient: str, plan: Parameters) -> str:
    if coefficient == print_ratio(plan.coefficient_upper.value):
        return f"{_plain(plan.coefficient_upper.value)} (X ≥ {_plain(plan.deviation_upper.value)})"
    if coefficient == print_ratio(plan.coefficient_lower.value):
        return f"{_plain(plan.coefficient_lower.value)} (X ≤ {_plain(plan.deviation_lower.value)})"
    return f"{_plain(plan.slope.value)} · X"


def _amount_formula(
    name: str, unit: Mapping[str, Any], output: Mapping[str, Any], rules: RuleSet
) -> str | None:
    if "units" in output:
        return "Σ A" if name == "allowance" else "Σ O"
    if not unit:
        return None
    if name == "obligation":
        return _rounded("E", rules) if output["covered"] or output[name] else "0"
    if not output["covered"]:
        return "0"
    if output["coefficient"] is None:
        return _rounded("E", rules)
    if unit["sector"] == "steel" and rules.readings["steel_base"] == "main_processes":
        return _rounded("E + α · (E_iron + E_sinter)", rules)
    return _rounded("E · (1 + α)", rules)


def _rounded(formula: str, rules: RuleSet) -> str:
    half = "" if rules.readings["rounding"] == "unit_floor" else " + 1/2"
    return f"⌊{formula}{half}⌋"


def _plain(ratio: Fraction) -> str:
    return print_ratio(ratio).rstrip("0").rstrip(".").replace("-", "−")


def _substitute(formula: str, value: Mapping[str, Any], output: Mapping[str, Any]) -> str | None:
    """Put figures in place of symbols; None where the formula runs over many units."""
    if "Σ" in formula and "units" not in output:
        return None
    known = _symbols(value, output) | _scalars(value) | _scalars(output)
    return re.sub(
        r"[A-Za-zΣα][A-Za-z0-9_]*",
        lambda match: _signed(known.get(match[0], match[0])),
        formula,
    )


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
    for record in (Allocation, EnterpriseAllocation):
        for item in fields(record):
            symbol, printed = item.metadata["symbol"], output.get(item.name)
            if symbol and printed is not None and ("Σ" in symbol) == ("units" in output):
                known[symbol] = str(printed)
    return known
