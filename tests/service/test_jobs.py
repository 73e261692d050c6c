"""Checks outlive the process that runs them, and their results are written once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from cets_conformance.tables import Options
from cets_service.checking import ATTEMPTS, Received, _AbandonedError


def queue(service: Any, content: bytes) -> str:
    """Write a check as a request does, but let no worker know."""
    incoming = service.parts.uploads.receive()
    incoming.write(content)
    return service.parts.checking.add(Received("t.csv", "file", Options(), incoming))


def test_a_restart_takes_up_what_was_queued_and_what_was_running(start, wrong_table):
    first = start()
    queued, running = (queue(first, wrong_table) for _ in range(2))
    taken = first.parts.store.take_check(running)
    first.parts.store.add_finding_rows(taken, "T-10", [{"row": 9, "unit_id": "half written"}])
    first.parts.close()

    second = start()
    for check_id in (queued, running):
        second.parts.jobs.wait(check_id, 30)
        check = second.client.get(f"/api/v1/checks/{check_id}").get_json()
        assert check["state"] == "done"
        rows = second.client.get(f"/api/v1/checks/{check_id}/findings?check=T-10").get_json()
        assert [row["row"] for row in rows["rows"]] == [3, 4]


def test_the_result_of_an_attempt_that_was_overtaken_is_not_written(service, wrong_table):
    check_id = queue(service, wrong_table)
    store = service.parts.store
    early = store.take_check(check_id)
    assert store.take_check(check_id) is None
    store.queue_unfinished()
    late = store.take_check(check_id)
    assert not store.finish_check(early, "conforms", {})
    assert not store.note_progress(early, "laws", 1, 2)
    assert store.finish_check(late, "does_not_conform", {})
    assert not store.finish_check(late, "conforms", {})
    assert not store.fail_check(late, {"code": "INTERNAL"})
    assert store.get_check(check_id).verdict == "does_not_conform"


def test_a_check_whose_workers_keep_dying_is_given_up(service, wrong_table, is_problem):
    check_id = queue(service, wrong_table)
    for _ in range(ATTEMPTS):
        service.parts.store.take_check(check_id)
        service.parts.store.queue_unfinished()
    service.parts.checking.run(check_id)
    check = service.client.get(f"/api/v1/checks/{check_id}").get_json()
    assert (check["state"], check["problem"]["code"]) == ("failed", "GIVEN_UP")


def test_a_fault_of_ours_is_a_failed_check_and_no_verdict(
    service, right_table, monkeypatch, caplog
):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("cets_service.checking.check_file", broken)
    response = service.upload(right_table)
    assert response.status_code == 500
    assert response.get_json()["code"] == "INTERNAL"
    assert "a defect" in caplog.text
    assert "a defect" not in response.get_data(as_text=True)


@pytest.mark.parametrize("moment", ["judging", "writing"])
def test_a_check_deleted_while_it_runs_is_forgotten_without_fuss(
    service, wrong_table, monkeypatch, caplog, moment
):
    reached, go = threading.Event(), threading.Event()
    name = {"judging": "_judge", "writing": "_write"}[moment]
    original = getattr(type(service.parts.checking), name)

    def held_up(*arguments: object) -> object:
        reached.set()
        assert go.wait(20)
        return original(*arguments)

    monkeypatch.setattr(type(service.parts.checking), name, held_up)
    check_id = queue(service, wrong_table)
    service.parts.jobs.submit(check_id)
    assert reached.wait(20)
    assert service.client.delete(f"/api/v1/checks/{check_id}").status_code == 204
    go.set()
    service.parts.jobs.wait(check_id, 20)
    assert service.stored() == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    with service.parts.store._engine.connect() as connection:
        for table in ("checks", "finding_rows", "subjects"):
            count = connection.exec_driver_sql(f"select count(*) from {table}").scalar()
            assert count == 0, table


def test_progress_is_noted_seldom_and_stops_a_check_that_is_gone(service, wrong_table, monkeypatch):
    check_id = queue(service, wrong_table)
    check = service.parts.store.take_check(check_id)
    noted: list[int] = []
    original = type(service.parts.store).note_progress

    def note(store: Any, *arguments: Any) -> bool:
        noted.append(arguments[2])
        return original(store, *arguments)

    monkeypatch.setattr(type(service.parts.store), "note_progress", note)
    progress = service.parts.checking._progress(check)
    for done in range(1000):
        progress("units", done, 1000)
    assert noted == [0]
    shown = service.client.get(f"/api/v1/checks/{check_id}").get_json()["progress"]
    assert shown == {"stage": "units", "done": 0, "total": 1000}
    service.parts.jobs.stopping.set()
    with pytest.raises(_AbandonedError):
        progress("units", 1000, 1000)
