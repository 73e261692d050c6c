"""A few rows sent as JSON are judged in the request: the same answer, one write."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from cets_service import receive

ROW = {
    "year": 2025,
    "province": "13",
    "enterprise_id": "91110000600037341L",
    "enterprise_name": "甲水泥",
    "sector": "cement",
    "unit_id": "A-1",
    "line_kind": "ordinary",
    "verified_emissions": "1000000",
    "output": "1200000",
    "balance_value": "0.86",
    "allowance": 1004651,
}
BODIES = {
    "right": [ROW],
    "wrong": [ROW, ROW | {"unit_id": "A-2", "allowance": 1004652}, ROW | {"province": "99"}],
    "not a unit": [ROW | {"verified_emissions": "many"}],
}
OWN = ("id", "links", "progress")
"""Members that no two checks share, or that say how it was run."""


def kept(service: Any, check: dict[str, Any]) -> dict[str, Any]:
    """Everything the service answers about a check."""
    address = f"/api/v1/checks/{check['id']}"
    get = service.client.get
    return {
        "check": {name: value for name, value in check.items() if name not in OWN},
        "findings": get(f"{address}/findings").get_json()["rows"],
        "rows": [
            get(f"{address}/rows/{row}").get_json() for row in range(1, check["report"]["rows"] + 1)
        ],
    }


@pytest.mark.parametrize("name", BODIES)
def test_few_rows_get_the_answer_that_a_worker_gives(service, monkeypatch, name):
    body = {"rows": BODIES[name], "kind": "allocation"}
    here = service.client.post("/api/v1/checks", json=body)
    monkeypatch.setattr(receive, "FEW_ROWS", 0)
    there = service.client.post("/api/v1/checks", json=body)
    assert here.status_code == there.status_code == 201
    check = here.get_json()
    assert service.client.get(here.headers["Location"]).get_json() == check
    assert kept(service, check) == kept(service, there.get_json())


def test_few_rows_are_written_in_one_transaction_and_wake_no_worker(service, monkeypatch):
    begun: list[str] = []

    def note(_connection, _cursor, statement, *_):
        begun.extend([statement] if statement.startswith("BEGIN IMMEDIATE") else [])

    def refuse(_jobs, check_id):
        raise AssertionError("a worker was woken")

    event.listen(service.parts.store._engine, "before_cursor_execute", note)
    monkeypatch.setattr(type(service.parts.jobs), "submit", refuse)
    response = service.client.post("/api/v1/checks", json={"rows": BODIES["wrong"]})
    assert response.get_json()["verdict"] == "does_not_conform"
    assert len(begun) == 1


def test_few_rows_that_are_no_table_are_refused_and_the_check_says_why(service, is_problem):
    body = {"rows": [{"nothing": "known"}], "kind": "allocation"}
    problem = is_problem(service.client.post("/api/v1/checks", json=body), 422, "NOT_A_TABLE")
    with service.parts.store._engine.connect() as connection:
        (found,) = connection.exec_driver_sql("select id from checks").scalars()
    check = service.client.get(f"/api/v1/checks/{found}").get_json()
    assert check["state"] == "failed"
    assert check["problem"]["errors"] == problem["errors"]


def test_who_does_not_wait_leaves_even_few_rows_to_a_worker(service):
    body = {"rows": [ROW]}
    response = service.client.post("/api/v1/checks", json=body, headers={"Prefer": "wait=0"})
    assert response.headers["Preference-Applied"] == "wait=0"
    check = response.get_json()
    service.parts.jobs.wait(check["id"], 30)
    assert service.client.get(response.headers["Location"]).get_json()["state"] == "done"
