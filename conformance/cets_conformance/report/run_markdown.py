"""The run report as Markdown, for a pull request: verdict, likely cause, where, what is open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cets_conformance.messages import Language
from cets_conformance.report.run_words import RunWords

__all__ = ["render"]

SHOWN = 50
"""Groups and reasons; the JSON report holds all."""

EXAMPLES = 3
"""Cases of a group before the fold."""

_FENCE = "```"

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#!@])")


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give the report as Markdown text (tables as GitHub and GitLab read them)."""
    words = RunWords(language, report)
    blocks = [
        f"# {words.t('run.title', name=_plain(words.name(report)))}",
        f"**{words.term('verdict', report['verdict'])}** — {words.verdict(report)}",
        *_problems(report, words),
        *_diagnosis(report, words),
        *_smallest(report, words),
        *_failures(report, words),
        *_unsettled(report, words),
        f"## {words.t('run.section.about')}",
        "\n".join(f"- {name}: {_plain(value)}" for name, value in words.facts(report)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _plain(text: object) -> str:
    return _SPECIAL.sub(r"\\\1", str(text)).replace("\n", " ").replace("\r", " ")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *([_plain(cell) for cell in row] for row in rows))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _problems(report: Mapping[str, Any], words: RunWords) -> Iterable[str]:
    if report["problems"]:
        yield f"## {words.t('run.section.problems')}"
        yield "\n".join(f"- {_plain(words.said(item))}" for item in report["problems"])


def _diagnosis(report: Mapping[str, Any], words: RunWords) -> Iterable[str]:
    if report["counts"]["fail"]:
        yield f"## {words.t('run.section.diagnosis')}"
        yield "\n".join(f"- {_plain(line)}" for line in words.diagnosis(report))
        computes = words.arithmetic(report)
        if computes:
            yield f"{words.t('run.arithmetic.label')} {_plain(computes)}"


def _smallest(report: Mapping[str, Any], words: RunWords) -> Iterable[str]:
    smallest = report.get("smallest")
    if smallest:
        yield f"## {words.t('run.smallest.section')}"
        head = [words.t(f"run.{name}") for name in ("clause", "field", "expected", "found", "why")]
        yield _table(head, [words.failure(smallest)[1:]])
        yield f"{_FENCE}sh\n{smallest['command']}\n{_FENCE}"
        yield _plain(words.smallest(smallest))


def _failures(report: Mapping[str, Any], words: RunWords) -> Iterable[str]:
    groups = words.groups(report)
    if groups:
        yield f"## {words.t('run.section.differences')}"
    for group in groups[:SHOWN]:
        head = " ".join(filter(None, (group.clause, group.symbol, group.field)))
        count = words.t("run.group.cases", count=len(group.items))
        rows = [_cells(item, words) for item in group.items]
        names = [words.t(f"run.{name}") for name in ("case", "field", "expected", "found")]
        summary = f"**{_plain(head)}** {_plain(group.why)}, {count}"
        if len(rows) <= EXAMPLES:
            yield f"{summary}\n\n{_table(names, rows)}"
        else:
            # GitHub and GitLab fold this; the blank lines make the table inside a table
            yield f"{summary}\n\n{_table(names, rows[:EXAMPLES])}"
            rest = words.t("run.group.rest", count=len(rows) - EXAMPLES)
            yield f"<details><summary>{rest}</summary>"
            yield _table(names, rows[EXAMPLES:])
            yield "</details>"
    yield from _more(len(groups), words)


def _cells(item: Mapping[str, Any], words: RunWords) -> tuple[str, str, str, str]:
    name, _, field, expected, found, why = words.failure(item)
    return name, field, expected, found if "first_difference" in item else why


def _unsettled(report: Mapping[str, Any], words: RunWords) -> Iterable[str]:
    left = words.unsettled(report)
    if left:
        yield f"## {words.t('run.section.unsettled')}"
        head = [words.t(f"run.{name}") for name in ("outcome", "why", "cases", "case")]
        rows = [
            (
                words.outcome(reason.outcome),
                reason.says,
                str(len(reason.ids)),
                ", ".join(reason.ids[:EXAMPLES]) + (", …" if len(reason.ids) > EXAMPLES else ""),
            )
            for reason in left
        ]
        yield _table(head, rows[:SHOWN])
        yield from _more(len(left), words)


def _more(count: int, words: RunWords) -> Iterable[str]:
    if count > SHOWN:
        yield words.t("run.more", count=count - SHOWN)
