"""The reference against a second implementation that shares nothing with it (``oracle``)."""

from __future__ import annotations

import copy
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings

from .inputs import SECTORS, Json, outcome
from .oracle import Refusal, compute
from .oracle_form import check_form
from .strategies import JUNK, LAW, NAMES, READINGS, decimal_of, holders, inputs, mutated

SECONDS = 1.5
"""How long each stream of random inputs is drawn, at most."""


def expected(operation: str, value: Any, readings: Mapping[str, str]) -> Json:
    """What the second implementation says: an output, or a code with its possible paths."""
    try:
        check_form(operation, value)
        return {"output": compute(operation, value, readings)}
    except Refusal as refusal:
        return {"error": refusal.code, "paths": refusal.paths}


def assert_agreement(operation: str, value: Any, readings: Mapping[str, str]) -> str:
    """Compare both; give the code, or ``output``, that both found."""
    first, second = outcome(operation, value, readings), expected(operation, value, readings)
    about = f"{operation} {value!r} under {readings!r}: {first} against {second}"
    if "error" in second:
        assert first.get("error") == second["error"], about
        assert first["path"] in second["paths"], about
        return str(second["error"])
    assert first == second, about
    return "output"


@settings(LAW, max_examples=250)
@given(drawn=inputs(), readings=READINGS)
def test_both_agree_on_inputs_of_good_form(
    drawn: tuple[str, Json], readings: dict[str, str]
) -> None:
    assert_agreement(*drawn, readings)


@settings(LAW, max_examples=350)
@given(drawn=mutated(), readings=READINGS)
def test_both_refuse_the_same_inputs_with_the_same_code_at_the_same_place(
    drawn: tuple[str, Any], readings: dict[str, str]
) -> None:
    assert_agreement(*drawn, readings)


# --- thousands of inputs from a plain generator, which is faster than hypothesis


def a_quantity(dice: random.Random) -> str:
    """A decimal string above 0, from one millionth of a tonne up to the greatest."""
    kind = dice.random()
    if kind < 0.4:
        return str(dice.randint(1, 30) * 10 ** dice.randint(0, 5))
    if kind < 0.95:
        return decimal_of(dice.randint(1, 10 ** dice.randint(1, 14)))
    return dice.choice(["0.000001", "999999999999999.999999", "0.5", "1.5", "2.5"])


def a_unit(dice: random.Random, sector: str, year: int) -> Json:
    emissions = a_quantity(dice)
    typical = {"steel": 1.75, "cement": 0.86, "aluminium": 1.57}[sector]
    output = a_quantity(dice)
    if dice.random() < 0.6:  # near the balance value, so that neither bound is met
        whole = dice.randint(1000, 10**7)
        emissions, output = str(whole), str(max(1, round(whole / typical * dice.uniform(0.7, 1.4))))
    unit: Json = {"sector": sector, "year": year, "verified_emissions": emissions, "output": output}
    if sector == "steel":
        half = decimal_of(int(emissions.split(".")[0]) * 10**6 // dice.randint(2, 9))
        part = "0" if dice.random() < 0.1 else half
        unit["process_emissions"] = {"ironmaking": half, "sintering": part}
        unit["route"] = dice.choices(["long_process", "electric_arc"], [9, 1])[0]
    if sector == "cement":
        kinds = ["ordinary", "white_only", "gypsum_acid_byproduct", "grinding_only"]
        unit["line_kind"] = dice.choices(kinds, [12, 1, 1, 1])[0]
        if dice.random() < 0.2:
            unit["carbide_slag_rate"] = dice.choice(["0", "0.15", "0.150001", "0.3"])
    if dice.random() < 0.1:
        unit["commissioned_year"] = dice.choice([2023, 2024, 2025, 2026])
    if dice.random() < 0.05:
        unit["closed_before_verification"] = True
    if dice.random() < 0.05:
        unit["listed"] = False
    return unit


def a_value(dice: random.Random) -> str:
    return dice.choice(["0.86", "1.75", "1.57", f"0.{dice.randint(1, 10**12 - 1):012d}"])


def a_balance(dice: random.Random) -> Json:
    sector = dice.choice(SECTORS)
    count = dice.randint(1, 6)
    drawn = [a_unit(dice, sector, 2025) for _ in range(count)]
    if dice.random() < 0.2:  # equal weights far apart: zero on an interval
        drawn = [{**unit, "verified_emissions": drawn[0]["verified_emissions"]} for unit in drawn]
    numbered = [{"unit_id": str(index), **unit} for index, unit in enumerate(drawn)]
    return {"sector": sector, "year": 2025, "units": numbered}


def an_enterprise(dice: random.Random) -> Json:
    year = dice.choices([2025, 2024], [4, 1])[0]
    drawn = [a_unit(dice, dice.choice(SECTORS), year) for _ in range(dice.randint(0, 5))]
    return {
        "enterprise_id": "E",
        "year": year,
        "units": [{"unit_id": str(index), **unit} for index, unit in enumerate(drawn)],
        "balance_values": {sector: a_value(dice) for sector in SECTORS},
    }


def an_allocation(dice: random.Random) -> Json:
    unit = {"unit_id": "U", **a_unit(dice, dice.choice(SECTORS), dice.choice([2024, 2025, 2025]))}
    return {"unit": unit, "balance_value": a_value(dice)}


def a_pre_allocation(dice: random.Random) -> Json:
    unit = an_allocation(dice)["unit"]
    return {"unit": unit, "previous_year_emissions": a_quantity(dice)}


MAKERS: dict[str, Callable[[random.Random], Json]] = {
    "balance": a_balance,
    "allocation": an_allocation,
    "enterprise-allocation": an_enterprise,
    "pre-allocation": a_pre_allocation,
}


def some_readings(dice: random.Random) -> dict[str, str]:
    return {
        "rounding": dice.choice(["unit_half_up", "unit_floor", "enterprise_half_up"]),
        "balance_precision": dice.choice(["exact", "four_decimals"]),
        "steel_base": dice.choice(["enterprise", "main_processes"]),
        "excluded_unit_obligation": dice.choice(["none", "verified_emissions"]),
    }


@pytest.mark.parametrize("operation", MAKERS)
def test_both_agree_on_thousands_of_random_inputs(operation: str) -> None:
    dice = random.Random(f"second implementation of {operation}")
    until = time.monotonic() + SECONDS
    found: Counter[str] = Counter()
    while found.total() < 2500 and (time.monotonic() < until or found.total() < 200):
        found[assert_agreement(operation, MAKERS[operation](dice), some_readings(dice))] += 1
    assert found["output"] >= found.total() // 2, found


def spoil(dice: random.Random, value: Json) -> None:
    """Retype, delete, rename or add one thing, in place."""
    holder = dice.choice(holders(value))
    key = dice.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    action = dice.random()
    if action < 0.5:
        holder[key] = copy.deepcopy(dice.choice(JUNK))
    elif action < 0.7:
        del holder[key]
    elif isinstance(holder, dict):
        name = dice.choice(NAMES)
        holder[name] = holder.pop(key) if action < 0.85 else copy.deepcopy(holder[key])
    else:
        holder.append(copy.deepcopy(holder[key]))


def test_both_find_the_same_error_in_thousands_of_spoilt_inputs() -> None:
    dice = random.Random("second implementation, spoilt")
    until = time.monotonic() + SECONDS
    found: Counter[str] = Counter()
    while found.total() < 3000 and (time.monotonic() < until or found.total() < 500):
        operation = dice.choice(list(MAKERS))
        value = MAKERS[operation](dice)
        for _ in range(dice.choice([1, 1, 2, 3])):
            if value:
                spoil(dice, value)
        found[assert_agreement(operation, value, some_readings(dice))] += 1
    assert found["INVALID_INPUT"] >= found.total() // 4, found
    assert len(found) >= 6, found
