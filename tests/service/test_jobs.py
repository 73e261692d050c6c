"""Jobs outlive whoever does them, and what they give is written once."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from huey.registry import Message
from tests.service.databases import BOTH_DATABASES

from cets_conformance.tables import Options
from cets_service.checking import Owner, Received
from cets_service.jobs import _JsonSerializer
from cets_service.store import Job, LostJobError, Verdict
from cets_service.worker import ATTEMPTS, Worker, _StoppingError

pytestmark = BOTH_DATABASES

LEASE = 60


@pytest.fixture
def idle(start):
    """A service whose worker does not work, and that leaves every check to a worker."""
    return start(works=False, inline=0)


def queue(service: Any, content: bytes) -> str:
    """Write a check as a request does, but wake nobody; give its id."""
    incoming = service.parts.uploads.receive()
    incoming.write(content)
    received = Received("t.csv", "file", Options(), incoming)
    check, _ = service.parts.checking.add(received, Owner(3600))
    assert check is not None
    return check.id


def counts(service: Any) -> dict[str, int]:
    """Count the rows of all tables that a check leads to."""
    with service.parts.store.database.reading() as connection:
        return {
            table: connection.exec_driver_sql(f"select count(*) from {table}").scalar_one()
            for table in ("checks", "jobs", "verdicts", "verdict_rows", "verdict_subjects")
        }


def test_a_worker_takes_up_what_was_queued_and_what_a_dead_one_had_begun(idle, wrong_table):
    store = idle.parts.store
    begun = queue(idle, wrong_table)
    job = store.jobs.take(LEASE)
    store.verdicts.write_rows(store.jobs, job, {"T-10": [{"row": 9, "unit_id": "half"}]}, {})
    queued = queue(idle, wrong_table + b"\n")
    idle.clock.now += LEASE
    idle.worker.start()
    for check_id in (queued, begun):
        assert idle.finish(check_id).state == "done"
        rows = idle.client.get(f"/api/v1/checks/{check_id}/findings?check=T-10").get_json()
        assert [row["row"] for row in rows["rows"]] == [3, 4]


def test_a_job_is_taken_by_one_worker_and_again_only_when_its_lease_is_over(idle, wrong_table):
    queue(idle, wrong_table)
    jobs = idle.parts.store.jobs
    first = jobs.take(LEASE)
    assert (first.attempt, jobs.take(LEASE)) == (1, None)
    idle.clock.now += LEASE - 1
    assert jobs.take(LEASE) is None
    jobs.renew(first, LEASE)
    idle.clock.now += LEASE - 1
    assert jobs.take(LEASE) is None
    idle.clock.now += 1
    assert jobs.take(LEASE).attempt == 2


def test_a_worker_that_was_overtaken_writes_nothing_any_more(idle, wrong_table):
    check_id = queue(idle, wrong_table)
    store = idle.parts.store
    early = store.jobs.take(LEASE)
    idle.clock.now += LEASE
    late = store.jobs.take(LEASE)
    rows = {"T-10": [{"row": 1}]}
    for attempt in (
        lambda: store.jobs.renew(early, LEASE),
        lambda: store.jobs.note_progress(early, "laws", 1, 2),
        lambda: store.jobs.finish(early),
        lambda: store.jobs.fail(early, {"code": "INTERNAL"}),
        lambda: store.jobs.release(early),
        lambda: store.verdicts.write_rows(store.jobs, early, rows, {}),
        lambda: idle.parts.checking.run(early, lambda *_: None),
    ):
        with pytest.raises(LostJobError):
            attempt()
    assert counts(idle)["verdict_rows"] == 0
    idle.parts.checking.run(late, lambda *_: None)
    assert store.checks.get(check_id).verdict == "does_not_conform"
    assert not store.verdicts.add(late.key, Verdict("conforms", {}, None)), "written once"
    assert store.checks.get(check_id).verdict == "does_not_conform"


def test_a_job_whose_workers_keep_dying_is_given_up_and_can_be_tried_again(idle, wrong_table):
    check_id = queue(idle, wrong_table)
    for _ in range(ATTEMPTS):
        idle.parts.store.jobs.take(LEASE)
        idle.clock.now += LEASE
    idle.worker.drain()
    check = idle.client.get(f"/api/v1/checks/{check_id}").get_json()
    assert (check["state"], check["problem"]["code"]) == ("failed", "GIVEN_UP")
    idle.worker.start()
    again = idle.client.post(f"/api/v1/checks/{check_id}/retry").get_json()
    assert (again["state"], again["verdict"]) == ("done", "does_not_conform")


def test_a_fault_of_ours_is_a_failed_check_and_no_verdict(start, right_table, monkeypatch, caplog):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    service = start()
    monkeypatch.setattr("cets_service.checking.check_file", broken)
    response = service.upload(right_table)
    assert response.status_code == 500
    assert response.get_json()["code"] == "INTERNAL"
    assert "a defect" in caplog.text
    assert "a defect" not in response.get_data(as_text=True)
    monkeypatch.undo()
    assert service.upload(right_table).get_json()["verdict"] == "conforms", "not kept as a verdict"


@pytest.mark.parametrize("moment", ["judging", "writing"])
@pytest.mark.parametrize("how", ["delete", "cancel"])
def test_a_check_that_is_given_up_while_it_runs_is_forgotten_without_fuss(
    start, wrong_table, monkeypatch, caplog, moment, how
):
    service = start(inline=0)
    reached, go = threading.Event(), threading.Event()
    owner = service.parts.checking if moment == "judging" else service.parts.store.verdicts
    name = {"judging": "_judge", "writing": "write_rows"}[moment]
    original = getattr(type(owner), name)

    def held_up(*arguments: object) -> object:
        reached.set()
        assert go.wait(20)
        return original(*arguments)

    monkeypatch.setattr(type(owner), name, held_up)
    check_id = queue(service, wrong_table)
    service.parts.jobs.wake()
    assert reached.wait(20)
    base = f"/api/v1/checks/{check_id}"
    if how == "delete":
        assert service.client.delete(base).status_code == 204
    else:
        assert service.client.post(f"{base}/cancel").get_json()["state"] == "cancelled"
    go.set()
    deadline = time.monotonic() + 20
    while service.worker._running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    kept = 0 if how == "delete" else 1
    assert len(service.stored()) == kept
    assert counts(service) == {
        "checks": kept, "jobs": 0, "verdicts": 0, "verdict_rows": 0, "verdict_subjects": 0
    }  # fmt: skip
    if how == "cancel":
        again = service.client.post(f"{base}/retry").get_json()
        assert (again["state"], again["verdict"]) == ("done", "does_not_conform")


def test_what_a_cancelled_attempt_had_written_is_not_counted_with_a_later_one(start, wrong_table):
    """Half of the rows are there when the job goes; then the same table is judged at once."""
    service = start(works=False, inline=0, wait=0.0)
    check_id = queue(service, wrong_table)
    store = service.parts.store
    job = store.jobs.take(60)
    store.verdicts.write_rows(store.jobs, job, {"T-10": [{"row": 3}]}, {3: {}})
    assert service.client.post(f"/api/v1/checks/{check_id}/cancel").status_code == 200
    at_once = start(works=False).upload(wrong_table).get_json()
    assert at_once["state"] == "done"
    assert at_once["id"] != check_id
    rows = sum(finding["count"] for finding in at_once["report"]["findings"])
    assert counts(service)["verdict_rows"] == rows


def test_a_check_that_another_one_waits_for_too_is_not_stopped_with_it(idle, wrong_table):
    one, other = queue(idle, wrong_table), queue(idle, wrong_table)
    assert counts(idle)["jobs"] == 1, "the same question is answered once"
    assert idle.client.post(f"/api/v1/checks/{one}/cancel").status_code == 200
    idle.worker.drain()
    assert idle.parts.store.checks.get(other).state == "done"


def test_a_check_that_has_ended_cannot_be_cancelled_nor_tried_again(
    service, right_table, is_problem
):
    base = f"/api/v1/checks/{service.upload(right_table).get_json()['id']}"
    is_problem(service.client.post(f"{base}/cancel"), 409, "CHECK_ENDED")
    is_problem(service.client.post(f"{base}/retry"), 409, "CHECK_ENDED")


@pytest.mark.parametrize("inline", [0, 1 << 20])
def test_the_same_question_is_answered_from_the_stored_verdict(
    start, wrong_table, monkeypatch, inline
):
    service = start(inline=inline)
    first = service.upload(wrong_table, "a.csv").get_json()

    def not_again(*_: object, **__: object) -> None:
        raise AssertionError("judged again")

    monkeypatch.setattr("cets_service.checking.check_file", not_again)
    second = service.upload(wrong_table, "b.csv").get_json()
    assert second["id"] != first["id"]
    assert second["report"]["source"]["name"] == "b.csv"
    second["report"]["source"]["name"] = "a.csv"
    assert second["report"] == first["report"]
    rows = [f"/api/v1/checks/{check['id']}/findings" for check in (first, second)]
    assert service.client.get(rows[0]).data == service.client.get(rows[1]).data
    service.client.delete(f"/api/v1/checks/{first['id']}")
    assert len(service.client.get(rows[1]).get_json()["rows"]) > 0, "its own as long as it is kept"


@pytest.mark.parametrize("change", ["option", "version", "content"])
def test_another_question_is_not_answered_from_it(service, wrong_table, monkeypatch, change):
    service.upload(wrong_table)
    fields = {"balance.cement": "0.9"} if change == "option" else {}
    if change == "version":
        monkeypatch.setattr("cets_service.checking.__version__", "0.0.0")
    service.upload(wrong_table + b"\n" * (change == "content"), **fields)
    assert counts(service)["verdicts"] == 2


def test_a_worker_that_stops_gives_its_job_back_and_the_attempt_does_not_count(start, wrong_table):
    service = start(works=False, inline=0)
    queue(service, wrong_table)
    begun = threading.Event()

    def work(job: Job, progress: Any) -> None:
        begun.set()
        while True:
            progress("reading", 1, None)
            time.sleep(0.01)

    worker = Worker(service.parts, {"check": work})
    worker.start()
    service.parts.jobs.wake()
    assert begun.wait(20)
    worker.stop()
    service.parts.jobs.on_wake = service.worker.drain
    taken = service.parts.store.jobs.take(LEASE)
    assert taken.attempt == 1


def shown(service, check_id):
    check = service.client.get(f"/api/v1/checks/{check_id}").get_json()
    return check["state"], check["progress"]


def test_progress_never_says_other_than_the_state(idle, wrong_table):
    check_id = queue(idle, wrong_table)
    waits = ("queued", {"stage": "", "done": 0, "total": None})
    assert shown(idle, check_id) == waits
    jobs = idle.parts.store.jobs
    job = jobs.take(LEASE)
    jobs.note_progress(job, "laws", 5, 9)
    jobs.release(job)
    assert shown(idle, check_id) == waits, "given back, it waits again"
    idle.worker.drain()
    assert shown(idle, check_id) == ("done", {"stage": "done", "done": 0, "total": None})


def test_progress_is_noted_seldom_and_stops_a_job_that_is_gone(idle, wrong_table, monkeypatch):
    check_id = queue(idle, wrong_table)
    job = idle.parts.store.jobs.take(LEASE)
    noted: list[int] = []
    original = type(idle.parts.store.jobs).note_progress

    def note(jobs: Any, *arguments: Any) -> None:
        noted.append(arguments[2])
        original(jobs, *arguments)

    monkeypatch.setattr(type(idle.parts.store.jobs), "note_progress", note)
    progress = idle.worker._progress(job)
    for done in range(1000):
        progress("units", done, 1000)
    assert noted == [0]
    assert shown(idle, check_id) == ("running", {"stage": "units", "done": 0, "total": 1000})
    idle.client.delete(f"/api/v1/checks/{check_id}")
    monkeypatch.setattr("cets_service.worker.PROGRESS_EVERY", 0)
    with pytest.raises(LostJobError):
        progress("units", 1000, 1000)
    idle.worker._stopping.set()
    with pytest.raises(_StoppingError):
        progress("units", 1000, 1000)


def test_a_message_of_the_queue_can_name_a_task_and_nothing_else(backend):
    serializer = _JsonSerializer()
    sent = serializer.serialize(Message("1", "wake", args=("x",), kwargs={"y": 1}))
    assert b"pickle" not in sent
    assert sent == b'["1", "wake"]'
    assert serializer.deserialize(sent) == Message("1", "wake", None, 0, 0, None, (), {})
    with pytest.raises(ValueError, match="utf-8"):
        serializer.deserialize(b"\x80\x04K\x01.")


def test_a_verdict_found_in_the_request_takes_the_place_of_a_workers_half_written_one(
    start, wrong_table
):
    """The same question, once left to a worker that is slow, once judged at once."""
    service = start(works=False, inline=0)
    slow = queue(service, wrong_table)
    store = service.parts.store
    job = store.jobs.take(LEASE)
    store.verdicts.write_rows(store.jobs, job, {"T-10": [{"row": 9, "unit_id": "half"}]}, {})
    service.parts.checking._inline = 1 << 20
    quick = service.upload(wrong_table).get_json()
    for check_id in (slow, quick["id"]):
        rows = service.client.get(f"/api/v1/checks/{check_id}/findings?check=T-10").get_json()
        assert [row["row"] for row in rows["rows"]] == [3, 4]
    with pytest.raises(LostJobError):
        service.parts.checking.run(job, lambda *_: None)
    assert counts(service)["verdicts"] == 1
