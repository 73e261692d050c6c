"""Signing in, links that open once, roles, tokens: what opens a door, and what no longer does."""

from __future__ import annotations

import re

import pytest
from tests.service.databases import BOTH_DATABASES
from tests.service.world import PASSWORD, World

pytestmark = BOTH_DATABASES

NEW = "nine yellow lanterns"
SIGNED_IN = "/zh/account"


@pytest.fixture
def world(service) -> World:
    return World(service)


def sign_in(world: World, email: str, password: str, address: str = "/zh/sign-in"):
    client = world.service.app.test_client()
    response = world.service.post_form(address, {"email": email, "password": password}, client)
    return client, response


def is_signed_in(client) -> bool:
    return client.get(SIGNED_IN).status_code == 200


def code_of(response) -> str:
    (code,) = re.findall(r"<code>([A-Z_]+)</code>", response.get_data(as_text=True))
    return code


def test_who_has_an_account_signs_in_and_out(world):
    client, response = sign_in(world, " Admin@Vendor.example.cn ", PASSWORD)
    assert (response.status_code, response.location) == (303, "/zh/checks")
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert is_signed_in(client)
    kept = client.get_cookie("cets_session").value
    world.service.post_form("/zh/sign-out", client=client)
    assert not is_signed_in(client)
    client.set_cookie("cets_session", kept)
    assert not is_signed_in(client), "the session is over, not only forgotten by the browser"


@pytest.mark.parametrize(
    ("address", "secure", "name"),
    [
        ("", True, "cets_session"),
        ("https://x.cn", True, "__Host-cets_session"),
        ("http://localhost", False, "cets_session"),
    ],
)
def test_cookies_are_secure_unless_the_operator_says_the_address_is_not(
    start, address, secure, name
):
    world = World(start(public_url=address))
    cookie = sign_in(world, "admin@vendor.example.cn", PASSWORD)[1].headers["Set-Cookie"]
    assert cookie.startswith(f"{name}=")
    assert ("Secure" in cookie) == secure


def test_every_refusal_to_sign_in_looks_the_same(world):
    world.store.people.disable(world.people["vendor reader"].id)
    world.store.organisations.disable(world.organisations["hunan"].id)
    answers = []
    for email, password in (
        ("admin@vendor.example.cn", "wrong"),
        ("nobody@vendor.example.cn", PASSWORD),
        ("reader@vendor.example.cn", PASSWORD),
        ("admin@hunan.example.cn", PASSWORD),
        ("", ""),
        ("a\x00@b.cn", "\x00"),
    ):
        client, response = sign_in(world, email, password)
        assert response.status_code == 401
        assert not is_signed_in(client)
        text = response.get_data(as_text=True)
        answers.append(re.findall(r'role="alert">(.*?)</div>', text))
    assert len({str(answer) for answer in answers}) == 1


def test_a_session_is_new_at_each_signing_in_and_an_old_cookie_is_not_taken_over(world):
    client = world.service.app.test_client()
    client.set_cookie("cets_session", "prepared by somebody else")
    form = {"email": "admin@vendor.example.cn", "password": PASSWORD}
    world.service.post_form("/zh/sign-in", form, client)
    first = client.get_cookie("cets_session").value
    assert first != "prepared by somebody else"
    world.service.post_form("/zh/sign-in", form, client)
    assert client.get_cookie("cets_session").value != first


def test_a_session_ends_when_it_is_not_used_and_at_last_however_much_it_is(start):
    world = World(start(session=7200, idle=1800))
    clock = world.service.clock
    client, _ = sign_in(world, "admin@vendor.example.cn", PASSWORD)
    clock.now += 1799
    assert is_signed_in(client)
    clock.now += 1799
    assert is_signed_in(client), "its use counts"
    clock.now += 1800
    assert not is_signed_in(client)
    client, _ = sign_in(world, "admin@vendor.example.cn", PASSWORD)
    for _ in range(7):
        clock.now += 1000
        assert is_signed_in(client)
    clock.now += 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("whose", ["person", "organisation"])
def test_a_closed_door_is_closed_at_once_to_browsers_and_programs(world, whose):
    client, headers = world.browser("vendor member"), world.token("vendor member")
    assert is_signed_in(client)
    if whose == "person":
        world.post("vendor admin", member_address(world), {"disabled": "yes"})
    else:
        vendor = world.organisations["vendor"].id
        world.post("operator admin", f"/zh/organisations/{vendor}/settings", {"disabled": "yes"})
    assert not is_signed_in(client)
    assert client.get("/api/v1/checks", headers=headers).get_json()["code"] == "TOKEN_REFUSED"


def member_address(world: World) -> str:
    vendor, member = world.organisations["vendor"].id, world.people["vendor member"].id
    return f"/zh/organisations/{vendor}/people/{member}"


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/zh/rules", "/zh/rules"),
        ("/en/checks?page=2", "/en/checks?page=2"),
        ("//evil.example", "/zh/checks"),
        ("https://evil.example", "/zh/checks"),
        ("/zh/\\evil.example", "/zh/checks"),
        ("/zh//evil.example", "/zh//evil.example"),
        ("/api/v1/checks", "/zh/checks"),
        ("javascript:alert(1)", "/zh/checks"),
    ],
)
def test_signing_in_leads_back_to_a_page_of_ours_and_nowhere_else(world, wanted, leads):
    address = f"/zh/sign-in?next={wanted.replace('?', '%3F').replace('=', '%3D')}"
    _, response = sign_in(world, "admin@vendor.example.cn", PASSWORD, address)
    assert response.location == leads


def test_who_asks_for_a_page_without_account_comes_back_to_it(world):
    response = world.service.app.test_client().get("/zh/checks?page=1")
    assert (response.status_code, response.location) == (
        303,
        "/zh/sign-in?next=/zh/checks?page%3D1",
    )


def invite(world: World, email: str = "newcomer@vendor.example.cn", role: str = "member") -> str:
    own = world.organisations["vendor"].id
    page = world.post(
        "vendor admin", f"/zh/organisations/{own}/invitations", {"email": email, "role": role}
    )
    (address,) = re.findall(r"http://localhost(/zh/links/[A-Za-z0-9_-]{43})", page.get_data(True))
    return address


def join(world: World, address: str, **fields: str):
    client = world.service.app.test_client()
    form = {"name": "王小明", "password": NEW, **fields}
    return client, world.service.post_form(address, form, client)


def test_an_invited_person_joins_with_the_role_they_were_given_and_the_link_opens_once(world):
    address = invite(world)
    assert address.rsplit("/", 1)[1] not in str(all_content(world)), "only its hash is kept"
    client, response = join(world, address)
    assert response.status_code == 303
    assert is_signed_in(client)
    person = world.store.people.find("newcomer@vendor.example.cn")
    assert (person.role, person.organisation_id) == ("member", world.organisations["vendor"].id)
    _, again = join(world, address)
    assert (again.status_code, code_of(again)) == (404, "LINK_OVER")
    assert sign_in(world, "newcomer@vendor.example.cn", NEW)[1].status_code == 303


def all_content(world: World) -> list[object]:
    with world.store.database.reading() as connection:
        return [
            connection.exec_driver_sql(f"select * from {table}").all()
            for table in ("links", "sessions", "tokens", "people")
        ]


@pytest.mark.parametrize("how", ["over", "withdrawn", "replaced", "made up"])
def test_a_link_that_does_not_count_opens_nothing(world, how):
    address = invite(world)
    if how == "over":
        world.service.clock.now += world.service.config.invitation
    elif how == "withdrawn":
        own = world.organisations["vendor"].id
        (link,) = world.store.links.list_open(own)
        world.post("vendor admin", f"/zh/organisations/{own}/invitations/{link.id}/withdraw")
    elif how == "replaced":
        invite(world)
    else:
        address = "/zh/links/" + "A" * 43
    _, response = join(world, address)
    assert (response.status_code, code_of(response)) == (404, "LINK_OVER")
    assert world.store.people.find("newcomer@vendor.example.cn") is None


def test_of_two_who_use_a_link_at_the_same_time_one_joins(world):
    link, _ = world.store.links.add(
        "invitation", world.organisations["vendor"].id, "x@x.cn", "reader", lasts=9
    )
    assert world.store.links.use(link.id)
    assert not world.store.links.use(link.id)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaaaa",
        "password1234567",
        "Newcomer-and-long",
        "王小明的密码是这个一二三",
        "x" * 201,
    ],
)
def test_an_easy_password_is_refused_and_the_link_not_used_up(world, password):
    address = invite(world)
    _, response = join(world, address, password=password)
    assert response.status_code == 422
    assert "王小明" in response.get_data(as_text=True), "what was filled in is still there"
    assert join(world, address)[1].status_code == 303


def test_an_address_belongs_to_one_organisation(world):
    own = world.organisations["vendor"].id
    form = {"email": "member@vendor.example.cn", "role": "reader"}
    again = world.post("vendor admin", f"/zh/organisations/{own}/invitations", form)
    assert again.status_code == 409
    address = invite(world, "admin@other.example.cn")
    _, response = join(world, address)
    assert response.status_code == 409
    assert world.store.people.find("admin@other.example.cn").name == "other admin"


def test_a_forgotten_password_is_set_anew_by_a_link_and_old_sessions_end(world):
    old, _ = sign_in(world, "member@vendor.example.cn", PASSWORD)
    page = world.post("vendor admin", f"{member_address(world)}/reset-link")
    (address,) = re.findall(r"(/zh/links/[A-Za-z0-9_-]{43})", page.get_data(as_text=True))
    client, response = join(world, address)
    assert response.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(old)
    assert sign_in(world, "member@vendor.example.cn", PASSWORD)[1].status_code == 401
    assert sign_in(world, "member@vendor.example.cn", NEW)[1].status_code == 303
    assert world.store.people.find("member@vendor.example.cn").name == "vendor member"


def test_a_password_is_changed_by_who_knows_it_and_other_browsers_are_signed_out(world):
    here, _ = sign_in(world, "member@vendor.example.cn", PASSWORD)
    there, _ = sign_in(world, "member@vendor.example.cn", PASSWORD)
    wrong = world.service.post_form(SIGNED_IN, {"old": "wrong", "new": NEW}, here)
    assert wrong.status_code == 403
    assert is_signed_in(there)
    right = world.service.post_form(SIGNED_IN, {"old": PASSWORD, "new": NEW}, here)
    assert right.status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_the_last_administrator_stays_one(world, is_problem):
    admin, own = world.people["vendor admin"].id, world.organisations["vendor"].id
    page = f"/zh/organisations/{own}/people/{admin}"
    for form in ({"role": "member"}, {"disabled": "yes"}):
        assert world.post("vendor admin", page, form).status_code == 409
    world.post("vendor admin", member_address(world), {"role": "admin"})
    assert world.post("vendor admin", page, {"role": "member"}).status_code == 303
    assert world.store.people.get(admin).role == "member"


def test_a_token_acts_for_who_made_it_and_never_beyond_their_role(world, is_problem):
    reader = world.token("vendor reader")
    client = world.service.app.test_client()
    system = {"name": "s", "version": "1", "artefact": "sha256:" + "a" * 64}
    refused = client.post("/api/v1/systems", json=system, headers=reader)
    assert is_problem(refused, 403, "ROLE_MISSING")
    member = world.token("vendor member")
    assert client.post("/api/v1/systems", json=system, headers=member).status_code == 201
    is_problem(client.post("/api/v1/systems", json=system, headers=member), 409, "SYSTEM_EXISTS")
    world.post("vendor admin", member_address(world), {"role": "reader"})
    system["version"] = "2"
    is_problem(client.post("/api/v1/systems", json=system, headers=member), 403, "ROLE_MISSING")


@pytest.mark.parametrize(
    "given",
    ["Bearer", "Bearer ", "Bearer x", "Basic YWRtaW46YQ==", "Bearer cets_" + "A" * 43, "\xff"],
)
def test_a_header_that_holds_no_token_is_refused_even_where_none_is_needed(
    world, is_problem, given
):
    client = world.service.app.test_client()
    for address in ("rules", "checks"):
        response = client.get(f"/api/v1/{address}", headers={"Authorization": given})
        is_problem(response, 401, "TOKEN_REFUSED")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_shown_once_and_ends_when_it_is_revoked(world):
    form = {"name": "CI", "days": "9", "scopes": ["checks:read"]}
    page = world.post("vendor member", "/zh/tokens", form).get_data(as_text=True)
    (secret,) = re.findall(r"cets_[A-Za-z0-9_-]{43}", page)
    assert secret not in str(all_content(world))
    own = world.organisations["vendor"].id
    assert secret not in world.browser("vendor member").get(f"/zh/organisations/{own}").text
    headers = {"Authorization": f"Bearer {secret}"}
    client = world.service.app.test_client()
    assert client.get("/api/v1/checks", headers=headers).status_code == 200
    ((token, _),) = world.store.tokens.list_of(own)
    assert token.used_at is not None
    world.post("vendor admin", f"/zh/tokens/{token.id}/revoke")
    assert client.get("/api/v1/checks", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "days": "9", "scopes": ["checks:read"]},
        {"name": "a\nb", "days": "9", "scopes": ["checks:read"]},
        {"name": "CI", "days": "0", "scopes": ["checks:read"]},
        {"name": "CI", "days": "367", "scopes": ["checks:read"]},
        {"name": "CI", "days": "²", "scopes": ["checks:read"]},
        {"name": "CI", "days": "9", "scopes": []},
        {"name": "CI", "days": "9", "scopes": ["everything"]},
    ],
)
def test_a_token_that_cannot_be_is_refused_on_its_page(world, form):
    response = world.post("vendor member", "/zh/tokens", form)
    assert response.status_code == 422
    assert "字段取值无效" in response.get_data(as_text=True)
    assert world.store.tokens.list_of(world.organisations["vendor"].id) == []


@pytest.mark.parametrize(
    ("kind", "name", "province", "code"),
    [
        ("vendor", "机构 vendor", None, "ORGANISATION_EXISTS"),
        ("vendor", " ", None, "FIELD_INVALID"),
        ("vendor", "a\u202eb", None, "FIELD_INVALID"),
        ("vendor", "x", "13", "FIELD_INVALID"),
        ("province", "x", None, "FIELD_INVALID"),
        ("province", "x", "99", "FIELD_INVALID"),
        ("operator", "x", None, "OPERATOR_STAYS"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused_by_name(
    world, is_problem, kind, name, province, code
):
    body = {"kind": kind, "name": name} | ({"province": province} if province else {})
    response = world.service.app.test_client().post(
        "/api/v1/organisations", json=body, headers=world.token("operator admin")
    )
    document = is_problem(response, response.status_code, code)
    assert document["status"] in (409, 422)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "FIELD_INVALID"),
        ({"name": "s", "version": "1"}, 422, "FIELD_INVALID"),
        ({"name": "s", "version": "1", "artefact": "md5:1"}, 422, "FIELD_INVALID"),
        ({"name": 1, "version": "1", "artefact": "a" * 64}, 422, "FIELD_INVALID"),
        ({"name": "s", "version": True, "artefact": "a" * 64}, 422, "FIELD_INVALID"),
        ({"name": "\ud800", "version": "1", "artefact": "a" * 64}, 422, "FIELD_INVALID"),
        ({"name": "s\x00", "version": "1", "artefact": "a" * 64}, 422, "FIELD_INVALID"),
        ({"name": "s", "version": "1", "artefact": "a" * 64, "x": 1}, 400, "FIELD_UNKNOWN"),
        ([], 400, "BODY_NOT_OBJECT"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named(world, is_problem, body, status, code):
    response = world.service.app.test_client().post(
        "/api/v1/systems", json=body, headers=world.token("vendor member")
    )
    document = is_problem(response, status, code)
    if code == "FIELD_INVALID":
        assert document["path"] in ("/name", "/version", "/artefact")
