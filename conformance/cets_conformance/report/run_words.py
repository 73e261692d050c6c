"""Words of a run report in one language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cets_conformance import json_text
from cets_conformance.messages import Language, entries
from cets_conformance.report.words import NOTHING, Words
from cets_conformance.runner import others_of_level

__all__ = ["Cause", "Group", "RunWords", "Unsettled"]

_OPEN = ("error", "skipped", "not_run")
_SPACE: Mapping[str, str] = {"zh": "", "en": " "}
_SEMICOLON: Mapping[str, str] = {"zh": "；", "en": "; "}
_INDEX = re.compile(r"/[0-9]+(?=/|$)")


@dataclass(frozen=True, slots=True)
class Group:
    """Failing cases that depart in the same way."""

    clause: str
    """Clause of the field, or the clauses of the first case."""
    symbol: str
    """Symbol of the field, ``""`` where it has none."""
    field: str
    """Where they first depart, positions in lists left open."""
    why: str
    """How they depart."""
    items: list[Mapping[str, Any]]
    """Entries of the report, in its order."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause of the wrong answers."""

    says: Sequence[tuple[str, str]]
    """Mistakes with their texts; empty where only a reading explains."""
    reading: str
    """What holds under which reading; ``""`` where none explains."""
    clauses: Sequence[str]
    """Clauses that are misread."""
    explains: int
    """Wrong answers it reproduces."""
    of: int
    """Wrong answers in all."""
    share: str
    """The same in words."""
    against: str
    """What speaks against it, in words; ``""`` where nothing does."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Cases open for one reason."""

    outcome: str
    """Their outcome."""
    says: str
    """Why."""
    ids: list[str]
    """The cases."""


class RunWords(Words):
    """Everything a run report says, in one language; an exam asks questions, not cases."""

    def __init__(self, language: Language, report: Mapping[str, Any]) -> None:
        super().__init__(language)
        self._asks_questions = "exam" in report

    def t(self, key: str, /, **values: object) -> str:
        """Give the catalogue's text of ``key``, that of an exam where it has one of its own."""
        of_exam = f"question.{key}"
        return super().t(
            of_exam if self._asks_questions and of_exam in entries() else key, **values
        )

    def name(self, report: Mapping[str, Any]) -> str:
        """Name the system: name and version as far as it gave them."""
        who = report["implementation"]
        return f"{who['name']} {who.get('version', '')}".strip() if who else self.t("run.unnamed")

    def verdict(self, report: Mapping[str, Any]) -> str:
        """Say the verdict in one sentence."""
        counts = report["counts"]
        said = self.t(
            f"run.verdict.{report['verdict']}",
            all=len(report["results"]),
            fail=counts["fail"],
            open=sum(counts[name] for name in _OPEN),
        )
        others = others_of_level(report["level"], report["operations"])
        if others:
            level = self.level(report["level"], report["operations"])
            part = self.t("run.part.verdict", level=level, count=len(others))
            said = _SPACE[self.language].join((said, part))
        return said

    def counts(self, report: Mapping[str, Any]) -> Sequence[tuple[str, str, int]]:
        """Give outcomes, their names and counts; what the level has besides was not run either."""
        counts = [(name, self.outcome(name), count) for name, count in report["counts"].items()]
        left = report.get("unselected", 0)
        return [*counts, ("unselected", self.t("run.part.unselected"), left)] if left else counts

    def outcome(self, value: object) -> str:
        """Name an outcome."""
        return self.t(f"run.outcomes.{value}")

    def said(self, item: Mapping[str, Any]) -> str:
        """Say what happened, from code and values."""
        code = item.get("code")
        return self.message("run.problem", code, item.get("values")) if code else NOTHING

    def difference(self, difference: Mapping[str, Any]) -> str:
        """Say how an answer differs."""
        kind = difference.get("found_type", "")
        return self.t(f"run.difference.{difference['reason']}", type=kind)

    def json(self, value: object) -> str:
        """Print a value as JSON text: a string keeps its quotes, so that its type is seen."""
        return NOTHING if value is None else json_text.dumps(value)

    def failure(self, item: Mapping[str, Any]) -> tuple[str, str, str, str, str, str]:
        """Give a failing case: id, clause, field, expected, found, why."""
        first = item.get("first_difference")
        if not first:
            return item["id"], " ".join(item["clauses"]), NOTHING, NOTHING, NOTHING, self.said(item)
        return (
            item["id"],
            first["clause"] or " ".join(item.get("clauses", ())),
            first["field"],
            self.json(first["expected"]),
            # where the type is wrong, 1.0 must not look like "1.0"
            first["found"] if first.get("found_type") == "number" else self.json(first["found"]),
            self.difference(first),
        )

    def groups(self, report: Mapping[str, Any]) -> Sequence[Group]:
        """Give the failing cases by how they depart, the most frequent first."""
        found: dict[tuple[str, ...], Group] = {}
        for item in report["results"]:
            if item["outcome"] != "fail":
                continue
            _, clause, field, _, _, why = self.failure(item)
            first = item.get("first_difference") or {}
            place = _INDEX.sub("/*", field)
            key = (first.get("clause") or "", place, why)
            group = Group(key[0] or clause, first.get("symbol", ""), place, why, [])
            found.setdefault(key, group).items.append(item)
        return sorted(found.values(), key=lambda group: -len(group.items))

    def arithmetic(self, report: Mapping[str, Any]) -> str | None:
        """Say how the system rounds and how precisely it computes, where all that tells agrees."""
        said = []
        for aspect in ("rounding", "precision"):
            ways = [
                item
                for item in report.get("arithmetic", ())
                if item["aspect"] == aspect and item["agrees"] == item["of"]
            ]
            if ways:
                named = self.t("run.arithmetic.or").join(
                    self.t(f"run.arithmetic.{item['way']}") for item in ways
                )
                said.append(self.t("run.arithmetic.share", way=named, of=ways[0]["of"]))
        return self.t("report.comma").join(said) or None

    def smallest(self, smallest: Mapping[str, Any]) -> str:
        """Say where the smallest input comes from."""
        key = "from" if smallest["complete"] else "cut"
        return self.t(f"run.smallest.{key}", id=smallest["id"], questions=smallest["questions"])

    def facts(self, report: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        """Give what was checked, by which rules: labels and values."""
        who = report["implementation"] or {}
        readings = self.t("report.comma").join(
            f"{name}={choice}" for name, choice in report["readings"].items()
        )
        versions = report["versions"]
        return [
            (self.t("run.version"), who.get("version", NOTHING)),
            (self.t("run.language"), who.get("language", NOTHING)),
            (self.t("run.level"), self.level(report["level"], report["operations"])),
            (self.t("run.operations"), self.operations(report["operations"])),
            (self.t("run.readings"), readings or self.t("run.default")),
            (self.t("run.ruleset"), report["ruleset"]),
            (self.t("report.versions.reference"), versions["reference"]),
            (self.t("report.versions.conformance"), versions["conformance"]),
        ]

    def causes(self, report: Mapping[str, Any], most: int = 3) -> Sequence[Cause]:
        """Give the likeliest explanations; where one explains all, only those that do."""
        found = list(report["diagnosis"])
        if found and _explains_all(found[0]):
            found = [item for item in found if _explains_all(item)]
        return [self._cause(item) for item in found[:most]]

    def _cause(self, item: Mapping[str, Any]) -> Cause:
        names = (item["mistake"] or "").split("+") if item["mistake"] else []
        says = [(name, self._mistake(name)) for name in names]
        reading = ""
        if item.get("reading"):
            key = "conforms_under" if _explains_all(item) else "reading_explains"
            reading = self.t(f"run.{key}", reading=item["reading"])
        share = self.t("run.explains", explains=item["explains"], of=item["of"])
        count = item.get("contradicted")
        against = self.t("run.contradicted", count=count) if count else ""
        return Cause(says, reading, item["clauses"], item["explains"], item["of"], share, against)

    def _mistake(self, name: str) -> str:
        entry = entries().get(f"mistake.{name}")
        return entry[self.language] if entry else ""

    def diagnosis(self, report: Mapping[str, Any]) -> Sequence[str]:
        """Give the likeliest explanations, a line each."""
        return [self._line(cause) for cause in self.causes(report)] or [self.t("run.no_diagnosis")]

    def _line(self, cause: Cause) -> str:
        said = " + ".join(" ".join(filter(None, pair)) for pair in cause.says) or cause.reading
        cited = f" [{' '.join(cause.clauses)}]" if cause.clauses else ""
        more = [cause.against, cause.reading if cause.says else ""]
        parts = [f"{said}{cited} — {cause.share}", *filter(None, more)]
        return _SEMICOLON[self.language].join(parts)

    def unsettled(self, report: Mapping[str, Any]) -> Sequence[Unsettled]:
        """Give the cases that are open, each reason once, in the order of the report."""
        found: dict[tuple[str, str], Unsettled] = {}
        for item in report["results"]:
            if item["outcome"] in _OPEN:
                key = (item["outcome"], self.said(item))
                found.setdefault(key, Unsettled(*key, [])).ids.append(item["id"])
        return list(found.values())


def _explains_all(item: Mapping[str, Any]) -> bool:
    return item["explains"] == item["of"] and not item.get("contradicted")
