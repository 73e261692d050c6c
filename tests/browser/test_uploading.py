"""Uploading in a real browser: drop, sample, a file too big, a check that takes its time."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name));
  const drop = document.querySelector("form.upload .drop");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
    drop.dispatchEvent(new DragEvent(kind, options));
  }
}"""


def test_a_dropped_table_is_checked(page: Page, address: str, table: Path) -> None:
    page.goto(f"{address}/zh/")
    page.evaluate(DROP, [table.name, base64.b64encode(table.read_bytes()).decode()])
    expect(page.locator("form.upload .name")).to_have_text(table.name)
    page.click("form.upload button[type=submit]")
    page.wait_for_selector("section.verdict", timeout=60_000)
    expect(page.locator("h1")).to_contain_text("个单元的核定配额量有误")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sample_is_one_click_away(page: Page, address: str, language: str) -> None:
    page.goto(f"{address}/{language}/")
    page.click("form[action$=sample] button")
    page.wait_for_selector("section.verdict", timeout=60_000)
    expect(page.locator("article.finding").first).to_contain_text("T-10")


def test_a_file_over_the_limit_is_not_even_sent(
    page: Page, serve: Callable[..., str], table: Path
) -> None:
    address = serve(CETS_MAX_UPLOAD="1000")
    page.goto(f"{address}/zh/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.set_input_files("#file", table)
    expect(page.locator("form.upload .trouble")).to_be_visible()
    page.click("form.upload button[type=submit]")
    expect(page.locator("form.upload .trouble")).to_be_visible()
    assert "POST" not in sent


def test_a_check_that_takes_its_time_shows_progress_and_then_the_verdict(
    page: Page, serve: Callable[..., str], table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No size of table makes it wait for sure: for a while nobody takes the job."""
    address = serve(CETS_WAIT="0")
    with monkeypatch.context() as nobody_works:
        nobody_works.setattr("cets_service.store.jobs.Jobs.take", lambda *_: None)
        page.goto(f"{address}/zh/")
        page.set_input_files("#file", table)
        page.click("form.upload button[type=submit]")
        page.wait_for_selector("section.waiting progress", timeout=30_000)
    page.wait_for_selector("section.verdict", timeout=60_000)
    expect(page.locator("h1")).to_contain_text("个单元的核定配额量有误")


@pytest.mark.parametrize("script", [True, False])
def test_foreign_headers_are_mapped_on_the_page(
    browser: Browser, address: str, tmp_path: Path, script: bool
) -> None:
    file = tmp_path / "foreign.csv"
    head = "年份,省份,信用代码,企业名称,行业,线号,经核查排放量,产量,平衡值,应发配额"
    row = "2025,13,91110000600037341L,甲水泥,水泥,A-1,1000000,1200000,0.86,1004651"
    file.write_text(f"{head}\n{row}\n".replace("行业,", "类别,").replace("产量", "年产量"))
    context = browser.new_context(locale="zh-CN", java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{address}/zh/")
    page.set_input_files("#file", file)
    page.click("form.upload button[type=submit]")
    chosen = {
        "年份": "year", "信用代码": "enterprise_id", "类别": "sector", "线号": "unit_id",
        "年产量": "output", "平衡值": "balance_value", "应发配额": "allowance",
    }  # fmt: skip
    for header, column in chosen.items():
        page.get_by_label(header, exact=True).select_option(column)
    page.click("text=按此重新检验")
    expect(page.locator("#headers")).to_contain_text("应发配额", timeout=30_000)
    expect(page.get_by_label("应发配额", exact=True)).to_have_value("allowance")
    expect(page.locator("section.verdict")).not_to_contain_text("该文件未能检验")
    context.close()
