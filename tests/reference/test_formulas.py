"""Law: what an explanation puts in place of the symbols computes to the figure it explains."""

from __future__ import annotations

import contextlib
import random
import re
from fractions import Fraction
from math import floor
from typing import Any

import pytest

from cets_reference import DEFAULT, RuleError, explain
from cets_reference.formulas import Case, formula_of
from cets_reference.operations import OPERATIONS, compute

from .inputs import Json
from .test_second_implementation_compliance import EVERY, some_readings

NUMBER = re.compile(r"\d+(?:\.\d+)?")
WHERE = re.compile(r" \(.* [≥≤] [^)]*\)$")
"""Condition behind a bound of the coefficient."""
RATIO_PRINTED = Fraction(1, 2 * 10**12)
"""How far a printed ratio may be from the exact one."""
CASES = 150
"""Random inputs an operation."""


def evaluate(numbers: str, nudge: Fraction) -> Fraction:
    """Compute an expression exactly; ``nudge`` is added before anything is cut off."""
    text = WHERE.sub("", numbers).replace("−", "-").replace("·", "*")
    text = NUMBER.sub(lambda found: f"Fraction('{found[0]}')", text)
    text = text.replace("⌊", "cut(").replace("⌋", ")")
    names = {"Fraction": Fraction, "min": min, "max": max, "cut": lambda x: floor(x + nudge)}
    return Fraction(eval(text, {"__builtins__": {}}, names))


def drawn(operation: str) -> list[tuple[Json, dict[str, str]]]:
    """Give inputs that the operation answers, each with readings."""
    dice = random.Random(f"formulas of {operation}")
    found: list[tuple[Json, dict[str, str]]] = []
    while len(found) < CASES:
        value, readings = EVERY[operation](dice), some_readings(dice)
        try:
            compute(operation, value, DEFAULT.with_readings(readings))
        except RuleError:
            continue
        found.append((value, readings))
    return found


def most_emissions(value: Json) -> Fraction:
    units = value.get("units", [value["unit"]] if "unit" in value else [])
    return max(
        (Fraction(unit.get("verified_emissions", "0")) for unit in units), default=Fraction()
    )


@pytest.mark.parametrize(
    "operation", [name for name in OPERATIONS if name not in {"scope", "balance"}]
)
def test_the_numbers_put_into_a_formula_compute_to_the_figure(operation: str) -> None:
    seen = set()
    for value, readings in drawn(operation):
        explained = explain(operation, value, rule_set=DEFAULT.with_readings(readings))
        for step in explained["steps"]:
            if step["numbers"] is None:
                continue
            seen.add(step["field"])
            ratio = step["role"] == "intermediate"
            printed = Fraction(str(step["value"]))
            # α is shown with 12 decimals, and E multiplies what they leave out
            left_out = (
                most_emissions(value) * RATIO_PRINTED if "α" in step["formula"] else Fraction()
            )
            least, most = (evaluate(step["numbers"], sign * left_out) for sign in (-1, 1))
            slack = Fraction(1, 10**9) if ratio else 0
            assert least - slack <= printed <= most + slack, (step, value, readings)
            assert left_out or ratio or least == printed, (step, value, readings)
    assert seen or operation == "cycle"


def test_a_formula_without_numbers_runs_over_a_list_or_stands_for_a_constant() -> None:
    for operation in OPERATIONS:
        for value, readings in drawn(operation)[:40]:
            explained = explain(operation, value, rule_set=DEFAULT.with_readings(readings))
            for step in explained["steps"]:
                if step["formula"] and step["numbers"] is None:
                    constant = NUMBER.fullmatch(step["formula"])
                    assert "Σ" in step["formula"] or constant, step
                    assert not constant or step["value"] == int(step["formula"]), step


CARRY: dict[str, Any] = {
    "key_emitting_units": 3,
    "compliance": {"2023": "fulfilled", "2024": "fulfilled"},
    "holdings": [{"vintage": "2024", "available": 90000, "frozen": 0}],
    "trades": [{"date": "2025-03-01", "vintage": "2024", "side": "sell", "amount": 7}],
    "applications": [],
}
SETTLED: dict[str, Any] = {
    "year": 2025, "verified_allowance": 90, "pre_allocated": 100, "arrears": 30, "high_risk": False,
}  # fmt: skip
OWED: dict[str, Any] = {
    "year": 2025, "obligation": 110, "provincial_holding": 120, "account_frozen": False,
    "deducted": 0, "as_of": "2026-06-30", "submissions": [],
}  # fmt: skip
HALF_UP = {"carry_fraction": "half_up"}
EACH = {"carry_base": "per_key_emitting_unit"}
LATE = {"compliance": {"2023": "open", "2024": "fulfilled"}}

BY_CASE: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
    ("settlement", "deduction", SETTLED, {}, "min(arrears, verified_allowance)"),
    ("settlement", "deduction", SETTLED, {"arrears_deduction": "none"}, "0"),
    ("settlement", "recovered", SETTLED, {}, "max(0, −adjustment)"),
    ("settlement", "recovered", SETTLED | {"holding": 3}, {}, "min(max(0, −adjustment), holding)"),
    ("surrender", "ccer_limit", OWED, {}, "⌊0.05 · obligation⌋"),
    ("surrender", "ccer_limit", OWED, {"ccer_fraction": "half_up"}, "⌊0.05 · obligation + 1/2⌋"),
    ("surrender", "ccer_limit", OWED | {"year": 2024, "as_of": "2025-06-30"}, {}, "0"),
    ("surrender", "released", OWED, {}, "provincial_holding − from_provincial"),
    ("surrender", "released", OWED | {"provincial_holding": 109}, {}, "0"),
    ("carry-over", "base", CARRY, {}, "10000"),
    ("carry-over", "base", CARRY, EACH, "10000 · key_emitting_units"),
    ("carry-over", "cap", CARRY, {}, "base + ⌊1.5 · net_sold⌋"),
    ("carry-over", "cap", CARRY, HALF_UP, "base + ⌊1.5 · net_sold + 1/2⌋"),
    ("carry-over", "maximum", CARRY, {}, "min(cap, holding)"),
    ("carry-over", "maximum", CARRY | LATE, {}, "0"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "field", "value", "readings", "formula"), BY_CASE)
def test_the_reading_and_the_case_decide_the_formula(
    operation: str, field: str, value: dict[str, Any], readings: dict[str, str], formula: str
) -> None:
    rules = DEFAULT.with_readings(readings)
    record = compute(operation, value, rules)
    assert formula_of(field, Case(record, value, rules)) == formula


def test_the_sums_of_an_enterprise_say_when_they_are_rounded_once() -> None:
    value = EVERY["enterprise-allocation"](random.Random(1))
    for readings, formula in (
        ({}, "Σ A"),
        ({"rounding": "enterprise_half_up"}, "⌊Σ A_exact + 1/2⌋"),
        ({"rounding": "unit_floor"}, "Σ A"),
    ):
        rules = DEFAULT.with_readings(readings)
        record = compute("enterprise-allocation", value, rules)
        assert formula_of("allowance", Case(record, value, rules)) == formula


COUNTED = {
    "emissions": set(),
    "balance": {"units_counted", "total_emissions"},
    "settlement": set(),
    "amendment": set(),
    "surrender": {"ccer_used", "outstanding_at_deadline"},
    "carry-over": {"holding"},
}
"""Figures that are counted or added up from the input, without a formula of their own."""
RUNNING = {
    ("balance", "balance_value"): "Σ(w · α(I, B)) = 0",
    ("balance", "surplus_rate"): "Σ(w · α) / ΣE",
    ("surrender", "surrendered"): "from_provincial + Σ accepted",
    ("carry-over", "net_sold"): "max(0, Σ sold − Σ bought)",
    ("carry-over", "carried"): "Σ accepted",
}
"""Formulas that run over many parts, so that no figures are put in."""


@pytest.mark.parametrize("operation", COUNTED)
def test_every_figure_that_is_not_merely_counted_has_a_formula(operation: str) -> None:
    chance = random.Random(5)
    output = value = None
    while output is None:
        value = EVERY[operation](chance)
        with contextlib.suppress(RuleError):
            output = explain(operation, value)
    figures = [
        step
        for step in output["steps"]
        if step["path"].count("/") == 1 and re.fullmatch(r"-?[0-9.]+", str(step["value"]))
    ]
    without = {step["field"] for step in figures if step["formula"] is None}
    assert without == COUNTED[operation]
    for step in figures:
        running = RUNNING.get((operation, step["field"]))
        assert running is None or step["formula"] == running
