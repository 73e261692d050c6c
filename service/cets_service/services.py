"""What the endpoints work with, made once for an application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app

from cets_conformance.tables import Limits
from cets_service.checking import Checking, Received
from cets_service.config import Config
from cets_service.database import open_engine
from cets_service.jobs import Jobs
from cets_service.store import Check, Store
from cets_service.uploads import Uploads

__all__ = ["EXTENSION", "Services", "current", "open_services"]

EXTENSION = "cets"
"""Key of the services among the application's extensions."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything an endpoint may use."""

    config: Config
    store: Store
    uploads: Uploads
    checking: Checking
    jobs: Jobs

    def begin_check(
        self, received: Received, seconds: float
    ) -> tuple[Check, Mapping[str, Any] | None] | None:
        """Write a check, have it run, wait for it up to ``seconds``; give how it stands then.

        The report comes with it where it is at hand. None: deleted, or expired, meanwhile.
        """
        if received.few_rows is not None and seconds > 0:
            return self.checking.add_judged(received, received.few_rows)
        check_id = self.checking.add(received)
        self.jobs.submit(check_id)
        self.jobs.wait(check_id, seconds)
        check = self.store.get_check(check_id)
        return None if check is None else (check, None)

    def delete_check(self, check_id: str) -> bool:
        """Delete a check and its upload at once; False where there is none."""
        gone = self.store.delete_check(check_id)
        self.checking.tidy()
        return gone

    def start(self) -> None:
        """Take up unfinished checks and begin housekeeping."""
        self.jobs.start(self.store.queue_unfinished())

    def close(self) -> None:
        """Stop the workers and close the database."""
        self.jobs.close()
        self.store.close()


def open_services(config: Config, clock: Callable[[], float]) -> Services:
    """Open the database and the folder of uploads."""
    uploads = Uploads(config.data, config.max_upload)
    store = Store(open_engine(config), clock, config.keep)
    checking = Checking(
        store,
        uploads,
        Limits(bytes=config.max_upload),
        stopping=lambda: jobs.stopping.is_set(),
    )
    jobs = Jobs(checking.run, checking.tidy, workers=config.jobs)
    return Services(config, store, uploads, checking, jobs)


def current() -> Services:
    """Give the services of the application that answers this request."""
    return cast("Services", current_app.extensions[EXTENSION])
