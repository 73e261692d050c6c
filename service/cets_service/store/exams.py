"""Exams: drawn for a system, answered once within their time, graded once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, and_, func, insert, literal, or_, select, update

from cets_conformance import json_text
from cets_service.database import Database
from cets_service.store.jobs import progress_of
from cets_service.store.systems import System
from cets_service.tables import certificates, exams, jobs, systems

__all__ = ["KIND", "Exam", "Exams"]

KIND = "exam"
"""Kind of the jobs that draw and grade."""


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam with the system that sits it."""

    id: str
    organisation_id: str
    person_id: str
    """Who asked for it."""
    document: dict[str, Any]
    """What is public from the beginning, schema ``exam``; ``prompts`` once they are drawn."""
    seed: str = field(repr=False)
    """Secret until it is graded, 64 hexadecimal digits."""
    prompts: str
    """SHA-256 of the upload that holds the questions; empty while they are drawn."""
    created_at: int
    deadline: int
    """Counts from when the questions were there."""
    answers: str | None
    """SHA-256 of the upload that holds the answers."""
    answered_at: int | None
    key: str | None
    """Key of the job that draws it, and later of the one that grades it."""
    verdict: str | None
    graded_at: int | None
    certificate_id: str | None
    job: str | None
    """State of its job."""
    stage: str
    """What its job does while that runs; else ``done``, or nothing."""
    done: int
    """How much of that."""
    total: int | None
    """Of how much, where known."""
    system: System

    @property
    def failed(self) -> bool:
        """Whether drawing or grading failed by our fault; nothing that was handed in is lost."""
        return self.graded_at is None and self.job == "failed"


_OWN = [name for name in Exam.__dataclass_fields__ if name in exams.c]


class Exams:
    """The exams."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        exam_id: str,
        system: System,
        person_id: str,
        document: Mapping[str, Any],
        seed: str,
        key: str,
    ) -> None:
        """Write an exam whose questions the job of ``key`` is to draw."""
        now = self._database.now()
        row = {
            "id": exam_id,
            "organisation_id": system.organisation_id,
            "system_id": system.id,
            "person_id": person_id,
            "document": json_text.dumps(document),
            "seed": seed,
            "prompts": "",
            "created_at": now,
            "deadline": now,
            "key": key,
        }
        with self._database.writing() as connection:
            connection.execute(insert(exams).values(row))

    def open(self, exam_id: str, document: Mapping[str, Any], prompts: str, lasts: int) -> bool:
        """Write the questions of an exam: it is open for ``lasts`` seconds. False: it has some."""
        drawn = update(exams).where(exams.c.id == exam_id, exams.c.prompts == "")
        values = {
            "document": json_text.dumps(document),
            "prompts": prompts,
            "deadline": self._database.now() + lasts,
        }
        with self._database.writing() as connection:
            return connection.execute(drawn.values(values)).rowcount > 0

    def get(self, exam_id: str) -> Exam | None:
        """Give an exam; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(_select().where(exams.c.id == exam_id)).first()
        return None if row is None else _read(row)

    def list_of(self, organisation_id: str, *, offset: int, limit: int) -> list[Exam]:
        """Give exams of an organisation, newest first."""
        wanted = (
            _select()
            .where(exams.c.organisation_id == organisation_id)
            .order_by(exams.c.created_at.desc(), exams.c.id)
            .offset(offset)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(wanted)]

    def count_of(self, organisation_id: str) -> int:
        """Count the exams of an organisation."""
        counted = select(func.count()).select_from(exams)
        with self._database.reading() as connection:
            return connection.execute(
                counted.where(exams.c.organisation_id == organisation_id)
            ).scalar_one()

    def list_open(self, system_id: str) -> list[Exam]:
        """Give the exams of a system that are drawn, or wait for answers and have time left.

        In a transaction that writes the system is held: nobody else opens one for it meanwhile.
        """
        held = select(systems.c.id).where(systems.c.id == system_id).with_for_update()
        wanted = _select().where(
            exams.c.system_id == system_id,
            exams.c.answers.is_(None),
            or_(exams.c.prompts == "", exams.c.deadline >= self._database.now()),
        )
        with self._database.writing() as connection:
            connection.execute(held)
            return [_read(row) for row in connection.execute(wanted)]

    def hand_in(self, exam_id: str, answers: str, key: str) -> bool:
        """Write what was handed in; False where something was before, or the time is over."""
        now = self._database.now()
        handed = update(exams).where(
            exams.c.id == exam_id,
            exams.c.prompts != "",
            exams.c.answers.is_(None),
            exams.c.deadline >= now,
        )
        with self._database.writing() as connection:
            values = {"answers": answers, "answered_at": now, "key": key}
            return connection.execute(handed.values(values)).rowcount > 0

    def grade(self, exam_id: str, report: Mapping[str, Any]) -> bool:
        """Write the report of an exam; False where it has one."""
        graded = update(exams).where(exams.c.id == exam_id, exams.c.report.is_(None))
        values = {
            "verdict": report["verdict"],
            "report": json_text.dumps(report),
            "graded_at": self._database.now(),
        }
        with self._database.writing() as connection:
            return connection.execute(graded.values(values)).rowcount > 0

    def get_report(self, exam_id: str) -> dict[str, Any] | None:
        """Give the report; None before it is graded."""
        with self._database.reading() as connection:
            content = connection.execute(
                select(exams.c.report).where(exams.c.id == exam_id)
            ).scalar()
        return None if content is None else json_text.loads(content)


def _select() -> Any:
    return (
        select(
            *(exams.c[name] for name in _OWN),
            certificates.c.id.label("certificate_id"),
            jobs.c.state.label("job"),
            jobs.c.stage,
            jobs.c.done,
            jobs.c.total,
            *(systems.c[name].label(f"of_{name}") for name in System.__dataclass_fields__),
        )
        .join(systems, systems.c.id == exams.c.system_id)
        .outerjoin(certificates, certificates.c.exam_id == exams.c.id)
        .outerjoin(jobs, and_(jobs.c.kind == literal(KIND), jobs.c.key == exams.c.key))
    )


def _read(row: Row[Any]) -> Exam:
    progress = progress_of(row, runs=row.job == "running", ended=row.graded_at is not None)
    values = dict(row._mapping) | progress
    system = System(**{name: values.pop(f"of_{name}") for name in System.__dataclass_fields__})
    return Exam(**{**values, "document": json_text.loads(values["document"])}, system=system)
