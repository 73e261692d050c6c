"""``cets compute``: run or explain one operation on one input."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from cets_conformance import direct, json_text, refusals
from cets_conformance.cli.commands import Command
from cets_conformance.cli.common import (
    CONFORMS,
    DOES_NOT,
    as_language,
    language_option,
    reading_option,
)
from cets_conformance.messages import text

__all__ = ["compute"]


@click.command(cls=Command)
@click.argument("operation", type=click.Choice(direct.operation_names()))
@click.argument("source", type=click.File("rb"), default="-", metavar="[FILE|-]")
@click.option("--explain", is_flag=True, help="Say how each figure came about, with its clause.")
@reading_option
@language_option
def compute(
    operation: str, source: BinaryIO, *, explain: bool, readings: dict[str, str], language: str
) -> int:
    """Compute OPERATION on the JSON object in FILE and print the answer as JSON.

    Exit code 1 where the rules refuse the input (the answer is then {"error": …}), 2 where it is
    not JSON.
    """
    spoken = as_language(language)
    try:
        value = json_text.loads(source.read())
    except json_text.JsonTextError as error:
        says = text(f"problem.{error.code}", spoken, **error.values)
        raise click.ClickException(f"{error.code}: {says}") from None
    ask = direct.explain if explain else direct.answer
    answer = ask(operation, value, readings)
    refused = "error" in answer
    shown = answer if explain or refused else answer["output"]
    sys.stdout.buffer.write(json_text.dumps(shown, pretty=True).encode())
    if refused and spoken != "en":  # the answer itself says it in English, whoever reads it
        why = answer["error"]
        told = {**why, "path": why["path"] or "/", "says": refusals.says(why, spoken)}
        click.echo(text("cli.refused", spoken, **told), err=True)
    return DOES_NOT if refused else CONFORMS
