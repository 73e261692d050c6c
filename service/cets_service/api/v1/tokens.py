"""``tokens``: what lets a program act for a person, within scopes, until it ends."""

from __future__ import annotations

from typing import Any

from flask import Response

from cets_service import accounts
from cets_service.access import actor, guarded, me
from cets_service.api.v1.blueprint import (
    ID,
    Described,
    answer,
    api,
    described,
    known_parameters,
    moment,
    record_schema,
)
from cets_service.problems import Problem
from cets_service.services import current
from cets_service.store import Person, Token
from cets_service.store.tokens import SCOPES

__all__ = ["known_token", "seen_tokens"]

_TOKEN = record_schema(
    {
        "id": ID,
        "name": {"type": "string"},
        "person": {"type": "string", "description": "E-mail address of whom it acts for"},
        "scopes": {"type": "array", "items": {"enum": list(SCOPES)}},
        "created_at": {"type": "string", "format": "date-time"},
        "expires_at": {"type": "string", "format": "date-time"},
        "used_at": {"type": ["string", "null"], "format": "date-time"},
    }
)


@api.get("/tokens")
@guarded("organisation:read")
@described(
    Described(
        "Own tokens; for an administrator those of the organisation. They are made on the page.",
        "本人的访问令牌；管理员可见本机构全部令牌。令牌须在页面上创建。",
        {200: "The tokens, without their secrets"},
        (401, 403),
        record_schema({"tokens": {"type": "array", "items": _TOKEN}}),
    )
)
def list_tokens() -> Response:
    """List the tokens that who asks may see."""
    known_parameters()
    return answer({"tokens": [_describe(token, person) for token, person in seen_tokens()]})


@api.delete("/tokens/<id:token_id>")
@guarded("organisation:write")
@described(
    Described(
        "End a token at once", "立即吊销令牌", {204: "It is ended"}, (401, 403, 404), media=()
    )
)
def revoke_token(token_id: str) -> Response:
    """End a token."""
    known_parameters()
    accounts.revoke_token(current().store, known_token(token_id), actor=actor())
    return Response(status=204)


def seen_tokens() -> list[tuple[Token, Person]]:
    """Give the tokens that who asks may see and end, with whom each acts for."""
    identity = me()
    return [
        (token, person)
        for token, person in current().store.tokens.list_of(identity.organisation.id)
        if person.id == identity.person.id or identity.has_role("admin")
    ]


def known_token(token_id: str) -> Token:
    """Give a token that who asks may see."""
    for token, _ in seen_tokens():
        if token.id == token_id:
            return token
    raise Problem("TOKEN_UNKNOWN")


def _describe(token: Token, person: Person) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "person": person.email,
        "scopes": sorted(token.scopes),
        "created_at": moment(token.created_at),
        "expires_at": moment(token.expires_at),
        "used_at": None if token.used_at is None else moment(token.used_at),
    }
