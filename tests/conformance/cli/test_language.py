"""The language of what the command line says before a command runs: usage errors and help."""

from __future__ import annotations

import gettext
import os
import re
import subprocess
import sys
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cets_conformance.cli.commands import Formatter
from cets_conformance.cli.speaking import asked_language

from ..conftest import Run

UNCHECKED = 2
CJK = re.compile(r"[\u4e00-\u9fff]")

WRONG = [
    ["check"],
    ["chek"],
    ["check", "--x"],
    ["check", "--rows"],
    ["check", "a.csv", "--kind", "annex"],
    ["sample", "national"],
    ["rules", "list", "more"],
    ["run", "--jobs", "many"],
    ["run", "--jobs", "0"],
    ["run"],
    ["run", "--adapter", "x", "--level", "table"],
    ["run", "--adapter", "'x"],
    ["run", "--adapter", " "],
    ["run", "--adapter", "x", "--report", "a.pdf"],
    ["run", "--adapter", "x", "--report", "b/a.json"],
    ["check", "a.csv", "--rows", "some"],
    ["check", "a.csv", "--balance", "cement"],
    ["check", "a.csv", "--balance", "cement=1", "--balance", "cement=2"],
    ["check", "a.csv", "--reading", "rounding=up"],
    ["check", "a.csv", "--report", "a.csv"],
    ["check", "a.json", "--report", "a.json"],
    ["check", "a.csv", "--workers", "2"],
    ["check", "a.csv", "--engine", "dask", "--workers", "2", "--scheduler", "tcp://x:1"],
    ["check", "a.csv", "folder/a.csv", "--report", "r.json"],
    ["check", "a.csv", "--map", "a.csv"],
    ["check", "a.csv", "--map", "a.json"],
    ["sample", "national", "--year", "2025", "-o", "s.txt"],
    ["sample", "national", "--year", "2025", "-o", "s.csv", "--rate", "much"],
    ["sample", "national", "--year", "2025", "-o", "s.csv", "--rate", "2"],
    ["rules", "show", "Z-1"],
    ["vectors", "list", "--clause", "Z-1"],
    [
        "vectors",
        "show",
        "none",
    ],
    ["vectors", "prompts", "--as", "table"],
    ["vectors", "prompts", "--as", "table", "-o", "a.xlsx", "--operation", "cycle"],
    ["exam", "answers", "folder", "x.jsonl"],
    ["exam", "verify", "folder", "--write", "r.json"],
]


def cells(text: str) -> int:
    return len(text) + sum(east_asian_width(sign) in "WF" for sign in text)


@pytest.mark.parametrize("arguments", WRONG)
def test_a_usage_error_is_said_in_the_language_of_the_command_line(
    run: Run, arguments: list[str]
) -> None:
    Path("folder").mkdir()
    for name, content in (("a.csv", ""), ("folder/a.csv", ""), ("a.json", "[]")):
        Path(name).write_text(content, "utf-8")
    english, chinese = run(*arguments), run("--lang", "zh", *arguments)
    assert (english.code, english.out) == (chinese.code, chinese.out) == (UNCHECKED, "")
    assert not CJK.search(english.err)
    told = re.sub("错误：(.* 的?取值无效：|取值无效：)?", "", chinese.err)
    for line in told.splitlines():
        assert CJK.search(line) or not line or line.startswith(("\t", "  ")), line


def test_a_usage_error_follows_the_environment_and_lang_before_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "缺少参数 'TABLES...'" in run("check").err
    assert "没有命令 'chek'" in run("chek").err
    assert "Missing argument 'TABLES...'" in run("check", "--lang", "en").err
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "没有命令 'chek'" in run("--lang", "zh", "chek").err


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        ([], "en"),
        (["check", "--lang", "zh"], "zh"),
        (["--lang=zh", "check"], "zh"),
        (["--lang=zh", "check", "--lang", "en"], "en"),
        (["check", "--lang", "fr"], "en"),
        (["check", "--lang"], "en"),
        (["check", "--", "--lang", "zh"], "en"),
        (["--language", "zh"], "en"),
    ],
)
def test_the_language_is_found_before_the_arguments_are_understood(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert asked_language(arguments) == language


def test_a_language_chosen_before_the_command_is_that_of_the_command(run: Run) -> None:
    assert "原文载明" in run("--lang", "zh", "rules", "list").out
    assert "原文载明" not in run("--lang", "zh", "rules", "list", "--lang", "en").out


def test_a_process_says_in_chinese_which_file_is_missing() -> None:
    """Some of click's words are said when a command is loaded: a process has one language."""
    command = [
        sys.executable,
        "-c",
        "import sys; sys.argv[0] = 'cets'; from cets_conformance.cli import main; main()",
    ]
    environment = os.environ | {"LANG": "zh_CN.UTF-8", "LC_ALL": "", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [*command, "check", "a.csv"], capture_output=True, check=False, env=environment
    )
    assert done.returncode == UNCHECKED
    assert done.stderr.decode().splitlines() == [
        "用法：cets check [OPTIONS] TABLES...",
        "执行 'cets check --help' 可查看帮助。",
        "",
        "错误：'TABLES...' 的取值无效：文件 'a.csv' 不存在。",
    ]


def test_nothing_of_the_language_is_left_behind(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    assert CJK.search(run("check", "--lang", "zh").err)
    assert gettext.gettext("Usage:") == "Usage:"
    assert os.environ["LANGUAGE"] == "de"


@pytest.mark.parametrize(
    "command", [[], ["check"], ["vectors"], ["vectors", "prompts"], ["admin", "keys", "revoke"]]
)
def test_chinese_help_fits_the_terminal_in_two_columns(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    shown = run(*command, "--help")
    assert shown.code == 0
    assert max(cells(line) for line in shown.out.splitlines() if CJK.search(line)) <= 80
    _, _, listed = shown.out.partition("选项：\n")
    for part in listed.split("\n\n"):
        seconds = [
            cells(line[: found.end()])
            for line in part.splitlines()
            if (found := re.match(r"  \S.*?\s{2,}(?=\S)|\s{3,}", line)) and not line.endswith("：")
        ]
        assert len(set(seconds)) == 1, part
        entries = re.split(r"(?m)^  (?=\S)", part)[1:]  # --help is made once in a process
        assert all(CJK.search(entry) for entry in entries if "--help" not in entry), part


PARTS = ["配额", "（含）", "“表”", "，", "。", " ab", "`a b`", '{"a": 1}', "  [默认：2]"]


@given(st.lists(st.sampled_from(PARTS)), st.integers(10, 40))
def test_lines_of_chinese_lose_nothing_and_break_where_one_may(
    parts: list[str], width: int
) -> None:
    formatter = Formatter(width=width)
    formatter.write_text("".join(["核", *parts]))
    lines = formatter.getvalue().splitlines()
    assert "".join("".join(lines).split()) == "".join("".join(["核", *parts]).split())
    for line in lines:
        assert line[0] not in "，。）”"
        assert line[-1] not in "（“"
        assert all(line.count(part) == line.count(part[:2]) for part in ("`a b`", '{"a": 1}'))
