"""Surrender worked out by hand: R-1 to R-9 (rulebook, section 5) and their details in section 7."""

from __future__ import annotations

from typing import Any

import pytest

from .compliance_inputs import (
    CCER_ANY,
    CCER_UP,
    GREATEST,
    NO_DEDUCTION,
    OLD,
    VINTAGES,
    ccer,
    other,
    own,
    part,
    surrender,
)
from .inputs import Json, output, refusal
from .inputs import outcome as tried

DAY = "2026-12-01"
LAST, LATE = "2026-12-31", "2027-01-01"
Answers = list[tuple[int, str | None]]


def answers(found: Json) -> Answers:
    return [(item["accepted"], item["reason"]) for item in found["submissions"]]


# --- R-3, R-4, R-6: what may be used at all, and which refusal is named first

FROZEN = {"account_frozen": True}
REFUSED: list[tuple[str, Json, Json, dict[str, str], tuple[int, str | None]]] = [
    ("vintage 2025 for 2025", own(9, DAY), {}, {}, (9, None)),
    ("vintage 2024 for 2024", own(9, "2025-12-01", "2024"), {"year": 2024}, {}, (9, None)),
    ("vintage 2025 for 2024", own(9, "2025-12-01"), {"year": 2024}, {},
     (0, "VINTAGE_NOT_USABLE")),
    ("vintage before third party", other(9, DAY, "2024"), {}, {}, (0, "VINTAGE_NOT_USABLE")),
    ("vintage before obligation", own(2000, DAY, "2023"), {}, {}, (0, "VINTAGE_NOT_USABLE")),
    ("another enterprise's, account free", other(9, DAY), {}, {},
     (0, "THIRD_PARTY_NOT_PERMITTED")),
    ("another enterprise's, account frozen", other(9, DAY), FROZEN, {}, (9, None)),
    ("… for 2024", other(9, "2025-12-01", "2021"), {"year": 2024, **FROZEN}, {}, (9, None)),
    ("third party before obligation", other(2000, DAY), {}, {}, (0, "THIRD_PARTY_NOT_PERMITTED")),
    ("a frozen account does not mend a vintage", other(9, DAY, "2024"), FROZEN, {},
     (0, "VINTAGE_NOT_USABLE")),
    ("own allowances of a frozen account", own(9, DAY), FROZEN, {}, (9, None)),
    ("CCER for 2025", ccer(9, DAY), {}, {}, (9, None)),
    ("CCER for 2024", ccer(9, "2025-12-01"), {"year": 2024}, {}, (0, "CCER_NOT_USABLE_FOR_YEAR")),
    ("year before registration", ccer(9, "2025-12-01", "2024-01-21"), {"year": 2024}, {},
     (0, "CCER_NOT_USABLE_FOR_YEAR")),
    ("registered on the first day", ccer(9, DAY, "2024-01-22"), {}, {}, (9, None)),
    ("registered the day before", ccer(9, DAY, "2024-01-21"), {}, {},
     (0, "CCER_REGISTERED_TOO_EARLY")),
    ("registered years before", ccer(9, DAY, "2015-06-30"), {}, {},
     (0, "CCER_REGISTERED_TOO_EARLY")),
    ("registered on the day of submission", ccer(9, DAY, DAY), {}, {}, (9, None)),
    ("registration before project", ccer(9, DAY, "2024-01-21", covered_project=True), {}, {},
     (0, "CCER_REGISTERED_TOO_EARLY")),
    ("… also where the project is accepted", ccer(9, DAY, "2024-01-21", covered_project=True), {},
     CCER_ANY, (0, "CCER_REGISTERED_TOO_EARLY")),
    ("a covered project", ccer(9, DAY, covered_project=True), {}, {},
     (0, "CCER_FROM_COVERED_PROJECT")),
    ("project before limit", ccer(51, DAY, covered_project=True), {}, {},
     (0, "CCER_FROM_COVERED_PROJECT")),
    ("a covered project, if so read", ccer(9, DAY, covered_project=True), {}, CCER_ANY, (9, None)),
    ("… up to the limit", ccer(51, DAY, covered_project=True), {}, CCER_ANY, (50, "CCER_LIMIT")),
    ("CCER for 2024, if projects are accepted", ccer(9, "2025-12-01", covered_project=True),
     {"year": 2024}, CCER_ANY, (0, "CCER_NOT_USABLE_FOR_YEAR")),
    ("0 t is accepted whole", own(0, DAY), {}, {}, (0, None)),
    ("… though the vintage is not usable", own(0, DAY, "2024"), {}, {}, (0, None)),
    ("… though it is CCER for 2024", ccer(0, "2025-12-01"), {"year": 2024}, {}, (0, None)),
    ("… though nothing is owed", own(0, DAY), {"obligation": 0}, {}, (0, None)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "changes", "readings", "expected"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_the_first_reason_that_applies_is_named(
    item: Json, changes: Json, readings: dict[str, str], expected: tuple[int, str | None]
) -> None:
    found = output("surrender", surrender(item, **changes), readings)
    assert answers(found) == [expected]
    assert found["surrendered"] == expected[0]
    assert found["ccer_used"] == (expected[0] if item["instrument"] == "ccer" else 0)


@pytest.mark.parametrize("vintage", VINTAGES)
@pytest.mark.parametrize("date", ["2025-12-31", "2026-01-01"])
def test_for_2024_all_vintages_up_to_2024_are_usable_late_as_well(vintage: str, date: str) -> None:
    """R-3: «for 2024 — 2019-2020 … 2024»; «Late surrender for 2024 keeps its vintages.»"""
    found = output("surrender", surrender(own(9, date, vintage), year=2024))
    assert answers(found) == ([(9, None)] if vintage in OLD else [(0, "VINTAGE_NOT_USABLE")])


@pytest.mark.parametrize("vintage", VINTAGES)
def test_for_2025_only_vintage_2025_is_usable(vintage: str) -> None:
    found = output("surrender", surrender(own(9, DAY, vintage)))
    assert answers(found) == ([(9, None)] if vintage == "2025" else [(0, "VINTAGE_NOT_USABLE")])


# --- R-4: «at most 5 % of the obligation»

LIMITS = [
    # obligation, floor, half_up
    (0, 0, 0), (1, 0, 0), (9, 0, 0), (10, 0, 1), (19, 0, 1), (20, 1, 1), (29, 1, 1), (30, 1, 2),
    (39, 1, 2), (1000, 50, 50), (1010, 50, 51), (1009, 50, 50),
    (GREATEST, 450359962737049, 450359962737050),  # …049.55
]  # fmt: skip


@pytest.mark.parametrize(("obligation", "floor", "half_up"), LIMITS)
def test_the_ccer_limit_is_5_percent_of_the_obligation(
    obligation: int, floor: int, half_up: int
) -> None:
    value = surrender(ccer(obligation, DAY), obligation=obligation)
    for readings, limit in (({}, floor), (CCER_UP, half_up)):
        found = output("surrender", value, readings)
        reason = "CCER_LIMIT" if obligation > limit else None
        assert found["ccer_limit"] == limit
        assert answers(found) == [(limit, reason)]
        assert found["ccer_used"] == limit


@pytest.mark.parametrize("readings", [{}, CCER_UP])
def test_the_ccer_limit_of_2024_is_0(readings: dict[str, str]) -> None:
    assert output("surrender", surrender(year=2024), readings)["ccer_limit"] == 0


# --- R-9: «accepted up to the limit»; section 7: «cut to all of them», first limit exceeded

CUTS: list[tuple[str, list[Json], Json, Answers]] = [
    ("exactly what is owed", [own(1000, DAY)], {}, [(1000, None)]),
    ("one tonne above", [own(1001, DAY)], {}, [(1000, "EXCEEDS_OBLIGATION")]),
    ("after all is met", [own(1000, DAY), own(1, DAY)], {},
     [(1000, None), (0, "EXCEEDS_OBLIGATION")]),
    ("exactly the CCER limit", [ccer(50, DAY)], {}, [(50, None)]),
    ("above the CCER limit", [ccer(60, DAY)], {}, [(50, "CCER_LIMIT")]),
    ("the limit is for all CCER together", [ccer(30, DAY), ccer(30, DAY), ccer(1, DAY)], {},
     [(30, None), (20, "CCER_LIMIT"), (0, "CCER_LIMIT")]),
    ("what is refused does not count against the limit",
     [ccer(30, DAY, "2024-01-21"), ccer(50, DAY)], {},
     [(0, "CCER_REGISTERED_TOO_EARLY"), (50, None)]),
    ("both exceeded, obligation the tighter: still the limit is named",
     [own(980, DAY), ccer(60, DAY)], {}, [(980, None), (20, "CCER_LIMIT")]),
    ("both exceeded, the limit the tighter",
     [own(940, DAY), ccer(61, DAY)], {}, [(940, None), (50, "CCER_LIMIT")]),
    ("only the obligation exceeded by CCER", [own(980, DAY), ccer(40, DAY)], {},
     [(980, None), (20, "EXCEEDS_OBLIGATION")]),
    ("by date, whatever the order given", [own(800, "2026-12-02"), own(800, "2026-12-01")], {},
     [(200, "EXCEEDS_OBLIGATION"), (800, None)]),
    ("on one day in the order given", [own(800, DAY), own(300, DAY)], {},
     [(800, None), (200, "EXCEEDS_OBLIGATION")]),
    ("the province's first", [own(1000, DAY)], {"provincial_holding": 400},
     [(600, "EXCEEDS_OBLIGATION")]),
    ("nothing owed", [own(1, DAY), ccer(1, DAY)], {"obligation": 0},
     [(0, "EXCEEDS_OBLIGATION"), (0, "CCER_LIMIT")]),
    ("less what was deducted, once late", [own(600, DAY), own(400, LATE)], {"deducted": 100},
     [(600, None), (300, "EXCEEDS_OBLIGATION")]),
    ("what is deducted does not cut what was in time", [own(900, LAST), own(200, LATE)],
     {"deducted": 60}, [(900, None), (40, "EXCEEDS_OBLIGATION")]),
    ("late CCER too", [own(960, DAY), ccer(40, LATE)], {"deducted": 10},
     [(960, None), (30, "EXCEEDS_OBLIGATION")]),
    ("the limit is of the obligation before deductions", [ccer(50, LATE)], {"deducted": 900},
     [(50, None)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "changes", "expected"), [row[1:] for row in CUTS], ids=[row[0] for row in CUTS]
)
def test_a_submission_is_cut_to_its_limits(
    items: list[Json], changes: Json, expected: Answers
) -> None:
    found = output("surrender", surrender(*items, **changes))
    assert answers(found) == expected
    assert [item["id"] for item in found["submissions"]] == list("abcdefghij"[: len(items)])


# --- R-2, R-5, R-7, R-8: how the obligation stands

Row = tuple[str, list[Json], Json, Json]
STANDING: list[Row] = [
    ("nothing owed", [], {"obligation": 0},
     {"surrendered": 0, "outstanding_at_deadline": 0, "outstanding": 0, "status": "fulfilled"}),
    ("on the day of the deadline", [own(1000, LAST)], {},
     {"outstanding_at_deadline": 0, "outstanding": 0, "status": "fulfilled"}),
    ("the day after", [own(1000, LATE)], {},
     {"outstanding_at_deadline": 1000, "outstanding": 0, "status": "fulfilled_late"}),
    ("the last tonne the day after", [own(999, LAST), own(1, LATE)], {},
     {"outstanding_at_deadline": 1, "outstanding": 0, "status": "fulfilled_late"}),
    ("met while the deadline is ahead", [own(1000, DAY)], {"as_of": DAY},
     {"outstanding_at_deadline": 0, "outstanding": 0, "status": "fulfilled"}),
    ("open while the deadline is ahead", [own(400, DAY)], {"as_of": DAY},
     {"outstanding_at_deadline": 600, "outstanding": 600, "status": "open"}),
    ("open on the deadline itself", [own(999, DAY)], {"as_of": LAST},
     {"outstanding_at_deadline": 1, "outstanding": 1, "status": "open"}),
    ("outstanding the day after", [own(999, DAY)], {"as_of": LATE},
     {"outstanding_at_deadline": 1, "outstanding": 1, "status": "outstanding"}),
    ("all deducted", [], {"deducted": 1000},
     {"outstanding_at_deadline": 1000, "outstanding": 0, "surrendered": 0,
      "status": "settled_by_deduction"}),
    ("deducted in part, the rest late", [own(300, DAY), own(400, LATE)], {"deducted": 300},
     {"outstanding_at_deadline": 700, "outstanding": 0, "surrendered": 700,
      "status": "settled_by_deduction"}),
    ("deducted in part, the rest outstanding", [own(300, DAY)], {"deducted": 300},
     {"outstanding_at_deadline": 700, "outstanding": 400, "surrendered": 300,
      "status": "outstanding"}),
    ("deducted exactly what was outstanding", [own(300, LAST)], {"deducted": 700},
     {"outstanding_at_deadline": 700, "outstanding": 0, "status": "settled_by_deduction"}),
    ("late surrender in part", [own(300, LATE)], {},
     {"outstanding_at_deadline": 1000, "outstanding": 700, "status": "outstanding"}),
    ("the province holds less", [], {"provincial_holding": 400},
     {"from_provincial": 400, "surrendered": 400, "outstanding": 600, "released": 0,
      "status": "outstanding"}),
    ("the province holds enough", [], {"provincial_holding": 1000},
     {"from_provincial": 1000, "surrendered": 1000, "outstanding": 0, "released": 0,
      "status": "fulfilled"}),
    ("the province holds more: the rest is released", [], {"provincial_holding": 1300},
     {"from_provincial": 1000, "surrendered": 1000, "outstanding": 0, "released": 300,
      "status": "fulfilled"}),
    ("the province's counts while the deadline is ahead", [],
     {"provincial_holding": 1300, "as_of": DAY},
     {"from_provincial": 1000, "outstanding": 0, "released": 300, "status": "fulfilled"}),
    ("nothing owed: the province's is released", [], {"obligation": 0, "provincial_holding": 5},
     {"from_provincial": 0, "surrendered": 0, "released": 5, "status": "fulfilled"}),
    ("CCER counts as surrendered", [own(950, DAY), ccer(50, DAY)], {},
     {"ccer_used": 50, "surrendered": 1000, "outstanding": 0, "status": "fulfilled"}),
    ("2024 has its own deadline", [own(1000, "2025-12-31", "2024")], {"year": 2024},
     {"deadline": "2025-12-31", "outstanding_at_deadline": 0, "status": "fulfilled"}),
    ("… and the day after it is late", [own(1000, "2026-01-01", "2024")], {"year": 2024},
     {"deadline": "2025-12-31", "outstanding_at_deadline": 1000, "status": "fulfilled_late"}),
    ("nothing happens on a day before anything", [], {"as_of": "2020-01-01"},
     {"deadline": LAST, "outstanding": 1000, "status": "open"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "changes", "expected"), [row[1:] for row in STANDING], ids=[r[0] for r in STANDING]
)
def test_the_standing_of_an_obligation(items: list[Json], changes: Json, expected: Json) -> None:
    found = output("surrender", surrender(*items, **changes))
    assert part(found, expected) == expected
    assert found["certificate"] is (found["outstanding"] == 0)


def test_the_output_in_its_order() -> None:
    found = output(
        "surrender",
        surrender(own(500, DAY), ccer(80, DAY), own(1, LATE), provincial_holding=200, deducted=100),
    )
    assert list(found.items()) == [
        ("deadline", "2026-12-31"),
        ("ccer_limit", 50),
        ("from_provincial", 200),
        ("submissions", [
            {"id": "a", "accepted": 500, "reason": None},
            {"id": "b", "accepted": 50, "reason": "CCER_LIMIT"},
            {"id": "c", "accepted": 1, "reason": None},
        ]),
        ("ccer_used", 50),
        ("surrendered", 751),
        ("outstanding_at_deadline", 250),
        ("outstanding", 149),
        ("released", 0),
        ("status", "outstanding"),
        ("certificate", False),
    ]  # fmt: skip


# --- I-6, R-7: «deducted > outstanding_at_deadline, or > 0 while as_of ≤ deadline»

WRONG_DEDUCTIONS: list[tuple[str, list[Any], Json, dict[str, str]]] = [
    ("while the deadline is ahead", [], {"deducted": 1, "as_of": DAY}, {}),
    ("on the deadline itself", [], {"deducted": 1, "as_of": LAST}, {}),
    ("one tonne more than was outstanding", [own(300, LAST)], {"deducted": 701}, {}),
    ("where nothing was outstanding", [own(1000, LAST)], {"deducted": 1}, {}),
    ("where the province's met it", [], {"deducted": 1, "provincial_holding": 1000}, {}),
    ("where nothing was owed", [], {"deducted": 1, "obligation": 0}, {}),
    ("of 2024 on its deadline", [], {"deducted": 1, "year": 2024, "as_of": "2025-12-31"}, {}),
    ("where none is made", [], {"deducted": 1}, NO_DEDUCTION),
]


@pytest.mark.parametrize(
    ("items", "changes", "readings"),
    [row[1:] for row in WRONG_DEDUCTIONS],
    ids=[row[0] for row in WRONG_DEDUCTIONS],
)
def test_a_deduction_that_cannot_be_is_refused(
    items: list[Json], changes: Json, readings: dict[str, str]
) -> None:
    found = tried("surrender", surrender(*items, **changes), readings)
    assert found == refusal("DEDUCTION_NOT_APPLICABLE", "/deducted")


def test_what_is_surrendered_late_does_not_lessen_what_could_be_deducted() -> None:
    """«`deducted` > outstanding_at_deadline»: what was outstanding then, not now."""
    found = output("surrender", surrender(own(400, LATE), deducted=1000))
    assert answers(found) == [(0, "EXCEEDS_OBLIGATION")]
    assert found["status"] == "settled_by_deduction"


def test_a_deduction_of_0_is_always_good() -> None:
    for changes in ({"as_of": DAY}, {"obligation": 0}, {"as_of": LATE}):
        output("surrender", surrender(**changes), NO_DEDUCTION)
