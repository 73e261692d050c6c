"""Settings of all tests, and the server that those of service and browser share."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.service.databases import PostgreSQL

# How long an example takes says more about the machine than about what is tested.
settings.register_profile("cets", deadline=None)
if settings.get_current_profile_name() == "default":  # the mutants have their own
    settings.load_profile("cets")

# pytest rewrites our modules as a plugin's when they are imported, and the parser it does that with
# fails now and then where two threads do so at once: what is loaded when needed is loaded here.
for name in ("judging", *(f"reading.{form}_grid" for form in ("csv", "json", "parquet", "xlsx"))):
    import_module(f"cets_conformance.tables.{name}")
import_module("cets_conformance.tables.reading.csv_blocks")


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One process more than there are cores: while tests wait for others, theirs is idle."""
    return (yield) + 1


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The PostgreSQL server of this session."""
    from tests.service.databases import running_postgresql

    with running_postgresql() as server:
        yield server
