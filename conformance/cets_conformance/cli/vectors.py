"""``cets vectors``: list, show and hand out the golden vectors; make and verify their files."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.table import Table

from cets_conformance import direct, json_text
from cets_conformance.cli.common import CONFORMS, DOES_NOT, as_language, language_option
from cets_conformance.messages import text
from cets_conformance.vectors import Case, files, load

__all__ = ["vectors"]

_operation_option = click.option(
    "--operation", type=click.Choice(direct.operation_names()), help="Of this operation only."
)


@click.group()
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
        raise click.UsageError(f"{option}: there is no {given!r}; there are {', '.join(known)}")


def _load(operation: str | None) -> list[Case]:
    """Load the cases; what is missing or damaged could not be checked."""
    try:
        return list(load(operation) if operation else load())
    except (FileNotFoundError, ValueError) as error:
        raise click.ClickException(str(error)) from None


@vectors.command("show")
@click.argument("case_id", metavar="ID")
def show_vector(case_id: str) -> None:
    """Show the case ID as JSON, with the explanation of its figures."""
    found = next((case for case in _load(None) if case.id == case_id), None)
    if found is None:
        raise click.UsageError(f"there is no case {case_id!r}; `cets vectors list` lists them")
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
    "-o",
    "--output",
    "target",
    type=click.File("wb", atomic=True),
    default="-",
    help="File to write; standard output where none is given.",
)
@_operation_option
def write_prompts(*, target: BinaryIO, operation: str | None) -> None:
    """Write the questions without answers, one JSON object {"id","operation","input"} a line."""
    for case in _load(operation):
        prompt = {"id": case.id, "operation": case.operation, "input": case.input}
        target.write(f"{json_text.dumps(prompt)}\n".encode())


@vectors.command("fill")
@language_option
def fill_vectors(*, language: str) -> None:
    """Compute every answer and write the files of the checkout; for those who keep the vectors."""
    spoken = as_language(language)
    try:
        folder = files.checkout_folder()
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from None
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
