"""The form of settlement, amendment, surrender, carry-over and cycle, judged a second time.

Fields are judged one by one by hand-written scanners; days are counted, not parsed. Where the
rulebook leaves open which of several faults of one object is named, all of them are allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..oracle import Json, Refusal
from ..oracle_form import (
    DIGITS,
    check_balance_values,
    check_missing,
    check_unit,
    is_id,
    is_whole,
    pointer,
    refuse,
)

Check = Callable[[Any, str], None]

VINTAGES = ("2019-2020", "2021", "2022", "2023", "2024", "2025")
COMPLIANCE = (
    "fulfilled",
    "fulfilled_late",
    "outstanding",
    "not_covered",
    "settled_by_deduction",
    "open",
)
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
GREATEST = 9_007_199_254_740_991


def is_day(value: Any) -> bool:
    """Tell whether a value is YYYY-MM-DD and that day exists (years from 0001)."""
    if type(value) is not str or len(value) != 10 or value[4] + value[7] != "--":
        return False
    parts = [value[:4], value[5:7], value[8:]]
    if not all(letter in DIGITS for part in parts for letter in part):
        return False
    year, month, day = (int(part) for part in parts)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if year == 0 or not 1 <= month <= 12:
        return False
    return 1 <= day <= (29 if leap and month == 2 else DAYS[month - 1])


def when(good: Callable[[Any], bool]) -> Check:
    """Make a check that refuses what is not good."""

    def check(value: Any, path: str) -> None:
        if not good(value):
            raise refuse(path)

    return check


def one_of(*words: str) -> Check:
    return when(lambda value: type(value) is str and value in words)


day = when(is_day)
flag = when(lambda value: type(value) is bool)
name = when(is_id)
whole = when(is_whole)
count = when(lambda value: is_whole(value) and value >= 1)
amount = when(lambda value: is_whole(value) and 0 <= value <= GREATEST)
vintage = one_of(*VINTAGES)
status = one_of(*COMPLIANCE)


def fields(value: Any, path: str, known: Mapping[str, Check], optional: tuple[str, ...]) -> None:
    """Judge an object's fields in the order given, then what is missing."""
    if type(value) is not dict:
        raise refuse(path)
    for field, item in value.items():
        if field not in known:
            raise refuse(pointer(path, field))
        known[field](item, pointer(path, field))
    check_missing(value, path, [field for field in known if field not in optional])


def made_of(known: Mapping[str, Check], *optional: str) -> Check:
    return lambda value, path: fields(value, path, known, optional)


def many(check: Check) -> Check:
    def check_all(value: Any, path: str) -> None:
        if type(value) is not list:
            raise refuse(path)
        for index, item in enumerate(value):
            check(item, f"{path}/{index}")

    return check_all


def submission(value: Any, path: str) -> None:
    """Judge a submission; where its instrument is unknown, fields of either are let pass."""
    instrument = value.get("instrument") if type(value) is dict else None
    of = {
        "allowance": {"vintage": vintage, "source": one_of("own", "third_party")},
        "ccer": {"registered_on": day, "covered_project": flag},
    }
    known: dict[str, Check] = {"id": name, "date": day, "amount": amount}
    known["instrument"] = one_of("allowance", "ccer")
    if instrument in ("allowance", "ccer"):
        with_fault(value, path, made_of(known | of[instrument]))
    else:
        either = of["allowance"] | of["ccer"]
        fields(value, path, known | either, tuple(either))


def with_fault(value: Any, path: str, check: Check) -> None:
    """Judge a submission's fields, and that nothing is registered after it is submitted."""
    late = (
        type(value) is dict
        and is_day(value.get("registered_on"))
        and is_day(value.get("date"))
        and value["registered_on"] > value["date"]
    )
    place = pointer(path, "registered_on")
    try:
        check(value, path)
    except Refusal as found:
        missing = all(wrong.rpartition("/")[2] not in value for wrong in found.paths)
        if late and missing:
            found.paths.add(place)
        raise
    if late:
        raise refuse(place)


trade: dict[str, Check] = {
    "date": day,
    "vintage": vintage,
    "side": one_of("sell", "buy"),
    "amount": amount,
}
application: dict[str, Check] = {"id": name, "date": day, "amount": amount}
old_vintage = one_of(*VINTAGES[:4])


def one_year(value: Any, path: str) -> None:
    known: dict[str, Check] = {
        "year": whole,
        "units": many(lambda item, place: check_unit(item, place, allocated=True)),
        "balance_values": check_balance_values,
        "high_risk": flag,
        "account_frozen": flag,
        "pre_allocated_on": day,
        "issued_on": day,
        "submissions": many(submission),
    }
    fields(value, path, known, ("pre_allocated_on",))


def both_years(value: Any, path: str) -> None:
    """Judge the years; a pre-allocation out of place may also be told as years out of place."""
    two = (
        type(value) is list
        and all(type(one) is dict for one in value)
        and [one.get("year") for one in value] == [2024, 2025]
    )

    def one(item: Any, place: str) -> None:
        one_year(item, place)
        early = item.get("pre_allocated_on")
        if early is not None and (item["year"] != 2025 or early >= item["issued_on"]):
            wrong = refuse(f"{place}/pre_allocated_on")
            wrong.paths |= set() if two else {path}
            raise wrong

    many(one)(value, path)
    if not two:
        raise refuse(path)


FORMS: dict[str, tuple[dict[str, Check], tuple[str, ...]]] = {
    "settlement": (
        {
            "year": whole,
            "verified_allowance": amount,
            "pre_allocated": amount,
            "arrears": amount,
            "high_risk": flag,
            "holding": amount,
        },
        ("holding",),
    ),
    "amendment": (
        {
            "allowance_before": amount,
            "allowance_after": amount,
            "obligation_before": amount,
            "obligation_after": amount,
            "surrendered": amount,
            "holding": amount,
        },
        ("holding",),
    ),
    "surrender": (
        {
            "year": whole,
            "obligation": amount,
            "provincial_holding": amount,
            "account_frozen": flag,
            "deducted": amount,
            "as_of": day,
            "submissions": many(submission),
        },
        (),
    ),
    "carry-over": (
        {
            "key_emitting_units": count,
            "compliance": made_of({"2023": status, "2024": status}),
            "holdings": many(made_of({"vintage": vintage, "available": amount, "frozen": amount})),
            "trades": many(made_of(trade)),
            "applications": many(made_of(application | {"available": amount}, "available")),
        },
        (),
    ),
    "cycle": (
        {
            "enterprise": made_of({"enterprise_id": name, "key_emitting_units": count}),
            "years": both_years,
            "opening": many(made_of({"vintage": old_vintage, "amount": amount})),
            "trades": many(made_of({"id": name} | trade)),
            "compliance_2023": status,
            "applications": many(made_of(application)),
            "as_of": day,
        },
        (),
    ),
}


def check_compliance_form(operation: str, value: Json) -> None:
    """Judge a whole input; raise ``Refusal`` at the first thing wrong."""
    known, optional = FORMS[operation]
    fields(value, "", known, optional)
