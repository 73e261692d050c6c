"""Keys: made, rotated, kept as a private JWK set, and published without their secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from cets_conformance import json_text, published
from cets_conformance.certificate.signed import ALGORITHM, TYPES, CertificateError

__all__ = ["Signer"]

_CURVE: Final = "Ed25519"


@dataclass(frozen=True, slots=True)
class Signer:
    """The issuer's keys, the newest last; a key's id is its thumbprint (RFC 7638).

    Rotation keeps the earlier keys: what they signed is still verified with their public halves.
    """

    keys: tuple[OKPKey, ...] = field(repr=False)
    """Private keys; never printed."""

    @classmethod
    def generate(cls) -> Signer:
        """Make a first key."""
        return cls((_new_key(),))

    def rotated(self) -> Signer:
        """Make a new key, with which everything is signed from now on."""
        return Signer((*self.keys, _new_key()))

    @property
    def kid(self) -> str:
        """Id of the key that signs now."""
        return _kid(self.keys[-1])

    def as_private_json(self) -> dict[str, Any]:
        """Give the private JWK set, for a place that only the issuer reads."""
        return {"keys": [_entry(key, private=True) for key in self.keys]}

    @classmethod
    def from_private_json(cls, value: Mapping[str, Any]) -> Signer:
        """Read what :meth:`as_private_json` gave; raises :class:`CertificateError`."""
        try:
            keys = tuple(OKPKey.import_key(dict(entry)) for entry in value["keys"])
        except (JoseError, KeyError, TypeError, ValueError):
            raise CertificateError("NOT_KEYS") from None
        if not keys or not all(key.is_private and key.curve_name == _CURVE for key in keys):
            raise CertificateError("NOT_KEYS")
        return cls(keys)

    def public_keys(self) -> dict[str, Any]:
        """Give the JWK set to publish: no secret is in it."""
        return {"keys": [_entry(key, private=False) for key in self.keys]}

    def sign(self, payload: Mapping[str, Any]) -> str:
        """Sign a certificate or a revocation list, told by its ``kind``, with the newest key.

        Raises ``ValueError`` on a payload that its schema refuses: nothing else is ever signed.
        """
        kind = str(payload.get("kind"))
        if kind not in TYPES:
            raise ValueError(f"nothing of kind {kind!r} is signed")
        if error := next(published.validator(kind).iter_errors(payload), None):
            raise ValueError(f"not signed: {error.json_path}: {error.message}")
        header = {"alg": ALGORITHM, "kid": self.kid, "typ": TYPES[kind]}
        body = json_text.dumps(payload).encode()
        return jws.serialize_compact(header, body, self.keys[-1], algorithms=[ALGORITHM])


def _new_key() -> OKPKey:
    """Make a key whose id no command takes for an option."""
    while True:
        key = OKPKey.generate_key(_CURVE, {"use": "sig", "alg": ALGORITHM}, private=True)
        if not _kid(key).startswith("-"):
            return key


def _kid(key: OKPKey) -> str:
    return key.thumbprint()


def _entry(key: OKPKey, *, private: bool) -> dict[str, Any]:
    return {**key.as_dict(private=private), "use": "sig", "alg": ALGORITHM, "kid": _kid(key)}
