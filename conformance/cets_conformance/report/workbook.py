"""The annotated workbook: a summary, the table with its wrong cells marked, all findings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cets_conformance.messages import Language
from cets_conformance.report import annotated, views
from cets_conformance.report.cells import Formats, put
from cets_conformance.report.words import NOTHING, Words
from cets_conformance.tables.reading import Progress
from cets_conformance.tables.reading.header import NOTHING_MAPPED
from cets_conformance.workbooks import workbook

__all__ = ["FINDING_ROWS", "SAFE", "write"]

FINDING_ROWS: Final = 1_000_000
"""Rows of findings that the list holds; the summary says so where there are more."""

SAFE: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}
"""Text stays text: nothing from a table can become a formula or a link."""


def write(
    report: Mapping[str, Any],
    source: Path | None,
    target: Path,
    language: Language,
    mapped: Mapping[str, str] = NOTHING_MAPPED,
    progress: Progress | None = None,
) -> None:
    """Write the workbook of a report that holds all rows of its findings.

    ``source`` is the table that was checked, of any format that is read; without it the workbook
    has no annotated table. Raises ``TableError`` where the source can no longer be read.
    """
    words = Words(language)
    view = views.view(report, words)
    marks = annotated.marks(report, words)
    with workbook(target, SAFE) as book:
        formats = Formats(book)
        summary = book.add_worksheet(words.t("report.workbook.summary_sheet"))
        _Summary(summary, formats, words).write(report, view, marks)
        if source is not None:
            annotated.write(book, formats, report, source, marks, words, mapped, progress)
        if view["findings"]:
            _write_findings(book, formats, view["findings"], words)


class _Summary:
    """The first sheet, written from top to bottom."""

    def __init__(self, sheet: Any, formats: Formats, words: Words) -> None:
        self.sheet, self.formats, self.words = sheet, formats, words
        self.at = 0
        for column, width in enumerate((26, 30, 14, 12, 16, 60)):
            sheet.set_column(column, column, width)
        sheet.hide_gridlines(2)

    def line(self, *values: Any, style: str = "text") -> None:
        """Write one row of cells."""
        for column, value in enumerate(values):
            put(self.sheet, self.at, column, value, self.formats[style])
        self.at += 1

    def heading(self, key: str) -> None:
        """Write the heading of a block, a blank line above it."""
        self.at += 1
        self.line(self.words.t(key), style="heading")

    def write(
        self, report: Mapping[str, Any], view: Mapping[str, Any], marks: annotated.Marks
    ) -> None:
        """Write the verdict, what was checked, the findings and every check."""
        words = self.words
        self.line(words.t("report.title", name=report["source"]["name"]), style="eyebrow")
        self.line(words.term("verdict", report["verdict"]), style=f"verdict_{report['verdict']}")
        self.line(view["verdict"], style="sentence")
        if view["why_not"]:
            self.line(f"{words.t('report.lead.why_not')} {view['why_not']}")
        if view["conforms_under"]:
            self.line(view["conforms_under"])
        self._figures(report, view)
        self._findings(view, marks)
        self._checks(view)
        self.heading("report.section.versions")
        self.line(words.t("report.versions.sha256"), report["source"]["sha256"])
        self.line(words.t("report.versions.ruleset"), report["ruleset"])
        for name, version in report["versions"].items():
            self.line(words.t(f"report.versions.{name}"), version)
        self.at += 1
        self.line(words.t("report.footer"), style="eyebrow")

    def _figures(self, report: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        words, allowance = self.words, report["totals"]["allowance"]
        self.heading("report.section.checked")
        self.line(words.t("report.checked.kind"), words.t(f"report.kind.{report['table_kind']}"))
        self.line(words.t("report.figure.units"), report["rows"])
        for name, figure in (("wrong", "rows_wrong"), ("tonnes", "tonnes"), ("found", "found")):
            known = view["whole"][figure]
            label = words.t(f"report.figure.{name}", amount=view["amount"])
            self.line(label, NOTHING if known is None else known)
        self.line(words.t("report.column.expected"), allowance["expected"])
        for item in view["balance"]:
            name = f"{words.t('report.checked.balance')} {words.term('sector', item['sector'])}"
            self.line(f"{name} {item['year']}", item["value"], item["from"])
        for item in view["readings"]:
            self.line(item["question"], item["choice"])

    def _findings(self, view: Mapping[str, Any], marks: annotated.Marks) -> None:
        words = self.words
        self.heading("report.section.findings")
        if not view["findings"]:
            self.line(words.t("report.finding.none"))
            return
        for text in marks.remarks(words):
            self.line(text)
        total = sum(len(item["rows"]) for item in view["findings"])
        if total > FINDING_ROWS:
            figures = {"limit": words.number(FINDING_ROWS), "rows": words.number(total)}
            self.line(words.t("report.workbook.finding_limit", **figures))
        names = ("check", "says", "severity", "count", "tonnes_found", "basis")
        self.line(*(words.t(f"report.column.{name}") for name in names), style="head")
        for item in view["findings"]:
            put(self.sheet, self.at, 0, f"{item['check']} {item['title']}", self.formats["wrap"])
            put(self.sheet, self.at, 1, item["says"], self.formats["wrap"])
            fill = self.formats[item["severity"]]
            put(self.sheet, self.at, 2, words.term("severity", item["severity"]), fill)
            put(self.sheet, self.at, 3, item["count"], self.formats["amount"])
            put(self.sheet, self.at, 4, item["tonnes"], self.formats["amount"])
            put(self.sheet, self.at, 5, " ".join(item["clauses"]), self.formats["wrap"])
            self.at += 1

    def _checks(self, view: Mapping[str, Any]) -> None:
        words = self.words
        self.heading("report.section.checks")
        self.line(words.t("report.checks.summary", **view["coverage"]))
        names = ("check", "status", "severity", "rows_checked")
        self.line(*(words.t(f"report.column.{name}") for name in names), style="head")
        for check in view["checks"]:
            self.line(
                f"{check['id']} {check['title']}",
                words.term("status", check["status"]),
                words.term("severity", check["severity"]),
                check["rows_checked"],
                "",
                check["reason"],
            )


_COLUMNS: Final = (
    ("check", 9), ("severity", 9), ("row", 8), ("enterprise", 32), ("unit", 20), ("province", 12),
    ("year", 8), ("field", 20), ("found", 18), ("expected", 18), ("difference", 16), ("says", 60),
)  # fmt: skip


def _write_findings(
    book: Any, formats: Formats, findings: list[dict[str, Any]], words: Words
) -> None:
    """Write all rows of all findings as one list that can be filtered."""
    sheet = book.add_worksheet(words.t("report.workbook.findings"))
    sheet.freeze_panes(1, 0)
    for column, (name, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        put(sheet, 0, column, words.t(f"report.column.{name}"), formats["head"])
    rows = ((item, row) for item in findings for row in item["rows"])
    at = 0
    for at, (item, row) in zip(range(1, FINDING_ROWS + 1), rows, strict=False):
        _write_finding_row(sheet, at, item, row, formats, words)
    sheet.autofilter(0, 0, at, len(_COLUMNS) - 1)


def _write_finding_row(
    sheet: Any,
    at: int,
    item: dict[str, Any],
    row: Mapping[str, Any],
    formats: Formats,
    words: Words,
) -> None:
    cells = (
        item["check"],
        words.term("severity", item["severity"]),
        row["row"],
        row.get("enterprise_name"),
        row["unit_id"],
        words.term("province", row["province"]) if row.get("province") else None,
        row["year"],
        words.field(row["field"]),
        row["found"],
        row["expected"],
        row["difference"],
        words.said(row) if row.get("code") else item["title"],
    )
    for column, value in enumerate(cells):
        style = item["severity"] if column == 1 else "amount" if column in (8, 9, 10) else "text"
        put(sheet, at, column, value, formats[style])
