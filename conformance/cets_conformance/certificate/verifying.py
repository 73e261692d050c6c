"""Verifying: whether a certificate holds now, by the published keys and the vectors at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cets_conformance.certificate.signed import CertificateError, open_signed, read_keys
from cets_conformance.certificate.staleness import Change, find_changes
from cets_conformance.messages import Language
from cets_conformance.vectors.files import manifest_sha256

__all__ = ["STATES", "Verification", "verify"]

STATES: Final = ("valid", "stale", "revoked", "refused", "not_checked")
"""``valid``: it holds. ``stale``: it held, and what it depends on has changed. ``revoked``: the
certificate or its key was. ``refused``: it is not what the issuer signed. ``not_checked``: what is
needed to tell was unreadable, or is of another time."""

_STATE_OF: Final = {
    "TAMPERED": "refused",
    "WRONG_KIND": "refused",
    "UNKNOWN_KEY": "refused",
    "NOT_OF_SCHEMA": "refused",
    "REVOKED_KEY": "revoked",
    "REVOKED_CERTIFICATE": "revoked",
    "STALE": "stale",
}


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of verifying a certificate."""

    state: str
    """One of :data:`STATES`."""
    problem: CertificateError | None = None
    """What does not hold; None where it is valid."""
    certificate: Mapping[str, Any] | None = None
    """What it says; None unless the signature is right and its key trusted."""
    change: Change | None = None
    """What has changed since, and what to run again; only where it is stale."""
    revocations: Mapping[str, Any] | None = None
    """The revocation list it was held against; None where none was given or can be trusted."""

    def as_json(self, language: Language = "en") -> dict[str, Any]:
        """Give state, code and text, what to run again, as of which revocation list."""
        listed = self.revocations
        return {
            "state": self.state,
            "code": self.problem.code if self.problem else None,
            "message": self.problem.text(language) if self.problem else None,
            "changed_clauses": list(self.change.clauses) if self.change else [],
            "run_again": list(self.change.operations) if self.change else [],
            "revocations": listed and {name: listed[name] for name in ("number", "issued_on")},
        }


def verify(
    certificate: bytes,
    keys: bytes,
    revocations: bytes | None = None,
    *,
    manifest: str | None = None,
    current: Mapping[str, str] | None = None,
) -> Verification:
    """Verify a certificate; whatever is wrong with what was given becomes a state, never a raise.

    ``keys`` is the published JWK set, ``revocations`` the signed list. ``manifest`` is the SHA-256
    of the manifest that the certificate is to be held against, ``current`` the hashes of its
    clauses; by default those of the vectors at hand.
    """
    said: dict[str, Any] | None = None
    revoked: dict[str, Any] | None = None
    change: Change | None = None
    try:
        known = read_keys(keys)
        if revocations is not None:
            revoked = _read_revocations(revocations, keys)
        kids = {item["kid"] for item in revoked["keys"]} if revoked else set()
        said = open_signed(certificate, "certificate", known, kids)
        _check_not_revoked(said, revoked)
        change = find_changes(said, current)
        if change:
            raise CertificateError(
                "STALE",
                clauses=" ".join(change.clauses),
                operations=" ".join(f"--operation {name}" for name in change.operations),
                level=said["level"],
            )
        held = manifest or manifest_sha256()
        if said["manifest_sha256"] != held:
            raise CertificateError("WRONG_MANIFEST", found=held, expected=said["manifest_sha256"])
    except CertificateError as problem:
        state = _STATE_OF.get(problem.code, "not_checked")
        return Verification(state, problem, said, change, revoked)
    return Verification("valid", None, said, None, revoked)


def _read_revocations(data: bytes, keys: bytes) -> dict[str, Any]:
    """Read a revocation list; it must be signed by a key that it does not itself revoke."""
    try:
        listed = open_signed(data, "revocations", read_keys(keys))
        kids = {item["kid"] for item in listed["keys"]}
        return open_signed(data, "revocations", read_keys(keys), kids)
    except CertificateError as problem:
        raise CertificateError("BAD_REVOCATIONS", why=problem.code) from None


def _check_not_revoked(said: Mapping[str, Any], revoked: Mapping[str, Any] | None) -> None:
    for item in revoked["certificates"] if revoked else ():
        if item["certificate_id"] == said["certificate_id"]:
            raise CertificateError(
                "REVOKED_CERTIFICATE",
                id=item["certificate_id"],
                day=item["revoked_on"],
                reason=item["reason"],
            )
