"""A province compares what vendors computed and appeals where it thinks the reference wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cets_conformance.tables.writing import write_sample
from cets_service.config import Config
from cets_service.services import open_services
from cets_service.store import Store
from cets_service.worker import Worker


class House:
    """A service with a worker, a vendor who compares and an operator who rules."""

    def __init__(self, address: str, store: Store) -> None:
        self.address = address
        self.secrets = {}
        for kind, name in (("vendor", "甲软件公司"), ("operator", "登记机构")):
            organisation = store.organisations.add(kind, name, None, 30)
            assert organisation is not None
            person = store.people.add(organisation.id, f"{kind}@x.cn", name, "member", "-")
            assert person is not None
            self.secrets[kind] = store.sessions.open(person.id, 10**6)

    def sign_in(self, page: Page, kind: str) -> None:
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": "cets_session", "value": self.secrets[kind], "url": self.address}]
        )


@pytest.fixture(scope="module")
def house(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = str(tmp_path_factory.mktemp("house"))
    address = serve(CETS_DATA=folder)
    services = open_services(Config.from_environment({"CETS_DATA": folder}), time.time)
    worker = Worker(services)
    worker.start()
    yield House(address, services.store)
    worker.stop()
    services.close()


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two tables with the same mistake: the reference stands alone."""
    files = [tmp_path_factory.mktemp("vendors") / name for name in ("甲公司.csv", "乙公司.csv")]
    for file in files:
        write_sample(file, year=2025, seed=3, mistake="M-10", rate="0.01")
    return files


def compare(page: Page, house: House, vendors: list[Path]) -> None:
    page.goto(f"{house.address}/zh/comparisons")
    for number, file in enumerate(vendors, start=1):
        page.set_input_files(f"#table-{number}", file)
    page.click("text=开始比对")
    expect(page.locator(".verdict .seal")).to_have_text("存在分歧", timeout=30_000)


def test_where_the_reference_stands_alone_an_appeal_is_one_click_away_and_is_ruled_on_in_public(
    page: Page, house: House, vendors: list[Path]
) -> None:
    house.sign_in(page, "vendor")
    compare(page, house, vendors)
    expect(page.locator(".eyebrow").first).to_contain_text("甲公司、乙公司")
    page.click(".lead.alone >> text=提出申诉")
    page.fill("#text", "各厂商一致，参考实现可能有误。")
    page.click("main button")
    place = page.url
    expect(page.locator(".standing")).to_contain_text("待裁定")

    house.sign_in(page, "operator")
    page.goto(place)
    page.check("#ruling-rejected")
    page.fill("#ruling-text", "两份表均将偏差度正负号取反。")
    page.click("text=公布裁定")

    page.context.clear_cookies()
    page.goto(f"{house.address}/zh/appeals")
    expect(page.locator("tbody")).to_contain_text("申诉不成立")
    page.click("tbody a")
    expect(page.locator(".history li")).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text("所涉数值")


DROP = """(names) => {
  const transfer = new DataTransfer();
  for (const name of names) transfer.items.add(new File(["x"], name));
  const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
  document.querySelector(".vendors").dispatchEvent(new DragEvent("drop", options));
}"""


def test_tables_dropped_at_once_take_the_free_places_in_order_and_name_them(
    page: Page, house: House
) -> None:
    house.sign_in(page, "vendor")
    page.goto(f"{house.address}/zh/comparisons")
    page.fill("#name-1", "甲")
    page.evaluate(DROP, [f"厂商{number}.csv" for number in range(1, 5)])
    expect(page.locator("#name-1")).to_have_value("甲")
    expect(page.locator("#name-2")).to_have_value("厂商2")
    expect(page.locator("#name-4")).to_be_visible()
    assert page.evaluate("document.querySelector('#table-4').files[0].name") == "厂商4.csv"
    page.evaluate(DROP, [f"{number}.csv" for number in range(5)])
    expect(page.locator("form.compare .trouble")).to_contain_text("最多比对8份")


def test_tables_are_compared_without_script(
    browser: Browser, house: House, vendors: list[Path]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    house.sign_in(page, "vendor")
    compare(page, house, vendors)
    page.click("text=查看全部分歧数值")
    expect(page.locator("h1")).to_have_text("分歧单元")
    context.close()


SCROLLING = """Array.from(document.querySelectorAll(".scroll:has(.cards)"))
  .filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.textContent.slice(0, 80))"""


def test_no_page_of_comparisons_and_appeals_is_wider_than_the_screen(
    page: Page, house: House, tmp_path: Path
) -> None:
    """Nor is a table on it, whatever three vendors are called and however many tonnes they give."""
    files = [tmp_path / f"{name}.csv" for name in ("甲软件公司", "乙信息技术有限公司", "Vendor C")]
    for file, mistake in zip(files, ("M-10", "M-18", "M-04"), strict=True):
        write_sample(file, year=2025, seed=3, mistake=mistake, rate="0.02")
    house.sign_in(page, "vendor")
    compare(page, house, files)
    result = page.url
    vector = "kind=vector&vector=allocation/upper-bound-exactly-20-percent"
    appeals = f"{house.address}/zh/appeals"
    listed = f"{house.address}/zh/comparisons"
    for address in (result, f"{result}/disputes", listed, appeals, f"{appeals}/new?{vector}"):
        for language in ("zh", "en"):
            page.goto(address.replace("/zh/", f"/{language}/"))
            assert page.locator("h1").count() == 1
            for width in (390, 1000, 1280, 1400):
                page.set_viewport_size({"width": width, "height": 800})
                seen = page.evaluate("document.documentElement.scrollWidth")
                assert seen <= width, page.url
                assert page.evaluate(SCROLLING) == [], f"{page.url} at {width}"
