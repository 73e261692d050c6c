"""Every route with every role: who gets what. A route that is not in the table is a failure."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.service.conftest import begin_work
from tests.service.databases import BOTH_DATABASES
from tests.service.world import PASSWORD, VECTOR, World

from cets_service.access import SCOPES, guard_of

ROLES = (
    "nobody", "reader", "member", "admin", "other", "province", "operator",
    "token", "expired", "unscoped",
)  # fmt: skip
"""``reader``, ``member``, ``admin`` are of the vendor that owns what is asked for; ``other``,
``province`` and ``operator`` are administrators elsewhere; the tokens are of the vendor's
administrator: with all scopes, expired, and with all scopes but the one of the route."""

PEOPLE = {
    "nobody": None,
    "reader": "vendor reader",
    "member": "vendor member",
    "admin": "vendor admin",
    "other": "other admin",
    "province": "hebei admin",
    "operator": "operator admin",
}

# A cookie changes nothing through the API: a browser that posts there is nobody.
OPEN_DATA = "200 200 200 200 200 200 200  200 401 200"
OWN_CHECK = "404 200 200 200 404 404 404  200 401 403"
CHANGES_CHECK = "404 404 404 404 404 404 404  {} 401 403"
OWN = "401 200 200 200 404 404 404  200 401 403"
CHANGES_OWN = "401 401 401 401 401 401 401  {} 401 403"
API = {
    ("GET", "/rules"): (None, OPEN_DATA),
    ("GET", "/rules/A-3"): (None, OPEN_DATA),
    ("GET", "/schemas"): (None, OPEN_DATA),
    ("GET", "/schemas/table"): (None, OPEN_DATA),
    ("GET", "/operations"): (None, OPEN_DATA),
    ("GET", "/openapi.json"): (None, OPEN_DATA),
    ("GET", "/vectors"): (None, OPEN_DATA),
    ("GET", "/vectors/allocation/upper-bound-exactly-20-percent"): (None, OPEN_DATA),
    ("GET", "/mistakes"): (None, OPEN_DATA),
    ("POST", "/compute/scope"): (None, "415 415 415 415 415 415 415  415 401 415"),
    ("POST", "/checks"): ("checks:write", "415 415 415 415 415 415 415  415 401 403"),
    ("GET", "/checks"): ("checks:read", "401 200 200 200 200 200 200  200 401 403"),
    ("GET", "/checks/{check}"): ("checks:read", OWN_CHECK),
    ("GET", "/checks/{check}/findings"): ("checks:read", OWN_CHECK),
    ("GET", "/checks/{check}/rows/2"): ("checks:read", OWN_CHECK),
    ("GET", "/checks/{check}/report.json"): ("checks:read", OWN_CHECK),
    ("GET", "/checks/{check}/charts/surplus.svg"): ("checks:read", OWN_CHECK),
    ("POST", "/checks/{check}/cancel"): ("checks:write", CHANGES_CHECK.format(409)),
    ("POST", "/checks/{check}/retry"): ("checks:write", CHANGES_CHECK.format(409)),
    ("DELETE", "/checks/{check}"): ("checks:write", CHANGES_CHECK.format(204)),
    ("GET", "/comparisons"): ("comparisons:read", "401 200 200 200 200 200 200  200 401 403"),
    ("POST", "/comparisons"): ("comparisons:write", CHANGES_OWN.format(415)),
    ("GET", "/comparisons/{comparison}"): ("comparisons:read", OWN),
    ("GET", "/comparisons/{comparison}/disputes"): ("comparisons:read", OWN),
    ("GET", "/comparisons/{comparison}/reports/json"): ("comparisons:read", OWN),
    ("POST", "/comparisons/{comparison}/cancel"): ("comparisons:write", CHANGES_OWN.format(409)),
    ("POST", "/comparisons/{comparison}/retry"): ("comparisons:write", CHANGES_OWN.format(409)),
    ("DELETE", "/comparisons/{comparison}"): ("comparisons:write", CHANGES_OWN.format(204)),
    ("GET", "/appeals"): ("appeals:read", "200 200 200 200 200 200 200  200 401 403"),
    ("POST", "/appeals"): ("appeals:write", CHANGES_OWN.format(201)),
    ("GET", "/appeals/{appeal}"): ("appeals:read", "200 200 200 200 200 200 200  200 401 403"),
    ("GET", "/appeals/{appeal}/evidence"): (
        "appeals:read", "401 200 200 200 404 404 200  200 401 403",
    ),
    ("POST", "/appeals/{appeal}/comments"): ("appeals:write", CHANGES_OWN.format(201)),
    ("POST", "/appeals/{appeal}/ruling"): ("appeals:write", CHANGES_OWN.format(403)),
    ("GET", "/organisations"): ("organisation:read", "401 200 200 200 200 200 200  200 401 403"),
    ("POST", "/organisations"): ("organisation:write", "401 401 401 401 401 401 401  403 401 403"),
    ("GET", "/organisations/{organisation}"): (
        "organisation:read", "401 200 200 200 404 404 200  200 401 403",
    ),
    ("PATCH", "/organisations/{organisation}"): (
        "organisation:write", "401 401 401 401 401 401 401  403 401 403",
    ),
    ("GET", "/organisations/{organisation}/people"): (
        "organisation:read", "401 200 200 200 404 404 200  200 401 403",
    ),
    ("PATCH", "/organisations/{organisation}/people/{person}"): (
        "organisation:write", "401 401 401 401 401 401 401  200 401 403",
    ),
    ("GET", "/organisations/{organisation}/invitations"): (
        "organisation:read", "401 403 403 200 404 404 200  200 401 403",
    ),
    ("POST", "/organisations/{organisation}/invitations"): (
        "organisation:write", "401 401 401 401 401 401 401  201 401 403",
    ),
    ("DELETE", "/organisations/{organisation}/invitations/{invitation}"): (
        "organisation:write", "401 401 401 401 401 401 401  204 401 403",
    ),
    ("GET", "/tokens"): ("organisation:read", "401 200 200 200 200 200 200  200 401 403"),
    ("DELETE", "/tokens/{token}"): (
        "organisation:write", "401 401 401 401 401 401 401  204 401 403",
    ),
    ("GET", "/systems"): ("systems:read", "401 200 200 200 200 403 403  200 401 403"),
    ("POST", "/systems"): ("systems:write", "401 401 401 401 401 401 401  201 401 403"),
    ("GET", "/systems/{system}"): ("systems:read", "401 200 200 200 404 403 403  200 401 403"),
    ("DELETE", "/systems/{system}"): (
        "systems:write", "401 401 401 401 401 401 401  204 401 403",
    ),
}  # fmt: skip

OPEN_EXAM = "401 200 200 200 404 403 403  200 401 403"
NO_CERTIFICATE = "404 404 404 404 404 404 404  404 401 404"
API |= {
    ("GET", "/exams"): ("exams:read", "401 200 200 200 200 403 403  200 401 403"),
    ("POST", "/exams"): ("exams:write", "401 401 401 401 401 401 401  415 401 403"),
    ("GET", "/exams/{exam}"): ("exams:read", OPEN_EXAM),
    ("GET", "/exams/{exam}/prompts"): ("exams:read", OPEN_EXAM),
    ("GET", "/exams/{exam}/exam.zip"): ("exams:read", OPEN_EXAM),
    ("GET", "/exams/{exam}/report.json"): (
        "exams:read", "401 409 409 409 404 403 403  409 401 403",
    ),
    ("POST", "/exams/{exam}/preflight"): (
        "exams:write", "401 401 401 401 401 401 401  415 401 403",
    ),
    ("POST", "/exams/{exam}/answers"): (
        "exams:write", "401 401 401 401 401 401 401  415 401 403",
    ),
    ("POST", "/exams/{exam}/retry"): (
        "exams:write", "401 401 401 401 401 401 401  409 401 403",
    ),
    ("GET", "/certificates/{certificate}"): (None, NO_CERTIFICATE),
    ("GET", "/certificates/{certificate}/certificate.jws"): (None, NO_CERTIFICATE),
    ("GET", "/certificates/{certificate}/badge.svg"): (None, NO_CERTIFICATE),
    ("GET", "/certificates/{certificate}/exam.zip"): (None, NO_CERTIFICATE),
    ("POST", "/certificates/{certificate}/revoke"): (
        "certificates:write", "401 401 401 401 401 401 401  403 401 403",
    ),
    ("POST", "/certificates/verify"): (None, "415 415 415 415 415 415 415  415 401 415"),
    ("GET", "/keys"): (None, OPEN_DATA),
    ("GET", "/revocations"): (None, OPEN_DATA),
    ("GET", "/register"): (None, OPEN_DATA),
    ("GET", "/register.csv"): (None, OPEN_DATA),
}  # fmt: skip

# 303 of nobody leads to signing in; of others, to where the form's result is seen. Pages take no
# tokens: a program that brings one is nobody.
PUBLIC_PAGE = "200 200 200 200 200 200 200"
OWN_PAGE = "404 200 200 200 404 404 404"
PAGES = {
    ("GET", "/zh/"): PUBLIC_PAGE,
    ("GET", "/zh/rules"): PUBLIC_PAGE,
    ("GET", "/zh/rules/A-3"): PUBLIC_PAGE,
    ("GET", "/zh/calculate"): PUBLIC_PAGE,
    ("GET", "/zh/calculate/scope"): PUBLIC_PAGE,
    ("POST", "/zh/calculate/scope"): PUBLIC_PAGE,
    ("GET", "/zh/vectors"): PUBLIC_PAGE,
    ("GET", "/zh/vectors/allocation/upper-bound-exactly-20-percent"): PUBLIC_PAGE,
    ("GET", "/zh/register"): PUBLIC_PAGE,
    ("GET", "/zh/verify"): PUBLIC_PAGE,
    ("POST", "/zh/verify"): "415 415 415 415 415 415 415",
    ("GET", "/.well-known/jwks.json"): PUBLIC_PAGE,
    ("GET", "/zh/certificates/{certificate}"): "404 404 404 404 404 404 404",
    ("POST", "/zh/certificates/{certificate}/revoke"): "303 403 403 403 403 403 404",
    ("GET", "/zh/exams"): "303 200 200 200 200 403 403",
    ("GET", "/zh/exams/{exam}"): "303 200 200 200 404 403 403",
    ("POST", "/zh/exams"): "303 403 404 404 404 403 403",
    ("POST", "/zh/exams/{exam}/answers"): "303 403 415 415 415 403 403",
    ("POST", "/zh/exams/{exam}/retry"): "303 403 303 303 404 403 403",
    ("GET", "/zh/sign-in"): PUBLIC_PAGE,
    ("GET", "/zh/links/{link}"): PUBLIC_PAGE,
    ("GET", "/zh/checks/{check}"): OWN_PAGE,
    ("GET", "/zh/checks/{check}/findings/T-10"): OWN_PAGE,
    ("GET", "/zh/checks/{check}/rows/2"): OWN_PAGE,
    ("GET", "/zh/checks"): "303 200 200 200 200 200 200",
    ("GET", "/zh/comparisons"): "303 200 200 200 200 200 200",
    ("POST", "/zh/comparisons"): "303 403 400 400 400 400 400",
    ("GET", "/zh/comparisons/{comparison}"): "303 200 200 200 404 404 404",
    ("GET", "/zh/comparisons/{comparison}/disputes"): "303 200 200 200 404 404 404",
    ("POST", "/zh/comparisons/{comparison}/cancel"): "303 403 303 303 404 404 404",
    ("POST", "/zh/comparisons/{comparison}/retry"): "303 403 303 303 404 404 404",
    ("POST", "/zh/comparisons/{comparison}/delete"): "303 403 303 303 404 404 404",
    ("GET", "/zh/appeals"): PUBLIC_PAGE,
    ("GET", "/zh/appeals/new"): "303 403 422 422 422 422 422",
    ("POST", "/zh/appeals"): "303 403 303 303 303 303 303",
    ("GET", "/zh/appeals/{appeal}"): PUBLIC_PAGE,
    ("POST", "/zh/appeals/{appeal}/comments"): "303 403 303 303 403 403 303",
    ("POST", "/zh/appeals/{appeal}/ruling"): "303 403 403 403 403 403 303",
    ("GET", "/zh/account"): "303 200 200 200 200 200 200",
    ("GET", "/zh/organisations"): "303 403 403 403 403 403 200",
    ("GET", "/zh/organisations/{organisation}"): "303 200 200 200 404 404 200",
    ("POST", "/zh/checks"): "400 403 400 400 400 400 400",
    ("POST", "/zh/checks/sample"): "303 303 303 303 303 303 303",
    ("POST", "/zh/checks/{check}/cancel"): "404 403 303 303 404 404 404",
    ("POST", "/zh/checks/{check}/retry"): "404 403 303 303 404 404 404",
    ("POST", "/zh/checks/{check}/delete"): "404 403 303 303 404 404 404",
    ("POST", "/zh/sign-in"): "303 303 303 303 303 303 303",
    ("POST", "/zh/links/{link}"): "303 303 303 303 303 303 303",
    ("POST", "/zh/account"): "303 403 403 403 403 403 403",
    ("POST", "/zh/organisations"): "303 403 403 403 403 403 303",
    ("POST", "/zh/organisations/{organisation}/settings"): "303 403 403 403 403 403 303",
    ("POST", "/zh/organisations/{organisation}/invitations"): "303 403 403 200 404 404 200",
    ("POST", "/zh/organisations/{organisation}/invitations/{invitation}/withdraw"): (
        "303 403 403 303 404 404 303"
    ),
    ("POST", "/zh/organisations/{organisation}/people/{person}"): "303 403 403 303 404 404 303",
    ("POST", "/zh/organisations/{organisation}/people/{person}/reset-link"): (
        "303 403 403 200 404 404 200"
    ),
    ("POST", "/zh/tokens"): "303 200 200 200 200 200 200",
    ("POST", "/zh/tokens/{token}/revoke"): "303 404 404 303 404 404 404",
    ("POST", "/zh/systems"): "303 403 303 303 303 403 403",
    ("POST", "/zh/systems/{system}/delete"): "303 403 303 303 404 403 403",
    ("POST", "/zh/sign-out"): "303 303 303 303 303 303 303",
    ("GET", "/"): "302 302 302 302 302 302 302",
    ("GET", "/sample/national-2025.xlsx"): PUBLIC_PAGE,
    ("GET", "/static/cets.css"): PUBLIC_PAGE,
    ("GET", "/static/icon.svg"): PUBLIC_PAGE,
    ("GET", "/healthz"): PUBLIC_PAGE,
    ("GET", "/readyz"): PUBLIC_PAGE,
    ("GET", "/metrics"): PUBLIC_PAGE,
}

FORMS: dict[str, dict[str, Any]] = {
    "/zh/sign-in": {"email": "admin@other.example.cn", "password": PASSWORD},
    "/zh/links/{link}": {"name": "王小明", "password": "nine yellow lanterns"},
    "/zh/account": {"old": "not the password", "new": "nine yellow lanterns"},
    "/zh/organisations": {"kind": "vendor", "name": "新厂商 {n}"},
    "/zh/organisations/{organisation}/settings": {"keep_days": "30"},
    "/zh/organisations/{organisation}/invitations": {"email": "new@x.cn", "role": "reader"},
    "/zh/organisations/{organisation}/people/{person}": {"role": "member"},
    "/zh/appeals": {**VECTOR, "text": "理由"},
    "/zh/appeals/{appeal}/comments": {"text": "补充"},
    "/zh/appeals/{appeal}/ruling": {"ruling": "upheld", "text": "属实"},
    "/zh/tokens": {"name": "CI", "days": "9", "scopes": ["checks:read"]},
    "/zh/systems": {"name": "系统 {n}", "version": "1", "artefact": "a" * 64},
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/organisations/{organisation}/invitations"): {"email": "n@x.cn", "role": "reader"},
    ("POST", "/appeals"): {"subject": VECTOR, "text": "理由"},
    ("POST", "/appeals/{appeal}/comments"): {"text": "补充"},
    ("POST", "/appeals/{appeal}/ruling"): {"ruling": "upheld", "text": "属实"},
    ("POST", "/systems"): {"name": "系统 {n}", "version": "1", "artefact": "sha256:" + "b" * 64},
    ("PATCH", "/organisations/{organisation}/people/{person}"): {"role": "member"},
    ("PATCH", "/organisations/{organisation}"): {"keep_days": 30},
    ("POST", "/organisations"): {"kind": "vendor", "name": "新厂商 {n}"},
}


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
