"""Accounts in a real browser: from the operator's first link to a vendor's token, and back out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cets_service.administration import Administration
from cets_service.config import Config

PASSWORD = "seven green bridges"

CONTRAST = """() => {
  const parse = (text) => (text.match(/[0-9.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const pair = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) low.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return low;
}"""


@dataclass
class House:
    """A service with an operator and a vendor, and a link for each one's administrator."""

    address: str
    vendor: str
    operator_link: str
    vendor_link: str


@pytest.fixture(scope="module")
def house(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = str(tmp_path_factory.mktemp("house"))
    address = serve(CETS_DATA=folder)
    config = Config.from_environment({"CETS_DATA": folder, "CETS_PUBLIC_URL": address})
    accounts = Administration(config)
    operator = accounts.create_operator("运营中心", "zhang@example.cn")
    vendor = accounts.create_organisation("vendor", "碳衡软件有限公司", None)
    link = accounts.invite(vendor, "li@example.cn", "admin")
    accounts.close()
    return House(address, vendor, operator, link)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, house: House) -> str:
    """The cookie of the vendor's administrator, who joins by the keyboard alone."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(house.vendor_link)
    page.focus("#name")
    page.keyboard.type("李伟")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/zh/checks")
    (session,) = [c["value"] for c in context.cookies() if c["name"] == "cets_session"]
    context.close()
    return session


@pytest.fixture
def vendor_page(page: Page, house: House, signed_in: str) -> Page:
    page.context.add_cookies([{"name": "cets_session", "value": signed_in, "url": house.address}])
    return page


def test_the_operator_joins_adds_a_province_and_invites_its_administrator(
    page: Page, house: House
) -> None:
    page.goto(house.operator_link)
    page.fill("#name", "张敏")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.click("nav a:has-text('机构管理')")
    page.fill("#name", "河北省生态环境厅")
    page.select_option("#kind", "province")
    page.select_option("#province", "13")
    page.click("main form button:has-text('新增机构')")
    expect(page.locator("h1")).to_have_text("河北省生态环境厅")
    page.fill("#invite-email", "wang@example.cn")
    page.click("text=生成邀请链接")
    expect(page.locator(".copy")).to_contain_text("/zh/links/")
    page.click("nav .self")
    page.click("text=退出登录")
    expect(page.locator("nav")).to_contain_text("登录")


def test_a_vendor_adds_a_system_and_makes_a_token_that_is_shown_once(
    vendor_page: Page, house: House
) -> None:
    page = vendor_page
    page.goto(f"{house.address}/zh/organisations/{house.vendor}")
    page.click("#systems summary")
    page.fill("#system-name", "碳衡配额核算系统")
    page.fill("#system-version", "3.2.1")
    page.fill("#system-artefact", "ab" * 32)
    page.click("#systems .fields button")
    expect(page.locator("#systems tbody th")).to_have_text("碳衡配额核算系统")
    page.click("#tokens summary")
    page.fill("#token-name", "持续集成")
    page.check("#scope-1")
    page.click("#tokens .fields button")
    expect(page.locator(".copy")).to_contain_text("cets_")
    page.goto(f"{house.address}/zh/organisations/{house.vendor}")
    assert page.locator(".copy").count() == 0
    page.click("#tokens button:has-text('吊销')")
    expect(page.locator("#tokens")).to_contain_text("尚无令牌")


def test_what_a_vendor_checks_is_listed_and_seen_by_nobody_else(
    vendor_page: Page, browser: Browser, house: House, table: Path
) -> None:
    page = vendor_page
    page.goto(f"{house.address}/zh/")
    page.set_input_files("#file", table)
    page.click("form.upload button[type=submit]")
    page.wait_for_selector("section.verdict", timeout=60_000)
    for picture in page.locator(".chart img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    address = page.url
    page.click("nav a:has-text('检验记录')")
    expect(page.locator("tbody th").first).to_have_text(table.name)
    stranger = browser.new_context().new_page()
    stranger.goto(address)
    expect(stranger.locator("main")).to_contain_text("CHECK_UNKNOWN")
    stranger.context.close()
    page.goto(address)
    page.click("text=删除检验及上传文件")
    expect(page.locator("main")).to_contain_text("尚无检验记录")


def test_a_check_that_waits_can_be_cancelled_and_tried_again(
    vendor_page: Page, house: House, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = vendor_page
    with monkeypatch.context() as nobody_works:
        nobody_works.setattr("cets_service.store.jobs.Jobs.take", lambda *_: None)
        page.goto(f"{house.address}/zh/")
        page.set_input_files("#file", table)
        page.click("form.upload button[type=submit]")
        page.click("text=取消检验", timeout=20_000)
        expect(page.locator("main")).to_contain_text("已取消")
    page.click("main button:has-text('重试')")
    page.wait_for_selector(".verdict.does_not_conform", timeout=60_000)


TOUCHING = """() => [...document.querySelectorAll("label")]
  .filter((label) => label.control?.checkVisibility({ opacityProperty: true }))
  .filter((label) => !["checkbox", "radio"].includes(label.control.type))
  .filter((label) => {
    const text = document.createRange();
    text.selectNodeContents(label);
    return label.control.getBoundingClientRect().top - text.getBoundingClientRect().bottom < 5;
  }).map((label) => label.textContent)"""
"""Labels less than 5 pixels above their fields."""


def test_the_pages_are_in_one_row_and_on_a_telephone_in_a_menu(
    vendor_page: Page, house: House
) -> None:
    page = vendor_page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{house.address}/zh/checks")
    row = page.locator("header .frame")
    assert row.bounding_box()["height"] < 80
    to_exams = page.locator("nav a:has-text('考试')")
    expect(to_exams).to_be_visible()
    assert page.locator("nav summary").is_hidden()
    page.set_viewport_size({"width": 390, "height": 800})
    assert row.bounding_box()["height"] < 80
    assert to_exams.is_hidden()
    page.focus("nav summary")
    page.keyboard.press("Enter")
    expect(to_exams).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    to_exams.click()
    page.wait_for_url("**/zh/exams")


PATHS = ["sign-in", "links", "account", "checks", "organisation", "home", "nowhere"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_account_page_fits_its_screen_and_can_be_read(
    vendor_page: Page, house: House, path: str, language: str
) -> None:
    """No wider than the screen, contrast of at least 4.5, one main heading, named controls."""
    addresses = {
        "links": house.vendor_link.replace(house.address + "/zh/", ""),
        "organisation": f"organisations/{house.vendor}",
        "home": "",
    }
    page = vendor_page
    page.goto(f"{house.address}/{language}/{addresses.get(path, path)}")
    for summary in page.locator("main summary").all():
        summary.click()
    for width in (360, 768, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(TOUCHING) == []
    assert page.locator("h1").count() == 1
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input, select, button, a')]"
        ".filter(item => !item.matches('[type=hidden], [aria-hidden]'))"
        ".filter(item => !(item.textContent.trim() || item.labels?.length || item.ariaLabel))"
        ".map(item => item.outerHTML)"
    )
    assert unnamed == []
