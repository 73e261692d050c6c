"""The web's side of jobs: ask, wake a worker, wait for the end.

A job is a row of the database, written in the transaction of the request that asks for it; the
queue (huey) only wakes workers. What the queue loses is found by the workers' own round.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from huey import Huey, PostgresHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy import make_url

from cets_service.config import Config
from cets_service.private import make_folder, opener
from cets_service.store import Job, Store

__all__ = ["Handler", "Jobs", "Progress", "open_queue"]

_LOG = logging.getLogger(__name__)

Progress = Callable[[str, int, int | None], None]
"""Notes a stage, how much of it is done, and of how much, where known."""

Handler = Callable[[Job, Progress], None]
"""Does a job and ends it with its result, in one transaction:
``with store.jobs.holding(job): …; store.jobs.finish(job)``. What it raises is our fault."""

_LOOK_AGAIN = (0.01, 0.02, 0.04, 0.08, 0.15)
"""How long a waiting request sleeps before it looks again, seconds; the last one repeats."""


class _JsonSerializer(Serializer):  # type: ignore[misc]
    """Messages as JSON: whoever can write to the queue must not be able to run code here."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps([data.id, data.name]).encode()

    def _deserialize(self, data: bytes) -> Message:
        message_id, name = json.loads(data)
        return Message(str(message_id), str(name), None, 0, 0, None, (), {}, None, None)


def open_queue(config: Config) -> Huey:
    """Open the queue: beside the uploads by default, in PostgreSQL where the database is there."""
    settings: dict[str, Any] = {"results": False, "serializer": _JsonSerializer()}
    url = make_url(config.database_url)
    if url.get_backend_name() == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresHuey("cets", dsn=dsn, **settings)
    file = str(config.data / "queue.sqlite3")
    make_folder(config.data)
    open(file, "ab", opener=opener).close()
    return SqliteHuey("cets", filename=file, **settings)


class Jobs:
    """Wakes workers, and waits for what they do."""

    def __init__(self, store: Store, queue: Huey) -> None:
        self._store = store
        self.queue = queue
        self.on_wake: Callable[[], None] = _nobody
        self._closing = threading.Lock()
        self._task = queue.task(name="wake")(lambda: self.on_wake())
        queue.on_shutdown(name="close")(self.close)

    def wake(self) -> None:
        """Wake a worker; to be called after the transaction that asked for a job."""
        try:
            self._task()
        except Exception:  # noqa: BLE001 - the job is written: a worker's own round finds it
            _LOG.warning("no worker could be woken; the job waits for a round", exc_info=True)

    def wait(self, kind: str, key: str, seconds: float) -> None:
        """Return when a job has ended or is gone, or after ``seconds``."""
        deadline = time.monotonic() + seconds
        looked = 0
        while self._store.jobs.is_open(kind, key):
            pause = _LOOK_AGAIN[min(looked, len(_LOOK_AGAIN) - 1)]
            if time.monotonic() + pause > deadline:
                return
            time.sleep(pause)
            looked += 1

    def close(self) -> None:
        """Close the queue's connections: the shared one, and the one of this very thread."""
        with self._closing:
            self.queue.storage.close()


def _nobody() -> None:
    """Do nothing: this process only asks."""
