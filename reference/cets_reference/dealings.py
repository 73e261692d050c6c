"""Dealings: submissions, trades, applications and holdings of allowances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day  # noqa: N812  (records have a field called date)
from typing import TypeVar

from cets_reference import forms
from cets_reference.clauses import clause
from cets_reference.errors import RuleError, child, invalid
from cets_reference.forms import Member
from cets_reference.plan import VINTAGES

COMPLIANCE = (
    "fulfilled",
    "fulfilled_late",
    "outstanding",
    "not_covered",
    "settled_by_deduction",
    "open",
)
"""How an enterprise stands with a year's obligation."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission of allowances or CCER for a year's obligation."""

    id: str
    """Id, unique within the input."""
    date: Day
    """Day of submission."""
    instrument: str
    """``allowance`` or ``ccer``."""
    amount: int
    """Amount submitted, t."""
    vintage: str | None = None
    """Allowances: their vintage."""
    source: str | None = None
    """Allowances: ``own`` or ``third_party``."""
    registered_on: Day | None = None
    """CCER: day of registration."""
    covered_project: bool | None = None
    """CCER: whether the project lies inside allowance management."""


@dataclass(frozen=True, slots=True)
class Trade:
    """One purchase or sale of allowances."""

    date: Day
    """Day of the trade."""
    vintage: str
    """Vintage traded."""
    side: str
    """``sell`` or ``buy``."""
    amount: int
    """Amount, t."""
    id: str = ""
    """Id, where the operation gives trades one."""


@dataclass(frozen=True, slots=True)
class Application:
    """One application to carry allowances over."""

    id: str
    """Id, unique within the input."""
    date: Day
    """Day of application."""
    amount: int
    """Amount applied for, t."""
    available: int | None = None
    """What is available on that day, t; None is enough."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Allowances of one vintage held at the end of the holding day."""

    vintage: str
    """Their vintage."""
    available: int
    """Free to dispose of, t."""
    frozen: int
    """Frozen, t."""


read_vintage = forms.choice(*VINTAGES)

_COMMON = {
    "id": Member(forms.read_id),
    "date": Member(forms.read_date),
    "instrument": Member(forms.choice("allowance", "ccer")),
}
_OF_ALLOWANCE = {
    "vintage": Member(read_vintage),
    "source": Member(forms.choice("own", "third_party")),
}
_OF_CCER = {
    "registered_on": Member(forms.read_date),
    "covered_project": Member(forms.read_flag),
}
_AMOUNT = {"amount": Member(forms.read_amount)}
_EITHER = {
    name: Member(member.read, required=False) for name, member in (_OF_ALLOWANCE | _OF_CCER).items()
}
_TRADE = {
    "date": Member(forms.read_date),
    "vintage": Member(read_vintage),
    "side": Member(forms.choice("sell", "buy")),
    "amount": Member(forms.read_amount),
}
_APPLICATION = {
    "id": Member(forms.read_id),
    "date": Member(forms.read_date),
    "amount": Member(forms.read_amount),
}
_HOLDING = {
    "vintage": Member(read_vintage),
    "available": Member(forms.read_amount),
    "frozen": Member(forms.read_amount),
}


@clause("R-3", "R-4", "R-6")
def read_submission(value: object, path: str) -> Submission:
    """Read a submission; fields of the other instrument are refused."""
    instrument = value.get("instrument") if isinstance(value, Mapping) else None
    own = _EITHER
    if instrument == "allowance":
        own = _OF_ALLOWANCE
    elif instrument == "ccer":
        own = _OF_CCER
    submission = Submission(**forms.read_object(value, path, _COMMON | own | _AMOUNT))
    if submission.registered_on is not None and submission.registered_on > submission.date:
        raise invalid(child(path, "registered_on"), "registered after the day of submission", "R-4")
    return submission


@clause("C-4")
def read_trade(value: object, path: str) -> Trade:
    """Read a trade without an id."""
    return Trade(**forms.read_object(value, path, _TRADE))


@clause("C-4")
def read_dated_trade(value: object, path: str) -> Trade:
    """Read a trade of the compliance cycle, which has an id."""
    members = {"id": Member(forms.read_id), **_TRADE}
    return Trade(**forms.read_object(value, path, members))


@clause("C-7")
def read_application(value: object, path: str) -> Application:
    """Read an application with what is available on its day, where given."""
    members = _APPLICATION | {"available": Member(forms.read_amount, required=False)}
    return Application(**forms.read_object(value, path, members))


@clause("C-7")
def read_cycle_application(value: object, path: str) -> Application:
    """Read an application of the compliance cycle, whose account says what is available."""
    return Application(**forms.read_object(value, path, _APPLICATION))


@clause("C-5")
def read_holding(value: object, path: str) -> Holding:
    """Read a holding of one vintage."""
    return Holding(**forms.read_object(value, path, _HOLDING))


Dealing = TypeVar("Dealing", Submission, Application, Trade)


@clause("R-9", "C-7")
def in_order(dealings: Sequence[Dealing]) -> list[int]:
    """Give positions in the order dealings are taken: by date, then as given."""
    return sorted(range(len(dealings)), key=lambda position: dealings[position].date)


@clause("R-9")
def check_unique_ids(placed: Sequence[tuple[str, str]]) -> None:
    """Refuse an id given twice among (path, id) pairs, at the second one."""
    seen: set[str] = set()
    for path, name in placed:
        if name in seen:
            raise RuleError(
                "DUPLICATE_ID", child(path, "id"), f"the id {name} is given twice", "R-9"
            )
        seen.add(name)


@clause("R-9")
def check_dates(placed: Sequence[tuple[str, Day]], as_of: Day) -> None:
    """Refuse a dealing dated after the day the input speaks of."""
    for path, day in placed:
        if day > as_of:
            raise RuleError(
                "DATE_AFTER_AS_OF",
                child(path, "date"),
                f"{day.isoformat()} is after as_of, {as_of.isoformat()}",
                "R-9",
            )
