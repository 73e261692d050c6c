"""The compliance cycle worked out by hand: accounts, days, deductions (rulebook, section 8)."""

from __future__ import annotations

from typing import Any

import pytest

from .compliance_inputs import (
    CCER_ANY,
    CCER_UP,
    NO_DEDUCTION,
    VINTAGES,
    asked,
    both_met,
    ccer,
    cycle,
    dealt,
    line,
    lived,
    opening,
    other,
    own,
    part,
    year_of,
)
from .inputs import CLOSED, FLOOR, NEW, ONCE, SURRENDER_ALL, Json, cement, numbered, output

PRE = {"pre_allocated_on": "2026-02-01"}
RISK = {"high_risk": True}
FROZEN = {"account_frozen": True}


def by_intensity(emissions: int, product: int) -> Json:
    """A line of 2025 allocated by intensity, where the balance value is 1."""
    return {
        "units": numbered(cement(str(emissions), str(product))),
        "balance_values": {"cement": "1"},
    }


SURPLUS = by_intensity(1000, 2000)  # I 0.5, α = +0.03: 1,030 t
DEFICIT = by_intensity(1000, 500)  # I 2, α = -0.03: 970 t


def test_a_whole_cycle_field_by_field_in_its_order() -> None:
    """2024: 1,000 t issued and surrendered. 2025: 700 t (70 %) first, 300 t at settlement."""
    found = output("cycle", both_met())
    assert list(found) == ["years", "carry_over", "refusals", "holdings"]
    common = {"recovery_outstanding": 0, "ccer_used": 0, "surrendered": 1000, "outstanding": 0}
    end = {"status": "fulfilled", "certificate": True}
    rows = [
        (2024, {"pre_allocated": 0, "allowance": 1000, "obligation": 1000, "deduction": 0,
                "adjustment": 1000}),
        (2025, {"pre_allocated": 700, "allowance": 1000, "obligation": 1000, "deduction": 0,
                "adjustment": 300}),
    ]  # fmt: skip
    expected = [{"year": year, **row, **common, **end} for year, row in rows]
    assert [list(row.items()) for row in found["years"]] == [list(row.items()) for row in expected]
    assert found["carry_over"] == {
        "eligible": True, "reason": None, "base": 10_000, "net_sold": 0, "cap": 10_000,
        "holding": 0, "maximum": 0, "applications": [], "carried": 0, "not_carried": 0,
    }  # fmt: skip
    assert found["refusals"] == []
    assert found["holdings"] == [{"vintage": v, "enterprise": 0, "province": 0} for v in VINTAGES]


# --- «an issue or pre-allocation after as_of has not happened»; «carry_over null»

UNTOUCHED = cycle(year_of(2024, 1000), year_of(2025, 800, **PRE))
DAYS: list[tuple[str, Json, Json, Json]] = [
    # as_of, of 2024, of 2025, holdings
    ("2024-06-30", {"allowance": 0, "adjustment": 0, "outstanding": 1000, "status": "open"},
     {"pre_allocated": 0, "obligation": 800, "outstanding": 800, "status": "open"}, {}),
    ("2025-10-19", {"allowance": 0, "adjustment": 0, "obligation": 1000, "certificate": False},
     {"pre_allocated": 0, "status": "open"}, {}),
    ("2025-10-20", {"allowance": 1000, "adjustment": 1000}, {"allowance": 0}, {"2024": (1000, 0)}),
    ("2025-12-31", {"status": "open", "outstanding": 1000}, {}, {"2024": (1000, 0)}),
    ("2026-01-01", {"status": "outstanding"}, {"pre_allocated": 0}, {"2024": (1000, 0)}),
    ("2026-01-31", {}, {"pre_allocated": 0, "adjustment": 0}, {"2024": (1000, 0)}),
    ("2026-02-01", {}, {"pre_allocated": 700, "allowance": 0, "adjustment": 0, "deduction": 0},
     {"2024": (1000, 0), "2025": (700, 0)}),
    ("2026-10-19", {"outstanding": 1000, "status": "outstanding"},
     {"pre_allocated": 700, "allowance": 0, "deduction": 0}, {"2024": (1000, 0), "2025": (700, 0)}),
    # 800 t deducted, entitlement 0: all 700 t are recovered
    ("2026-10-20", {"outstanding": 200, "status": "outstanding", "surrendered": 0},
     {"pre_allocated": 700, "allowance": 800, "deduction": 800, "adjustment": -700,
      "recovery_outstanding": 0, "status": "open"}, {"2024": (1000, 0)}),
    ("2026-12-31", {}, {"status": "open", "outstanding": 800}, {"2024": (1000, 0)}),
    ("2027-01-01", {}, {"status": "outstanding", "outstanding": 800}, {"2024": (1000, 0)}),
]  # fmt: skip


@pytest.mark.parametrize(("as_of", "of_2024", "of_2025", "held"), DAYS, ids=[d[0] for d in DAYS])
def test_what_has_happened_on_a_day(as_of: str, of_2024: Json, of_2025: Json, held: Json) -> None:
    found = lived({**UNTOUCHED, "as_of": as_of})
    assert part(found[2024], of_2024) == of_2024
    assert part(found[2025], of_2025) == of_2025
    assert found["held"] == held
    assert (found["carry_over"] is None) == (as_of < "2025-12-31")


def test_on_the_last_day_of_2025_the_carry_over_is_known() -> None:
    assert lived({**UNTOUCHED, "as_of": "2025-12-30"})["carry_over"] is None
    known = lived({**UNTOUCHED, "as_of": "2025-12-31"})["carry_over"]
    assert part(known, {"holding": 0, "eligible": 0}) == {"holding": 1000, "eligible": False}


def test_without_a_day_of_pre_allocation_there_is_none() -> None:
    found = lived(cycle(year_of(2024, 1000), year_of(2025, 1000)), NO_DEDUCTION)
    assert part(found[2025], {"pre_allocated": 0, "adjustment": 0}) == {
        "pre_allocated": 0, "adjustment": 1000,
    }  # fmt: skip


# --- I-2: the pre-allocation of the 2025 list by its 2024 emissions


def lists(first: list[Json], last: list[Json]) -> Json:
    return cycle(
        year_of(2024, 0, units=numbered(*first)),
        year_of(2025, 0, units=last, **PRE),
        as_of="2026-02-01",
    )


OLD_LINE, NEW_LINE = line(1000, 2024), line(10, 2025)
LISTS: list[tuple[str, list[Json], list[Json], int]] = [
    ("the same unit", [OLD_LINE], numbered(NEW_LINE), 700),
    ("a unit of 2025 alone", [OLD_LINE], [{**NEW_LINE, "unit_id": "U-2"}], 0),
    ("a unit of 2024 alone", [OLD_LINE, OLD_LINE], numbered(NEW_LINE), 700),
    ("outside 2024's allocation, inside 2025's", [line(1000, 2024, commissioned_year=2024)],
     numbered(line(10, 2025, commissioned_year=2024)), 700),
    ("not listed in 2024", [line(1000, 2024, listed=False)], numbered(NEW_LINE), 700),
    ("new in 2025", [OLD_LINE], numbered(line(10, 2025, **NEW)), 0),
    ("closed in 2025", [OLD_LINE], numbered(line(10, 2025, **CLOSED)), 0),
    ("not listed in 2025", [OLD_LINE], numbered(line(10, 2025, listed=False)), 0),
    ("two units", [OLD_LINE, line(10, 2024)], numbered(NEW_LINE, NEW_LINE), 707),
    ("no emissions in 2025", [OLD_LINE], numbered(line(0, 2025)), 700),
]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "expected"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS]
)
def test_each_unit_of_2025_is_pre_allocated_by_its_2024_emissions(
    first: list[Json], last: list[Json], expected: int
) -> None:
    found = lived(lists(first, last))
    assert found[2025]["pre_allocated"] == expected
    assert found["held"].get("2025", (0, 0)) == (expected, 0)


@pytest.mark.parametrize(("readings", "expected"), [({}, 8), (FLOOR, 6), (ONCE, 7)])
def test_the_sum_of_pre_allocations_is_rounded_as_it_is_read(
    readings: dict[str, str], expected: int
) -> None:
    """70 % of 5 t is 3.5 t, twice."""
    value = lists([line(5, 2024), line(5, 2024)], numbered(NEW_LINE, NEW_LINE))
    assert lived(value, readings)[2025]["pre_allocated"] == expected


# --- I-5, R-5: the province's account


def test_a_high_risk_2024_is_surrendered_from_the_province_on_the_day_of_issue() -> None:
    found = lived(cycle(year_of(2024, 1000, **RISK), year_of(2025, 0), as_of="2025-12-31"))
    expected = {"adjustment": 1000, "surrendered": 1000, "status": "fulfilled"}
    assert part(found[2024], expected) == expected
    assert (found["held"], found["carry_over"]["eligible"]) == ({}, True)


def test_a_high_risk_2024_issued_after_the_deadline_is_late() -> None:
    first = year_of(2024, 1000, **RISK, issued_on="2026-01-01")
    found = lived(cycle(first, year_of(2025, 0)))
    assert (found[2024]["status"], found[2024]["surrendered"]) == ("fulfilled_late", 1000)


def test_what_the_province_need_not_surrender_is_released() -> None:
    """300 t of vintage 2021 were surrendered before, so 300 t of vintage 2024 are left."""
    first = year_of(2024, 1000, own(300, "2025-09-01", "2021"), **RISK)
    found = lived(cycle(first, year_of(2025, 0), opening=opening(v2021=300)))
    assert (found["held"], found[2024]["surrendered"]) == ({"2024": (300, 0)}, 1000)
    assert found["carry_over"]["holding"] == 300


def high_risk_2025(*submissions: Json, **changes: Any) -> Json:
    """2024 met; 2025 at high risk, 700 t pre-allocated to the province's account."""
    first = year_of(2024, 1000, own(1000, "2025-11-01", "2024", "first"))
    plan = {**year_of(2025, 1000, *submissions, **PRE, **RISK), **changes.pop("last", {})}
    return cycle(first, plan, **changes)


def test_a_pre_allocation_stays_with_the_province_until_the_settlement() -> None:
    found = lived(high_risk_2025(as_of="2026-10-19"))
    expected = {"pre_allocated": 700, "surrendered": 0, "outstanding": 1000, "status": "open"}
    assert part(found[2025], expected) == expected
    assert found["held"] == {"2025": (0, 700)}


def test_it_stays_there_even_where_the_obligation_is_met_before() -> None:
    submission = other(1000, "2026-03-01")
    before = lived(high_risk_2025(submission, last=FROZEN, as_of="2026-10-19"))
    assert (before["held"], before[2025]["certificate"]) == ({"2025": (0, 700)}, True)
    after = lived(high_risk_2025(submission, last=FROZEN))
    assert (after["held"], after[2025]["surrendered"]) == ({"2025": (1000, 0)}, 1000)


PROVINCE: list[tuple[str, Json, Json, Json]] = [
    ("exactly enough", {}, {"surrendered": 1000, "outstanding": 0, "adjustment": 300}, {}),
    ("a surplus is released", SURPLUS, {"surrendered": 1000, "outstanding": 0, "adjustment": 330},
     {"2025": (30, 0)}),
    ("a deficit leaves nothing", DEFICIT, {"surrendered": 970, "outstanding": 30,
                                           "adjustment": 270, "status": "outstanding"}, {}),
    ("a recovery comes first", {"units": numbered(line(500, 2025))},
     {"surrendered": 500, "outstanding": 0, "adjustment": -200, "recovery_outstanding": 0}, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "expected", "held"), [row[1:] for row in PROVINCE], ids=[row[0] for row in PROVINCE]
)
def test_the_settlement_surrenders_from_the_province_first(
    last: Json, expected: Json, held: Json
) -> None:
    found = lived(high_risk_2025(last=last))
    assert (part(found[2025], expected), found["held"]) == (expected, held)


def test_after_the_province_s_the_enterprise_surrenders_the_rest() -> None:
    bought = [dealt("t", "buy", 50, "2026-11-01", "2025")]
    found = lived(high_risk_2025(own(50, "2026-11-01"), last=DEFICIT, trades=bought))
    assert found["why"] == [("s", "EXCEEDS_OBLIGATION")]
    assert (found[2025]["status"], found["held"]) == ("fulfilled", {"2025": (20, 0)})


# --- I-3: the recovery


def recovery(**changes: Any) -> Json:
    """700 t pre-allocated, 500 t due: 200 t too much."""
    first = year_of(2024, 1000, own(1000, "2025-11-01", "2024"))
    return cycle(first, year_of(2025, 500, **PRE), **changes)


RECOVERIES: list[tuple[str, Json, int, Json]] = [
    ("from the enterprise's account", {}, 0, {"2025": (500, 0)}),
    ("from just enough", {"trades": [dealt("t", "sell", 500, "2026-05-01", "2025")]}, 0, {}),
    ("from too little", {"trades": [dealt("t", "sell", 600, "2026-05-01", "2025")]}, 100, {}),
    ("what is outstanding stays so", {"trades": [
        dealt("t", "sell", 600, "2026-05-01", "2025"),
        dealt("u", "buy", 300, "2026-10-21", "2025")]}, 100, {"2025": (300, 0)}),
    ("what is bought before counts", {"trades": [
        dealt("t", "sell", 600, "2026-05-01", "2025"),
        dealt("u", "buy", 300, "2026-10-19", "2025")]}, 0, {"2025": (200, 0)}),
    ("what is bought on the day comes after", {"trades": [
        dealt("t", "sell", 600, "2026-05-01", "2025"),
        dealt("u", "buy", 300, "2026-10-20", "2025")]}, 100, {"2025": (300, 0)}),
    ("carried-in amounts included", {
        "opening": opening(v2021=60), "applications": [asked("a", 60)],
        "trades": [dealt("t", "sell", 600, "2026-05-01", "2025")]}, 40, {}),
    ("older vintages are left alone", {
        "opening": opening(v2021=60),
        "trades": [dealt("t", "sell", 600, "2026-05-01", "2025")]}, 100, {"2021": (60, 0)}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "outstanding", "held"), [row[1:] for row in RECOVERIES],
    ids=[row[0] for row in RECOVERIES],
)  # fmt: skip
def test_a_recovery_takes_vintage_2025_from_the_account(
    changes: Json, outstanding: int, held: Json
) -> None:
    found = lived(recovery(**changes))
    assert (found[2025]["adjustment"], found[2025]["recovery_outstanding"]) == (-200, outstanding)
    assert found["held"] == held


def test_at_high_risk_carried_in_amounts_are_in_the_other_account() -> None:
    last = {"units": numbered(line(0, 2025))}
    applied = [asked("a", 60)]
    found = lived(high_risk_2025(last=last, opening=opening(v2021=60), applications=applied))
    assert (found[2025]["adjustment"], found[2025]["recovery_outstanding"]) == (-700, 0)
    assert found["held"] == {"2025": (60, 0)}


# --- I-6: arrears of 2024

ARREARS: list[tuple[str, tuple[Json, ...], Json, dict[str, str], Json, Json]] = [
    # name, submissions for 2024, 2025's changes, readings, of 2024, of 2025
    ("all of it", (), {}, {}, {"outstanding": 0, "surrendered": 0, "certificate": True,
                               "status": "settled_by_deduction"},
     {"deduction": 1000, "adjustment": -700}),
    ("no more than the allowance", (), {"units": numbered(line(600, 2025))}, {},
     {"outstanding": 400, "status": "outstanding"}, {"deduction": 600, "adjustment": -700}),
    ("of what was met in part", (own(700, "2025-12-31", "2024"),), {}, {},
     {"outstanding": 0, "surrendered": 700, "status": "settled_by_deduction"},
     {"deduction": 300, "adjustment": 0}),
    ("late surrender before it lessens it", (own(700, "2026-10-19", "2024"),), {}, {},
     {"outstanding": 0, "surrendered": 700, "status": "settled_by_deduction"},
     {"deduction": 300, "adjustment": 0}),
    ("late surrender of all leaves nothing", (own(1000, "2026-10-19", "2024"),), {}, {},
     {"outstanding": 0, "status": "fulfilled_late"}, {"deduction": 0, "adjustment": 300}),
    ("a submission of the same day meets the reduced obligation",
     (own(1000, "2026-10-20", "2024"),), {"units": numbered(line(600, 2025))}, {},
     {"outstanding": 0, "surrendered": 400, "status": "settled_by_deduction"},
     {"deduction": 600, "adjustment": -700}),
    ("… and where nothing is left, none of it", (own(5, "2026-10-20", "2024"),), {}, {},
     {"outstanding": 0, "surrendered": 0}, {"deduction": 1000}),
    ("a later one too", (own(1000, "2026-12-01", "2024"),),
     {"units": numbered(line(600, 2025))}, {},
     {"outstanding": 0, "surrendered": 400, "status": "settled_by_deduction"}, {"deduction": 600}),
    ("not while the deadline is ahead", (),
     {"issued_on": "2025-12-31", "pre_allocated_on": "2025-12-30"}, {},
     {"outstanding": 1000, "status": "outstanding"}, {"deduction": 0, "adjustment": 300}),
    ("from the day after", (),
     {"issued_on": "2026-01-01", "pre_allocated_on": "2025-12-30"},
     {}, {"outstanding": 0}, {"deduction": 1000, "adjustment": -700}),
    ("none, if so read", (), {}, NO_DEDUCTION, {"outstanding": 1000, "status": "outstanding"},
     {"deduction": 0, "adjustment": 300}),
    ("with high risk, what is left after the deduction is surrendered",
     (own(400, "2025-12-01", "2024"),), RISK, {}, {"outstanding": 0},
     {"deduction": 600, "adjustment": -300, "surrendered": 400, "outstanding": 600}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "last", "readings", "of_2024", "of_2025"), [row[1:] for row in ARREARS],
    ids=[row[0] for row in ARREARS],
)  # fmt: skip
def test_arrears_of_2024_are_deducted_in_the_settlement_of_2025(
    items: tuple[Json, ...], last: Json, readings: dict[str, str], of_2024: Json, of_2025: Json
) -> None:
    plan = {**year_of(2025, 1000, **PRE), **last}
    found = lived(cycle(year_of(2024, 1000, *items), plan), readings)
    assert part(found[2024], of_2024) == of_2024
    assert part(found[2025], of_2025) == of_2025


def test_a_deduction_settles_arrears_even_where_its_recovery_stays_outstanding() -> None:
    sold = [dealt("t", "sell", 700, "2026-05-01", "2025")]
    found = lived(cycle(year_of(2024, 1000), year_of(2025, 1000, **PRE), trades=sold))
    assert (found[2024]["status"], found[2025]["recovery_outstanding"]) == (
        "settled_by_deduction", 700,
    )  # fmt: skip


# --- and the readings within a cycle


def test_other_enterprises_allowances_and_ccer_touch_no_account() -> None:
    items = (ccer(50, "2026-11-01", id="c"), other(900, "2026-11-01", name="o"))
    first = year_of(2024, 1000, own(1000, "2025-11-01", "2024", "x"))
    found = lived(cycle(first, year_of(2025, 1000, *items, **FROZEN)))
    expected = {"ccer_used": 50, "surrendered": 950, "outstanding": 50}
    assert (part(found[2025], expected), found["held"]) == (expected, {"2025": (1000, 0)})


def test_refusals_stand_in_the_order_taken() -> None:
    """By day; within a day carry-over first, then 2024's submissions, then 2025's."""
    day = "2026-03-01"
    first = year_of(2024, 1000, own(1, day, "2025", "d1"), ccer(1, "2025-11-01", id="d2"))
    last = year_of(2025, 1000, own(1, day, "2024", "e1"), other(1, day, name="e2"),
                   ccer(51, "2026-02-01", id="e3"))  # fmt: skip
    applications = [asked("a1", 1, day), asked("a2", 1, "2025-12-31"), asked("a3", 1, "2026-06-11")]
    assert lived(cycle(first, last, applications=applications))["why"] == [
        ("d2", "CCER_NOT_USABLE_FOR_YEAR"), ("a2", "APPLICATION_TOO_EARLY"), ("e3", "CCER_LIMIT"),
        ("a1", "EXCEEDS_MAXIMUM"), ("d1", "VINTAGE_NOT_USABLE"), ("e1", "VINTAGE_NOT_USABLE"),
        ("e2", "THIRD_PARTY_NOT_PERMITTED"), ("a3", "APPLICATION_TOO_LATE"),
    ]  # fmt: skip


READ: list[tuple[str, Json, dict[str, str], Json]] = [
    ("the CCER limit, floor", ccer(60, "2026-11-01"), {}, {"ccer_used": 50}),
    ("the CCER limit, half up", ccer(60, "2026-11-01"), CCER_UP, {"ccer_used": 51}),
    ("a covered project, refused", ccer(9, "2026-11-01", covered_project=True), {},
     {"ccer_used": 0}),
    ("a covered project, accepted", ccer(9, "2026-11-01", covered_project=True), CCER_ANY,
     {"ccer_used": 9}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "readings", "expected"), [row[1:] for row in READ], ids=[row[0] for row in READ]
)
def test_readings_of_surrender_hold_in_a_cycle(
    item: Json, readings: dict[str, str], expected: Json
) -> None:
    found = lived(cycle(year_of(2024, 0), year_of(2025, 1010, item)), readings)
    assert part(found[2025], expected) == expected


@pytest.mark.parametrize(("readings", "expected"), [({}, 0), (SURRENDER_ALL, 500)])
def test_a_closed_unit_s_obligation_is_as_read(readings: dict[str, str], expected: int) -> None:
    last = year_of(2025, 0, units=numbered(line(500, 2025, **CLOSED)))
    found = lived(cycle(year_of(2024, 0), last), readings)
    assert (found[2025]["obligation"], found[2025]["allowance"]) == (expected, 0)
