"""The keys that sign certificates: their private halves on disk, everything else in the database.

A private half is a file of its own, mode 0600, in ``keys`` below the data folder. So it is in no
database, no dump of one and no backup, and needs no second secret to open it. Losing it loses
nothing that was signed: the public half stays in the database and a new key signs from then on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cets_conformance import json_text
from cets_conformance.certificate import Signer
from cets_service.private import make_folder, opener
from cets_service.problems import Problem, of_field
from cets_service.store import SigningKey, Store

__all__ = ["Keyring", "read_reason"]

LONGEST_REASON = 1000
"""Characters of a reason for revoking."""


class Keyring:
    """The issuer's keys. ``folder`` holds the private halves and is made where it is missing."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder

    def signer(self) -> Signer:
        """Give what signs now: the newest active key whose private half is here, or a new one.

        Several machines may each have a key of their own; none takes another's from it.
        """
        found = self._find()
        if found is not None:
            return found
        with self._store.writing():
            return self._find() or self._make("service")

    def held_signer(self) -> Signer:
        """Give what signs, for the transaction that is open: until it ends nobody retires or
        revokes the key, so nothing is issued on one that is trusted no more.
        """
        signer = self.signer()
        while not self._store.keys.hold(signer.kid):
            signer = self.signer()
        return signer

    def rotate(self, actor: str) -> str:
        """Retire every key and make a new one; give its id. What was signed still holds."""
        with self._store.writing():
            self._store.keys.retire_all()
            return self._make(actor).kid

    def revoke(self, kid: str, reason: str, actor: str) -> int:
        """Withdraw all trust in a key, for ever; give how many certificates it takes with it.

        Its private half is removed from this machine once the rest is written.
        """
        reason = read_reason(reason)
        with self._store.writing():
            if self._store.keys.get(kid) is None:
                raise Problem("KEY_UNKNOWN", found=kid[:80])
            if not self._store.keys.revoke(kid, reason):
                raise Problem("ALREADY_REVOKED")
            signed = self._store.certificates.count_signed(kid)
            self._store.record(actor, "key.revoke", f"key:{kid}", reason=reason)
        self._place(kid).unlink(missing_ok=True)
        return signed

    def list(self) -> list[tuple[SigningKey, bool]]:
        """Give all keys, newest first, each with whether its private half is on this machine."""
        return [(key, self._place(key.kid).exists()) for key in self._store.keys.list_all()]

    def public_keys(self) -> dict[str, Any]:
        """Give the JWK set to publish: every key there ever was, so that old signatures can be
        verified; which of them are revoked the revocation list says.
        """
        self.signer()
        return {"keys": [key.public for key in self._store.keys.list_all()]}

    def _find(self) -> Signer | None:
        for key in self._store.keys.list_all():
            if key.state != "active":
                continue
            try:
                secret = json_text.loads(self._place(key.kid).read_bytes())
            except FileNotFoundError:  # another machine's, lost, or revoked just now
                continue
            return Signer.from_private_json({"keys": [secret]})
        return None

    def _make(self, actor: str) -> Signer:
        made = Signer.generate()
        (secret,) = made.as_private_json()["keys"]
        (public,) = made.public_keys()["keys"]
        self._write(made.kid, json_text.dumps(secret))
        with self._store.writing():
            self._store.keys.add(made.kid, public)
            self._store.record(actor, "key.make", f"key:{made.kid}")
        return made

    def _write(self, kid: str, content: str) -> None:
        """Write a private half for its owner alone; on disk before anything is signed with it."""
        make_folder(self._folder)
        with open(self._place(kid), "x", encoding="utf-8", opener=opener) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _place(self, kid: str) -> Path:
        return self._folder / f"{kid}.json"


def read_reason(given: str) -> str:
    """Read why something is revoked: one paragraph that everybody will see."""
    reason = " ".join(given.split())
    if not 1 <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise of_field("reason", given, "reason", most=LONGEST_REASON)
    return reason
