"""Who changed which account stands in the audit log, whichever way they came; no secret does."""

from __future__ import annotations

import io
import json
import re

import pytest

from cets_service import Administration, accounts, upkeep
from cets_service.problems import Problem

from ..certification import Caller
from ..databases import BOTH_DATABASES
from ..world import VECTOR, World

PASSWORD = "three grey herons 7"
ARTEFACT = "sha256:" + "ab" * 32


def entries(config):
    return [json.loads(line) for line in upkeep.audit_export(config)]


@pytest.fixture
def administration(service):
    made = Administration(service.config, service.clock)
    yield made
    made.close()


@BOTH_DATABASES
def test_a_year_of_accounts_stands_in_the_log_in_its_order(service, administration):
    """By the command line, on the pages and through the API; and the log holds."""
    store, client = service.parts.store, service.client

    def post(address, **fields):
        answer = service.post_form(address, fields)
        assert answer.status_code in (200, 303, 401, 403), answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    link = administration.create_operator("运营中心", "operator@example.org")
    post(f"/zh/links/{link.rsplit('/', 1)[1]}", name="甲", password=PASSWORD)
    operator = store.people.find("operator@example.org")
    post("/zh/sign-out")
    post("/zh/sign-in", email="operator@example.org", password="typed in the wrong field")
    post("/zh/sign-in", email="nobody@example.org", password=PASSWORD)
    post("/zh/sign-in", email="operator@example.org", password=PASSWORD)
    post("/zh/account", old="not mine at all", new=PASSWORD + "!")
    post("/zh/account", old=PASSWORD, new=PASSWORD + "!")
    post("/zh/organisations", kind="vendor", name="软件厂商", province="")
    vendor = next(one for one in store.organisations.list_all() if one.kind == "vendor")
    page = f"/zh/organisations/{vendor.id}"
    post(f"{page}/settings", keep_days="30", disabled="")
    for email in ("a@vendor.example.org", "b@vendor.example.org"):
        post(f"{page}/invitations", email=email, role="admin")
    withdrawn, kept = sorted(store.links.list_open(vendor.id), key=lambda one: one.email)
    post(f"{page}/invitations/{withdrawn.id}/withdraw")
    secret = administration.invite(vendor.id, kept.email, "member").rsplit("/", 1)[1]
    post(f"/zh/links/{secret}", name="乙", password=PASSWORD)
    person = store.people.find(kept.email)
    shown = post("/zh/tokens", name="CI", days="30", scopes=list(accounts.SCOPES))
    token = re.search(r"cets_[A-Za-z0-9_-]{43}", shown)[0]
    (token_id,) = [one.id for one, _ in store.tokens.list_of(vendor.id)]
    api = {"headers": {"Authorization": f"Bearer {token}"}}
    system = {"name": "系统", "version": "1", "artefact": ARTEFACT}
    system_id = client.post("/api/v1/systems", json=system, **api).get_json()["id"]
    assert client.delete(f"/api/v1/systems/{system_id}", **api).status_code == 204
    assert client.delete(f"/api/v1/tokens/{token_id}", **api).status_code == 204
    administration.reset_link(person.email)
    administration.set_disabled(person.email, disabled=True)
    administration.set_disabled(vendor.id, disabled=True)

    found = [(one["actor"], one["action"]) for one in entries(service.config)]
    first, second = f"person:{operator.id}", f"person:{person.id}"
    by_token = f"{second} token:{token_id}"
    assert found == [
        ("operator", "organisation.add"),
        ("operator", "invitation.make"),
        (first, "person.join"),
        (first, "session.close"),
        ("address:127.0.0.1", "session.refuse"),
        ("address:127.0.0.1", "session.refuse"),
        (first, "session.open"),
        (first, "password.refuse"),
        (first, "password.change"),
        (first, "organisation.add"),
        (first, "organisation.change"),
        (first, "invitation.make"),
        (first, "invitation.make"),
        (first, "invitation.withdraw"),
        ("operator", "invitation.make"),
        (second, "person.join"),
        (second, "token.make"),
        (by_token, "system.add"),
        (by_token, "system.delete"),
        (by_token, "token.revoke"),
        ("operator", "reset.make"),
        ("operator", "person.change"),
        ("operator", "organisation.change"),
    ]
    head, breaks = upkeep.audit_verify(service.config, [])
    assert (head.sequence, breaks) == (len(found), [])
    text = json.dumps(entries(service.config), ensure_ascii=False)
    for kept_secret in (PASSWORD, "wrong field", "not mine", "nobody@", token, secret):
        assert kept_secret not in text
    refused = [one["object"] for one in entries(service.config) if "refuse" in one["action"]]
    assert refused == [first, "", ""]


def test_what_a_token_did_is_told_from_what_its_person_did(service, wrong_table):
    """So that a token that got out can be looked up: exams, comparisons, appeals, certificates."""
    world = World(service)
    vendor, operator = world.token("vendor admin"), world.token("operator admin")
    system = {"name": "系统", "version": "1", "artefact": ARTEFACT}

    def send(method, address, headers=vendor, **named):
        answer = service.client.open(address, method=method, headers=headers, **named)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_json()

    asked = {"level": "full", "operations": ["emissions"]}
    asked["system_id"] = send("POST", "/api/v1/systems", json=system)["id"]
    exam = send("POST", "/api/v1/exams", json=asked)["links"]
    service.parts.jobs.wait("exam", service.parts.store.exams.get(exam["self"][-22:]).key, 60)
    answers = Caller(service.app.test_client(), None, None, vendor).answers({"links": exam})
    send("POST", exam["answers"], data=answers, content_type="application/jsonl")
    certificate = send("GET", exam["self"])["certificate_id"]
    revoke = f"/api/v1/certificates/{certificate}/revoke"
    send("POST", revoke, operator, json={"reason": "制品被替换"})
    tables = {"table": [(io.BytesIO(wrong_table), f"{name}.csv") for name in "ab"]}
    comparison = send("POST", "/api/v1/comparisons", data=tables)["links"]["self"]
    service.client.delete(comparison, headers=vendor)
    send("POST", "/api/v1/appeals", json={"subject": VECTOR, "text": "理由"})

    ours = ("exam.", "comparison.", "appeal.", "certificate.")
    found = [one for one in entries(service.config) if one["action"].startswith(ours)]
    by = {
        one["action"]: one["actor"].partition(" ")[2] for one in found if one["actor"] != "worker"
    }
    assert by.keys() == {
        *("exam.create", "exam.answer", "certificate.revoke", "appeal.filed"),
        *("comparison.create", "comparison.delete"),
    }
    assert all(re.fullmatch("token:[A-Za-z0-9_-]{22}", token) for token in by.values()), by


@BOTH_DATABASES
def test_every_step_of_an_organisations_check_is_told_and_none_of_nobodys(
    start, wrong_table, monkeypatch
):
    monkeypatch.setattr("cets_service.pages.checks.QUICK", 0)
    service = start(works=False, inline=0)
    world = World(service)
    unread = wrong_table.replace(b"output", b"yield")

    def take_all_steps(owner, whom):
        given = {"file": (io.BytesIO(unread), "t.csv")}
        address = world.post(owner, "/zh/checks", given).location
        for step in ("cancel", "cancel", "retry", "retry"):
            assert world.post(whom, f"{address}/{step}").status_code == 303
        service.worker.drain()
        offered = world.browser(whom).get(address).get_data(as_text=True)
        (select,) = re.findall(r'<select id="(column[^"]*)"', offered)
        for _ in ("once", "said again, nothing changes"):
            world.post(whom, f"{address}/headers", {select: "output"})
            service.worker.drain()
        check = service.parts.store.checks.get(address[-22:])
        assert check.verdict == "does_not_conform"
        assert world.post(whom, f"{address}/delete").status_code == 303
        return check

    take_all_steps(None, None)
    take_all_steps(None, "vendor member")
    check = take_all_steps("vendor member", "vendor member")
    found = [one for one in entries(service.config) if one["action"].startswith("check.")]
    steps = ["cancel", "retry", "map", "delete"]
    assert [one["action"] for one in found] == [f"check.{step}" for step in steps]
    assert {one["actor"] for one in found} == {f"person:{world.people['vendor member'].id}"}
    assert {one["object"] for one in found} == {f"check:{check.id}"}
    assert json.loads(found[2]["details"]) == {"key": check.key, "upload": check.upload}


def test_that_a_comparison_was_stopped_or_begun_again_is_told_once(start, wrong_table):
    service = start(works=False, wait=0)
    headers = World(service).token("vendor member")
    tables = {"table": [(io.BytesIO(wrong_table), f"{name}.csv") for name in "ab"]}
    made = service.client.post("/api/v1/comparisons", data=tables, headers=headers)
    address = made.get_json()["links"]["self"]
    statuses = [
        service.client.post(f"{address}/{step}", headers=headers).status_code
        for step in ("cancel", "cancel", "retry", "retry")
    ]
    assert statuses == [200, 409, 202, 409]
    found = [one for one in entries(service.config) if one["action"].startswith("comparison.")]
    steps = ["create", "cancel", "retry"]
    assert [one["action"] for one in found] == [f"comparison.{step}" for step in steps]
    assert len({one["actor"] for one in found}) == len({one["object"] for one in found}) == 1
    assert "token:" in found[0]["actor"]


def test_what_is_refused_or_undone_leaves_no_entry(service, administration):
    store = service.parts.store
    with pytest.raises(Problem):
        administration.create_organisation("province", "某省", "99")

    def fail_afterwards():
        with store.writing():
            accounts.add_organisation(store, service.config, kind="vendor", name="甲", actor="a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()
    assert store.organisations.list_all() == entries(service.config) == []
