"""Exams over HTTP: answered once, within their time, by their own organisation alone."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.service.certification import enrol, service_log
from tests.service.databases import BOTH_DATABASES

from cets_conformance import published
from cets_service.store import Wanted

pytestmark = BOTH_DATABASES


@pytest.fixture
def vendor(service: Any) -> Any:
    return enrol(service, "vendor", "甲软件公司")


def test_the_commitment_comes_first_and_the_seed_only_with_the_verdict(
    service: Any, vendor: Any
) -> None:
    exam = vendor.sit(vendor.add_system(), "emissions")
    published.validator("exam").validate(exam["exam"])
    assert (exam["state"], exam["seed"], exam["report"]) == ("open", None, None)
    stored = service.parts.store.exams.get(exam["id"])
    for address in (exam["links"]["self"], exam["links"]["exam.zip"], exam["links"]["prompts"]):
        assert stored.seed.encode() not in vendor.get(address).get_data()
    assert all(stored.seed not in entry.details for entry in service_log(service))
    prompts = vendor.get(exam["links"]["prompts"]).get_data()
    assert hashlib.sha256(prompts).hexdigest() == exam["exam"]["prompts"]["sha256"]
    assert b"expected" not in prompts


def test_an_exam_is_committed_to_at_once_and_has_its_questions_later(
    start: Any, is_problem: Any
) -> None:
    """The commitment is answered and logged while there is nothing yet that it commits to."""
    service = start(works=False)
    vendor = enrol(service, "vendor", "甲软件公司")
    given = {"system_id": vendor.add_system(), "level": "full", "operations": ["emissions"]}
    asked = vendor.post("/api/v1/exams", given)
    exam = asked.get_json()
    assert (asked.status_code, exam["state"], asked.location) == (
        202,
        "drawing",
        exam["links"]["self"],
    )
    assert (exam["exam"], exam["deadline"], exam["operations"]) == (None, None, ["emissions"])
    assert exam["commitment"] in service_log(service)[-1].details
    for name in ("prompts", "exam.zip"):
        is_problem(vendor.get(exam["links"][name]), 409, "EXAM_DRAWING")
    for name in ("preflight", "answers"):
        is_problem(vendor.send(exam["links"][name], b"{}\n"), 409, "EXAM_DRAWING")
    assert not service.parts.store.exams.hand_in(exam["id"], "a" * 64, "k" * 64)
    service.clock.now += 7200
    renew(service, vendor)
    service.worker.drain()
    drawn = vendor.get(exam["links"]["self"]).get_json()
    assert (drawn["state"], drawn["commitment"]) == ("open", exam["commitment"])
    assert drawn["exam"]["commitment"] == exam["commitment"]
    assert drawn["deadline"] == "2027-01-16T10:00:00Z", "its time begins with the questions"
    actions = [entry.action for entry in service_log(service)]
    assert actions[-2:] == ["exam.create", "exam.draw"]


def test_what_one_sees_by_an_account_is_kept_in_no_cache(service: Any, vendor: Any) -> None:
    """Whether the account shows by token or, in a browser, by cookie."""
    exam = vendor.sit(vendor.add_system(), "emissions")
    browser = service.app.test_client()
    secret = service.parts.store.sessions.open(vendor.person.id, 3600)
    browser.set_cookie("cets_session", secret)
    for address in (exam["links"]["self"], exam["links"]["prompts"], "/api/v1/exams"):
        for answer in (browser.get(address), vendor.get(address)):
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    public = service.client.get("/api/v1/rules")
    assert "no-store" not in public.headers.get("Cache-Control", "")


def test_exams_that_are_being_drawn_count_as_open(start: Any, is_problem: Any) -> None:
    service = start(works=False)
    vendor = enrol(service, "vendor", "甲软件公司")
    given = {"system_id": vendor.add_system(), "level": "full", "operations": ["emissions"]}
    for _ in range(3):
        assert vendor.post("/api/v1/exams", given).status_code == 202
    is_problem(vendor.post("/api/v1/exams", given), 409, "TOO_MANY_EXAMS")


def test_a_drawing_tells_how_far_it_is_and_is_done_once(start: Any) -> None:
    service = start(works=False)
    vendor = enrol(service, "vendor", "甲软件公司")
    given = {"system_id": vendor.add_system(), "level": "full", "operations": ["emissions"]}
    exam = vendor.post("/api/v1/exams", given).get_json()
    jobs, examining, told = service.parts.store.jobs, service.parts.examining, []
    job = jobs.take(60)

    def shown() -> Any:
        answer = vendor.get(exam["links"]["self"]).get_json()
        return answer["state"], answer["progress"]

    def note(*progress: Any) -> None:
        told.append(progress)
        jobs.note_progress(job, *progress)
        if progress[1] == 1:
            noted = dict(zip(("stage", "done", "total"), progress, strict=True))
            assert shown() == ("drawing", noted)

    nothing = {"stage": "", "done": 0, "total": None}

    examining.run(job, note)
    assert [stage for stage, _, _ in told] == ["drawing"] * len(told)
    assert [done for _, done, _ in told] == list(range(told[0][2]))
    assert shown() == ("open", nothing)
    before = examining.get(exam["id"])
    jobs.delete("exam", job.key)
    jobs.ask("exam", job.key, job.input)
    service.clock.now += 60
    service.worker.drain()
    after = examining.get(exam["id"])
    assert (after.prompts, after.deadline) == (before.prompts, before.deadline)


def test_a_drawing_that_failed_by_our_fault_is_tried_again_on_the_same_commitment(
    service: Any, vendor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = vendor.add_system()
    with monkeypatch.context() as broken:
        broken.setattr("cets_conformance.exam.draw_exam", lambda *_: 1 / 0)
        failed = vendor.sit(system, "emissions")
    assert (failed["state"], failed["failed"]) == ("drawing", True)
    told = vendor.post(f"{failed['links']['self']}/retry").get_json()
    assert (told["state"], told["failed"]) == ("open", False)
    assert told["commitment"] == failed["commitment"]


def test_the_preflight_tells_every_problem_and_the_exam_is_still_open(
    vendor: Any, is_problem: Any
) -> None:
    exam = vendor.sit(vendor.add_system(), "emissions")
    right = vendor.answers(exam)
    lines = right.splitlines(keepends=True)
    broken = b"".join(
        [lines[0], lines[0], b"{\n", b'{"id":"no such","skipped":true}\n', *lines[3:]]
    )
    found = vendor.send(exam["links"]["preflight"], broken).get_json()
    codes = sorted(problem["code"] for problem in found["problems"])
    assert {"ID_TWICE", "UNKNOWN_ID", "NOT_ANSWERED"} < set(codes)
    assert found["problem_count"] == len(codes) == 5
    assert {problem["message"]["zh"] for problem in found["problems"]} != {""}
    refused = is_problem(vendor.send(exam["links"]["answers"], broken), 422, "ANSWERS_FORM")
    assert [
        (error["code"], error["place"]["row"], error["detail_zh"]) for error in refused["errors"]
    ] == [
        (problem["code"], problem["line"], problem["message"]["zh"])
        for problem in found["problems"]
    ]
    assert vendor.send(exam["links"]["preflight"], right).get_json() == {
        "answered": len(lines),
        "problem_count": 0,
        "problems": [],
    }
    assert vendor.get(exam["links"]["self"]).get_json()["state"] == "open"


def test_answers_are_taken_once(service: Any, vendor: Any, is_problem: Any) -> None:
    passed = vendor.pass_exam(vendor.add_system())
    again = vendor.send(f"/api/v1/exams/{passed['id']}/answers", vendor.answers(passed))
    is_problem(again, 409, "EXAM_ANSWERED")
    stored = service.parts.store.exams.get(passed["id"])
    service.parts.store.jobs.delete("exam", stored.key)
    service.parts.store.jobs.ask("exam", stored.key, {"exam": stored.id, "answers": stored.answers})
    service.worker.drain()
    assert service.parts.store.certificates.count(Wanted()) == 1, "a job done twice issues once"
    assert service.parts.store.jobs.get("exam", stored.key).state == "done", "and ends well"


def test_of_two_that_hand_in_at_once_one_is_taken(service: Any, vendor: Any) -> None:
    """Both saw the exam open; the database decides."""
    exam = vendor.sit(vendor.add_system(), "emissions")
    exams = service.parts.store.exams
    assert [exams.hand_in(exam["id"], letter * 64, "k" * 64) for letter in "ab"] == [True, False]
    assert exams.get(exam["id"]).answers == "a" * 64


def test_after_its_time_an_exam_takes_nothing(service: Any, vendor: Any, is_problem: Any) -> None:
    exam = vendor.sit(vendor.add_system(), "emissions")
    answers = vendor.answers(exam)
    service.clock.now += 24 * 3600
    assert vendor.send(exam["links"]["preflight"], answers).status_code in (200, 401)
    renewed = renew(service, vendor)
    service.clock.now += 1
    is_problem(renewed.send(exam["links"]["answers"], answers), 409, "EXAM_EXPIRED")
    assert renewed.get(exam["links"]["self"]).get_json()["state"] == "expired"


def renew(service: Any, vendor: Any) -> Any:
    """Give the vendor a token of now: the clock has gone on."""
    _, secret = service.parts.store.tokens.add(
        vendor.person.id, "later", ("exams:read", "exams:write", "systems:read"), 3600
    )
    vendor.headers = {"Authorization": f"Bearer {secret}"}
    return vendor


def test_an_exam_of_other_vectors_has_expired(
    vendor: Any, is_problem: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = vendor.sit(vendor.add_system(), "emissions")
    answers = vendor.answers(exam)
    monkeypatch.setattr("cets_service.examining.manifest_sha256", lambda: "0" * 64)
    is_problem(vendor.send(exam["links"]["answers"], answers), 409, "EXAM_EXPIRED")


def test_a_system_has_so_many_exams_open_and_each_that_ends_makes_room(
    vendor: Any, is_problem: Any
) -> None:
    system, other = vendor.add_system("1"), vendor.add_system("2")
    opened = [vendor.sit(system, "emissions") for _ in range(3)]
    given = {"system_id": system, "level": "full", "operations": ["emissions"]}
    is_problem(vendor.post("/api/v1/exams", given), 409, "TOO_MANY_EXAMS")
    vendor.sit(other, "emissions")
    vendor.send(opened[0]["links"]["answers"], vendor.answers(opened[0]))
    vendor.sit(system, "emissions")


def test_an_exam_is_its_own_organisations_alone(service: Any, vendor: Any, is_problem: Any) -> None:
    system = vendor.add_system()
    exam = vendor.pass_exam(system)
    open_one = vendor.sit(system, "emissions")
    other = enrol(service, "vendor", "乙软件公司")
    reader = enrol(service, "vendor", "丙软件公司", role="reader")
    province = enrol(service, "province", "河北省生态环境厅")
    for address in (
        *(exam["links"]["self"], exam["links"]["prompts"], exam["links"]["exam.zip"]),
        *exam["links"]["reports"].values(),
    ):
        assert vendor.get(address).status_code == 200
        is_problem(other.get(address), 404, "EXAM_UNKNOWN")
        is_problem(province.get(address), 403, "NOT_ALLOWED")
        is_problem(service.client.get(address), 401, "SIGN_IN_REQUIRED")
    for name in ("preflight", "answers"):
        is_problem(other.send(open_one["links"][name], b""), 404, "EXAM_UNKNOWN")
        is_problem(reader.send(open_one["links"][name], b""), 403, "ROLE_MISSING")
    given = {"system_id": system, "level": "full", "operations": ["emissions"]}
    is_problem(other.post("/api/v1/exams", given), 404, "SYSTEM_UNKNOWN")
    assert other.get("/api/v1/exams").get_json() == {"count": 0, "exams": []}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"level": "table"}, 422, "FIELD_INVALID"),
        ({"level": "issuance", "operations": ["cycle"]}, 422, "OPERATION_NOT_OF_LEVEL"),
        ({"readings": ["rounding"]}, 422, "FIELD_INVALID"),
        ({"readings": ["rounding=none"]}, 400, "READING_UNKNOWN"),
        ({"seed": "0" * 64}, 400, "FIELD_UNKNOWN"),
    ],
)
def test_an_exam_that_cannot_be_drawn_is_refused(
    vendor: Any, is_problem: Any, change: dict[str, Any], status: int, code: str
) -> None:
    given = {"system_id": vendor.add_system(), "level": "full", **change}
    is_problem(vendor.post("/api/v1/exams", given), status, code)


def test_a_system_is_judged_by_the_readings_it_asked_for(vendor: Any) -> None:
    exam = vendor.sit(vendor.add_system(), "pre-allocation", rounding="unit_floor")
    answers = vendor.answers(exam, rounding="unit_floor")
    told = vendor.send(exam["links"]["answers"], answers).get_json()
    assert told["verdict"] == "conforms"
    certificate = vendor.get(told["links"]["certificate"]).get_json()
    assert certificate["readings"] == {"rounding": "unit_floor"}


def test_a_grading_that_failed_by_our_fault_is_tried_again_on_the_same_answers(
    service: Any, vendor: Any, is_problem: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = vendor.sit(vendor.add_system(), "emissions")
    with monkeypatch.context() as broken:
        broken.setattr("cets_conformance.exam.grade", lambda *_: 1 / 0)
        told = vendor.send(exam["links"]["answers"], vendor.answers(exam)).get_json()
    assert (told["state"], told["failed"]) == ("answered", True)
    told = vendor.post(f"{exam['links']['self']}/retry").get_json()
    assert (told["state"], told["verdict"]) == ("graded", "conforms")
    is_problem(vendor.post(f"{exam['links']['self']}/retry"), 409, "EXAM_NOT_FAILED")


def test_a_file_that_is_made_to_tire_us_is_not_even_read(vendor: Any, is_problem: Any) -> None:
    exam = vendor.sit(vendor.add_system(), "emissions")
    address = exam["links"]["preflight"]
    is_problem(vendor.send(address, b"{}\n" * 5000), 422, "TOO_MANY_LINES")
    is_problem(vendor.send(address, b" " * (1024 * 1024 + 1)), 413, "UPLOAD_TOO_LARGE")
    first = vendor.answers(exam).split(b",", 1)[0]
    fields = ",".join(f'"f{number}":1' for number in range(50_000))
    told = vendor.send(address, first + b',"output":{' + fields.encode() + b"}}").get_json()
    assert told["problem_count"] < 200
    assert vendor.get(exam["links"]["self"]).get_json()["state"] == "open"


def test_what_an_exam_rests_on_outlives_every_sweep_and_its_system(
    service: Any, vendor: Any, is_problem: Any
) -> None:
    system = vendor.add_system()
    exam = vendor.pass_exam(system)
    service.clock.now += 3000 * 86_400
    service.parts.checking.tidy()
    stored = service.parts.store.exams.get(exam["id"])
    assert set(service.stored()) >= {stored.prompts, stored.answers}
    renew(service, vendor)
    gone = vendor.client.delete(f"/api/v1/systems/{system}", headers=vendor.headers)
    assert gone.status_code == 403
    assert not service.parts.store.systems.delete(system)
