"""Statements that are made once and executed by the driver itself.

SQLAlchemy calls seventy functions to execute what it has compiled before, most of them for types
and results that a written row of texts and integers does not have; a check writes five times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Table, insert
from sqlalchemy.exc import DBAPIError

__all__ = ["Prepared", "insert_once", "insert_rows"]

_POSITIONAL = {"sqlite": "qmark", "postgresql": "format"}
"""How each driver writes that a value comes by its position."""


class Prepared:
    """A statement that writes texts and integers; ``ending`` is what SQLAlchemy cannot say."""

    def __init__(self, statement: Insert | Delete, ending: str = "") -> None:
        self._statement = statement
        self._ending = ending
        self._made: dict[str, tuple[str, list[str]]] = {}

    def run(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
        """Execute it once for each of ``rows``; give the number of rows written or deleted.

        A value that a row lacks is null. Raises what SQLAlchemy would.
        """
        name = connection.dialect.name
        sql, names = self._made.get(name) or self._make(connection)
        values = [tuple(map(row.get, names)) for row in rows]
        if not values:
            return 0
        driver: Any = connection.dialect.loaded_dbapi
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(sql, values)
            return int(cursor.rowcount)
        except driver.Error as error:
            raise DBAPIError.instance(
                sql, None, error, driver.Error, dialect=connection.dialect
            ) from error
        finally:
            cursor.close()

    def _make(self, connection: Connection) -> tuple[str, list[str]]:
        name = connection.dialect.name
        dialect: Any = type(connection.dialect)
        compiled: Any = self._statement.compile(dialect=dialect(paramstyle=_POSITIONAL[name]))
        self._made[name] = f"{compiled}{self._ending}", compiled.positiontup
        return self._made[name]


def insert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows."""
    _insert(table).run(connection, rows)


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; tell whether it was inserted."""
    return _insert_once(table).run(connection, [row]) > 0


@cache
def _insert(table: Table) -> Prepared:
    return Prepared(insert(table))


@cache
def _insert_once(table: Table) -> Prepared:
    return Prepared(insert(table), " ON CONFLICT DO NOTHING")
