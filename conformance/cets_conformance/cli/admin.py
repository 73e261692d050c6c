"""``cets admin``: the operator's own door to accounts and keys, where no page reaches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from cets_conformance.cli.common import as_language, language_option
from cets_conformance.cli.operations import audit, backup, restore, tidy
from cets_conformance.cli.service import ServiceGroup, read_config, service_package
from cets_conformance.messages import text

__all__ = ["admin"]

KINDS = ("vendor", "province")
ROLES = ("reader", "member", "admin")


@click.group(cls=ServiceGroup)
def admin() -> None:
    """Manage the service's accounts and keys, on the machine it runs on.

    Nothing is asked but access to its database. A link is printed once and opens once.
    """


@contextmanager
def _accounts(language: str) -> Iterator[Any]:
    """Open the database, brought up to date; what is refused is said in the language asked for."""
    service, config = service_package(), read_config()
    service.upgrade(config)
    accounts = service.Administration(config)
    try:
        yield accounts
    except service.Problem as problem:
        raise click.ClickException(problem.detail(as_language(language))) from None
    finally:
        accounts.close()


def _print_link(accounts: Any, link: str, language: str) -> None:
    """Print a link; where its address is assumed, say so beside it."""
    click.echo(link)
    if accounts.assumed_address is not None:
        told = {"address": accounts.assumed_address}
        click.echo(text("cli.link_assumed", as_language(language), **told), err=True)


@admin.command("create-operator")
@click.option("--name", required=True, help="Name of the organisation that runs the service.")
@click.option("--email", required=True, help="Address of its first administrator.")
@language_option
def create_operator(*, name: str, email: str, language: str) -> None:
    """Make the organisation that runs the service, and the link for its first administrator."""
    with _accounts(language) as accounts:
        _print_link(accounts, accounts.create_operator(name, email), language)


@admin.command("create-organisation")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="Kind of organisation.")
@click.option("--name", required=True, help="Name of the organisation.")
@click.option("--province", help="Code of GB/T 2260, two digits; for a province alone.")
@language_option
def create_organisation(*, kind: str, name: str, province: str | None, language: str) -> None:
    """Add a vendor or a province; prints its id."""
    with _accounts(language) as accounts:
        click.echo(accounts.create_organisation(kind, name, province))


@admin.command("invite")
@click.argument("email")
@click.option("--organisation", required=True, help="Id, as `cets admin list` shows it.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="admin",
    show_default=True,
    help="What the person may do.",
)
@language_option
def invite(*, email: str, organisation: str, role: str, language: str) -> None:
    """Make the one-time link by which a person joins an organisation."""
    with _accounts(language) as accounts:
        _print_link(accounts, accounts.invite(organisation, email, role), language)


@admin.command("reset-link")
@click.argument("email")
@language_option
def reset_link(*, email: str, language: str) -> None:
    """Make the one-time link by which a person sets a new password."""
    with _accounts(language) as accounts:
        _print_link(accounts, accounts.reset_link(email), language)


@admin.command("list")
@language_option
def list_accounts(*, language: str) -> None:
    """List organisations and their people: id or address, kind or role, name, closed."""
    with _accounts(language) as accounts:
        for line in accounts.list():
            click.echo("\t".join(line))


@admin.command("disable")
@click.argument("whom")
@language_option
def disable(*, whom: str, language: str) -> None:
    """Close the door to a person (address) or an organisation (id)."""
    with _accounts(language) as accounts:
        accounts.set_disabled(whom, disabled=True)


@admin.command("enable")
@click.argument("whom")
@language_option
def enable(*, whom: str, language: str) -> None:
    """Open the door again to a person (address) or an organisation (id)."""
    with _accounts(language) as accounts:
        accounts.set_disabled(whom, disabled=False)


@admin.group()
def keys() -> None:
    """Look after the keys that sign certificates.

    The first one makes itself when it is needed.
    """


@keys.command("list")
@language_option
def list_keys(*, language: str) -> None:
    """List the keys, newest first: id, state, day made, whether its secret is on this machine."""
    with _accounts(language) as administration:
        for line in administration.list_keys():
            click.echo("\t".join(line))


@keys.command("rotate")
@language_option
def rotate(*, language: str) -> None:
    """Sign with a new key from now on; what the earlier ones signed still holds. Prints its id."""
    with _accounts(language) as administration:
        click.echo(administration.rotate_key())


@keys.command("revoke")
@click.argument("kid")
@click.option("--reason", required=True, help="Why; it is published in the revocation list.")
@language_option
def revoke_key(*, kid: str, reason: str, language: str) -> None:
    """Withdraw all trust in a key, for ever, and in every certificate that it signed.

    Prints how many certificates that are. For a key that was lost or seen by others; to replace
    one that is merely old use `rotate`.
    """
    with _accounts(language) as administration:
        count = administration.revoke_key(kid, reason)
    click.echo(str(count))
    click.echo(text("certificate.revoked_with_key", as_language(language), count=count), err=True)


for command in (audit, backup, restore, tidy):
    admin.add_command(command)
