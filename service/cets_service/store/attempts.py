"""Attempts to sign in that failed, by account, whether or not there is one of that name.

A browser in which somebody has signed in before counts by itself: who guesses at an account from
elsewhere must not keep its owner out.
"""

from __future__ import annotations

from sqlalchemy import and_, delete, select, update

from cets_service.database import Database
from cets_service.store.prepared import insert_once
from cets_service.store.records import hash_secret
from cets_service.tables import sign_in_attempts

__all__ = ["FIRST_WAIT", "FREE", "KEPT", "KNOWN", "LONGEST_WAIT", "Attempts"]

FREE = 5
"""Attempts in a row that may fail before one has to wait."""

FIRST_WAIT = 30
"""How long one waits then, seconds; twice as long after each attempt that follows."""

LONGEST_WAIT = 900
"""The longest one waits, seconds: who keeps guessing at an account must not close it for good."""

KEPT = 86_400
"""After so many seconds without one, attempts are forgotten."""

KNOWN = 180 * 86_400
"""Seconds for which a browser is known, from when somebody last signed in there."""


class Attempts:
    """The attempts. Addresses are kept as hashes: what was typed may be anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, email: str, browser: str = "") -> int:
        """Count an attempt before its password is looked at; gives the seconds it has to wait.

        0: it may go on. So of many at once no more are looked at than of one after another.
        ``browser`` is the secret of the browser it is made in.
        """
        now = self._database.now()
        known = sign_in_attempts.c.account == _in_browser(email, browser)
        with self._database.writing() as connection:
            found = connection.execute(select(sign_in_attempts.c.account).where(known)).scalar()
            account = found or hash_secret(email)
            which = sign_in_attempts.c.account == account
            none = {"account": account, "failures": 0, "last_at": now, "allowed_at": now}
            insert_once(connection, sign_in_attempts, none)
            held = select(sign_in_attempts).where(which).with_for_update()
            row = connection.execute(held).one()
            if row.allowed_at > now:
                return int(row.allowed_at - now)
            failures = 1 + (row.failures if row.last_at > now - KEPT else 0)
            wait = FIRST_WAIT * 2 ** (failures - FREE) if failures >= FREE else 0
            values = {
                "failures": failures,
                "last_at": now,
                "allowed_at": now + min(wait, LONGEST_WAIT),
            }
            connection.execute(update(sign_in_attempts).where(which).values(values))
        return 0

    def forget(self, email: str, browser: str = "") -> None:
        """Forget the attempts at an account: who knows its password has come, in a ``browser``
        that is known from now on.
        """
        now, here = self._database.now(), _in_browser(email, browser)
        gone = sign_in_attempts.c.account.in_([hash_secret(email), here])
        known = {"account": here, "failures": 0, "last_at": now, "allowed_at": now}
        with self._database.writing() as connection:
            connection.execute(delete(sign_in_attempts).where(gone))
            if browser:
                insert_once(connection, sign_in_attempts, known)

    def delete_old(self) -> None:
        """Forget what is too long ago to count."""
        now, row = self._database.now(), sign_in_attempts.c
        over = and_(row.failures > 0, row.last_at <= now - KEPT) | (row.last_at <= now - KNOWN)
        with self._database.writing() as connection:
            connection.execute(delete(sign_in_attempts).where(over))


def _in_browser(email: str, browser: str) -> str:
    return hash_secret(f"{email}\n{browser}")
