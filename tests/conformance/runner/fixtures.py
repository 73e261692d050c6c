"""A handful of cases of our own: the runner is tested apart from the published vectors."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from cets_conformance import direct
from cets_conformance.vectors.model import Case

SYSTEM = Path(__file__).with_name("systems") / "system.py"

UNIT = {
    "unit_id": "L1",
    "sector": "cement",
    "year": 2025,
    "line_kind": "ordinary",
    "verified_emissions": "1000000",
    "output": "1200000",
}
GASES = {"co2": "1", "cf4": "0", "c2f6": "0"}


def case(name: str, operation: str, value: dict[str, Any], *clauses: str) -> Case:
    """Make a case; what is expected is what the reference answers."""
    readings = []
    expected = answer(operation, value)
    floor = answer(operation, value, {"rounding": "unit_floor"})
    if floor != expected:
        readings = [{"when": {"rounding": "unit_floor"}, "expected": floor}]
    return Case(
        id=f"{operation}/{name}",
        operation=operation,
        description={"en": name, "zh": name},
        clauses=clauses,
        mistakes=(),
        input=value,
        expected=expected,
        readings=readings,
    )


def answer(
    operation: str, value: dict[str, Any], readings: dict[str, str] | None = None
) -> dict[str, Any]:
    given = direct.answer(operation, value, readings)
    if "error" in given:
        return {"error": {name: given["error"][name] for name in ("code", "path")}}
    return given


CASES = (
    case("gases", "emissions", {"gases": GASES}, "S-6"),
    case("ordinary", "allocation", {"unit": UNIT, "balance_value": "0.86"}, "A-2", "Q-4"),
    case("refused", "allocation", {"unit": UNIT}, "B-4"),
    case(
        "one-tonne", "allocation", {"unit": UNIT | {"year": 2024, "verified_emissions": "1"}}, "A-1"
    ),
    case("half", "allocation", {"unit": UNIT | {"year": 2024, "verified_emissions": "2.5"}}, "Q-4"),
)


def right_answers(folder: Path, readings: dict[str, str] | None = None) -> Path:
    """Write the right answers by input, for the systems of the menagerie."""
    file = folder / "right.json"
    answers = {
        json.dumps(item.input, sort_keys=True): answer(item.operation, dict(item.input), readings)
        for item in CASES
    }
    file.write_text(json.dumps(answers), "utf-8")
    return file


def command(way: str, folder: Path, readings: dict[str, str] | None = None) -> list[str]:
    """Give the command of a system that lies in a way; ``honest`` does not."""
    return [sys.executable, str(SYSTEM), way, str(right_answers(folder, readings))]
