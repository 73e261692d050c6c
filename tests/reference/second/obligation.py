"""Settlement, amendment, surrender and carry-over once more, as steps on mutable dictionaries.

Days are compared as text (ISO days sort as they follow each other); a debt is a dictionary that
every submission changes in place; percentages are integer divisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..oracle import Json, Refusal

DEADLINES = {2024: "2025-12-31", 2025: "2026-12-31"}
OLD = ("2019-2020", "2021", "2022", "2023", "2024")
USABLE: dict[int, tuple[str, ...]] = {2024: OLD, 2025: ("2025",)}
Readings = Mapping[str, str]


# --- issuance


def recover(wanted: int, held: int | None) -> tuple[int, int]:
    """What is recovered of what is wanted back, and what stays outstanding."""
    taken = wanted if held is None or held > wanted else held
    return taken, wanted - taken


def settlement(given: Json, readings: Readings) -> Json:
    if given["year"] not in DEADLINES:
        raise Refusal("YEAR_NOT_COVERED", "/year")
    if given["year"] == 2024 and given["arrears"] != 0:
        raise Refusal("ARREARS_NOT_APPLICABLE", "/arrears")
    allowance, deduction = given["verified_allowance"], given["arrears"]
    if readings.get("arrears_deduction") == "none":
        deduction = 0
    if deduction > allowance:
        deduction = allowance
    due = allowance - deduction - given["pre_allocated"]
    taken, missing = recover(-due if due < 0 else 0, given.get("holding"))
    return {
        "deduction": deduction,
        "entitlement": allowance - deduction,
        "adjustment": due,
        "issued": due if due > 0 else 0,
        "recovered": taken,
        "recovery_outstanding": missing,
        "account": ("enterprise", "province")[given["high_risk"]],
    }


def amendment(given: Json) -> Json:
    change = given["allowance_after"] - given["allowance_before"]
    taken, missing = recover(-change if change < 0 else 0, given.get("holding"))
    open_now = given["obligation_after"] - given["surrendered"]
    return {
        "allowance_change": change,
        "issued": change if change > 0 else 0,
        "recovered": taken,
        "recovery_outstanding": missing,
        "obligation_change": given["obligation_after"] - given["obligation_before"],
        "outstanding": open_now if open_now > 0 else 0,
        "over_surrendered": -open_now if open_now < 0 else 0,
    }


# --- surrender


def new_debt(year: int, owed: int, readings: Readings, *, frozen: bool) -> Json:
    """A year's obligation, which payments change."""
    half = 10 if readings.get("ccer_fraction") == "half_up" else 0
    limit = (owed + half) // 20 if year == 2025 else 0
    return {
        "year": year,
        "owed": owed,
        "limit": limit,
        "frozen": frozen,
        "accept_covered": readings.get("ccer_covered_project") == "accept",
        "open": owed,
        "late": 0,
        "ccer": 0,
        "deducted": 0,
    }


def pay(debt: Json, tonnes: int, date: str) -> None:
    debt["open"] -= tonnes
    if date > DEADLINES[debt["year"]]:
        debt["late"] += tonnes


def deduct(debt: Json, tonnes: int) -> None:
    debt["open"] -= tonnes
    debt["deducted"] += tonnes


def why_not(item: Json, debt: Json) -> str | None:
    """Why a submission may not be used at all."""
    if item["instrument"] == "allowance":
        if item["vintage"] not in USABLE[debt["year"]]:
            return "VINTAGE_NOT_USABLE"
        foreign = item["source"] == "third_party" and not debt["frozen"]
        return "THIRD_PARTY_NOT_PERMITTED" if foreign else None
    if debt["year"] == 2024:
        return "CCER_NOT_USABLE_FOR_YEAR"
    if item["registered_on"] < "2024-01-22":
        return "CCER_REGISTERED_TOO_EARLY"
    if item["covered_project"] and not debt["accept_covered"]:
        return "CCER_FROM_COVERED_PROJECT"
    return None


def take(item: Json, debt: Json) -> tuple[int, str | None]:
    """Take one submission: what is accepted, and the reason for what is not."""
    asked = item["amount"]
    reason = why_not(item, debt)
    if asked == 0 or reason:
        return 0, reason if asked else None
    credit = debt["limit"] - debt["ccer"] if item["instrument"] == "ccer" else asked
    if asked > credit:
        reason = "CCER_LIMIT"
    elif asked > debt["open"]:
        reason = "EXCEEDS_OBLIGATION"
    accepted: int = sorted([asked, credit, debt["open"]])[0]
    pay(debt, accepted, item["date"])
    if item["instrument"] == "ccer":
        debt["ccer"] += accepted
    return accepted, reason


def standing(debt: Json, as_of: str) -> str:
    """Status of a debt."""
    if debt["open"] == 0 and debt["late"] == 0 and debt["deducted"] == 0:
        return "fulfilled"
    if debt["open"] == 0:
        return "settled_by_deduction" if debt["deducted"] > 0 else "fulfilled_late"
    return "outstanding" if as_of > DEADLINES[debt["year"]] else "open"


def check_listing(placed: list[tuple[str, Json]], as_of: str) -> None:
    """Days after as_of, then ids given twice."""
    for path, item in placed:
        if item["date"] > as_of:
            raise Refusal("DATE_AFTER_AS_OF", f"{path}/date")
    check_ids(placed)


def check_ids(placed: list[tuple[str, Json]]) -> None:
    for index, (path, item) in enumerate(placed):
        if any(item["id"] == before["id"] for _, before in placed[:index]):
            raise Refusal("DUPLICATE_ID", f"{path}/id")


def surrender(given: Json, readings: Readings) -> Json:
    """One day after the other; the deduction falls between the deadline and the day after."""
    year = given["year"]
    if year not in DEADLINES:
        raise Refusal("YEAR_NOT_COVERED", "/year")
    items: list[Json] = given["submissions"]
    check_listing([(f"/submissions/{n}", item) for n, item in enumerate(items)], given["as_of"])
    debt = new_debt(year, given["obligation"], readings, frozen=given["account_frozen"])
    held, deadline = given["provincial_holding"], DEADLINES[year]
    first = held if held < debt["owed"] else debt["owed"]
    pay(debt, first, deadline)
    handled: list[Json] = [{} for _ in items]

    def go_through(days: list[str]) -> None:
        for day in days:
            for n, item in enumerate(items):
                if item["date"] == day:
                    accepted, reason = take(item, debt)
                    handled[n] = {"id": item["id"], "accepted": accepted, "reason": reason}

    days = sorted({item["date"] for item in items})
    go_through([day for day in days if day <= deadline])
    at_deadline = debt["open"]
    wanted = given["deducted"]
    allowed = given["as_of"] > deadline and readings.get("arrears_deduction") != "none"
    if wanted > (at_deadline if allowed else 0):
        raise Refusal("DEDUCTION_NOT_APPLICABLE", "/deducted")
    deduct(debt, wanted)
    go_through([day for day in days if day > deadline])
    return {
        "deadline": deadline,
        "ccer_limit": debt["limit"],
        "from_provincial": first,
        "submissions": handled,
        "ccer_used": debt["ccer"],
        "surrendered": debt["owed"] - debt["open"] - debt["deducted"],
        "outstanding_at_deadline": at_deadline,
        "outstanding": debt["open"],
        "released": 0 if debt["open"] else held - first,
        "status": standing(debt, given["as_of"]),
        "certificate": debt["open"] == 0,
    }


# --- carry-over


def ceiling(units: int, net_sold: int, readings: Readings) -> tuple[int, int]:
    """Base and cap."""
    base = 10_000
    if readings.get("carry_base") == "per_key_emitting_unit":
        base *= units
    up = 1 if readings.get("carry_fraction") == "half_up" else 0
    return base, base + (3 * net_sold + up) // 2


def net_sold(trades: list[Json]) -> int:
    sold = bought = 0
    for trade in trades:
        if trade["vintage"] == "2025" or trade["date"][:4] not in ("2024", "2025"):
            continue
        if trade["side"] == "sell":
            sold += trade["amount"]
        else:
            bought += trade["amount"]
    return sold - bought if sold > bought else 0


def apply_for(item: Json, available: int | None, room: int) -> tuple[int, str | None]:
    """Take one application: what is accepted, and the reason for what is not."""
    asked = item["amount"]
    if asked == 0:
        return 0, None
    if item["date"][:4] < "2026":
        return 0, "APPLICATION_TOO_EARLY"
    if item["date"] > "2026-06-10":
        return 0, "APPLICATION_TOO_LATE"
    if available is not None and asked > available:
        return (available if available < room else room), "EXCEEDS_AVAILABLE"
    return (room, "EXCEEDS_MAXIMUM") if asked > room else (asked, None)


def is_eligible(*states: str) -> bool:
    return all(state == "fulfilled" or state == "not_covered" for state in states)


def carry_over(given: Json, readings: Readings) -> Json:
    items: list[Json] = given["applications"]
    check_ids([(f"/applications/{n}", item) for n, item in enumerate(items)])
    kept = [row for row in given["holdings"] if row["vintage"] != "2025"]
    holding = sum(row["available"] for row in kept) + sum(row["frozen"] for row in kept)
    sold = net_sold(given["trades"])
    base, cap = ceiling(given["key_emitting_units"], sold, readings)
    eligible = is_eligible(*given["compliance"].values())
    most = (cap if cap < holding else holding) if eligible else 0
    room = most
    handled: list[Any] = [None] * len(items)
    for day in sorted({item["date"] for item in items}):
        for n, item in enumerate(items):
            if item["date"] == day:
                available = item.get("available") if eligible else None
                accepted, reason = apply_for(item, available, room)
                room -= accepted
                handled[n] = {"id": item["id"], "accepted": accepted, "reason": reason}
    return {
        "eligible": eligible,
        "reason": None if eligible else "NOT_FULFILLED_ON_TIME",
        "base": base,
        "net_sold": sold,
        "cap": cap,
        "holding": holding,
        "maximum": most,
        "applications": handled,
        "carried": most - room,
        "not_carried": holding - (most - room),
    }
