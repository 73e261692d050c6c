"""Appeals and their history, to which rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, exists, func, insert, select

from cets_conformance import json_text
from cets_conformance.appeals import RULINGS, Appeal, Entry
from cets_service.database import Database
from cets_service.tables import appeal_entries, appeals, organisations, people

__all__ = ["Appeals", "KeptAppeal", "KeptEntry"]


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """One step of a history, and who took it."""

    action: str
    """``filed``, ``commented``, ``upheld`` or ``rejected``."""
    person_id: str
    kind: str
    """Kind of the person's organisation."""
    name: str
    """Name of the person's organisation; the person's own name is not shown."""
    at: int
    text: str

    @property
    def by(self) -> str:
        """Who, as shown in public: the organisation and its kind."""
        return f"{self.name[:180]} ({self.kind})"


@dataclass(frozen=True, slots=True)
class KeptAppeal:
    """An appeal as it is kept."""

    id: str
    organisation_id: str
    subject: Mapping[str, str | int]
    evidence: Mapping[str, Any]
    """What it is about, as it stood when it was filed: for its organisation and the operator."""
    history: tuple[KeptEntry, ...]

    def public(self) -> Appeal:
        """Give it as everybody may see it."""
        return self._with([entry.by for entry in self.history])

    def by_person(self) -> Appeal:
        """Give it with the people who took the steps: nobody rules on an appeal of their own."""
        return self._with([entry.person_id for entry in self.history])

    def _with(self, names: Sequence[str]) -> Appeal:
        return Appeal(
            self.id,
            self.subject,
            tuple(
                Entry(entry.action, name, datetime.fromtimestamp(entry.at, UTC), entry.text)
                for entry, name in zip(self.history, names, strict=True)
            ),
        )


class Appeals:
    """The appeals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, appeal: Appeal, organisation_id: str, evidence: Mapping[str, Any]) -> None:
        """Write a new appeal; who acted is given as the id of a person."""
        first = appeal.history[0]
        row = {
            "id": appeal.id,
            "organisation_id": organisation_id,
            "subject": json_text.dumps(dict(appeal.subject)),
            "evidence": json_text.dumps(evidence),
            "created_at": int(first.at.timestamp()),
        }
        with self._database.writing() as connection:
            connection.execute(insert(appeals).values(row))
            self.append(appeal)

    def append(self, appeal: Appeal) -> None:
        """Write the newest entry, in the transaction that :meth:`get_locked` began."""
        entry = appeal.history[-1]
        row = {
            "appeal_id": appeal.id,
            "sequence": len(appeal.history) - 1,
            "action": entry.action,
            "person_id": entry.by,
            "at": int(entry.at.timestamp()),
            "text": entry.text,
        }
        with self._database.writing() as connection:
            connection.execute(insert(appeal_entries).values(row))

    def get(self, appeal_id: str) -> KeptAppeal | None:
        """Give an appeal; None where there is none."""
        found = self._read(select(appeals).where(appeals.c.id == appeal_id))
        return found[0] if found else None

    def get_locked(self, appeal_id: str) -> KeptAppeal | None:
        """Give an appeal to which nobody else adds until the open transaction ends."""
        with self._database.writing() as connection:
            locked = select(appeals.c.id).where(appeals.c.id == appeal_id).with_for_update()
            connection.execute(locked).first()
            return self.get(appeal_id)

    def list_all(self, state: str | None, *, offset: int, limit: int) -> list[KeptAppeal]:
        """Give appeals in a state, or in any, newest first."""
        wanted = select(appeals).where(*_in_state(state))
        newest = wanted.order_by(appeals.c.created_at.desc(), appeals.c.id)
        return self._read(newest.offset(offset).limit(limit))

    def count(self, state: str | None = None) -> int:
        """Count the appeals in a state, or all."""
        counted = select(func.count()).select_from(appeals).where(*_in_state(state))
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def _read(self, wanted: Select[Any]) -> list[KeptAppeal]:
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
            steps = connection.execute(
                select(appeal_entries, organisations.c.kind, organisations.c.name)
                .join(people, people.c.id == appeal_entries.c.person_id)
                .join(organisations, organisations.c.id == people.c.organisation_id)
                .where(appeal_entries.c.appeal_id.in_([row.id for row in rows]))
                .order_by(appeal_entries.c.sequence)
            ).all()
        histories: dict[str, list[KeptEntry]] = {}
        for step in steps:
            entry = KeptEntry(step.action, step.person_id, step.kind, step.name, step.at, step.text)
            histories.setdefault(step.appeal_id, []).append(entry)
        return [
            KeptAppeal(
                row.id,
                row.organisation_id,
                json_text.loads(row.subject),
                json_text.loads(row.evidence),
                tuple(histories[row.id]),
            )
            for row in rows
        ]


def _in_state(state: str | None) -> list[Any]:
    """Give the conditions of a state: what was ruled is in the history."""
    if state is None:
        return []
    wanted = RULINGS if state == "open" else (state,)
    ruled = exists().where(
        appeal_entries.c.appeal_id == appeals.c.id, appeal_entries.c.action.in_(wanted)
    )
    return [~ruled if state == "open" else ruled]
