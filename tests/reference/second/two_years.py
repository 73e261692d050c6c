"""The compliance cycle once more: the calendar is walked day by day, and dictionaries change.

Nothing is folded and no books are kept: two dictionaries of holdings, two debts, and for every
day that the input names the steps of the rulebook in the order it gives them.
"""

from __future__ import annotations

from typing import Any

from .. import oracle
from ..oracle import Json, Refusal
from .obligation import (
    OLD,
    Readings,
    apply_for,
    ceiling,
    check_listing,
    deduct,
    is_eligible,
    net_sold,
    new_debt,
    pay,
    recover,
    standing,
    take,
)

LAST_OF_2025 = "2025-12-31"


class Simulation:
    """An enterprise's accounts and debts while the days go by."""

    def __init__(self, given: Json, readings: Readings) -> None:
        self.given = given
        self.readings = readings
        self.years: dict[int, Json] = {}
        self.debts: dict[int, Json] = {}
        self.rows: dict[int, Json] = {}
        self.own: dict[str, int] = dict.fromkeys((*OLD, "2025"), 0)
        self.kept: dict[str, int] = dict.fromkeys((*OLD, "2025"), 0)
        self.refusals: list[Json] = []
        self.answers: list[Json | None] = [None] * len(given["applications"])
        self.carry: Json | None = None
        self.room = 0
        self.eligible = False
        self.deducted = 0
        for place, year in enumerate(given["years"]):
            self._open(place, year)

    def _open(self, place: int, year: Json) -> None:
        """Allocate a year's units; their errors are those of ``enterprise-allocation``."""
        value = {name: year[name] for name in ("year", "units", "balance_values")}
        try:
            sums = oracle.compute("enterprise-allocation", value, self.readings)
        except Refusal as found:
            raise Refusal(found.code, *(f"/years/{place}{path}" for path in found.paths)) from None
        frozen = year["account_frozen"]
        number = year["year"]
        self.years[number] = {**year, "allowance": sums["allowance"], "place": place}
        self.debts[number] = new_debt(number, sums["obligation"], self.readings, frozen=frozen)
        self.rows[number] = {"pre_allocated": 0, "settled": False}

    # --- what happens on a day

    def live(self, day: str) -> None:
        """Take one day."""
        if day == self.years[2025]["issued_on"] and day > LAST_OF_2025:
            self.deduct_arrears()
        if day == self.years[2025].get("pre_allocated_on"):
            self.pre_allocate()
        for number in (2024, 2025):
            if day == self.years[number]["issued_on"]:
                self.settle(number, day)
        self.deal(day)
        if day == LAST_OF_2025:
            self.end_of_2025()

    def deal(self, day: str) -> None:
        """Trades, applications and submissions of a day."""
        for index, item in enumerate(self.given["trades"]):
            if item["date"] == day:
                self.trade(item, f"/trades/{index}")
        for index, item in enumerate(self.given["applications"]):
            if item["date"] == day:
                self.carry_over(index, item)
        for number in (2024, 2025):
            for index, item in enumerate(self.years[number]["submissions"]):
                if item["date"] == day:
                    place = self.years[number]["place"]
                    self.submit(number, item, f"/years/{place}/submissions/{index}")

    def account_of(self, number: int) -> dict[str, int]:
        return self.kept if self.years[number]["high_risk"] else self.own

    def deduct_arrears(self) -> None:
        if self.readings.get("arrears_deduction") == "none":
            return
        debt, next_one = self.debts[2024], self.years[2025]["allowance"]
        self.deducted = debt["open"] if debt["open"] < next_one else next_one
        deduct(debt, self.deducted)

    def pre_allocate(self) -> None:
        previous = {unit["unit_id"]: unit for unit in self.years[2024]["units"]}
        shares = []
        for unit in self.years[2025]["units"]:
            before = previous.get(unit["unit_id"])
            if before is not None and oracle.scope(unit)["covered"]:
                shares.append((7 * oracle.micro(before, "verified_emissions"), 10 * oracle.MICRO))
        rounding = self.readings.get("rounding", "unit_half_up")
        tonnes = oracle.add(shares, rounding)
        self.account_of(2025)["2025"] += tonnes
        self.rows[2025]["pre_allocated"] = tonnes

    def settle(self, number: int, day: str) -> None:
        row, account, vintage = self.rows[number], self.account_of(number), str(number)
        deduction = self.deducted if number == 2025 else 0
        due = self.years[number]["allowance"] - deduction - row["pre_allocated"]
        missing = 0
        if due >= 0:
            account[vintage] += due
        else:
            taken, missing = recover(-due, account[vintage])
            account[vintage] -= taken
        self.rows[number] = {
            "pre_allocated": row["pre_allocated"],
            "settled": True,
            "allowance": self.years[number]["allowance"],
            "deduction": deduction,
            "adjustment": due,
            "recovery_outstanding": missing,
        }
        from_province = min(self.kept[vintage], self.debts[number]["open"])
        self.kept[vintage] -= from_province
        pay(self.debts[number], from_province, day)
        self.release(number)

    def release(self, number: int) -> None:
        """Once a settled year is met, what the province still keeps goes to the enterprise."""
        vintage = str(number)
        if self.rows[number]["settled"] and self.debts[number]["open"] == 0:
            self.own[vintage] += self.kept[vintage]
            self.kept[vintage] = 0

    def trade(self, item: Json, path: str) -> None:
        if item["side"] == "sell":
            self.give(item["vintage"], item["amount"], path)
        else:
            self.own[item["vintage"]] += item["amount"]

    def give(self, vintage: str, tonnes: int, path: str) -> None:
        if self.own[vintage] < tonnes:
            raise Refusal("INSUFFICIENT_HOLDING", path)
        self.own[vintage] -= tonnes

    def submit(self, number: int, item: Json, path: str) -> None:
        accepted, reason = take(item, self.debts[number])
        if item["instrument"] == "allowance" and item["source"] == "own":
            self.give(item["vintage"], accepted, path)
        self.note(item, reason)
        self.release(number)

    def note(self, item: Json, reason: str | None) -> None:
        if reason is not None:
            self.refusals.append({"id": item["id"], "reason": reason})

    def carry_over(self, index: int, item: Json) -> None:
        available = sum(self.own[vintage] for vintage in OLD) if self.eligible else None
        accepted, reason = apply_for(item, available, self.room)
        self.answers[index] = {"id": item["id"], "accepted": accepted, "reason": reason}
        self.note(item, reason)
        self.room -= accepted
        self.own["2025"] += accepted
        for vintage in OLD:
            part = accepted if accepted < self.own[vintage] else self.own[vintage]
            self.own[vintage] -= part
            accepted -= part

    def end_of_2025(self) -> None:
        holding = sum(self.own[vintage] + self.kept[vintage] for vintage in OLD)
        sold = net_sold(self.given["trades"])
        units = self.given["enterprise"]["key_emitting_units"]
        base, cap = ceiling(units, sold, self.readings)
        of_2024 = "outstanding" if self.debts[2024]["open"] else "fulfilled"
        eligible = is_eligible(self.given["compliance_2023"], of_2024)
        self.eligible = eligible
        self.room = min(cap, holding) if eligible else 0
        self.carry = {
            "eligible": eligible,
            "reason": None if eligible else "NOT_FULFILLED_ON_TIME",
            "base": base,
            "net_sold": sold,
            "cap": cap,
            "holding": holding,
            "maximum": self.room,
        }

    # --- what is told in the end

    def year_row(self, number: int) -> Json:
        row, debt = self.rows[number], self.debts[number]
        figures = ("allowance", "deduction", "adjustment", "recovery_outstanding")
        return {
            "year": number,
            "pre_allocated": row["pre_allocated"],
            **{name: row.get(name, 0) for name in figures},
            "obligation": debt["owed"],
            "ccer_used": debt["ccer"],
            "surrendered": debt["owed"] - debt["open"] - debt["deducted"],
            "outstanding": debt["open"],
            "status": standing(debt, self.given["as_of"]),
            "certificate": debt["open"] == 0,
        }

    def tell(self) -> Json:
        carried = 0
        if self.carry is not None:
            carried = sum(answer["accepted"] for answer in self.answers if answer)
            self.carry |= {
                "applications": self.answers,
                "carried": carried,
                "not_carried": self.carry["holding"] - carried,
            }
        return {
            "years": [self.year_row(number) for number in (2024, 2025)],
            "carry_over": self.carry,
            "refusals": self.refusals,
            "holdings": [
                {"vintage": vintage, "enterprise": self.own[vintage], "province": kept}
                for vintage, kept in self.kept.items()
            ],
        }


def dated(given: Json) -> list[tuple[str, Json]]:
    """Submissions, trades and applications with their places."""
    found: list[tuple[str, Json]] = []
    lists: list[tuple[str, list[Any]]] = [
        (f"/years/{place}/submissions", year["submissions"])
        for place, year in enumerate(given["years"])
    ]
    lists += [("/trades", given["trades"]), ("/applications", given["applications"])]
    for path, items in lists:
        found += [(f"{path}/{index}", item) for index, item in enumerate(items)]
    return found


def cycle(given: Json, readings: Readings) -> Json:
    """Live through all days up to as_of."""
    simulation = Simulation(given, readings)
    check_listing(dated(given), given["as_of"])
    for row in given["opening"]:
        simulation.own[row["vintage"]] += row["amount"]
    days = {item["date"] for _, item in dated(given)} | {LAST_OF_2025}
    days |= {year["issued_on"] for year in given["years"]}
    days |= {year["pre_allocated_on"] for year in given["years"] if "pre_allocated_on" in year}
    for day in sorted(days):
        if day <= given["as_of"]:
            simulation.live(day)
    return simulation.tell()
