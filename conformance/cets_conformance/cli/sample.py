"""``cets sample``: synthetic national tables, right or with planted mistakes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from cets_conformance import json_text
from cets_conformance.cli.commands import Group
from cets_conformance.cli.common import (
    as_language,
    beside,
    language_option,
    reading_option,
    require_folders,
)
from cets_conformance.messages import text
from cets_conformance.tables.columns import KINDS, Kind
from cets_conformance.tables.sample import PLANTABLE, SampleError
from cets_conformance.tables.writing import write_sample

__all__ = ["sample"]


@click.group(cls=Group)
def sample() -> None:
    """Make synthetic tables."""


@sample.command("national")
@click.option(
    "--year", type=click.Choice(["2024", "2025"]), required=True, help="Year of the table."
)
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="allocation",
    show_default=True,
    help="Kind of table.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another seed makes another table."
)
@click.option("--mistake", type=click.Choice(PLANTABLE), help="Plant this mistake.")
@click.option("--rate", default="0", show_default=True, help="Share of rows to make wrong, 0..1.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="table.xlsx, .csv, .jsonl or .parquet",
)
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "gb18030"]),
    default="utf-8",
    help="Encoding of a CSV file.",
)
@click.option(
    "--planted",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was planted, as JSON.",
)
@reading_option
@language_option
def national_sample(
    *,
    year: str,
    kind: str,
    seed: int,
    mistake: str | None,
    rate: str,
    output: Path,
    encoding: str,
    planted: Path | None,
    readings: dict[str, str],
    language: str,
) -> None:
    """Write the synthetic national table of a year: real counts and totals, the rest made up."""
    spoken = as_language(language)
    require_folders(filter(None, (output, planted)))
    try:
        share = Fraction(rate)
    except (ValueError, ZeroDivisionError):
        says = text("usage.rate", spoken, rate=rate)
        raise click.BadParameter(says, param_hint="--rate") from None
    try:
        with beside(output) as partial:
            made = write_sample(
                partial,
                year=int(year),
                seed=seed,
                kind=Kind(kind),
                mistake=mistake,
                rate=share,
                readings=readings,
                language=spoken,
                encoding=encoding,
            )
    except SampleError as error:
        raise click.UsageError(error.text(spoken)) from None
    if planted is not None:
        rows = [
            {
                "row": item.row,
                "unit_id": item.unit_id,
                "field": item.field,
                "right": item.right,
                "planted": item.planted,
            }
            for item in made.planted
        ]
        with beside(planted) as partial:
            partial.write_text(json_text.dumps(rows, pretty=True), "utf-8")
    click.echo(
        text("sample.made", spoken, rows=len(made.rows), planted=len(made.planted), file=output),
        err=True,
    )
