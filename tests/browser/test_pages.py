"""The pages in a real browser: upload, verdict, rows, languages, keyboard, narrow screens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect


def _upload(page: Page, address: str, table: Path, language: str = "zh") -> None:
    page.goto(f"{address}/{language}/")
    page.set_input_files("#file", table)
    page.click("form.upload button[type=submit]")
    page.wait_for_selector("section.verdict", timeout=60_000)


def test_an_upload_leads_to_the_verdict_its_findings_and_pictures(
    page: Page, address: str, table: Path
) -> None:
    _upload(page, address, table)
    expect(page.locator("h1")).to_contain_text("13个单元的核定配额量有误")
    expect(page.locator(".verdict .seal")).to_have_text("不符合")
    expect(page.locator("article.finding").first).to_contain_text("T-10")
    for picture in page.locator(".chart img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_everything_works_without_script(browser: Browser, address: str, table: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _upload(page, address, table)
    expect(page.locator("h1")).to_contain_text("13个单元的核定配额量有误")
    context.close()


def test_a_row_shows_its_derivation_and_where_the_table_departs(
    page: Page, address: str, table: Path
) -> None:
    _upload(page, address, table)
    page.locator("#finding-T-10 .go a").first.click()
    expect(page.locator(".steps")).to_contain_text("A-4")
    expect(page.locator(".steps .wrong .against").first).to_contain_text("表中为")
    page.locator(".back a").click()
    expect(page.locator("section.verdict")).to_be_visible()


def test_the_same_check_can_be_read_in_english(page: Page, address: str, table: Path) -> None:
    _upload(page, address, table)
    page.click("a.switch")
    expect(page.locator("h1")).to_contain_text("Allowance wrong in 13 of 1,291 units")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_reports_can_be_downloaded(page: Page, address: str, table: Path) -> None:
    _upload(page, address, table)
    for link in page.locator(".downloads a").all():
        with page.expect_download() as download:
            link.click()
        assert download.value.path().stat().st_size > 1000


def test_a_file_that_is_no_table_gets_told_what_to_do(
    page: Page, address: str, tmp_path: Path
) -> None:
    (tmp_path / "note.csv").write_text("just a note\nand another line\n", "utf-8")
    page.goto(f"{address}/zh/")
    page.set_input_files("#file", tmp_path / "note.csv")
    page.click("form.upload button[type=submit]")
    expect(page.locator("main h1")).to_contain_text("该文件未能检验", timeout=30_000)
    assert page.locator(".problems tbody tr").count() >= 1


def test_the_upload_can_be_started_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/zh/")
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert "file" in reached
    assert "SUMMARY" in reached
    assert reached.index("file") < reached.index("BUTTON")


PATHS = (
    "/zh/",
    "/en/",
    "/zh/rules",
    "/en/rules/A-4",
    "/zh/calculate",
    "/en/calculate/cycle",
    "/zh/vectors",
    "/en/vectors/allocation/upper-bound-exactly-20-percent",
    "/zh/nowhere",
)


@pytest.mark.parametrize("width", [360, 768, 1600])
@pytest.mark.parametrize("path", PATHS)
def test_no_page_is_wider_than_the_screen(page: Page, address: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1600])
def test_a_report_is_no_wider_than_the_screen(
    page: Page, address: str, table: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    _upload(page, address, table)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_has_one_main_heading_and_every_control_a_name(page: Page, address: str) -> None:
    for path in PATHS[:-1]:
        page.goto(address + path)
        assert page.locator("h1").count() == 1
        unnamed = page.evaluate(
            "[...document.querySelectorAll("
            "'input:not([type=hidden]), select, textarea, button, a')]"
            ".filter(item => !(item.textContent.trim() || item.labels?.length))"
            ".map(item => item.outerHTML)"
        )
        assert unnamed == []


def test_no_page_takes_anything_from_elsewhere(page: Page, address: str, table: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _upload(page, address, table)
    assert [url for url in asked if not re.match(re.escape(address) + "|data:", url)] == []


def test_the_calculator_shows_the_fields_of_the_sector_and_answers(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/zh/calculate")
    expect(page.locator("#ironmaking_emissions")).to_be_hidden()
    page.select_option("#sector", "steel")
    expect(page.locator("#line_kind")).to_be_hidden()
    for field, figure in {
        "verified_emissions": "100",
        "ironmaking_emissions": "50",
        "sintering_emissions": "10",
        "output": "40",
        "balance_value": "1.4",
    }.items():
        page.fill(f"#{field}", figure)
    page.click("#calculator button")
    expect(page.locator(".figures dd").first).to_have_text("99")
    picture = page.locator(".chart img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
