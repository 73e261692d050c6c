"""The comparison in every format: what it must say, and what it must not let in."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

from cets_conformance import report as reporting
from cets_conformance.messages import LANGUAGES, Language
from cets_conformance.report import charts, comparison_html, comparison_markdown
from cets_conformance.report.comparison_words import ComparisonWords

sys.path.insert(0, str(Path(__file__).parents[1] / "comparison"))
from vendors import compare, table

CJK = re.compile(r"[一-鿿]")
HOSTILE = "<script>alert(1)</script>|=HYPERLINK(1)"


def sample(name: str = "Enterprise") -> dict[str, Any]:
    """Three tables: B reversed a sign, C has other data, and both read one half otherwise."""
    tables = [
        table(),
        table(cement_1={"allowance": 995349}, white={"allowance": 1000000}),
        table(cement_2={"output": "700000"}, white={"allowance": 1000000}),
    ]
    named = [[row | {"enterprise_name": name} for row in rows] for rows in tables]
    return compare(*named, names="XYZ").report(None)


class Page(HTMLParser):
    """Text, tags, ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src", "action", "xlink:href") and value:
                self.addresses.append(value)

    def handle_data(self, data: str) -> None:
        if self._inside[-1:] != ["style"]:
            self.text += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_data_first_then_who_stands_with_whom_then_units(language: Language) -> None:
    report = sample()
    words = ComparisonWords(language)
    page = Page(comparison_html.render(report, language))
    order = [words.verdict(report)] + [
        words.t(f"comparison.section.{name}")
        for name in ("inputs", "patterns", "disputes", "pairs", "totals", "clauses", "tables")
    ]
    places = [page.text.index(text) for text in order]
    assert places == sorted(places)
    for text in ("995,349", "1,004,651", "9,302", "M-10"):
        assert text in page.text
    for item in report["tables"]:
        assert item["source"]["sha256"] in page.text
    for word in ("None", "undefined", "True", "False"):
        assert word not in page.text


def test_an_english_page_holds_no_chinese() -> None:
    assert not CJK.search(Page(comparison_html.render(sample(), "en")).text)


def test_the_page_loads_nothing_runs_nothing_and_its_links_lead_somewhere() -> None:
    page = Page(comparison_html.render(sample(), "zh"))
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert page.addresses
    assert {address.removeprefix("#") for address in page.addresses} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_on_a_page_of_the_service_clauses_lead_to_the_rules() -> None:
    page = Page(str(comparison_html.body(sample(), "zh", clause_prefix="/zh/rules/")))
    assert "/zh/rules/A-3" in page.addresses


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_in_dispute_and_what_is_counted_are_named_by_their_columns(
    language: Language, tmp_path: Path
) -> None:
    """The allowance agrees everywhere; only an obligation does not."""
    report = compare(table(), table(white={"obligation": 1000000})).report(None)
    words = ComparisonWords(language)
    says = {"zh": "1个单元存在分歧（应清缴配额量1个）", "en": "in dispute (Obligation: 1)"}[
        language
    ]
    right = {"zh": "核定配额量正确", "en": "Right (Allowance)"}[language]
    assert says in words.verdict(report)
    page = Page(comparison_html.render(report, language)).text
    pairs = page[page.index(words.t("comparison.pairs.help")) :]
    assert right in pairs
    assert words.t("comparison.pairs.apart", tonnes="1") in pairs
    reporting.write(report, tmp_path / "r.xlsx", language)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert right in {cell for row in book.worksheets[0].values for cell in row}


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_that_agree_make_a_page_without_disputes(language: Language) -> None:
    report = compare(table(), table()).report()
    page = Page(comparison_html.render(report, language))
    assert ComparisonWords(language).t("comparison.pattern.none") in page.text
    assert "disputes" not in page.ids


def test_the_reference_standing_alone_is_said_first_and_invites_an_appeal() -> None:
    report = compare(table(), table(), readings={"rounding": "unit_floor"}).report()
    page = Page(comparison_html.render(report, "zh"))
    assert page.text.index("参考实现与各方均不一致") < page.text.index("数据是否相同")
    assert "申诉" in page.text


def test_the_chart_is_well_formed_and_has_title_and_description() -> None:
    words = ComparisonWords("zh")
    amounts = [item for item in sample()["patterns"] if item["tonnes"]]
    svg = ElementTree.fromstring(charts.dispute_bars(amounts, words))
    space = "{http://www.w3.org/2000/svg}"
    assert svg.findtext(f"{space}title") == words.t("comparison.chart.title")
    assert svg.findtext(f"{space}desc")


def test_the_chart_fits_a_telephone_with_its_figures() -> None:
    """390 pixels less the margins of the page."""
    worst = [item | {"tonnes": 9_999_999_999} for item in sample()["patterns"][:1]]
    for language in LANGUAGES:
        svg = ElementTree.fromstring(charts.dispute_bars(worst, ComparisonWords(language)))
        assert float(svg.attrib["width"]) <= 350


def test_text_from_a_table_stays_text_in_html_and_markdown() -> None:
    report = sample(HOSTILE)
    report["tables"][0]["name"] = HOSTILE
    shown = comparison_html.render(report, "zh")
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    text = comparison_markdown.render(report, "zh")
    assert not re.search(r"(?<!\\)<script", text)
    lines = [line for line in text.splitlines() if line.startswith("| ") and "cement" in line]
    assert lines
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {10}


def test_nothing_in_the_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    report = sample()
    report["disputes"]["rows"][0]["enterprise_name"] = "=1+1"
    report["tables"][0]["name"] = "=HYPERLINK(1)"
    reporting.write(report, tmp_path / "r.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["比对摘要", "分歧单元", "不同的数据"]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells)
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    assert any(cell.value == 995349 for cell in cells)


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.html, \.json, \.md, \.xlsx"):
        reporting.write(sample(), tmp_path / "r.sarif", "zh")
