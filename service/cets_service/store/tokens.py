"""API tokens: each acts for the person who made it, within its scopes, until it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from cets_service.database import Database
from cets_service.store.organisations import Organisation
from cets_service.store.people import MEMBER_COLUMNS, Person, is_member, read_member
from cets_service.store.records import columns_of, hash_secret, make_id, make_secret
from cets_service.tables import organisations, people, tokens

__all__ = ["PREFIX", "SCOPES", "Token", "Tokens"]

PREFIX = "cets_"
"""How every token begins, so that scanners of leaked secrets recognise one."""

SCOPES = (
    "appeals:read",
    "appeals:write",
    "certificates:write",
    "checks:read",
    "checks:write",
    "comparisons:read",
    "comparisons:write",
    "exams:read",
    "exams:write",
    "organisation:read",
    "organisation:write",
    "systems:read",
    "systems:write",
)
"""What a token may be allowed to do; a token can make no tokens."""

_USED_AGAIN = 3600
"""A token's use is noted no oftener than this, seconds."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, without its secret."""

    id: str
    person_id: str
    name: str
    scopes: frozenset[str]
    created_at: int
    expires_at: int
    used_at: int | None
    revoked_at: int | None


_COLUMNS = columns_of(Token, tokens)


class Tokens:
    """The tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, person_id: str, name: str, scopes: Iterable[str], lasts: int
    ) -> tuple[Token, str]:
        """Make a token; give it with its secret, which is not kept."""
        secret, now = PREFIX + make_secret(), self._database.now()
        new = Token(make_id(), person_id, name, frozenset(scopes), now, now + lasts, None, None)
        row = {column.name: getattr(new, column.name) for column in _COLUMNS}
        row |= {"scopes": " ".join(sorted(new.scopes)), "hash": hash_secret(secret)}
        with self._database.writing() as connection:
            connection.execute(insert(tokens).values(row))
        return new, secret

    def find(self, secret: str) -> tuple[Token, Person, Organisation] | None:
        """Give the token of a secret and who it acts for; None where it does not count."""
        now = self._database.now()
        wanted = (
            select(*_COLUMNS, *MEMBER_COLUMNS)
            .join(people, people.c.id == tokens.c.person_id)
            .join(organisations, organisations.c.id == people.c.organisation_id)
            .where(
                tokens.c.hash == hash_secret(secret),
                tokens.c.revoked_at.is_(None),
                tokens.c.expires_at > now,
                is_member(),
            )
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        token = _read(tuple(row)[: len(_COLUMNS)])
        if token.used_at is None or token.used_at <= now - _USED_AGAIN:
            used = update(tokens).where(tokens.c.id == token.id).values(used_at=now)
            with self._database.writing() as connection:
                connection.execute(used)
        return (token, *read_member(row))

    def list_of(self, organisation_id: str) -> list[tuple[Token, Person]]:
        """Give the tokens of an organisation's people that are not revoked, newest first."""
        wanted = (
            select(*_COLUMNS, *MEMBER_COLUMNS)
            .join(people, people.c.id == tokens.c.person_id)
            .join(organisations, organisations.c.id == people.c.organisation_id)
            .where(people.c.organisation_id == organisation_id, tokens.c.revoked_at.is_(None))
            .order_by(tokens.c.created_at.desc(), tokens.c.id)
        )
        with self._database.reading() as connection:
            return [
                (_read(tuple(row)[: len(_COLUMNS)]), read_member(row)[0])
                for row in connection.execute(wanted)
            ]

    def revoke(self, token_id: str) -> None:
        """End a token at once."""
        revoked = update(tokens).where(tokens.c.id == token_id)
        with self._database.writing() as connection:
            connection.execute(revoked.values(revoked_at=self._database.now()))

    def revoke_all(self, person_id: str) -> None:
        """End all tokens of a person."""
        revoked = update(tokens).where(
            tokens.c.person_id == person_id, tokens.c.revoked_at.is_(None)
        )
        with self._database.writing() as connection:
            connection.execute(revoked.values(revoked_at=self._database.now()))


def _read(values: tuple[object, ...]) -> Token:
    named = dict(zip(Token.__dataclass_fields__, values, strict=True))
    return Token(**{**named, "scopes": frozenset(str(named["scopes"]).split())})  # type: ignore[arg-type]
