"""The register with five thousand certificates: a page costs a page, whichever is asked for."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from tests.service.certification import enrol
from tests.service.databases import BOTH_DATABASES

from cets_conformance import json_text
from cets_conformance.certificate import fingerprint
from cets_service import upgrade
from cets_service.database import downgrade
from cets_service.store import Wanted, certificates
from cets_service.tables import certificates as certificate_rows
from cets_service.tables import exams as exam_rows

MANY = 5_000
REVOKED = range(3, MANY - 1, 11)
CHANGED = range(0, MANY - 1, 7)
"""These rest on a clause that has changed since."""
STALE = set(CHANGED) - set(REVOKED)
COPY = "0" * 22


@pytest.fixture
def register(service: Any) -> Any:
    """A service whose register has the certificate of an exam, and copies of it."""
    vendor = enrol(service, "vendor", "甲软件公司")
    vendor.pass_exam(vendor.add_system())
    service.worker.stop()  # its statements are not those of a page
    with service.parts.store.database.writing() as connection:
        exam = dict(connection.execute(select(exam_rows)).one()._mapping)
        held = dict(connection.execute(select(certificate_rows)).one()._mapping)
        said = json_text.loads(held["content"])
        said |= {"certificate_id": COPY, "system": {**said["system"], "name": "ÄÖ 0"}}
        kinds = [as_kept(said), as_kept(changed(said))]
        names = [f"{number:022d}" for number in range(MANY - 1)]
        exams = [{**exam, "id": name, "key": name} for name in names]
        copies = [
            {**held, **renamed(kinds[number in CHANGED], name), **told(number), "exam_id": name}
            for number, name in enumerate(names)
        ]
        connection.execute(insert(exam_rows), exams)
        connection.execute(insert(certificate_rows), copies)
    return service


def changed(said: dict[str, Any]) -> dict[str, Any]:
    """Give a certificate that was issued on another text of a clause."""
    clauses = [
        {**entry, "sha256": "0" * 64} if entry["clause"] == "S-6" else entry
        for entry in said["clauses"]
    ]
    return {**said, "clauses": clauses}


def as_kept(said: dict[str, Any]) -> dict[str, Any]:
    words = certificates._words(said)
    kept = {"content": json_text.dumps(said), "words": words, "fingerprint": fingerprint(said)}
    return {"id": COPY, **kept}


def renamed(kept: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        column: text.replace(COPY, name).replace("ÄÖ 0", f"ÄÖ {int(name)}")
        for column, text in kept.items()
    } | {"words": kept["words"].replace(COPY, name).replace("äö 0", f"äö {int(name)}")}


def told(number: int) -> dict[str, Any]:
    """Give when a copy was issued, three at a time, and whether it was revoked."""
    revoked = number in REVOKED
    return {
        "issued_at": 1_700_000_000 + number // 3,
        "revoked_at": 1_800_000_000 if revoked else None,
        "reason": "制品被替换。" if revoked else None,
    }


@contextmanager
def counted(service: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Count the statements that are executed, and the certificates that are read."""
    found = {"statements": 0, "certificates": 0}

    def executed(*_: Any) -> None:
        found["statements"] += 1

    def read(row: Any) -> Any:
        found["certificates"] += 1
        return reading(row)

    reading = certificates._read
    engine = service.parts.store.database.engine
    event.listen(engine, "before_cursor_execute", executed)
    with monkeypatch.context() as watched:
        watched.setattr(certificates, "_read", read)
        yield found
    event.remove(engine, "before_cursor_execute", executed)


VALID = MANY - len(REVOKED) - len(STALE)
ASKED = [
    ("", MANY),
    ("?page=100", MANY),
    ("?q=äö", MANY - 1),
    ("?q=软件", MANY),
    ("?q=äö+4711", 1),
    ("?q=%25", 0),
    ("?q=%00", 0),
    ("?level=issuance", 0),
    ("?state=stale", len(STALE)),
    ("?state=revoked", len(REVOKED)),
    ("?state=valid", VALID),
    ("?state=valid&level=full&q=äö&page=2", VALID - 1),
]
STATEMENTS = 12
"""Most statements of a page: page, count, holders, what is stale, and the beginnings of each."""


@BOTH_DATABASES
def test_a_page_costs_a_page_and_the_register_has_each_certificate_once(
    register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked, count in ASKED:
        with counted(register, monkeypatch) as cost:
            page = register.client.get(f"/zh/register{asked}")
        assert page.status_code == 200
        assert f"证书 {count:,} 份" in page.get_data(as_text=True), asked
        assert cost["statements"] <= STATEMENTS, (asked, cost)
        assert cost["certificates"] <= 50 + 2, (asked, cost)

    content = register.client.get("/api/v1/register.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    found = [row["certificate_id"] for row in rows]
    assert len(found) == len(set(found)) == MANY
    states = Counter(row["state"] for row in rows)
    assert states == {"valid": VALID, "stale": len(STALE), "revoked": len(REVOKED)}
    for number in (1, 2, 25):
        told = register.client.get(f"/api/v1/register?per_page=200&page={number}").get_json()
        page = [item["id"] for item in told["certificates"]]
        assert page == found[200 * (number - 1) : 200 * number]
    for asked in ("state=revoked", "q=none+such"):
        whole = register.client.get(f"/api/v1/register.json?{asked}").get_json()
        told = register.client.get(f"/api/v1/register?per_page=200&page=2&{asked}").get_json()
        assert told == {**whole, "certificates": whole["certificates"][200:400]}
        assert whole["count"] == len(whole["certificates"])

    for file in ("csv", "json"):
        with counted(register, monkeypatch) as cost:
            sent = FlaskClient(register.app).get(f"/api/v1/register.{file}")
            assert cost["certificates"] == 0
            next(itertools.islice(sent.iter_encoded(), 1, None))
            sent.close()
        assert 0 < cost["certificates"] < MANY / 10, "the file is sent while it is read"


@BOTH_DATABASES
def test_certificates_from_before_are_found_as_those_of_today(service: Any) -> None:
    vendor = enrol(service, "vendor", "甲软件公司")
    exam = vendor.pass_exam(vendor.add_system())
    today = kept(service)
    downgrade(service.config, "0201")
    upgrade(service.config)
    assert kept(service)[:2] == today[:2]
    assert len(kept(service)[2]) == 64
    for asked in ("q=甲系统", f"q={exam['certificate_id']}", "level=full", "state=valid"):
        assert service.client.get(f"/api/v1/register?{asked}").get_json()["count"] == 1


def kept(service: Any) -> list[str]:
    row = certificate_rows.c
    with service.parts.store.database.reading() as connection:
        return list(connection.execute(select(row.level, row.words, row.fingerprint)).one())


def test_the_database_finds_a_page_by_an_index(service: Any) -> None:
    store = service.parts.store
    wanted = str(
        store.certificates._newest(Wanted())
        .limit(50)
        .compile(store.database.engine, compile_kwargs={"literal_binds": True})
    )
    with store.database.reading() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"explain query plan {wanted}")]
    assert any("USING INDEX ix_certificates_issued_at_id" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan
