"""A check from upload to report, by form and by JSON."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from cets_conformance import published
from cets_conformance.tables.options import TOUCHING
from cets_conformance.tables.sample import national
from cets_conformance.tables.writing import write_table
from cets_service import checking
from cets_service.api.v1.checks import asked_wait
from cets_service.store import askings


def test_an_uploaded_table_is_answered_with_its_report(service, wrong_table):
    response = service.upload(wrong_table, "甲省.csv")
    check = response.get_json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v1/checks/{check['id']}"
    assert check["state"] == "done"
    assert check["verdict"] == "does_not_conform"
    assert check["report"]["source"]["name"] == "甲省.csv"
    published.validator("report").validate(check["report"])
    found = {item["check"]: item for item in check["report"]["findings"]}
    assert [row["row"] for row in found["T-10"]["rows"]] == [3, 4]
    assert found["T-10"]["tonnes"] == 124
    assert service.client.get(response.headers["Location"]).get_json() == check


def test_the_same_rows_as_json_get_the_same_amounts(service, wrong_table):
    by_file = service.upload(wrong_table).get_json()["report"]
    header, *lines = wrong_table.decode().splitlines()
    rows = [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]
    response = service.client.post("/api/v1/checks", json={"rows": rows, "kind": "allocation"})
    assert response.status_code == 201
    by_rows = response.get_json()["report"]
    assert by_rows["totals"] == by_file["totals"]
    assert [f["check"] for f in by_rows["findings"]] == [f["check"] for f in by_file["findings"]]


@pytest.mark.parametrize("form", ["file", "rows"])
def test_a_check_that_is_judged_at_once_says_what_its_address_says_from_then_on(
    service, wrong_table, form
):
    header, *lines = wrong_table.decode().splitlines()
    rows = [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]
    for _ in range(2):  # the second time from the stored verdict
        made = (
            service.upload(wrong_table)
            if form == "file"
            else service.client.post("/api/v1/checks", json={"rows": rows})
        )
        assert made.status_code == 201
        assert service.client.get(made.headers["Location"]).data == made.data


def test_each_address_that_a_check_names_answers(service, wrong_table):
    links = service.upload(wrong_table).get_json()["links"]
    addresses = [links["self"], links["findings"]]
    addresses += [*links["reports"].values(), *links["charts"].values()]
    assert len(addresses) > 6
    answers = {address: service.client.get(address).status_code for address in addresses}
    assert set(answers.values()) == {200}, answers


def test_what_has_been_judged_is_not_judged_again(service, right_table, wrong_table, monkeypatch):
    judged = []
    judge = checking.check_file
    monkeypatch.setattr(checking, "check_file", lambda *a, **k: judged.append(a) or judge(*a, **k))
    for table in (right_table, right_table, wrong_table):
        assert service.upload(table).status_code == 201
    assert len(judged) == 2


@pytest.mark.parametrize("field", ["balance.cement", "balance_cement"])
def test_a_balance_value_given_as_an_option_is_used_and_shown(service, right_table, field):
    report = service.upload(right_table, **{field: "0.9"}).get_json()["report"]
    assert report["balance_values"] == [
        {"sector": "cement", "year": 2025, "value": "0.9", "from": "option"}
    ]
    assert report["verdict"] == "does_not_conform"


def test_a_reading_given_as_an_option_is_used_and_shown(service, right_table):
    report = service.upload(right_table, **{"reading.rounding": "unit_floor"}).get_json()["report"]
    assert report["readings"] == {"rounding": "unit_floor"}


@pytest.mark.parametrize(("language", "says"), [("zh", "时，全部符合。"), ("en", "Conforms under")])
def test_the_page_offers_readings_and_says_which_of_them_a_table_follows(
    service, tmp_path, language, says
):
    start = service.client.get(f"/{language}/").get_data(as_text=True)
    offered = re.findall(r'<select id="reading_\w+" name="(\w+)">', start)
    assert offered == [f"reading_{name}" for name in TOUCHING]
    assert '<option value="unit_floor">' in start
    made = national(2025, readings={"rounding": "unit_floor"})
    write_table(replace(made, rows=made.rows[:9]), tmp_path / "t.csv")
    floored = (tmp_path / "t.csv").read_bytes()
    for reading, verdict in (
        ({}, "does_not_conform"),
        ({"reading_rounding": "unit_floor"}, "conforms"),
    ):
        answer = service.upload(floored, **reading).get_json()
        assert answer["report"]["verdict"] == verdict
        page = service.client.get(f"/{language}/checks/{answer['id']}").get_data(as_text=True)
        assert (says in page) is not bool(reading)
        assert answer["report"].get("conforms_under") == (
            None if reading else ["rounding=unit_floor"]
        )


def test_the_previous_years_table_is_read_beside_it(service, right_table):
    before = right_table.replace(b"2025,13", b"2024,13").replace(b"A-1", b"A-9")
    with_it = service.upload(right_table, previous=(before, "2024.csv")).get_json()
    statuses = {c["id"]: c["status"] for c in with_it["report"]["checks"]}
    assert statuses["T-25"] == "failed"
    assert len(service.stored()) == 2


def test_findings_come_page_by_page_and_by_check(service, wrong_table):
    check_id = service.upload(wrong_table).get_json()["id"]
    base = f"/api/v1/checks/{check_id}/findings"
    page = service.client.get(f"{base}?check=T-10&per_page=1&page=2").get_json()
    assert (page["count"], page["pages"], page["page"]) == (2, 2, 2)
    assert [row["row"] for row in page["rows"]] == [4]
    whole = service.client.get(base).get_json()
    assert whole["count"] == len(whole["rows"]) > 2
    assert {row["check"] for row in whole["rows"]} > {"T-10"}
    assert service.client.get(f"{base}?check=T-01").get_json()["rows"] == []


def test_every_row_is_explained_the_right_ones_too(service, wrong_table):
    check_id = service.upload(wrong_table).get_json()["id"]
    wrong = service.client.get(f"/api/v1/checks/{check_id}/rows/3").get_json()
    assert wrong["findings"][0]["check"] == "T-10"
    assert wrong["subject"]["operation"] == "allocation"
    published.validator("explanation").validate(wrong["explanation"])
    right = service.client.get(f"/api/v1/checks/{check_id}/rows/2").get_json()
    assert right["explanation"]["output"]["allowance"] == 1004651


def test_reports_hold_all_rows_in_every_format(service, wrong_table):
    check_id = service.upload(wrong_table, "../../甲<b>.csv").get_json()["id"]
    base = f"/api/v1/checks/{check_id}"
    as_json = service.client.get(f"{base}/report.json")
    published.validator("report").validate(as_json.get_json())
    finding = next(f for f in as_json.get_json()["findings"] if f["check"] == "T-10")
    assert len(finding["rows"]) == finding["count"] == 2
    html = service.client.get(f"{base}/report.html?lang=zh")
    assert html.headers["Content-Security-Policy"].endswith("sandbox")
    assert "attachment" in html.headers["Content-Disposition"]
    assert "970,000" in html.get_data(as_text=True)
    assert "甲<b>" not in html.get_data(as_text=True)
    assert "970" in service.client.get(f"{base}/report.md?lang=en").get_data(as_text=True)
    workbook = load_workbook(io.BytesIO(service.client.get(f"{base}/report.xlsx").data))
    assert len(workbook.sheetnames) >= 2
    assert [name for name in service.stored() if name.startswith("work-")] == []


def test_more_rows_than_the_report_shows_are_in_the_file(service, right_table):
    header, row = right_table.decode().split()
    rows = [row.replace("A-1", f"U-{n}").replace("1004651", "9") for n in range(30)]
    check = service.upload("\n".join([header, *rows, ""]).encode()).get_json()
    base = f"/api/v1/checks/{check['id']}/report.json"

    def rows_in(report):
        return len(next(f for f in report["findings"] if f["check"] == "T-10")["rows"])

    assert rows_in(check["report"]) == 20
    assert rows_in(service.client.get(base).get_json()) == 30
    assert rows_in(service.client.get(f"{base}?rows=3").get_json()) == 3


def test_charts_are_pictures_that_may_do_nothing(service, wrong_table):
    check_id = service.upload(wrong_table).get_json()["id"]
    for chart in ("surplus", "provinces"):
        response = service.client.get(f"/api/v1/checks/{check_id}/charts/{chart}.svg?lang=zh")
        assert response.content_type == "image/svg+xml"
        assert response.data.startswith(b"<svg")
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_check_sent_as_json_has_no_workbook_to_mark(service, is_problem):
    rows = [{"year": 2025, "sector": "cement", "unit_id": "A", "allowance": 1}]
    check_id = service.client.post("/api/v1/checks", json={"rows": rows}).get_json()["id"]
    is_problem(service.client.get(f"/api/v1/checks/{check_id}/report.xlsx"), 409, "NO_WORKBOOK")


@pytest.mark.parametrize(
    ("preferred", "seconds", "applied"),
    [
        ({}, 7.5, None),
        ({"Prefer": "return=minimal"}, 7.5, None),
        ({"Prefer": "wait=3, return=minimal"}, 3, "wait=3"),
        ({"Prefer": "respond-async"}, 0, "wait=0"),
        ({"Prefer": "respond-async, wait=9999"}, 60, "wait=60"),
    ],
)
def test_a_request_waits_as_it_asks_to_and_a_minute_at_most(start, preferred, seconds, applied):
    app = start(works=False, wait=7.5).app
    with app.test_request_context(headers=preferred):
        told = {} if applied is None else {"Preference-Applied": applied}
        assert asked_wait() == (seconds, told)


def test_who_does_not_wait_is_told_where_to_ask(start, right_table):
    service = start(works=False, inline=0)
    response = service.client.post(
        "/api/v1/checks",
        data={"file": (io.BytesIO(right_table), "t.csv")},
        headers={"Prefer": "wait=0"},
    )
    check = response.get_json()
    assert response.status_code == 202
    assert response.headers["Preference-Applied"] == "wait=0"
    assert check["state"] == "queued"
    assert "report" not in check
    early = service.client.get(f"{response.headers['Location']}/findings")
    assert (early.status_code, early.get_json()["code"]) == (409, "NOT_DONE")
    service.worker.start()
    service.finish(check["id"])
    assert service.client.get(response.headers["Location"]).get_json()["state"] == "done"


def test_a_file_that_is_no_table_names_everything_that_is_wrong(service, is_problem):
    problem = is_problem(service.upload(b"a,b,c\n1,2,3\n"), 422, "NOT_A_TABLE")
    assert problem["errors"]
    for error in problem["errors"]:
        assert error["detail"]
        assert error["detail_zh"]
        assert error["detail"] != error["detail_zh"]


def test_a_failed_check_keeps_its_problem_at_its_address(service, is_problem):
    service.upload(b"")
    with service.parts.store.database.engine.connect() as connection:
        (found,) = connection.exec_driver_sql("select id from checks").scalars()
    check = service.client.get(f"/api/v1/checks/{found}").get_json()
    assert check["state"] == "failed"
    assert check["problem"]["code"] == "NOT_A_TABLE"
    is_problem(service.client.get(f"/api/v1/checks/{found}/report.json"), 409, "NOT_DONE")


def test_a_deleted_check_is_gone_with_its_upload(service, right_table, is_problem):
    check_id = service.upload(right_table).get_json()["id"]
    assert len(service.stored()) == 1
    kept = service.client.delete(f"/api/v1/checks/{check_id}?dry-run=1")
    is_problem(kept, 400, "PARAMETER_UNKNOWN")
    foreign = service.parts.uploads.receive()
    foreign.write(b"being kept")
    with service.parts.uploads.held():
        other = service.parts.uploads.keep(foreign)
    assert service.client.delete(f"/api/v1/checks/{check_id}").status_code == 204
    assert service.stored() == [other], "the others are no affair of this one"
    is_problem(service.client.get(f"/api/v1/checks/{check_id}"), 404, "CHECK_UNKNOWN")
    is_problem(service.client.delete(f"/api/v1/checks/{check_id}"), 404, "CHECK_UNKNOWN")


def test_the_same_upload_is_kept_once_and_until_its_last_check_is_gone(service, right_table):
    first, second = (service.upload(right_table).get_json()["id"] for _ in range(2))
    assert first != second
    assert len(service.stored()) == 1
    service.client.delete(f"/api/v1/checks/{first}")
    assert len(service.stored()) == 1
    assert service.client.get(f"/api/v1/checks/{second}/report.json").status_code == 200
    service.client.delete(f"/api/v1/checks/{second}")
    assert service.stored() == []


def test_a_check_and_its_upload_are_gone_when_their_time_is_over(
    service, right_table, wrong_table, is_problem
):
    check_id = service.upload(right_table).get_json()["id"]
    service.clock.now += service.config.keep - 1
    assert service.client.get(f"/api/v1/checks/{check_id}").status_code == 200
    service.clock.now += 1
    is_problem(service.client.get(f"/api/v1/checks/{check_id}"), 404, "CHECK_UNKNOWN")
    is_problem(service.client.get(f"/api/v1/checks/{check_id}/rows/2"), 404, "CHECK_UNKNOWN")
    service.upload(wrong_table)
    service.parts.checking.tidy()  # as the worker's rounds do
    assert len(service.stored()) == 1
    with service.parts.store.database.engine.connect() as connection:
        for table in ("checks", "verdicts", "verdict_subjects"):
            kept = connection.exec_driver_sql(f"select count(distinct key) from {table}").scalar()
            assert kept == 1, table


def test_what_has_expired_goes_a_few_at_a_time_and_as_far_as_it_may(
    service, right_table, monkeypatch
):
    monkeypatch.setattr(askings, "_FEW", 2)
    for _ in range(5):
        service.upload(right_table)
    service.clock.now += service.config.keep
    left = []

    def pause(seconds: float) -> bool:
        assert seconds > 0
        with service.parts.store.writing() as connection:  # nothing is held meanwhile
            left.append(connection.exec_driver_sql("select count(*) from checks").scalar())
        return len(left) == 2

    assert service.parts.checking.tidy(pause) == (4, 0)
    assert left == [3, 1]
    assert service.parts.checking.tidy(pause) == (1, 1)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "table"),
        ("..", "table"),
        ("a\x00b\u202e.csv", "ab.csv"),
        ("甲" * 400 + ".xlsx", "甲" * 100 + "…" + "甲" * 14 + ".xlsx"),
    ],
)
def test_a_name_never_leads_out_of_the_folder_nor_grows(service, right_table, given, shown):
    check = service.upload(right_table, given).get_json()
    assert check["name"] == shown
    inside = [file.name for file in service.config.data.iterdir()]
    assert set(inside) <= {
        "uploads",
        "arriving",
        "uploads.lock",
        "cets.sqlite3",
        "cets.sqlite3-wal",
        "cets.sqlite3-shm",
        "queue.sqlite3",
        "queue.sqlite3-wal",
        "queue.sqlite3-shm",
    }


def test_answers_about_checks_are_not_cached_and_trust_nothing(service, right_table):
    response = service.upload(right_table)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_digits_of_a_json_row_are_kept_as_written(service):
    body = (
        '{"rows": [{"year": 2025, "province": "13", "enterprise_id": "91110000600037341L",'
        '"enterprise_name": "甲", "sector": "cement", "unit_id": "A", "listed": true,'
        '"line_kind": "ordinary", "verified_emissions": 100000000000000.1,'
        '"output": "120000000000000", "balance_value": "0.86", "allowance": 1}]}'
    )
    response = service.client.post(
        "/api/v1/checks", data=body.encode(), content_type="application/json"
    )
    check_id = response.get_json()["id"]
    row = json.loads(service.client.get(f"/api/v1/checks/{check_id}/rows/1").data)
    assert row["subject"]["input"]["unit"]["verified_emissions"] == "100000000000000.1"
