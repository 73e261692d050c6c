"""Random inputs of the operations of compliance, from a plain seeded generator."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from ..inputs import Json
from .form import COMPLIANCE, VINTAGES

Maker = Callable[[random.Random], Json]
GREATEST = 2**53 - 1
EDGES = [
    "2023-12-31", "2024-01-01", "2024-01-21", "2024-01-22", "2025-06-30", "2025-12-30",
    "2025-12-31", "2026-01-01", "2026-06-10", "2026-06-11", "2026-12-30", "2026-12-31",
    "2027-01-01",
]  # fmt: skip


def tonnes(dice: random.Random, most: int) -> int:
    """An amount, often none, small, or exactly the greatest that makes sense."""
    kind = dice.random()
    if kind < 0.08:
        return 0
    if kind < 0.16:
        return most
    if kind < 0.2:
        return dice.choice([1, 2, 3, most + 1, 2 * most, GREATEST])
    return dice.randint(0, most)


def day_between(dice: random.Random, first: int, last: int) -> str:
    """A day of the years ``first`` to ``last``; edges of the rules more often than others."""
    near = [edge for edge in EDGES if first <= int(edge[:4]) <= last]
    if near and dice.random() < 0.35:
        return dice.choice(near)
    return f"{dice.randint(first, last)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"


def ids(dice: random.Random, count: int, sign: str) -> list[str]:
    """Ids; seldom one given twice."""
    names = [f"{sign}{number}" for number in range(count)]
    if count > 1 and dice.random() < 0.02:
        names[-1] = names[0]
    return names


def a_submission(dice: random.Random, name: str, day: str, year: int, most: int) -> Json:
    common = {"id": name, "date": day, "amount": tonnes(dice, most)}
    if dice.random() < (0.35 if year == 2025 else 0.1):
        registered = day_between(dice, 2023, 2024)
        return common | {
            "instrument": "ccer",
            "registered_on": min(registered, day),
            "covered_project": dice.random() < 0.2,
        }
    usable = VINTAGES[:5] if year == 2024 else ("2025",)
    vintage = dice.choice(VINTAGES if dice.random() < 0.1 else usable)
    source = "third_party" if dice.random() < 0.25 else "own"
    return common | {"instrument": "allowance", "vintage": vintage, "source": source}


def a_settlement(dice: random.Random) -> Json:
    most = 10 ** dice.randint(0, 15)
    year = dice.choices([2025, 2024, 2026], [12, 5, 1])[0]
    given = {
        "year": year,
        "verified_allowance": min(tonnes(dice, most), GREATEST),
        "pre_allocated": min(tonnes(dice, most), GREATEST),
        "arrears": min(tonnes(dice, most), GREATEST) if year != 2024 or dice.random() < 0.2 else 0,
        "high_risk": dice.random() < 0.5,
    }
    if dice.random() < 0.7:
        given["holding"] = min(tonnes(dice, most), GREATEST)
    return given


def an_amendment(dice: random.Random) -> Json:
    most = 10 ** dice.randint(0, 15)
    names = ["allowance_before", "allowance_after", "obligation_before", "obligation_after"]
    names += ["surrendered"] + (["holding"] if dice.random() < 0.7 else [])
    return {name: min(tonnes(dice, most), GREATEST) for name in names}


def a_surrender(dice: random.Random) -> Json:
    year = dice.choices([2025, 2024, 2023], [12, 8, 1])[0]
    owed = dice.choice([0, 1, 19, 20, 30, 50, dice.randint(0, 1000), dice.randint(0, 10**7)])
    as_of = day_between(dice, year, year + 3)
    late = as_of > f"{year + 1}-12-31"
    names = ids(dice, dice.randint(0, 5), "s")
    days = [day_between(dice, year, year + 3) for _ in names]
    if dice.random() < 0.95:
        days = [min(day, as_of) for day in days]
    return {
        "year": year,
        "obligation": owed,
        "provincial_holding": dice.choice([0, 0, min(tonnes(dice, owed + 1), GREATEST)]),
        "account_frozen": dice.random() < 0.5,
        "deducted": dice.randint(0, owed // 2 + 1)
        if dice.random() < (0.5 if late else 0.05)
        else 0,
        "as_of": as_of,
        "submissions": [
            a_submission(dice, name, day, year, max(1, owed))
            for name, day in zip(names, days, strict=True)
        ],
    }


def some_compliance(dice: random.Random) -> str:
    good = dice.random() < 0.85
    return dice.choice(["fulfilled", "not_covered"] if good else list(COMPLIANCE))


def a_trade(dice: random.Random, day: str, most: int) -> Json:
    side = dice.choice(["sell", "buy"])
    amount = min(tonnes(dice, most), GREATEST)
    return {"date": day, "vintage": dice.choice(VINTAGES), "side": side, "amount": amount}


def a_carry_over(dice: random.Random) -> Json:
    most = dice.choice([9, 20_000, 10**6])
    applications: list[Json] = []
    for name in ids(dice, dice.randint(0, 4), "a"):
        item = {"id": name, "date": day_between(dice, 2026, 2026), "amount": tonnes(dice, most)}
        if dice.random() < 0.2:
            item["date"] = day_between(dice, 2025, 2027)
        if dice.random() < 0.4:
            item["available"] = dice.randint(0, most)
        applications.append(item)
    return {
        "key_emitting_units": dice.randint(1, 4),
        "compliance": {"2023": some_compliance(dice), "2024": some_compliance(dice)},
        "holdings": [
            {
                "vintage": dice.choice(VINTAGES),
                "available": dice.randint(0, most),
                "frozen": dice.choice([0, dice.randint(0, most)]),
            }
            for _ in range(dice.randint(0, 5))
        ],
        "trades": [
            a_trade(dice, day_between(dice, 2023, 2026), most) for _ in range(dice.randint(0, 5))
        ],
        "applications": applications,
    }


# --- the cycle


def a_line(dice: random.Random, number: int, year: int) -> Json:
    """A unit of any sector, with emissions that make thousands of tonnes."""
    sector = dice.choice(["cement", "cement", "steel", "aluminium"])
    emissions = dice.choice([0, dice.randint(1, 9), dice.randint(1000, 90_000)])
    unit: Json = {
        "unit_id": f"u{number}",
        "sector": sector,
        "year": year,
        "verified_emissions": f"{emissions}{dice.choice(['', '', '.5', '.499999', '.9'])}",
        "output": str(dice.randint(max(1, emissions // 2), 2 * emissions + 1)),
    }
    if sector == "cement":
        kinds = ["ordinary", "ordinary", "white_only", "grinding_only"]
        unit["line_kind"] = dice.choice(kinds)
    if sector == "steel":
        unit["route"] = dice.choices(["long_process", "rolling"], [6, 1])[0]
        part = str(emissions // 2)
        unit["process_emissions"] = {"ironmaking": part, "sintering": "0"}
    if dice.random() < 0.1:
        unit["commissioned_year"] = dice.choice([2023, 2024, 2025])
    if dice.random() < 0.06:
        unit["closed_before_verification"] = True
    if dice.random() < 0.04:
        unit["listed"] = False
    return unit


def owed_for(units: list[Json]) -> int:
    return 1 + sum(int(unit["verified_emissions"].partition(".")[0]) for unit in units)


def a_year(dice: random.Random, year: int, as_of: str) -> Json:
    count = dice.randint(0, 3)
    units = [a_line(dice, number, year) for number in range(count)]
    issued_on = day_between(dice, 2026, 2027) if year == 2025 else day_between(dice, 2025, 2025)
    if dice.random() < 0.1:
        issued_on = day_between(dice, 2024, 2027)
    if dice.random() < 0.05:  # the deadline of 2024 and the day after
        issued_on = dice.choice(["2025-12-31", "2026-01-01"])
    plan: Json = {
        "year": year,
        "units": units,
        "balance_values": dict.fromkeys(
            ["cement", "steel", "aluminium"], dice.choice(["1", "0.86"])
        ),
        "high_risk": dice.random() < 0.4,
        "account_frozen": dice.random() < 0.5,
        "issued_on": issued_on,
        "submissions": [],
    }
    early = day_between(dice, 2024, 2026)
    if year == 2025 and dice.random() < 0.8 and early < issued_on:
        plan["pre_allocated_on"] = early
    first = int(issued_on[:4])
    for number in range(dice.randint(0, 4)):
        day = day_between(dice, first, max(first, 2027))
        if dice.random() < 0.7:
            day = max(day, issued_on)
        day = min(day, as_of)
        most = max(1, owed_for(units) // dice.choice([1, 2, 3, 20]))
        plan["submissions"].append(a_submission(dice, f"s{year}-{number}", day, year, most))
    return plan


def a_cycle(dice: random.Random) -> Json:
    as_of = day_between(dice, 2025, 2028) if dice.random() < 0.5 else "2028-01-01"
    years = [a_year(dice, year, as_of) for year in (2024, 2025)]
    rich = dice.random() < 0.7  # where much is held before, little is refused for want of it
    trades = []
    for number in range(dice.randint(0, 3)):
        item = a_trade(dice, min(day_between(dice, 2023, 2027), as_of), 30_000)
        if item["side"] == "sell" and dice.random() < 0.7:
            item["vintage"] = dice.choice(VINTAGES[:4])
        trades.append({"id": f"t{number}", **item})
    if rich and dice.random() < 0.6:  # bought early, so that 2025 can be surrendered
        for vintage in ("2024", "2025"):
            early = {"date": min("2024-01-01", as_of), "vintage": vintage, "side": "buy"}
            trades.append({"id": f"b{vintage}", **early, "amount": dice.randint(0, 200_000)})
    applications = [
        {
            "id": f"a{number}",
            "date": min(day_between(dice, 2026, 2026), as_of),
            "amount": tonnes(dice, 20_000),
        }
        for number in range(dice.randint(0, 3))
    ]
    case: Json = {
        "enterprise": {"enterprise_id": "E", "key_emitting_units": dice.randint(1, 3)},
        "years": years,
        "opening": [
            {"vintage": vintage, "amount": dice.randint(0, 100_000)}
            for vintage in VINTAGES[:4]
            if rich or dice.random() < 0.3
        ],
        "trades": trades,
        "compliance_2023": some_compliance(dice),
        "applications": applications,
        "as_of": as_of,
    }
    if dice.random() < 0.04:  # sometimes wrong, beyond the form
        spoil_case(dice, case)
    return case


def spoil_case(dice: random.Random, case: Json) -> None:
    everything: list[Json] = [*case["trades"], *case["applications"]]
    everything += [item for year in case["years"] for item in year["submissions"]]
    if not everything:
        return
    item = dice.choice(everything)
    if dice.random() < 0.5:
        item["date"] = "2029-01-01"
    else:
        item["id"] = dice.choice(everything)["id"]


def an_emission(dice: random.Random) -> Json:
    return {"gases": {name: f"{dice.randint(0, 10**6)}.{dice.randint(0, 999_999):06d}"
                      for name in ("co2", "cf4", "c2f6")}}  # fmt: skip


MAKERS: dict[str, Maker] = {
    "settlement": a_settlement,
    "amendment": an_amendment,
    "surrender": a_surrender,
    "carry-over": a_carry_over,
    "cycle": a_cycle,
}


def compliance_readings(dice: random.Random) -> dict[str, str]:
    """Readings of compliance and of rounding, each at its default half of the time."""
    choices = {
        "rounding": ["unit_floor", "enterprise_half_up"],
        "steel_base": ["main_processes"],
        "excluded_unit_obligation": ["verified_emissions"],
        "ccer_fraction": ["half_up"],
        "ccer_covered_project": ["accept"],
        "carry_base": ["per_key_emitting_unit"],
        "carry_fraction": ["half_up"],
        "arrears_deduction": ["none"],
    }
    return {name: dice.choice(others) for name, others in choices.items() if dice.random() < 0.4}


JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 2023, 2024, 2025, 2**53 - 1, 2**53, 10**400, 1.0, 2025.0, 0.5,
    "", "0", "1", "2024", "2025", "2019-2020", "2019", "2026", "2025-12-31", "2026-02-29",
    "2024-02-29", "2025-04-31", "2025-1-1", "2025-00-10", "0000-01-01", "2025-12-31T00:00",
    "２０２５-01-01", "9999-12-31", "0001-01-01", "20251231", "allowance", "ccer", "own",
    "third_party", "sell", "buy", "fulfilled", "open", "settled_by_deduction", "x" * 65, [], {},
    [1], [[]], [{}], {"2023": "fulfilled"}, "2025-12-31\n", "1900-02-29", "2000-02-29",
]  # fmt: skip
NAMES = [
    "year", "id", "date", "amount", "vintage", "source", "registered_on", "covered_project",
    "available", "frozen", "side", "holding", "arrears", "deducted", "as_of", "submissions", "x",
    "pre_allocated_on", "issued_on", "units", "high_risk", "", "~/", "2023", "instrument",
]  # fmt: skip
