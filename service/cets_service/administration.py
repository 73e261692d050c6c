"""What ``cets admin`` does without a page: accounts and keys, by whoever reaches the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from cets_service import accounts
from cets_service.config import Config
from cets_service.database import open_engine
from cets_service.keyring import Keyring
from cets_service.problems import Problem
from cets_service.store import Organisation, Person, Store

__all__ = ["ACTOR", "Administration"]

ACTOR = "operator"
"""How the audit log names who works on the command line."""


class Administration:
    """Accounts and keys, as the command line changes them. Refusals are problems."""

    def __init__(self, config: Config, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._store = Store(open_engine(config), clock)
        self._keyring = Keyring(self._store, config.data / "keys")

    @property
    def assumed_address(self) -> str | None:
        """What links begin with where no setting says by which address people come."""
        return None if self._config.public_url else "http://127.0.0.1:8000"

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def create_operator(self, name: str, email: str) -> str:
        """Make the operator, once, and give the link for its first administrator."""
        with self._store.writing():
            if self._store.organisations.find_kind("operator") is not None:
                raise Problem("OPERATOR_STAYS")
            operator = accounts.add_organisation(
                self._store, self._config, kind="operator", name=name, actor=ACTOR
            )
            return self._invite(operator, email, "admin")

    def create_organisation(self, kind: str, name: str, province: str | None) -> str:
        """Add an organisation and give its id."""
        added = accounts.add_organisation(
            self._store, self._config, kind=kind, name=name, province=province, actor=ACTOR
        )
        return added.id

    def invite(self, organisation_id: str, email: str, role: str) -> str:
        """Give the link by which a person joins an organisation."""
        return self._invite(self._organisation(organisation_id), email, role)

    def reset_link(self, email: str) -> str:
        """Give the link by which a person sets a new password."""
        _, secret = accounts.make_reset_link(
            self._store, self._config, self._person(email), actor=ACTOR
        )
        return self._address(secret)

    def list(self) -> Iterator[tuple[str, ...]]:
        """Give organisations, each followed by its people, as columns of text."""
        for one in self._store.organisations.list_all():
            closed = ("closed",) if one.disabled_at else ()
            yield (one.id, " ".join(filter(None, (one.kind, one.province))), one.name, *closed)
            for person in self._store.people.list_of(one.id):
                closed = ("closed",) if person.disabled_at else ()
                yield (f"  {person.email}", person.role, person.name, *closed)

    def set_disabled(self, whom: str, *, disabled: bool) -> None:
        """Close or open the door to a person, by address, or an organisation, by id."""
        if "@" in whom:
            person = self._person(whom)
            accounts.change_person(self._store, person, disabled=disabled, actor=ACTOR)
        else:
            organisation = self._organisation(whom)
            accounts.change_organisation(self._store, organisation, disabled=disabled, actor=ACTOR)

    def list_keys(self) -> Iterator[tuple[str, ...]]:
        """Give the signing keys as columns: id, state, day, and ``here`` with its secret."""
        for key, here in self._keyring.list():
            day = datetime.fromtimestamp(key.created_at, UTC).date().isoformat()
            yield (key.kid, key.state, day, *(("here",) if here else ()))

    def rotate_key(self) -> str:
        """Sign with a new key from now on; give its id."""
        return self._keyring.rotate(ACTOR)

    def revoke_key(self, kid: str, reason: str) -> int:
        """Withdraw all trust in a key; give the number of certificates it signed."""
        return self._keyring.revoke(kid, reason, ACTOR)

    def _invite(self, organisation: Organisation, email: str, role: str) -> str:
        _, secret = accounts.invite(
            self._store, self._config, organisation, email=email, role=role, actor=ACTOR
        )
        return self._address(secret)

    def _address(self, secret: str) -> str:
        return f"{self._config.public_url or self.assumed_address}/zh/links/{secret}"

    def _organisation(self, organisation_id: str) -> Organisation:
        found = self._store.organisations.get(organisation_id)
        if found is None:
            raise Problem("ORGANISATION_UNKNOWN")
        return found

    def _person(self, email: str) -> Person:
        found = self._store.people.find(email.strip().lower())
        if found is None:
            raise Problem("EMAIL_UNKNOWN", found=email[:254])
        return found
