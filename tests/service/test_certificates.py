"""Certificates of the service: what makes one valid, stale or revoked, and who may see and say."""

from __future__ import annotations

import csv
import io
import stat
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from tests.service.certification import ARTEFACT, enrol, service_log
from tests.service.databases import BOTH_DATABASES

from cets_conformance import certificate as certificates
from cets_service import Administration
from cets_service.store import Wanted

pytestmark = BOTH_DATABASES


@pytest.fixture
def vendor(service: Any) -> Any:
    return enrol(service, "vendor", "甲软件公司")


@pytest.fixture
def operator(service: Any) -> Any:
    return enrol(service, "operator", "发证中心", "certificates:write")


@pytest.fixture
def passed(vendor: Any, operator: Any) -> Any:
    """The certificate of an exam that was passed, as the API gives it."""
    exam = vendor.pass_exam(vendor.add_system())
    return vendor.get(exam["links"]["certificate"]).get_json()


@pytest.fixture
def administration(service: Any) -> Any:
    made = Administration(service.config)
    yield made
    made.close()


def verified(service: Any, jws: str) -> tuple[str, str | None]:
    sent = service.client.post(
        "/api/v1/certificates/verify", data=jws, content_type="application/jose"
    )
    assert sent.status_code == 200, sent.get_data(as_text=True)
    told = sent.get_json()
    return told["state"], told["code"]


def offline(service: Any, jws: str) -> tuple[str, str | None]:
    """Verify with nothing but what the service publishes."""
    given = service.client.get
    keys = given("/.well-known/jwks.json").get_data()
    assert given("/api/v1/keys").get_data() == keys
    found = certificates.verify(jws.encode(), keys, given("/api/v1/revocations").get_data())
    return found.state, found.problem.code if found.problem else None


def state(service: Any, passed: Any) -> str:
    return str(service.client.get(passed["links"]["self"]).get_json()["state"])


def test_a_certificate_binds_what_was_examined_and_everybody_may_see_it(
    service: Any, passed: Any
) -> None:
    said = passed["certificate"]
    assert said["system"] == {
        "name": "甲系统",
        "version": "1.0",
        "artefact_sha256": "9f" * 32,
    }
    assert (said["issuer"], said["operations"]) == ("发证中心", ["emissions"])
    assert verified(service, passed["jws"]) == offline(service, passed["jws"]) == ("valid", None)
    assert service.client.get(passed["links"]["jws"]).get_data() == f"{passed['jws']}\n".encode()


def test_a_changed_byte_an_unknown_key_and_what_is_none_are_told_apart(
    service: Any, passed: Any
) -> None:
    jws = passed["jws"]
    head, body, seal = jws.split(".")
    middle = "A" if seal[40] != "A" else "B"
    tampered = f"{head}.{body}.{seal[:40]}{middle}{seal[41:]}"
    other = certificates.Signer.generate().sign(passed["certificate"])
    assert verified(service, tampered) == offline(service, tampered) == ("refused", "TAMPERED")
    assert verified(service, other) == offline(service, other) == ("refused", "UNKNOWN_KEY")
    assert verified(service, "no certificate") == ("not_checked", "NOT_A_CERTIFICATE")
    wrong = service.client.get("/api/v1/revocations").get_data(as_text=True)
    assert verified(service, wrong) == ("refused", "WRONG_KIND")


def test_a_clause_that_changes_makes_it_stale_and_it_says_what_to_run_again(
    service: Any, passed: Any
) -> None:
    certifying = service.parts.certifying
    before = certifying.hashes
    certifying.hashes = lambda operations: {**before(operations), "S-6": "0" * 64}
    now = service.client.get(passed["links"]["self"]).get_json()
    assert (now["state"], now["changed_clauses"]) == ("stale", ["S-6"])
    assert now["run_again"] == ["emissions"]
    assert verified(service, passed["jws"]) == ("stale", "STALE")
    badge = service.client.get(f"{passed['links']['badge']}?lang=en").get_data(as_text=True)
    assert "to be run again (full, emissions only)" in badge
    (row,) = service.client.get("/api/v1/register?state=stale").get_json()["certificates"]
    assert row["run_again"] == ["emissions"]
    certifying.hashes = lambda operations: {**before(operations), "R-4": "0" * 64}
    assert state(service, passed) == "valid", "no question of this exam was about R-4"


def test_a_certificate_of_other_vectors_that_changed_nothing_it_rests_on_is_valid(
    service: Any, passed: Any
) -> None:
    said = {**passed["certificate"], "manifest_sha256": "0" * 64}
    signed = service.parts.keyring.signer().sign(said)
    assert verified(service, signed) == ("valid", None)


def test_the_operator_revokes_and_nobody_else(
    service: Any, vendor: Any, operator: Any, passed: Any, is_problem: Any
) -> None:
    address, reason = f"{passed['links']['self']}/revoke", {"reason": "制品被替换。"}
    is_problem(service.client.post(address, json=reason), 401, "SIGN_IN_REQUIRED")
    is_problem(vendor.post(address, reason), 403, "NOT_ALLOWED")
    member = enrol(service, "operator", "另一人", "certificates:write", role="member")
    is_problem(member.post(address, reason), 403, "ROLE_MISSING")
    is_problem(operator.post(address, {"reason": "  "}), 422, "FIELD_INVALID")
    is_problem(operator.post(f"/api/v1/certificates/{'0' * 22}/revoke", reason), 404)
    assert state(service, passed) == "valid"
    assert operator.post(address, reason).get_json()["reason"] == "制品被替换。"
    is_problem(operator.post(address, {"reason": "Another."}), 409, "ALREADY_REVOKED")
    revoked = ("revoked", "REVOKED_CERTIFICATE")
    assert verified(service, passed["jws"]) == offline(service, passed["jws"]) == revoked
    assert "已吊销" in service.client.get(passed["links"]["badge"]).get_data(as_text=True)
    last = service_log(service)[-1]
    assert last.action == "certificate.revoke"
    assert last.actor.startswith(f"person:{operator.person.id} token:")


def test_rotation_keeps_what_was_signed_and_signs_with_the_new_key(
    service: Any, vendor: Any, passed: Any, administration: Any
) -> None:
    kid = administration.rotate_key()
    second = vendor.pass_exam(vendor.add_system("2.0"))
    renewed = vendor.get(second["links"]["certificate"]).get_json()
    assert renewed["kid"] == kid != passed["kid"]
    for jws in (passed["jws"], renewed["jws"]):
        assert verified(service, jws) == offline(service, jws) == ("valid", None)
    states = {line[0]: line[1] for line in administration.list_keys()}
    assert states == {kid: "active", passed["kid"]: "retired"}


def test_a_revoked_key_takes_its_certificates_with_it_and_signs_no_more(
    service: Any, passed: Any, administration: Any
) -> None:
    assert administration.revoke_key(passed["kid"], "Seen by others.") == 1
    assert not (service.config.data / "keys" / f"{passed['kid']}.json").exists()
    revoked = ("revoked", "REVOKED_KEY")
    assert verified(service, passed["jws"]) == offline(service, passed["jws"]) == revoked
    assert state(service, passed) == "revoked"
    states = sorted(line[1] for line in administration.list_keys())
    assert states == ["active", "revoked"], "the list of revocations is signed with a new one"
    log = [entry.action for entry in service_log(service)]
    assert log[-2:] == ["key.revoke", "key.make"]


@pytest.mark.parametrize("act", ["revoke", "rotate"])
def test_a_key_is_neither_revoked_nor_retired_while_a_certificate_is_issued_on_it(
    service: Any, vendor: Any, passed: Any, administration: Any, monkeypatch: Any, act: str
) -> None:
    """Either the certificate was there before, and goes with the key, or it has the next key."""
    kid, sign, ended = passed["kid"], certificates.Signer.sign, []
    acts = {
        "revoke": lambda: administration.revoke_key(kid, "x"),
        "rotate": administration.rotate_key,
    }

    def sign_meanwhile(signer: Any, content: Any) -> str:
        if "certificate_id" in content and not ended:
            thread = Thread(target=lambda: ended.append(acts[act]()))
            threads.append(thread)
            thread.start()
            thread.join(0.3)
            assert not ended, "it waits until the certificate is written"
        return sign(signer, content)

    threads: list[Thread] = []
    monkeypatch.setattr(certificates.Signer, "sign", sign_meanwhile)
    exam = vendor.pass_exam(vendor.add_system("2.0"))
    (thread,) = threads
    thread.join(20)
    renewed = vendor.get(exam["links"]["certificate"]).get_json()
    assert renewed["kid"] == kid
    assert renewed["state"] == {"revoke": "revoked", "rotate": "valid"}[act]
    if act == "revoke":
        assert ended == [2], "both are counted"


def test_a_private_key_is_its_owners_alone_and_nowhere_else(
    service: Any, passed: Any, administration: Any
) -> None:
    (file,) = (service.config.data / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    keys = service.client.get("/api/v1/keys").get_json()["keys"]
    assert [sorted(key) for key in keys] == [["alg", "crv", "kid", "kty", "use", "x"]]


def test_without_its_private_half_a_key_is_followed_by_a_new_one_and_nothing_is_lost(
    service: Any, vendor: Any, passed: Any
) -> None:
    """A restored backup has no private halves."""
    (service.config.data / "keys" / f"{passed['kid']}.json").unlink()
    second = vendor.pass_exam(vendor.add_system("2.0"))
    assert vendor.get(second["links"]["certificate"]).get_json()["kid"] != passed["kid"]
    assert offline(service, passed["jws"]) == ("valid", None)


def test_the_register_lists_all_finds_by_word_and_never_writes_a_formula(
    service: Any, vendor: Any, passed: Any
) -> None:
    store = service.parts.store
    system = store.systems.add(
        vendor.organisation.id, "=1+1", "2.0", f"sha256:{'1' * 64}", vendor.person.id
    )
    vendor.pass_exam(system.id)
    wide = store.systems.add(vendor.organisation.id, "＝1+1", "2", ARTEFACT, vendor.person.id)
    vendor.pass_exam(wide.id)
    get = service.client.get
    assert get("/api/v1/register").get_json()["count"] == 3
    for wanted, count in (("甲系统", 1), ("软件", 3), (passed["id"], 1), ("none such", 0)):
        assert get("/api/v1/register", query_string={"q": wanted}).get_json()["count"] == count
    assert get("/api/v1/register?level=issuance").get_json()["count"] == 0
    assert get("/api/v1/register?state=gone").status_code == 400
    content = get("/api/v1/register.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    assert {row["system"] for row in rows} == {"甲系统", "'=1+1", "'＝1+1"}
    assert {row["state"] for row in rows} == {"valid"}


def test_one_exam_has_one_certificate_whoever_writes_it(service: Any, passed: Any) -> None:
    store = service.parts.store
    held = store.certificates.get(passed["id"])
    again = replace(held, content={**held.content, "certificate_id": "0" * 22})
    with pytest.raises(Exception, match=r"(?i)unique"), store.writing():
        store.certificates.add(
            again.content, again.jws, again.kid, again.exam_id, again.organisation_id
        )
    assert store.certificates.count(Wanted()) == 1
