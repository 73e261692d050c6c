"""A run report on a terminal: verdict, likely cause, where it departs, what is not settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from cets_conformance.messages import Language, text
from cets_conformance.report.run_words import RunWords

__all__ = ["print_run"]

SHOWN = 20
"""Cases of a kind on a terminal; reports hold all."""

COLOURS = {"conforms": "green", "does_not_conform": "red", "not_checked": "yellow"}


def print_run(console: Console, report: Mapping[str, Any], language: Language) -> None:
    """Print a run report."""
    words = RunWords(language)
    verdict = report["verdict"]
    console.print(
        f"[bold {COLOURS[verdict]}]{text(f'verdict.{verdict}', language)}[/]  "
        f"{escape(words.name(report))}  {words.verdict(report)}"
    )
    counts = "  ".join(
        f"{words.outcome(name)} {count}" for name, count in report["counts"].items() if count
    )
    console.print(f"{text('run.level', language)} {words.level(report['level'])}   {counts}")
    for problem in report["problems"]:
        console.print(f"[yellow]{problem['code']}[/]  {escape(words.said(problem))}")
    _print_diagnosis(console, report, words)
    _print_failures(console, report, words)
    _print_unsettled(console, report, words)


def _print_diagnosis(console: Console, report: Mapping[str, Any], words: RunWords) -> None:
    if not report["counts"]["fail"]:
        return
    console.print(f"\n[bold]{words.t('run.section.diagnosis')}[/]")
    for line in words.diagnosis(report):
        console.print(f"  {escape(line)}", soft_wrap=True)


def _print_failures(console: Console, report: Mapping[str, Any], words: RunWords) -> None:
    failed = [item for item in report["results"] if item["outcome"] == "fail"]
    if not failed:
        return
    console.print(f"\n[bold]{words.t('run.section.differences')}[/]")
    for item in failed[:SHOWN]:
        name, clause, field, expected, found, why = (escape(cell) for cell in words.failure(item))
        console.print(f"  [bold]{name}[/]  {clause}  {field}: {why}", soft_wrap=True)
        wanted, got = words.t("run.expected"), words.t("run.found")
        console.print(f"    [dim]{wanted}[/] {expected}  [dim]{got}[/] {found}", soft_wrap=True)
    _print_more(console, len(failed), words)


def _print_unsettled(console: Console, report: Mapping[str, Any], words: RunWords) -> None:
    """Say why cases are open, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for item in report["results"]:
        if item["outcome"] in {"error", "skipped", "not_run"}:
            reason = f"{words.outcome(item['outcome'])}: {words.said(item)}"
            by_reason.setdefault(reason, []).append(item["id"])
    if by_reason:
        console.print(f"\n[bold]{words.t('run.section.unsettled')}[/]")
    for reason, names in list(by_reason.items())[:SHOWN]:
        more = f" … ({len(names)})" if len(names) > 3 else ""
        console.print(f"  {escape(reason)}\n    [dim]{escape(', '.join(names[:3]))}{more}[/]")
    _print_more(console, len(by_reason), words)


def _print_more(console: Console, count: int, words: RunWords) -> None:
    if count > SHOWN:
        console.print(f"  [dim]{words.t('run.more', count=count - SHOWN)}[/]")
