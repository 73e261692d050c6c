"""Inputs of the operations of compliance as a test writes them, the rest at a plain default."""

from __future__ import annotations

from typing import Any

from .inputs import NOTHING, Json, cement, numbered, output

VINTAGES = ("2019-2020", "2021", "2022", "2023", "2024", "2025")
OLD = VINTAGES[:5]
GREATEST = 2**53 - 1

NO_DEDUCTION = {"arrears_deduction": "none"}
CCER_UP = {"ccer_fraction": "half_up"}
CCER_ANY = {"ccer_covered_project": "accept"}
PER_UNIT = {"carry_base": "per_key_emitting_unit"}
CARRY_UP = {"carry_fraction": "half_up"}


def given(plain: Json, changes: Json) -> Json:
    """A plain input with changes; ``NOTHING`` leaves a field out."""
    return {name: value for name, value in {**plain, **changes}.items() if value is not NOTHING}


def settlement(**changes: Any) -> Json:
    """The settlement of 2025: 1,000 t verified, 700 t pre-allocated."""
    plain: Json = {
        "year": 2025,
        "verified_allowance": 1000,
        "pre_allocated": 700,
        "arrears": 0,
        "high_risk": False,
    }
    return given(plain, changes)


def amendment(**changes: Any) -> Json:
    """An amendment that changes nothing: 1,030 t of allowance, 1,000 t owed and surrendered."""
    plain: Json = {
        "allowance_before": 1030,
        "allowance_after": 1030,
        "obligation_before": 1000,
        "obligation_after": 1000,
        "surrendered": 1000,
    }
    return given(plain, changes)


def own(amount: Any, date: str, vintage: str = "2025", name: str = "s", **more: Any) -> Json:
    """A submission of the enterprise's own allowances."""
    common = {"id": name, "date": date, "instrument": "allowance", "amount": amount}
    return {**common, "vintage": vintage, "source": "own", **more}


def other(amount: Any, date: str, vintage: str = "2025", name: str = "s") -> Json:
    """A submission of another enterprise's allowances."""
    return own(amount, date, vintage, name, source="third_party")


def ccer(amount: Any, date: str, registered_on: str = "2024-01-22", **more: Any) -> Json:
    """A submission of CCER from a project outside allowance management."""
    common = {"id": "s", "date": date, "instrument": "ccer", "amount": amount}
    return {**common, "registered_on": registered_on, "covered_project": False, **more}


def lettered(*items: Json) -> list[Json]:
    """Give items the ids a, b, …"""
    return [{**item, "id": "abcdefghij"[index]} for index, item in enumerate(items)]


def surrender(*submissions: Json, **changes: Any) -> Json:
    """1,000 t owed for 2025, looked at in 2027; submissions get the ids a, b, …"""
    plain: Json = {
        "year": 2025,
        "obligation": 1000,
        "provincial_holding": 0,
        "account_frozen": False,
        "deducted": 0,
        "as_of": "2027-06-30",
        "submissions": lettered(*submissions),
    }
    return given(plain, changes)


def holding(vintage: str, available: Any, frozen: Any = 0) -> Json:
    return {"vintage": vintage, "available": available, "frozen": frozen}


def trade(side: str, amount: Any, date: str = "2025-06-30", vintage: str = "2024") -> Json:
    return {"date": date, "vintage": vintage, "side": side, "amount": amount}


def application(amount: Any, date: str = "2026-03-01", **more: Any) -> Json:
    return {"id": "a", "date": date, "amount": amount, **more}


def carry_over(*applications: Json, **changes: Any) -> Json:
    """30,000 t of vintage 2024 held, nothing traded; applications get the ids a, b, …"""
    plain: Json = {
        "key_emitting_units": 1,
        "compliance": {"2023": "fulfilled", "2024": "fulfilled"},
        "holdings": [holding("2024", 30_000)],
        "trades": [],
        "applications": lettered(*applications),
    }
    return given(plain, changes)


# --- the cycle: white-cement lines, which get what they emit, unless a test says otherwise


def line(emissions: Any, year: int, **changes: Any) -> Json:
    """A white-cement line: allowance and obligation are its emissions."""
    return cement(str(emissions), "1000", year=year, line_kind="white_only", **changes)


def year_of(year: int, emissions: Any, *submissions: Json, **changes: Any) -> Json:
    """A year of the cycle with one line; 2024 issued 2025-10-20, 2025 on 2026-10-20."""
    plain: Json = {
        "year": year,
        "units": numbered(line(emissions, year)),
        "balance_values": {},
        "high_risk": False,
        "account_frozen": False,
        "issued_on": f"{year + 1}-10-20",
        "submissions": list(submissions),
    }
    return given(plain, changes)


def cycle(first: Json, last: Json, **changes: Any) -> Json:
    """An enterprise that owned nothing before, looked at on 2027-06-30."""
    plain: Json = {
        "enterprise": {"enterprise_id": "E-1", "key_emitting_units": 1},
        "years": [first, last],
        "opening": [],
        "trades": [],
        "compliance_2023": "not_covered",
        "applications": [],
        "as_of": "2027-06-30",
    }
    return given(plain, changes)


def both_met(*, emissions: tuple[int, int] = (1000, 1000), **changes: Any) -> Json:
    """A cycle in which either year is surrendered in time."""
    first, last = emissions
    return cycle(
        year_of(2024, first, own(first, "2025-11-01", "2024", "s1")),
        year_of(2025, last, own(last, "2026-11-01", "2025", "s2"), pre_allocated_on="2026-02-01"),
        **changes,
    )


def opening(**amounts: int) -> list[Json]:
    """Opening amounts by vintage, written v2021=5; v2019 is 2019-2020."""
    names = {"v2019": "2019-2020"}
    return [
        {"vintage": names.get(name, name[1:]), "amount": amount} for name, amount in amounts.items()
    ]


def dealt(name: str, *more: Any, **changes: Any) -> Json:
    return {"id": name, **trade(*more, **changes)}


def asked(name: str, amount: int, date: str = "2026-03-01") -> Json:
    return {"id": name, "date": date, "amount": amount}


def lived(value: Json, readings: dict[str, str] | None = None) -> dict[Any, Any]:
    """Run a cycle; its years and holdings by name, to be asked for one by one."""
    found = output("cycle", value, readings)
    return {
        **found,
        **{row["year"]: row for row in found["years"]},
        "held": {
            row["vintage"]: (row["enterprise"], row["province"])
            for row in found["holdings"]
            if row["enterprise"] or row["province"]
        },
        "why": [(row["id"], row["reason"]) for row in found["refusals"]],
    }


def part(found: dict[Any, Any], expected: Json) -> Json:
    """What of an answer a test asks about."""
    return {name: found[name] for name in expected}
