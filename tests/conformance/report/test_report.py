"""The report in every format: what it must say, and what it must not let in."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from tests.conformance.tables.handmade import cement

from cets_conformance import report as reporting
from cets_conformance.messages import LANGUAGES, Language
from cets_conformance.report import annotated, charts, html, markdown, views, workbook
from cets_conformance.report.words import Words
from cets_conformance.tables import Options, check_rows

_SPEC = spec_from_file_location("sample_report", Path(__file__).parent / "sample_report.py")
assert _SPEC
assert _SPEC.loader
SAMPLE = module_from_spec(_SPEC)
_SPEC.loader.exec_module(SAMPLE)

NAMES = ("does_not_conform", "conforms", "not_checked")
HOSTILE = "<script>alert(1)</script>|=HYPERLINK(1)"


class _Page(HTMLParser):
    """Text, headings, ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src", "action", "xlink:href") and value:
                self.addresses.append(value)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def page() -> _Page:
    return _Page(html.render(SAMPLE.does_not_conform(), "zh"))


def test_the_one_file_report_loads_nothing_and_runs_nothing(page: _Page) -> None:
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert page.addresses
    assert all(address.startswith("#") for address in page.addresses)
    text = html.render(SAMPLE.does_not_conform(), "zh")
    assert not re.search(r"@import|url\((?!#)", text)


def test_every_link_of_the_report_leads_somewhere_in_it(page: _Page) -> None:
    assert {address[1:] for address in page.addresses} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_verdict_comes_first_and_the_findings_next(page: _Page) -> None:
    text = "".join(page.texts)
    verdict = text.index("15个单元的核定配额量有误")
    assert verdict < text.index("T-10") < text.index("检验对象与依据") < text.index("版本与校验")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_check_and_its_status_stands_in_the_report(name: str, language: Language) -> None:
    report = getattr(SAMPLE, name)()
    words = Words(language)
    page = _Page(html.render(report, language))
    text = "".join(page.texts)
    for check in report["checks"]:
        assert check["id"] in text
        assert (
            not check["reason"] or views.reason(check, words) in text if "reason" in check else True
        )
    assert report["source"]["sha256"] in text
    assert "None" not in text
    assert "undefined" not in text.lower()


def test_findings_stand_errors_first_and_within_them_most_tonnes_first() -> None:
    ordered = [item["check"] for item in views.in_order(SAMPLE.does_not_conform()["findings"])]
    assert ordered == ["T-10", "T-13", "T-02", "T-20", "T-16", "T-31"]


def test_text_from_the_file_stays_text_in_html_and_markdown() -> None:
    report = SAMPLE.does_not_conform()
    report["source"]["name"] = HOSTILE
    report["findings"][1]["rows"][0] |= {"enterprise_name": HOSTILE, "found": HOSTILE}
    shown = html.render(report, "zh")
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    lines = markdown.render(report, "zh").splitlines()
    assert not any(re.search(r"(?<!\\)<script", line) for line in lines)
    cells = next(line for line in lines if "alert" in line and line.startswith("|"))
    assert len(re.findall(r"(?<!\\)\|", cells)) == 8


def test_the_body_of_a_page_is_the_body_of_the_file() -> None:
    report = SAMPLE.does_not_conform()
    body = html.body(report, "zh", clause_prefix="/zh/rules/", finding_url=lambda _: "/all")
    on_page, in_file = _Page(str(body)), _Page(html.render(report, "zh"))
    shared = ("checked", "findings", "finding-T-10", "pictures", "sums", "checks", "versions")
    assert set(shared) <= set(on_page.ids) & set(in_file.ids)
    assert "/zh/rules/A-4" in on_page.addresses


def test_a_row_without_a_number_has_no_link_to_a_derivation() -> None:
    report = SAMPLE.does_not_conform()
    page = _Page(html.render(report, "zh", row_links=lambda row: f"#row-{row['row']}"))
    assert "#row-57" in page.addresses
    assert "#row-None" not in page.addresses


def test_a_column_of_the_header_is_no_unit_and_has_no_derivation() -> None:
    row = {"row": 1, "year": None, "unit_id": None, "expected": None, "difference": None,
           "column": None, "province": None, "enterprise_name": None, "found": "产量（万t）",
           "field": "output", "code": "COLUMN_MISSING", "values": {}}  # fmt: skip
    header = {"check": "T-01", "severity": "error", "count": 2, "tonnes": 0, "clauses": ["S-1"],
              "rows": [row, {**row, "field": "allowance"}]}  # fmt: skip
    shown = html.finding_table(header, "zh", explain_url=lambda row: f"#row-{row['row']}")
    assert re.findall(r'<td class="who"[^>]*>(.*?)</td>', shown) == ["—", "—"]
    assert "#row-1" not in shown
    assert "产量" in shown


def test_a_row_of_a_whole_sector_names_it_in_place_of_a_unit() -> None:
    outcome = check_rows([cement("A", allowance=5), cement("B")], options=Options(national=True))
    report = outcome.report()
    (finding,) = [item for item in report["findings"] if item["check"] == "T-23"]
    shown = html.finding_table(finding, "zh")
    assert re.findall(r'<td class="who"[^>]*>(.*?)</td>', shown) == ["水泥"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("draw", [charts.surplus_histogram, charts.province_bars])
def test_a_chart_is_well_formed_and_has_title_and_description(
    draw: Any, name: str, language: Language
) -> None:
    svg = ElementTree.fromstring(draw(getattr(SAMPLE, name)(), language))
    space = "{http://www.w3.org/2000/svg}"
    assert svg.tag == f"{space}svg"
    title, says = svg.find(f"{space}title"), svg.find(f"{space}desc")
    assert title is not None
    assert says is not None
    assert title.text
    assert says.text


def test_the_bars_name_exactly_the_provinces_with_a_difference() -> None:
    svg = charts.province_bars(SAMPLE.does_not_conform(), "zh")
    assert all(name in svg for name in ("河北", "9,412", "河南"))
    assert "四川" not in svg


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.html, \.json, \.md, \.xlsx"):
        reporting.write(SAMPLE.conforms(), tmp_path / "report.pdf", "zh")


def test_the_json_report_is_the_report(tmp_path: Path) -> None:
    reporting.write(SAMPLE.does_not_conform(), tmp_path / "report.json", "zh")
    text = (tmp_path / "report.json").read_text("utf-8")
    assert json.loads(text) == SAMPLE.does_not_conform()
    assert "河北燕山" in text


# ---- the annotated workbook ----

HEAD = [
    "年度",
    "统一社会信用代码",
    "生产线（工序）编号",
    "经核查排放量（tCO2e）",
    "核定配额量（t）",
    "备注",
]
ROWS = [
    ["2025年度配额核定表", "", "", "", "", ""],
    HEAD,
    ["2025", "911300007454000121", "0031", "1000000.5", "1004652", "=1+1"],
    ["2025", "91130000745400012K", "A2", "12345678901234567.5", "1004651", "http://example.org"],
]


def _csv() -> str:
    return "".join(",".join(row) + "\n" for row in ROWS)


def _marked_report() -> dict[str, Any]:
    report = SAMPLE.does_not_conform()
    report["source"] |= {"name": "t.csv", "format": "csv", "sheet": None}
    wrong = SAMPLE.does_not_conform()["findings"][1]["rows"][0]
    cell = {"row": 3, "column": "E", "found": 1004652, "expected": 1004651, "difference": 1}
    for finding in report["findings"]:
        finding["rows"] = []
        if finding["check"] == "T-10":
            finding["rows"] = [wrong | cell | {"enterprise_name": "=1+1"}]
        if finding["check"] == "T-31":
            finding["rows"] = [wrong | cell | {"expected": None, "difference": None}]
        if finding["check"] == "T-16":
            law = {"expected": 1004640, "difference": 12, "code": "CLEANER_WORSE_OFF"}
            finding["rows"] = [wrong | cell | law]
        if finding["check"] == "T-20":
            finding["rows"] = [wrong | {"row": None, "column": "Q"}]
    return report


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    folder = tmp_path_factory.mktemp("book")
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(ROWS)
    workbook.write(_marked_report(), folder / "t.csv", folder / "t.xlsx", "zh")
    return openpyxl.load_workbook(folder / "t.xlsx")


def test_the_first_sheet_gives_the_verdict(book: openpyxl.Workbook) -> None:
    texts = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert texts[0] == "检验报告：t.csv"
    assert "不符合" in texts
    assert Words("zh").verdict(SAMPLE.does_not_conform()) in texts


def test_the_table_stands_there_whole_with_the_expected_value_beside(
    book: openpyxl.Workbook,
) -> None:
    sheet = book["标注原表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == ROWS[0][0]
    assert rows[1] == [*HEAD[:5], "应为：核定配额量", HEAD[5]]
    assert rows[2] == [2025, "911300007454000121", "0031", 1000000.5, 1004652, 1004651, "=1+1"]
    assert rows[3][4:6] == [1004651, None]


def test_a_wrong_cell_is_filled_by_its_worst_severity_and_says_all_that_is_wrong(
    book: openpyxl.Workbook,
) -> None:
    sheet = book["标注原表"]
    cell = sheet["E3"]
    assert cell.fill.fgColor.rgb == "FFF6C9C2"
    assert cell.comment
    for part in ("T-10", "应为: 1,004,651", "差异: +1", "A-4", "T-31"):
        assert part in cell.comment.text
    assert sheet["E4"].comment is None


def test_what_a_law_between_rows_would_allow_yields_to_the_recomputed_value(
    book: openpyxl.Workbook,
) -> None:
    sheet = book["标注原表"]
    assert sheet["F3"].value == 1004651
    assert sheet["E3"].comment
    assert "1,004,640" in sheet["E3"].comment.text


def test_nothing_in_the_workbook_is_a_formula_or_a_link(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_a_number_of_more_than_15_digits_stays_text_with_every_digit(
    book: openpyxl.Workbook,
) -> None:
    assert book["标注原表"]["D4"].value == "12345678901234567.5"


def test_a_finding_without_a_cell_is_said_to_be_in_the_list_only(book: openpyxl.Workbook) -> None:
    texts = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert Words("zh").t("report.workbook.unplaced") in texts


def test_marks_beyond_the_limit_of_comments_are_still_marked_and_the_limit_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotated, "COMMENTS", 1)
    report = _marked_report()
    first = report["findings"][1]["rows"][0]
    report["findings"][1]["rows"].append(first | {"row": 4})
    (tmp_path / "t.csv").write_text(_csv(), "utf-8")
    workbook.write(report, tmp_path / "t.csv", tmp_path / "t.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book.worksheets[1]
    assert sheet["E4"].fill.fgColor.rgb == "FFF6C9C2"
    assert [bool(sheet[name].comment) for name in ("E3", "E4")] == [True, False]
    said = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert "All 2 wrong cells are marked; the first 1 of them carry a comment." in said


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotated, "SHEET_ROWS", 3)
    (tmp_path / "t.csv").write_text(_csv(), "utf-8")
    workbook.write(_marked_report(), tmp_path / "t.csv", tmp_path / "t.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames[1:3] == ["原表1-3行", "原表4-4行"]
    assert book["原表4-4行"]["C1"].value == "A2"


def test_rows_of_json_lines_get_their_names_above_them(tmp_path: Path) -> None:
    line = {
        "年度": 2025,
        "统一社会信用代码": "x",
        "生产线（工序）编号": "A1",
        "核定配额量": 1004652,
    }
    (tmp_path / "t.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", "utf-8")
    report = _marked_report()
    report["findings"][1]["rows"][0] |= {"row": 1, "column": "核定配额量"}
    workbook.write(report, tmp_path / "t.jsonl", tmp_path / "t.xlsx", "zh")
    rows = list(openpyxl.load_workbook(tmp_path / "t.xlsx")["标注原表"].iter_rows(values_only=True))
    assert rows == [(*line, "应为：核定配额量"), (2025, "x", "A1", 1004652, 1004651)]


def test_without_the_source_the_workbook_has_summary_and_findings(tmp_path: Path) -> None:
    workbook.write(SAMPLE.does_not_conform(), None, tmp_path / "t.xlsx", "zh")
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames == ["检验摘要", "问题清单"]


# ---- the style sheet ----


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ink", ["ink", "soft", "pine", "red", "ochre", "blue"])
@pytest.mark.parametrize("paper", ["paper", "wash", "pine-wash", "red-wash", "ochre-wash"])
def test_every_ink_on_every_paper_has_the_contrast_of_wcag_aa(ink: str, paper: str) -> None:
    named = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", html.stylesheet()))
    papers = {"paper": "#ffffff"}
    light = _luminance(papers.get(paper, named[paper]))
    dark = _luminance(named[ink])
    assert (light + 0.05) / (dark + 0.05) >= 4.5
