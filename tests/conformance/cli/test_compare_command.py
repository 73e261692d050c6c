"""``cets compare``: what it prints, what it writes, and the exit code that scripts rely on."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cets_conformance import published

from ..conftest import Run

ROOT = Path(__file__).parents[3]
AGREE, DIFFER, UNCHECKED = 0, 1, 2
CJK = re.compile(r"[一-鿿]")
WRONG = {"allowance": 995349}
"""The worked figure with the sign of its deviation reversed (M-10)."""

Table = Callable[..., Path]


@pytest.mark.parametrize(
    ("change", "code", "verdict"),
    [
        ({}, AGREE, "agree"),
        (WRONG, DIFFER, "differ"),
        ({"output": "1500000", "allowance": 1030000}, UNCHECKED, "incomplete"),
    ],
)
def test_the_exit_code_is_the_verdict(
    run: Run, table: Table, change: dict[str, Any], code: int, verdict: str
) -> None:
    ran = run("compare", table("a.csv"), table("b.csv", change), "--report", "r.json")
    assert ran.code == code
    assert ran.err == ""
    report = json.loads(Path("r.json").read_bytes())
    assert report["verdict"] == verdict
    published.validator("comparison").validate(report)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_terminal_says_who_stands_with_whom_by_how_many_tonnes_and_why(
    run: Run, table: Table, language: str
) -> None:
    given = [table("a.csv"), table("b.csv", WRONG), table("c.csv")]
    names = {"zh": "甲，乙，丙", "en": "X,Y,Z"}[language]
    ran = run("compare", *given, "--names", names, "--lang", language)
    assert ran.code == DIFFER
    parted = {"zh": "甲、丙、参考实现 | 乙", "en": "X, Z and the reference | Y"}[language]
    for text in (parted, "9,302", "M-10", "995,349", "1,004,651", "L1", "A-3"):
        assert text in ran.out
    for line in ran.out.splitlines():
        if language == "zh" and line.strip():
            assert CJK.search(line) or "L1" in line, f"not Chinese: {line}"
        if language == "en":
            assert not CJK.search(line), f"not English: {line}"


def test_on_a_narrow_terminal_no_figure_and_no_unit_is_broken_or_cut(
    run: Run, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    unit = {"unit_id": "SYN-CEM-000151"}
    given = [table(f"vendor-{at}.csv", unit | {"allowance": 995349 + at % 2}) for at in range(8)]
    ran = run("compare", *given, "--lang", "zh")
    worst = ran.out[ran.out.index("分歧单元") :]
    for text in ("SYN-CEM-000151", "核定配额量", "995,349", "995,350", "1,004,651", "9,302"):
        assert text in worst
    assert "…" not in worst
    assert max(map(len, worst.splitlines())) <= 80


def test_tables_are_called_by_their_files_and_reports_come_in_every_format(
    run: Run, table: Table
) -> None:
    reports = [f"--report=r.{suffix}" for suffix in ("html", "md", "json", "xlsx")]
    ran = run("compare", table("甲公司.csv"), table("乙公司.csv", WRONG), *reports)
    assert ran.code == DIFFER
    for suffix in ("html", "md", "json"):
        text = Path(f"r.{suffix}").read_text("utf-8")
        assert "甲公司" in text
        assert "乙公司" in text
    assert not list(Path().glob(".*partial*"))


def test_the_workbook_holds_every_row_whatever_rows_says(run: Run, table: Table) -> None:
    wrong = [WRONG | {"unit_id": f"L{number}"} for number in range(30)]
    right = [{"unit_id": f"L{number}"} for number in range(30)]
    run(
        "compare", table("a.csv", *right), table("b.csv", *wrong),
        "--rows", "3", "--report", "r.xlsx", "--report", "r.json", "--lang", "en",
    )  # fmt: skip
    assert len(json.loads(Path("r.json").read_bytes())["disputes"]["rows"]) == 3
    assert openpyxl.load_workbook("r.xlsx")["Units in dispute"].max_row == 31


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pre_allocations_that_nobody_can_judge_are_said_and_judged_with_the_previous_year(
    run: Run, table: Table, language: str
) -> None:
    """Both state 1 t, which a comparison of the two alone would take for agreement."""
    given = [
        table(name, {"pre_allocation": 1, "adjustment": 1004650}) for name in ("a.csv", "b.csv")
    ]
    before = table("before.csv", {"year": 2024})
    reports = [f"--report=r.{suffix}" for suffix in ("html", "md", "json", "xlsx")]
    ran = run("compare", *given, "--lang", language, *reports)
    assert ran.code == AGREE  # on the allowance; the rest is said, as a check of a table says it
    agree = ran.out.splitlines()[0]
    assert {"zh": "核定配额量", "en": "(Allowance"}[language] in agree
    assert {"zh": "预分配", "en": "Pre-allocation"}[language] not in agree
    cells = [cell for row in openpyxl.load_workbook("r.xlsx").worksheets[0].values for cell in row]
    shown = [ran.out, *(Path(f"r.{suffix}").read_text("utf-8") for suffix in ("html", "md"))]
    for text in (*shown, " ".join(map(str, cells))):
        assert {"zh": "有1个单元的预分配配额量未能依规则核对", "en": "that year's table"}[
            language
        ] in (text.replace("&#39;", "'"))
    ran = run("compare", *given, "--previous", before, "--lang", language, *reports)
    assert ran.code == DIFFER
    assert "700,000" in ran.out
    digest = json.loads(Path("r.json").read_bytes())["previous"]["sha256"]
    assert digest in Path("r.html").read_text("utf-8")
    assert digest in Path("r.md").read_text("utf-8")


def test_a_previous_years_file_that_is_no_table_is_named(run: Run, table: Table) -> None:
    Path("before.csv").write_text("nothing,here\n1,2\n")
    ran = run("compare", table("a.csv"), table("b.csv"), "--previous", "before.csv")
    assert ran.code == UNCHECKED
    assert "before.csv" in ran.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.csv"], "NUMBER_OF_TABLES"),
        (["a.csv", "b.csv", "--names", "X"], "NUMBER_OF_NAMES"),
        (["a.csv", "b.csv", "--names", "X,x"], "NAMES_ALIKE"),
        (["a.csv", "a.csv"], "NAMES_ALIKE"),
        (["a.csv", "b.csv", "--balance", "paper=1"], "paper"),
        (["a.csv", "b.csv", "--rows", "few"], "--rows"),
        (["a.csv", "b.csv", "--report", "r.sarif"], ".sarif"),
        (["a.csv", "b.json", "--report", "b.json"], "b.json"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong_and_writes_nothing(
    run: Run, table: Table, arguments: list[str], says: str
) -> None:
    table("a.csv")
    table("b.csv")
    before = table("b.json").read_bytes()
    ran = run("compare", *arguments)
    assert ran.code == UNCHECKED
    assert says in ran.err
    assert Path("b.json").read_bytes() == before


def test_a_file_that_is_no_table_is_named(run: Run, table: Table) -> None:
    Path("b.csv").write_text("nothing,here\n1,2\n")
    ran = run("compare", table("a.csv"), "b.csv")
    assert ran.code == UNCHECKED
    assert "b.csv" in ran.err


@pytest.mark.parametrize("name", ["comparing.md", "comparing.zh-CN.md"])
def test_the_commands_of_the_guide_run_as_written(run: Run, name: str) -> None:
    text = (ROOT / "docs" / name).read_text("utf-8")
    commands = re.findall(r"^\$ cets (.+?)  # (\d)$", text, re.MULTILINE)
    assert len(commands) == 4
    for command, code in commands:
        ran = run(*shlex.split(command))
        assert ran.code == int(code), (command, ran.err)
    assert "M-10" in ran.out
    assert Path("comparison.html").exists()
