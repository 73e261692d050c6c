"""``cets serve``, ``cets worker`` and ``cets db``: the web service, where it is installed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

import click

__all__ = ["db", "read_config", "serve", "service_package", "worker"]


def service_package() -> ModuleType:
    """Import the service; it comes with an extra of its own."""
    try:
        return import_module("cets_service")
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the web service is not installed ({error.name} is missing): "
            "pip install 'cets-conformance[service]'"
        ) from None


def read_config() -> Any:
    """Read the service's settings from the environment; usage error where one cannot be taken."""
    try:
        return service_package().Config.from_environment()
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def serve(*, port: int) -> None:
    """Serve the page and the API, with a worker; every other setting is CETS_HOST and the like."""
    service, config = service_package(), read_config()
    click.echo(f"http://{config.host}:{port}", err=True)
    service.serve(port, config)


@click.command()
def worker() -> None:
    """Do the jobs of the service: one more worker, on this or another machine."""
    config = read_config()
    try:
        service_package().work(config)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None


@click.group()
def db() -> None:
    """Look after the service's database."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the current schema; an up-to-date one is left as it is."""
    service_package().upgrade(read_config())
