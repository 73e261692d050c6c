"""``cets check``: check allocation tables and write reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    map_option,
    max_bytes_option,
    read_pairs,
    read_rows,
    reading_option,
    require_apart,
    require_writable,
    spoken_language,
)
from cets_conformance.cli.progress import StageBar
from cets_conformance.messages import Language, text
from cets_conformance.tables import (
    ClusterError,
    Limits,
    OptionError,
    Options,
    PreviousTableError,
    TableError,
    check_file,
)
from cets_conformance.tables.columns import KINDS, Kind

if TYPE_CHECKING:
    from cets_conformance.tables import Outcome

    Check = Callable[..., Outcome]

__all__ = ["check"]

ANNOTATED = ".xlsx"
"""Reports that hold every row of a finding, whatever ``--rows`` says."""


@click.command(cls=Command)
@click.argument(
    "tables", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--kind", type=click.Choice(KINDS), help="Told from the columns where not given.")
@click.option(
    "--balance", "balances", multiple=True, metavar="SECTOR=VALUE", help="Such as cement=0.86."
)
@click.option("--solve-balance", is_flag=True, help="Solve balance values from the table itself.")
@click.option("--national", is_flag=True, help="The table holds every unit of the country (T-23).")
@click.option(
    "--previous",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The previous year's allocation table (T-12, T-24, T-25, T-32).",
)
@click.option("--unit", type=click.Choice(["t", "10kt"]), help="10kt confirms columns in 万t.")
@click.option("--sheet", help="Sheet to read, where a workbook has several tables.")
@map_option
@click.option("--rows", default="20", show_default=True, help="Rows a finding: a number or all.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="out.json, .html, .md, .xlsx, .xml (JUnit) or .sarif; any number of times.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="dask: on a cluster, with the same findings.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Dask scheduler, such as tcp://host:8786; else a cluster is started here.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    help="Processes of a cluster started here; one a core where not given.",
)
@max_bytes_option
@click.option("--max-rows", type=int, default=Limits().rows, show_default=True, help="Most rows.")
@reading_option
@language_option
def check(
    tables: tuple[Path, ...],
    *,
    kind: str | None,
    balances: tuple[str, ...],
    solve_balance: bool,
    national: bool,
    previous: Path | None,
    unit: str | None,
    sheet: str | None,
    headers: dict[str, str],
    rows: str,
    reports: tuple[Path, ...],
    engine: str,
    scheduler: str | None,
    workers: int | None,
    max_bytes: int,
    max_rows: int,
    readings: dict[str, str],
    language: str,
) -> int:
    """Check allocation tables: who got how many tonnes too many or too few, and by which clause.

    With several TABLEs each is checked for itself and its name goes into the reports' names.
    """
    spoken = as_language(language)
    shown = read_rows(rows)
    targets = _report_targets(reports, tables)
    require_apart(chain(*targets.values()), [*tables, *([previous] if previous else [])])
    try:
        options = Options(
            kind=Kind(kind) if kind else None,
            balance=read_pairs(balances, "--balance"),
            solve_balance=solve_balance,
            national=national,
            unit=unit,
            sheet=sheet,
            readings=readings,
            headers=headers,
        )
    except OptionError as error:
        raise click.UsageError(text(f"problem.{error.code}", spoken, **error.values)) from None
    limits = Limits(bytes=max_bytes, rows=max_rows)
    try:
        with _engine(engine, scheduler, workers) as run:
            codes = [
                _check_one(run, table, options, previous, limits, targets[table], shown, spoken)
                for table in tables
            ]
    except ClusterError as error:
        says = text(f"cluster.{error.code}", spoken, **error.values)
        click.echo(f"{text('cli.cluster', spoken)}: {error.code}\n  {says}", err=True)
        return UNCHECKED
    return DOES_NOT if DOES_NOT in codes else max(codes)


@contextmanager
def _engine(engine: str, scheduler: str | None, workers: int | None) -> Iterator[Check]:
    """Give what checks a table; a cluster is there as long as it may be asked."""
    if engine == "local":
        if scheduler is not None or workers is not None:
            raise click.UsageError(text("usage.local_engine", spoken_language()))
        yield _check_here
        return
    if scheduler is not None and workers is not None:
        raise click.UsageError(text("usage.own_workers", spoken_language()))
    from cets_conformance.tables.distributed import check_file_on, connected

    with connected(scheduler, workers) as cluster:
        yield partial(check_file_on, cluster)


def _check_here(table: Path, *, rows: int | None, **given: Any) -> Outcome:  # noqa: ARG001
    """Check in this process, where all rows stay at hand."""
    return check_file(table, **given)


def _check_one(
    check: Check,
    table: Path,
    options: Options,
    previous: Path | None,
    limits: Limits,
    targets: list[Path],
    rows: int | None,
    language: Language,
) -> int:
    with ThreadPoolExecutor(1) as aside:
        printing = aside.submit(import_module, "cets_conformance.cli.terminal")  # meanwhile
        try:
            with StageBar(language) as bar:
                outcome = check(
                    table,
                    rows=None if any(map(_is_annotated, targets)) else rows,
                    options=options,
                    previous=previous,
                    limits=limits,
                    progress=bar,
                )
        except TableError as error:
            unread = previous if previous and isinstance(error, PreviousTableError) else table
            printing.result().print_problems(unread, error.problems, language)
            return UNCHECKED
        terminal = printing.result()
    shown = outcome.report(rows)
    terminal.print_report(shown, language)
    for target in targets:
        with StageBar(language) as bar:
            bar("report", 0, None)
            document = outcome.report(None) if _is_annotated(target) else shown
            mapped = outcome.options.mapped
            with beside(target) as half:  # so that a half report never stands there
                report.write(document, half, language, source=table, mapped=mapped, progress=bar)
        terminal.print_line(text("cli.report_written", language, file=target))
    codes = {"conforms": CONFORMS, "does_not_conform": DOES_NOT, "not_checked": UNCHECKED}
    return codes[shown["verdict"]]


def _is_annotated(target: Path) -> bool:
    return target.suffix.lower() == ANNOTATED


def _report_targets(reports: tuple[Path, ...], tables: tuple[Path, ...]) -> dict[Path, list[Path]]:
    """Name each table's reports; with several tables its name goes before the suffix."""
    require_writable(reports, report.SUFFIXES)
    if len(tables) == 1:
        return {tables[0]: list(reports)}
    stems = {table.stem for table in tables}
    if len(stems) < len(tables) and reports:
        raise click.UsageError(text("usage.one_name", spoken_language()))
    return {
        table: [
            target.with_name(f"{target.stem}.{table.stem}{target.suffix}") for target in reports
        ]
        for table in tables
    }
