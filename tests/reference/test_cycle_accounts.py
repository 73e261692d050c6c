"""The compliance cycle worked out by hand: the order of a day, carry-over, what an account holds
(rulebook, section 8)."""

from __future__ import annotations

import pytest

from .compliance_inputs import (
    CARRY_UP,
    PER_UNIT,
    application,
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
from .inputs import Json, numbered, outcome, refusal

PRE = {"pre_allocated_on": "2026-02-01"}
FROZEN = {"account_frozen": True}
ISSUED = "2025-10-20"


def idle(**changes: object) -> Json:
    """Nothing emitted, nothing owed: only what is held and dealt with."""
    return cycle(year_of(2024, 0), year_of(2025, 0), **changes)


# --- «Order within a day: pre-allocation, settlement, trades, carry-over, submissions, and last,
# on 2025-12-31, the end-of-year holding»


def test_what_is_pre_allocated_can_be_sold_on_the_day() -> None:
    sold = [dealt("t", "sell", 700, "2026-02-01", "2025")]
    found = lived(both_met(trades=sold, as_of="2026-02-01") | {"years": [
        year_of(2024, 1000), year_of(2025, 1000, **PRE)]})  # fmt: skip
    assert (found[2025]["pre_allocated"], found["held"]) == (700, {"2024": (1000, 0)})


def test_what_is_issued_can_be_sold_and_surrendered_on_the_day() -> None:
    first = year_of(2024, 1000, own(600, ISSUED, "2024"))
    found = lived(cycle(first, year_of(2025, 0), trades=[dealt("t", "sell", 400, ISSUED)]))
    assert (found[2024]["surrendered"], found["held"]) == (600, {})


def test_a_sale_comes_before_a_submission_of_the_day() -> None:
    """1,000 t are held; sold first, 400 t are left, which 600 t exceed."""
    first = year_of(2024, 1000, own(600, ISSUED, "2024"))
    value = cycle(first, year_of(2025, 0), trades=[dealt("t", "sell", 600, ISSUED)])
    path = "/years/0/submissions/0"
    assert outcome("cycle", value) == refusal("INSUFFICIENT_HOLDING", path)


@pytest.mark.parametrize(
    ("side", "expected"), [("buy", (50, "EXCEEDS_MAXIMUM")), ("sell", (30, "EXCEEDS_AVAILABLE"))]
)
def test_trades_come_before_carry_over(side: str, expected: tuple[int, str | None]) -> None:
    """50 t held at the end of 2025 are the maximum; 70 t or 30 t are there on the day."""
    deal = dealt("t", side, 20, "2026-03-01", "2023")
    value = idle(opening=opening(v2023=50), trades=[deal], applications=[asked("a", 70)])
    [found] = lived(value)["carry_over"]["applications"]
    assert (found["accepted"], found["reason"]) == expected


def test_carry_over_comes_before_submissions() -> None:
    last = year_of(2025, 80, own(80, "2026-03-01"))
    value = cycle(year_of(2024, 0), last, opening=opening(v2021=80), as_of="2026-03-01",
                  applications=[asked("a", 80)])  # fmt: skip
    found = lived(value)
    assert (found[2025]["surrendered"], found[2025]["status"]) == (80, "fulfilled")


def test_what_was_carried_over_is_no_longer_held_as_what_it_was() -> None:
    """C-7: «Carried amounts become vintage 2025 one for one.»"""
    first = year_of(2024, 100, own(100, "2025-12-01", "2024"))
    sold = [dealt("t", "sell", 1, "2026-03-02", "2021")]
    applied = [asked("a", 80)]
    value = cycle(
        first, year_of(2025, 0), opening=opening(v2021=80), applications=applied, trades=sold
    )
    assert outcome("cycle", value) == refusal("INSUFFICIENT_HOLDING", "/trades/0")


END: list[tuple[str, list[Json], list[Json], int]] = [
    ("untouched", [], [], 1000),
    ("after that day's submissions", [own(400, "2025-12-31", "2024")], [], 600),
    ("after that day's sales", [], [dealt("t", "sell", 300, "2025-12-31")], 700),
    ("after that day's purchases", [], [dealt("t", "buy", 300, "2025-12-31", "2022")], 1300),
    ("before the next day's", [], [dealt("t", "sell", 300, "2026-01-01")], 1000),
    ("without vintage 2025", [], [dealt("t", "buy", 300, "2025-12-31", "2025")], 1000),
]


@pytest.mark.parametrize(
    ("items", "trades", "expected"), [row[1:] for row in END], ids=[row[0] for row in END]
)
def test_the_holding_is_that_of_the_end_of_2025(
    items: list[Json], trades: list[Json], expected: int
) -> None:
    found = lived(cycle(year_of(2024, 1000, *items), year_of(2025, 0), trades=trades))
    assert found["carry_over"]["holding"] == expected


def test_the_holding_counts_what_was_issued_on_the_province_s_account() -> None:
    """C-5 with I-5: 300 t of vintage 2024 are left where 300 t of 2021 were surrendered before."""
    first = year_of(2024, 1000, own(300, "2025-09-01", "2021"), high_risk=True)
    found = lived(cycle(first, year_of(2025, 0), opening=opening(v2021=500), as_of="2025-12-31"))
    assert found["carry_over"]["holding"] == 500


def test_what_is_issued_after_2025_is_not_in_the_holding() -> None:
    first = year_of(2024, 1000, issued_on="2026-01-01")
    found = lived(cycle(first, year_of(2025, 0), opening=opening(v2022=7)))
    assert found["carry_over"]["holding"] == 7


@pytest.mark.parametrize(
    ("sides", "expected"),
    [(("buy", "sell"), {}), (("sell", "buy"), refusal("INSUFFICIENT_HOLDING", "/trades/0"))],
)
def test_otherwise_a_day_goes_in_the_order_given(sides: tuple[str, str], expected: Json) -> None:
    trades = [dealt(f"t{n}", side, 5, "2025-03-01", "2023") for n, side in enumerate(sides)]
    found = outcome("cycle", idle(trades=trades))
    assert {name: found[name] for name in expected} == expected
    assert ("output" in found) == (not expected)


# --- C-1 to C-7 within a cycle


def test_the_oldest_vintage_is_carried_over_first() -> None:
    held = opening(v2023=5, v2021=5, v2019=5, v2022=5)
    value = idle(opening=held, applications=[asked("a", 12)], as_of="2026-03-01")
    assert lived(value)["held"] == {"2022": (3, 0), "2023": (5, 0), "2025": (12, 0)}
    more = {**value, "applications": [asked("a", 12), asked("b", 7)]}
    assert lived(more)["held"] == {"2023": (1, 0), "2025": (19, 0)}


CARRIED: list[tuple[str, Json, dict[str, str], Json]] = [
    ("opening amounts are no trades", {"opening": opening(v2021=12_000)}, {},
     {"net_sold": 0, "cap": 10_000, "holding": 12_000, "maximum": 10_000}),
    ("opening rows add up", {"opening": opening(v2021=5) * 2}, {}, {"holding": 10, "maximum": 10}),
    ("1.5 × odd: floor", {"opening": opening(v2021=20_000),
                          "trades": [dealt("t", "sell", 3, vintage="2021")]}, {},
     {"net_sold": 3, "cap": 10_004, "holding": 19_997, "maximum": 10_004}),
    ("1.5 × odd: half up", {"opening": opening(v2021=20_000),
                            "trades": [dealt("t", "sell", 3, vintage="2021")]}, CARRY_UP,
     {"net_sold": 3, "cap": 10_005, "maximum": 10_005}),
    ("trades after 2025 do not count", {"opening": opening(v2021=20_000),
                                        "trades": [dealt("t", "sell", 3, "2026-01-01", "2021")]},
     {}, {"net_sold": 0, "cap": 10_000, "holding": 20_000}),
    ("trades before 2024 do not count", {"opening": opening(v2021=20_000),
                                         "trades": [dealt("t", "sell", 3, "2023-12-31", "2021")]},
     {}, {"net_sold": 0, "cap": 10_000, "holding": 19_997}),
    ("per key emitting unit", {"opening": opening(v2021=50_000), "enterprise":
                               {"enterprise_id": "E", "key_emitting_units": 2}}, PER_UNIT,
     {"base": 20_000, "maximum": 20_000}),
    ("… once by default", {"opening": opening(v2021=50_000), "enterprise":
                           {"enterprise_id": "E", "key_emitting_units": 2}}, {},
     {"base": 10_000, "maximum": 10_000}),
    *[(f"2023 {state}", {"compliance_2023": state}, {}, {"eligible": good}) for state, good in [
        ("fulfilled", True), ("not_covered", True), ("fulfilled_late", False), ("open", False),
        ("outstanding", False), ("settled_by_deduction", False)]],
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "readings", "expected"), [row[1:] for row in CARRIED], ids=[r[0] for r in CARRIED]
)
def test_carry_over_within_a_cycle(changes: Json, readings: dict[str, str], expected: Json) -> None:
    found = lived(idle(**changes), readings)["carry_over"]
    assert part(found, expected) == expected
    eligible = expected.get("eligible", True)
    assert found["reason"] == (None if eligible else "NOT_FULFILLED_ON_TIME")


@pytest.mark.parametrize(("date", "eligible"), [("2025-12-31", True), ("2026-01-01", False)])
def test_2024_counts_as_fulfilled_only_if_nothing_was_outstanding_at_its_deadline(
    date: str, eligible: bool
) -> None:
    first = year_of(2024, 1000, own(1000, date, "2024"))
    found = lived(cycle(first, year_of(2025, 0), opening=opening(v2021=9),
                        applications=[asked("a", 9)]))  # fmt: skip
    assert found["carry_over"]["eligible"] is eligible
    assert found["held"] == ({"2025": (9, 0)} if eligible else {"2021": (9, 0)})
    assert found["why"] == ([] if eligible else [("a", "EXCEEDS_MAXIMUM")])


APPLIED: list[tuple[str, list[Json], list[tuple[int, str | None]]]] = [
    ("cumulative up to the maximum", [asked("a", 8000), asked("b", 8000)],
     [(8000, None), (2000, "EXCEEDS_MAXIMUM")]),
    ("the window", [asked("a", 5, "2025-12-31"), asked("b", 5, "2026-01-01"),
                    asked("c", 5, "2026-06-10"), asked("d", 5, "2026-06-11")],
     [(0, "APPLICATION_TOO_EARLY"), (5, None), (5, None), (0, "APPLICATION_TOO_LATE")]),
    ("by date", [asked("a", 8000, "2026-03-02"), asked("b", 8000)],
     [(2000, "EXCEEDS_MAXIMUM"), (8000, None)]),
    ("available before maximum", [asked("a", 30_000)], [(10_000, "EXCEEDS_AVAILABLE")]),
    ("the maximum alone", [asked("a", 20_000)], [(10_000, "EXCEEDS_MAXIMUM")]),
    ("0 t", [asked("a", 0, "2026-06-11")], [(0, None)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "expected"), [row[1:] for row in APPLIED], ids=[row[0] for row in APPLIED]
)
def test_applications_within_a_cycle(
    items: list[Json], expected: list[tuple[int, str | None]]
) -> None:
    found = lived(idle(opening=opening(v2022=20_000), applications=items))
    rows = found["carry_over"]["applications"]
    assert [(row["accepted"], row["reason"]) for row in rows] == expected
    carried = sum(accepted for accepted, _ in expected)
    assert found["carry_over"]["carried"] == carried
    assert found["carry_over"]["not_carried"] == 20_000 - carried
    assert found["held"].get("2025", (0, 0)) == (carried, 0)


def test_an_application_is_limited_by_what_the_account_holds_then() -> None:
    sold = [dealt("t", "sell", 15_000, "2026-02-01", "2022")]
    found = lived(idle(opening=opening(v2022=20_000), trades=sold, applications=[asked("a", 9000)]))
    assert found["why"] == [("a", "EXCEEDS_AVAILABLE")]
    assert (found["carry_over"]["holding"], found["carry_over"]["carried"]) == (20_000, 5000)


def test_what_was_not_carried_over_may_be_traded_but_not_surrendered_for_2025() -> None:
    """C-1: «what is not carried may still be traded but not surrendered for 2025 or later»"""
    last = year_of(2025, 100, own(50, "2026-11-01", "2021"))
    sold = [dealt("t", "sell", 60, "2026-10-01", "2021")]
    found = lived(cycle(year_of(2024, 0), last, opening=opening(v2021=100), trades=sold))
    assert found["why"] == [("s", "VINTAGE_NOT_USABLE")]
    assert found["held"] == {"2021": (40, 0), "2025": (100, 0)}


def test_allowances_of_2025_stay_usable_later() -> None:
    """C-8: what is left of vintage 2025 is still held."""
    found = lived(both_met(trades=[dealt("t", "buy", 77, "2026-05-01", "2025")]))
    assert found["held"] == {"2025": (77, 0)}


# --- INSUFFICIENT_HOLDING: «where the accepted (or sold) amount exceeds what the enterprise's
# account holds of that vintage», «the earliest»

FIRST = year_of(2024, 1000, own(1000, "2025-11-01", "2024", "first"))
SHORT: list[tuple[str, Json, str | None]] = [
    ("a sale", idle(trades=[dealt("t", "sell", 1)]), "/trades/0"),
    ("… of another vintage than held", idle(opening=opening(v2022=9), trades=[
        dealt("t", "sell", 1, vintage="2023")]), "/trades/0"),
    ("… before its purchase", idle(trades=[
        dealt("t", "buy", 9, "2025-07-01"), dealt("u", "sell", 9, "2025-06-30")]), "/trades/1"),
    ("… of 0 t", idle(trades=[dealt("t", "sell", 0)]), None),
    ("a submission before the issue", cycle(
        year_of(2024, 1000, own(1, "2025-10-19", "2024")), year_of(2025, 0)),
     "/years/0/submissions/0"),
    ("… of 0 t", cycle(
        year_of(2024, 1000, own(0, "2025-10-19", "2024")), year_of(2025, 0)), None),
    ("… above what is owed, where the accepted part is held", cycle(
        year_of(2024, 1000, own(5000, "2025-11-01", "2024")), year_of(2025, 0)), None),
    ("… above what is owed, where it is not", cycle(
        year_of(2024, 1000, own(5000, "2025-11-01", "2021")), year_of(2025, 0),
        opening=opening(v2021=999)), "/years/0/submissions/0"),
    ("… refused for its vintage first", cycle(
        FIRST, year_of(2025, 1000, own(5, "2026-11-01", "2021"))), None),
    ("… of a vintage the province holds", cycle(
        FIRST, year_of(2025, 1000, own(1, "2026-03-01"), high_risk=True, **PRE)),
     "/years/1/submissions/0"),
    ("… of another enterprise", cycle(
        FIRST, year_of(2025, 1000, other(900, "2026-03-01"), **FROZEN)), None),
    ("… of CCER", cycle(FIRST, year_of(2025, 1000, ccer(50, "2026-03-01"))), None),
    ("the earliest, not the first given", cycle(
        year_of(2024, 1000, own(1, "2025-10-19", "2024", "a")),
        year_of(2025, 0), trades=[dealt("t", "sell", 1, "2025-10-19"),
                                  dealt("u", "sell", 1, "2025-10-18")]), "/trades/1"),
    ("the earliest of a day: a trade", cycle(
        year_of(2024, 1000, own(1, "2025-10-19", "2024", "a")),
        year_of(2025, 0), trades=[dealt("t", "sell", 1, "2025-10-19")]), "/trades/0"),
    ("… else 2024's submission", cycle(
        year_of(2024, 1000, own(1, "2026-01-10", "2021", "a")),
        year_of(2025, 1000, own(1, "2026-01-10", "2025", "b"))), "/years/0/submissions/0"),
    ("what a late sale leaves is still enough", idle(opening=opening(v2023=9), trades=[
        dealt("t", "sell", 4, "2027-01-01", "2023"),
        dealt("u", "sell", 5, "2025-01-01", "2023")]), None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "path"), [row[1:] for row in SHORT], ids=[r[0] for r in SHORT])
def test_no_more_is_given_than_the_account_holds(value: Json, path: str | None) -> None:
    found = outcome("cycle", value)
    if path is None:
        assert "output" in found, found
    else:
        assert found == refusal("INSUFFICIENT_HOLDING", path)


def test_an_application_is_never_short_it_is_cut() -> None:
    [found] = lived(idle(applications=[asked("a", 5)]))["carry_over"]["applications"]
    assert (found["accepted"], found["reason"]) == (0, "EXCEEDS_AVAILABLE")


def test_an_enterprise_without_units_lives_through_both_years_with_nothing() -> None:
    value = cycle(year_of(2024, 0, units=[]), year_of(2025, 0, units=[], **PRE))
    found = lived(value)
    assert (found[2024]["status"], found[2025]["status"]) == ("fulfilled", "fulfilled")
    assert found["held"] == {}


def test_each_year_is_settled_with_the_enterprise_s_sums() -> None:
    """A-7: 400 t and 600 t."""
    last = year_of(2025, 0, units=numbered(line(400, 2025), line(600, 2025)))
    found = lived(cycle(year_of(2024, 0), last))
    assert (found[2025]["allowance"], found[2025]["obligation"]) == (1000, 1000)


def test_available_has_no_place_in_an_application_of_a_cycle() -> None:
    value = idle(applications=[application(5, available=5)])
    assert outcome("cycle", value) == refusal("INVALID_INPUT", "/applications/0/available")
