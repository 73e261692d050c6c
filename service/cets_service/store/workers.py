"""Workers: each says now and then that it lives, so that its absence can be seen."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from cets_service.database import Database
from cets_service.store.prepared import insert_once
from cets_service.tables import workers

__all__ = ["SEEN_LATELY", "Workers"]

SEEN_LATELY = 30
"""A worker lives whose last sign is no older than this, seconds."""

_FORGOTTEN = 24 * 3600
"""Age of a last sign after which it is removed, seconds."""


class Workers:
    """The workers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, worker_id: str) -> None:
        """Note a sign of life; forget who has given none for a day."""
        now = self._database.now()
        with self._database.writing() as connection:
            if insert_once(connection, workers, {"id": worker_id, "seen_at": now}):
                connection.execute(delete(workers).where(workers.c.seen_at < now - _FORGOTTEN))
            else:
                which = workers.c.id == worker_id
                connection.execute(update(workers).where(which).values(seen_at=now))

    def leave(self, worker_id: str) -> None:
        """Note that a worker has stopped."""
        with self._database.writing() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker_id))

    def count(self) -> int:
        """Count the workers that live."""
        lately = workers.c.seen_at >= self._database.now() - SEEN_LATELY
        with self._database.reading() as connection:
            counted = select(func.count()).select_from(workers).where(lately)
            return connection.execute(counted).scalar_one()
