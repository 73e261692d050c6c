"""A run report on a terminal: verdict, likely cause, where it departs, what is not settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from cets_conformance.messages import Language, text
from cets_conformance.report.run_words import RunWords

__all__ = ["print_run"]

SHOWN = 12
"""Groups and reasons on a terminal; reports hold all."""

EXAMPLES = 3
"""Cases of a group."""

COLOURS = {"conforms": "green", "does_not_conform": "red", "not_checked": "yellow"}


def print_run(console: Console, report: Mapping[str, Any], language: Language) -> None:
    """Print a run report."""
    words = RunWords(language, report)
    verdict = report["verdict"]
    console.print(
        f"[bold {COLOURS[verdict]}]{text(f'verdict.{verdict}', language)}[/]  "
        f"{escape(words.name(report))}"
    )
    console.print(words.verdict(report))
    counts = "  ".join(f"{label} {count}" for _, label, count in words.counts(report) if count)
    level = words.level(report["level"], report["operations"])
    console.print(f"{text('run.level', language)} {level}   {counts}")
    for problem in report["problems"]:
        console.print(f"[yellow]{problem['code']}[/]  {escape(words.said(problem))}")
    _print_diagnosis(console, report, words)
    _print_smallest(console, report, words)
    _print_failures(console, report, words)
    _print_unsettled(console, report, words)


def _print_diagnosis(console: Console, report: Mapping[str, Any], words: RunWords) -> None:
    if not report["counts"]["fail"]:
        return
    console.print(f"\n[bold]{words.t('run.section.diagnosis')}[/]")
    for line in words.diagnosis(report):
        _print_indented(console, escape(line), 2)
    arithmetic = words.arithmetic(report)
    if arithmetic:
        label = words.t("run.arithmetic.label")
        _print_indented(console, f"[dim]{label}[/] {escape(arithmetic)}", 2)


def _print_smallest(console: Console, report: Mapping[str, Any], words: RunWords) -> None:
    smallest = report.get("smallest")
    if not smallest:
        return
    console.print(f"\n[bold]{words.t('run.smallest.section')}[/]")
    _print_indented(console, escape(words.smallest(smallest)), 2)
    _print_difference(console, smallest, words)
    # From the margin and unwrapped: a shell takes the lines as they stand.
    console.print(words.t("run.smallest.right"), style="dim")
    console.print(escape(smallest["command"]), soft_wrap=True)


def _print_failures(console: Console, report: Mapping[str, Any], words: RunWords) -> None:
    groups = words.groups(report)
    if groups:
        console.print(f"\n[bold]{words.t('run.section.differences')}[/]")
    for group in groups[:SHOWN]:
        head = " ".join(filter(None, (group.clause, group.symbol, group.field)))
        count = words.t("run.group.cases", count=len(group.items))
        line = f"[bold]{escape(head)}[/]  {escape(group.why)}  [dim]{count}[/]"
        _print_indented(console, line, 2)
        for item in group.items[:EXAMPLES]:
            _print_indented(console, f"[cyan]{escape(item['id'])}[/]", 4)
            _print_difference(console, item, words)
    _print_more(console, len(groups), words)


def _print_difference(console: Console, item: Mapping[str, Any], words: RunWords) -> None:
    if "first_difference" not in item:
        return
    _, _, field, expected, found, _ = (escape(cell) for cell in words.failure(item))
    wanted, got = words.t("run.expected"), words.t("run.found")
    line = f"{field}  [dim]{wanted}[/] {expected}  [dim]{got}[/] [red]{found}[/]"
    _print_indented(console, line, 6)


def _print_unsettled(console: Console, report: Mapping[str, Any], words: RunWords) -> None:
    left = words.unsettled(report)
    if left:
        console.print(f"\n[bold]{words.t('run.section.unsettled')}[/]")
    for reason in left[:SHOWN]:
        more = f" … ({len(reason.ids)})" if len(reason.ids) > EXAMPLES else ""
        said = f"{words.outcome(reason.outcome)}: {reason.says}"
        _print_indented(console, escape(said), 2)
        _print_indented(console, f"[dim]{escape(', '.join(reason.ids[:EXAMPLES]))}{more}[/]", 4)
    _print_more(console, len(left), words)


def _print_indented(console: Console, line: str, blanks: int) -> None:
    console.print(Padding(line, (0, 0, 0, blanks), expand=False))


def _print_more(console: Console, count: int, words: RunWords) -> None:
    if count > SHOWN:
        console.print(f"  [dim]{words.t('run.more', count=count - SHOWN)}[/]")
