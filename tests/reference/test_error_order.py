"""The order of errors: of two faults in one input the earlier is found (rulebook, section 7)."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from .inputs import (
    GASES,
    Json,
    aluminium,
    balance,
    cement,
    enterprise,
    outcome,
    refusal,
    steel,
    unit,
    with_unit,
)

# --- the order of errors: every pair of faults in one input, the earlier of the list is found

Fault = tuple[tuple[int, int, int], str, str, Callable[[Json], None]]
"""Rank (stage, unit, place in the list), code, path, and what puts the fault into an input."""


def set_unit(index: int, **changes: Any) -> Callable[[Json], None]:
    def put(given: Json) -> None:
        given["units"][index].update(changes)

    return put


def drop(index: int, name: str) -> Callable[[Json], None]:
    def put(given: Json) -> None:
        given["units"][index].pop(name, None)

    return put


def set_top(**changes: Any) -> Callable[[Json], None]:
    def put(given: Json) -> None:
        given.update(changes)

    return put


def set_balance_value(sector: str, value: str | None) -> Callable[[Json], None]:
    def put(given: Json) -> None:
        given["balance_values"].pop(sector, None)
        if value is not None:
            given["balance_values"][sector] = value

    return put


def change_sector(index: int, other: Json) -> Callable[[Json], None]:
    """Replace a unit by one of another sector, keeping what it has in common."""

    def put(given: Json) -> None:
        old = given["units"][index]
        common = {name: old[name] for name in ("unit_id", "year", "output") if name in old}
        given["units"][index] = {**other, **common}

    return put


def duplicate(first: int, second: int) -> Callable[[Json], None]:
    def put(given: Json) -> None:
        given["units"][second]["unit_id"] = given["units"][first]["unit_id"]

    return put


def unit_faults(index: int, sector: str, kinds: str) -> list[Fault]:
    """The faults a unit can have, with their place in the order."""
    at = f"/units/{index}"
    mismatch = (2, index, 3), "EMISSIONS_MISMATCH", f"{at}/verified_emissions"
    exceeds = (4, index, 0), "PROCESS_EXCEEDS_ENTERPRISE", f"{at}/process_emissions"
    above = {"ironmaking": "1000000", "sintering": "0"}
    every: dict[str, Fault] = {
        "year": ((2, index, 0), "YEAR_NOT_COVERED", f"{at}/year", set_unit(index, year=2023)),
        "sector": (
            (2, index, 1),
            "SECTOR_MISMATCH",
            f"{at}/sector",
            change_sector(index, cement()),
        ),
        "other-year": ((2, index, 2), "YEAR_MISMATCH", f"{at}/year", set_unit(index, year=2024)),
        "gases": (*mismatch, set_unit(index, gases=GASES)),
        "process": (*exceeds, set_unit(index, process_emissions=above)),
        "output": ((4, index, 1), "OUTPUT_NOT_POSITIVE", f"{at}/output", drop(index, "output")),
        "required": (
            (4, index, 2),
            "BALANCE_VALUE_REQUIRED",
            f"/balance_values/{sector}",
            set_balance_value(sector, None),
        ),
        "positive": (
            (4, index, 3),
            "BALANCE_VALUE_NOT_POSITIVE",
            f"/balance_values/{sector}",
            set_balance_value(sector, "-1"),
        ),
    }
    return [every[kind] for kind in kinds.split()]


def top_faults(units: int) -> list[Fault]:
    last = units - 1
    return [
        ((0, 0, 0), "INVALID_INPUT", "/unknown", set_top(unknown=1)),
        ((1, 0, 0), "YEAR_NOT_COVERED", "/year", set_top(year=2023)),
        ((3, last, 0), "DUPLICATE_UNIT", f"/units/{last}/unit_id", duplicate(0, last)),
    ]


ENTERPRISE = enterprise(
    steel(), aluminium(), steel(), aluminium(), steel="1.5", aluminium="1.6"
)  # steel and aluminium in turn, so that faults of either come before and after the other's
ENTERPRISE_FAULTS = [
    *top_faults(4),
    *unit_faults(0, "steel", "year other-year process output required positive"),
    *unit_faults(1, "aluminium", "year other-year gases output required positive"),
    *unit_faults(2, "steel", "year other-year process output"),
    *unit_faults(3, "aluminium", "year other-year gases output"),
]
STEEL = balance("steel", steel(), steel(), steel())
STEEL_FAULTS = [
    *top_faults(3),
    *unit_faults(0, "steel", "year sector other-year process output"),
    *unit_faults(1, "steel", "year sector other-year process output"),
]
ALUMINIUM = balance("aluminium", aluminium(), aluminium(), aluminium())
ALUMINIUM_FAULTS = [
    *top_faults(3),
    *unit_faults(0, "aluminium", "year sector other-year gases output"),
    *unit_faults(1, "aluminium", "year sector other-year gases output"),
]


def pairs(
    operation: str, base: Json, faults: list[Fault]
) -> list[tuple[str, Json, tuple[Fault, Fault]]]:
    return [(operation, base, pair) for pair in itertools.combinations(faults, 2)]


PAIRS = [
    *pairs("enterprise-allocation", ENTERPRISE, ENTERPRISE_FAULTS),
    *pairs("balance", STEEL, STEEL_FAULTS),
    *pairs("balance", ALUMINIUM, ALUMINIUM_FAULTS),
]


def name_pair(value: Any) -> str | None:
    if isinstance(value, tuple):
        return " and ".join(f"{code} {path}" for _, code, path, _ in value)
    return value if isinstance(value, str) else ""


def excludes(first: Fault, second: Fault) -> bool:
    """Tell whether one fault takes the other's place (the same field, or gases of no aluminium)."""
    if first[2] == second[2]:
        return True
    sectors = {first[1], second[1]}
    same_unit = first[0][1] == second[0][1] and {first[0][0], second[0][0]} <= {2, 4}
    return (
        same_unit
        and "SECTOR_MISMATCH" in sectors
        and bool(sectors & {"EMISSIONS_MISMATCH", "PROCESS_EXCEEDS_ENTERPRISE"})
    )


POSSIBLE = [row for row in PAIRS if not excludes(*row[2])]


@pytest.mark.parametrize(("operation", "base", "pair"), POSSIBLE, ids=name_pair)
def test_of_two_faults_the_earlier_in_the_order_of_errors_is_found(
    operation: str, base: Json, pair: tuple[Fault, Fault]
) -> None:
    given = copy.deepcopy(base)
    for _, _, _, put in pair:
        put(given)
    _, code, path, _ = min(pair, key=lambda fault: fault[0])
    assert outcome(operation, given) == refusal(code, path)


@pytest.mark.parametrize(
    ("operation", "base", "fault"),
    [
        *(("enterprise-allocation", ENTERPRISE, fault) for fault in ENTERPRISE_FAULTS),
        *(("balance", STEEL, fault) for fault in STEEL_FAULTS),
        *(("balance", ALUMINIUM, fault) for fault in ALUMINIUM_FAULTS),
    ],
)
def test_each_of_these_faults_alone_is_found(operation: str, base: Json, fault: Fault) -> None:
    given = copy.deepcopy(base)
    assert "output" in outcome(operation, given)
    fault[3](given)
    assert outcome(operation, given) == refusal(fault[1], fault[2])


ORDERED: list[tuple[str, str, Json, str, str]] = [
    ("another sector before gases that do not add up", "balance",
     balance("cement", aluminium("1", gases=GASES)), "SECTOR_MISMATCH", "/units/0/sector"),
    ("another sector before another year", "balance",
     balance("cement", aluminium(year=2024)), "SECTOR_MISMATCH", "/units/0/sector"),
    ("the unit's year before its sector", "balance",
     balance("cement", aluminium(year=2023)), "YEAR_NOT_COVERED", "/units/0/year"),
    ("processes before output, in one unit", "allocation", unit(steel("1", output="0")),
     "PROCESS_EXCEEDS_ENTERPRISE", "/unit/process_emissions"),
    ("output before a missing balance value", "allocation", with_unit(output="0"),
     "OUTPUT_NOT_POSITIVE", "/unit/output"),
    ("output before a balance value of 0", "allocation",
     {"unit": cement(output="0"), "balance_value": "0"}, "OUTPUT_NOT_POSITIVE", "/unit/output"),
    ("gases before output", "allocation", unit(aluminium("1", "0", gases=GASES)),
     "EMISSIONS_MISMATCH", "/unit/verified_emissions"),
    ("year before gases", "allocation", unit(aluminium("1", year=2023, gases=GASES)),
     "YEAR_NOT_COVERED", "/unit/year"),
    ("output before an unsolvable balance", "balance",
     balance("steel", steel("100", "0", "0"), steel("100", "0", "0", "0")), "OUTPUT_NOT_POSITIVE",
     "/units/1/output"),
    ("processes before an unsolvable balance", "balance",
     balance("steel", steel("100", "0", "0"), steel("1", "2", "0")),
     "PROCESS_EXCEEDS_ENTERPRISE", "/units/1/process_emissions"),
    ("twice before unsolvable", "balance",
     {"sector": "cement", "year": 2024, "units": [cement(year=2024)] * 2}, "DUPLICATE_UNIT",
     "/units/1/unit_id"),
    ("another year before unsolvable", "balance",
     balance("cement", cement(), year=2024), "YEAR_MISMATCH", "/units/0/year"),
    ("one unit's output before the next one's processes", "enterprise-allocation",
     enterprise(steel(output="0"), steel("1")), "OUTPUT_NOT_POSITIVE", "/units/0/output"),
    ("one unit's balance value before the next one's output", "enterprise-allocation",
     enterprise(cement(), steel(output="0"), steel="1"), "BALANCE_VALUE_REQUIRED",
     "/balance_values/cement"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "given", "code", "path"),
    [row[1:] for row in ORDERED],
    ids=[row[0] for row in ORDERED],
)
def test_the_order_of_errors_in_cases_the_pairs_leave_out(
    operation: str, given: Json, code: str, path: str
) -> None:
    assert outcome(operation, given) == refusal(code, path)
