"""``cets serve``, ``cets worker`` and ``cets db``: the web service, where it is installed."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from cets_conformance.cli.commands import Command, Group
from cets_conformance.cli.common import spoken_language
from cets_conformance.messages import Language, text

__all__ = ["ServiceGroup", "db", "read_config", "serve", "service_package", "worker"]


class _Operated:
    """A command that needs what the operator provides; where that fails it is no defect of ours."""

    def invoke(self, context: click.Context) -> Any:
        """Run it; say what cannot be used, and where to look."""
        try:
            return super().invoke(context)  # type: ignore[misc]
        except Exception as error:
            told = _what_fails(error, spoken_language())
            if told is None:
                raise
            raise click.ClickException(told) from None


class ServiceCommand(_Operated, Command):
    """One such command."""


class ServiceGroup(_Operated, Group):
    """Such commands."""


def _what_fails(error: Exception, language: Language) -> str | None:
    """Say which database, folder or port cannot be used, or what is not installed; None where it
    is something else.
    """
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("cets_"):
        return text("cli.service_missing", language, module=error.name)
    database = sys.modules.get("sqlalchemy.exc")
    if database and isinstance(error, database.OperationalError):
        found = str(error.orig).partition("\n")[0].rstrip(".")
        return text("cli.database_unusable", language, found=found)
    if isinstance(error, OSError) and error.filename is not None:
        found = error.strerror or ""
        return text("cli.folder_unusable", language, file=error.filename, found=found)
    unusable = sys.modules.get("cets_service.config")
    if unusable and isinstance(error, unusable.UnusableError):
        return text(f"cli.{error.code}", language, **error.values)
    return None


def service_package() -> ModuleType:
    """Import the service; what it needs comes with an extra of its own."""
    return import_module("cets_service")


def read_config() -> Any:
    """Read the service's settings from the environment; usage error where one cannot be taken."""
    try:
        return service_package().Config.from_environment()
    except ValueError as error:
        raise click.UsageError(text("usage.setting", spoken_language(), says=error)) from None


@click.command(cls=ServiceCommand)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on.",
)
def serve(*, port: int) -> None:
    """Serve the page and the API, with a worker; every other setting is CETS_HOST and the like."""
    service, config = service_package(), read_config()
    click.echo(f"http://{config.netloc_host}:{port}", err=True)
    service.serve(port, config)


@click.command(cls=ServiceCommand)
def worker() -> None:
    """Do the jobs of the service: one more worker, on this or another machine."""
    service_package().work(read_config())


@click.group(cls=ServiceGroup)
def db() -> None:
    """Look after the service's database."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the current schema; an up-to-date one is left as it is."""
    service_package().upgrade(read_config())
