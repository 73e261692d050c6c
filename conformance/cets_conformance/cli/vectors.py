"""``cets vectors``: list, show and hand out the golden vectors; make and verify their files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cets_conformance import direct, json_text
from cets_conformance.cli.commands import Group
from cets_conformance.cli.common import (
    CONFORMS,
    DOES_NOT,
    as_language,
    language_option,
    spoken_language,
)
from cets_conformance.messages import Language, text
from cets_conformance.vectors import Case, files, load

__all__ = ["vectors"]

_operation_option = click.option(
    "--operation", type=click.Choice(direct.operation_names()), help="Of this operation only."
)


@click.group(cls=Group)
def vectors() -> None:
    """List, show, hand out, make and verify the golden vectors."""


@vectors.command("list")
@_operation_option
@click.option("--clause", metavar="ID", help="Showing this clause only, such as A-4.")
@click.option("--mistake", metavar="ID", help="Exposing this mistake only, such as M-10.")
@language_option
def list_vectors(
    *, operation: str | None, clause: str | None, mistake: str | None, language: str
) -> None:
    """List cases with what they show and the mistakes they expose."""
    spoken = as_language(language)
    _check_known(clause, [item["id"] for item in direct.rules()["clauses"]], "--clause")
    _check_known(mistake, [item["id"] for item in files.load_mistakes()], "--mistake")
    found = [
        case
        for case in _load(operation)
        if (clause is None or clause.upper() in case.clauses)
        and (mistake is None or mistake.upper() in case.mistakes)
    ]
    table = Table(text("vectors.id", spoken), text("vectors.shows", spoken))
    table.add_column(text("vectors.clauses", spoken))
    table.add_column(text("vectors.mistakes", spoken))
    for case in found:
        table.add_row(
            case.id, case.description[language], " ".join(case.clauses), " ".join(case.mistakes)
        )
    console = Console()
    console.print(table)
    console.print(text("vectors.count", spoken, count=len(found)))


def _check_known(given: str | None, known: list[str], option: str) -> None:
    if given is not None and given.upper() not in known:
        ids = ", ".join(known)
        says = text("usage.unknown", spoken_language(), option=option, given=given, ids=ids)
        raise click.UsageError(says)


def _load(operation: str | None) -> list[Case]:
    """Load the cases; what is missing or damaged could not be checked."""
    try:
        return list(load(operation) if operation else load())
    except (FileNotFoundError, ValueError) as error:
        raise click.ClickException(text("usage.vectors", spoken_language(), says=error)) from None


@vectors.command("show")
@click.argument("case_id", metavar="ID")
def show_vector(case_id: str) -> None:
    """Show the case ID as JSON, with the explanation of its figures."""
    found = next((case for case in _load(None) if case.id == case_id), None)
    if found is None:
        raise click.UsageError(text("usage.no_case", spoken_language(), id=case_id))
    shown: dict[str, Any] = {
        "id": found.id,
        "description": dict(found.description),
        "clauses": list(found.clauses),
        "mistakes": list(found.mistakes),
        "input": found.input,
        "expected": found.expected,
    }
    if found.readings:
        shown["readings"] = list(found.readings)
    if "output" in found.expected:
        shown["explanation"] = direct.explain(found.operation, found.input)
    sys.stdout.buffer.write(json_text.dumps(shown, pretty=True).encode())


@vectors.command("prompts")
@click.option(
    "--as",
    "form",
    type=click.Choice(["lines", "table"]),
    default="lines",
    show_default=True,
    help="JSON lines, or the annex table with its amounts left empty.",
)
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, allow_dash=True),
    default="-",
    help="File to write; standard output where none is given. A table: .xlsx, .csv or .parquet.",
)
@_operation_option
@language_option
def write_prompts(*, form: str, target: str, operation: str | None, language: str) -> None:
    """Write the questions without answers, one JSON object {"id","operation","input"} a line.

    As a table they are rows of the annex tables: a workbook has a sheet of verified allocation and
    one of pre-allocation; other formats hold one of them, which --operation chooses. Fill in the
    empty amounts, leave the unit ids as they are, and give the file to `cets run --answers`.
    """
    if form == "table":
        _write_table(target, operation, as_language(language))
        return
    with click.open_file(target, "wb", atomic=target != "-") as file:
        for case in _load(operation):
            prompt = {"id": case.id, "operation": case.operation, "input": case.input}
            file.write(f"{json_text.dumps(prompt)}\n".encode())


def _write_table(target: str, operation: str | None, language: Language) -> None:
    # imported here: nothing else of this command needs the tables
    from cets_conformance.runner import annex
    from cets_conformance.tables.sample import SampleError

    if operation not in (None, *annex.SHOWN):
        first, second = annex.SHOWN
        says = text("usage.not_in_table", language, first=first, second=second)
        raise click.UsageError(says)
    if target == "-":
        raise click.UsageError(text("usage.table_file", language))
    try:
        chosen = {} if operation is None else {"operation": operation}
        count = annex.write_prompts(_load(operation), Path(target), language, **chosen)
    except SampleError as error:
        raise click.UsageError(error.text(language)) from None
    click.echo(text("vectors.rows_written", language, count=count, file=target))


@vectors.command("fill")
@language_option
def fill_vectors(*, language: str) -> None:
    """Compute every answer and write the files of the checkout; for those who keep the vectors."""
    spoken = as_language(language)
    try:
        folder = files.checkout_folder()
    except FileNotFoundError as error:
        raise click.ClickException(text("usage.checkout", spoken, says=error)) from None
    changed = files.write_files(folder)
    for path in changed:
        click.echo(text("vectors.written", spoken, path=path))
    click.echo(text("vectors.filled", spoken, count=len(changed)))


@vectors.command("verify")
@language_option
def verify_vectors(*, language: str) -> int:
    """Compute every answer again and compare; exit code 1 where a file differs."""
    spoken = as_language(language)
    broken = list(files.broken_files())
    for path, how in broken:
        click.echo(f"{path}: {text(f'vectors.{how}', spoken)}")
    if not broken:
        click.echo(text("vectors.verified", spoken, count=len(load())))
    return DOES_NOT if broken else CONFORMS
