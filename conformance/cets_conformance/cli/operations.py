"""``cets admin …`` for who runs the service: backup, restore, tidy, the audit log."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from cets_conformance.cli.service import read_config

__all__ = ["audit", "backup", "restore", "tidy"]

_OLD = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(path_type=Path)


def _upkeep() -> tuple[Any, Any]:
    """Give the service's upkeep and its settings."""
    return import_module("cets_service.upkeep"), read_config()


@click.command()
@click.argument("target", type=_NEW)
def backup(*, target: Path) -> None:
    """Save the database and all uploads to TARGET, a new file or an existing folder.

    The service may go on meanwhile; what is saved is the state of one moment.
    """
    upkeep, config = _upkeep()
    try:
        file, contents = upkeep.back_up(config, target)
    except upkeep.backup.BackupError as error:
        raise click.ClickException(str(error)) from None
    click.echo(file)
    _say(contents)


@click.command()
@click.argument("source", type=_OLD)
def restore(*, source: Path) -> None:
    """Restore the backup SOURCE into an empty database; stop the service before.

    It may have been made with the other kind of database, or by an earlier version.
    """
    upkeep, config = _upkeep()
    try:
        contents = upkeep.restore(config, source)
    except upkeep.backup.BackupError as error:
        raise click.ClickException(str(error)) from None
    _say(contents)


def _say(contents: Any) -> None:
    rows = sum(contents.rows.values())
    click.echo(f"{rows} rows of {len(contents.rows)} tables, {contents.uploads} uploads", err=True)
    click.echo(f"audit log ends at {contents.audit_head}", err=True)


@click.command()
def tidy() -> None:
    """Delete checks and uploads whose time is over; the running service does so by itself."""
    upkeep, config = _upkeep()
    checks, files = upkeep.tidy(config)
    click.echo(f"{checks} checks and {files} files deleted", err=True)


@click.group()
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
def verify(*, heads: tuple[str, ...], source: Path | None) -> None:
    """Verify the log and print its head; exit 1 where it does not hold, naming the rows."""
    upkeep, config = _upkeep()
    try:
        published = [upkeep.audit.Head.parse(head) for head in heads]
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    lines = None if source is None else source.read_text("utf-8").splitlines()
    try:
        head, breaks = upkeep.audit_verify(config, published, lines)
    except (TypeError, ValueError) as error:
        raise click.UsageError(f"{source} is no exported log: {error}") from None
    for found in breaks:
        until = f"-{found.until}" if found.until != found.sequence else ""
        click.echo(f"row {found.sequence}{until}: {found.kind}", err=True)
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
