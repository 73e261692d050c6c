"""The comparison report as one self-contained HTML file, and as the body of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from markupsafe import Markup

from cets_conformance.messages import Language
from cets_conformance.report import charts
from cets_conformance.report.comparison_words import ComparisonWords
from cets_conformance.report.html import Link, page_environment

__all__ = ["SHOWN", "body", "dispute_table", "render"]

SHOWN: Final = 30
"""Patterns, data groups or balance values on a page; the JSON report has all of them."""

_SUMS: Final = ("units", "found", "expected", "difference", "tonnes", "wrong")
_TABLE: Final = (
    "rows", "without_key", "missing", "twice", "right", "wrong", "no_figure", "no_reference",
)  # fmt: skip


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give the whole report as one HTML file: style inlined, no script, no external address."""
    context = _context(report, language)
    return page_environment().get_template("comparison.html").render(context)


def body(
    report: Mapping[str, Any],
    language: Language,
    *,
    clause_prefix: str | None = None,
    after_verdict: Markup | None = None,
    appeal_url: Link | None = None,
    pattern_appeal_url: Link | None = None,
    disputes_url: str | None = None,
) -> Markup:
    """Give the report's body for a page; clauses are linked at ``clause_prefix`` and their id.

    ``appeal_url`` gives where one appeals against a disputed figure, ``pattern_appeal_url`` where
    against the worst of a pattern; ``disputes_url`` leads to all disputed figures.
    """
    context = _context(report, language) | {
        "clause_prefix": clause_prefix,
        "after_verdict": after_verdict,
        "appeal_url": appeal_url,
        "pattern_appeal_url": pattern_appeal_url,
        "disputes_url": disputes_url,
    }
    return Markup(page_environment().get_template("comparison_body.html").render(context))  # noqa: S704


def dispute_table(
    report: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    language: Language,
    *,
    appeal_url: Link | None = None,
) -> Markup:
    """Give the table of some disputed figures, as in the body."""
    macros: Any = page_environment().get_template("dispute_rows.html").module
    words = ComparisonWords(language)
    return Markup(macros.dispute_rows(words, report["tables"], _by_unit(rows), appeal_url))  # noqa: S704


def _context(report: Mapping[str, Any], language: Language) -> dict[str, Any]:
    words = ComparisonWords(language)
    disputed = [pattern for pattern in report["patterns"] if len(pattern["groups"]) > 1]
    leading = [pattern for pattern in disputed if pattern["follows"] is None]
    amounts = [pattern for pattern in leading if pattern["tonnes"] is not None]
    by_id = {pattern["id"]: pattern for pattern in report["patterns"]}
    picture = charts.dispute_bars(amounts[:SHOWN], words) if amounts else None
    return {
        "w": words,
        "language": language,
        "report": report,
        "amount": words.field(words.decisive(report)),
        "disputed": disputed,
        "amounts": amounts,
        "ratios": [pattern for pattern in leading if pattern["tonnes"] is None],
        "followers": lambda lead: [item for item in disputed if item["follows"] == lead["id"]],
        "dispute_units": _by_unit(report["disputes"]["rows"]),
        "matrices": [
            matrix(report, field["field"])
            for field in report["fields"]
            if field["field"] == words.decisive(report) or (field["unit"] and field["disputed"])
        ],
        "partings": lambda item: _partings(item, by_id, words),
        "picture": picture and Markup(picture),  # noqa: S704
        "shown": SHOWN,
        "sum_names": _SUMS,
        "table_names": _TABLE,
        "clause_prefix": None,
        "after_verdict": None,
        "appeal_url": None,
        "pattern_appeal_url": None,
        "disputes_url": None,
    }


def matrix(report: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Give the pairs of a column as a square, the reference last; None on the diagonal."""
    pairs = {tuple(pair["tables"]): pair for pair in report["pairs"] if pair["field"] == field}
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    return {
        "field": field,
        "names": names,
        "rows": [
            {
                "name": one,
                "pairs": [pairs.get((one, other), pairs.get((other, one))) for other in names],
            }
            for one in names
        ],
    }


def _by_unit(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Gather neighbouring rows of one unit."""
    grouped = groupby(rows, key=lambda row: (row["year"], row["unit_id"]))
    return [list(group) for _, group in grouped]


def _partings(
    item: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]], words: ComparisonWords
) -> list[str]:
    """Give the ways of parting under a clause, each once, with the units it has."""
    return list(dict.fromkeys(words.groups(by_id[name]) for name in item["patterns"]))
