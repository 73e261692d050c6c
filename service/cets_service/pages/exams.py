"""Exams as a vendor sees them: asked for, answered, graded, and how anybody verifies one."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cets_conformance import direct, runner
from cets_conformance.exam import Answered
from cets_service.access import actor, guarded, me
from cets_service.api.v1.exams import FORMATS, describe_exam, known_exam
from cets_service.api.v1.systems import known_system
from cets_service.examining import SHOWN
from cets_service.pages.blueprint import (
    LANGUAGE_IN_PATH,
    language,
    page,
    pages,
    read_form,
    read_paging,
    shown_again_by,
)
from cets_service.problems import Problem
from cets_service.receive import receive_file
from cets_service.services import current

__all__ = ["list_exams", "show_exam"]

_ONE = f"{LANGUAGE_IN_PATH}/exams/<id:exam_id>"

QUICK = 1.5
"""How long a page waits for a grading, seconds, before it shows that it goes on."""


@pages.get(f"{LANGUAGE_IN_PATH}/exams")
@guarded(kinds=("vendor",))
def list_exams(problem: Problem | None = None) -> Response:
    """Show the exams of the own organisation, and the form to ask for one."""
    store, identity = current().store, me()
    own = identity.organisation.id
    count = store.exams.count_of(own)
    paging = read_paging(count)
    listed = store.exams.list_of(own, offset=paging.offset, limit=paging.limit)
    return page(
        "exams.html",
        exams=[describe_exam(exam, whole=False) for exam in listed],
        systems=store.systems.list_of(own),
        asks=identity.has_role("member"),
        levels=runner.LEVELS,
        rules=direct.rules(),
        given=request.form,
        readings=_chosen_readings(),
        hours=f"{current().config.exam_hours:g}",
        most=current().config.open_exams,
        count=count,
        paging=paging,
        problem=problem,
    )


@pages.post(f"{LANGUAGE_IN_PATH}/exams")
@guarded(role="member", kinds=("vendor",))
@shown_again_by(list_exams)
def create_exam() -> AnyResponse:
    """Ask for an exam and lead to it."""
    names = tuple(f"reading.{reading['id']}" for reading in direct.rules()["readings"])
    given = read_form("system_id", "level", *names, lists=("operations",))
    exam = current().begin_exam(
        known_system(given["system_id"]),
        me().person,
        given["level"],
        given["operations"],
        _chosen_readings(),
        actor(),
    )
    return redirect(url_for("pages.show_exam", exam_id=exam.id), code=303)


@pages.get(_ONE)
@guarded(kinds=("vendor",))
def show_exam(
    exam_id: str, problem: Problem | None = None, found: Answered | None = None
) -> Response:
    """Show an exam: its questions, its grading, or its result."""
    exam = known_exam(exam_id)
    described = describe_exam(exam)
    return page(
        "exam.html",
        exam=described,
        archive_url=described["links"]["exam.zip"],
        prompts_url=described["links"]["prompts"],
        downloads=[
            {
                "format": suffix,
                "url": url_for(
                    "api_v1.download_exam_report", exam_id=exam_id, suffix=suffix, lang=language()
                ),
            }
            for suffix in FORMATS
        ],
        answers=me().has_role("member"),
        found=found,
        shown=SHOWN,
        problem=problem,
    )


@pages.post(f"{_ONE}/answers")
@guarded(role="member", kinds=("vendor",))
@shown_again_by(show_exam)
def hand_in(exam_id: str) -> AnyResponse:
    """Check the form of the answers, or hand them in, as the button says."""
    if request.mimetype != "multipart/form-data":
        raise Problem("CONTENT_TYPE", found=request.mimetype[:80], known="multipart/form-data")
    given, answers = receive_file("act")
    exam = known_exam(exam_id)
    if not answers:
        raise Problem("ANSWERS_MISSING")
    found = current().examining.preflight(exam, answers)
    if given["act"] != "hand_in" or found.problems:
        return show_exam(exam_id, found=found)
    current().hand_in(exam, answers, actor(), QUICK)
    return redirect(url_for("pages.show_exam", exam_id=exam_id), code=303)


@pages.post(f"{_ONE}/retry")
@guarded(role="member", kinds=("vendor",))
def retry_exam(exam_id: str) -> AnyResponse:
    """Have an exam drawn or graded again where that failed by our fault."""
    exam = known_exam(exam_id)
    if exam.failed:
        current().retry_exam(exam, QUICK)
    return redirect(url_for("pages.show_exam", exam_id=exam_id), code=303)


def _chosen_readings() -> dict[str, Any]:
    """Give the readings the form chose that are not the default."""
    return {
        reading["id"]: chosen
        for reading in direct.rules()["readings"]
        if (chosen := request.form.get(f"reading.{reading['id']}", reading["default"]))
        and chosen != reading["default"]
    }
