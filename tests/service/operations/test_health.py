"""Whether the service lives, is ready, and what it says of itself to Prometheus."""

from __future__ import annotations

import re
import shutil

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.service.conftest import begin_work

from cets_service.database import downgrade
from cets_service.store.workers import SEEN_LATELY


def samples(service, **options):
    answer = service.client.get("/metrics", **options)
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def test_a_service_that_lives_and_has_all_it_needs_says_so(service):
    begin_work(service)
    assert service.client.get("/healthz").get_json() == {"status": "ok"}
    ready = service.client.get("/readyz")
    parts = dict.fromkeys(("database", "schema", "uploads", "worker"), "ok")
    assert ready.get_json() == {"status": "ok", "parts": parts}
    assert ready.headers["Cache-Control"] == "no-store"


def lose_the_database(service):
    with service.parts.store.database.engine.begin() as connection:
        connection.exec_driver_sql("alter table checks rename to gone")


def go_back_a_revision(service):
    downgrade(service.config, "-1")


def lose_the_folder(service):
    shutil.rmtree(service.config.data / "arriving")


def stop_the_worker(service):
    service.worker.stop()


def let_the_worker_fall_silent(service):
    """Killed, it takes no leave."""
    service.clock.now += SEEN_LATELY + 1


@pytest.mark.parametrize(
    ("breakage", "part"),
    [
        (lose_the_database, "database"),
        (go_back_a_revision, "schema"),
        (lose_the_folder, "uploads"),
        (stop_the_worker, "worker"),
        (let_the_worker_fall_silent, "worker"),
    ],
)
def test_what_is_not_ready_is_named_while_the_process_still_lives(
    service, is_problem, breakage, part
):
    breakage(service)
    problem = is_problem(service.client.get("/readyz"), 503, "NOT_READY")
    named = re.search(r": ([a-z, ]+)\.", problem["detail"])[1].split(", ")
    assert named[0] == part, "what lies deepest comes first"
    assert service.client.get("/healthz").status_code == 200


def test_where_the_configuration_starts_no_worker_readiness_says_so(start):
    service = start(works=False, worker=False)
    parts = service.client.get("/readyz").get_json()["parts"]
    assert parts["worker"] == "not started by this configuration"
    service.worker.start()  # `cets worker` does
    assert service.client.get("/readyz").get_json()["parts"]["worker"] == "ok"


def test_metrics_say_how_many_jobs_wait_how_long_and_that_nobody_does_them(
    start, is_problem, wrong_table
):
    service = start(works=False, inline=0, wait=0.0)
    made = [service.upload(wrong_table + b"\n" * n).get_json()["id"] for n in range(3)]
    service.client.post(f"/api/v1/checks/{made[0]}/cancel")
    service.clock.now += 77
    found = samples(service)
    assert found["cets_jobs_waiting",] == found["cets_checks", ("state", "queued")] == 2
    assert found["cets_checks", ("state", "cancelled")] == 1
    assert found["cets_jobs_waiting_seconds",] == 77
    assert found["cets_workers",] == 0
    service.worker.start()
    for check_id in made[1:]:
        service.finish(check_id)
    found = samples(service)
    assert found["cets_jobs_waiting",] == found["cets_jobs_waiting_seconds",] == 0
    assert found["cets_checks", ("state", "done")] == 2
    assert found["cets_workers",] == 1


def test_metrics_count_requests_by_route_and_checks_by_state(service, wrong_table):
    check = service.upload(wrong_table).get_json()["id"]
    for _ in range(3):
        service.client.get(f"/api/v1/checks/{check}")
    service.client.get("/nowhere")
    service.client.open("/api/v1/rules", method="BREW")
    found = samples(service)
    route = ("route", "/api/v1/checks/<check:check_id>")
    assert found["cets_requests_total", ("method", "GET"), route, ("status", "200")] == 3
    assert found["cets_request_seconds_count", ("method", "GET"), route] == 3
    assert found["cets_requests_total", ("method", "GET"), ("route", "-"), ("status", "404")] == 1
    assert (
        found[
            "cets_requests_total",
            ("method", "OTHER"),
            ("route", "-"),
            ("status", "405"),
        ]
        == 1
    )
    assert found["cets_checks", ("state", "done")] == 1
    assert found["cets_checks", ("state", "queued")] == found["cets_jobs_waiting",] == 0
    assert any(name == "cets_info" for name, *_ in found)
    assert check not in str(found)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, 200),
        ({"environ_base": {"REMOTE_ADDR": "::1"}}, 200),
        ({"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}, 403),
        ({"headers": {"X-Forwarded-For": "127.0.0.1"}}, 403),
        ({"headers": {"Forwarded": "for=127.0.0.1"}}, 403),
        ({"environ_base": {"REMOTE_ADDR": ""}}, 403),
    ],
)
def test_metrics_are_open_to_this_machine_alone(service, is_problem, options, status):
    answer = service.client.get("/metrics", **options)
    if status == 403:
        is_problem(answer, 403, "METRICS_CLOSED")
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("Bearer right", 200),
        ("Bearer wrong", 403),
        ("Bearer ", 403),
        ("Bearer ü", 403),
        ("", 403),
    ],
)
def test_a_token_opens_them_from_elsewhere(start, given, status):
    service = start(metrics_token="right")
    answer = service.client.get(
        "/metrics",
        headers={"Authorization": given},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert answer.status_code == status


def test_no_token_is_no_key(service):
    answer = service.client.get(
        "/metrics",
        headers={"Authorization": "Bearer "},
        environ_base={"REMOTE_ADDR": "192.0.2.7"},
    )
    assert answer.status_code == 403
