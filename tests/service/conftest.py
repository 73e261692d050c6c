"""A running service with a real database, real uploads in a temporary folder and a real worker.

The database is SQLite; a module that is to run on PostgreSQL too says so with ``BOTH_DATABASES``.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from tests.service.databases import migrate_sqlite
from tests.service.remembering import remember

from cets_conformance import published
from cets_service import Config, create_app, passwords
from cets_service.jobs import Jobs
from cets_service.services import EXTENSION, Services
from cets_service.store import Person
from cets_service.worker import Worker

HEADER = (
    "year,province,enterprise_id,enterprise_name,sector,unit_id,listed,line_kind,"
    "verified_emissions,output,balance_value,allowance"
)
RIGHT = "2025,13,91110000600037341L,甲水泥,cement,A-1,true,ordinary,1000000,1200000,0.86,1004651"
WRONG = "2025,13,91110000600037341L,甲水泥,cement,A-2,true,ordinary,1000000,900000,0.86,970123"
WRONG_BY_ONE = "2025,13,91110000600037341L,甲,cement,A-3,true,ordinary,600000,650000,0.86,593400"


class Clock:
    """Seconds since 1970 that stand still until they are moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Client(FlaskClient):
    """A client that reads every answer to its end and closes it, as a server does."""

    def open(self, *arguments: Any, **named: Any) -> Any:
        return super().open(*arguments, buffered=True, **named)


@dataclass
class Service:
    """An application with what a test needs of it."""

    app: Flask
    client: FlaskClient
    config: Config
    clock: Clock
    worker: Worker

    @property
    def parts(self) -> Services:
        return self.app.extensions[EXTENSION]

    def stop(self) -> None:
        """Stop the worker and close everything; may be done twice."""
        self.worker.stop()
        self.parts.close()

    def stored(self) -> list[str]:
        """Names of all uploads, and of temporary files that were left."""
        folders = [self.config.data / name for name in ("uploads", "arriving")]
        return sorted(file.name for folder in folders for file in folder.iterdir())

    def finish(self, check_id: str) -> Any:
        """Wait until a check has ended, and give it."""
        deadline = time.monotonic() + 60
        while not (check := self.parts.store.checks.get(check_id)).finished:
            assert time.monotonic() < deadline, check
            time.sleep(0.01)
        return check

    def post_form(self, address: str, data: Any = None, client: Any = None) -> Any:
        """Post a form of a page as a browser does, with the token that the page gave."""
        client = client or self.client
        page = client.get("/zh/sign-in").get_data(as_text=True)
        token = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
        assert token, "a page with a form gives its token"
        return client.post(address, data={**(data or {}), "form_token": token[1]})

    def add_person(self, *, kind: str = "vendor", role: str = "member") -> Person:
        """Add a person, who cannot sign in, to an organisation of their own."""
        province = "13" if kind == "province" else None
        organisation = self.parts.store.organisations.add(kind, f"{kind} of {role}", province, 365)
        assert organisation
        added = self.parts.store.people.add(
            organisation.id, f"{role}@{kind}.example.org", role, role, "no password"
        )
        assert added
        return added

    def upload(self, content: bytes, name: str = "table.csv", **fields: Any) -> Any:
        """Post a table as a form."""
        parts = {"file": (content, name), **fields}
        return self.client.post(
            "/api/v1/checks",
            data=b"".join(form_part(*item) for item in parts.items()) + b"--x--\r\n",
            content_type="multipart/form-data; boundary=x",
        )


def start_when_woken(worker: Worker, jobs: Jobs) -> None:
    """Start a worker when it is first needed: most tests need none, and it takes time to stop."""
    wake, starting = jobs.wake, threading.Lock()

    def start_and_wake() -> None:
        with starting:
            if jobs.wake is start_and_wake:
                worker.start()
                jobs.wake = wake  # type: ignore[method-assign]
        wake()

    jobs.wake = start_and_wake  # type: ignore[method-assign]


def begin_work(service: Service) -> None:
    """Start the worker, and wait until it has been seen."""
    service.parts.jobs.wake()
    deadline = time.monotonic() + 10
    while not service.parts.store.workers.count():
        assert time.monotonic() < deadline, "no worker was seen"
        time.sleep(0.01)


def form_part(name: str, value: Any) -> bytes:
    """Write one part of a form: text, or a file as content and name."""
    content, file = value if isinstance(value, tuple) else (value.encode(), None)
    named = "" if file is None else '; filename="{}"'.format(file.replace("\\", "\\\\"))
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def table(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


@pytest.fixture(autouse=True, scope="session")
def remembering() -> Iterator[None]:
    """Applications share what is compiled of them."""
    with pytest.MonkeyPatch.context() as patch:
        remember(patch)
        yield


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as they are in use, but cheaply."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody's"))


@pytest.fixture
def right_table() -> bytes:
    return table(RIGHT)


@pytest.fixture
def wrong_table() -> bytes:
    """Row 2 right, row 3 off by 123 t, row 4 off by 1 t."""
    return table(RIGHT, WRONG, WRONG_BY_ONE)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Kind of database: SQLite, unless the module asks for both."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A SQLite database with all tables."""
    return migrate_sqlite(tmp_path_factory.mktemp("migrated")).read_bytes()


@pytest.fixture
def make_config(
    tmp_path: Path, backend: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Config]]:
    """Make settings with a database of their own, ``filled`` with tables or empty."""
    made: list[str] = []

    def make(*, filled: bool = True) -> Config:
        data = tmp_path / "var"
        if backend == "postgresql":
            url = request.getfixturevalue("postgresql").create(filled=filled)
            made.append(url)
        else:
            url = f"sqlite:///{data / 'cets.sqlite3'}"
            data.mkdir(parents=True)
            if filled:
                content = request.getfixturevalue("migrated_sqlite")
                (data / "cets.sqlite3").write_bytes(content)
        return Config(
            data=data,
            database_url=url,
            public_url="http://localhost",
            max_upload=2 * 1024 * 1024,
            wait=60.0,
        )

    yield make
    for url in made:
        request.getfixturevalue("postgresql").drop(url)


@pytest.fixture
def config(make_config: Callable[..., Config]) -> Config:
    """Settings whose database has its tables."""
    return make_config()


@pytest.fixture
def start(config: Config) -> Iterator[Callable[..., Service]]:
    """Start services; several may be started one after another on the same data."""
    started: list[Service] = []

    def start_one(*, works: bool = True, **changes: Any) -> Service:
        settings = replace(config, **changes)
        clock = Clock()
        app = create_app(settings, clock=clock)
        app.test_client_class = Client
        worker = Worker(app.extensions[EXTENSION])
        service = Service(app, app.test_client(), settings, clock, worker)
        if works:
            start_when_woken(worker, service.parts.jobs)
        started.append(service)
        return service

    yield start_one
    for service in started:
        service.stop()


@pytest.fixture
def service(start: Callable[..., Service]) -> Service:
    return start()


@pytest.fixture
def is_problem() -> Callable[..., dict[str, Any]]:
    """Assert that an answer is a problem document of the published form, and give it."""

    def check(response: Any, status: int, code: str | None = None) -> dict[str, Any]:
        assert response.status_code == status, response.get_data(as_text=True)[:500]
        assert response.content_type == "application/problem+json"
        document: dict[str, Any] = response.get_json()
        published.validator("problem").validate(document)
        assert document["status"] == status
        assert document["type"] == f"urn:cets:problem:{document['code']}"
        assert "Traceback" not in response.get_data(as_text=True)
        if code is not None:
            assert document["code"] == code
        return document

    return check
