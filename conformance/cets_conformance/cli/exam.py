"""``cets exam``: draw an exam, answer it and check the answers' form, verify it offline."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cets_conformance import direct, json_text, runner
from cets_conformance import exam as exams
from cets_conformance.cli.commands import Group
from cets_conformance.cli.common import (
    CONFORMS,
    DOES_NOT,
    as_language,
    beside,
    language_option,
    reading_option,
    spoken_language,
)
from cets_conformance.cli.console import Terminal
from cets_conformance.cli.run import CODES, Bar
from cets_conformance.cli.run_terminal import print_run
from cets_conformance.messages import Language, text

__all__ = ["exam"]

EXAM, PROMPTS, SEED = "exam.json", "prompts.jsonl", "seed.txt"
"""Files of an exam's folder."""

ANSWERS, REPORT = "answers.jsonl", "report.json"
"""Files that are there too once a service has graded it."""

_folder = click.argument(
    "folder", metavar="EXAM", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=Group)
def exam() -> None:
    """Draw exams, check answers before they count, verify exams offline."""


@exam.command("new")
@click.option(
    "--level",
    type=click.Choice(list(runner.LEVELS)),
    default="full",
    show_default=True,
    help="Level to examine.",
)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    type=click.Choice(direct.operation_names()),
    help="Of the level only this operation; any number of times.",
)
@click.option("--seed", metavar="HEX", help="Seed of 64 hexadecimal digits; drawn where not given.")
@click.option("--id", "exam_id", metavar="ID", help="Id of the exam; made from the seed otherwise.")
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write exam.json, prompts.jsonl and seed.txt into.",
)
@reading_option
@language_option
def new_exam(
    *,
    level: str,
    operations: tuple[str, ...],
    seed: str | None,
    exam_id: str | None,
    folder: Path,
    readings: dict[str, str],
    language: str,
) -> int:
    """Draw an exam and write it: the public document, the questions, the seed to keep secret."""
    spoken = as_language(language)
    try:
        drawn = exams.seed_from_hex(seed) if seed else exams.draw_seed()
        name = exam_id or f"X-{exams.commit(drawn, 'id')[:16]}"
        made = exams.draw_exam(drawn, name, level, operations, readings)
    except exams.ExamError as error:
        raise _usage(error, spoken) from None
    except runner.SelectionError as error:
        says = text(f"run.problem.{error.code}", spoken, **error.values)
        raise click.UsageError(f"{error.code}: {says}") from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_new(folder / SEED, f"{drawn.hex()}\n".encode(), mode=0o600)
        _write_new(folder / EXAM, json_text.dumps(made.document, pretty=True).encode())
        _write_new(folder / PROMPTS, made.prompts)
    except OSError as error:
        says = text("usage.unwritten", spoken, file=error.filename, says=error.strerror)
        raise click.ClickException(says) from None
    count = made.document["prompts"]["count"]
    click.echo(text("exam.drawn", spoken, id=name, count=count, folder=folder))
    click.echo(text("exam.commitment", spoken, commitment=made.document["commitment"]))
    click.echo(text("exam.keep_seed", spoken, file=folder / SEED))
    return CONFORMS


def _write_new(target: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that must not be there yet: an exam is never written over another."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(target, flags, mode), "wb") as file:
        file.write(data)


@exam.command("answers")
@_folder
@click.argument("answers", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--adapter", metavar="CMD", help="Ask this command first and write its answers.")
@click.option("--url", metavar="URL", help="Ask this address first and write its answers.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.01, 3600),
    default=10.0,
    show_default=True,
    help="Seconds for one answer.",
)
@language_option
def check_answers(
    *,
    folder: Path,
    answers: Path,
    adapter: str | None,
    url: str | None,
    timeout: float,
    language: str,
) -> int:
    """Check the form of ANSWERS, everything at once, without grading; write them first if asked.

    Exit code 0 where the form is right, 1 where it is not, 2 where nothing could be checked.
    """
    spoken = as_language(language)
    try:
        prompts = exams.read_prompts(_read(folder / PROMPTS))
        if adapter or url:
            readings = _read_json(folder / EXAM, spoken)["readings"]
            _ask(answers, prompts, readings, adapter, url, timeout, spoken)
        operations = {name: operation for name, (operation, _) in prompts.items()}
        found = exams.check_answers(_read(answers), operations)
    except exams.ExamError as error:
        raise _usage(error, spoken) from None
    if not found.problems:
        click.echo(text("exam.form_right", spoken, file=answers, count=len(found.lines)))
        return CONFORMS
    click.echo(text("exam.form_wrong", spoken, file=answers, count=len(found.problems)))
    for problem in found.problems:
        place = text("exam.line", spoken, line=problem.line) if problem.line else "—"
        name = f"  {problem.id}" if problem.id else ""
        click.echo(f"  {place}{name}  {problem.code}\n    {problem.text(spoken)}")
    return DOES_NOT


def _ask(
    target: Path,
    prompts: Mapping[str, tuple[str, Mapping[str, Any]]],
    readings: Mapping[str, str],
    adapter: str | None,
    url: str | None,
    timeout: float,
    language: Language,
) -> None:
    if adapter and url:
        raise click.UsageError(text("usage.not_both", language))
    words = shlex.split(adapter or "", posix=os.name == "posix")
    connect = runner.by_http(url) if url else runner.by_command(words)
    with Bar(text("exam.asking", language)) as bar:
        try:
            data = exams.ask(connect, prompts, readings, timeout, bar)
        except runner.Trouble as error:
            says = text(f"run.problem.{error.code}", language, **error.values)
            raise click.UsageError(f"{error.code}: {says}") from None
    with beside(target) as partial:
        partial.write_bytes(data)
    click.echo(text("exam.answers_written", language, count=len(prompts), file=target))


@exam.command("verify")
@_folder
@click.option("--seed", metavar="HEX", help="The revealed seed; else seed.txt of the folder.")
@click.option(
    "--answers", type=_file, help="Answers to grade again; else answers.jsonl of the folder."
)
@click.option(
    "--report", type=_file, help="The published report; else report.json beside those answers."
)
@click.option(
    "--write", type=click.Path(dir_okay=False, path_type=Path), help="Write the report made again."
)
@click.option("--system", metavar="NAME", default="-", help="Name of the system in a new report.")
@click.option("--version", "release", metavar="V", help="Version of the system in a new report.")
@language_option
def verify_exam(
    *,
    folder: Path,
    seed: str | None,
    answers: Path | None,
    report: Path | None,
    write: Path | None,
    system: str,
    release: str | None,
    language: str,
) -> int:
    """Verify an exam offline: commitment, questions byte for byte, and the verdict.

    Answers are graded again; the exit code is that of the verdict. With a report it is 0 where the
    published report comes out the same, whatever its verdict, and 1 where not. Both are those of
    the folder, as a service gives it once the exam is graded, where --answers names no others.
    """
    spoken = as_language(language)
    if not answers:
        answers = _find(folder / ANSWERS)
        report = report or (answers and _find(folder / REPORT))
    if (report or write) and not answers:
        raise click.UsageError(text("usage.no_answers", spoken))
    try:
        secret = exams.seed_from_hex(seed or _read_seed(folder))
        made = exams.redraw(_read_json(folder / EXAM, spoken), secret)
        if _read(folder / PROMPTS) != made.prompts:
            raise exams.ExamError("PROMPTS", differs=True, file=PROMPTS)
        count = made.document["prompts"]["count"]
        click.echo(text("exam.genuine", spoken, id=made.document["exam_id"], count=count))
        if not answers:
            return CONFORMS
        if report:
            published = _read_json(report, spoken)
            again = exams.verify_report(made, _read(answers), secret, published)
        else:
            named = {"name": system} | ({"version": release} if release else {})
            again = exams.grade(made, _read(answers), named, secret)
    except exams.ExamError as error:
        if error.differs:
            click.echo(f"{error.code}: {error.text(spoken)}")
            return DOES_NOT
        raise _usage(error, spoken) from None
    print_run(Terminal(), again, spoken)
    if write:
        with beside(write) as partial:
            partial.write_text(json_text.dumps(again, pretty=True), "utf-8")
    if not report:
        return CODES[again["verdict"]]
    verdict = text(f"verdict.{again['verdict']}", spoken)
    click.echo(text("exam.same_report", spoken, verdict=verdict))
    return CONFORMS


def _usage(error: exams.ExamError, language: Language) -> click.ClickException:
    return click.ClickException(f"{error.code}: {error.text(language)}")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        says = text("usage.unread", spoken_language(), file=file, says=error.strerror)
        raise click.ClickException(says) from None


def _read_json(file: Path, language: Language) -> dict[str, Any]:
    try:
        value = json_text.loads(_read(file))
    except json_text.JsonTextError as error:
        says = text(f"problem.{error.code}", language, **error.values)
        raise exams.ExamError("NOT_JSON", file=file.name, says=says) from None
    return value if isinstance(value, dict) else {}


def _find(file: Path) -> Path | None:
    return file if file.is_file() else None


def _read_seed(folder: Path) -> str:
    try:
        return (folder / SEED).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise exams.ExamError("NO_SEED") from None
