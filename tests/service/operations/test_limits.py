"""One client's work is limited, and the limit says so; headers and proxies are believed as set."""

from __future__ import annotations

import re

import pytest
from flask import request
from tests.service.conftest import begin_work

from cets_service import Config, accounts
from cets_service.access import public

OUTSIDE = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}


def test_a_client_that_asks_too_much_is_told_when_to_come_back(start, is_problem):
    service = start(rate_limit="3/hour")
    for left in (2, 1, 0):
        answer = service.client.get("/api/v1/rules/A-3", **OUTSIDE)
        assert (answer.status_code, answer.headers["RateLimit-Limit"]) == (200, "3")
        assert answer.headers["RateLimit-Remaining"] == str(left)
    refused = service.client.get("/api/v1/rules/A-3", **OUTSIDE)
    problem = is_problem(refused, 429, "RATE_LIMITED")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    assert "3 per 1 hour" in problem["detail"]
    page = service.client.get("/zh/", **OUTSIDE)
    assert page.status_code == 429
    assert "请求过于频繁" in page.get_data(as_text=True)
    other = service.client.get("/api/v1/rules/A-3", environ_base={"REMOTE_ADDR": "192.0.2.8"})
    assert other.status_code == 200


def test_an_upload_costs_more_than_a_look(start, is_problem, right_table):
    service = start(rate_limit="11/hour")
    assert service.client.get("/api/v1/rules/A-3").status_code == 200
    assert service.upload(right_table).status_code == 201
    is_problem(service.upload(right_table), 429, "RATE_LIMITED")
    assert len(service.stored()) == 1


def test_probes_and_files_of_the_page_are_free(start):
    service = start(rate_limit="1/hour")
    begin_work(service)
    for address in ("/healthz", "/readyz", "/metrics", "/static/page.js") * 2:
        assert service.client.get(address).status_code == 200


def test_who_is_known_by_a_token_has_a_budget_of_their_own_and_who_guesses_has_not(start):
    service = start(rate_limit="2/hour")

    _, secret = accounts.make_token(
        service.parts.store, service.add_person(), name="CI", scopes=["checks:read"], days=1
    )
    statuses = [
        service.client.get(
            "/api/v1/rules/A-3", headers={"Authorization": f"Bearer {given}"}
        ).status_code
        for given in ("guess-1", "guess-2", "guess-3", secret, secret, secret)
    ]
    assert statuses == [401, 401, 429, 200, 200, 429]


@pytest.mark.parametrize("address", ["/zh/sign-in", f"/zh/links/{'A' * 43}"])
def test_passwords_and_links_are_guessed_a_few_times_only_from_one_address(start, address):
    service = start(rate_limit="50/hour")
    page = service.client.get("/zh/sign-in").get_data(as_text=True)
    token = re.search(r'name="form_token" value="(.*?)"', page)[1]
    form = {"email": "a@example.org", "name": "A", "password": "guess", "form_token": token}
    if "links" in address:
        del form["email"]
    else:
        del form["name"]
    statuses = [service.client.post(address, data=form).status_code for _ in range(3)]
    assert statuses[2] == 429
    assert set(statuses[:2]) <= {401, 404}


@pytest.mark.parametrize(
    ("settings", "limit"),
    [
        ({}, None),
        ({"host": "localhost"}, None),
        ({"host": "0.0.0.0"}, "600"),
        ({"host": "cets.example"}, "600"),
        ({"proxies": 1}, "600"),
        ({"host": "0.0.0.0", "rate_limit": "off"}, None),
        ({"rate_limit": "7/second"}, "7"),
    ],
)
def test_a_limit_stands_wherever_others_can_reach_the_service(start, settings, limit):
    answer = start(**settings).client.get("/api/v1/rules/A-3")
    assert answer.headers.get("RateLimit-Limit") == limit


def test_a_limit_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match="CETS_RATE_LIMIT"):
        Config.from_environment({"CETS_RATE_LIMIT": "many"})


@pytest.mark.parametrize("address", ["/zh/", "/api/v1/rules", "/healthz", "/nowhere"])
def test_every_answer_forbids_what_is_inline_or_from_elsewhere(service, address):
    headers = service.client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    for name in ("object-src", "frame-src", "worker-src", "frame-ancestors", "base-uri"):
        assert policy[name] == "'none'", name
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in headers


def test_behind_tls_browsers_are_held_to_it_and_cookies_too(start):
    service = start(public_url="https://cets.example")
    answer = service.client.get("/zh/sign-in", base_url="https://cets.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-cets_form=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
    ],
)
def test_only_the_proxies_that_are_named_are_believed(start, proxies, forwarded, seen):
    service = start(proxies=proxies)
    service.app.add_url_rule("/who", "who", public()(lambda: request.remote_addr))
    answer = service.client.get("/who", headers={"X-Forwarded-For": forwarded})
    assert answer.get_data(as_text=True) == seen
