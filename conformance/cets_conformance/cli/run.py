"""``cets run``: put the vectors to a system and say where it departs from the rules."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cets_conformance import direct, report, runner, tables
from cets_conformance.cli.commands import Command
from cets_conformance.cli.common import (
    CONFORMS,
    DOES_NOT,
    UNCHECKED,
    as_language,
    beside,
    language_option,
    map_option,
    reading_option,
    require_writable,
    spoken_language,
)
from cets_conformance.cli.console import Terminal
from cets_conformance.cli.run_terminal import print_run
from cets_conformance.cli.terminal import print_problems
from cets_conformance.messages import text
from cets_conformance.runner import annex

__all__ = ["CODES", "Bar", "run"]

CODES = {"conforms": CONFORMS, "does_not_conform": DOES_NOT, "not_checked": UNCHECKED}


@click.command(cls=Command)
@click.option("--adapter", metavar="CMD", help="Command that speaks the protocol over stdio.")
@click.option("--url", metavar="URL", help="Address that takes POST URL/start and URL/run.")
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Answers given beforehand: JSON lines, or a filled table (.xlsx, .csv, .parquet).",
)
@map_option
@click.option(
    "--level",
    type=click.Choice([*runner.LEVELS, runner.TABLE_LEVEL]),
    help="full where not given; with a table of answers what the table can ask.",
)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    type=click.Choice(direct.operation_names()),
    help="Of the level only this operation; any number of times.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="out.json, .html, .md, .xml (JUnit) or .sarif; any number of times.",
)
@click.option(
    "--skip",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Cases known to fail, each with its reason: lines `id: reason`, or TOML.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Copies of the system that answer side by side.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.01, 3600),
    default=10.0,
    show_default=True,
    help="Seconds for one answer.",
)
@click.option(
    "--shrink",
    type=click.FloatRange(0, 3600),
    default=runner.SHRINK_SECONDS,
    show_default=True,
    help="Seconds to look for the smallest input that shows a wrong answer; 0 does not look.",
)
@reading_option
@language_option
def run(
    *,
    adapter: str | None,
    url: str | None,
    answers: Path | None,
    headers: dict[str, str],
    level: str | None,
    operations: tuple[str, ...],
    reports: tuple[Path, ...],
    skip: Path | None,
    jobs: int,
    timeout: float,
    shrink: float,
    readings: dict[str, str],
    language: str,
) -> int:
    """Put the vectors to a system: by --adapter, --url or --answers.

    Exit code 0 where every selected case ran and passed, 1 where an answer is wrong, 2 where
    nothing is wrong but a case ended in an error, was skipped or not run.
    """
    spoken = as_language(language)
    if sum(item is not None for item in (adapter, url, answers)) != 1:
        raise click.UsageError(text("usage.one_system", spoken))
    require_writable(reports, report.RUN_SUFFIXES)
    by_table = answers is not None and answers.suffix.lower() in runner.TABLE_SUFFIXES
    level = level or (runner.TABLE_LEVEL if by_table else "full")
    if not by_table and (headers or level == runner.TABLE_LEVEL):
        raise click.UsageError(text("usage.no_table", spoken))
    smallest = None
    with Bar(text("run.started", spoken)) as bar:
        try:
            plan = _plan(level, operations, skip, jobs, timeout, readings, bar)
            connect = None
            if answers:
                outcome = _judge(plan, answers, headers, by_table=by_table)
            else:
                connect = runner.by_http(url) if url else runner.by_command(_words(adapter))
                outcome = runner.run(connect, plan)
            diagnosis = runner.diagnose_run(outcome)
            outcome = runner.blame_run(outcome, diagnosis)
            if connect:
                smallest = runner.shrink(connect, outcome, seconds=shrink, timeout=timeout)
        except (runner.SelectionError, runner.Trouble) as error:
            says = text(f"run.problem.{error.code}", spoken, **error.values)
            raise click.UsageError(f"{error.code}: {says}") from None
        except tables.TableError as error:
            unread = answers or Path()
            print_problems(unread, error.problems, spoken)
            return UNCHECKED
    document = outcome.report(
        diagnosis,
        runner.fingerprint_run(outcome),
        smallest.as_json() if smallest else None,
    )
    console = Terminal()
    print_run(console, document, spoken)
    for target in reports:
        with beside(target) as partial:
            report.write(document, partial, spoken)
        console.print(text("cli.report_written", spoken, file=target))
    return CODES[outcome.verdict]


def _plan(
    level: str,
    operations: tuple[str, ...],
    skip: Path | None,
    jobs: int,
    timeout: float,
    readings: dict[str, str],
    bar: Bar,
) -> runner.Plan:
    # imported here: every other command of `cets` starts without the vectors
    from cets_conformance import vectors

    cases = vectors.load()
    selected = runner.select_operations(level, operations)
    if not any(case.operation in selected for case in cases):
        raise runner.SelectionError("NO_CASES")
    skips: dict[str, str] = {}
    if skip:
        try:
            skips = runner.read_skips(skip.read_text("utf-8"), {case.id for case in cases})
        except (OSError, UnicodeDecodeError) as error:
            says = text("usage.unread", spoken_language(), file=skip, says=error)
            raise click.UsageError(says) from None
    only = {case.id for case in cases if annex.as_row(case)}
    return runner.Plan(
        cases=cases,
        level=level,
        only=only if level == runner.TABLE_LEVEL else None,
        operations=selected,
        readings=readings,
        skips=skips,
        timeout=timeout,
        jobs=jobs,
        progress=bar,
    )


def _judge(
    plan: runner.Plan, answers: Path, headers: dict[str, str], *, by_table: bool
) -> runner.Run:
    if by_table:
        try:
            mapped = tables.Options(headers=headers).mapped
        except tables.OptionError as error:
            says = text(f"problem.{error.code}", spoken_language(), **error.values)
            raise click.BadParameter(says, param_hint="--map") from None
        given = annex.by_table(answers, plan.cases, mapped)
        return runner.judge_answers(given, answers.name, plan)
    known = {case.id for case in plan.cases}
    return runner.judge_answers(runner.by_answers(answers, known), answers.name, plan)


def _words(adapter: str | None) -> list[str]:
    try:
        words = shlex.split(adapter or "", posix=os.name == "posix")
    except ValueError as error:
        says = text("usage.adapter", spoken_language(), says=error)
        raise click.UsageError(says) from None
    if not words:
        raise click.UsageError(text("usage.no_adapter", spoken_language()))
    return words


class Bar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self, label: str) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._progress.add_task(label, total=None)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, done: int, total: int) -> None:
        """Show how many of how many are done."""
        self._progress.update(self._task, completed=done, total=total)
