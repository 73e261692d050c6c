"""``cets rules``: the rule set, its clauses, figures and readings."""

from __future__ import annotations

import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cets_conformance import direct, json_text
from cets_conformance.cli.commands import Group
from cets_conformance.cli.common import as_language, language_option
from cets_conformance.messages import text
from cets_conformance.traceability import traceability

__all__ = ["rules"]


@click.group(cls=Group)
def rules() -> None:
    """List, show and export the rules."""


@rules.command("list")
@language_option
def list_rules(*, language: str) -> None:
    """List clauses with their basis, then the readings."""
    spoken = as_language(language)
    known = direct.rules()
    table = Table(text("rules.clause", spoken), text("rules.title", spoken))
    table.add_column(text("rules.basis", spoken))
    for clause in known["clauses"]:
        table.add_row(clause["id"], clause["title"][language], _basis(clause, spoken))
    readings = Table(text("rules.reading", spoken), text("rules.question", spoken))
    readings.add_column(text("rules.choices", spoken))
    for reading in known["readings"]:
        choices = f"[bold]{reading['choices'][0]}[/bold] | " + " | ".join(reading["choices"][1:])
        readings.add_row(reading["id"], reading["question"][language], choices)
    console = Console()
    console.print(f"{text('rules.ruleset', spoken)} {known['ruleset']}")
    console.print(table)
    console.print(readings)


@rules.command("show")
@click.argument("clause")
@language_option
def show_rule(clause: str, *, language: str) -> None:
    """Show CLAUSE (such as A-4): text, basis, sources, figures, readings, who uses it."""
    spoken = as_language(language)
    known = direct.rules()
    found = next((item for item in known["clauses"] if item["id"] == clause.upper()), None)
    if found is None:
        ids = ", ".join(item["id"] for item in known["clauses"])
        raise click.UsageError(text("usage.no_clause", spoken, clause=clause, ids=ids))
    titles = {source["id"]: source["title"][language] for source in known["sources"]}
    console = Console()
    console.print(f"[bold]{found['id']}  {found['title'][language]}[/bold]")
    console.print(found["text"][language])
    facts = [
        (text("rules.basis", spoken), _basis(found, spoken)),
        (text("rules.basis_note", spoken), found["basis_note"][language]),
        *((text("rules.source", spoken), f"{s}  {titles[s]}") for s in found["sources"]),
        *(
            (text("rules.parameter", spoken), _figure(parameter, language))
            for parameter in known["parameters"]
            if parameter["clause"] == found["id"]
        ),
        *(
            (text("rules.reading", spoken), _question(reading, language))
            for reading in known["readings"]
            if found["id"] in reading["clauses"]
        ),
        *(
            (text(f"rules.{kind}", spoken), " ".join(names))
            for kind, names in traceability()[found["id"]].items()
        ),
    ]
    table = Table(show_header=False, box=None)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, fact in facts:
        if fact:
            table.add_row(label, fact)
    console.print(table)


@rules.command("export")
def export_rules() -> None:
    """Print the whole rule set as JSON."""
    sys.stdout.buffer.write(json_text.dumps(direct.rules(), pretty=True).encode())


def _basis(clause: dict[str, Any], language: Any) -> str:
    return text(f"basis.{clause['basis']}", language)


def _listed(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _question(reading: dict[str, Any], language: str) -> str:
    choices = ", ".join(reading["choices"])
    return f"{reading['id']}: {reading['question'][language]} ({choices})"


def _figure(parameter: dict[str, Any], language: str) -> str:
    value = parameter["value"]
    if isinstance(value, dict):
        value = [f"{key}: {_listed(item)}" for key, item in value.items()]
    shown = _listed(value)
    return f"{parameter['title'][language]} = {shown} ({parameter['unit']})"
