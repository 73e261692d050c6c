"""``cets serve`` and ``cets db``: the web service, where it is installed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import click

__all__ = ["db", "serve"]


def _service() -> ModuleType:
    """Import the service; it comes with an extra of its own."""
    try:
        return import_module("cets_service")
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the web service is not installed ({error.name} is missing): "
            "pip install 'cets-conformance[service]'"
        ) from None


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def serve(*, port: int) -> None:
    """Serve the page and the API; the environment holds every other setting (CETS_HOST …)."""
    service = _service()
    try:
        config = service.Config.from_environment()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"http://{config.host}:{port}", err=True)
    service.serve(port, config)


@click.group()
def db() -> None:
    """Look after the service's database."""


@db.command("upgrade")
def upgrade() -> None:
    """Bring the database to the current schema; an up-to-date one is left as it is."""
    service = _service()
    service.upgrade(service.Config.from_environment())
