"""Appeals: against a vector or a finding, from filing to ruling; the history is only added to.

An appeal is a value; who acts and when are given from outside. Its state is what its history says:
``open`` until it is ruled on, then ``upheld`` (the vector or finding was wrong) or ``rejected``,
for good. Whoever disagrees with a ruling files anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

__all__ = [
    "LONGEST_TEXT",
    "RULINGS",
    "Appeal",
    "AppealError",
    "Entry",
    "check_subject",
    "comment",
    "file_appeal",
    "read_appeal",
    "rule_on",
]

Ruling = Literal["upheld", "rejected"]
RULINGS: tuple[Ruling, ...] = ("upheld", "rejected")
"""How an appeal can end."""

LONGEST_TEXT = 4000
"""Characters of grounds, a comment or a ruling."""

_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "vector": ("vector",),
    "finding": ("check_id", "check", "year", "unit_id"),
    "comparison": ("comparison_id", "field", "year", "unit_id"),
}
"""Kinds of subject and what names one."""

_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class AppealError(ValueError):
    """A step that an appeal does not allow; catalogue key ``appeal.problem.<code>``."""

    def __init__(self, code: str, path: str, **values: str) -> None:
        super().__init__(f"{code} at {path}: {values}")
        self.code = code
        self.path = path
        self.values: Mapping[str, str] = values


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of the history."""

    action: str
    """``filed``, ``commented``, ``upheld`` or ``rejected``."""
    by: str
    """Who, as shown in public."""
    at: datetime
    """When, with its time zone."""
    text: str
    """Grounds, comment or ruling."""


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal and its history, oldest entry first."""

    id: str
    """Permanent id."""
    subject: Mapping[str, str | int]
    """``kind`` and what names the vector, the finding or the figure of a comparison."""
    history: tuple[Entry, ...]
    """What happened; the first entry files it."""

    @property
    def state(self) -> str:
        """``open``, ``upheld`` or ``rejected``."""
        last = self.history[-1].action
        return last if last in RULINGS else "open"

    @property
    def ruling(self) -> str | None:
        """Text of the ruling; None while open."""
        return self.history[-1].text if self.state in RULINGS else None

    def as_json(self) -> dict[str, Any]:
        """Give the document (schema ``appeal``)."""
        return {
            "id": self.id,
            "subject": dict(self.subject),
            "state": self.state,
            "ruling": self.ruling,
            "history": [
                {
                    "action": entry.action,
                    "by": entry.by,
                    "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "text": entry.text,
                }
                for entry in self.history
            ],
        }


def file_appeal(
    appeal_id: str, subject: Mapping[str, str | int], *, by: str, at: datetime, grounds: str
) -> Appeal:
    """File an appeal; :class:`AppealError` where the subject or an entry is not whole."""
    check_subject(subject)
    return Appeal(appeal_id, dict(subject), (_entry("filed", by, at, grounds, "/history/0"),))


def check_subject(subject: Mapping[str, object]) -> None:
    """Raise :class:`AppealError` where a subject is of no kind, or not named as its kind is."""
    kind = subject.get("kind")
    if not isinstance(kind, str) or kind not in _SUBJECTS:
        raise AppealError(
            "SUBJECT_UNKNOWN", "/subject/kind", found=str(kind), known=", ".join(_SUBJECTS)
        )
    wanted = {"kind", *_SUBJECTS[kind]}
    if set(subject) != wanted:
        odd = sorted(wanted ^ set(subject))
        raise AppealError("SUBJECT_NOT_WHOLE", "/subject", fields=", ".join(odd))


def comment(appeal: Appeal, *, by: str, at: datetime, text: str) -> Appeal:
    """Add a comment to an open appeal."""
    return _append(appeal, "commented", by, at, text)


def rule_on(appeal: Appeal, ruling: str, *, by: str, at: datetime, text: str) -> Appeal:
    """Rule on an open appeal, once; nobody rules on an appeal of their own."""
    place = f"/history/{len(appeal.history)}"
    if ruling not in RULINGS:
        raise AppealError(
            "RULING_UNKNOWN", f"{place}/action", found=ruling, known=", ".join(RULINGS)
        )
    if by == appeal.history[0].by:
        raise AppealError("OWN_APPEAL", f"{place}/by", found=by)
    return _append(appeal, ruling, by, at, text)


def _append(appeal: Appeal, action: str, by: str, at: datetime, text: str) -> Appeal:
    place = f"/history/{len(appeal.history)}"
    if appeal.state != "open":
        raise AppealError("APPEAL_CLOSED", place, state=appeal.state)
    entry = _entry(action, by, at, text, place)
    if entry.at < appeal.history[-1].at:
        raise AppealError("OUT_OF_ORDER", f"{place}/at", found=at.isoformat())
    return replace(appeal, history=(*appeal.history, entry))


def _entry(action: str, by: str, at: datetime, text: str, place: str) -> Entry:
    if at.tzinfo is None:
        raise AppealError("TIME_WITHOUT_ZONE", f"{place}/at", found=at.isoformat())
    if not by.strip():
        raise AppealError("NAME_EMPTY", f"{place}/by")
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise AppealError("TEXT_NOT_USABLE", f"{place}/text", limit=str(LONGEST_TEXT))
    return Entry(action, by.strip(), at.astimezone(UTC).replace(microsecond=0), text.strip())


def read_appeal(document: Mapping[str, Any]) -> Appeal:
    """Read a document that fits the schema, by going through its history step by step.

    :class:`AppealError` where a step was not allowed or the state is not what the history says.
    """
    history = document["history"]
    if not history or history[0]["action"] != "filed":
        raise AppealError("NOT_FILED", "/history/0/action")
    first = _step(history[0], "/history/0")
    appeal = file_appeal(
        document["id"], document["subject"], by=first.by, at=first.at, grounds=first.text
    )
    for number, item in enumerate(history[1:], start=1):
        step = _step(item, f"/history/{number}")
        if step.action == "commented":
            appeal = comment(appeal, by=step.by, at=step.at, text=step.text)
        else:
            appeal = rule_on(appeal, step.action, by=step.by, at=step.at, text=step.text)
    if (document["state"], document["ruling"]) != (appeal.state, appeal.ruling):
        raise AppealError("STATE_NOT_OF_HISTORY", "/state", found=str(document["state"]))
    return appeal


def _step(item: Mapping[str, Any], place: str) -> Entry:
    if not _AT.fullmatch(item["at"]):
        raise AppealError("TIME_WITHOUT_ZONE", f"{place}/at", found=str(item["at"])[:80])
    return Entry(item["action"], item["by"], datetime.fromisoformat(item["at"]), item["text"])
