"""The pages: every one renders in both languages, escaped, without inline script or style."""

from __future__ import annotations

import io
import re

import pytest
import xlsxwriter

from cets_conformance import messages

CHECK_PAGES = ("", "/findings/T-10", "/rows/2", "/rows/3")


@pytest.fixture(params=["zh", "en"])
def language(request):
    return request.param


def is_page(response, language, status=200):
    text = response.get_data(as_text=True)
    assert response.status_code == status, text[:800]
    assert response.content_type == "text/html; charset=utf-8"
    assert response.headers["Content-Language"] == language
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    return text


@pytest.mark.parametrize(
    ("accepted", "target"), [("en-US,en", "/en/"), ("zh-CN", "/zh/"), ("fr", "/zh/"), ("", "/zh/")]
)
def test_a_reader_is_sent_to_the_page_in_their_language(service, accepted, target):
    response = service.client.get("/", headers={"Accept-Language": accepted})
    assert (response.status_code, response.location) == (302, target)


def test_an_upload_leads_to_a_check_page_with_its_verdict(service, wrong_table, language):
    response = service.post_form(
        f"/{language}/checks",
        {
            "file": (io.BytesIO(wrong_table), "<script>alert(1)</script>.csv"),
            "kind": "auto",
            "unit": "t",
            "balance_cement": "",
            "previous": (io.BytesIO(b""), ""),
        },
    )
    assert response.status_code == 303
    assert re.fullmatch(rf"/{language}/checks/[A-Za-z0-9_-]{{22}}", response.location)
    other = "en" if language == "zh" else "zh"
    for page in CHECK_PAGES:
        answer = service.client.get(response.location + page)
        text = is_page(answer, language)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script>alert" not in text
        switched = response.location.replace(f"/{language}/", f"/{other}/", 1) + page
        assert f'href="{switched}"' in text
    for address in set(re.findall(r'(?:href|src)="(/[^"#]*)"', text)):
        assert service.client.get(address).status_code in (200, 302), address


def test_everything_a_check_page_links_to_is_there(service, wrong_table, language):
    response = service.post_form(
        f"/{language}/checks", {"file": (io.BytesIO(wrong_table), "t.csv")}
    )
    text = is_page(service.client.get(response.location), language)
    addresses = set(re.findall(r'(?:href|src)="(/[^"#]*)"', text.replace("&amp;", "&")))
    assert any("report.xlsx" in address for address in addresses)
    for address in addresses:
        assert service.client.get(address).status_code == 200, address


def test_the_start_page_and_the_rules_render_and_their_links_work(service, language):
    for page in ("/", "/rules", "/rules/A-3", "/rules/Q-4"):
        text = is_page(service.client.get(f"/{language}{page}"), language)
        for address in set(re.findall(r'(?:href|src)="(/[^"#]*)"', text)):
            assert service.client.get(address).status_code == 200, address


def test_a_running_check_shows_its_progress_and_where_to_ask(start, wrong_table, language):
    service = start(works=False, inline=0)
    response = service.post_form(
        f"/{language}/checks", {"file": (io.BytesIO(wrong_table), "t.csv")}
    )
    text = is_page(service.client.get(response.location), language)
    check_id = response.location.rsplit("/", 1)[1]
    assert f"/api/v1/checks/{check_id}" in text


def test_a_file_that_is_no_table_is_shown_with_what_to_do(service, language):
    response = service.post_form(f"/{language}/checks", {"file": (io.BytesIO(b"nothing"), "t.csv")})
    assert response.status_code == 303
    is_page(service.client.get(response.location), language)


def test_the_sheet_to_read_can_be_named_on_the_page_where_a_workbook_has_several(
    service, wrong_table, right_table, language
):
    workbook = io.BytesIO()
    with xlsxwriter.Workbook(workbook) as book:
        for name, content in (("初稿", wrong_table), ("定稿", right_table)):
            sheet = book.add_worksheet(name)
            for row, line in enumerate(content.decode().split()):
                sheet.write_row(row, 0, line.split(","))

    def check(**chosen):
        file = (io.BytesIO(workbook.getvalue()), "t.xlsx")
        response = service.post_form(f"/{language}/checks", {"file": file, **chosen})
        service.finish(response.location.rsplit("/", 1)[1])
        return is_page(service.client.get(response.location), language)

    label = messages.text("page.option.sheet", language)
    asked = check()
    assert "SHEETS_AMBIGUOUS" in asked
    assert label.lower() in asked
    assert f'<label for="sheet">{label}</label>' in is_page(
        service.client.get(f"/{language}/"), language
    )
    assert "verdict conforms" in check(sheet="定稿")
    assert "verdict does_not_conform" in check(sheet="初稿")


@pytest.mark.parametrize(
    ("code", "option"),
    [("UNIT_NOT_CONFIRMED", "unit"), ("SHEETS_AMBIGUOUS", "sheet"), ("KINDS_DIFFER", "kind")],
)
def test_advice_names_the_field_of_the_page_and_not_the_command_line_alone(language, code, option):
    said = messages.entries()
    told = said.get(f"problem.{code}") or said[f"comparison.problem.{code}"]
    assert said[f"page.option.{option}"][language].lower() in told[language]


def test_a_row_without_figures_says_in_the_readers_language_why(service, wrong_table, language):
    without = wrong_table.replace(b",0.86,", b",,")
    check = service.upload(without).get_json()
    text = is_page(service.client.get(f"/{language}/checks/{check['id']}/rows/2"), language)
    assert {"zh": "需要该行业的行业平衡值", "en": "balance value is needed"}[language] in text


def test_errors_of_pages_are_pages(service, language):
    unknown = "A" * 22
    for path in ("/nothing", f"/checks/{unknown}", f"/checks/{unknown}/rows/2", "/rules/X-1"):
        is_page(service.client.get(f"/{language}{path}"), language, 404)
    is_page(service.client.post(f"/{language}/checks", data={}), language, 415)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n'
    too_large = service.client.post(
        f"/{language}/checks",
        data=head + b"1" * (3 * 1024 * 1024) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    is_page(too_large, language, 413)
    assert service.stored() == []
    assert service.client.get("/nothing").status_code == 404


def test_the_sample_is_checked_as_an_upload_is_and_has_findings(service, language):
    response = service.post_form(f"/{language}/checks/sample")
    check_id = response.location.rsplit("/", 1)[1]
    service.finish(check_id)
    check = service.client.get(f"/api/v1/checks/{check_id}").get_json()
    assert check["report"]["rows"] == 1291
    assert check["verdict"] == "does_not_conform"
    assert {"T-10", "T-23"} <= {item["check"] for item in check["report"]["findings"]}
    is_page(service.client.get(response.location), language)
    sample = service.client.get("/sample/national-2025.xlsx")
    assert sample.data.startswith(b"PK")
    assert "national-2025.xlsx" in sample.headers["Content-Disposition"]
