"""Signed documents: opened with the published keys, each way to fail under a code of its own."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from cets_conformance import json_text, published
from cets_conformance.messages import Language, text

__all__ = ["ALGORITHM", "TYPES", "CertificateError", "open_signed", "read_keys", "read_unverified"]

ALGORITHM: Final = "Ed25519"
TYPES: Final = {
    "certificate": "cets-certificate+jws",
    "revocations": "cets-revocations+jws",
}
"""Header ``typ`` by kind: a revocation list is no certificate, whatever signed it."""

_LARGEST = 1024 * 1024


class CertificateError(ValueError):
    """A signed document that does not hold; the text is ``certificate.problem.<code>``."""

    def __init__(self, code: str, /, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(self.text("en"))

    def text(self, language: Language) -> str:
        """Say what does not hold and what to do."""
        return text(f"certificate.problem.{self.code}", language, **self.values)


@dataclass(frozen=True, slots=True)
class _Parts:
    header: Mapping[str, Any]
    payload: bytes
    compact: str


def read_keys(data: bytes) -> dict[str, OKPKey]:
    """Read published keys, a JWK set, by id; raises :class:`CertificateError`.

    Keys of other kinds are passed over; one that does not bear its own thumbprint is refused, and
    so is a file that holds a secret.
    """
    try:
        entries = json_text.loads(data)["keys"]
        ours = [dict(item) for item in entries if item.get("crv") == ALGORITHM]
        keys = [OKPKey.import_key(item) for item in ours]
    except (json_text.JsonTextError, JoseError, KeyError, TypeError, ValueError, AttributeError):
        raise CertificateError("NOT_KEYS") from None
    if any("d" in item for item in ours):
        raise CertificateError("SECRET_KEYS")
    found = {key.thumbprint(): key for key in keys}
    if not found or any(item.get("kid") not in found for item in ours):
        raise CertificateError("NOT_KEYS")
    return found


def read_unverified(data: bytes, kind: str = "certificate") -> dict[str, Any]:
    """Give what a signed document says, whoever signed it; raises :class:`CertificateError`."""
    return _read_payload(_part(data, kind).payload, kind)


def open_signed(
    data: bytes, kind: str, keys: Mapping[str, OKPKey], revoked: Collection[str] = ()
) -> dict[str, Any]:
    """Verify a signed document and give what it says; raises :class:`CertificateError`.

    ``revoked`` are ids of keys that are no longer trusted. Codes: ``NOT_A_CERTIFICATE``,
    ``TAMPERED``, ``WRONG_KIND``, ``UNKNOWN_KEY``, ``REVOKED_KEY``, ``NOT_OF_SCHEMA``.
    """
    parts = _part(data, kind)
    kid = parts.header.get("kid")
    if not isinstance(kid, str) or kid not in keys:
        raise CertificateError("UNKNOWN_KEY", kid=str(kid)[:80])
    try:
        opened = jws.deserialize_compact(parts.compact, keys[kid], algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        raise CertificateError("TAMPERED") from None
    if kid in revoked:
        raise CertificateError("REVOKED_KEY", kid=kid)
    return _read_payload(opened.payload, kind)


def _part(data: bytes, kind: str) -> _Parts:
    """Part a compact JWS, with one newline at its end at most.

    That a signature has one spelling only is the library's to see; a test tries every bit.
    """
    bare = data.removesuffix(b"\n").removesuffix(b"\r")
    pieces = bare.split(b".")
    if len(data) > _LARGEST or len(pieces) != 3:
        raise CertificateError("NOT_A_CERTIFICATE")
    try:
        header = json_text.loads(_decode(pieces[0]))
        payload = _decode(pieces[1])
        _decode(pieces[2])
    except (ValueError, binascii.Error):
        raise CertificateError("TAMPERED") from None
    if not isinstance(header, dict) or set(header) != {"alg", "kid", "typ"}:
        raise CertificateError("TAMPERED")
    for name, expected in (("typ", TYPES[kind]), ("alg", ALGORITHM)):
        if header[name] != expected:
            raise CertificateError("WRONG_KIND", found=str(header[name])[:80], expected=expected)
    return _Parts(header, payload, bare.decode("ascii"))


def _decode(piece: bytes) -> bytes:
    """Decode base64url without padding."""
    return base64.b64decode(piece + b"=" * (-len(piece) % 4), altchars=b"-_", validate=True)


def _read_payload(payload: bytes, kind: str) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json_text.loads(payload)
    except json_text.JsonTextError:
        raise CertificateError("NOT_OF_SCHEMA", path="/") from None
    if error := next(published.validator(kind).iter_errors(value), None):
        path = "".join(f"/{part}" for part in error.absolute_path)
        raise CertificateError("NOT_OF_SCHEMA", path=path or "/")
    return value
