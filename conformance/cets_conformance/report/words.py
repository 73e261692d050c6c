"""Words and figures of a report in one language: labels, messages, grouped numbers, the verdict."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from cets_conformance import direct
from cets_conformance.messages import Language, entries
from cets_conformance.tables.columns import COLUMNS, Type
from cets_conformance.tables.options import TOUCHING
from cets_conformance.tables.provinces import PROVINCES

__all__ = [
    "NOTHING",
    "Words",
    "decisive",
    "figures_of",
    "grouped",
    "is_rounded",
    "is_tonnes",
    "signed",
]

NOTHING: Final = "—"
"""What stands where there is no figure."""

_NUMBER: Final = re.compile(r"([-−+]?)([0-9]+)(\.[0-9]+)?")
_FIGURE: Final = re.compile(r"(?<![\w.])[0-9]{4,}(?:\.[0-9]+)?")
_TONNES: Final = (Type.QUANTITY, Type.AMOUNT, Type.SIGNED_AMOUNT)
_FIGURES: Final = ("before", "units")
"""Placeholders of messages that are figures, not row numbers, years or what stands in a cell."""
_SPACED: Final = {"zh": "", "en": " "}


def grouped(value: int | str | None) -> str:
    """Print a figure with thousands separators and a true minus; digits are never changed.

    Text that is no plain decimal is given back as it stands.
    """
    if value is None:
        return NOTHING
    match = _NUMBER.fullmatch(str(value))
    if not match:
        return str(value)
    sign, whole, fraction = match.groups()
    # Grouping by text, not by int(): a decimal of any length keeps every digit.
    head = len(whole) % 3
    groups = [whole[:head]] * bool(head) + [whole[i : i + 3] for i in range(head, len(whole), 3)]
    return sign.replace("-", "−") + ",".join(groups) + (fraction or "")


def signed(value: int | str | None) -> str:
    """Print a difference: grouped, with its sign."""
    text = grouped(value)
    if value is None or text[:1] in "−+" or not _NUMBER.fullmatch(str(value)):
        return text
    return "+" + text if text.strip("0.,") else text


def figures_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the message of a finding's row names, its figures grouped."""
    return {
        name: grouped(value) if name in _FIGURES else value
        for name, value in (row.get("values") or {}).items()
    }


def is_tonnes(field: str | None) -> bool:
    """Tell whether a column holds tonnes."""
    column = COLUMNS.get(field or "")
    return column is not None and column.type in _TONNES


def is_rounded(finding: Mapping[str, Any]) -> bool:
    """Tell whether the tonnes of a finding, which are whole, are of rows some of which are not."""
    return any(isinstance(row["difference"], str) for row in finding["rows"])


def decisive(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the check that recomputes what a table of its kind is about."""
    name = "T-12" if report["table_kind"] == "pre-allocation" else "T-10"
    (check,) = (check for check in report["checks"] if check["id"] == name)
    found: Mapping[str, Any] = check
    return found


class Words:
    """Everything a template or writer says, in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def t(self, key: str, /, **values: object) -> str:
        """Give the catalogue's text of ``key``; ``KeyError`` where there is none."""
        entry = entries()[key][self.language]
        return entry.format(**values) if values else entry

    def term(self, prefix: str, code: object) -> str:
        """Give the label of a code; the code itself where the catalogue has none.

        Codes come from files (a province as typed, a column of another table), so an unknown one
        is data to be shown, not a defect.
        """
        entry = entries().get(f"{prefix}.{code}")
        if code is None:
            return NOTHING
        if prefix == "province" and code in PROVINCES:
            province = PROVINCES[str(code)]
            return province.short_zh if self.language == "zh" else province.name_en
        return entry[self.language] if entry else str(code)

    def level(self, level: str, operations: Collection[str]) -> str:
        """Name a level, with the operations where they are not all of it."""
        from cets_conformance.runner import name_level  # what checks tables starts without it

        return name_level(level, operations, self.language)

    def operations(self, operations: Collection[str]) -> str:
        """Name operations, one after the other."""
        from cets_conformance.runner import name_operations

        return self.t("report.comma").join(name_operations(operations, self.language))

    def message(self, prefix: str, code: str, values: Mapping[str, object] | None = None) -> str:
        """Give the message of a code with its placeholders filled; unknown ones stay empty."""
        entry = entries().get(f"{prefix}.{code}")
        if entry is None:
            detail = ", ".join(f"{name} {value}" for name, value in (values or {}).items())
            return f"{code} ({detail})" if detail else code
        return entry[self.language].format_map(_Blank(values or {}))

    def said(self, row: Mapping[str, Any]) -> str:
        """Say what is wrong with a finding's row that has a code; its found text may be named."""
        code = row.get("code")
        if not code:
            return NOTHING
        return self.message("problem", code, {"found": row["found"], **figures_of(row)})

    def tonnes(self, finding: Mapping[str, Any]) -> str:
        """Print the tonnes of a finding, as rounded where its rows are not whole."""
        tonnes = grouped(finding["tonnes"])
        if is_rounded(finding):
            tonnes = self.t("report.finding.about", tonnes=tonnes)
        return self.t("report.finding.tonnes", tonnes=tonnes)

    def number(self, value: int | str | None) -> str:
        """Print a figure with thousands separators."""
        return grouped(value)

    def signed(self, value: int | str | None) -> str:
        """Print a difference with its sign."""
        return signed(value)

    def value(self, field: str | None, value: object) -> str:
        """Print what a cell holds: tonnes grouped, choices and flags in words, the rest as is."""
        if value is None or value == "":
            return NOTHING
        column = COLUMNS.get(field or "")
        if column is None:
            return grouped(value) if type(value) is int else str(value)
        if is_tonnes(field):
            return grouped(str(value))
        if column.type is Type.PROVINCE:
            return self.term("province", value)
        spellings = column.choices.get(str(value).lower())
        if spellings:
            return spellings[0] if self.language == "zh" else str(value).lower().replace("_", " ")
        return str(value).replace("-", "−") if column.type is Type.RATIO else str(value)

    def with_unit(self, field: str | None, text: str) -> str:
        """Add the unit of a column to a figure of it, where it has one and there is a figure."""
        column = COLUMNS.get(field or "")
        if column is None or column.unit is None or text == NOTHING:
            return text
        return f"{text} {self.measure(column.unit)}"

    def outcome(self, value: object) -> str:
        """Print what a step of a derivation gives: a figure, yes or no, or a code in words."""
        if isinstance(value, bool) or value is None:
            return self.t(f"page.value.{'none' if value is None else str(value).lower()}")
        if isinstance(value, int | str) and _NUMBER.fullmatch(str(value)):
            return grouped(value)
        return self.term("page.value", value)

    def figures(self, text: str) -> str:
        """Group the whole part of every figure in a line of a derivation."""
        return _FIGURE.sub(lambda match: grouped(match.group()), text)

    def measure(self, unit: str) -> str:
        """Print a unit of measure."""
        text = unit.replace("CO2e", "CO₂e")
        return self.t("report.tonne") if unit == "t" else text

    def field(self, field: str | None) -> str:
        """Give the label of a column."""
        if field is None:
            return NOTHING
        column = COLUMNS.get(field)
        if f"field.{field}" in entries() or column is None:
            return self.term("field", field)
        return column.header_zh if self.language == "zh" else field.replace("_", " ")

    def amount(self, report: Mapping[str, Any]) -> str:
        """Name the amount that a table of its kind is about."""
        kind = report["table_kind"]
        return self.field("pre_allocation" if kind == "pre-allocation" else "allowance")

    def join(self, parts: list[str]) -> str:
        """Join sentences: Chinese without a space, English with one."""
        return _SPACED[self.language].join(part for part in parts if part)

    def place(self, place: Mapping[str, object]) -> str:
        """Say where: sheet, row and column, as far as known."""
        keys = [key for key in ("sheet", "row", "column") if place.get(key) not in (None, "")]
        return self.t("report.comma").join(
            self.t(f"report.place.{key}", value=place[key]) for key in keys
        )

    def clause(self, clause_id: str) -> dict[str, Any] | None:
        """Give a clause's title, text and basis in this language; None where there is none."""
        for clause in direct.rules()["clauses"]:
            if clause["id"] == clause_id:
                return {
                    "id": clause_id,
                    "title": clause["title"][self.language],
                    "text": clause["text"][self.language],
                    "basis": clause["basis"],
                    "sources": clause["sources"],
                }
        return None

    def verdict(self, report: Mapping[str, Any]) -> str:
        """Say the verdict in one sentence: what, how many units, how many tonnes."""
        key, values = self._verdict(report)
        return self.t(f"report.verdict.{key}", amount=self.amount(report), **values)

    def _verdict(self, report: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
        rows = grouped(report["rows"])
        errors = [item for item in report["findings"] if item["severity"] == "error"]
        others = len(report["findings"]) - len(errors)
        if report["verdict"] == "conforms":
            return ("conforms_noted" if others else "conforms"), {"rows": rows, "others": others}
        if report["verdict"] == "not_checked":
            return "not_checked", {"rows": rows}
        sectors = report["totals"]["by_sector"]
        tonnes = sum(int(item["tonnes"] or 0) for item in sectors)
        if tonnes:
            wrong = sum(int(item["rows_wrong"] or 0) for item in sectors)
            values: dict[str, object] = {
                "rows": rows,
                "wrong": grouped(wrong),
                "tonnes": grouped(tonnes),
            }
            return "wrong", values
        count = sum(item["count"] for item in errors)
        return "wrong_form", {
            "rows": rows,
            "kinds": len(errors),
            "count": grouped(count),
            "named": self.named(errors),
            "judged": self._judged(report),
        }

    def conforms_under(self, report: Mapping[str, Any]) -> str:
        """Say under which other readings a table would conform; empty where there is none."""
        found = report.get("conforms_under")
        if not found:
            return ""
        questions = {point["id"]: point["question"] for point in self.open_points()}
        names = []
        for name in found:
            reading, _, choice = name.partition("=")
            says = self.term(f"report.choice.{reading}", choice)
            values = {"reading": name, "question": questions[reading], "choice": says}
            names.append(self.t("report.lead.reading", **values))
        return self.t("report.lead.conforms_under", names=self.t("report.lead.or").join(names))

    def open_points(self) -> list[dict[str, Any]]:
        """Give the open points that touch a table: id, question, and choices, the default first."""
        return [
            {
                "id": reading["id"],
                "question": reading["question"][self.language],
                "choices": [
                    (choice, self.term(f"report.choice.{reading['id']}", choice))
                    for choice in reading["choices"]
                ],
            }
            for reading in direct.rules()["readings"]
            if reading["id"] in TOUCHING
        ]

    def named(self, findings: Sequence[Mapping[str, Any]]) -> str:
        """Name findings, with their tonnes where they are about some."""
        names = []
        for item in findings:
            title = self.term(f"check.{item['check']}", "title")
            tonnes = grouped(item["tonnes"])
            key = "report.verdict.of_tonnes"
            names.append(self.t(key, title=title, tonnes=tonnes) if item["tonnes"] else title)
        return self.t("report.verdict.and").join(names)

    def _judged(self, report: Mapping[str, Any]) -> str:
        """Say of how many units an amount without difference was recomputed."""
        judged = decisive(report)["rows_checked"]
        rest = report["rows"] - judged
        key = "none" if not judged else "partly" if rest else "all"
        figures = {"judged": grouped(judged), "rest": grouped(rest)}
        return self.t(f"report.judged.{key}", amount=self.amount(report), **figures)


class _Blank(dict[str, object]):
    """Placeholders of a message; one that is not given is shown as nothing, not as a crash."""

    def __missing__(self, key: str) -> str:
        return NOTHING
