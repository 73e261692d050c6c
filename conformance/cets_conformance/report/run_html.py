"""The run report as one self-contained HTML file: verdict, likely cause, where, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cets_conformance.messages import Language
from cets_conformance.report.html import page_environment
from cets_conformance.report.run_words import RunWords

__all__ = ["render"]

SHOWN = 5
"""Cases of a group before the fold."""


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give the whole report as one HTML file: style inlined, no script, no external address."""
    words = RunWords(language)
    context = {
        "w": words,
        "language": language,
        "report": report,
        "causes": words.causes(report),
        "groups": words.groups(report),
        "left": words.unsettled(report),
        "shown": SHOWN,
    }
    return page_environment().get_template("run.html").render(context).lstrip()
