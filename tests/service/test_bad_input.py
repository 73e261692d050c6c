"""Bad input gets a clear error and loses nothing: never a 5xx, nothing left behind."""

from __future__ import annotations

import io
import zipfile
from itertools import product

import pytest

FORM = "multipart/form-data; boundary=x"
NAMELESS = b"--x\r\nContent-Disposition: form-data"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


BODIES = {
    "empty": b"",
    "no JSON": b"{",
    "a word": b"hello",
    "an array": b"[]",
    "a number": b"1",
    "a null": b"null",
    "NaN": b'{"rows": [{"allowance": NaN}]}',
    "infinity": b'{"unit": Infinity}',
    "1e400": b'{"rows": [{"unit_id": "A", "sector": "cement", "allowance": 1e400}]}',
    "a duplicate key": b'{"rows": [], "rows": []}',
    "deep nesting": b'{"rows":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"unit":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
    "a long number": b'{"rows": [{"allowance": ' + b"9" * 10_000 + b"}]}",
    "not UTF-8": '{"rows": [{"企业名称": "甲"}]}'.encode("gb18030"),
    "UTF-16": '{"rows": []}'.encode("utf-16"),
    "a lone surrogate": b'{"rows": [{"unit_id": "\\ud800", "sector": "cement", "allowance": 1}]}',
    "a NUL": b'{"rows": [{"unit_id": "\\u0000", "sector": "cement", "allowance": 1}]}',
    "no rows": b'{"rows": []}',
    "rows that are words": b'{"rows": ["a"]}',
    "an unknown option": b'{"rows": [{}], "colour": 1}',
    "an option of a wrong type": b'{"rows": [{}], "balance": 3}',
    "a reading that is none": b'{"rows": [{}], "readings": {"x": "y"}}',
    "a readings list": b'{"rows": [{}], "readings": []}',
    "a flag that is a word": b'{"rows": [{}], "national": "maybe"}',
    "nested cells": b'{"rows": [{"unit_id": {"a": [1]}, "sector": [], "allowance": {}}]}',
    "a unit that is a list": b'{"unit": []}',
}
ADDRESSES = ("checks", "compute/allocation", "compute/balance?explain=1")


@pytest.mark.parametrize(("name", "address"), list(product(BODIES, ADDRESSES)))
def test_a_bad_json_body_is_a_problem_of_the_sender(service, is_problem, name, address):
    response = service.client.post(
        f"/api/v1/{address}", data=BODIES[name], content_type="application/json"
    )
    if response.status_code not in (200, 201):
        assert is_problem(response, response.status_code)["status"] < 500
    else:
        assert address == "checks", "an operation took this"


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "", "application/JSONP"])
@pytest.mark.parametrize("address", ["/api/v1/checks", "/api/v1/compute/allocation"])
def test_another_media_type_is_refused_with_those_that_are_taken(
    service, is_problem, address, media
):
    response = service.client.post(address, data=b"{}", content_type=media)
    assert "application/json" in is_problem(response, 415, "CONTENT_TYPE")["detail"]


@pytest.mark.parametrize(
    ("body", "media", "code"),
    [
        (b"x", FORM, "BROKEN_FORM"),
        (b"--x--\r\n", FORM, "FILE_MISSING"),
        (b"x", "multipart/form-data", "BROKEN_FORM"),
        (b"--x--\r\n", "multipart/form-data; boundary=\xe9", "BROKEN_FORM"),
        (part("file", b"year", "t.csv"), FORM, "BROKEN_FORM"),
        (NAMELESS + b"\r\n\r\na\r\n--x--\r\n", FORM, "BROKEN_FORM"),
        (NAMELESS + b'; filename="t"\r\n\r\na\r\n--x--\r\n', FORM, "BROKEN_FORM"),
        (part("file", b"", "") + b"--x--\r\n", FORM, "FILE_MISSING"),
        (part("file", b"year") + b"--x--\r\n", FORM, "FIELD_UNKNOWN"),
        (part("other", b"year", "t.csv") + b"--x--\r\n", FORM, "FIELD_UNKNOWN"),
        (part("file", b"a", "a") + part("file", b"b", "b") + b"--x--\r\n", FORM, "FIELD_TWICE"),
        (part("kind", b"allocation") * 2 + b"--x--\r\n", FORM, "FIELD_TWICE"),
        (part("kind", b"nonsense") + b"--x--\r\n", FORM, "UNKNOWN_KIND"),
        (part("unit", b"kg") + b"--x--\r\n", FORM, "UNKNOWN_UNIT"),
        (part("balance.cement", b"0,86") + b"--x--\r\n", FORM, "NOT_A_BALANCE_VALUE"),
        (part("balance.paper", b"0.86") + b"--x--\r\n", FORM, "UNKNOWN_SECTOR"),
        (part("reading.x", b"y") + b"--x--\r\n", FORM, "UNKNOWN_READING"),
        (part("national", b"perhaps") + b"--x--\r\n", FORM, "NOT_A_FLAG"),
        (part("kind", b"a" * 300_000) + b"--x--\r\n", FORM, "TOO_LARGE"),
        (part("kind", b"a") * 100 + b"--x--\r\n", FORM, "TOO_LARGE"),
    ],
)
def test_a_bad_form_is_refused_by_name_and_nothing_is_kept(service, is_problem, body, media, code):
    response = service.client.post("/api/v1/checks", data=body, content_type=media)
    is_problem(response, 413 if code == "TOO_LARGE" else 400, code)
    assert service.stored() == []


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(40):
                sheet.write(b" " * 10_000_000)
    return target.getvalue()


FILES = {
    "empty": b"",
    "blank lines": b"\n\n\n",
    "a header alone": b"year,sector,unit_id,allowance\n",
    "words": b"hello, world\n",
    "NUL bytes": b"year,sector,unit_id,allowance\n2025,cement,\x00,1\n",
    "UTF-16 without a mark": "year,sector,unit_id,allowance".encode("utf-16-le"),
    "Latin-1": "année,secteur,unité\n1,é,2\n".encode("latin-1"),
    "a million columns": b",".join(b"c%d" % n for n in range(250_000)) + b"\n",
    "an unterminated quote": b'year,sector,unit_id,allowance\n2025,"cement,A,1\n',
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "an old workbook": bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512,
    "a zip that is none": b"PK\x03\x04" + b"\xff" * 64,
    "a truncated Parquet file": b"PAR1" + b"\0" * 32,
    "a deep JSON line": b'{"a":' + b"[" * 50_000 + b"\n",
    "a broken JSON line": b'{"year": 2025,\n',
    "a zip bomb": bomb(),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_table_is_422_with_every_problem_in_both_languages(
    service, is_problem, name
):
    problem = is_problem(service.upload(FILES[name], "t.xlsx"), 422, "NOT_A_TABLE")
    assert problem["errors"]
    assert all(error["detail"] and error["detail_zh"] for error in problem["errors"])


@pytest.mark.parametrize(
    "cell",
    ["NaN", "inf", "1e400", "-1", "abc", "=1+1", "1" * 400, "'; drop table checks", "\ufffd"],
)
def test_a_cell_that_is_no_number_is_a_finding_with_its_place(service, right_table, cell):
    table = right_table.decode().replace("1004651", cell).encode()
    response = service.upload(table)
    assert response.status_code in (201, 422)
    if response.status_code == 201:
        report = response.get_json()["report"]
        assert report["verdict"] != "conforms"
        (row,) = next(f for f in report["findings"] if f["check"] == "T-02")["rows"]
        assert (row["row"], row["column"], row["field"]) == (2, "L", "allowance")


UNKNOWN = "A" * 22
UNKNOWN_ADDRESSES = [
    f"/api/v1/checks/{UNKNOWN}",
    f"/api/v1/checks/{UNKNOWN}/findings",
    f"/api/v1/checks/{UNKNOWN}/rows/2",
    f"/api/v1/checks/{UNKNOWN}/report.json",
    f"/api/v1/checks/{UNKNOWN}/report.xlsx",
    f"/api/v1/checks/{UNKNOWN}/charts/surplus.svg",
    "/api/v1/checks/short",
    "/api/v1/checks/..%2f..%2fetc%2fpasswd",
    f"/api/v1/checks/{'é' * 22}",
    f"/api/v1/checks/{UNKNOWN}/report.pdf",
    f"/api/v1/checks/{UNKNOWN}/charts/other.svg",
    f"/api/v1/checks/{UNKNOWN}/rows/0",
    f"/api/v1/checks/{UNKNOWN}/rows/-1",
    "/api/v1/checks/",
    "/api/v1/rules/X-9",
    "/api/v1/rules/..%2F",
    "/api/v1/schemas/nothing",
    "/api/v1/schemas/..%2f..%2fpyproject",
    "/api/v1/",
    "/api/v2/checks",
]


@pytest.mark.parametrize("address", UNKNOWN_ADDRESSES)
def test_an_unknown_address_is_404(service, is_problem, address):
    is_problem(service.client.get(address), 404)


def test_unknown_rows_findings_and_pages_of_a_check_are_said_to_be_so(
    service, is_problem, right_table
):
    base = f"/api/v1/checks/{service.upload(right_table).get_json()['id']}"
    is_problem(service.client.get(f"{base}/rows/1"), 404, "ROW_UNKNOWN")
    is_problem(service.client.get(f"{base}/findings?check=T-99"), 404, "FINDING_UNKNOWN")
    for query in ("page=0", "page=x", "page=-1", "per_page=1001", "page=²", "page=" + "9" * 50):
        is_problem(service.client.get(f"{base}/findings?{query}"), 400, "PARAMETER_INVALID")
    is_problem(service.client.get(f"{base}/findings?chekc=T-10"), 400, "PARAMETER_UNKNOWN")
    is_problem(service.client.get(f"{base}/report.md?lang=fr"), 400, "LANGUAGE_UNKNOWN")
    assert service.client.get(f"{base}/findings?page=99").get_json()["rows"] == []


@pytest.mark.parametrize(
    ("method", "address"),
    [("put", "/api/v1/checks"), ("post", "/api/v1/rules"), ("get", "/api/v1/compute/scope")],
)
def test_a_wrong_method_is_405_and_says_the_right_ones(service, is_problem, method, address):
    response = getattr(service.client, method)(address)
    is_problem(response, 405, "METHOD_NOT_ALLOWED")
    assert response.headers["Allow"]


def test_our_own_fault_is_500_without_a_trace_of_the_inside(service, is_problem, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(service.parts.store.checks), "get", broken)
    problem = is_problem(service.client.get(f"/api/v1/checks/{UNKNOWN}"), 500, "INTERNAL")
    assert "secret" not in str(problem)
    page = service.client.get(f"/zh/checks/{UNKNOWN}")
    assert page.status_code == 500
    assert "secret" not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("accepted", "language"), [("zh-CN,zh;q=0.9", "zh"), ("en-GB", "en"), ("fr", "en"), ("", "en")]
)
def test_a_problem_speaks_the_readers_language(service, accepted, language):
    response = service.client.get("/api/v1/nothing", headers={"Accept-Language": accepted})
    assert response.headers["Content-Language"] == language
    assert response.get_json()["title"] == {"zh": "页面不存在", "en": "Nothing is here"}[language]
