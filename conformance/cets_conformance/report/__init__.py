"""Reports of a table check and of a run in every format that a person or a program reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from cets_conformance import json_text
from cets_conformance.messages import Language
from cets_conformance.report import (
    html,
    junit,
    markdown,
    run_html,
    run_markdown,
    sarif,
    workbook,
)

__all__ = ["RUN_SUFFIXES", "SUFFIXES", "write"]

SUFFIXES: Final = (".html", ".json", ".md", ".xlsx", ".xml", ".sarif")
"""Formats a table report can be written in."""

RUN_SUFFIXES: Final = (".html", ".json", ".md", ".xml", ".sarif")
"""Formats a run report can be written in."""


def write(
    report: dict[str, Any], target: Path, language: Language, *, source: Path | None = None
) -> None:
    """Write a table or run report to ``target`` in the format of its suffix.

    ``source`` is the table that was checked; the workbook shows it with its wrong cells marked,
    and without it holds summary and findings only. Raises ``ValueError`` on an unknown suffix.
    """
    suffix = target.suffix.lower()
    known = RUN_SUFFIXES if report["kind"] == "run" else SUFFIXES
    if suffix not in known:
        raise ValueError(f"no report format {target.suffix!r}; known are {', '.join(known)}")
    if suffix == ".xlsx":
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
    if report["kind"] == "run":
        pages = {".html": run_html.render, ".md": run_markdown.render}
        return pages[suffix](report, language)
    writers = {".html": html.render, ".md": markdown.render}
    return writers[suffix](report, language)
