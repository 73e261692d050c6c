"""The run report as one self-contained HTML file: verdict, likely cause, where, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cets_conformance.messages import Language
from cets_conformance.report.html import page_environment
from cets_conformance.report.run_words import RunWords

__all__ = ["render"]


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give the whole report as one HTML file: style inlined, no script, no external address."""
    results = report["results"]
    context = {
        "w": RunWords(language),
        "language": language,
        "report": report,
        "failed": [item for item in results if item["outcome"] == "fail"],
        "left": [item for item in results if item["outcome"] not in {"pass", "fail"}],
    }
    return page_environment().get_template("run.html").render(context)
