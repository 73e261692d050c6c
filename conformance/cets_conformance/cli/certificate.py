"""``cets certificate``: verify a certificate offline, show what it says."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from cets_conformance import certificate as certificates
from cets_conformance import json_text
from cets_conformance.cli.commands import Group
from cets_conformance.cli.common import (
    CONFORMS,
    DOES_NOT,
    UNCHECKED,
    as_language,
    language_option,
)
from cets_conformance.cli.console import Terminal, visible
from cets_conformance.messages import Language, text
from cets_conformance.runner import name_level, name_operations

__all__ = ["certificate"]

CODES = {
    "valid": CONFORMS,
    "stale": DOES_NOT,
    "revoked": DOES_NOT,
    "refused": DOES_NOT,
    "not_checked": UNCHECKED,
}
COLOURS = {"valid": "green", "stale": "yellow", "not_checked": "yellow"}

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=Group)
def certificate() -> None:
    """Verify certificates offline and show what they say."""


@certificate.command("verify")
@click.argument("file", type=_file)
@click.option("--keys", required=True, type=_file, help="The issuer's published keys (JWK set).")
@click.option("--revocations", type=_file, help="The issuer's signed revocation list.")
@click.option("--manifest", type=_file, help="Manifest of the vectors it was issued on.")
@click.option("--json", "as_json", is_flag=True, help="Print state and code as JSON.")
@language_option
def verify_certificate(
    *,
    file: Path,
    keys: Path,
    revocations: Path | None,
    manifest: Path | None,
    as_json: bool,
    language: str,
) -> int:
    """Verify the certificate FILE with nothing but the published keys; no network is used.

    Exit code 0 where it is valid, 1 where it is stale, revoked or not what the issuer signed,
    2 where that could not be told.
    """
    spoken = as_language(language)
    found = certificates.verify(
        file.read_bytes(),
        keys.read_bytes(),
        revocations.read_bytes() if revocations else None,
        manifest=sha256(manifest.read_bytes()).hexdigest() if manifest else None,
    )
    if as_json:
        click.echo(json_text.dumps(found.as_json(spoken), pretty=True), nl=False)
        return CODES[found.state]
    console = Terminal()
    state = text(f"certificate.state.{found.state}", spoken)
    console.print(f"[bold {COLOURS.get(found.state, 'red')}]{state}[/]  {escape(file.name)}")
    if found.problem:
        says = found.problem.text(spoken)
        console.print(f"{found.problem.code}: {escape(says)}", soft_wrap=True)
    if found.certificate:
        _print(console, found.certificate, spoken)
    if found.revocations and found.state != "revoked":
        number, day = found.revocations["number"], found.revocations["issued_on"]
        says = text("certificate.revocations", spoken, number=number, day=day)
        console.print(escape(says), soft_wrap=True)
    if not revocations:
        console.print(text("certificate.no_revocations", spoken), soft_wrap=True)
    return CODES[found.state]


@certificate.command("show")
@click.argument("file", type=_file)
@click.option("--json", "as_json", is_flag=True, help="Print its JSON.")
@language_option
def show_certificate(*, file: Path, as_json: bool, language: str) -> int:
    """Show what the certificate FILE says, without verifying it."""
    spoken = as_language(language)
    try:
        said = certificates.read_unverified(file.read_bytes())
    except certificates.CertificateError as error:
        raise click.UsageError(visible(f"{error.code}: {error.text(spoken)}")) from None
    if as_json:
        click.echo(json_text.dumps(said, pretty=True), nl=False)
        return CONFORMS
    console = Terminal()
    console.print(f"[yellow]{text('certificate.unverified', spoken)}[/]", soft_wrap=True)
    _print(console, said, spoken)
    return CONFORMS


def _print(console: Console, said: Mapping[str, Any], language: Language) -> None:
    """Print what a certificate says; its words are foreign and stay text."""
    system, exam = said["system"], said["exam"]
    comma = text("report.comma", language)
    readings = comma.join(f"{name}={choice}" for name, choice in said["readings"].items())
    counts = "  ".join(
        f"{text(f'run.outcomes.{name}', language)} {count}"
        for name, count in said["counts"].items()
        if count
    )
    examined = [row["clause"] for row in said["clauses"] if row["sha256"]]
    untouched = [row["clause"] for row in said["clauses"] if not row["sha256"]]
    facts = (
        ("certificate.system", f"{system['name']} {system['version']}"),
        ("certificate.artefact", system["artefact_sha256"]),
        ("certificate.issuer", said["issuer"]),
        ("certificate.issued_on", said["issued_on"]),
        ("run.level", name_level(said["level"], said["operations"], language)),
        ("run.operations", comma.join(name_operations(said["operations"], language))),
        ("run.readings", readings or text("run.default", language)),
        ("run.ruleset", said["ruleset"]),
        ("certificate.cases", counts),
        ("certificate.exam", exam["exam_id"]),
        ("certificate.commitment", exam["commitment"]),
        ("certificate.manifest", said["manifest_sha256"]),
        ("certificate.clauses", " ".join(examined)),
        ("certificate.untouched", " ".join(untouched) or text("run.nothing", language)),
    )
    title = text("certificate.title", language, id=said["certificate_id"])
    console.print(f"[bold]{escape(title)}[/]")
    for key, value in facts:
        console.print(f"  {text(key, language)}: {escape(value)}", soft_wrap=True)
