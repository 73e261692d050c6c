"""Who changed which account stands in the audit log, whichever way they came; no secret does."""

from __future__ import annotations

import json
import re

import pytest

from cets_service import Administration, accounts, upkeep
from cets_service.problems import Problem

from ..databases import BOTH_DATABASES

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


def test_what_is_refused_or_undone_leaves_no_entry(service, administration):
    store = service.parts.store
    with pytest.raises(Problem):
        administration.create_organisation("province", "某省", "99")
    with pytest.raises(RuntimeError), store.writing():  # noqa: PT012 - undone as one
        accounts.add_organisation(store, service.config, kind="vendor", name="甲", actor="operator")
        raise RuntimeError
    assert store.organisations.list_all() == entries(service.config) == []
