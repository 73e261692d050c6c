"""Every route with every role: who gets what. A route that is not in the table is a failure."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.service.access_table import API, BODIES, FORMS, PAGES, PEOPLE, ROLES
from tests.service.conftest import begin_work
from tests.service.databases import BOTH_DATABASES
from tests.service.world import World

from cets_service.access import guard_of
from cets_service.store.tokens import SCOPES


class Things:
    """What the vendor has, made anew for each request that may change it."""

    def __init__(self, world: World, wrong_table: bytes) -> None:
        self.world, self.table, self.n = world, wrong_table, 0
        self.static = {
            "organisation": world.organisations["vendor"].id,
            "check": world.check("vendor", wrong_table),
            "exam": world.exam("vendor"),
            "certificate": "A" * 22,
            "comparison": world.compare("vendor", wrong_table),
            "appeal": world.appeal("vendor"),
        }

    def make(self, address: str) -> dict[str, str]:
        """Make what an address names, and give its ids."""
        store, self.n = self.world.store, self.n + 1
        admin, vendor = self.world.people["vendor admin"], self.static["organisation"]
        made = dict(self.static)
        if "{check}/" in address or address.endswith("{check}"):
            made["check"] = self.world.check("vendor", self.table)
        if "{comparison}" in address:
            made["comparison"] = self.world.compare("vendor", self.table)
        if "{appeal}" in address:
            made["appeal"] = self.world.appeal("vendor")
        if "{system}" in address:
            made["system"] = store.systems.add(vendor, f"s{self.n}", "1", "x", admin.id).id
        if "{token}" in address:
            made["token"] = store.tokens.add(admin.id, "t", ["checks:read"], 999)[0].id
        if "{person}" in address:
            made["person"] = store.people.add(vendor, f"p{self.n}@x.cn", "p", "reader", "-").id
        if "{invitation}" in address or "{link}" in address:
            link, secret = store.links.add(
                "invitation", vendor, f"l{self.n}@x.cn", "reader", lasts=999
            )
            made |= {"invitation": link.id, "link": secret}
        return made

    def fill(self, value: Any) -> Any:
        """Put this request's number into what must be new each time."""
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items()}
        return value.replace("{n}", str(self.n)) if isinstance(value, str) else value


@pytest.fixture
def world(service) -> World:
    return World(service)


def test_every_route_is_in_the_table(service):
    client = service.app.url_map.bind("localhost")
    filled = {
        "{check}": "A" * 22, "{organisation}": "A" * 22, "{person}": "A" * 22, "{token}": "A" * 22,
        "{system}": "A" * 22, "{invitation}": "A" * 22, "{link}": "x",
        "{comparison}": "A" * 22, "{appeal}": "A" * 22, "{exam}": "A" * 22,
        "{certificate}": "A" * 22,
    }  # fmt: skip
    reached = set()
    for method, address in [*((m, f"/api/v1{a}") for m, a in API), *PAGES]:
        path = re.sub(r"\{\w+\}", lambda match: filled[match[0]], address)
        endpoint, _ = client.match(path, method=method)
        reached.add((endpoint, method))
    routes = {
        (rule.endpoint, method)
        for rule in service.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes - reached == set()
    for endpoint, _ in routes:
        assert guard_of(service.app.view_functions[endpoint])


def ask_api(world: World, things: Things, role: str, method: str, address: str, scope: Any) -> str:
    made = things.make(address)
    headers: dict[str, str] = {}
    if role in ("token", "expired", "unscoped"):
        scopes = [item for item in SCOPES if role != "unscoped" or item != scope]
        headers = world.token("vendor admin", scopes, days=1 if role == "expired" else 30)
    if role == "expired":
        world.service.clock.now += 86_400
    response = world.browser(PEOPLE.get(role)).open(
        f"/api/v1{address.format(**made)}",
        method=method,
        json=things.fill(BODIES.get((method, address))),
        headers=headers,
    )
    if role == "expired":
        world.service.clock.now -= 86_400
    return str(response.status_code)


def test_every_role_gets_from_the_api_what_it_may_and_nothing_else(world, wrong_table):
    things = Things(world, wrong_table)
    found = {
        place: (scope, " ".join(ask_api(world, things, role, *place, scope) for role in ROLES))
        for place, (scope, _) in API.items()
    }
    expected = {place: (scope, " ".join(row.split())) for place, (scope, row) in API.items()}
    assert found == expected


def ask_page(world: World, things: Things, role: str, method: str, address: str) -> str:
    made = things.make(address)
    whom = PEOPLE[role]
    path = address.format(**made)
    if method == "GET":
        return str(world.browser(whom).get(path).status_code)
    if address in ("/zh/checks", "/zh/comparisons"):
        client = world.browser(whom)
        return str(client.post(path, data=b"x", content_type="multipart/form-data").status_code)
    response = world.post(whom, path, things.fill(FORMS.get(address)))
    if response.status_code == 303 and whom is None and "/sign-in" in response.location:
        assert address not in ("/zh/sign-in", "/zh/links/{link}", "/zh/checks/sample")
    if address in ("/zh/sign-in", "/zh/links/{link}", "/zh/sign-out"):
        world.clients.clear()  # somebody else is signed in now, or nobody
    return str(response.status_code)


def test_every_role_gets_the_pages_it_may_and_no_other(world, wrong_table):
    begin_work(world.service)
    things = Things(world, wrong_table)
    found = {
        place: " ".join(ask_page(world, things, role, *place) for role in PEOPLE) for place in PAGES
    }
    assert found == PAGES


@BOTH_DATABASES
def test_lists_hold_the_own_organisations_entries_alone(world, wrong_table):
    mine = world.check("vendor", wrong_table)
    theirs = world.check("other", wrong_table)
    system = world.store.systems.add(
        world.organisations["other"].id, "s", "1", "x", world.people["other admin"].id
    )
    headers = world.token("vendor reader")
    client = world.service.app.test_client()
    listed = client.get("/api/v1/checks", headers=headers).get_json()
    assert ([check["id"] for check in listed["checks"]], listed["count"]) == ([mine], 1)
    assert client.get("/api/v1/systems", headers=headers).get_json() == {"systems": []}
    assert client.get(f"/api/v1/systems/{system.id}", headers=headers).status_code == 404
    seen = client.get("/api/v1/organisations", headers=headers).get_json()["organisations"]
    assert [one["name"] for one in seen] == ["机构 vendor"]
    everybody = client.get("/api/v1/organisations", headers=world.token("operator admin"))
    assert len(everybody.get_json()["organisations"]) == 5
    tokens = client.get("/api/v1/tokens", headers=headers).get_json()["tokens"]
    assert {token["person"] for token in tokens} == {"reader@vendor.example.cn"}
    page = world.browser("other admin").get("/zh/checks").get_data(as_text=True)
    assert theirs in page
    assert mine not in page


@BOTH_DATABASES
def test_nothing_of_another_organisation_can_be_named_through_the_own_address(world):
    stranger = world.people["other admin"].id
    own = world.organisations["vendor"].id
    headers = world.token("vendor admin")
    client = world.service.app.test_client()
    base = f"/api/v1/organisations/{own}"
    answer = client.patch(f"{base}/people/{stranger}", json={"disabled": True}, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "PERSON_UNKNOWN")
    assert world.store.people.get(stranger).disabled_at is None
    link, _ = world.store.links.add(
        "invitation", world.organisations["other"].id, "x@x.cn", "reader", lasts=9
    )
    answer = client.delete(f"{base}/invitations/{link.id}", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "INVITATION_UNKNOWN")


def test_an_address_that_is_none_signs_nobody_out(world):
    for method in ("get", "put"):
        page = getattr(world.browser("vendor reader"), method)("/zh/nothing/here")
        assert page.status_code == 404
        assert "vendor reader" in page.get_data(as_text=True)
        assert "vendor reader" not in world.browser(None).get("/zh/no").get_data(as_text=True)


def test_a_scope_is_offered_once(world):
    page = world.browser("vendor admin").get(
        f"/zh/organisations/{world.organisations['vendor'].id}"
    )
    offered = re.findall(r'name="scopes" value="([^"]*)"', page.get_data(as_text=True))
    assert offered == list(SCOPES) == sorted(set(SCOPES))
