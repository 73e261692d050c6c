"""``exams``: drawn for a system of the own organisation, answered once, graded by a worker."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, url_for

from cets_conformance import direct, runner
from cets_conformance import report as reporting
from cets_service.access import actor, guarded, me
from cets_service.api.v1.blueprint import (
    ID,
    PAGE_PARAMETERS,
    PROGRESS,
    Described,
    Parameter,
    answer,
    answer_page,
    api,
    described,
    known_parameters,
    moment,
    page_schema,
    read_fields,
    record_schema,
)
from cets_service.api.v1.reports import MEDIA, SEALED
from cets_service.api.v1.systems import known_system
from cets_service.examining import form_report
from cets_service.language import asked_language
from cets_service.problems import Problem, of_field
from cets_service.receive import read_body
from cets_service.services import current
from cets_service.store import Exam

__all__ = ["JSON_LINES", "describe_exam", "known_exam", "send_archive", "send_report"]

JSON_LINES = ("application/jsonl", "application/x-ndjson", "text/plain")
"""Media types in which answers are taken: JSON lines, under the names in use."""

FORMATS = ("json", "html", "md", "xml", "sarif")
"""Formats of an exam's report."""

_MEDIA = {**MEDIA, "xml": "application/xml", "sarif": "application/sarif+json"}
_TIME_OR_NOT = {"type": ["string", "null"], "format": "date-time"}
_EXAM = record_schema(
    {
        "id": ID,
        "state": {
            "enum": ["drawing", "open", "answered", "graded", "expired"],
            "description": "`drawing`: committed to, the questions are not there yet; ask again",
        },
        "system_id": ID,
        "system": record_schema({"name": {"type": "string"}, "version": {"type": "string"}}),
        "commitment": {"type": "string", "description": "SHA-256(seed ‖ id of the exam)"},
        "level": {"type": "string"},
        "operations": {"type": "array", "items": {"type": "string"}},
        "readings": {"type": "object", "additionalProperties": {"type": "string"}},
        "exam": {
            "anyOf": [{"$ref": "urn:cets:schema:v1:exam"}, {"type": "null"}],
            "description": "Once the questions are drawn",
        },
        "progress": PROGRESS,
        "created_at": {"type": "string", "format": "date-time"},
        "deadline": {**_TIME_OR_NOT, "description": "Once the questions are drawn"},
        "answered_at": _TIME_OR_NOT,
        "graded_at": _TIME_OR_NOT,
        "failed": {
            "type": "boolean",
            "description": "Drawing or grading failed by our fault; retry it",
        },
        "verdict": {"enum": ["conforms", "does_not_conform", "not_checked", None]},
        "seed": {"type": ["string", "null"], "description": "Revealed once it is graded"},
        "answers_sha256": {"type": ["string", "null"]},
        "report": {"anyOf": [{"$ref": "urn:cets:schema:v1:run-report"}, {"type": "null"}]},
        "certificate_id": {"anyOf": [ID, {"type": "null"}]},
        "links": {"type": "object"},
    },
    optional=("report",),
)
_OPERATION = {"type": "string", "enum": list(direct.operation_names())}
_NEW: dict[str, Any] = record_schema(
    {
        "system_id": {"type": "string"},
        "level": {"type": "string", "enum": list(runner.LEVELS)},
        "operations": {"type": "array", "items": _OPERATION},
        "readings": {"type": "array", "items": {"type": "string", "pattern": "^[^=]+=[^=]+$"}},
    },
    optional=("operations", "readings"),
)
_FORM = record_schema(
    {
        "answered": {"type": "integer", "minimum": 0},
        "problem_count": {"type": "integer", "minimum": 0},
        "problems": {"type": "array", "items": {"type": "object"}},
    }
)
_ANSWERS = {media: {"type": "string"} for media in JSON_LINES}


@api.get("/exams")
@guarded("exams:read", kinds=("vendor",))
@described(
    Described(
        "Exams of the own organisation, newest first, without their reports",
        "本机构的考试列表（不含报告正文），新者在前",
        {200: "One page of exams"},
        (400, 401, 403),
        page_schema("exams", _EXAM),
        parameters=PAGE_PARAMETERS,
    )
)
def list_exams() -> Response:
    """List the exams of the organisation of who asks."""
    known_parameters("page", "per_page")
    exams, own = current().store.exams, me().organisation.id
    return answer_page(
        "exams",
        exams.count_of(own),
        partial(exams.list_of, own),
        partial(describe_exam, whole=False),
    )


@api.post("/exams")
@guarded("exams:write", role="member", kinds=("vendor",))
@described(
    Described(
        "Ask for an exam: level, perhaps some operations of it, readings as ID=ALTERNATIVE",
        "申请考试：选择级别，可限定操作，并声明解读项（ID=选项）",
        {202: "The exam and its commitment; its questions are being drawn, ask at its address"},
        (400, 401, 403, 404, 409, 415, 422),
        _EXAM,
        body={"application/json": _NEW},
    )
)
def create_exam() -> Response:
    """Commit to an exam: the commitment is answered before there is any question."""
    known_parameters()
    given = read_fields(_NEW)
    exam = current().begin_exam(
        known_system(given["system_id"]),
        me().person,
        given["level"],
        given.get("operations", []),
        read_readings(given.get("readings", [])),
        actor(),
    )
    place = url_for("api_v1.show_exam", exam_id=exam.id)
    return answer(describe_exam(exam), 202, headers={"Location": place})


@api.get("/exams/<id:exam_id>")
@guarded("exams:read", kinds=("vendor",))
@described(
    Described(
        "How an exam stands; once it is graded with report, seed and certificate",
        "查询考试状态；评分后含报告、种子及证书编号",
        {200: "The exam"},
        (401, 403, 404),
        _EXAM,
    )
)
def show_exam(exam_id: str) -> Response:
    """Say how an exam stands."""
    known_parameters()
    return answer(describe_exam(known_exam(exam_id)))


@api.get("/exams/<id:exam_id>/prompts")
@guarded("exams:read", kinds=("vendor",))
@described(
    Described(
        "The questions, a JSON object a line",
        "下载考题，每行一个 JSON 对象",
        {200: "The questions"},
        (401, 403, 404, 409),
        media=("application/jsonl",),
    )
)
def give_prompts(exam_id: str) -> Response:
    """Give the questions."""
    known_parameters()
    content = current().examining.prompts(known_exam(exam_id))
    return Response(content, content_type="application/jsonl")


@api.get("/exams/<id:exam_id>/exam.zip")
@guarded("exams:read", kinds=("vendor",))
@described(
    Described(
        "The folder that `cets exam` works on; once graded with seed, answers and report",
        "下载 `cets exam` 所用的文件夹；评分后含种子、答案和报告",
        {200: "A ZIP file"},
        (401, 403, 404, 409),
        media=("application/zip",),
    )
)
def give_exam(exam_id: str) -> Response:
    """Give the exam as a ZIP file."""
    known_parameters()
    return send_archive(known_exam(exam_id))


@api.post("/exams/<id:exam_id>/preflight")
@guarded("exams:write", role="member", kinds=("vendor",))
@described(
    Described(
        "Check the form of answers: everything that is wrong, nothing graded or used up",
        "答案格式预检：一次列出全部格式问题，不评分、不占用考试机会",
        {200: "What was found; no problems: they can be handed in"},
        (400, 401, 403, 404, 409, 413, 415, 422),
        _FORM,
        body=_ANSWERS,
    )
)
def preflight(exam_id: str) -> Response:
    """Check the form of answers."""
    known_parameters()
    exam = known_exam(exam_id)
    return answer(form_report(current().examining.preflight(exam, read_body(*JSON_LINES))))


@api.post("/exams/<id:exam_id>/answers")
@guarded("exams:write", role="member", kinds=("vendor",))
@described(
    Described(
        "Hand in the answers, once; of a wrong form they are refused and nothing is used up",
        "提交答案，仅限一次；格式有误时不予接收，不占用考试机会",
        {201: "It is graded", 202: "Grading goes on; ask at its address"},
        (400, 401, 403, 404, 409, 413, 415, 422),
        _EXAM,
        body=_ANSWERS,
    )
)
def hand_in(exam_id: str) -> Response:
    """Take the answers and have them graded."""
    known_parameters()
    exam = known_exam(exam_id)
    answers = read_body(*JSON_LINES)
    return _graded(current().hand_in(exam, answers, actor(), current().config.wait))


@api.post("/exams/<id:exam_id>/retry")
@guarded("exams:write", role="member", kinds=("vendor",))
@described(
    Described(
        "Have an exam drawn or graded again where that failed by our fault",
        "重新出题或评分（仅限因本服务故障未能完成的考试）",
        {201: "It is graded", 202: "It goes on; ask at its address"},
        (401, 403, 404, 409),
        _EXAM,
    )
)
def retry_exam(exam_id: str) -> Response:
    """Try to draw or grade an exam again."""
    known_parameters()
    return _graded(current().retry_exam(known_exam(exam_id), current().config.wait))


@api.get("/exams/<id:exam_id>/report.<any({}):suffix>".format(",".join(FORMATS)))
@guarded("exams:read", kinds=("vendor",))
@described(
    Described(
        "The report of a graded exam as a file",
        "下载考试报告",
        {200: "The report"},
        (400, 401, 403, 404, 409),
        media=tuple(_MEDIA[suffix] for suffix in FORMATS),
        parameters=(Parameter("lang", "Language of the text", {"enum": ["zh", "en"]}),),
    )
)
def download_exam_report(exam_id: str, suffix: str) -> Response:
    """Give the report of an exam."""
    known_parameters("lang")
    return send_report(known_exam(exam_id), suffix)


def known_exam(exam_id: str) -> Exam:
    """Give an exam of the own organisation; anybody else's is unknown."""
    exam = current().examining.get(exam_id)
    if not me().owns(exam.organisation_id):
        raise Problem("EXAM_UNKNOWN")
    return exam


def read_readings(given: list[str]) -> dict[str, str]:
    """Read readings written as ``ID=ALTERNATIVE``, as on the command line."""
    parted = [reading.partition("=") for reading in given]
    if not all(name and choice for name, _, choice in parted):
        raise of_field("readings", ", ".join(given), "readings")
    return {name: choice for name, _, choice in parted}


def send_archive(exam: Exam) -> Response:
    """Send an exam as a ZIP file."""
    response = Response(current().examining.archive(exam), content_type="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=f"exam-{exam.id}.zip")
    return response


def send_report(exam: Exam, suffix: str) -> Response:
    """Write the report of an exam in the format of its suffix and send it."""
    language = asked_language()
    report = current().examining.report(exam)
    target = current().uploads.working_file(f".{suffix}")
    try:
        reporting.write(report, target, language)
        response = Response(target.read_bytes(), content_type=_MEDIA[suffix])
    finally:
        target.unlink(missing_ok=True)
    response.headers["Content-Security-Policy"] = SEALED
    response.headers["Content-Language"] = language
    name = f"exam-{exam.id}.{suffix}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def describe_exam(exam: Exam, *, whole: bool = True) -> dict[str, Any]:
    """Give an exam as JSON; the seed and, where ``whole``, the report once it is graded."""
    state = current().examining.state(exam)
    graded = state == "graded"
    value: dict[str, Any] = {
        "id": exam.id,
        "state": state,
        "system_id": exam.system.id,
        "system": {"name": exam.system.name, "version": exam.system.version},
        "commitment": exam.document["commitment"],
        "level": exam.document["level"],
        "operations": exam.document["operations"],
        "readings": exam.document["readings"],
        "exam": exam.document if exam.prompts else None,
        "progress": {"stage": exam.stage, "done": exam.done, "total": exam.total},
        "created_at": moment(exam.created_at),
        "deadline": moment(exam.deadline) if exam.prompts else None,
        "answered_at": None if exam.answered_at is None else moment(exam.answered_at),
        "graded_at": None if exam.graded_at is None else moment(exam.graded_at),
        "failed": exam.failed,
        "verdict": exam.verdict,
        "seed": exam.seed if graded else None,
        "answers_sha256": exam.answers,
        "certificate_id": exam.certificate_id,
        "links": _links(exam, graded=graded),
    }
    if whole:
        value["report"] = current().examining.report(exam) if graded else None
    return value


def _links(exam: Exam, *, graded: bool) -> dict[str, Any]:
    here: dict[str, Any] = {"exam_id": exam.id}
    links: dict[str, Any] = {
        "self": url_for("api_v1.show_exam", **here),
        "prompts": url_for("api_v1.give_prompts", **here),
        "exam.zip": url_for("api_v1.give_exam", **here),
    }
    if graded:
        links["reports"] = {
            suffix: url_for("api_v1.download_exam_report", suffix=suffix, **here)
            for suffix in FORMATS
        }
    else:
        links["preflight"] = url_for("api_v1.preflight", **here)
        links["answers"] = url_for("api_v1.hand_in", **here)
    if exam.certificate_id is not None:
        links["certificate"] = url_for(
            "api_v1.show_certificate", certificate_id=exam.certificate_id
        )
    return links


def _graded(exam: Exam) -> Response:
    headers = {"Location": url_for("api_v1.show_exam", exam_id=exam.id)}
    return answer(describe_exam(exam), 201 if exam.graded_at else 202, headers=headers)
