"""Who may read what the service makes on disk."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.service.databases import BOTH_DATABASES

from cets_service import Administration, Config, upgrade
from cets_service.database import open_engine
from cets_service.jobs import open_queue
from cets_service.sample import sample_file
from cets_service.services import open_services
from cets_service.uploads import Uploads


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """Let the umask forbid nobody anything."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def config(make_config: Callable[..., Config], backend: str, tmp_path: Path) -> Config:
    """Settings of which nothing is there yet, not even the folder above."""
    url = make_config().database_url if backend == "postgresql" else ""
    given = {"CETS_DATA": str(tmp_path / "new" / "var"), "DATABASE_URL": url}
    return Config.from_environment(given)


def modes(top: Path) -> dict[str, str]:
    """Give the mode of a folder and of everything in it."""
    found = {file: stat.S_IMODE(file.stat().st_mode) for file in (top, *top.rglob("*"))}
    return {str(file.relative_to(top.parent)): oct(mode) for file, mode in found.items()}


@BOTH_DATABASES
def test_all_that_the_service_makes_is_its_users_alone(config: Config, backend: str) -> None:
    """A service at work: its data, and what was missing above it."""
    upgrade(config)
    services = open_services(config, time.time)
    try:
        with services.uploads.receive() as incoming, services.uploads.held():
            incoming.write(b"x")
            services.uploads.keep(incoming)
        services.jobs.wake()
        services.keyring.signer()
        sample_file(config)
        services.store.is_ready()
        found = modes(config.data.parent)
    finally:
        services.close()
    folders = {"new", *(f"new/{name}" for name in ("var", *(f"var/{each}" for each in FOLDERS)))}
    assert found == {name: "0o700" if name in folders else "0o600" for name in found}
    files = {name.rpartition("/")[2] for name in found.keys() - folders}
    assert files >= {"uploads.lock", "2025-2025-M-18-0.01.xlsx"}
    if backend == "sqlite":
        assert files >= {"cets.sqlite3", "cets.sqlite3-wal", "queue.sqlite3", "queue.sqlite3-wal"}


FOLDERS = ("arriving", "keys", "sample", "uploads")


def make_key(config: Config) -> None:
    """Make the first key that signs, as `cets admin keys rotate` does."""
    upgrade(config)
    administration = Administration(config)
    administration.rotate_key()
    administration.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda config: open_engine(config).dispose(),
        lambda config: open_queue(config).storage.close(),
        lambda config: Uploads(config.data, 1),
        lambda config: Uploads(config.data, 1, str(config.data.parent / "other" / "uploads")),
        make_key,
        sample_file,
    ],
    ids=["database", "queue", "uploads", "uploads elsewhere", "keys", "sample"],
)
def test_whatever_comes_first_makes_a_private_folder(
    make: Callable[[Config], object], config: Config, tmp_path: Path
) -> None:
    """Here the database lies beside the data folder, so none relies on another."""
    top = tmp_path / "new"
    make(replace(config, database_url=f"sqlite:///{top / 'database' / 'cets.sqlite3'}"))
    assert {mode[-2:] for mode in modes(top).values()} == {"00"}


def test_a_folder_that_the_operator_made_is_left_as_it_is(config: Config) -> None:
    config.data.mkdir(parents=True)
    before = modes(config.data.parent)
    open_services(config, time.time).close()
    assert modes(config.data.parent).items() >= before.items()
    assert set(before.values()) == {"0o777"}
