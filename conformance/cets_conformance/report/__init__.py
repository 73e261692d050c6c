"""Reports of a table check and of a run in every format that a person or a program reads.

A writer is loaded when its format is asked for: templates, charts and workbooks take their time.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cets_conformance import json_text
from cets_conformance.messages import Language

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
        from cets_conformance.report import workbook

        workbook.write(report, source, target, language)
    elif suffix == ".json":
        target.write_text(json_text.dumps(report, pretty=True), "utf-8")
    else:
        writer = import_module(_WRITERS[report["kind"] == "run", suffix])
        target.write_text(writer.render(report, language), "utf-8")


_WRITERS: Final[Mapping[tuple[bool, str], str]] = MappingProxyType(
    {
        (False, ".html"): f"{__name__}.html",
        (False, ".md"): f"{__name__}.markdown",
        (True, ".html"): f"{__name__}.run_html",
        (True, ".md"): f"{__name__}.run_markdown",
        **{(run, ".xml"): f"{__name__}.junit" for run in (False, True)},
        **{(run, ".sarif"): f"{__name__}.sarif" for run in (False, True)},
    }
)
"""Module that renders a format, by whether the report is of a run."""
