"""The comparison as a workbook: a summary, the units in dispute, the data that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cets_conformance.messages import Language
from cets_conformance.report.cells import Formats, put
from cets_conformance.report.comparison_words import ComparisonWords
from cets_conformance.report.workbook import SAFE
from cets_conformance.workbooks import workbook

__all__ = ["write"]

MOST_ROWS: Final = 1_000_000
"""Rows of a list; the summary says so where there are more."""

_STYLES: Final = {
    "agree": "verdict_conforms",
    "differ": "verdict_does_not_conform",
    "incomplete": "verdict_not_checked",
}


def write(report: Mapping[str, Any], target: Path, language: Language) -> None:
    """Write the workbook of a report that holds all rows."""
    words = ComparisonWords(language)
    with workbook(target, SAFE) as book:
        formats = Formats(book)
        _Summary(book.add_worksheet(words.t("comparison.workbook.summary")), formats, words).write(
            report
        )
        if report["disputes"]["rows"]:
            _Lists(book, formats, words).disputes(report)
        if report["inputs"]["rows"]:
            _Lists(book, formats, words).inputs(report)


class _Summary:
    """The first sheet, written from top to bottom."""

    def __init__(self, sheet: Any, formats: Formats, words: ComparisonWords) -> None:
        self.sheet, self.formats, self.words = sheet, formats, words
        self.at = 0
        for column, width in enumerate((44, 22, 14, 16, 16, 60)):
            sheet.set_column(column, column, width)
        sheet.hide_gridlines(2)

    def line(self, *values: Any, style: str = "text") -> None:
        """Write one row of cells; figures after the first cell keep their digits."""
        for column, value in enumerate(values):
            figure = column and isinstance(value, int)
            put(self.sheet, self.at, column, value, self.formats["amount" if figure else style])
        self.at += 1

    def heading(self, key: str) -> None:
        """Write the heading of a block, a blank line above it."""
        self.at += 1
        self.line(self.words.t(key), style="heading")

    def head(self, *keys: str) -> None:
        """Write the names of the columns of a block."""
        self.line(*(self.words.t(key) for key in keys), style="head")

    def write(self, report: Mapping[str, Any]) -> None:
        """Write the verdict, the counts, the data, the patterns, the sums and the tables."""
        words = self.words
        self.line(words.t("comparison.title", names=words.names(report)), style="eyebrow")
        verdict = report["verdict"]
        self.line(words.t(f"comparison.verdict.{verdict}"), style=_STYLES[verdict])
        self.line(words.verdict(report), style="sentence")
        self._counts(report)
        self._inputs(report["inputs"])
        self._patterns(report)
        for kind in ("sector", "province"):
            self._totals(report, kind)
        self._tables(report)
        self.at += 1
        self.line(words.t("comparison.footer"), style="eyebrow")

    def _counts(self, report: Mapping[str, Any]) -> None:
        words, counts = self.words, report["counts"]
        self.at += 1
        for name in ("units", "agreed", "disputed", "not_comparable", "tonnes"):
            self.line(words.t(f"comparison.figure.{name}"), counts[name])
        for item in counts["reasons"]:
            self.line(f"  {words.t('comparison.reason.' + item['code'])}", item["units"])
        unjudged = words.unjudged(report)
        if unjudged:
            self.line(unjudged, style="sentence")
        alone = report["reference_alone"]
        if alone["units"]:
            self.line(words.t("comparison.lead.alone"), alone["units"], alone["tonnes"])
        for name in ("disputes", "inputs"):
            held = len(report[name]["rows"])
            if held > MOST_ROWS:
                figures = {"shown": words.number(MOST_ROWS), "count": words.number(held)}
                self.line(words.t("comparison.disputes.shown", **figures))

    def _inputs(self, inputs: Mapping[str, Any]) -> None:
        words = self.words
        self.heading("comparison.section.inputs")
        for name in ("same", "immaterial", "differ", "single"):
            self.line(words.t(f"comparison.inputs.{name}"), inputs[name])
        if inputs["patterns"]:
            names = ("stands", "data", "units", "apart")
            self.head(*(f"comparison.column.{name}" for name in names))
        for item in inputs["patterns"]:
            stands, fields = words.stands(item["groups"]), words.fields(item["fields"])
            self.line(stands, fields, item["units"], item["tonnes"])

    def _patterns(self, report: Mapping[str, Any]) -> None:
        words = self.words
        self.heading("comparison.section.patterns")
        disputed = [pattern for pattern in report["patterns"] if len(pattern["groups"]) > 1]
        if not disputed:
            self.line(words.t("comparison.pattern.none"))
            return
        self.head(
            "comparison.column.pattern",
            "report.column.field",
            "comparison.column.units",
            "comparison.column.tonnes",
            "comparison.column.clause",
            "report.column.says",
        )
        for pattern in disputed:
            says = [
                f"{words.group(group)}: {line}"
                for group in pattern["groups"]
                for line in words.causes(group, pattern["units"])
            ]
            self.line(
                f"{pattern['id']}  {words.groups(pattern)}",
                words.field(pattern["field"]),
                pattern["units"],
                pattern["tonnes"],
                " ".join(pattern["clauses"]),
                "\n".join(says),
                style="wrap",
            )

    def _totals(self, report: Mapping[str, Any], kind: str) -> None:
        words = self.words
        names = ("found", "expected", "difference", "wrong")
        self.heading(f"report.column.{kind}")
        self.line(
            words.t(f"report.column.{kind}"),
            words.t("comparison.column.table"),
            *(words.column(report, name) for name in names),
            style="head",
        )
        for entry in report["totals"][f"by_{kind}"]:
            for table in entry["tables"]:
                place = words.place_name(kind, entry)
                self.line(place, table["name"], *(table[name] for name in names))

    def _tables(self, report: Mapping[str, Any]) -> None:
        self.heading("comparison.section.tables")
        names = ("table", "file", "right", "wrong", "missing")
        head = [self.words.column(report, name) for name in names]
        self.line(*head, self.words.t("report.versions.sha256"), style="head")
        for table in report["tables"]:
            source = table["source"]
            figures = (table["right"], table["wrong"], table["missing"])
            self.line(table["name"], source["name"], *figures, source["sha256"])
        before = report.get("previous")
        if before:
            blank = [None] * 3
            self.line(self.words.t("comparison.previous"), before["name"], *blank, before["sha256"])


class _Lists:
    """The sheets that list units and can be filtered."""

    def __init__(self, book: Any, formats: Formats, words: ComparisonWords) -> None:
        self.book, self.formats, self.words = book, formats, words

    def disputes(self, report: Mapping[str, Any]) -> None:
        """List every disputed figure."""
        words = self.words
        names = [table["name"] for table in report["tables"]]
        head = [
            *self._who_head(),
            words.t("report.column.field"),
            *names,
            words.t("report.versions.reference"),
            words.t("comparison.column.tonnes"),
            words.t("comparison.column.pattern"),
        ]
        self._list(
            words.t("comparison.workbook.disputes"),
            head,
            (
                [
                    *self._who(row),
                    words.field(row["field"]),
                    *(_cell(row, at, words) for at in range(len(names))),
                    row["reference"],
                    row["tonnes"],
                    row["pattern"],
                ]
                for row in report["disputes"]["rows"]
            ),
        )

    def inputs(self, report: Mapping[str, Any]) -> None:
        """List every difference of data."""
        words = self.words
        names = [table["name"] for table in report["tables"]]
        head = [
            *self._who_head(),
            words.t("report.column.field"),
            *names,
            words.t("comparison.column.effect"),
        ]
        self._list(
            words.t("comparison.workbook.inputs"),
            head,
            (
                [
                    *self._who(row),
                    words.field(item["field"]),
                    *item["values"],
                    words.t(
                        f"comparison.inputs.{'material' if row['material'] else 'immaterial'}_tag"
                    ),
                ]
                for row in report["inputs"]["rows"]
                for item in row["inputs"]
            ),
        )

    def _who_head(self) -> list[str]:
        names = ("enterprise", "unit", "year", "sector", "province")
        return [self.words.t(f"report.column.{name}") for name in names]

    def _who(self, row: Mapping[str, Any]) -> list[Any]:
        words = self.words
        sector = words.term("sector", row["sector"]) if row["sector"] else None
        province = words.term("province", row["province"]) if row["province"] else None
        return [row["enterprise_name"], row["unit_id"], row["year"], sector, province]

    def _list(self, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        sheet = self.book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(head):
            sheet.set_column(column, column, 30 if column == 0 else 16)
            put(sheet, 0, column, name, self.formats["head"])
        at = 0
        for at, row in zip(range(1, MOST_ROWS + 1), rows, strict=False):
            for column, value in enumerate(row):
                figure = isinstance(value, int) and column != 2
                put(sheet, at, column, value, self.formats["amount" if figure else "text"])
        sheet.autofilter(0, 0, at, len(head) - 1)


def _cell(row: Mapping[str, Any], at: int, words: ComparisonWords) -> Any:
    figure = row["figures"][at]
    return figure if figure is not None else words.figure(row, at)
