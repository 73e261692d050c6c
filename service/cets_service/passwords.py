"""Passwords: argon2id, and what a password must be."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cets_service.problems import Problem

__all__ = ["LONGEST", "SHORTEST", "check_new", "hash_password", "needs_rehash", "verify_password"]

SHORTEST, LONGEST = 12, 200
"""Characters of a password."""

_COMMON = (
    "password", "passw0rd", "qwerty", "qazwsx", "1q2w3e", "abc123", "letmein", "welcome", "admin",
    "iloveyou", "woaini", "5201314", "123456", "111111", "000000",
)  # fmt: skip
"""Beginnings of what everybody tries first."""

_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(2)
"""Hashing takes 64 MiB and a core: no crowd at the door may take all of either."""

_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA"
    "$8mCwyMNNdOC6ccHpxm9pCdWvXdoQNMbmlvcI5zg7V7A"
)
"""Hash that no password has: who has no account waits as long as who has one."""


def check_new(password: str, *known: str) -> None:
    """Refuse a new password that is short, common, or made of ``known`` names; a problem else."""
    lowered = password.casefold()
    easy = any(lowered.startswith(beginning) for beginning in _COMMON) or any(
        len(name.encode()) > 3 and name.casefold() in lowered for name in known
    )
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 6 or easy:
        raise Problem("PASSWORD_WEAK", least=SHORTEST, most=LONGEST)


def hash_password(password: str) -> str:
    """Give what is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify_password(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one of which ``kept`` was made; takes as long for None."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _NOBODY, password[: LONGEST + 1]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(kept: str) -> bool:
    """Tell whether a hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(kept)
