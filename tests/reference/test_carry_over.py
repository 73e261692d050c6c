"""Carry-over worked out by hand: C-1 to C-8 (rulebook, section 6), their details in section 7."""

from __future__ import annotations

import pytest

from .compliance_inputs import (
    CARRY_UP,
    GREATEST,
    PER_UNIT,
    VINTAGES,
    application,
    carry_over,
    holding,
    part,
    trade,
)
from .inputs import Json, output

Answers = list[tuple[int, str | None]]


def answers(found: Json) -> Answers:
    return [(item["accepted"], item["reason"]) for item in found["applications"]]


# --- C-2 to C-5: base, net sold, cap, holding, maximum
# expected: base, net_sold, cap, holding, maximum

RICH = [holding("2024", 10**9)]
MAXIMA: list[tuple[str, Json, dict[str, str], tuple[int, int, int, int, int]]] = [
    ("nothing sold: the base", {}, {}, (10_000, 0, 10_000, 30_000, 10_000)),
    ("nothing sold, less held than the base", {"holdings": [holding("2024", 9_999)]}, {},
     (10_000, 0, 10_000, 9_999, 9_999)),
    ("exactly the base held", {"holdings": [holding("2024", 10_000)]}, {},
     (10_000, 0, 10_000, 10_000, 10_000)),
    ("nothing held", {"holdings": []}, {}, (10_000, 0, 10_000, 0, 0)),
    ("1.5 × sold", {"trades": [trade("sell", 4000)]}, {},
     (10_000, 4000, 16_000, 30_000, 16_000)),
    ("the holding is the less", {"trades": [trade("sell", 14_000)]}, {},
     (10_000, 14_000, 31_000, 30_000, 30_000)),
    ("sold less bought", {"trades": [trade("sell", 5000), trade("buy", 1000)]}, {},
     (10_000, 4000, 16_000, 30_000, 16_000)),
    ("bought more than sold is no less than 0",
     {"trades": [trade("sell", 1000), trade("buy", 5000)]}, {},
     (10_000, 0, 10_000, 30_000, 10_000)),
    ("1.5 × odd: floor", {"trades": [trade("sell", 4001)]}, {},
     (10_000, 4001, 16_001, 30_000, 16_001)),  # 6,001.5
    ("1.5 × odd: half up, if so read", {"trades": [trade("sell", 4001)]}, CARRY_UP,
     (10_000, 4001, 16_002, 30_000, 16_002)),
    ("1.5 × even is whole either way", {"trades": [trade("sell", 4000)]}, CARRY_UP,
     (10_000, 4000, 16_000, 30_000, 16_000)),
    ("1.5 × 1", {"trades": [trade("sell", 1)]}, {}, (10_000, 1, 10_001, 30_000, 10_001)),
    ("1.5 × 1, half up", {"trades": [trade("sell", 1)]}, CARRY_UP,
     (10_000, 1, 10_002, 30_000, 10_002)),
    ("first day of the window", {"trades": [trade("sell", 2, "2024-01-01")]}, {},
     (10_000, 2, 10_003, 30_000, 10_003)),
    ("the day before", {"trades": [trade("sell", 2, "2023-12-31")]}, {},
     (10_000, 0, 10_000, 30_000, 10_000)),
    ("last day of the window", {"trades": [trade("sell", 2, "2025-12-31")]}, {},
     (10_000, 2, 10_003, 30_000, 10_003)),
    ("the day after", {"trades": [trade("sell", 2, "2026-01-01")]}, {},
     (10_000, 0, 10_000, 30_000, 10_000)),
    ("purchases outside the window do not lessen it",
     {"trades": [trade("sell", 2), trade("buy", 2, "2026-01-01"), trade("buy", 2, "2023-12-31")]},
     {}, (10_000, 2, 10_003, 30_000, 10_003)),
    ("trades of vintage 2025 do not count",
     {"trades": [trade("sell", 500, vintage="2025"), trade("buy", 900, vintage="2025"),
                 trade("sell", 2)]}, {}, (10_000, 2, 10_003, 30_000, 10_003)),
    ("every older vintage counts", {"trades": [trade("sell", 2, vintage=v) for v in VINTAGES]}, {},
     (10_000, 10, 10_015, 30_000, 10_015)),
    ("frozen holdings count", {"holdings": [holding("2024", 1000, 500)]}, {},
     (10_000, 0, 10_000, 1500, 1500)),
    ("holdings of vintage 2025 do not", {"holdings": [holding("2025", 7, 7), holding("2021", 3)]},
     {}, (10_000, 0, 10_000, 3, 3)),
    ("every older vintage is held", {"holdings": [holding(v, 1, 1) for v in VINTAGES]}, {},
     (10_000, 0, 10_000, 10, 10)),
    ("rows of one vintage add up", {"holdings": [holding("2024", 5), holding("2024", 6, 7)]}, {},
     (10_000, 0, 10_000, 18, 18)),
    ("the base is once per enterprise", {"key_emitting_units": 3}, {},
     (10_000, 0, 10_000, 30_000, 10_000)),
    ("… or per key emitting unit, if so read", {"key_emitting_units": 2}, PER_UNIT,
     (20_000, 0, 20_000, 30_000, 20_000)),
    ("… where the holding is the less", {"key_emitting_units": 4}, PER_UNIT,
     (40_000, 0, 40_000, 30_000, 30_000)),
    ("… with net sold once", {"key_emitting_units": 2, "trades": [trade("sell", 4)]}, PER_UNIT,
     (20_000, 4, 20_006, 30_000, 20_006)),
    ("a computed amount may exceed the greatest given one",
     {"trades": [trade("sell", GREATEST)] * 2, "holdings": [holding("2024", GREATEST, GREATEST)]},
     {}, (10_000, 18014398509481982, 27021597764232973, 18014398509481982, 18014398509481982)),
]  # fmt: skip
FIGURES = ("base", "net_sold", "cap", "holding", "maximum")


@pytest.mark.parametrize(
    ("changes", "readings", "expected"), [row[1:] for row in MAXIMA], ids=[r[0] for r in MAXIMA]
)
def test_the_maximum(
    changes: Json, readings: dict[str, str], expected: tuple[int, int, int, int, int]
) -> None:
    found = output("carry-over", carry_over(**changes), readings)
    figures = dict(zip(FIGURES, expected, strict=True))
    assert part(found, figures) == figures
    assert (found["eligible"], found["reason"]) == (True, None)
    assert (found["carried"], found["not_carried"]) == (0, figures["holding"])


# --- C-7: applications

APPLIED: list[tuple[str, list[Json], Answers]] = [
    ("up to the maximum", [application(10_000)], [(10_000, None)]),
    ("one tonne above", [application(10_001)], [(10_000, "EXCEEDS_MAXIMUM")]),
    ("0 t is accepted whole", [application(0)], [(0, None)]),
    ("0 t outside the window too", [application(0, "2025-12-31"), application(0, "2026-06-11")],
     [(0, None), (0, None)]),
    ("the last day before the window", [application(5, "2025-12-31")],
     [(0, "APPLICATION_TOO_EARLY")]),
    ("the first day", [application(5, "2026-01-01")], [(5, None)]),
    ("the last day", [application(5, "2026-06-10")], [(5, None)]),
    ("the day after", [application(5, "2026-06-11")], [(0, "APPLICATION_TOO_LATE")]),
    ("several, cumulative", [application(6000), application(4000)], [(6000, None), (4000, None)]),
    ("… above the maximum together", [application(6000), application(6000), application(1)],
     [(6000, None), (4000, "EXCEEDS_MAXIMUM"), (0, "EXCEEDS_MAXIMUM")]),
    ("by date, whatever the order given",
     [application(6000, "2026-03-02"), application(6000, "2026-03-01")],
     [(4000, "EXCEEDS_MAXIMUM"), (6000, None)]),
    ("what is refused takes nothing from the maximum",
     [application(9000, "2025-12-31"), application(10_000)],
     [(0, "APPLICATION_TOO_EARLY"), (10_000, None)]),
    ("no more than is available", [application(7, available=5)], [(5, "EXCEEDS_AVAILABLE")]),
    ("exactly what is available", [application(5, available=5)], [(5, None)]),
    ("nothing available", [application(5, available=0)], [(0, "EXCEEDS_AVAILABLE")]),
    ("missing available is enough", [application(9999)], [(9999, None)]),
    ("each is limited by what is available then",
     [application(7, "2026-03-01", available=5), application(7, "2026-04-01", available=6)],
     [(5, "EXCEEDS_AVAILABLE"), (6, "EXCEEDS_AVAILABLE")]),
    ("both exceeded, the maximum the tighter: available is named, the cut is to both",
     [application(20_000, available=15_000)], [(10_000, "EXCEEDS_AVAILABLE")]),
    ("both exceeded, available the tighter",
     [application(20_000, available=500)], [(500, "EXCEEDS_AVAILABLE")]),
    ("only the maximum exceeded", [application(20_000, available=20_000)],
     [(10_000, "EXCEEDS_MAXIMUM")]),
    ("too early before available", [application(7, "2025-12-31", available=5)],
     [(0, "APPLICATION_TOO_EARLY")]),
    ("too late before maximum", [application(10_001, "2026-06-11")],
     [(0, "APPLICATION_TOO_LATE")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "expected"), [row[1:] for row in APPLIED], ids=[row[0] for row in APPLIED]
)
def test_applications(items: list[Json], expected: Answers) -> None:
    found = output("carry-over", carry_over(*items))
    assert answers(found) == expected
    assert [item["id"] for item in found["applications"]] == list("abcdefghij"[: len(items)])
    assert found["carried"] == sum(accepted for accepted, _ in expected)
    assert found["not_carried"] == 30_000 - found["carried"]


# --- C-6: who may apply

STATES = ["fulfilled", "not_covered", "fulfilled_late", "outstanding", "settled_by_deduction",
          "open"]  # fmt: skip
GOOD = ("fulfilled", "not_covered")


@pytest.mark.parametrize("of_2023", STATES)
@pytest.mark.parametrize("of_2024", STATES)
def test_eligible_is_who_fulfilled_both_years_in_time_or_was_not_covered(
    of_2023: str, of_2024: str
) -> None:
    compliance = {"2023": of_2023, "2024": of_2024}
    trades = [trade("sell", 2000)]
    items = [application(5), application(5, "2025-12-31"), application(5, "2026-06-11"),
             application(0)]  # fmt: skip
    found = output("carry-over", carry_over(*items, compliance=compliance, trades=trades))
    figures = {"base": 10_000, "net_sold": 2000, "cap": 13_000, "holding": 30_000}
    outside = [(0, "APPLICATION_TOO_EARLY"), (0, "APPLICATION_TOO_LATE"), (0, None)]
    assert part(found, figures) == figures
    if of_2023 in GOOD and of_2024 in GOOD:
        assert (found["eligible"], found["reason"], found["maximum"]) == (True, None, 13_000)
        assert answers(found) == [(5, None), *outside]
        assert (found["carried"], found["not_carried"]) == (5, 29_995)
    else:
        reason = "NOT_FULFILLED_ON_TIME"
        assert (found["eligible"], found["reason"], found["maximum"]) == (False, reason, 0)
        assert answers(found) == [(0, "EXCEEDS_MAXIMUM"), *outside]
        assert (found["carried"], found["not_carried"]) == (0, 30_000)


def test_the_output_in_its_order() -> None:
    value = carry_over(
        application(12_000, available=11_000),
        holdings=[holding("2021", 9_000, 2_000), holding("2025", 1)],
        trades=[trade("sell", 3)],
    )
    assert list(output("carry-over", value).items()) == [
        ("eligible", True),
        ("reason", None),
        ("base", 10_000),
        ("net_sold", 3),
        ("cap", 10_004),
        ("holding", 11_000),
        ("maximum", 10_004),
        ("applications", [{"id": "a", "accepted": 10_004, "reason": "EXCEEDS_AVAILABLE"}]),
        ("carried", 10_004),
        ("not_carried", 996),
    ]


def test_an_ineligible_enterprise_is_refused_for_the_maximum_whatever_is_available() -> None:
    compliance = {"2023": "outstanding", "2024": "fulfilled"}
    found = output("carry-over", carry_over(application(9, available=5), compliance=compliance))
    assert answers(found) == [(0, "EXCEEDS_MAXIMUM")]
