"""``keys`` and ``revocations``: what anybody needs to verify a certificate offline."""

from __future__ import annotations

from flask import Flask, Response

from cets_service.access import public
from cets_service.api.v1.blueprint import (
    Described,
    answer,
    api,
    described,
    known_parameters,
    record_schema,
)
from cets_service.services import current

__all__ = ["WELL_KNOWN", "install", "show_keys", "show_revocations"]

WELL_KNOWN = "/.well-known/jwks.json"
"""Where programs look for keys (RFC 8615); the same document as under ``keys``."""

_JWKS = "application/jwk-set+json"
_MINUTES = "public, max-age=300"


@api.get("/keys")
@public()
@described(
    Described(
        "The public keys that certificates are verified with (JWK set)",
        "核验证书所用的公钥（JWK Set）",
        {200: "Every key there ever was; those revoked are told by the revocation list"},
        schema=record_schema({"keys": {"type": "array", "items": {"type": "object"}}}),
        media=(_JWKS,),
    )
)
def show_keys() -> Response:
    """Give the public keys."""
    known_parameters()
    headers = {"Cache-Control": _MINUTES, "Access-Control-Allow-Origin": "*"}
    return answer(current().keyring.public_keys(), headers=headers, media=_JWKS)


@api.get("/revocations")
@public()
@described(
    Described(
        "The signed list of revoked certificates and keys (JWS)",
        "已吊销证书及密钥的签名清单（JWS）",
        {200: "The list"},
        media=("application/jose",),
    )
)
def show_revocations() -> Response:
    """Give the revocation list."""
    known_parameters()
    response = Response(f"{current().certifying.revocations()}\n", content_type="application/jose")
    response.headers["Cache-Control"] = _MINUTES
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def install(app: Flask) -> None:
    """Publish the keys where programs look for them."""
    app.add_url_rule(WELL_KNOWN, "well_known_keys", show_keys)
