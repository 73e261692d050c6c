"""``cets compare``: several vendors' tables for the same units, side by side."""

from __future__ import annotations

import re
from pathlib import Path

import click

from cets_conformance import report
from cets_conformance.cli.commands import Command
from cets_conformance.cli.common import (
    CONFORMS,
    DOES_NOT,
    UNCHECKED,
    as_language,
    beside,
    language_option,
    max_bytes_option,
    read_pairs,
    read_rows,
    reading_option,
    require_apart,
    require_writable,
)
from cets_conformance.cli.compare_terminal import print_comparison
from cets_conformance.cli.console import Terminal
from cets_conformance.cli.progress import StageBar
from cets_conformance.cli.terminal import print_problems
from cets_conformance.comparison import (
    Comparison,
    ComparisonError,
    UnreadableTableError,
    compare_files,
)
from cets_conformance.messages import text
from cets_conformance.tables import Limits, OptionError, Options
from cets_conformance.tables.columns import KINDS, Kind

__all__ = ["compare"]

CODES = {"agree": CONFORMS, "differ": DOES_NOT, "incomplete": UNCHECKED}

WORKBOOK = ".xlsx"
"""The report that holds every row, whatever ``--rows`` says."""


@click.command(cls=Command)
@click.argument(
    "tables", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--names", help="What to call the tables, with commas between; else by their files.")
@click.option("--kind", type=click.Choice(KINDS), help="Told from the columns where not given.")
@click.option(
    "--balance",
    "balances",
    multiple=True,
    metavar="SECTOR=VALUE",
    help="Such as cement=0.86; taken for all tables instead of their own.",
)
@click.option(
    "--previous",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The previous year's allocation table, from which pre-allocations follow (I-2).",
)
@click.option("--unit", type=click.Choice(["t", "10kt"]), help="10kt confirms columns in 万t.")
@click.option("--rows", default="20", show_default=True, help="Rows a list: a number or all.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="out.json, .html, .md or .xlsx; any number of times.",
)
@max_bytes_option
@reading_option
@language_option
def compare(
    tables: tuple[Path, ...],
    *,
    names: str | None,
    kind: str | None,
    balances: tuple[str, ...],
    previous: Path | None,
    unit: str | None,
    rows: str,
    reports: tuple[Path, ...],
    max_bytes: int,
    readings: dict[str, str],
    language: str,
) -> int:
    """Compare 2 to 8 TABLEs for the same units: who differs from whom, by how many tonnes, and why.

    Exit code 0 where all tables and the reference agree on every allowance, 1 where an amount is in
    dispute, 2 where none is but some units could not be compared.
    """
    spoken = as_language(language)
    shown = read_rows(rows)
    require_writable(reports, report.COMPARISON_SUFFIXES)
    require_apart(reports, [*tables, *([previous] if previous else [])])
    try:
        options = Options(
            kind=Kind(kind) if kind else None,
            balance=read_pairs(balances, "--balance"),
            unit=unit,
            readings=readings,
        )
    except OptionError as error:
        raise click.UsageError(text(f"problem.{error.code}", spoken, **error.values)) from None
    try:
        with StageBar(spoken) as bar:
            comparison = compare_files(
                tables,
                names=re.split("[,，]", names) if names is not None else None,
                options=options,
                previous=previous,
                limits=Limits(bytes=max_bytes),
                progress=bar,
            )
    except UnreadableTableError as error:
        print_problems(error.source, error.problems, spoken)
        return UNCHECKED
    except ComparisonError as error:
        says = text(f"comparison.problem.{error.code}", spoken, **error.values)
        raise click.UsageError(f"{error.code}: {says}") from None
    _report(comparison, shown, reports, language)
    return CODES[comparison.verdict]


def _report(
    comparison: Comparison, rows: int | None, reports: tuple[Path, ...], language: str
) -> None:
    spoken = as_language(language)
    document = comparison.report(rows)
    console = Terminal()
    print_comparison(console, document, spoken)
    for target in reports:
        whole = target.suffix.lower() == WORKBOOK and rows is not None
        with beside(target) as partial:
            report.write(comparison.report(None) if whole else document, partial, spoken)
        console.print(text("cli.report_written", spoken, file=target))
