"""Certificates of the service: issued with the verdict, judged anew whenever they are looked at.

Whether one is stale is computed from the clauses and vectors of today, so nobody has to remember
to say so: a release that changes what a certificate rests on changes its state.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cets_conformance import certificate as certificates
from cets_conformance import json_text
from cets_conformance.certificate import Change, Verification
from cets_service.keyring import Keyring, read_reason
from cets_service.problems import Problem
from cets_service.store import Certificate, Exam, SigningKey, Store, Wanted

__all__ = ["Certifying", "Standing"]

ClauseHashes = Callable[[Sequence[str]], Mapping[str, str]]
"""From operations to what each clause is judged by: SHA-256 by clause."""

_BEIJING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate and how it stands now."""

    certificate: Certificate
    state: str
    """``valid``, ``stale`` or ``revoked``."""
    change: Change | None
    """What has changed since, and what to run again; where it is stale."""
    revoked_at: int | None
    reason: str | None


class Certifying:
    """Issues, judges and revokes certificates. ``hashes`` are those of today's clauses."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        address: str,
        hashes: ClauseHashes = certificates.clause_hashes,
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._address = address
        self.hashes = hashes
        self._examples: dict[str, Mapping[str, Any]] = {}
        """What one certificate of each fingerprint says; what it stands for never changes."""

    def issue(self, exam: Exam, report: Mapping[str, Any]) -> str:
        """Issue the certificate of a passed exam, in the caller's transaction; give its id."""
        system = exam.system
        content = certificates.build_certificate(
            report,
            system={
                "name": system.name,
                "version": system.version,
                "artefact_sha256": system.artefact.removeprefix("sha256:"),
            },
            issuer=self.issuer(),
            certificate_id=secrets.token_hex(11),
            issued_on=self._day(self._store.now()),
        )
        signer = self._keyring.held_signer()
        self._store.certificates.add(
            content, signer.sign(content), signer.kid, exam.id, exam.organisation_id
        )
        return str(content["certificate_id"])

    def issuer(self) -> str:
        """Give who issues: the operator by name, else the address of the service."""
        operator = self._store.organisations.find_kind("operator")
        return operator.name if operator else self._address or "cets-conformance"

    def judge(self, certificate: Certificate) -> Standing:
        """Tell how a certificate stands."""
        if certificate.revoked_at is not None:
            at, reason = certificate.revoked_at, certificate.reason
            return Standing(certificate, "revoked", None, at, reason)
        if certificate.key_revoked_at is not None:
            at, reason = certificate.key_revoked_at, certificate.key_reason
            return Standing(certificate, "revoked", None, at, reason)
        change = self._find_changes(certificate.content)
        return Standing(certificate, "stale" if change else "valid", change, None, None)

    def get(self, certificate_id: str) -> Standing:
        """Give a certificate and how it stands, or the problem that there is none."""
        found = self._store.certificates.get(certificate_id)
        if found is None:
            raise Problem("CERTIFICATE_UNKNOWN")
        return self.judge(found)

    def list_register(self, wanted: Wanted, *, offset: int, limit: int) -> list[Standing]:
        """Give a page of the certificates that are wanted :meth:`as_of_today`, newest first."""
        listed = self._store.certificates.list_some(wanted, offset=offset, limit=limit)
        return [self.judge(found) for found in listed]

    def walk_register(self, wanted: Wanted) -> Iterator[Standing]:
        """Give all that are wanted :meth:`as_of_today`, newest first, one after another."""
        return map(self.judge, self._store.certificates.walk(wanted))

    def as_of_today(self, wanted: Wanted) -> Wanted:
        """Add which fingerprints are stale; one certificate of each has to be looked at, once."""
        if not wanted.state:
            return wanted
        stale = []
        for known in self._store.certificates.list_fingerprints():
            if known not in self._examples:
                example = self._store.certificates.find_resting_on(known)
                if example is None:
                    continue
                self._examples[known] = example.content
            if self._find_changes(self._examples[known]):
                stale.append(known)
        return replace(wanted, stale=stale)

    def _find_changes(self, content: Mapping[str, Any]) -> Change | None:
        return certificates.find_changes(content, self.hashes(content["operations"]))

    def revoke(self, certificate_id: str, reason: str, actor: str) -> None:
        """Withdraw a certificate for ever."""
        reason = read_reason(reason)
        with self._store.writing():
            if not self._store.certificates.revoke(certificate_id, reason):
                raise Problem("ALREADY_REVOKED")
            revoked = f"certificate:{certificate_id}"
            self._store.record(actor, "certificate.revoke", revoked, reason=reason)

    def revocations(self) -> str:
        """Give the signed revocation list of today.

        Its number is that of the revocations so far, and one: nothing is ever taken from the list.
        """
        keys = [key for key in self._store.keys.list_all() if key.revoked_at is not None]
        revoked = self._store.certificates.list_revoked()
        content = certificates.build_revocations(
            issuer=self.issuer(),
            number=1 + len(keys) + len(revoked),
            issued_on=self._day(self._store.now()),
            keys=[self._key_entry(key) for key in sorted(keys, key=_revoked_at)],
            certificates=[
                {"certificate_id": item.id, **self._why(item.revoked_at, item.reason)}
                for item in revoked
            ],
        )
        return self._keyring.signer().sign(content)

    def verify(self, document: bytes) -> Verification:
        """Verify any certificate against the keys, revocations and clauses of this service.

        It is held against the vectors it was issued on: where they are others now, but nothing
        it depends on has changed, it is valid.
        """
        try:
            manifest = str(certificates.read_unverified(document)["manifest_sha256"])
            operations = certificates.read_unverified(document)["operations"]
        except certificates.CertificateError:
            manifest, operations = None, ()
        return certificates.verify(
            document,
            json_text.dumps(self._keyring.public_keys()).encode(),
            self.revocations().encode(),
            manifest=manifest,
            current=self.hashes(operations),
        )

    def _key_entry(self, key: SigningKey) -> dict[str, str]:
        return {"kid": key.kid, **self._why(key.revoked_at, key.reason)}

    def _why(self, at: int | None, reason: str | None) -> dict[str, str]:
        return {"revoked_on": self._day(at or 0).isoformat(), "reason": reason or "-"}

    def _day(self, at: int) -> date:
        """Give the day in Beijing."""
        return (datetime.fromtimestamp(at, UTC) + _BEIJING).date()


def _revoked_at(key: SigningKey) -> int:
    return key.revoked_at or 0
