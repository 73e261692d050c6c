"""A comparison on a terminal: verdict, same data or not, who stands with whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cets_conformance.messages import Language
from cets_conformance.report.comparison_words import ComparisonWords

__all__ = ["print_comparison"]

SHOWN = 10
"""Patterns and units on a terminal; reports hold more."""

COLOURS = {"agree": "green", "differ": "red", "incomplete": "yellow"}


def print_comparison(console: Console, report: Mapping[str, Any], language: Language) -> None:
    """Print a comparison report."""
    words = ComparisonWords(language)
    verdict = report["verdict"]
    console.print(
        f"[bold {COLOURS[verdict]}]{words.t(f'comparison.verdict.{verdict}')}[/]  "
        f"{escape(words.names(report))}  {words.verdict(report)}",
        soft_wrap=True,
    )
    counts = report["counts"]
    console.print(
        "  ".join(
            f"{words.t(f'comparison.figure.{name}')} {words.number(counts[name])}"
            for name in ("units", "agreed", "disputed", "not_comparable", "tonnes")
        ),
        soft_wrap=True,
    )
    if counts["reasons"]:
        console.print(f"[dim]{words.reasons(report)}[/]")
    unjudged = words.unjudged(report)
    if unjudged:
        console.print(
            f"[bold yellow]{words.t('comparison.lead.previous')}[/] {unjudged}", soft_wrap=True
        )
    _print_inputs(console, report, words)
    _print_alone(console, report, words)
    _print_patterns(console, report, words)
    _print_worst(console, report, words)


def _print_inputs(console: Console, report: Mapping[str, Any], words: ComparisonWords) -> None:
    inputs = report["inputs"]
    if not inputs["patterns"]:
        return
    console.print(f"\n[bold]{words.t('comparison.section.inputs')}[/]")
    for item in inputs["patterns"][:SHOWN]:
        effect = "material_tag" if item["material"] else "immaterial_tag"
        units = words.t("comparison.pattern.units", count=words.number(item["units"]))
        console.print(
            f"  {escape(words.stands(item['groups']))}  {escape(words.fields(item['fields']))}  "
            f"{units}  {words.t(f'comparison.inputs.{effect}')}",
            soft_wrap=True,
        )
    if inputs["differ"]:
        console.print(f"  {words.right_on_own(report)}", soft_wrap=True)


def _print_alone(console: Console, report: Mapping[str, Any], words: ComparisonWords) -> None:
    alone = report["reference_alone"]
    if alone["units"]:
        figures = {name: words.number(count) for name, count in alone.items()}
        console.print(
            f"\n[bold yellow]{words.t('comparison.lead.alone')}[/] "
            + words.t("comparison.lead.alone_says", **figures),
            soft_wrap=True,
        )


def _print_patterns(console: Console, report: Mapping[str, Any], words: ComparisonWords) -> None:
    disputed = [pattern for pattern in report["patterns"] if len(pattern["groups"]) > 1]
    if not disputed:
        return
    console.print(f"\n[bold]{words.t('comparison.section.patterns')}[/]")
    for pattern in disputed[:SHOWN]:
        units = words.t("comparison.pattern.units", count=words.number(pattern["units"]))
        tonnes = words.t("report.finding.tonnes", tonnes=words.number(pattern["tonnes"]))
        weight = f"{tonnes}  {units}" if pattern["tonnes"] is not None else units
        console.print(
            f"  [bold]{escape(words.groups(pattern))}[/]  {words.field(pattern['field'])}  "
            f"{weight}  {' '.join(pattern['clauses'])}",
            soft_wrap=True,
        )
        for group in pattern["groups"]:
            for line in words.causes(group, pattern["units"]):
                console.print(f"    {escape(words.group(group))}: {escape(line)}", soft_wrap=True)
    if len(disputed) > SHOWN:
        more = words.t("comparison.pattern.more", count=len(disputed) - SHOWN)
        console.print(f"  [dim]{more}[/]")


def _print_worst(console: Console, report: Mapping[str, Any], words: ComparisonWords) -> None:
    rows = report["disputes"]["rows"][:SHOWN]
    if not rows:
        return
    console.print(f"\n[bold]{words.t('comparison.section.disputes')}[/]")
    table = Table(box=None, padding=(0, 2, 0, 2))
    table.add_column(words.t("report.column.unit"), overflow="fold")
    table.add_column(words.t("report.column.field"), no_wrap=True)
    table.add_column(words.t("comparison.column.figure"), justify="right", no_wrap=True)
    table.add_column(words.t("comparison.column.who"), overflow="fold")
    table.add_column(words.t("comparison.column.tonnes"), justify="right", no_wrap=True)
    for row in rows:
        shown = [escape(row["unit_id"]), words.field(row["field"]), words.number(row["tonnes"])]
        for figure, who in words.given(report, row).items():
            table.add_row(*shown[:2], escape(figure), escape(who), shown[2])
            shown = ["", "", ""]
    console.print(table)
