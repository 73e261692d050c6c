"""Reports of a table check, a comparison and a run in every format people and programs read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from cets_conformance import json_text
from cets_conformance.messages import Language
from cets_conformance.report import (
    comparison_html,
    comparison_markdown,
    comparison_workbook,
    html,
    junit,
    markdown,
    run_html,
    run_markdown,
    sarif,
    workbook,
)

__all__ = ["COMPARISON_SUFFIXES", "RUN_SUFFIXES", "SUFFIXES", "write"]

SUFFIXES: Final = (".html", ".json", ".md", ".xlsx", ".xml", ".sarif")
"""Formats a table report can be written in."""

RUN_SUFFIXES: Final = (".html", ".json", ".md", ".xml", ".sarif")
"""Formats a run report can be written in."""

COMPARISON_SUFFIXES: Final = (".html", ".json", ".md", ".xlsx")
"""Formats a comparison can be written in."""

_KNOWN: Final = {"run": RUN_SUFFIXES, "comparison": COMPARISON_SUFFIXES, "table": SUFFIXES}


def write(
    report: dict[str, Any], target: Path, language: Language, *, source: Path | None = None
) -> None:
    """Write a table, comparison or run report to ``target`` in the format of its suffix.

    ``source`` is the table that was checked; the workbook shows it with its wrong cells marked,
    and without it holds summary and findings only. Raises ``ValueError`` on an unknown suffix.
    """
    suffix = target.suffix.lower()
    known = _KNOWN[report["kind"]]
    if suffix not in known:
        raise ValueError(f"no report format {target.suffix!r}; known are {', '.join(known)}")
    if suffix == ".xlsx" and report["kind"] == "comparison":
        comparison_workbook.write(report, target, language)
    elif suffix == ".xlsx":
        workbook.write(report, source, target, language)
    else:
        target.write_text(_render(report, suffix, language), "utf-8")


def _render(report: dict[str, Any], suffix: str, language: Language) -> str:
    if suffix == ".json":
        return json_text.dumps(report, pretty=True)
    if suffix == ".xml":
        return junit.render(report, language)
    if suffix == ".sarif":
        return sarif.render(report, language)
    if report["kind"] == "comparison":
        bodies = {".html": comparison_html.render, ".md": comparison_markdown.render}
        return bodies[suffix](report, language)
    if report["kind"] == "run":
        pages = {".html": run_html.render, ".md": run_markdown.render}
        return pages[suffix](report, language)
    writers = {".html": html.render, ".md": markdown.render}
    return writers[suffix](report, language)
