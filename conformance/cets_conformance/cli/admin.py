"""``cets admin``: what the operator of the service does on its machine."""

from __future__ import annotations

import click

from cets_conformance.cli.operations import audit, backup, restore, tidy

__all__ = ["admin"]


@click.group()
def admin() -> None:
    """Run the service: backup, restore, retention, audit log."""


for command in (audit, backup, restore, tidy):
    admin.add_command(command)
