"""A table report on a terminal: the verdict first, then findings, worst rows first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cets_conformance.cli.console import Terminal
from cets_conformance.messages import Language, text
from cets_conformance.report.words import Words, figures_of, grouped, is_rounded, is_tonnes, signed
from cets_conformance.tables.reading import Problem

__all__ = ["print_line", "print_problems", "print_report"]

SHOWN = 5
"""Rows of a finding on a terminal; reports hold more."""

COLOURS = {
    "conforms": "green",
    "does_not_conform": "red",
    "not_checked": "yellow",
    "error": "red",
    "warning": "yellow",
    "notice": "cyan",
}


def print_line(line: str) -> None:
    """Print a line of text, however long."""
    Terminal().print(line)


def print_report(report: Mapping[str, Any], language: Language) -> None:
    """Print a table report."""
    console = Terminal()
    verdict = report["verdict"]
    name = escape(report["source"]["name"])
    console.print(
        f"[bold {COLOURS[verdict]}]{text(f'verdict.{verdict}', language)}[/]  {name}  "
        + text("cli.rows", language, rows=report["rows"])
    )
    if "conforms_under" in report:
        console.print(escape(Words(language).conforms_under(report)))
    for finding in report["findings"]:
        _print_finding(console, finding, language)
    _print_unchecked(console, report["checks"], language)
    for note in report["notes"]:
        says = text(f"note.{note['code']}", language, **note["values"])
        console.print(f"[dim]· {escape(says)}[/]")


def _print_finding(console: Console, finding: Mapping[str, Any], language: Language) -> None:
    severity, check = finding["severity"], finding["check"]
    tonnes = f"{finding['tonnes']:,}"
    if is_rounded(finding):
        tonnes = text("report.finding.about", language, tonnes=tonnes)
    weight = text("cli.weight", language, tonnes=tonnes) if finding["tonnes"] else ""
    console.print(
        f"\n[{COLOURS[severity]}]{text(f'severity.{severity}', language)}[/]  "
        f"[bold]{check} {text(f'check.{check}.title', language)}[/]  "
        + text(
            "cli.finding",
            language,
            count=finding["count"],
            weight=weight,
            clauses=" ".join(finding["clauses"]),
        )
    )
    table = Table(box=None, padding=(0, 2, 0, 2))
    for label in ("row", "unit_id", "field", "found", "expected", "difference"):
        numeric = label in {"row", "found", "expected", "difference"}
        table.add_column(
            text(f"label.{label}", language),
            justify="right" if numeric else "left",
            no_wrap=numeric,  # names give way to figures
            overflow="fold",
        )
    for row in finding["rows"][:SHOWN]:
        field = text(f"field.{row['field']}", language) if row["field"] else ""
        table.add_row(
            str(row["row"] or "–"),
            escape(row["unit_id"] or "–"),
            field,
            _cell(row["field"], row["found"]),
            _cell(row["field"], row["expected"]),
            _difference(row["difference"]),
        )
    console.print(table)
    for line in _said(finding["rows"][:SHOWN], language):
        console.print(f"    {escape(line)}")


def _said(rows: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
    """Say what is wrong in some rows: each sentence once, with its rows where there are several."""
    said: dict[str, list[str]] = {}
    for row in rows:
        if "code" in row:
            says = text(f"problem.{row['code']}", language, **figures_of(row))
            number, unit = row["row"], row["unit_id"] or "–"
            name = text("report.place.row", language, value=number) if number else unit
            said.setdefault(says, []).append(name)
    if len(said) < 2:
        return list(said)
    comma = text("cli.comma", language)
    return [
        text("cli.said", language, rows=comma.join(names), says=says)
        for says, names in said.items()
    ]


def _print_unchecked(
    console: Console, checks: Sequence[Mapping[str, Any]], language: Language
) -> None:
    unchecked = [check for check in checks if check["status"] == "not_checked"]
    if unchecked:
        console.print(f"\n[bold]{text('status.not_checked', language)}[/]")
    by_reason: dict[str, list[str]] = {}
    for check in unchecked:
        says = text(f"reason.{check['reason_code']}", language, **check["reason_values"])
        by_reason.setdefault(says, []).append(check["id"])
    for says, checks_with_it in by_reason.items():
        console.print(f"  {' '.join(checks_with_it)}: {escape(says)}")


def print_problems(table: Path, problems: Sequence[Problem], language: Language) -> None:
    """Print why a file could not be read as a table: everything at once, with its place."""
    console = Terminal(stderr=True)
    console.print(f"[bold red]{text('cli.unreadable', language)}[/]  {escape(str(table))}")
    for problem in problems:
        place = problem.place
        where = [
            text(f"label.{name}", language) + " " + str(value)
            for name, value in (
                ("sheet", place.sheet),
                ("row", place.row),
                ("column", place.column),
            )
            if value is not None
        ]
        says = text(f"problem.{problem.code}", language, **problem.values)
        console.print(f"  {problem.code}  {escape(' '.join(where))}\n    {escape(says)}")


def _cell(field: str | None, value: int | str | None) -> str:
    if value is None:
        return "–"
    return _plain(grouped(value) if is_tonnes(field) else str(value))


def _difference(value: int | str | None) -> str:
    return "–" if value is None else _plain(signed(value))


def _plain(figure: str) -> str:
    """Give a figure with the minus that every terminal has."""
    return escape(figure.replace("\N{MINUS SIGN}", "-"))
