"""All eleven operations against a second implementation that shares nothing with the reference.

``CETS_CASES=100000`` compares so many inputs of every operation, spread over processes; the
default is a fraction of it.
"""

from __future__ import annotations

import copy
import multiprocessing
import os
import random
from collections import Counter
from typing import Any

import pytest

from cets_reference import OPERATIONS

from .inputs import Json
from .second.answer import compare
from .second.draws import JUNK, MAKERS, NAMES, Maker, an_emission, compliance_readings
from .second.shrink import minimal, shrink
from .strategies import holders
from .test_second_implementation import MAKERS as ALLOCATING
from .test_second_implementation import some_readings

CASES = int(os.environ.get("CETS_CASES", "0"))
"""Cases per operation; 0 is the default of :data:`USUAL`."""
USUAL = {"balance": 60, "cycle": 1000}
"""Cases per operation where nothing is asked for; 400 for the others."""
BLOCK = 500
"""Cases that one process takes at a time; every block has its own seed."""


def a_scope(dice: random.Random) -> Json:
    return {"unit": ALLOCATING["allocation"](dice)["unit"]}


EVERY: dict[str, Maker] = {
    "emissions": an_emission,
    "scope": a_scope,
    **ALLOCATING,
    **MAKERS,
}


def spoil(dice: random.Random, value: Json) -> None:
    """Retype, delete, rename or add one thing, in place."""
    holder = dice.choice(holders(value))
    key = dice.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    action = dice.random()
    if action < 0.5:
        holder[key] = copy.deepcopy(dice.choice(JUNK))
    elif action < 0.7:
        del holder[key]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif action < 0.85:
        holder[dice.choice(NAMES)] = holder.pop(key)
    else:
        holder[dice.choice(NAMES)] = copy.deepcopy(holder[key])


def draw(operation: str, dice: random.Random) -> tuple[Json, dict[str, str]]:
    """An input, one in five spoilt, and readings."""
    value = copy.deepcopy(EVERY[operation](dice))
    if dice.random() < 0.2:
        for _ in range(dice.choice([1, 1, 2, 3])):
            if value:
                spoil(dice, value)
    readings = compliance_readings(dice) if operation in MAKERS else some_readings(dice)
    return value, readings


def compare_block(block: tuple[str, int, int]) -> tuple[Counter[str], list[str]]:
    """Compare a block of inputs; give what was found and the first disagreements, shrunk."""
    operation, seed, cases = block
    dice = random.Random(f"{operation} {seed}")
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for _ in range(cases):
        value, readings = draw(operation, dice)
        kind, difference = compare(operation, value, readings)
        found[kind] += 1
        if difference is not None and len(wrong) < 2:
            wrong.append(minimal(operation, value, readings))
    return found, wrong


def compare_many(operation: str, cases: int) -> Counter[str]:
    blocks = [
        (operation, seed, min(BLOCK, cases - start))
        for seed, start in enumerate(range(0, cases, BLOCK))
    ]
    found: Counter[str] = Counter()
    wrong: list[str] = []
    if CASES and len(blocks) > 1:
        context = multiprocessing.get_context("fork")
        with context.Pool(os.cpu_count()) as pool:
            results = list(pool.imap_unordered(compare_block, blocks))
    else:
        results = [compare_block(block) for block in blocks]
    for counted, differing in results:
        found += counted
        wrong += differing
    assert not wrong, "\n\n".join(wrong[:5])
    return found


@pytest.mark.parametrize("operation", EVERY)
def test_both_implementations_agree_on_random_inputs_and_errors(operation: str) -> None:
    cases = CASES or USUAL.get(operation, 400)
    found = compare_many(operation, cases)
    assert found.total() == cases
    assert found["output"] >= cases // 3, found
    assert found["INVALID_INPUT"] >= cases // 20, found


def test_every_operation_is_compared() -> None:
    assert set(EVERY) == set(OPERATIONS)


EXPECTED_CODES = {
    "settlement": {"YEAR_NOT_COVERED", "ARREARS_NOT_APPLICABLE"},
    "surrender": {
        "YEAR_NOT_COVERED",
        "DATE_AFTER_AS_OF",
        "DUPLICATE_ID",
        "DEDUCTION_NOT_APPLICABLE",
    },
    "carry-over": {"DUPLICATE_ID"},
    "cycle": {"DATE_AFTER_AS_OF", "DUPLICATE_ID", "INSUFFICIENT_HOLDING"},
}


@pytest.mark.parametrize("operation", EXPECTED_CODES)
def test_the_random_inputs_meet_every_error_of_the_operation(operation: str) -> None:
    dice = random.Random(f"codes of {operation}")
    found = {compare(operation, *draw(operation, dice))[0] for _ in range(700)}
    assert found >= EXPECTED_CODES[operation] | {"output", "INVALID_INPUT"}


def test_a_disagreement_is_shrunk_to_what_makes_it() -> None:
    value: Any = {"list": [{"amount": 900, "other": True}, {"amount": 3}], "rest": "x"}
    small = shrink(value, lambda one: any(i.get("amount", 0) > 4 for i in one.get("list", ())))
    assert small == {"list": [{"amount": 5}]}
