"""Certificates: what holds, what does not, and why: each told apart, offline."""

from __future__ import annotations

import base64
import copy
from datetime import date
from functools import cache
from typing import Any

import pytest
from joserfc import jws
from tests.conformance.exam.sitting import SEED, one, reference, sat, variant

from cets_conformance import certificate as certificates
from cets_conformance import json_text, published
from cets_conformance.certificate import CertificateError, Signer, Verification, verify
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.exam import grade

SYSTEM = {"name": "system", "version": "1", "artefact_sha256": "9f" * 32}
DAY = date(2026, 11, 26)
FIRST = Signer.generate()
SECOND = FIRST.rotated()
OTHER = Signer.generate()


def jwks(signer: Signer) -> bytes:
    return json_text.dumps(signer.public_keys()).encode()


@cache
def report(mistake: str = "") -> dict[str, Any]:
    exam = one("surrender")
    system = variant(MISTAKES[mistake].rule_set) if mistake else reference()
    named = {"name": SYSTEM["name"], "version": SYSTEM["version"]}
    return grade(exam, sat(exam, system), named, SEED)


def said(**changes: Any) -> dict[str, Any]:
    made = certificates.build_certificate(
        report(), system=SYSTEM, issuer="Issuer", certificate_id="C-1", issued_on=DAY
    )
    return {**made, **changes}


def small() -> dict[str, Any]:
    """A certificate that says as little as it may, so that each of its bytes can be tried."""
    return said(clauses=said()["clauses"][:1])


def revocations(signer: Signer, **lists: Any) -> bytes:
    made = certificates.build_revocations(issuer="Issuer", number=1, issued_on=DAY, **lists)
    return signer.sign(made).encode()


def key_gone(kid: str) -> dict[str, Any]:
    return {"keys": [{"kid": kid, "revoked_on": "2026-11-26", "reason": "It was lost."}]}


def code(found: Verification) -> str | None:
    return found.problem.code if found.problem else None


CERTIFICATE = FIRST.sign(said()).encode()


# --- what it says


def test_a_certificate_binds_what_was_examined_by_what_and_how_it_went() -> None:
    made, told = said(), report()
    published.validator("certificate").validate(made)
    assert made["system"] == SYSTEM
    assert made["exam"]["commitment"] == told["exam"]["commitment"]
    assert made["manifest_sha256"] == told["exam"]["manifest_sha256"]
    assert made["counts"] == told["counts"]
    for entry, row in zip(made["clauses"], told["ledger"], strict=True):
        assert entry["clause"] == row["clause"]
        assert entry["pass"] == row["pass"]
        assert (entry["sha256"] is None) == (row["cases"] == 0)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"verdict": "not_checked"}, "NOT_CONFORMING"),
        ({"implementation": {"name": "other", "version": "1"}}, "OTHER_SYSTEM"),
        ({"implementation": {"name": "system", "version": "2"}}, "OTHER_SYSTEM"),
        ({"kind": "table"}, "NOT_AN_EXAM"),
    ],
)
def test_no_certificate_is_made_of_what_does_not_earn_one(
    changes: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(CertificateError) as refused:
        certificates.build_certificate(
            {**report(), **changes},
            system=SYSTEM,
            issuer="Issuer",
            certificate_id="C-1",
            issued_on=DAY,
        )
    assert refused.value.code == wanted


def test_a_wrong_system_gets_none() -> None:
    told = report("M-49")
    with pytest.raises(CertificateError) as refused:
        certificates.build_certificate(
            told, system=SYSTEM, issuer="Issuer", certificate_id="C-1", issued_on=DAY
        )
    assert refused.value.code == "NOT_CONFORMING"


def test_a_run_that_was_no_exam_gets_none() -> None:
    told = {name: item for name, item in report().items() if name != "exam"}
    with pytest.raises(CertificateError) as refused:
        certificates.build_certificate(
            told, system=SYSTEM, issuer="Issuer", certificate_id="C-1", issued_on=DAY
        )
    assert refused.value.code == "NOT_AN_EXAM"


# --- whether it holds


def test_a_certificate_holds_with_nothing_but_the_published_keys() -> None:
    found = verify(CERTIFICATE, jwks(FIRST))
    assert (found.state, found.problem, found.certificate) == ("valid", None, said())
    assert verify(CERTIFICATE + b"\n", jwks(FIRST)).state == "valid"


def test_a_changed_bit_anywhere_is_refused() -> None:
    """Every byte of the file, its final newline too; the last digits of base64 hide spare bits."""
    signed = FIRST.sign(small()).encode() + b"\n"
    keys = jwks(FIRST)
    assert verify(signed, keys).state == "valid"
    for place in range(len(signed)):
        for bit in (0, 1, 5) if place < len(signed) - 90 else range(8):
            changed = bytearray(signed)
            changed[place] ^= 1 << bit
            found = verify(bytes(changed), keys)
            assert found.state in {"refused", "not_checked"}, (place, bit)
            assert code(found) in {"TAMPERED", "UNKNOWN_KEY", "WRONG_KIND", "NOT_A_CERTIFICATE"}


def parted(signed: bytes) -> list[bytes]:
    return signed.split(b".")


def test_a_changed_word_of_what_it_says_is_tampering() -> None:
    header, payload, signature = parted(CERTIFICATE)
    text = base64.urlsafe_b64decode(payload + b"==").replace(b'"fail":0', b'"fail":1')
    changed = base64.urlsafe_b64encode(text).rstrip(b"=")
    assert code(verify(b".".join((header, changed, signature)), jwks(FIRST))) == "TAMPERED"


@pytest.mark.parametrize(
    ("certificate", "keys", "state", "wanted"),
    [
        (CERTIFICATE, jwks(SECOND), "valid", None),
        (SECOND.sign(said()).encode(), jwks(SECOND), "valid", None),
        (SECOND.sign(said()).encode(), jwks(FIRST), "refused", "UNKNOWN_KEY"),
        (OTHER.sign(said()).encode(), jwks(FIRST), "refused", "UNKNOWN_KEY"),
        (CERTIFICATE[:-5], jwks(FIRST), "refused", "TAMPERED"),
        (CERTIFICATE + b" ", jwks(FIRST), "refused", "TAMPERED"),
        (revocations(FIRST), jwks(FIRST), "refused", "WRONG_KIND"),
        (b"", jwks(FIRST), "not_checked", "NOT_A_CERTIFICATE"),
        (b"{}", jwks(FIRST), "not_checked", "NOT_A_CERTIFICATE"),
        (b"a.b.c", jwks(FIRST), "refused", "TAMPERED"),
        (CERTIFICATE, b"{}", "not_checked", "NOT_KEYS"),
        (CERTIFICATE, b"nonsense", "not_checked", "NOT_KEYS"),
        (CERTIFICATE, b'{"keys":[]}', "not_checked", "NOT_KEYS"),
        (CERTIFICATE, b'{"keys":[7]}', "not_checked", "NOT_KEYS"),
        (
            CERTIFICATE,
            json_text.dumps(FIRST.as_private_json()).encode(),
            "not_checked",
            "SECRET_KEYS",
        ),
    ],
)
def test_each_way_to_fail_has_its_own_code(
    certificate: bytes, keys: bytes, state: str, wanted: str | None
) -> None:
    found = verify(certificate, keys)
    assert (found.state, code(found)) == (state, wanted)


def signed_by_hand(header: dict[str, Any], payload: bytes) -> bytes:
    key = FIRST.keys[-1]
    return jws.serialize_compact(header, payload, key, algorithms=["Ed25519"]).encode()


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"typ": "JWT"}, "WRONG_KIND"),
        ({"crit": ["x"], "x": 1}, "TAMPERED"),
        ({"jwk": {}}, "TAMPERED"),
        ({"kid": "other"}, "UNKNOWN_KEY"),
    ],
)
def test_a_header_that_says_more_or_else_is_refused(changes: dict[str, Any], wanted: str) -> None:
    plain = {"alg": "Ed25519", "kid": FIRST.kid, "typ": "cets-certificate+jws"}
    text = json_text.dumps({**plain, **changes}).encode()
    header = base64.urlsafe_b64encode(text).rstrip(b"=")
    _, payload, signature = parted(CERTIFICATE)
    assert code(verify(b".".join((header, payload, signature)), jwks(FIRST))) == wanted


@pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA"])
def test_another_algorithm_is_never_taken(alg: str) -> None:
    text = json_text.dumps({"alg": alg, "kid": FIRST.kid, "typ": "cets-certificate+jws"})
    header = base64.urlsafe_b64encode(text.encode()).rstrip(b"=")
    _, payload, signature = parted(CERTIFICATE)
    for end in (signature, b""):
        found = verify(b".".join((header, payload, end)), jwks(FIRST))
        assert code(found) == "WRONG_KIND"
        assert found.problem
        assert f"{alg}, not Ed25519" in found.problem.text("en")


def test_what_is_signed_but_no_certificate_is_told_so() -> None:
    header = {"alg": "Ed25519", "kid": FIRST.kid, "typ": "cets-certificate+jws"}
    for payload in (b"{}", b"nonsense", json_text.dumps(said(issuer=7)).encode()):
        assert code(verify(signed_by_hand(header, payload), jwks(FIRST))) == "NOT_OF_SCHEMA"


def test_nothing_is_signed_that_its_schema_refuses() -> None:
    for payload in (said(issuer=7), {"kind": "invoice"}, {}):
        with pytest.raises(ValueError, match="signed"):
            FIRST.sign(payload)


def test_what_a_file_says_is_read_without_believing_it() -> None:
    assert certificates.read_unverified(OTHER.sign(said()).encode()) == said()


# --- keys


def test_published_keys_hold_no_secret_and_name_themselves_by_thumbprint() -> None:
    for entry in SECOND.public_keys()["keys"]:
        assert entry.keys() == {"kty", "crv", "x", "use", "alg", "kid"}
    kids = [entry["kid"] for entry in SECOND.public_keys()["keys"]]
    assert kids == [FIRST.kid, SECOND.kid]
    assert len(set(kids)) == 2


def test_kept_keys_are_read_back_and_sign_the_same() -> None:
    kept = json_text.loads(json_text.dumps(SECOND.as_private_json()))
    again = Signer.from_private_json(kept)
    assert again.kid == SECOND.kid
    assert again.sign(said()) == SECOND.sign(said())
    assert '"d"' not in repr(again)
    assert FIRST.as_private_json()["keys"][0]["d"] not in repr(again)


@pytest.mark.parametrize("wrong", [{}, {"keys": []}, {"keys": [{}]}, FIRST.public_keys()])
def test_what_is_no_set_of_private_keys_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CertificateError) as refused:
        Signer.from_private_json(wrong)
    assert refused.value.code == "NOT_KEYS"


def test_a_key_that_bears_another_name_is_refused() -> None:
    """Else a key could be put in the place of the one that a certificate names."""
    keys = OTHER.public_keys()
    keys["keys"][0]["kid"] = FIRST.kid
    found = verify(CERTIFICATE, json_text.dumps(keys).encode())
    assert (found.state, code(found)) == ("not_checked", "NOT_KEYS")


# --- revocation


def test_a_revoked_certificate_and_a_revoked_key_are_told_apart() -> None:
    entry = {"certificate_id": "C-1", "revoked_on": "2026-11-26", "reason": "Another artefact."}
    found = verify(CERTIFICATE, jwks(FIRST), revocations(FIRST, certificates=[entry]))
    assert (found.state, code(found)) == ("revoked", "REVOKED_CERTIFICATE")
    assert found.problem is not None
    assert "Another artefact." in found.problem.text("zh")
    found = verify(CERTIFICATE, jwks(SECOND), revocations(SECOND, **key_gone(FIRST.kid)))
    assert (found.state, code(found)) == ("revoked", "REVOKED_KEY")


def test_what_is_not_revoked_holds() -> None:
    assert verify(CERTIFICATE, jwks(FIRST), revocations(FIRST)).state == "valid"
    listed = revocations(SECOND, **key_gone(FIRST.kid))
    assert verify(SECOND.sign(said()).encode(), jwks(SECOND), listed).state == "valid"


@pytest.mark.parametrize(
    "listed",
    [
        revocations(OTHER),
        revocations(FIRST)[:-3],
        revocations(FIRST, **key_gone(FIRST.kid)),
        CERTIFICATE,
        b"",
    ],
)
def test_a_list_that_cannot_be_trusted_leaves_it_open(listed: bytes) -> None:
    """Not even one that its own revoked key signed: whoever stole the key could have made it."""
    found = verify(CERTIFICATE, jwks(FIRST), listed)
    assert (found.state, code(found)) == ("not_checked", "BAD_REVOCATIONS")
    assert found.revocations is None


def test_a_list_signed_with_a_key_that_is_newer_than_the_keys_at_hand_sends_for_the_keys() -> None:
    found = verify(CERTIFICATE, jwks(FIRST), revocations(SECOND))
    assert found.problem is not None
    assert "keys and the list" in found.problem.text("en")
    assert "公钥与吊销清单" in found.problem.text("zh")


def test_it_is_said_as_of_which_list_a_certificate_holds_or_does_not() -> None:
    entry = {"certificate_id": "C-1", "revoked_on": "2026-11-26", "reason": "Another artefact."}
    for listed in (revocations(FIRST), revocations(FIRST, certificates=[entry])):
        said = certificates.read_unverified(listed, "revocations")
        told = verify(CERTIFICATE, jwks(FIRST), listed).as_json()["revocations"]
        assert told == {"number": said["number"], "issued_on": said["issued_on"]}
    assert verify(CERTIFICATE, jwks(FIRST)).as_json()["revocations"] is None


# --- staleness


def test_a_changed_clause_makes_it_stale_and_names_what_to_run_again() -> None:
    now = dict(certificates.clause_hashes(["surrender"])) | {"R-4": "0" * 64}
    found = verify(CERTIFICATE, jwks(FIRST), current=now)
    assert (found.state, code(found)) == ("stale", "STALE")
    assert found.change is not None
    assert (found.change.clauses, found.change.operations) == (["R-4"], ["surrender"])
    assert found.problem is not None
    assert "cets run --level full --operation surrender" in found.problem.text("en")


def test_a_clause_that_no_case_was_about_makes_nothing_stale() -> None:
    now = dict(certificates.clause_hashes(["surrender"])) | {"A-4": "0" * 64}
    assert verify(CERTIFICATE, jwks(FIRST), current=now).state == "valid"


def test_the_hash_of_a_clause_is_that_of_its_text_figures_and_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cets_conformance.certificate import staleness

    before = certificates.clause_hashes(["surrender"])
    rules, cases = staleness.direct.rules(), staleness.load("surrender")

    def changed(**pieces: Any) -> set[str]:
        staleness._hashes.cache_clear()
        with monkeypatch.context() as patch:
            patch.setattr(staleness.direct, "rules", lambda: pieces.get("rules", rules))
            patch.setattr(staleness, "load", lambda *_: pieces.get("cases", cases))
            now = certificates.clause_hashes(["surrender"])
        staleness._hashes.cache_clear()
        return {name for name, item in now.items() if item != before[name]}

    assert changed() == set()
    other = copy.deepcopy(rules)
    next(item for item in other["clauses"] if item["id"] == "R-2")["text"]["zh"] += "。"
    assert changed(rules=other) == {"R-2"}
    other = copy.deepcopy(rules)
    figure = next(item for item in other["parameters"] if item["clause"] == "R-4")
    figure["value"] = "other"
    assert changed(rules=other) == {"R-4"}
    other = copy.deepcopy(rules)
    other["clauses"][0]["functions"] = ["elsewhere"]
    assert changed(rules=other) == set()
    case = next(item for item in cases if "R-4" in item.clauses)
    assert changed(cases=[item for item in cases if item is not case]) == set(case.clauses)


def test_a_manifest_of_another_time_under_unchanged_clauses_is_its_own_code() -> None:
    found = verify(CERTIFICATE, jwks(FIRST), manifest="0" * 64)
    assert (found.state, code(found)) == ("not_checked", "WRONG_MANIFEST")
    old = FIRST.sign(said(manifest_sha256="1" * 64)).encode()
    assert code(verify(old, jwks(FIRST))) == "WRONG_MANIFEST"
    assert verify(old, jwks(FIRST), manifest="1" * 64).state == "valid"


def test_no_id_of_a_key_looks_like_an_option():
    assert not any(Signer.generate().kid.startswith("-") for _ in range(400))
