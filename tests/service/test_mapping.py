"""Foreign headers: told, mapped on the page or by the API, and the stored table is taken again."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

import pytest
from tests.service.certification import enrol
from tests.service.conftest import HEADER, RIGHT, WRONG, form_part, table
from tests.service.test_certification_pages import sign_in
from tests.service.test_pages import is_page

from cets_conformance import json_text
from cets_service import audit

FOREIGN = "年份,地区,信用代码,企业,行业类别,线号,名录,类型,排放,年产量,平衡值,应发配额"
COLUMNS = HEADER.split(",")
MAPPING = dict(zip(FOREIGN.split(","), COLUMNS, strict=True))
WITHOUT_OUTPUT = {header: column for header, column in MAPPING.items() if column != "output"}


def foreign(*rows: str, header: str = FOREIGN) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def choices(text: str, mapping: dict[str, str]) -> dict[str, str]:
    """Fill the mapping form of a page as a person does."""
    rows = re.findall(r'<label for="(column\.\d+\.\d+)">([^<]*)</label>', text)
    assert rows, "the page offers the headers"
    return {name: mapping.get(header, "") for name, header in rows}


def needed(text: str) -> list[str]:
    """Read which columns the form of a page says are still lacking."""
    (said,) = re.findall(r"(?:尚缺的必需列：|Still needed for [^:]*:) ([^<]*)<", text)
    return re.split("[、,] ?", said)


def chosen(text: str) -> dict[str, str]:
    """Read what the selects of a page stand on."""
    found = {}
    for name, options in re.findall(r'<select id="(column[^"]*)"[^>]*>(.*?)</select>', text):
        selected = re.search(r'value="(\w+)" selected', options)
        found[name] = selected[1] if selected else ""
    return found


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_problem_names_every_header_and_the_column_it_stands_for(
    service: Any, is_problem: Any
) -> None:
    header = FOREIGN.replace("行业类别", "行业")
    told = is_problem(service.upload(foreign(RIGHT, header=header)), 422, "NOT_A_TABLE")
    (error,) = told["errors"]
    assert error["code"] == "HEADER_NOT_FOUND"
    assert error["headers"] == [
        {"header": text, "column": "sector" if text == "行业" else None}
        for text in header.split(",")
    ]


def test_a_mapping_is_taken_with_the_file_or_with_rows(service: Any, is_problem: Any) -> None:
    rows = [dict(zip(FOREIGN.split(","), WRONG.split(","), strict=True))]
    for made in (
        service.upload(foreign(WRONG), headers=json_text.dumps(MAPPING)),
        service.client.post("/api/v1/checks", json={"rows": rows, "headers": MAPPING}),
    ):
        assert made.status_code == 201, made.get_data(as_text=True)
        assert made.get_json()["report"]["totals"] == totals(service)
    for wrong, code in (
        ('{"应发配额": "no such"}', "MAP_UNKNOWN_COLUMN"),
        ('{"a": "allowance", "b": "allowance"}', "MAP_COLUMN_TWICE"),
        ('{"a": 1}', "NOT_TEXTS"),
        ('["a"]', "BODY_NOT_OBJECT"),
        ("{", "NOT_JSON"),
        ('{"a":' * 1000, "TOO_DEEP"),
    ):
        is_problem(service.upload(foreign(WRONG), headers=wrong), 400, code)


def totals(service: Any) -> Any:
    """What the same row gives under the known headers."""
    return service.upload(table(WRONG)).get_json()["report"]["totals"]


def test_the_page_offers_the_headers_and_takes_the_stored_file_again(
    service: Any, language: str
) -> None:
    home = {"file": (io.BytesIO(foreign(WRONG)), "甲.csv")}
    made = service.post_form(f"/{language}/checks", home)
    address, stored = made.location, service.stored()
    text = is_page(service.client.get(address), language)
    assert set(chosen(text).values()) == {""}
    twice = choices(text, {"排放": "allowance", "应发配额": "allowance"})
    refused = service.post_form(f"{address}/headers", twice)
    text = is_page(refused, language, 422)
    assert {"zh": "又指定了表头", "en": "a second header"}[language] in text
    assert sorted(chosen(text).values())[-2:] == ["allowance", "allowance"], "nothing is lost"

    again = service.post_form(f"{address}/headers", choices(text, WITHOUT_OUTPUT))
    assert again.location == address
    text = is_page(service.client.get(address), language)
    assert 'id="headers"' in text, "a column is missing still, and can be said"
    assert set(chosen(text).values()) == {*WITHOUT_OUTPUT.values(), ""}
    service.post_form(f"{address}/headers", choices(text, MAPPING))
    check = service.client.get(f"/api/v1/checks/{address.rsplit('/', 1)[1]}").get_json()
    assert check["report"]["totals"] == totals(service)
    assert set(service.stored()) >= set(stored), "nothing was uploaded a second time"
    nobody = service.client.post(f"{address}/headers", data=choices(text, MAPPING))
    is_page(nobody, language, 403)


@pytest.mark.parametrize("key", ["\\ud800", "\\u0000", "<b>{found}</b>"])
def test_headers_that_no_file_should_have_are_shown_and_mapped_like_others(
    service: Any, key: str
) -> None:
    lines = f'{{"{key}": "A-1", "行业类别": "steel", "年份": 2025}}\n'.encode()
    made = service.post_form("/zh/checks", {"file": (io.BytesIO(lines), "t.jsonl")})
    text = is_page(service.client.get(made.location), "zh")
    assert "<b>" not in text
    columns = iter(["unit_id", "sector", "year"])
    filled = {name: next(columns) for name in choices(text, {})}
    assert service.post_form(f"{made.location}/headers", filled).status_code == 303
    assert sorted(chosen(is_page(service.client.get(made.location), "zh")).values()) == [
        "sector",
        "unit_id",
        "year",
    ]


def test_a_table_that_lacks_a_column_offers_what_is_not_read(service: Any) -> None:
    made = service.post_form(
        "/zh/checks", {"file": (io.BytesIO(table(WRONG).replace(b"output", b"yield")), "t.csv")}
    )
    text = is_page(service.client.get(made.location), "zh")
    assert re.findall(r'<label for="column[^"]*">([^<]*)</label>', text) == ["yield"]
    assert needed(text) == ["产量"], "what the file has is not asked for"
    service.post_form(f"{made.location}/headers", choices(text, {"yield": "output"}))
    check = service.client.get(f"/api/v1/checks/{made.location.rsplit('/', 1)[1]}").get_json()
    assert check["report"]["totals"] == totals(service)
    plain = service.post_form("/zh/checks", {"file": (io.BytesIO(table(WRONG)), "t.csv")})
    assert 'id="headers"' not in service.client.get(plain.location).get_data(as_text=True)


def test_each_compared_table_has_headers_of_its_own(service: Any, language: str) -> None:
    province = enrol(service, "province", "河北省生态环境厅")
    browser = sign_in(service, province)
    other = FOREIGN.replace("应发配额", "核定量").replace("排放", "经核查")
    sent = {
        "table": [
            (io.BytesIO(foreign(RIGHT)), "甲.csv"),
            (io.BytesIO(foreign(RIGHT, header=other)), "乙.csv"),
            (io.BytesIO(table(RIGHT)), "丙.csv"),
        ]
    }
    made = service.post_form(f"/{language}/comparisons", sent, browser)
    wait_for(service, made.location)
    text = is_page(browser.get(made.location), language)
    assert len(re.findall("<h2>[甲乙丙]</h2>", text)) == 2, "the third was read"
    both = {**MAPPING, "核定量": "allowance", "经核查": "verified_emissions"}
    again = service.post_form(f"{made.location}/headers", choices(text, both), browser)
    assert again.location == made.location
    wait_for(service, made.location)
    comparison = service.parts.store.comparisons.get(made.location.rsplit("/", 1)[1])
    assert (comparison.state, comparison.verdict) == ("done", "agree")


def test_a_compared_table_that_lacks_a_column_offers_its_headers(
    service: Any, language: str
) -> None:
    """It was read and compared, but its amounts stand under a header that only a person knows."""
    browser = sign_in(service, enrol(service, "province", "河北省生态环境厅"))
    own = foreign(RIGHT, header=HEADER.replace("allowance", "应发配额"))
    sent = {"table": [(io.BytesIO(table(RIGHT)), "甲.csv"), (io.BytesIO(own), "乙.csv")]}
    made = service.post_form(f"/{language}/comparisons", sent, browser)
    wait_for(service, made.location)
    text = is_page(browser.get(made.location), language)
    assert re.findall(r'<label for="column[^"]*">([^<]*)</label>', text) == ["应发配额"]
    assert re.findall("<h2>([甲乙])</h2>", text) == ["乙"]
    assert needed(text) == [{"zh": "核定配额量", "en": "Allowance"}[language]]
    twice = choices(text, {"应发配额": "no such"})
    is_page(service.post_form(f"{made.location}/headers", twice, browser), language, 422)
    told = choices(text, {"应发配额": "allowance"})
    for _ in ("once", "said again, nothing changes"):
        service.post_form(f"{made.location}/headers", told, browser)
    wait_for(service, made.location)
    comparison = service.parts.store.comparisons.get(made.location.rsplit("/", 1)[1])
    assert (comparison.state, comparison.verdict) == ("done", "agree")
    text = is_page(browser.get(made.location), language)
    assert chosen(text) == {"column.1.0": "allowance"}, "it can be taken back"
    with service.parts.store.database.reading() as connection:
        log = list(audit.entries(connection))
    created, mapped = [entry for entry in log if entry.object == f"comparison:{comparison.id}"]
    assert (created.action, mapped.action) == ("comparison.create", "comparison.map")
    assert mapped.actor == created.actor
    details = {"key": comparison.key, "uploads": [hashlib.sha256(own).hexdigest()]}
    assert json_text.loads(mapped.details) == details


def wait_for(service: Any, address: str) -> None:
    comparison = service.parts.store.comparisons.get(address.rsplit("/", 1)[1])
    service.parts.jobs.wait("comparison", comparison.key, 30)


def test_headers_of_a_comparison_are_those_of_one_table(service: Any, is_problem: Any) -> None:
    province = enrol(service, "province", "河北省", "comparisons:write")
    files = [("table", (foreign(RIGHT), "甲.csv")), ("table", (table(RIGHT), "乙.csv"))]

    def send(*headers: dict[str, str]) -> Any:
        parts = [*files, *(("headers", json_text.dumps(item)) for item in headers)]
        return province.client.post(
            "/api/v1/comparisons",
            data=b"".join(form_part(*part) for part in parts) + b"--x--\r\n",
            content_type="multipart/form-data; boundary=x",
            headers=province.headers,
        )

    unmapped = is_problem(send(), 422, "NOT_A_TABLE")["errors"]
    assert [error["code"] for error in unmapped] == ["HEADER_NOT_FOUND"]
    assert send(MAPPING, {}).get_json()["verdict"] == "agree"
    for number in ({},), ({}, {}, {}):
        told = is_problem(send(*number), 422, "NUMBER_OF_HEADERS")
        assert "{} for a table" in told["detail"]
    is_problem(send({"a": "no such"}, {}), 400, "MAP_UNKNOWN_COLUMN")
    files[1] = ("table", (foreign(RIGHT), "乙.csv"))
    unmapped = is_problem(send(MAPPING, {}), 422, "NOT_A_TABLE")["errors"]
    assert [error["detail_zh"].split("：")[0] for error in unmapped] == ["乙"]
    assert send(MAPPING, MAPPING).get_json()["verdict"] == "agree"
