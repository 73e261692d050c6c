"""Reports of a table check in every format that a person or a program reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from cets_conformance import json_text
from cets_conformance.messages import Language
from cets_conformance.report import html, markdown, workbook

__all__ = ["SUFFIXES", "write"]

SUFFIXES: Final = (".html", ".json", ".md", ".xlsx")
"""Formats a report can be written in."""


def write(
    report: dict[str, Any], target: Path, language: Language, *, source: Path | None = None
) -> None:
    """Write a table report to ``target`` in the format of its suffix.

    ``source`` is the table that was checked; the workbook shows it with its wrong cells marked,
    and without it holds summary and findings only. Raises ``ValueError`` on an unknown suffix.
    """
    suffix = target.suffix.lower()
    if suffix == ".html":
        target.write_text(html.render(report, language), "utf-8")
    elif suffix == ".json":
        target.write_text(json_text.dumps(report, pretty=True), "utf-8")
    elif suffix == ".md":
        target.write_text(markdown.render(report, language), "utf-8")
    elif suffix == ".xlsx":
        workbook.write(report, source, target, language)
    else:
        raise ValueError(f"no report format {target.suffix!r}; known are {', '.join(SUFFIXES)}")
