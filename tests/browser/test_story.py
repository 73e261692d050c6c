"""The whole story, on SQLite and PostgreSQL: every party at a browser or a command line of its own.

Each step asserts what a person reads there. Full pages are kept as pictures in ``pictures`` of the
test's folder, to be looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import serving
from tests.service.certification import ADAPTERS, cets, unpack

from cets_conformance.certificate import staleness
from cets_conformance.tables.sample import national
from cets_conformance.tables.writing import write_table
from cets_conformance.vectors import Case

SCREEN = {"width": 1200, "height": 900}
PASSWORD = "seven green bridges"
WRONG = Path(__file__).parents[1] / "conformance" / "diagnosis" / "variant_system.py"
RIGHT = ADAPTERS / "reference.py"
MISTAKE = "M-62"
HEBEI = "13"
VENDORS = {"甲公司": None, "乙公司": "M-10", "丙公司": "M-14"}
"""Whose tables the province compares, and what each of them misreads."""


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Settings of a service with an empty database, shared by the web and the command line."""
    data = {"CETS_DATA": str(tmp_path / "service")}
    if request.param == "postgresql":
        data["DATABASE_URL"] = request.getfixturevalue("postgresql").create()
    return data


@pytest.fixture
def address(settings: dict[str, str]) -> Iterator[str]:
    with serving(**settings) as running:
        yield running


@pytest.fixture
def arrive(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Open an address in a browser of its own; an error of script or policy fails the test."""
    contexts, errors = [], []

    def open_page(address: str) -> Page:
        context = browser.new_context(locale="zh-CN", viewport=SCREEN)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda line: "Content Security Policy" in line.text and errors.append(line.text),
        )
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[Page, str], None]:
    """Keep a picture of a whole page, which is no wider than the screen."""
    folder = tmp_path / "pictures"
    folder.mkdir()

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"], name

    return keep


@pytest.fixture
def tables(tmp_path: Path) -> tuple[list[Path], int]:
    """The vendors' tables of one province, and by how many tonnes they are apart in all."""
    files, amounts = [], []
    for name, mistake in VENDORS.items():
        sample = national(2025, seed=3, mistake=mistake, rate=Fraction(1 if mistake else 0, 20))
        rows = [row for row in sample.rows if row["province"] == HEBEI]
        files.append(tmp_path / f"{name}.xlsx")
        write_table(replace(sample, rows=rows, planted=()), files[-1])
        amounts.append([row["allowance"] for row in rows])
    return files, sum(max(unit) - min(unit) for unit in zip(*amounts, strict=True))


def see(page: Page, place: str, *words: str) -> None:
    """Expect words in one place of a page, as soon as they are there."""
    for said in words:
        expect(page.locator(place)).to_contain_text(said, timeout=30_000)


def join(page: Page, name: str) -> None:
    """Accept an invitation."""
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    see(page, "nav .self", name)


def sign_in_again(page: Page, email: str, name: str) -> None:
    page.click("nav .self")
    page.click("text=退出登录")
    page.click("nav a:has-text('登录')")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button")
    see(page, "nav .self", name)


def invite(page: Page, name: str, email: str, province: str = "") -> str:
    """Add an organisation and invite its administrator; gives the link that is shown once."""
    page.click("nav a:has-text('机构管理')")
    page.fill("#name", name)
    page.select_option("#kind", "province" if province else "vendor")
    page.select_option("#province", province)
    page.click("main form button:has-text('新增机构')")
    see(page, "h1", name)
    page.fill("#invite-email", email)
    page.click("text=生成邀请链接")
    see(page, ".good", email)
    return page.locator(".copy").inner_text()


def register_system(page: Page, version: str, program: Path) -> None:
    page.click("nav a:has-text('本机构')")
    page.click("#systems summary")
    page.fill("#system-name", "碳衡配额核算系统")
    page.fill("#system-version", version)
    page.fill("#system-artefact", sha256(program.read_bytes()).hexdigest())
    page.click("#systems .fields button")
    see(page, "#systems tbody", version)


def download(page: Page, link: str, target: Path) -> Path:
    with page.expect_download() as begun:
        page.locator(link).first.click()
    begun.value.save_as(target)
    return target


def sit_exam(page: Page, version: str, command: str, folder: Path) -> None:
    """Draw an exam, have a process answer it, check the form, hand in."""
    page.click("nav a:has-text('考试')")
    page.select_option("#system", label=f"碳衡配额核算系统 {version}")
    page.click("summary:has-text('仅考部分操作')")
    for operation in ("emissions", "carry-over"):
        page.check(f"#operation-{operation}")
    page.click("text=生成考题")
    see(page, "h1", "道考题待作答")
    archive = download(page, "a[download]:has-text('exam-')", folder / f"{version}.zip")
    answers = folder / f"{version}.jsonl"
    exam = unpack(archive.read_bytes(), folder / version)
    asked = cets("exam", "answers", exam, answers, "--adapter", command)
    assert asked.returncode == 0, asked.stdout + asked.stderr
    page.set_input_files("#answers", answers)
    page.click("text=仅作格式预检")
    see(page, ".good", "格式均正确，尚未评分")
    page.set_input_files("#answers", answers)
    page.click("button:has-text('提交答案')")
    see(page, ".verdict .eyebrow", "碳衡配额核算系统")


@dataclass
class Story:
    """A service, and where its people meet it."""

    address: str
    settings: dict[str, str]
    arrive: Callable[[str], Page]
    picture: Callable[[Page, str], None]
    folder: Path


@pytest.fixture
def story(
    address: str,
    settings: dict[str, str],
    arrive: Callable[[str], Page],
    picture: Callable[[Page, str], None],
    tmp_path: Path,
) -> Story:
    return Story(address, settings, arrive, picture, tmp_path)


@pytest.fixture
def change_clause(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let a release come in which the right answers about a clause are others, by a tonne."""
    load = staleness.load

    def change(clause: str) -> None:
        def changed(case: Case) -> Case:
            output = case.expected.get("output", {})
            if clause not in case.clauses or "cap" not in output:
                return case
            return replace(case, expected={"output": {**output, "cap": output["cap"] + 1}})

        monkeypatch.setattr(
            staleness, "load", lambda *names: [changed(one) for one in load(*names)]
        )
        staleness._hashes.cache_clear()

    yield change
    staleness._hashes.cache_clear()


def test_from_the_first_link_to_a_stale_certificate(
    story: Story, tables: tuple[list[Path], int], change_clause: Callable[[str], None]
) -> None:
    """Everybody gets to the end of their part, by pages, files and commands alone."""
    operator, vendor, province = found_the_service(story)
    fail_the_exam(story, vendor)
    certificate = pass_the_exam(story, vendor)
    verify_offline(story, vendor)
    public = story.arrive(f"{story.address}/zh/register")
    see(public, "tbody tr", "碳衡配额核算系统 1.1", "碳衡软件有限公司", "有效")
    story.picture(public, "07-register")

    appeal = compare_and_appeal(story, province, *tables)
    rule(story, operator, appeal)
    read_the_ruling(story, public)

    change_clause("C-2")
    find_it_stale(story, public, certificate)


def found_the_service(story: Story) -> tuple[Page, Page, Page]:
    """The operator begins on the command line and invites a vendor and a province, who join."""
    own = story.settings | {"CETS_PUBLIC_URL": story.address}
    named = ("--name", "全国碳市场认证中心", "--email", "zhang@example.cn")
    made = cets("admin", "create-operator", *named, **own)
    assert made.returncode == 0, made.stdout + made.stderr
    operator = story.arrive(made.stdout.strip())
    see(operator, "h1", "全国碳市场认证中心")
    join(operator, "张敏")
    sign_in_again(operator, "zhang@example.cn", "张敏")
    vendor_link = invite(operator, "碳衡软件有限公司", "li@example.cn")
    province_link = invite(operator, "河北省生态环境厅", "wang@example.cn", HEBEI)
    story.picture(operator, "01-invited")
    vendor, province = story.arrive(vendor_link), story.arrive(province_link)
    story.picture(vendor, "02-link")
    join(vendor, "李伟")
    join(province, "王芳")
    late = story.arrive(vendor_link)
    see(late, "main", "LINK_OVER")
    late.goto(f"{story.address}/zh/sign-in")
    story.picture(late, "03-sign-in")
    return operator, vendor, province


def fail_the_exam(story: Story, vendor: Page) -> None:
    """The vendor practises what it gets right, sits the exam, and is told its mistake by name."""
    command = f"{sys.executable} {WRONG} {MISTAKE}"
    practised = cets("run", "--operation", "emissions", "--adapter", command)
    assert practised.returncode == 0, practised.stdout + practised.stderr
    register_system(vendor, "1.0", WRONG)
    sit_exam(vendor, "1.0", command, story.folder)
    see(vendor, ".verdict .seal", "不符合")
    see(vendor, "#diagnosis .cause.whole", f"{MISTAKE} 净卖出量只乘以 1 倍")
    story.picture(vendor, "04-exam-wrong")


def pass_the_exam(story: Story, vendor: Page) -> str:
    """It mends the mistake in a new version and passes; gives the certificate's address."""
    register_system(vendor, "1.1", RIGHT)
    sit_exam(vendor, "1.1", f"{sys.executable} {RIGHT}", story.folder)
    see(vendor, ".verdict .seal", "符合")
    story.picture(vendor, "05-exam-right")
    vendor.click("text=查看证书")
    see(vendor, ".verdict .seal", "有效")
    see(
        vendor,
        "main",
        "碳衡软件有限公司",
        "全国碳市场认证中心",
        "完整级，仅排放量换算 emissions、配额结转 carry-over",
    )
    story.picture(vendor, "06-certificate")
    return vendor.url


def verify_offline(story: Story, vendor: Page) -> None:
    """What the certificate's page offers to download is all it takes."""
    jws = download(vendor, "a:has-text('证书文件（JWS）')", story.folder / "certificate.jws")
    keys = download(vendor, "a[download='jwks.json']", story.folder / "jwks.json")
    revoked = download(vendor, "a[download='revocations.jws']", story.folder / "revocations.jws")
    files = (jws, "--keys", keys, "--revocations", revoked)
    verified = cets("certificate", "verify", *files, "--lang", "zh")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.startswith("有效"), verified.stdout


def compare_and_appeal(story: Story, province: Page, files: list[Path], tonnes: int) -> str:
    """The province sees who differs where and by how much, and appeals; gives the address."""
    province.click("nav a:has-text('多方比对')")
    for number, file in enumerate(files, start=1):
        province.set_input_files(f"#table-{number}", file)
    province.click("text=开始比对")
    see(province, ".verdict .seal", "存在分歧")
    expect(province.locator(".figures .long dd").first).to_have_text(f"{tonnes:,}")
    for name, mistake in VENDORS.items():
        cause = province.locator(".groups li", has_text=name).filter(has_text=mistake or "M-")
        expect(cause).to_have_count(1 if mistake else 0)
    story.picture(province, "08-comparison")
    province.locator("#disputes .go a").first.click()
    story.picture(province, "09-new-appeal")
    province.fill("#text", "请核实该生产线适用的平衡值。")
    province.click("main button")
    see(province, ".standing", "待裁定")
    return province.url


def rule(story: Story, operator: Page, appeal: str) -> None:
    operator.goto(appeal)
    see(operator, "main", "所涉数值", "请核实该生产线适用的平衡值。")
    operator.check("#ruling-rejected")
    operator.fill("#ruling-text", "平衡值以表中所列为准，参考实现无误。")
    story.picture(operator, "10-ruling")
    operator.click("text=公布裁定")
    see(operator, ".standing", "申诉不成立")


def read_the_ruling(story: Story, public: Page) -> None:
    """Everybody may read what was decided and why, but not the figures."""
    public.goto(f"{story.address}/zh/appeals")
    see(public, "tbody tr", "河北省生态环境厅", "申诉不成立", "平衡值以表中所列为准")
    story.picture(public, "11-appeals")
    public.click("tbody a")
    see(public, ".standing", "申诉不成立")
    expect(public.locator(".history li")).to_have_count(2)
    expect(public.locator("main")).not_to_contain_text("所涉数值")
    story.picture(public, "12-appeal")


def find_it_stale(story: Story, public: Page, certificate: str) -> None:
    """Certificate and register say so, and name the one operation that is to be run again."""
    public.goto(certificate)
    see(public, ".verdict .seal", "已过时")
    see(public, ".stale", "C-2", "须重新检验")
    again = public.locator(".stale code")
    expect(again).to_have_text("cets run --level full --operation carry-over")
    story.picture(public, "13-stale")
    public.goto(f"{story.address}/zh/register?state=stale")
    see(public, "tbody tr .outcome + small", "须重新检验： 配额结转 carry-over")
    story.picture(public, "14-register-stale")
