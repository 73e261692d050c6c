"""The run report as one self-contained HTML file: verdict, likely cause, where, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cets_conformance.messages import Language
from cets_conformance.report.html import page_environment
from cets_conformance.report.run_words import RunWords

__all__ = ["body", "render"]

SHOWN = 5
"""Cases of a group before the fold."""


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give the whole report as one HTML file: style inlined, no script, no external address."""
    return page_environment().get_template("run.html").render(_context(report, language)).lstrip()


def body(
    report: Mapping[str, Any],
    language: Language,
    *,
    clause_prefix: str | None = None,
    after_verdict: Markup | None = None,
) -> Markup:
    """Give the report's body for a page: the same template, with the page's addresses.

    Clauses are linked at ``clause_prefix`` followed by their id, else to the ledger below.
    ``after_verdict`` is a piece of the page that follows the verdict.
    """
    context = _context(report, language) | {
        "clause_prefix": clause_prefix,
        "after_verdict": after_verdict,
    }
    return Markup(page_environment().get_template("run_body.html").render(context))  # noqa: S704


def _context(report: Mapping[str, Any], language: Language) -> dict[str, Any]:
    words = RunWords(language, report)
    return {
        "w": words,
        "language": language,
        "report": report,
        "causes": words.causes(report),
        "groups": words.groups(report),
        "left": words.unsettled(report),
        "shown": SHOWN,
        "clause_prefix": None,
        "after_verdict": None,
    }
