"""Inputs of operations as a test writes them: short builders with the rest at a plain default."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from cets_reference import DEFAULT, RuleError, run

Json = dict[str, Any]

SECTORS = ("steel", "cement", "aluminium")
NOTHING = ("nothing",)
"""Stands for «leave this field out» in the builders."""


def _unit(sector: str, fields: Mapping[str, Any], changes: Mapping[str, Any]) -> Json:
    unit = {"unit_id": "U-1", "sector": sector, "year": 2025, **fields, **changes}
    return {name: value for name, value in unit.items() if value is not NOTHING}


def cement(emissions: Any = "100", output: Any = "125", **changes: Any) -> Json:
    """An ordinary clinker line of 2025: by default E 100 t, I 0.8 t CO2e/t."""
    fields = {"line_kind": "ordinary", "verified_emissions": emissions, "output": output}
    return _unit("cement", fields, changes)


def steel(
    emissions: Any = "100", iron: str = "50", sinter: str = "10", output: Any = "40", **changes: Any
) -> Json:
    """A long-process steel enterprise of 2025: by default E 100 t, I 1.5 t CO2e/t."""
    fields = {
        "route": "long_process",
        "verified_emissions": emissions,
        "process_emissions": {"ironmaking": iron, "sintering": sinter},
        "output": output,
    }
    return _unit("steel", fields, changes)


def aluminium(emissions: Any = "160", output: Any = "100", **changes: Any) -> Json:
    """An electrolysis process of 2025: by default E 160 t, I 1.6 t CO2e/t."""
    return _unit("aluminium", {"verified_emissions": emissions, "output": output}, changes)


def numbered(*units: Json) -> list[Json]:
    """Give units the ids U-1, U-2, …"""
    return [{**unit, "unit_id": f"U-{number}"} for number, unit in enumerate(units, 1)]


def balance(sector: str, *units: Json, year: Any = 2025) -> Json:
    """An input of ``balance``."""
    return {"sector": sector, "year": year, "units": numbered(*units)}


def enterprise(*units: Json, year: Any = 2025, **balance_values: Any) -> Json:
    """An input of ``enterprise-allocation``."""
    return {
        "enterprise_id": "E-1",
        "year": year,
        "units": numbered(*units),
        "balance_values": balance_values,
    }


def outcome(operation: str, value: Any, readings: Mapping[str, str] | None = None) -> Json:
    """Run on a copy of the input; give ``{"output"}`` or ``{"error", "path"}``."""
    try:
        rules = DEFAULT.with_readings(readings or {})
        return {"output": run(operation, copy.deepcopy(value), rule_set=rules)}
    except RuleError as error:
        return {"error": error.code, "path": error.path}


def output(operation: str, value: Any, readings: Mapping[str, str] | None = None) -> Json:
    """Run an operation that must succeed."""
    found = outcome(operation, value, readings)
    assert "output" in found, found
    result: Json = found["output"]
    return result


GASES: Json = {"co2": "100", "cf4": "1", "c2f6": "1"}
"""17,830 t CO2e."""


def refusal(code: str, path: str) -> Json:
    return {"error": code, "path": path}


def form(path: str) -> Json:
    return refusal("INVALID_INPUT", path)


def unit(changed: Json) -> Json:
    return {"unit": changed}


def valid_inputs() -> dict[str, Json]:
    """One input of every operation that is not refused."""
    line = enterprise(cement(), steel(), aluminium(), cement="1", steel="1.5", aluminium="1.6")
    return {
        "emissions": {"gases": GASES},
        "scope": {"unit": cement()},
        "balance": balance("cement", cement(), cement()),
        "allocation": {"unit": cement(), "balance_value": "0.86"},
        "enterprise-allocation": line,
        "pre-allocation": {"unit": cement(), "previous_year_emissions": "100"},
    }


def with_unit(**changes: Any) -> Json:
    return {"unit": cement(**changes)}


def place(operation: str, path: str, value: Any) -> Json:
    """Put a value at a JSON pointer of the operation's valid input."""
    given = copy.deepcopy(valid_inputs()[operation])
    *parents, last = path.split("/")[1:]
    holder: Any = given
    for key in parents:
        holder = holder[int(key)] if isinstance(holder, list) else holder[key]
    holder[int(last) if isinstance(holder, list) else last] = value
    return given


# --- readings and marks that several tables use

FLOOR = {"rounding": "unit_floor"}
ONCE = {"rounding": "enterprise_half_up"}
MAIN = {"steel_base": "main_processes"}
FOUR = {"balance_precision": "four_decimals"}
SURRENDER_ALL = {"excluded_unit_obligation": "verified_emissions"}

NEW = {"commissioned_year": 2025}
CLOSED = {"closed_before_verification": True}
WHITE = {"line_kind": "white_only"}


def amounts(allowance: int, obligation: int, **more: Any) -> Json:
    """The amounts of an allocation; surplus is their difference (A-9)."""
    surplus = allowance - obligation
    return {"allowance": allowance, "obligation": obligation, "surplus": surplus, **more}
