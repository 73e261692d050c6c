"""Issuing: from the report of a passed exam to what its certificate says; and what is revoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cets_conformance import published
from cets_conformance.certificate.signed import CertificateError
from cets_conformance.certificate.staleness import clause_hashes
from cets_conformance.runner import OUTCOMES

__all__ = ["build_certificate", "build_revocations"]


def build_certificate(
    report: Mapping[str, Any],
    *,
    system: Mapping[str, str],
    issuer: str,
    certificate_id: str,
    issued_on: date,
) -> dict[str, Any]:
    """Give what the certificate of a graded exam says, schema ``certificate``, not yet signed.

    ``system`` has ``name``, ``version`` and ``artefact_sha256``. Raises :class:`CertificateError`:
    ``NOT_AN_EXAM`` where the report is of no exam, ``NOT_CONFORMING`` where its verdict is not
    ``conforms``, ``OTHER_SYSTEM`` where it is the report of another system or version.
    """
    if "exam" not in report or not published.validator("run-report").is_valid(report):
        raise CertificateError("NOT_AN_EXAM")
    if report["verdict"] != "conforms":
        raise CertificateError("NOT_CONFORMING", verdict=report["verdict"])
    examined = report["implementation"]
    for name in ("name", "version"):
        if examined.get(name) != system[name]:
            raise CertificateError(
                "OTHER_SYSTEM", found=str(examined.get(name)), expected=system[name]
            )
    exam = report["exam"]
    hashes = clause_hashes(report["operations"])
    return {
        "kind": "certificate",
        "certificate_id": certificate_id,
        "issuer": issuer,
        "issued_on": issued_on.isoformat(),
        "system": {name: system[name] for name in ("name", "version", "artefact_sha256")},
        "level": report["level"],
        "operations": list(report["operations"]),
        "readings": dict(report["readings"]),
        "ruleset": report["ruleset"],
        "manifest_sha256": exam["manifest_sha256"],
        "versions": dict(report["versions"]),
        "exam": {name: exam[name] for name in ("exam_id", "generator", "commitment")},
        "counts": dict(report["counts"]),
        "clauses": [
            {
                "clause": row["clause"],
                **{outcome: row[outcome] for outcome in OUTCOMES},
                "sha256": hashes[row["clause"]] if row["cases"] else None,
            }
            for row in report["ledger"]
        ],
    }


def build_revocations(
    *,
    issuer: str,
    number: int,
    issued_on: date,
    keys: Sequence[Mapping[str, str]] = (),
    certificates: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Give what a revocation list says, schema ``revocations``, not yet signed.

    Entries have ``kid`` or ``certificate_id``, ``revoked_on`` and ``reason``; a list is whole and
    takes the place of every list with a lower number.
    """
    return {
        "kind": "revocations",
        "issuer": issuer,
        "issued_on": issued_on.isoformat(),
        "number": number,
        "keys": [dict(item) for item in keys],
        "certificates": [dict(item) for item in certificates],
    }
