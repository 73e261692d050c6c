"""Figures worked out by hand: balance values, enterprises, pre-allocations (sections 3 and 4)."""

from __future__ import annotations

import pytest

from .inputs import (
    CLOSED,
    FLOOR,
    FOUR,
    MAIN,
    NEW,
    NOTHING,
    ONCE,
    SURRENDER_ALL,
    WHITE,
    Json,
    aluminium,
    amounts,
    balance,
    cement,
    enterprise,
    output,
    steel,
)

# --- B-1 to B-4: the balance value


def solved(counted: int, total: str, value: str, rate: str = "0.000000000000") -> Json:
    return {
        "units_counted": counted,
        "total_emissions": total,
        "balance_value": value,
        "surplus_rate": rate,
    }


BALANCES: list[tuple[str, Json, dict[str, str], Json]] = [
    ("one unit is its own balance", balance("cement", cement("86", "100")), {},
     solved(1, "86", "0.860000000000")),
    ("nobody clipped: the mean weighted by emissions",
     balance("cement", cement("100", "100"), cement("300", "250")), {},
     solved(2, "400", "1.150000000000")),
    ("one clean unit clipped",
     balance("cement", cement("100", "200"), cement("200", "200"), cement("220", "200")), {},
     # 3 + 0.15·(420 - (200 + 242)/B) = 0, so B = 442/440
     solved(3, "520", "1.004545454545")),
    ("one dirty unit clipped",
     balance("cement", cement("100", "50"), cement("200", "200"), cement("180", "200")), {},
     # -3 + 0.15·(380 - (200 + 162)/B) = 0, so B = 362/360
     solved(3, "480", "1.005555555556")),
    ("zero on an interval: its lower end",
     balance("cement", cement("100", "100"), cement("100", "10")), {},
     solved(2, "200", "1.250000000000")),
    ("zero on an interval of three: its lower end",
     balance("aluminium", aluminium("100", "100"), aluminium("50", "5"), aluminium("50", "4")), {},
     solved(3, "200", "1.250000000000")),
    ("a unit of intensity 0 counts",
     # 3 + 0.15·300·(1 - 1/B) = 0, so B = 15/16
     balance("steel", steel("100", "0", "0", "1"), steel("300", "300", "0", "300")), {},
     solved(2, "400", "0.937500000000")),
    ("… but has no main processes to weigh",
     balance("steel", steel("100", "0", "0", "1"), steel("300", "300", "0", "300")), MAIN,
     solved(1, "300", "1.000000000000")),
    ("steel weighs by the enterprise's emissions",
     balance("steel", steel("1000", "300", "100", "400"), steel("1000", "600", "0", "500")), {},
     solved(2, "2000", "1.100000000000")),
    ("… or by the main processes'",
     balance("steel", steel("1000", "300", "100", "400"), steel("1000", "600", "0", "500")), MAIN,
     solved(2, "2000", "1.120000000000")),
    ("uncovered, equal and idle units do not count",
     balance("cement", cement("86", "100"), cement("50", "1", **NEW), cement("50", "1", **WHITE),
             cement("50", "1", carbide_slag_rate="0.16"), cement("0", NOTHING),
             cement("50", "1", line_kind="grinding_only"), cement("50", NOTHING, **CLOSED),
             cement("50", "1", listed=False)), {},
     solved(1, "86", "0.860000000000")),
    ("indirect emissions do not count",
     balance("cement", cement("86", "100", indirect_emissions="86")), {},
     solved(1, "86", "0.860000000000")),
    ("total emissions are exact, without trailing zeros",
     balance("cement", cement("0.100000", "1"), cement("0.02", "0.2")), {},
     solved(2, "0.12", "0.100000000000")),
    # printed half to even
    ("a tie of the balance value goes up to even",
     balance("cement", cement("0.000015", "10000000")), {},
     # X = (2 - 1.5)/2 = 0.25 at the printed value
     solved(1, "0.000015", "0.000000000002", "0.030000000000")),
    ("a tie of the balance value goes down to even",
     balance("cement", cement("0.000025", "10000000")), {},
     solved(1, "0.000025", "0.000000000002", "-0.030000000000")),
    # reading balance_precision, and the rate at the printed value
    ("four decimals, half up where even is below", balance("cement", cement("86005", "100000")),
     FOUR, solved(1, "86005", "0.860100000000", "0.000008719916")),
    ("four decimals, half up where even is above", balance("cement", cement("86015", "100000")),
     FOUR, solved(1, "86015", "0.860200000000", "0.000008718903")),
    ("four decimals, just below the tie",
     balance("cement", cement("86004.999999", "100000")), FOUR,
     solved(1, "86004.999999", "0.860000000000", "-0.000008720928")),
    ("four decimals: a third", balance("cement", cement("100", "300")), FOUR,
     solved(1, "100", "0.333300000000", "-0.000015001500")),
    ("exact: a third is printed with twelve", balance("cement", cement("100", "300")), {},
     solved(1, "100", "0.333333333333")),
    ("the rate stays per tonne of the whole enterprise",
     balance("steel", steel("200", "100", "0", "300")), FOUR | MAIN,
     solved(1, "200", "0.333300000000", "-0.000007500750")),
    ("four decimals make a dirty unit's bound",
     balance("cement", cement("0.00014", "1", ), cement("0.00015", "1")), FOUR,
     # mean (0.0196 + 0.0225)/0.29 = 0.000145…, rounds to 0.0001: both clipped
     solved(2, "0.00029", "0.000100000000", "-0.030000000000")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "readings", "expected"),
    [row[1:] for row in BALANCES],
    ids=[row[0] for row in BALANCES],
)
def test_balance_of_a_sector(given: Json, readings: dict[str, str], expected: Json) -> None:
    assert output("balance", given, readings) == expected


# --- the enterprise

HALVES = enterprise(cement("0.5", **WHITE), cement("0.5", **WHITE))
QUARTERS = enterprise(*[cement("0.25", **WHITE)] * 3)

ENTERPRISES: list[tuple[str, Json, dict[str, str], list[tuple[int, int]], Json]] = [
    ("units are rounded, then summed", HALVES, {}, [(1, 1), (1, 1)],
     amounts(2, 2, surplus_rate="0.000000000000")),
    ("units are cut off, then summed", HALVES, FLOOR, [(0, 0), (0, 0)],
     amounts(0, 0, surplus_rate=None)),
    ("exact values are summed, then rounded", HALVES, ONCE, [(1, 1), (1, 1)],
     amounts(1, 1, surplus_rate="0.000000000000")),
    ("three quarters vanish unit by unit", QUARTERS, {}, [(0, 0)] * 3,
     amounts(0, 0, surplus_rate=None)),
    ("three quarters make a tonne once", QUARTERS, ONCE, [(0, 0)] * 3,
     amounts(1, 1, surplus_rate="0.000000000000")),
    ("the rate is of the printed amounts", enterprise(cement("150", "300"), cement="1"), {},
     [(155, 150)], amounts(155, 150, surplus_rate="0.033333333333")),
    ("… as read", enterprise(cement("150", "300"), cement="1"), FLOOR, [(154, 150)],
     amounts(154, 150, surplus_rate="0.026666666667")),
    ("a shortage has a negative rate", enterprise(cement("150", "75"), cement="1"), {},
     [(146, 150)], amounts(146, 150, surplus_rate="-0.026666666667")),
    ("sectors have their own balance values",
     enterprise(cement("100", "125"), steel("100", "50", "10", "40"), aluminium("160", "100"),
                cement="1", steel="1.5", aluminium="1.28"), {},
     [(103, 100), (100, 100), (155, 160)], amounts(358, 360, surplus_rate="-0.005555555556")),
    ("a sum may exceed what an input amount may",
     enterprise(*[cement("999999999999999.999999", **WHITE)] * 10), {}, [(10**15, 10**15)] * 10,
     amounts(10**16, 10**16, surplus_rate="0.000000000000")),
    ("no unit, no obligation, no rate", enterprise(), {}, [], amounts(0, 0, surplus_rate=None)),
    ("no balance value where none is needed",
     enterprise(cement("7", NOTHING, year=2024), steel("8", year=2024), year=2024), {},
     [(7, 7), (8, 8)], amounts(15, 15, surplus_rate="0.000000000000")),
    ("values not needed are not judged",
     enterprise(cement("7", NOTHING, **WHITE), cement="0", steel="-1"), {},
     [(7, 7)], amounts(7, 7, surplus_rate="0.000000000000")),
    ("a new unit beside an old one", enterprise(cement("100", "125"), cement("50", **NEW),
     cement="1"), {}, [(103, 100), (0, 0)], amounts(103, 100, surplus_rate="0.030000000000")),
    ("a new unit that surrenders", enterprise(cement("100", "125"), cement("50", **NEW),
     cement="1"), SURRENDER_ALL, [(103, 100), (0, 50)],
     amounts(103, 150, surplus_rate="-0.313333333333")),
    ("a new unit that surrenders, summed once",
     enterprise(cement("0.3", **NEW), cement("0.3", **CLOSED), year=2025), SURRENDER_ALL | ONCE,
     [(0, 0), (0, 0)], amounts(0, 1, surplus_rate="-1.000000000000")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "readings", "units", "expected"),
    [row[1:] for row in ENTERPRISES],
    ids=[row[0] for row in ENTERPRISES],
)
def test_allocation_of_an_enterprise(
    given: Json, readings: dict[str, str], units: list[tuple[int, int]], expected: Json
) -> None:
    found = output("enterprise-allocation", given, readings)
    assert [(unit["allowance"], unit["obligation"]) for unit in found["units"]] == units
    assert [unit["unit_id"] for unit in found["units"]] == [u["unit_id"] for u in given["units"]]
    assert {name: found[name] for name in expected} == expected


def test_a_unit_within_an_enterprise_shows_all_of_its_allocation() -> None:
    line = cement("1000000", "1200000")
    alone = output("allocation", {"unit": line, "balance_value": "0.86"})
    within = output("enterprise-allocation", enterprise(line, cement="0.86"))
    assert within["units"] == [{"unit_id": "U-1", **alone}]


# --- I-1, I-2: pre-allocation

PRE_ALLOCATIONS: list[tuple[str, Json, str | None, dict[str, str], str | None, int]] = [
    ("70 %", cement(), "1000000", {}, None, 700000),
    ("a tie above an odd number", cement(), "5", {}, None, 4),
    ("a tie above an even number", cement(), "15", {}, None, 11),
    ("a tie, floor", cement(), "15", FLOOR, None, 10),
    ("a tie, enterprise_half_up", cement(), "15", ONCE, None, 11),
    ("just below a tie", cement(), "0.714285", {}, None, 0),
    ("just above a tie", cement(), "0.714286", {}, None, 1),
    ("just below a tonne, floor", cement(), "1.428571", FLOOR, None, 0),
    ("just above a tonne, floor", cement(), "1.428572", FLOOR, None, 1),
    ("none the year before", cement(), None, {}, None, 0),
    ("0 the year before", cement(), "0", {}, None, 0),
    ("this year's emissions do not count", cement("999"), None, {}, None, 0),
    ("this year's emissions may be missing", cement(NOTHING, NOTHING), "10", {}, None, 7),
    ("steel needs no processes for it", steel(NOTHING, process_emissions=NOTHING), "10", {}, None,
     7),
    ("white clinker is pre-allocated too", cement(**WHITE), "10", {}, None, 7),
    ("nothing in 2024", cement(year=2024), "1000000", {}, None, 0),
    ("a new unit", cement(**NEW), "1000000", {}, "NEW_UNIT", 0),
    ("a closed unit", cement(**CLOSED), "1000000", {}, "CLOSED_UNIT", 0),
    ("an unlisted unit", cement(listed=False), "1000000", {}, "NOT_LISTED", 0),
    ("a grinding station", cement(line_kind="grinding_only"), "10", {}, "NO_CLINKER_LINE", 0),
    ("electric-arc steel", steel(route="electric_arc"), "10", {}, "ROUTE_NOT_COVERED", 0),
    ("a new unit of 2024", cement(year=2024, commissioned_year=2024), "10", {}, "NEW_UNIT", 0),
    ("emissions while it was new count", cement(commissioned_year=2024), "10", {}, None, 7),
    ("no reading of obligations matters", cement(**NEW), "10", SURRENDER_ALL, "NEW_UNIT", 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "previous", "readings", "reason", "expected"),
    [row[1:] for row in PRE_ALLOCATIONS],
    ids=[row[0] for row in PRE_ALLOCATIONS],
)
def test_pre_allocation_of_a_unit(
    unit: Json, previous: str | None, readings: dict[str, str], reason: str | None, expected: int
) -> None:
    given = {"unit": unit} | ({} if previous is None else {"previous_year_emissions": previous})
    assert output("pre-allocation", given, readings) == {
        "covered": reason is None,
        "reason": reason,
        "pre_allocation": expected,
    }


ORDERS = {
    "emissions": ({"gases": {"co2": "1", "cf4": "0", "c2f6": "0"}}, "verified_emissions"),
    "scope": ({"unit": cement()}, "covered reason method"),
    "balance": (
        balance("cement", cement()),
        "units_counted total_emissions balance_value surplus_rate",
    ),
    "allocation": (
        {"unit": cement(), "balance_value": "1"},
        "covered reason method intensity deviation coefficient allowance obligation surplus",
    ),
    "enterprise-allocation": (
        enterprise(cement(), cement="1"),
        "units allowance obligation surplus surplus_rate",
    ),
    "pre-allocation": ({"unit": cement()}, "covered reason pre_allocation"),
}


@pytest.mark.parametrize("operation", ORDERS)
def test_output_fields_are_listed_in_the_order_of_computation(operation: str) -> None:
    given, names = ORDERS[operation]
    assert list(output(operation, given)) == names.split()
