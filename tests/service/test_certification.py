"""From the exam to the certificate that holds offline, with real processes on the vendor's side."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from tests.service.certification import RIGHT_ADAPTER, cets, enrol, service_log, unpack

from cets_conformance import json_text

VARIANT = Path(__file__).parents[1] / "conformance" / "diagnosis" / "variant_system.py"
WRONG_ADAPTER = f"{sys.executable} {VARIANT} M-62"


def test_a_wrong_system_is_told_its_mistake_and_mended_gets_a_certificate_that_holds_offline(
    service: Any, tmp_path: Path
) -> None:
    """The whole way: nothing but files is needed offline."""
    service.parts.store.organisations.add("operator", "发证中心", None, 30)
    vendor = enrol(service, "vendor", "甲软件公司")
    system = vendor.add_system()

    failed = vendor.sit(system, "carry-over")
    folder = unpack(vendor.get(failed["links"]["exam.zip"]).get_data(), tmp_path / "first")
    wrong = tmp_path / "wrong.jsonl"
    assert cets("exam", "answers", folder, wrong, "--adapter", WRONG_ADAPTER).returncode == 0
    told = vendor.send(failed["links"]["answers"], wrong.read_bytes()).get_json()
    assert (told["state"], told["verdict"]) == ("graded", "does_not_conform")
    assert told["report"]["diagnosis"][0]["mistake"] == "M-62"
    assert told["certificate_id"] is None
    for form in ("html", "json", "md"):
        assert "M-62" in vendor.get(told["links"]["reports"][form]).get_data(as_text=True)

    exam = vendor.sit(system, "carry-over")
    folder = unpack(vendor.get(exam["links"]["exam.zip"]).get_data(), tmp_path / "second")
    right = tmp_path / "right.jsonl"
    assert cets("exam", "answers", folder, right, "--adapter", RIGHT_ADAPTER).returncode == 0
    told = vendor.send(exam["links"]["answers"], right.read_bytes()).get_json()
    assert (told["state"], told["verdict"]) == ("graded", "conforms")
    seed = bytes.fromhex(told["seed"])
    assert hashlib.sha256(seed + exam["id"].encode()).hexdigest() == exam["commitment"]

    public = service.app.test_client()
    certificate = public.get(told["links"]["certificate"]).get_json()
    assert (certificate["state"], certificate["certificate"]["issuer"]) == ("valid", "发证中心")
    for name, address in (
        ("certificate.jws", certificate["links"]["jws"]),
        ("jwks.json", "/.well-known/jwks.json"),
        ("revocations.jws", "/api/v1/revocations"),
    ):
        (tmp_path / name).write_bytes(public.get(address).get_data())
    offline = ("certificate", "verify", tmp_path / "certificate.jws", "--keys")
    known = (tmp_path / "jwks.json", "--revocations", tmp_path / "revocations.jws")
    verified = cets(*offline, *known, "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json_text.loads(verified.stdout)["state"] == "valid"

    evidence = public.get(certificate["links"]["exam.zip"]).get_data()
    folder = unpack(evidence, tmp_path / "evidence")
    again = cets("exam", "verify", folder)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "published report" in again.stdout.splitlines()[-1]

    ours = ("exam.", "key.", "certificate.")
    done = [entry.action for entry in service_log(service) if entry.action.startswith(ours)]
    assert done == [
        *("exam.create", "exam.draw", "exam.answer", "exam.grade"),
        *("exam.create", "exam.draw", "exam.answer", "key.make", "exam.grade"),
        "certificate.issue",
    ]
