"""Words of a run report in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cets_conformance import json_text
from cets_conformance.messages import entries
from cets_conformance.report.words import NOTHING, Words

__all__ = ["RunWords"]

_OPEN = ("error", "skipped", "not_run")


class RunWords(Words):
    """Everything a run report says, in one language."""

    def name(self, report: Mapping[str, Any]) -> str:
        """Name the system: name and version as far as it gave them."""
        who = report["implementation"]
        return f"{who['name']} {who.get('version', '')}".strip() if who else self.t("run.unnamed")

    def verdict(self, report: Mapping[str, Any]) -> str:
        """Say the verdict in one sentence."""
        counts = report["counts"]
        return self.t(
            f"run.verdict.{report['verdict']}",
            all=len(report["results"]),
            fail=counts["fail"],
            open=sum(counts[name] for name in _OPEN),
        )

    def outcome(self, value: object) -> str:
        """Name an outcome."""
        return self.t(f"run.outcomes.{value}")

    def level(self, level: str) -> str:
        """Name a level."""
        return self.t(f"run.levels.{level}")

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
            first["clause"] or " ".join(item["clauses"]),
            first["field"],
            self.json(first["expected"]),
            # where the type is wrong, 1.0 must not look like "1.0"
            first["found"] if first.get("found_type") == "number" else self.json(first["found"]),
            self.difference(first),
        )

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
            (self.t("run.level"), self.level(report["level"])),
            (self.t("run.operations"), self.t("report.comma").join(report["operations"])),
            (self.t("run.readings"), readings or self.t("run.default")),
            (self.t("run.ruleset"), report["ruleset"]),
            (self.t("report.versions.reference"), versions["reference"]),
            (self.t("report.versions.conformance"), versions["conformance"]),
        ]

    def diagnosis(self, report: Mapping[str, Any], most: int = 3) -> Sequence[str]:
        """Give the likeliest explanations, a sentence each."""
        lines = []
        for item in report["diagnosis"][:most]:
            parts = []
            for name in (item["mistake"] or "").split("+"):
                entry = entries().get(f"mistake.{name}")
                if name:
                    parts.append(f"{name} {entry[self.language]}" if entry else name)
            if item.get("reading"):
                parts.append(self.t("run.reading_explains", reading=item["reading"]))
            share = self.t("run.explains", explains=item["explains"], of=item["of"])
            clauses = " ".join(item["clauses"])
            line = (
                f"{' + '.join(parts)} [{clauses}] — {share}" if clauses else f"{parts[0]} — {share}"
            )
            if item.get("contradicted"):
                line += f"; {self.t('run.contradicted', count=item['contradicted'])}"
            lines.append(line)
        return lines or [self.t("run.no_diagnosis")]
