"""A service with organisations and people, and a browser or a token for each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from tests.service.conftest import Service

from cets_conformance.tables import Options
from cets_service import accounts, appealing
from cets_service.access import Identity
from cets_service.checking import Owner, Received
from cets_service.comparing import ReceivedTable, ReceivedTables
from cets_service.passwords import hash_password
from cets_service.store import Organisation, Person
from cets_service.store.tokens import SCOPES

VECTOR = {"kind": "vector", "vector": "allocation/upper-bound-exactly-20-percent"}
"""Something that everybody may appeal against."""

PASSWORD = "seven green bridges"
"""What everybody signs in with."""


@dataclass
class World:
    """An operator, two vendors and two provinces, each with an administrator; the first vendor and
    the first province also have a member and a reader.
    """

    service: Service
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def __post_init__(self) -> None:
        store, config = self.service.parts.store, self.service.config
        kept = hash_password(PASSWORD)
        for name, kind, province in (
            ("operator", "operator", None),
            ("vendor", "vendor", None),
            ("other", "vendor", None),
            ("hebei", "province", "13"),
            ("hunan", "province", "43"),
        ):
            organisation = accounts.add_organisation(
                store,
                config,
                kind=kind,
                name=f"机构 {name}",
                province=province,
                actor="operator",
            )
            self.organisations[name] = organisation
            roles = ("admin", "member", "reader") if name in ("vendor", "hebei") else ("admin",)
            for role in roles:
                person = store.people.add(
                    organisation.id, f"{role}@{name}.example.cn", f"{name} {role}", role, kept
                )
                self.people[f"{name} {role}"] = person

    @property
    def store(self) -> Any:
        return self.service.parts.store

    def browser(self, whom: str | None) -> FlaskClient:
        """Give a browser in which somebody (such as ``vendor admin``) is signed in, or nobody."""
        if whom not in self.clients:
            client = self.service.app.test_client()
            if whom is not None:
                secret = self.store.sessions.open(self.people[whom].id, 10**6)
                client.set_cookie("cets_session", secret)
            self.clients[whom or ""] = client
        return self.clients[whom or ""]

    def post(self, whom: str | None, address: str, data: Any = None) -> Any:
        """Post a page's form from somebody's browser."""
        return self.service.post_form(address, data, self.browser(whom))

    def token(self, whom: str, scopes: Any = SCOPES, days: int = 30) -> dict[str, str]:
        """Give the headers of a request with a new token of somebody."""
        _, secret = accounts.make_token(
            self.store, self.people[whom], name="test", scopes=scopes, days=days
        )
        return {"Authorization": f"Bearer {secret}"}

    def compare(self, name: str, content: bytes) -> str:
        """Have a table and one that differs compared for an organisation; give the id."""
        person = self.people[f"{name} admin"]
        received = []
        for vendor, table in (("甲", content), ("乙", content.replace(b"970123", b"970000"))):
            incoming = self.service.parts.uploads.receive()
            incoming.write(table)
            received.append(ReceivedTable(vendor, "t.csv", incoming))
        owner = Owner(10**6, person.organisation_id, person.id)
        tables = ReceivedTables(received, Options())
        return str(self.service.parts.begin_comparison(tables, owner, 60, "test").id)

    def appeal(self, name: str) -> str:
        """File an appeal of an organisation against a vector; give its id."""
        identity = Identity(self.people[f"{name} admin"], self.organisations[name])
        return appealing.file_appeal(self.store, identity, VECTOR, "理由").id

    def exam(self, name: str) -> str:
        """Have a small exam drawn for a system of an organisation; give its id."""
        person = self.people[f"{name} admin"]
        system = self.store.systems.add(person.organisation_id, "甲系统", "1", "x", person.id)
        parts = self.service.parts
        exam = parts.begin_exam(system, person, "full", ["emissions"], {}, "test")
        parts.jobs.wait("exam", exam.key, 60)
        return str(exam.id)

    def check(self, name: str, content: bytes) -> str:
        """Write a check of an organisation and have it judged; give its id."""
        organisation = self.organisations[name]
        incoming = self.service.parts.uploads.receive()
        incoming.write(content)
        owner = Owner(10**6, organisation.id, self.people[f"{name} admin"].id)
        received = Received("t.csv", "file", Options(), incoming)
        return str(self.service.parts.begin_check(received, owner, 60).id)
