"""The engine: how a connection to the database behaves; the schema brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from cets_service.config import Config

__all__ = ["at_head", "downgrade", "open_engine", "upgrade", "writing"]

BUSY_TIMEOUT = 20
"""How long a connection waits for another one's write to end, seconds."""


def open_engine(config: Config) -> Engine:
    """Open the database; a SQLite file's folder is made where it is missing."""
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=config.threads + config.jobs,
            hide_parameters=True,  # an error must not carry into the logs what people sent
        )
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=config.threads + config.jobs,
        connect_args={"timeout": BUSY_TIMEOUT},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that will write.

    SQLite takes the write lock at once: a transaction that reads first and writes then would be
    refused without waiting if another one wrote in between.
    """
    with engine.execution_options(cets_writing=True).begin() as connection:
        yield connection


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what has expired is gone from the file too
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("cets_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def at_head(connection: Connection) -> bool:
    """Tell whether the schema is the one this version of the code works with."""
    revisions = connection.exec_driver_sql("select version_num from alembic_version").scalars()
    return set(revisions) == _heads()


@cache
def _heads() -> set[str]:
    return set(ScriptDirectory.from_config(_alembic()).get_heads())


def _alembic() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", "cets_service:migrations")
    return settings


def upgrade(config: Config, revision: str = "head") -> None:
    """Bring the database's schema up to date (``cets db upgrade``)."""
    _migrate(config, command.upgrade, revision)


def downgrade(config: Config, revision: str) -> None:
    """Take the database's schema back to an earlier revision; ``base`` is empty."""
    _migrate(config, command.downgrade, revision)


def _migrate(config: Config, step: Any, revision: str) -> None:
    engine = open_engine(config)
    try:
        with writing(engine) as connection:
            settings = _alembic()
            settings.attributes["connection"] = connection
            step(settings, revision)
    finally:
        engine.dispose()
