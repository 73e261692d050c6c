"""A province's table holds its own rows only; whose the check is decides how long it is kept."""

from __future__ import annotations

import pytest
from tests.service.conftest import RIGHT, WRONG, form_part, table
from tests.service.databases import BOTH_DATABASES
from tests.service.world import World

from cets_conformance.tables import check_rows

HUNAN = RIGHT.replace("2025,13,", "2025,43,").replace("A-1", "B-1")
NOWHERE = RIGHT.replace("2025,13,", "2025,99,").replace("A-1", "B-2")


@pytest.fixture
def world(service) -> World:
    return World(service)


def upload(world: World, whom: str, content: bytes, **fields: object):
    parts = {"file": (content, "t.csv"), **fields}

    return world.service.app.test_client().post(
        "/api/v1/checks",
        data=b"".join(form_part(*item) for item in parts.items()) + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers=world.token(whom),
    )


@pytest.mark.parametrize("inline", [0, 1 << 20])
def test_rows_of_another_province_are_all_named_and_nothing_is_judged(start, is_problem, inline):
    world = World(start(inline=inline))
    response = upload(
        world, "hebei member", table(RIGHT, HUNAN, WRONG, HUNAN.replace("B-1", "B-3"))
    )
    problem = is_problem(response, 422, "NOT_A_TABLE")
    errors = problem["errors"]
    assert [(e["code"], e["place"]["row"], e["found"]) for e in errors] == [
        ("ROW_OF_OTHER_PROVINCE", 3, "43 湖南"),
        ("ROW_OF_OTHER_PROVINCE", 5, "43 湖南"),
    ]
    assert "2" in errors[0]["detail"]
    assert "read" not in problem["title"].lower(), "it was read"
    with world.store.database.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from verdict_rows").scalar() == 0


def test_the_previous_years_table_is_held_to_the_same(world, is_problem):
    before = (table(HUNAN.replace("2025,", "2024,")), "2024.csv")
    response = upload(world, "hebei member", table(RIGHT), previous=before)
    is_problem(response, 422, "NOT_A_TABLE")


def test_rows_sent_as_json_are_held_to_the_same(world, is_problem):
    header, row = table(HUNAN).decode().split()
    rows = [dict(zip(header.split(","), row.split(","), strict=True))]
    response = world.service.app.test_client().post(
        "/api/v1/checks", json={"rows": rows}, headers=world.token("hebei member")
    )
    is_problem(response, 422, "NOT_A_TABLE")


@pytest.mark.parametrize("province", ["13", "河北省", "河北", "Hebei"])
def test_the_own_rows_are_judged_however_the_province_is_written(world, province):
    response = upload(world, "hebei member", table(WRONG.replace(",13,", f",{province},", 1)))
    assert response.get_json()["verdict"] == "does_not_conform"


def test_the_corps_is_judged_with_xinjiang_as_the_page_says(world, is_problem):
    corps = table(RIGHT.replace(",13,", ",新疆生产建设兵团,", 1))
    header, row = corps.decode().split()
    rows = [dict(zip(header.split(","), row.split(","), strict=True))]
    assert check_rows(rows, province="65").verdict == "conforms"
    is_problem(upload(world, "hebei member", corps), 422, "NOT_A_TABLE")
    for language, name in (("zh", "新疆生产建设兵团"), ("en", "Production and Construction Corps")):
        page = world.browser("operator admin").get(f"/{language}/organisations")
        assert name in page.get_data(as_text=True)


def test_a_row_that_names_no_province_is_a_finding_and_not_refused(world):
    report = upload(world, "hebei member", table(RIGHT, NOWHERE)).get_json()["report"]
    assert "T-05" in {finding["check"] for finding in report["findings"]}


def test_vendors_and_those_without_account_may_check_any_province(world):
    content = table(RIGHT, HUNAN)
    assert upload(world, "vendor member", content).status_code == 201
    assert world.service.upload(content).status_code == 201


@BOTH_DATABASES
def test_a_verdict_for_one_province_is_not_taken_for_another(world, is_problem):
    content = table(RIGHT)
    assert upload(world, "hebei member", content).status_code == 201
    is_problem(upload(world, "hunan admin", content), 422, "NOT_A_TABLE")
    assert upload(world, "vendor member", content).status_code == 201


@BOTH_DATABASES
def test_a_check_is_kept_for_the_days_of_its_organisation(world, is_problem):
    world.store.organisations.change(world.organisations["vendor"].id, keep_days=2)
    headers = world.token("vendor reader")
    check_id = upload(world, "vendor member", table(WRONG)).get_json()["id"]
    client, address = world.service.app.test_client(), f"/api/v1/checks/{check_id}"
    world.service.clock.now += 2 * 86_400 - 1
    world.service.parts.checking.tidy()
    assert client.get(address, headers=headers).status_code == 200
    world.service.clock.now += 1
    is_problem(client.get(address, headers=headers), 404, "CHECK_UNKNOWN")
    world.service.parts.checking.tidy()
    assert world.service.stored() == []


def test_a_reader_checks_nothing_and_nothing_is_kept(world, is_problem):
    is_problem(upload(world, "vendor reader", table(WRONG)), 403, "ROLE_MISSING")
    assert world.service.stored() == []
