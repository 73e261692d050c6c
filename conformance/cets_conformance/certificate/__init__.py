"""Certificates: what an exam proved of a system, signed so that anyone can verify it offline.

A certificate is a JWS in compact form (RFC 7515, Ed25519 after RFC 8037 and RFC 9864) over the
JSON of schema ``certificate``. The functions are pure: keys, lists and days are given to them.
"""

from __future__ import annotations

from cets_conformance.certificate.badge import badge
from cets_conformance.certificate.issuing import build_certificate, build_revocations
from cets_conformance.certificate.keys import Signer
from cets_conformance.certificate.signed import CertificateError, read_keys, read_unverified
from cets_conformance.certificate.staleness import (
    Change,
    clause_hashes,
    find_changes,
    fingerprint,
)
from cets_conformance.certificate.verifying import STATES, Verification, verify

__all__ = [
    "STATES",
    "CertificateError",
    "Change",
    "Signer",
    "Verification",
    "badge",
    "build_certificate",
    "build_revocations",
    "clause_hashes",
    "find_changes",
    "fingerprint",
    "read_keys",
    "read_unverified",
    "verify",
]
