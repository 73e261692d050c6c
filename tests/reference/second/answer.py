"""The second implementation of all eleven operations, and its comparison with the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import oracle, oracle_form
from ..inputs import Json, outcome
from ..oracle import Refusal
from . import obligation, two_years
from .form import FORMS, check_compliance_form


def second(operation: str, value: Any, readings: Mapping[str, str]) -> Json:
    """Give ``{"output"}``, or ``{"error", "paths"}`` with the paths the rulebook allows."""
    try:
        return {"output": compute(operation, value, readings)}
    except Refusal as refusal:
        return {"error": refusal.code, "paths": refusal.paths}


def compute(operation: str, value: Any, readings: Mapping[str, str]) -> Json:
    """Give the output, or raise ``Refusal``."""
    if operation not in FORMS:
        oracle_form.check_form(operation, value)
        return oracle.compute(operation, value, readings)
    check_compliance_form(operation, value)
    if operation == "settlement":
        return obligation.settlement(value, readings)
    if operation == "amendment":
        return obligation.amendment(value)
    if operation == "surrender":
        return obligation.surrender(value, readings)
    if operation == "carry-over":
        return obligation.carry_over(value, readings)
    return two_years.cycle(value, readings)


def compare(operation: str, value: Any, readings: Mapping[str, str]) -> tuple[str, str | None]:
    """Give what both found (``output`` or a code), and how they differ, or None."""
    try:
        first: Json = outcome(operation, value, readings)
    except Exception as crash:  # noqa: BLE001 - whatever else it raises is a finding
        first = {"crash": repr(crash)}
    other = second(operation, value, readings)
    kind = str(other.get("error", "output"))
    if "error" in other:
        same = first.get("error") == other["error"] and first.get("path") in other["paths"]
    else:
        same = first == other
    return kind, None if same else f"reference {first!r}\nsecond {other!r}"
