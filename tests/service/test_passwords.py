"""Passwords: what they must be, and that a wrong one costs the same with and without account."""

from __future__ import annotations

import time

import pytest
from argon2 import PasswordHasher

from cets_service import passwords
from cets_service.problems import Problem

PASSWORD = "seven green bridges"


def test_who_has_no_account_waits_as_long_as_who_gives_a_wrong_password(monkeypatch):
    monkeypatch.undo()  # with the hashing that is in use
    kept = PasswordHasher().hash(PASSWORD)
    spent = []
    for known in (kept, None):
        started = time.process_time()
        assert not passwords.verify_password(known, "wrong")
        spent.append(time.process_time() - started)
    assert min(spent) > max(spent) / 3


def test_the_hash_that_stands_for_nobody_opens_nothing():
    assert passwords.verify_password(passwords._NOBODY, "nobody's")
    assert not passwords.verify_password(None, "nobody's")


def test_a_password_may_begin_like_a_common_one_only_where_it_is_another_word():
    passwords.check_new("amid seven green hills")
    with pytest.raises(Problem):
        passwords.check_new("Admin2026!Admin")
