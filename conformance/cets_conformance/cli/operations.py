"""``cets admin …`` for who runs the service: backup, restore, tidy, the audit log."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from cets_conformance.cli.commands import Command, Group
from cets_conformance.cli.common import as_language, language_option
from cets_conformance.cli.service import read_config
from cets_conformance.messages import Language, text

__all__ = ["audit", "backup", "restore", "tidy"]

_OLD = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(path_type=Path)


def _upkeep() -> tuple[Any, Any]:
    """Give the service's upkeep and its settings."""
    return import_module("cets_service.upkeep"), read_config()


@click.command(cls=Command)
@click.argument("target", type=_NEW)
@language_option
def backup(*, target: Path, language: str) -> None:
    """Save the database and all uploads to TARGET, a new file or an existing folder.

    The service may go on meanwhile; what is saved is the state of one moment.
    """
    upkeep, config = _upkeep()
    file, contents = upkeep.back_up(config, target)
    click.echo(file)
    _say(contents, as_language(language))


@click.command(cls=Command)
@click.argument("source", type=_OLD)
@language_option
def restore(*, source: Path, language: str) -> None:
    """Restore the backup SOURCE into an empty database; stop the service before.

    It may have been made with the other kind of database, or by an earlier version.
    """
    upkeep, config = _upkeep()
    _say(upkeep.restore(config, source), as_language(language))


def _say(contents: Any, language: Language) -> None:
    rows, tables = sum(contents.rows.values()), len(contents.rows)
    held = text("backup.holds", language, rows=rows, tables=tables, uploads=contents.uploads)
    click.echo(held, err=True)
    click.echo(text("backup.audit_head", language, head=contents.audit_head), err=True)


@click.command(cls=Command)
@language_option
def tidy(*, language: str) -> None:
    """Delete checks and uploads whose time is over; the running service does so by itself."""
    upkeep, config = _upkeep()
    asked, files = upkeep.tidy(config)
    gone = text("tidy.deleted", as_language(language), asked=asked, files=files)
    click.echo(gone, err=True)


@click.group(cls=Group)
def audit() -> None:
    """Show that the audit log is what was written: every row holds the hash of the one before."""


@audit.command("verify")
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="SEQUENCE:HASH",
    help="A head noted earlier; without one, rows cut off at the end do not show.",
)
@click.option("--file", "source", type=_OLD, help="Verify an exported log instead of the database.")
@language_option
def verify(*, heads: tuple[str, ...], source: Path | None, language: str) -> None:
    """Verify the log and print its head; exit 1 where it does not hold, naming the rows."""
    spoken = as_language(language)
    upkeep, config = _upkeep()
    try:
        published = [upkeep.audit.Head.parse(head) for head in heads]
    except ValueError as error:
        raise click.UsageError(text("usage.head", spoken, says=error)) from None
    lines = None if source is None else source.read_text("utf-8").splitlines()
    try:
        head, breaks = upkeep.audit_verify(config, published, lines)
    except (TypeError, ValueError) as error:
        raise click.UsageError(text("usage.no_log", spoken, file=source, says=error)) from None
    for found in breaks:
        until = f"-{found.until}" if found.until != found.sequence else ""
        rows = f"{found.sequence}{until}"
        click.echo(text(f"audit.{found.kind}", spoken, rows=rows), err=True)
    click.echo(head)
    if breaks:
        raise click.exceptions.Exit(1)


@audit.command("export")
def export() -> None:
    """Print the log as lines of JSON, which ``verify --file`` reads."""
    upkeep, config = _upkeep()
    for line in upkeep.audit_export(config):
        click.echo(line)


@audit.command("head")
def head() -> None:
    """Print where the log ends; keep it outside, so that nothing can be cut off unseen."""
    upkeep, config = _upkeep()
    click.echo(upkeep.audit_head(config))
