"""Every SQL statement of the service: one module for each aggregate, named by what it keeps.

A module has a class over :class:`cets_service.database.Database` whose methods are named by what
they are for, and frozen records that they give. Nothing outside this package speaks SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select

from cets_service import audit, tables
from cets_service.database import Database, is_current
from cets_service.store.appeals import Appeals, KeptAppeal
from cets_service.store.attempts import Attempts
from cets_service.store.certificates import Certificate, Certificates, Wanted
from cets_service.store.checks import Check, Checks, NewCheck
from cets_service.store.comparison_results import ComparisonResults
from cets_service.store.comparisons import (
    ComparedTable,
    Comparison,
    Comparisons,
    NewComparison,
)
from cets_service.store.exams import Exam, Exams
from cets_service.store.jobs import Job, Jobs, LostJobError
from cets_service.store.keys import SigningKey, SigningKeys
from cets_service.store.links import Link, Links
from cets_service.store.organisations import Organisation, Organisations
from cets_service.store.people import People, Person
from cets_service.store.results import Verdict
from cets_service.store.sessions import Session, Sessions
from cets_service.store.systems import System, Systems
from cets_service.store.tokens import Token, Tokens
from cets_service.store.verdicts import Verdicts
from cets_service.store.workers import Workers

__all__ = [
    "Certificate",
    "Check",
    "ComparedTable",
    "Comparison",
    "Exam",
    "Job",
    "KeptAppeal",
    "Link",
    "LostJobError",
    "NewCheck",
    "NewComparison",
    "Organisation",
    "Person",
    "Session",
    "SigningKey",
    "Store",
    "System",
    "Token",
    "Verdict",
    "Wanted",
]


_REFERRING = (
    tables.checks.c.upload,
    tables.checks.c.previous,
    tables.comparison_tables.c.upload,
    tables.exams.c.prompts,
    tables.exams.c.answers,
)
"""Columns that hold the SHA-256 of an upload: what is in none of them may go."""


class Store:
    """The database, one part for each aggregate. ``clock`` gives seconds since 1970 UTC."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self.database = Database(engine, clock)
        self.checks = Checks(self.database)
        self.verdicts = Verdicts(self.database)
        self.jobs = Jobs(self.database)
        self.workers = Workers(self.database)
        self.organisations = Organisations(self.database)
        self.people = People(self.database)
        self.sessions = Sessions(self.database)
        self.links = Links(self.database)
        self.attempts = Attempts(self.database)
        self.tokens = Tokens(self.database)
        self.systems = Systems(self.database)
        self.comparisons = Comparisons(self.database)
        self.comparison_results = ComparisonResults(self.database)
        self.appeals = Appeals(self.database)
        self.exams = Exams(self.database)
        self.certificates = Certificates(self.database)
        self.keys = SigningKeys(self.database)

    def now(self) -> int:
        """Give the time, whole seconds since 1970 UTC."""
        return self.database.now()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Keep together, or not at all, what the parts do meanwhile."""
        with self.database.writing() as connection:
            yield connection

    def uploads_in_use(self, among: Collection[str] | None = None) -> set[str]:
        """Give the SHA-256 of every upload that anything refers to, or of those ``among`` some."""
        found: set[str] = set()
        with self.database.reading() as connection:
            for column in _REFERRING:
                wanted = (
                    select(column) if among is None else select(column).where(column.in_(among))
                )
                found.update(connection.execute(wanted).scalars())
        return found - {None, ""}

    def delete_expired(self, pause: Callable[[float], object]) -> int:
        """Delete everything whose time is over; give the number of checks and comparisons.

        ``pause`` as for :meth:`cets_service.store.askings.Askings.delete_expired`.
        """
        self.attempts.delete_old()
        return self.checks.delete_expired(pause) + self.comparisons.delete_expired(pause)

    def record(self, actor: str, action: str, concerning: str = "", **details: object) -> None:
        """Write into the audit log what is done in the transaction that is open; write it last."""
        with self.database.writing() as connection:
            audit.record(
                connection,
                actor=actor,
                action=action,
                object=concerning,
                details=details,
                at=self.now(),
            )

    def is_ready(self) -> bool:
        """Tell that the database answers and has its tables; raises where it does not."""
        with self.database.reading() as connection:
            connection.execute(select(tables.checks.c.id).limit(1)).first()
        return True

    def schema_is_current(self) -> bool:
        """Tell whether the database has the schema that this code works with."""
        return is_current(self.database.engine)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
