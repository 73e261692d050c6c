"""Words of a comparison report in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cets_conformance.messages import entries
from cets_conformance.report.words import NOTHING, Words, grouped

__all__ = ["ComparisonWords"]

AGAINST = " | "
"""What parts those who give different figures, or have different data."""


class ComparisonWords(Words):
    """Everything a comparison report says, in one language."""

    def names(self, report: Mapping[str, Any]) -> str:
        """Name the tables."""
        return self.t("comparison.listed").join(table["name"] for table in report["tables"])

    def decisive(self, report: Mapping[str, Any]) -> str:
        """Give the column of the amount that the tables are about."""
        return "allowance" if report["table_kind"] == "allocation" else "pre_allocation"

    def verdict(self, report: Mapping[str, Any]) -> str:
        """Say the verdict in one sentence: how many units, how many tonnes."""
        counts = report["counts"]
        amounts = [field for field in report["fields"] if field["unit"] is not None]
        disputed = [
            self.t(
                "comparison.says.field",
                field=self.field(field["field"]),
                units=grouped(field["disputed"]),
            )
            for field in amounts
            if field["disputed"]
        ]
        unjudged = {"pre_allocation"} if self.unjudged(report) else set()
        agreed = {field["field"] for field in amounts if field["agreed"]} - unjudged
        stated = [field["field"] for field in amounts if field["field"] in agreed]
        return self.t(
            f"comparison.says.{report['verdict']}",
            tables=len(report["tables"]),
            units=grouped(counts["units"]),
            disputed=grouped(counts["disputed"]),
            left=grouped(counts["not_comparable"]),
            tonnes=grouped(counts["tonnes"]),
            fields=self.t("comparison.listed").join(disputed) or self.fields(stated),
        )

    def column(self, report: Mapping[str, Any], name: str) -> str:
        """Name a column of the list of tables, and the amount where it counts units by that."""
        named = self.t(f"comparison.column.{name}")
        if name not in ("right", "wrong", "no_figure", "no_reference"):
            return named
        field = self.field(self.decisive(report))
        return self.t("comparison.column.of_field", name=named, field=field)

    def who(self, table: str | None) -> str:
        """Name a table, or the reference."""
        return self.t("comparison.reference") if table is None else table

    def group(self, group: Mapping[str, Any]) -> str:
        """Name those who stand together: «A, C and the reference»."""
        members = [*group["tables"], *([None] if group["reference"] else [])]
        names = [self.who(member) for member in members]
        if len(names) < 2:
            return "".join(names)
        head = self.t("comparison.listed").join(names[:-1])
        return head + self.t("comparison.and") + names[-1]

    def groups(self, pattern: Mapping[str, Any]) -> str:
        """Say who stands against whom: «A, C and the reference | B»."""
        parted = AGAINST.join(map(self.group, pattern["groups"]))
        return parted or self.t("comparison.nobody")

    def silent(self, pattern: Mapping[str, Any]) -> str:
        """Say who has no figure, and why; empty where all have."""
        if not pattern["silent"] or not pattern["groups"]:
            return ""
        who = self.t("comparison.listed").join(
            self.t(
                "comparison.silent_one",
                who=self.who(item["table"]),
                why=self.t(f"comparison.state.{item['state']}"),
            )
            for item in pattern["silent"]
        )
        return self.t("comparison.silent", who=who)

    def rule(self, pattern: Mapping[str, Any]) -> str:
        """Say to which units the pattern belongs: year, sectors, method or reason."""
        parts = [str(pattern["year"])] if pattern["year"] else []
        parts += [
            f"{self.term('sector', item['sector'])} {grouped(item['units'])}"
            for item in pattern["sectors"]
        ]
        applied = pattern["reason"] or pattern["method"]
        if applied:
            parts.append(self.t(f"page.value.{applied}"))
        return " · ".join(parts)

    def causes(self, group: Mapping[str, Any], units: int) -> list[str]:
        """Say what gives the figures of a group that departs, those that explain most first."""
        told = group["diagnosis"]
        if not told:
            return []
        lines = [self.cause(cause) for cause in told["causes"]]
        left, examined = told["unexplained"], told["examined"]
        if not told["causes"]:
            lines.append(self.t("comparison.cause.unknown"))
        elif left:
            lines.append(self.t("comparison.cause.partly", count=grouped(left), of=examined))
        if examined < units:
            figures = {"of": examined, "units": grouped(units)}
            lines.append(self.t("comparison.cause.examined", **figures))
        return lines

    def cause(self, cause: Mapping[str, Any]) -> str:
        """Say one cause with its count, and what of the table contradicts it."""
        figures = {"explains": grouped(cause["explains"]), "of": grouped(cause["of"])}
        lines = []
        if cause["mistake"] is not None:
            says = entries()[f"mistake.{cause['mistake']}"][self.language]
            named = {"mistake": cause["mistake"], "says": says}
            lines.append(self.t("comparison.cause.mistake", **named, **figures))
        if cause["reading"] is not None:
            lines.append(self.t("comparison.cause.reading", reading=cause["reading"], **figures))
        if cause.get("contradicted"):
            count, held = grouped(cause["contradicted"]), grouped(cause["held_against"])
            lines.append(self.t("comparison.cause.contradicted", count=count, held=held))
        return self.join(lines)

    def figure(self, row: Mapping[str, Any], at: int) -> str:
        """Print what a table gives in a disputed row, or why it gives nothing."""
        if row["figures"][at] is None:
            return self.t(f"comparison.state.{row['states'][at]}")
        return self.value(row["field"], row["figures"][at])

    def given(self, report: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, str]:
        """Give the figures of a disputed row, each with all who give it."""
        told: dict[str, list[str]] = {}
        for at, table in enumerate(report["tables"]):
            told.setdefault(self.figure(row, at), []).append(table["name"])
        reference = self.value(row["field"], row["reference"])
        told.setdefault(reference, []).append(self.who(None))
        return {figure: self.t("comparison.listed").join(who) for figure, who in told.items()}

    def stands(self, parted: Sequence[Sequence[str]]) -> str:
        """Say which tables share their data: «A, C | B»."""
        listed = self.t("comparison.listed")
        return AGAINST.join(listed.join(group) for group in parted)

    def fields(self, names: Sequence[str]) -> str:
        """Name columns."""
        return self.t("comparison.listed").join(map(self.field, names)) or NOTHING

    def right_on_own(self, report: Mapping[str, Any]) -> str:
        """Say whether the data alone explain the gaps of units computed from different data."""
        right, units = report["inputs"]["right_on_own"], report["inputs"]["differ"]
        if not right:
            return self.t("comparison.inputs.right_none", units=grouped(units))
        return self.t("comparison.inputs.right", units=grouped(units), right=grouped(right))

    def reasons(self, report: Mapping[str, Any]) -> str:
        """Say why units are not comparable, with their counts, and in which of the amounts."""
        amounts = [field for field in report["fields"] if field["unit"] is not None]
        told = []
        for item in report["counts"]["reasons"]:
            columns = [
                field["field"]
                for field in amounts
                if any(own["code"] == item["code"] for own in field.get("reasons", ()))
            ]
            told.append(self.why(item, columns if len(columns) < len(amounts) else ()))
        return self.t("comparison.listed").join(told)

    def why(self, item: Mapping[str, Any], columns: Sequence[str] = ()) -> str:
        """Say one reason with its count."""
        reason = self.t(f"comparison.reason.{item['code']}")
        count = grouped(item["units"])
        if not columns:
            return self.t("comparison.reasons.one", reason=reason, count=count)
        fields = self.fields(columns)
        return self.t("comparison.reasons.of", reason=reason, count=count, fields=fields)

    def unjudged(self, report: Mapping[str, Any]) -> str:
        """Say how many pre-allocations nobody could judge, and what to do; empty where none."""
        units = sum(
            pattern["units"]
            for pattern in report["patterns"]
            if pattern["field"] == "pre_allocation"
            and pattern["groups"]
            and {"table": None, "state": "NONE"} in pattern["silent"]
        )
        return self.t("comparison.lead.previous_says", units=grouped(units)) if units else ""

    def place_name(self, kind: str, entry: Mapping[str, Any]) -> str:
        """Name a sector with its year, or a province."""
        if entry[kind] is None:
            name = self.t("comparison.totals.nowhere")
        else:
            name = self.term(kind, entry[kind])
        return f"{name} {entry['year']}" if entry.get("year") else name
