"""Sessions of people who signed in with a browser."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from cets_service.database import Database
from cets_service.store.organisations import Organisation
from cets_service.store.people import MEMBER_COLUMNS, Person, is_member, read_member
from cets_service.store.records import hash_secret, make_secret
from cets_service.tables import organisations, people, sessions

__all__ = ["Session", "Sessions"]

_USED_AGAIN = 300
"""A session's use is noted no oftener than this, seconds."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that counts, and who it is of."""

    hash: str
    person: Person
    organisation: Organisation


class Sessions:
    """The sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, person_id: str, lasts: int) -> str:
        """Begin a session and give its secret; what is over is swept."""
        secret, now = make_secret(), self._database.now()
        row = {
            "hash": hash_secret(secret),
            "person_id": person_id,
            "created_at": now,
            "used_at": now,
            "expires_at": now + lasts,
        }
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(insert(sessions).values(row))
        return secret

    def find(self, secret: str, idle: int) -> Session | None:
        """Give the session of a secret; None where it is over, unused too long, or disabled."""
        now, digest = self._database.now(), hash_secret(secret)
        wanted = (
            select(sessions.c.used_at, *MEMBER_COLUMNS)
            .join(people, people.c.id == sessions.c.person_id)
            .join(organisations, organisations.c.id == people.c.organisation_id)
            .where(
                sessions.c.hash == digest,
                sessions.c.expires_at > now,
                sessions.c.used_at > now - idle,
                is_member(),
            )
        )
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        if row[0] <= now - _USED_AGAIN:
            used = update(sessions).where(sessions.c.hash == digest).values(used_at=now)
            with self._database.writing() as connection:
                connection.execute(used)
        return Session(digest, *read_member(row))

    def close(self, session_hash: str) -> None:
        """End one session."""
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.hash == session_hash))

    def close_all(self, person_id: str) -> None:
        """End all sessions of a person."""
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.person_id == person_id))
