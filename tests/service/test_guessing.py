"""Who guesses passwords waits; who owns the account does not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from tests.service.databases import BOTH_DATABASES
from tests.service.test_accounts import sign_in
from tests.service.world import PASSWORD, World

from cets_service import accounts, audit
from cets_service.store import attempts
from cets_service.tables import sign_in_attempts

pytestmark = BOTH_DATABASES


@pytest.fixture
def world(service) -> World:
    return World(service)


@pytest.mark.parametrize("email", ["member@vendor.example.cn", "nobody@vendor.example.cn"])
def test_who_guesses_a_password_waits_longer_and_longer_whether_there_is_an_account_or_not(
    world, email
):
    """The delays are the same for both; a colleague signs in meanwhile."""
    service, waits = world.service, []

    def guess(password="wrong password"):
        given = {"email": email, "password": password}
        return service.post_form("/zh/sign-in", given, service.app.test_client())

    for _ in range(attempts.FREE):
        assert guess().status_code == 401
    for _ in range(7):
        refused = guess(PASSWORD)
        assert refused.status_code == 429, "not even the right one is looked at"
        text = refused.get_data(as_text=True)
        waits.append(int(refused.headers["Retry-After"]))
        assert f"请在 {waits[-1]} 秒后重试" in text
        service.clock.now += waits[-1] - 1
        assert guess(PASSWORD).headers["Retry-After"] == "1"
        service.clock.now += 1
        assert guess().status_code == 401, "refused attempts do not count"
    assert waits == [30, 60, 120, 240, 480, 900, 900]
    colleague = {"email": "admin@vendor.example.cn", "password": PASSWORD}
    assert service.post_form("/zh/sign-in", colleague).status_code == 303
    with service.parts.store.database.reading() as connection:
        logged = [entry for entry in audit.entries(connection) if "throttle" in entry.action]
    assert len(logged) == 14
    assert {bool(entry.object) for entry in logged} == {email.startswith("member")}
    service.clock.now += 900
    assert guess(PASSWORD).status_code == (303 if email.startswith("member") else 401)
    if email.startswith("member"):
        assert guess().status_code == 401, "one that succeeds starts the count again"


def test_who_guesses_from_elsewhere_does_not_keep_the_owner_out(world):
    """The browser in which one has signed in before counts by itself, for its account alone."""
    service, email = world.service, "member@vendor.example.cn"
    own, _ = sign_in(world, email, PASSWORD)
    own.delete_cookie("cets_session")

    def attempt(client, password, who=email):
        given = {"email": who, "password": password}
        return service.post_form("/zh/sign-in", given, client).status_code

    elsewhere = service.app.test_client()
    statuses = [attempt(elsewhere, "wrong password") for _ in range(attempts.FREE + 1)]
    assert statuses[-2:] == [401, 429]
    for _ in range(attempts.FREE):
        attempt(elsewhere, "wrong password", "admin@vendor.example.cn")
    assert attempt(own, PASSWORD, "admin@vendor.example.cn") == 429, "known for its account alone"
    assert attempt(own, "wrong password") == 401
    assert attempt(own, PASSWORD) == 303
    own.delete_cookie("cets_session")
    for _ in range(attempts.FREE):
        assert attempt(own, "wrong password") == 401
    assert attempt(own, PASSWORD) == 429, "and it may not guess for ever either"
    service.clock.now += attempts.KNOWN
    service.parts.checking.tidy()
    with world.store.database.reading() as connection:
        assert connection.execute(select(sign_in_attempts)).all() == []


def test_of_many_guesses_at_once_no_more_are_looked_at(world):
    """The attempt counts before its password is looked at."""
    begin = world.service.parts.store.attempts.begin
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: begin("member@vendor.example.cn"), range(24)))
    assert sorted(waits)[: attempts.FREE + 1] == [0] * attempts.FREE + [attempts.FIRST_WAIT]


def test_attempts_are_forgotten_in_a_day_and_by_a_link_to_set_a_new_password(world):
    store, clock = world.service.parts.store, world.service.clock
    for _ in range(attempts.FREE):
        store.attempts.begin("member@vendor.example.cn")
        store.attempts.begin("nobody@vendor.example.cn")
    person = store.people.find("member@vendor.example.cn")
    _, secret = accounts.make_reset_link(store, world.service.config, person, actor="operator")
    link = store.links.find(secret)
    accounts.accept(store, world.service.config, link, name="", password="another battery staple")
    assert store.attempts.begin("member@vendor.example.cn") == 0
    assert store.attempts.begin("nobody@vendor.example.cn") > 0
    clock.now += attempts.KEPT
    world.service.parts.checking.tidy()
    with store.database.reading() as connection:
        assert connection.execute(select(sign_in_attempts)).all() == []
