"""The run report as Markdown, for a pull request: verdict, likely cause, where, what is open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cets_conformance.messages import Language
from cets_conformance.report.run_words import RunWords

__all__ = ["render"]

SHOWN = 50
"""Cases of a kind; the JSON report holds all."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#!@])")


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give the report as Markdown text (tables as GitHub and GitLab read them)."""
    words = RunWords(language)
    blocks = [
        f"# {words.t('run.title', name=_plain(words.name(report)))}",
        f"**{words.term('verdict', report['verdict'])}** — {words.verdict(report)}",
        "\n".join(f"- {name}: {_plain(value)}" for name, value in words.facts(report)),
        *_problems(report, words),
        *_diagnosis(report, words),
        *_failures(report, words),
        *_unsettled(report, words),
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


def _failures(report: Mapping[str, Any], words: RunWords) -> Iterable[str]:
    failed = [item for item in report["results"] if item["outcome"] == "fail"]
    if failed:
        yield f"## {words.t('run.section.differences')}"
        names = ("case", "clause", "field", "expected", "found", "why")
        head = [words.t(f"run.{name}") for name in names]
        yield _table(head, (words.failure(item) for item in failed[:SHOWN]))
        yield from _more(len(failed), words)


def _unsettled(report: Mapping[str, Any], words: RunWords) -> Iterable[str]:
    left = [item for item in report["results"] if item["outcome"] not in {"pass", "fail"}]
    if left:
        yield f"## {words.t('run.section.unsettled')}"
        head = [words.t(f"run.{name}") for name in ("case", "outcome", "why")]
        rows = ((item["id"], words.outcome(item["outcome"]), words.said(item)) for item in left)
        yield _table(head, list(rows)[:SHOWN])
        yield from _more(len(left), words)


def _more(count: int, words: RunWords) -> Iterable[str]:
    if count > SHOWN:
        yield words.t("run.more", count=count - SHOWN)
