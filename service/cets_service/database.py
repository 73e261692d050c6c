"""The engine: how a connection to the database behaves; the schema brought up to date."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)

from cets_service.config import Config, UnusableError
from cets_service.private import make_folder, opener

__all__ = [
    "Database",
    "downgrade",
    "is_current",
    "open_engine",
    "refuse_outdated",
    "upgrade",
    "writing",
]

BUSY_TIMEOUT = 20
"""How long a connection waits for another one's write to end, seconds."""


def open_engine(config: Config) -> Engine:
    """Open the database; a SQLite file and its folder are made where they are missing.

    What SQLite puts beside the file has its mode.
    """
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=config.threads + config.jobs,
            hide_parameters=True,  # an error must not carry into the logs what people sent
        )
    if url.database and url.database != ":memory:":
        make_folder(Path(url.database).parent)
        open(url.database, "ab", opener=opener).close()
    engine = create_engine(
        url,
        pool_size=config.threads + config.jobs,
        pool_use_lifo=True,  # who was used last still knows the pages and the statements
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
    with _for_writing(engine).begin() as connection:
        yield connection


def _for_writing(engine: Engine) -> Engine:
    return engine.execution_options(cets_writing=True)


class Database:
    """Transactions on an engine; ``clock`` gives seconds since 1970 UTC.

    Transactions nest: inside one that writes, :meth:`writing` and :meth:`reading` join it, so that
    what several parts of the store do for one request is kept together or not at all.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self.engine = engine
        self._for_writing = _for_writing(engine)  # to make it costs as much as a statement
        self._clock = clock
        self._writer: Connection | None = None
        self._open: ContextVar[Connection | None] = ContextVar("open_transaction", default=None)
        # SQLite has one writer at a time, and who waits for it looks again ever more seldom: here
        # they take turns, with one connection, since to open a transaction costs half as much so
        self._alone = engine.dialect.name == "sqlite"
        self._turn = threading.Lock()

    def now(self) -> int:
        """Give the time, whole seconds since 1970 UTC."""
        return int(self._clock())

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes, or join the one that is open."""
        joined = self._open.get()
        if joined is not None:
            yield joined
            return
        with self._begun() as connection:
            mark = self._open.set(connection)
            try:
                yield connection
            finally:
                self._open.reset(mark)

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        if not self._alone:
            with self._for_writing.begin() as connection:
                yield connection
            return
        with self._turn:
            writer, self._writer = self._writer or self._for_writing.connect(), None
            try:
                with writer.begin():
                    yield writer
            except BaseException:
                writer.close()  # with what it may have left open
                raise
            self._writer = writer

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads, or join the one that is open."""
        joined = self._open.get()
        if joined is not None:
            yield joined
            return
        with self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()


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


def upgrade(config: Config, revision: str = "head") -> None:
    """Bring the database's schema up to date (``cets db upgrade``)."""
    _migrate(config, command.upgrade, revision)


def is_current(engine: Engine) -> bool:
    """Tell whether the database's schema is the one this code was written for."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        known = connection.execute(text("select version_num from alembic_version")).scalar()
    return known == _newest_revision()


def refuse_outdated(engine: Engine) -> None:
    """Raise :class:`UnusableError` where the schema is not the one this code was written for."""
    if not is_current(engine):
        raise UnusableError("outdated")


@cache
def _newest_revision() -> str | None:
    return ScriptDirectory.from_config(_alembic_settings()).get_current_head()


def downgrade(config: Config, revision: str) -> None:
    """Take the database's schema back to an earlier revision; ``base`` is empty."""
    _migrate(config, command.downgrade, revision)


def _migrate(config: Config, step: Any, revision: str) -> None:
    engine = open_engine(config)
    try:
        with writing(engine) as connection:
            settings = _alembic_settings()
            settings.attributes["connection"] = connection
            step(settings, revision)
    finally:
        engine.dispose()


def _alembic_settings() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", "cets_service:migrations")
    return settings
