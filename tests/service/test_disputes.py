"""Vendors' tables are held against one another; who disagrees files an appeal, in public."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.service.databases import BOTH_DATABASES
from tests.service.person import Person

from cets_conformance import published
from cets_conformance.appeals import read_appeal
from cets_conformance.tables.sample import Planted
from cets_conformance.tables.writing import write_sample
from cets_service import audit

pytestmark = BOTH_DATABASES

OWN = "37"
"""Province whose authority compares: Shandong."""

NOTICE = "表中数值与规则不符，请复核。"


@dataclass
class Tables:
    """One province's rows of three vendors' national tables, and what was planted in two."""

    files: dict[str, bytes]
    planted: dict[str, dict[str, Planted]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vendors")
    files, planted = {}, {}
    for name, mistake in {"甲公司": None, "乙公司": "M-10", "丙公司": "M-02"}.items():
        target = folder / f"{name}.csv"
        made = write_sample(target, year=2025, seed=3, mistake=mistake, rate=mistake and "0.2")
        header, *lines = target.read_text("utf-8").splitlines()
        own = [line for line in lines if line.split(",")[1] == OWN]
        units = {line.split(",")[5] for line in own}
        files[name] = "\n".join([header, *own, ""]).encode()
        planted[name] = {
            item.unit_id: item
            for item in made.planted
            if item.unit_id in units and item.field == "allowance"
        }
    return Tables(files, planted)


@pytest.fixture
def province(service):
    return Person(service, "province", "山东省生态环境厅", OWN)


@pytest.fixture
def vendor(service):
    return Person(service, "vendor", "甲软件公司")


@pytest.fixture
def operator(service):
    return Person(service, "operator", "登记机构")


@pytest.fixture
def compared(province, tables):
    response = province.compare(tables.files)
    assert response.status_code == 201, response.get_json()
    return response.get_json()


def test_three_vendors_tables_show_who_differs_where_and_by_how_many_tonnes(
    province, tables, compared
):
    report = compared["report"]
    published.validator("comparison").validate(report)
    assert [table["name"] for table in report["tables"]] == list(tables.files)
    assert report["tables"][1]["source"]["name"] == "乙公司.csv"
    wrong = {name: set(found) for name, found in tables.planted.items()}
    assert {table["name"]: table["wrong"] for table in report["tables"]} == {
        name: len(units) for name, units in wrong.items()
    }
    disputed = wrong["乙公司"] | wrong["丙公司"]
    assert report["verdict"] == compared["verdict"] == "differ"
    assert report["counts"]["disputed"] == len(disputed) > 5
    spread = Counter()
    for unit in disputed:
        figures = [found[unit].planted for found in tables.planted.values() if unit in found]
        figures += [next(f[unit].right for f in tables.planted.values() if unit in f)]
        spread[unit] = max(figures) - min(figures)
    assert report["counts"]["tonnes"] == spread.total()
    causes = {
        (group["tables"][0], cause["mistake"])
        for pattern in report["patterns"]
        for group in pattern["groups"]
        if group["diagnosis"]
        for cause in group["diagnosis"]["causes"]
    }
    assert {("乙公司", "M-10"), ("丙公司", "M-02")} <= causes
    listed = province.get(f"{compared['links']['disputes']}?offset=0&limit=1000").get_json()
    assert listed["count"] == len(listed["rows"]) == report["disputes"]["count"]
    amounts = [row for row in listed["rows"] if row["field"] == "allowance"]
    assert {row["unit_id"]: row["tonnes"] for row in amounts} == spread
    second = province.get(f"{compared['links']['disputes']}?offset=1&limit=1").get_json()
    assert second["rows"] == listed["rows"][1:2]


def test_the_reports_have_every_disputed_figure_in_every_format(province, compared):
    links = compared["links"]["reports"]
    count = compared["report"]["disputes"]["count"]
    whole = json.loads(province.get(links["json"]).data)
    published.validator("comparison").validate(whole)
    assert len(whole["disputes"]["rows"]) == count > len(compared["report"]["disputes"]["rows"])
    assert "存在分歧" in province.get(f"{links['html']}?lang=zh").get_data(as_text=True)
    assert "in dispute" in province.get(f"{links['md']}?lang=en").get_data(as_text=True)
    assert province.get(links["xlsx"]).data[:2] == b"PK"


def test_identical_tables_are_answered_from_the_result_that_is_there(
    service, province, tables, compared
):
    service.worker.stop()
    again = province.compare(tables.files)
    assert again.status_code == 201
    assert again.get_json()["id"] != compared["id"]
    assert again.get_json()["report"] == compared["report"]
    assert province.get("/api/v1/comparisons").get_json()["count"] == 2


def test_a_comparison_is_its_organisations_alone(service, vendor, compared, is_problem):
    place = compared["links"]["self"]
    for address in (place, compared["links"]["disputes"], compared["links"]["reports"]["xlsx"]):
        is_problem(vendor.get(address), 404, "COMPARISON_UNKNOWN")
        is_problem(service.client.get(address), 401, "SIGN_IN_REQUIRED")
    for act in ("cancel", "retry"):
        is_problem(vendor.post(f"{place}/{act}"), 404, "COMPARISON_UNKNOWN")
    deleted = service.client.delete(place, headers=vendor.headers)
    is_problem(deleted, 404, "COMPARISON_UNKNOWN")
    assert vendor.get("/api/v1/comparisons").get_json() == {"count": 0, "comparisons": []}


def test_a_province_compares_its_own_rows_only_and_hears_of_every_table(
    province, tables, is_problem
):
    foreign = tables.files["乙公司"].replace(b"2025,37,", b"2025,44,", 1)
    response = province.compare({"甲": tables.files["甲公司"], "乙": foreign, "丙": b"no table"})
    problem = is_problem(response, 422, "NOT_A_TABLE")
    assert {error["detail_zh"].split("：")[0] for error in problem["errors"]} == {"乙", "丙"}
    assert "ROW_OF_OTHER_PROVINCE" in {error["code"] for error in problem["errors"]}


def one(*names):
    return dict.fromkeys(names, b"year,unit_id\n2025,A\n")


@pytest.mark.parametrize(
    ("files", "fields", "status", "code"),
    [
        (one("甲"), {}, 422, "NUMBER_OF_TABLES"),
        (one("甲", "乙"), {"name": ["甲", "甲"]}, 422, "NAMES_ALIKE"),
        (one("甲", "乙"), {"name": ["甲"]}, 422, "NUMBER_OF_NAMES"),
        (one(*"一二三四五六七八九"), {}, 422, "NUMBER_OF_TABLES"),
        (one("甲", "乙"), {"national": "yes"}, 400, "FIELD_UNKNOWN"),
        (one("甲", "乙"), {"balance.cement": "0"}, 400, "NOT_A_BALANCE_VALUE"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    service, province, files, fields, status, code, is_problem
):
    is_problem(province.compare(files, **fields), status, code)
    assert service.stored() == []


def test_a_stopped_comparison_is_tried_again_and_a_deleted_one_leaves_nothing(
    start, tables, is_problem
):
    service = start(works=False, wait=0.0)
    province = Person(service, "province", "山东省生态环境厅", OWN)
    waiting = province.compare(tables.files)
    assert waiting.status_code == 202
    place = waiting.get_json()["links"]["self"]
    is_problem(province.get(f"{place}/disputes"), 409, "COMPARISON_NOT_DONE")
    assert province.post(f"{place}/cancel").get_json()["state"] == "cancelled"
    assert service.parts.store.jobs.count() == {}
    is_problem(province.post(f"{place}/cancel"), 409, "COMPARISON_ENDED")
    assert province.post(f"{place}/retry").status_code == 202
    service.worker.drain()
    assert province.get(place).get_json()["verdict"] == "differ"
    is_problem(province.post(f"{place}/retry"), 409, "COMPARISON_ENDED")
    service.parts.checking.tidy()
    assert len(service.stored()) == 3
    assert service.client.delete(place, headers=province.headers).status_code == 204
    is_problem(province.get(place), 404, "COMPARISON_UNKNOWN")
    assert service.stored() == []
    assert service.parts.store.jobs.count() == {}


def test_what_has_expired_is_gone_with_its_uploads(service, province, compared):
    service.clock.now += 31 * 86_400
    assert service.parts.checking.tidy() == (1, 3)
    assert service.stored() == []
    with service.parts.store.database.reading() as connection:
        for name in ("comparisons", "comparison_tables", "comparison_results", "comparison_rows"):
            assert connection.execute(text(f"select count(*) from {name}")).scalar() == 0


def subject_of(compared):
    row = compared["report"]["disputes"]["rows"][0]
    return {
        "kind": "comparison",
        "comparison_id": compared["id"],
        "field": row["field"],
        "year": row["year"],
        "unit_id": row["unit_id"],
    }


VECTOR = {"kind": "vector", "vector": "allocation/upper-bound-exactly-20-percent"}


def test_a_disputed_figure_is_appealed_ruled_on_and_all_of_it_is_public(
    service, province, vendor, operator, compared, is_problem
):
    filed = province.post("/api/v1/appeals", {"subject": subject_of(compared), "text": NOTICE})
    assert filed.status_code == 201
    place = filed.headers["Location"]
    said = province.post(f"{place}/comments", {"text": "附核查报告编号。"})
    assert said.status_code == 201
    is_problem(vendor.post(f"{place}/comments", {"text": "x"}), 403, "NOT_ALLOWED")
    ruling = {"ruling": "upheld", "text": "参考实现有误，已更正。"}
    is_problem(province.post(f"{place}/ruling", ruling), 403, "NOT_ALLOWED")
    assert operator.post(f"{place}/ruling", ruling).status_code == 201
    is_problem(operator.post(f"{place}/ruling", ruling), 409, "APPEAL_CLOSED")
    is_problem(province.post(f"{place}/comments", {"text": "x"}), 409, "APPEAL_CLOSED")

    public = service.client.get(place).get_json()
    published.validator("appeal").validate(public)
    read_appeal(public)
    assert (public["state"], public["ruling"]) == ("upheld", ruling["text"])
    assert [(entry["action"], entry["by"]) for entry in public["history"]] == [
        ("filed", "山东省生态环境厅 (province)"),
        ("commented", "山东省生态环境厅 (province)"),
        ("upheld", "登记机构 (operator)"),
    ]
    listed = service.client.get("/api/v1/appeals?state=upheld").get_json()
    assert listed == {"count": 1, "appeals": [public]}
    assert service.client.get("/api/v1/appeals?state=open").get_json()["count"] == 0
    with service.parts.store.database.reading() as connection:
        done = [entry.action for entry in audit.entries(connection)]
        assert list(audit.verify(audit.entries(connection))) == []
    assert done == ["comparison.create", "appeal.filed", "appeal.commented", "appeal.upheld"]


def test_the_figures_behind_an_appeal_stay_with_its_organisation_and_the_operator(
    service, province, vendor, operator, compared, is_problem
):
    subject = subject_of(compared)
    filed = province.post("/api/v1/appeals", {"subject": subject, "text": NOTICE})
    place = f"{filed.headers['Location']}/evidence"
    deleted = service.client.delete(compared["links"]["self"], headers=province.headers)
    assert deleted.status_code == 204
    for reader in (province, operator):
        evidence = reader.get(place).get_json()
        assert evidence["row"] == compared["report"]["disputes"]["rows"][0]
        assert evidence["tables"] == ["甲公司", "乙公司", "丙公司"]
    is_problem(vendor.get(place), 404, "APPEAL_UNKNOWN")
    is_problem(service.client.get(place), 401, "SIGN_IN_REQUIRED")


def test_the_figures_of_an_appeal_are_shown_with_their_unit(service, province, compared):
    subject = subject_of(compared)
    filed = province.post("/api/v1/appeals", {"subject": subject, "text": NOTICE})
    browser, address = province.browser(), filed.headers["Location"].removeprefix("/api/v1")
    row = compared["report"]["disputes"]["rows"][0]
    for language, tonne in (("zh", "吨"), ("en", "t")):
        text = browser.get(f"/{language}{address}").get_data(as_text=True)
        for figure in (*row["figures"], row["reference"], row["tonnes"]):
            assert re.search(rf">{int(figure):,} {tonne}<", text), (language, figure)


def test_nobody_rules_on_an_appeal_of_their_own_but_a_colleague_does(service, operator, is_problem):
    filed = operator.post("/api/v1/appeals", {"subject": VECTOR, "text": "b"})
    place = f"{filed.headers['Location']}/ruling"
    ruling = {"ruling": "rejected", "text": "c"}
    refused = is_problem(operator.post(place, ruling), 409, "OWN_APPEAL")
    assert operator.person.id not in refused["detail"]
    colleague = Person(service, "operator", "另一人", organisation=operator.organisation)
    assert colleague.post(place, ruling).get_json()["state"] == "rejected"


def test_a_finding_of_a_check_is_appealed_by_its_organisation_alone(
    service, province, vendor, wrong_table, is_problem
):
    data = {"file": (io.BytesIO(wrong_table), "t.csv")}
    check = vendor.post("/api/v1/checks", data=data).get_json()
    subject = {
        "kind": "finding", "check_id": check["id"], "check": "T-10", "year": 2025, "unit_id": "A-2",
    }  # fmt: skip
    is_problem(
        province.post("/api/v1/appeals", {"subject": subject, "text": "a"}),
        404, "APPEAL_SUBJECT_UNKNOWN",
    )  # fmt: skip
    filed = vendor.post("/api/v1/appeals", {"subject": subject, "text": "a"})
    assert filed.get_json()["subject"] == subject
    evidence = vendor.get(f"{filed.headers['Location']}/evidence").get_json()
    assert evidence["row"]["difference"] == 123
    assert evidence["computed_from"]["operation"] == "allocation"


@pytest.mark.parametrize(
    ("subject", "words", "status", "code"),
    [
        ({"kind": "vector", "vector": "allocation/none"}, "a", 404, "APPEAL_SUBJECT_UNKNOWN"),
        ({"kind": "weather"}, "a", 422, "SUBJECT_UNKNOWN"),
        ({**VECTOR, "year": 2025}, "a", 422, "SUBJECT_NOT_WHOLE"),
        ({"kind": "vector", "vector": 7}, "a", 422, "FIELD_INVALID"),
        (VECTOR, " \u0000 ", 422, "TEXT_NOT_USABLE"),
        (VECTOR, "a" * 4001, 422, "TEXT_NOT_USABLE"),
        (
            {"kind": "finding", "check_id": "x\u0000", "check": "\u0000", "year": 1, "unit_id": ""},
            "a", 404, "APPEAL_SUBJECT_UNKNOWN",
        ),
    ],
)  # fmt: skip
def test_an_appeal_names_what_it_is_about_and_says_why(
    province, subject, words, status, code, is_problem
):
    given = {"subject": subject, "text": words}
    is_problem(province.post("/api/v1/appeals", given), status, code)
    assert province.get("/api/v1/appeals").get_json() == {"count": 0, "appeals": []}


def test_the_database_itself_refuses_to_change_a_history(service, province):
    assert province.post("/api/v1/appeals", {"subject": VECTOR, "text": "a"}).status_code == 201
    for statement in ("update appeal_entries set text = 'b'", "delete from appeal_entries"):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            service.parts.store.database.writing() as connection,
        ):
            connection.execute(text(statement))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_lead_from_the_tables_to_the_ruling(
    service, province, operator, tables, language
):
    """As a browser does: form, result, all disputes, appeal, ruling, public list."""
    mine, theirs, nobody = province.browser(), operator.browser(), service.app.test_client()
    base = f"/{language}"
    form = mine.get(f"{base}/comparisons").get_data(as_text=True)
    token = form.split('name="form_token" value="')[1][:64]
    data = {
        "form_token": token,
        "name": [*tables.files, ""],
        "table": [(io.BytesIO(content), "t.csv") for content in tables.files.values()]
        + [(io.BytesIO(b""), "")],
    }
    sent = mine.post(f"{base}/comparisons", data=data)
    assert sent.status_code == 303
    service.parts.jobs.wait("comparison", service.parts.store.comparisons.get(
        sent.location.rsplit("/", 1)[1]
    ).key, 60)  # fmt: skip
    result = mine.get(sent.location).get_data(as_text=True)
    words = {"zh": "提出申诉", "en": "File an appeal"}[language]
    assert words in result
    assert "M-10" in result
    assert mine.get(f"{sent.location}/disputes").status_code == 200
    assert theirs.get(sent.location).status_code == 404
    assert "/sign-in" in nobody.get(sent.location).location

    address = re.search(r'href="([^"]+/appeals/new[^"]+)"', result)[1].replace("&amp;", "&")
    page = mine.get(address).get_data(as_text=True)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    again = service.post_form(f"{base}/appeals", {**fields, "text": " "}, mine)
    assert again.status_code == 422
    assert 'role="alert"' in again.get_data(as_text=True)
    filed = service.post_form(f"{base}/appeals", {**fields, "text": NOTICE}, mine)
    assert filed.status_code == 303
    place = filed.location
    assert service.post_form(f"{place}/comments", {"text": "补充"}, mine).status_code == 303
    ruling = {"ruling": "upheld", "text": "属实。"}
    assert service.post_form(f"{place}/ruling", ruling, mine).status_code == 403
    assert service.post_form(f"{place}/ruling", ruling, theirs).status_code == 303
    public = nobody.get(place).get_data(as_text=True)
    assert "属实。" in public
    assert fields["unit_id"] in public
    assert "/ruling" not in public
    assert {"zh": "所涉数值", "en": "Figures"}[language] not in public
    assert "属实。" in nobody.get(f"{base}/appeals").get_data(as_text=True)
