"""Vendors, their systems and exams, as the tests of exams and certificates need them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from cets_conformance import direct, json_text
from cets_conformance.vectors.filling import expectation
from cets_service import audit

ADAPTERS = Path(__file__).parents[2] / "conformance" / "adapters" / "python"
RIGHT_ADAPTER = f"{sys.executable} {ADAPTERS / 'reference.py'}"
ARTEFACT = f"sha256:{'9f' * 32}"
SCOPES = ("exams:read", "exams:write", "systems:read", "systems:write")


@dataclass
class Caller:
    """An organisation's program: a client with the token of one of its people."""

    client: FlaskClient
    organisation: Any
    person: Any
    headers: dict[str, str]

    def get(self, address: str) -> Any:
        return self.client.get(address, headers=self.headers)

    def post(self, address: str, value: Any = None) -> Any:
        return self.client.post(address, json=value, headers=self.headers)

    def send(self, address: str, content: bytes) -> Any:
        headers = {**self.headers, "Content-Type": "application/jsonl"}
        return self.client.post(address, data=content, headers=headers)

    def add_system(self, version: str = "1.0") -> str:
        given = {"name": "甲系统", "version": version, "artefact": ARTEFACT}
        added = self.post("/api/v1/systems", given)
        assert added.status_code == 201, added.get_data(as_text=True)
        return str(added.get_json()["id"])

    def sit(self, system_id: str, *operations: str, **readings: str) -> dict[str, Any]:
        """Ask for an exam of a few operations, and wait until its questions are there."""
        given: dict[str, Any] = {"system_id": system_id, "level": "full"}
        given["operations"] = list(operations)
        given["readings"] = [f"{name}={choice}" for name, choice in readings.items()]
        made = self.post("/api/v1/exams", given)
        assert made.status_code == 202, made.get_data(as_text=True)
        assert made.get_json()["state"] == "drawing"
        return self.await_questions(made.location)

    def await_questions(self, address: str) -> dict[str, Any]:
        """Ask for an exam until its questions are there; give it as it stands then."""
        deadline = time.monotonic() + 60
        while True:
            exam: dict[str, Any] = self.get(address).get_json()
            if exam["state"] != "drawing" or exam["failed"]:
                return exam
            assert time.monotonic() < deadline, exam
            time.sleep(0.01)

    def answers(self, exam: dict[str, Any], **readings: str) -> bytes:
        """Answer the questions as the reference does."""
        prompts = self.get(exam["links"]["prompts"]).get_data()
        lines = []
        for line in prompts.splitlines():
            asked = json_text.loads(line)
            given = direct.answer(asked["operation"], asked["input"], readings)
            lines.append(json_text.dumps({"id": asked["id"], **expectation(given)}))
        return "".join(f"{line}\n" for line in lines).encode()

    def pass_exam(self, system_id: str, *operations: str) -> dict[str, Any]:
        """Sit an exam and pass it; the exam as it stands then, with its certificate."""
        exam = self.sit(system_id, *(operations or ("emissions",)))
        graded = self.send(exam["links"]["answers"], self.answers(exam))
        assert graded.status_code == 201, graded.get_data(as_text=True)
        passed: dict[str, Any] = graded.get_json()
        return passed


def enrol(service: Any, kind: str, name: str, *scopes: str, role: str = "admin") -> Caller:
    """Make an organisation with one person and a token of theirs."""
    store = service.parts.store
    province = "13" if kind == "province" else None
    organisation = store.organisations.add(kind, name, province, 30)
    email = f"{organisation.id.lower()}@example.com"
    person = store.people.add(organisation.id, email, "张三", role, "no password")
    _, secret = store.tokens.add(person.id, "test", scopes or SCOPES, 3600)
    headers = {"Authorization": f"Bearer {secret}"}
    return Caller(service.app.test_client(), organisation, person, headers)


def service_log(service: Any) -> list[audit.Entry]:
    """Give the whole audit log."""
    with service.parts.store.database.reading() as connection:
        return list(audit.entries(connection))


def unpack(content: bytes, folder: Path) -> Path:
    """Unpack an exam as a person does; gives its folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    (made,) = folder.iterdir()
    return made


def cets(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, as whoever is far from the service does.

    ``settings`` are added to its environment, for who is on the service's own machine.
    """
    start = "from cets_conformance.cli import main; main()"
    command = [sys.executable, "-c", start, *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **settings},
    )
