"""Checks: who asked what of which upload, and until when; how each stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.askings import Asking, Askings, as_asked
from cets_service.store.prepared import insert_rows
from cets_service.store.records import make_id
from cets_service.store.verdicts import Verdicts
from cets_service.tables import checks

__all__ = ["KIND", "Check", "Checks", "NewCheck"]

KIND = "check"
"""Kind of the jobs that judge what checks ask."""


@dataclass(frozen=True, slots=True)
class NewCheck:
    """What a request asks for."""

    name: str
    """Name of the file, as shown."""
    form: str
    """``file``, or ``rows`` given as JSON."""
    options: Mapping[str, Any]
    """Options as JSON, readable by ``tables.Options.from_json``."""
    upload: str
    """SHA-256 of what was uploaded."""
    previous: str | None
    """SHA-256 of the previous year's table."""
    key: str
    """SHA-256 of all that the verdict is a function of."""
    keep: int
    """How long it is kept, seconds."""
    organisation_id: str | None = None
    """Whose it is; None: whoever holds its address."""
    person_id: str | None = None
    """Who asked for it."""


@dataclass(frozen=True, slots=True)
class Check(Asking):
    """A check as it stands."""

    person_id: str | None
    name: str
    form: str
    upload: str
    previous: str | None
    report: dict[str, Any] | None = None
    """Its report, where that has just been made; else ask the verdicts."""


class Checks(Askings[Check]):
    """The checks."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, KIND, checks, Verdicts(database))

    def add(self, new: NewCheck) -> Check:
        """Write a check, whose id is a secret; give it as it stands without a verdict or a job."""
        now = self._database.now()
        row: dict[str, Any] = {
            "id": make_id(),
            "organisation_id": new.organisation_id,
            "person_id": new.person_id,
            "name": new.name,
            "form": new.form,
            "options": json_text.dumps(new.options),
            "upload": new.upload,
            "previous": new.previous,
            "key": new.key,
            "created_at": now,
            "expires_at": now + new.keep,
        }
        with self._database.writing() as connection:
            insert_rows(connection, checks, [row])
        return Check(
            id=row["id"],
            organisation_id=new.organisation_id,
            person_id=new.person_id,
            name=new.name,
            form=new.form,
            options=dict(new.options),
            upload=new.upload,
            previous=new.previous,
            key=new.key,
            created_at=now,
            expires_at=row["expires_at"],
            state="queued",
            stage="",
            done=0,
            total=None,
            verdict=None,
            problem=None,
            ours=False,
        )

    def want_again(self, check_id: str, key: str, options: Mapping[str, Any]) -> None:
        """Take back that a check was cancelled; it asks for ``options`` from now on, and its
        verdict is the one of ``key``.
        """
        self._change(check_id, key, options=json_text.dumps(options))

    def _read(self, _: Connection, rows: list[Row[Any]]) -> list[Check]:
        return [
            Check(
                **as_asked(row),
                person_id=row.person_id,
                name=row.name,
                form=row.form,
                upload=row.upload,
                previous=row.previous,
            )
            for row in rows
        ]
