"""Reports of a table check, a comparison and a run in every format people and programs read.

A writer is loaded when its format is asked for: templates, charts and workbooks take their time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cets_conformance import json_text
from cets_conformance.messages import Language

__all__ = ["COMPARISON_SUFFIXES", "RUN_SUFFIXES", "SUFFIXES", "write"]

SUFFIXES: Final = (".html", ".json", ".md", ".xlsx", ".xml", ".sarif")
"""Formats a table report can be written in."""

RUN_SUFFIXES: Final = (".html", ".json", ".md", ".xml", ".sarif")
"""Formats a run report can be written in."""

COMPARISON_SUFFIXES: Final = (".html", ".json", ".md", ".xlsx")
"""Formats a comparison can be written in."""

Progress = Callable[[str, int, "int | None"], None]
"""Called with the stage, what is done, and of how much."""

_KNOWN: Final = {"run": RUN_SUFFIXES, "comparison": COMPARISON_SUFFIXES, "table": SUFFIXES}


def write(
    report: dict[str, Any],
    target: Path,
    language: Language,
    *,
    source: Path | None = None,
    mapped: Mapping[str, str] = MappingProxyType({}),
    progress: Progress | None = None,
) -> None:
    """Write a table, comparison or run report to ``target`` in the format of its suffix.

    ``source`` is the table that was checked; the workbook shows it with its wrong cells marked,
    and without it holds summary and findings only. ``mapped``: its foreign headers, as it was read
    (``Options.mapped``); ``progress`` is told of its rows. Raises ``ValueError`` on an unknown
    suffix.
    """
    suffix = target.suffix.lower()
    kind = report["kind"]
    known = _KNOWN[kind]
    if suffix not in known:
        raise ValueError(f"no report format {target.suffix!r}; known are {', '.join(known)}")
    if suffix == ".json":
        target.write_text(json_text.dumps(report, pretty=True), "utf-8")
    elif suffix == ".xlsx" and kind == "comparison":
        from cets_conformance.report import comparison_workbook

        comparison_workbook.write(report, target, language)
    elif suffix == ".xlsx":
        from cets_conformance.report import workbook

        workbook.write(report, source, target, language, mapped, progress)
    else:
        writer = import_module(_WRITERS[kind, suffix])
        target.write_text(writer.render(report, language), "utf-8")


_WRITERS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("table", ".html"): f"{__name__}.html",
        ("table", ".md"): f"{__name__}.markdown",
        ("run", ".html"): f"{__name__}.run_html",
        ("run", ".md"): f"{__name__}.run_markdown",
        ("comparison", ".html"): f"{__name__}.comparison_html",
        ("comparison", ".md"): f"{__name__}.comparison_markdown",
        **{(kind, ".xml"): f"{__name__}.junit" for kind in ("table", "run")},
        **{(kind, ".sarif"): f"{__name__}.sarif" for kind in ("table", "run")},
    }
)
"""Module that renders a format, by kind of report."""
