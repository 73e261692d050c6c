"""Ctrl-C and SIGTERM, at any moment: one line, the shell's exit code, and no half file anywhere."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from rich.console import Console
from tests.bench import tables

from cets_conformance.cli import bar
from cets_conformance.cli.interrupting import Interrupted, interruptible

ROOT = Path(__file__).parents[3]
INTERRUPTED = {
    "en": "Interrupted: no file is left half written.\n",
    "zh": "已中断，未留下不完整的文件。\n",
}
OLD = "an older report"
TEXTS = (".json", ".html", ".md", ".xml", ".sarif")


class Case(NamedTuple):
    """A command, what it writes, and the moment at which it is interrupted."""

    command: str
    suffixes: tuple[str, ...]
    moment: str
    signal: signal.Signals = signal.SIGINT
    language: str = "en"


CHECK, COMPARE = "check t.xlsx", "compare t.xlsx u.csv"
ADAPTER = ROOT / "conformance" / "adapters" / "python" / "reference.py"
RUN = f"run --adapter '{sys.executable} {ADAPTER}' --operation scope"
SAMPLE = "sample national --year 2024 -o r.xlsx"
ALL = (*TEXTS, ".xlsx")

CASES = [
    *(
        Case(CHECK, ALL, stage, signal.SIGTERM if at % 2 else signal.SIGINT)
        for at, stage in enumerate(
            ("open", "read", "cells", "units", "recomputing", "laws", "done", "report")
        )
    ),
    *(Case(CHECK, (suffix,), "half a text", language="zh") for suffix in TEXTS),
    Case(CHECK, (".xlsx",), "rows of report", signal.SIGTERM),
    Case(CHECK, (".xlsx",), "half an archive", language="zh"),
    *(Case(COMPARE, (suffix,), "half a text", signal.SIGTERM) for suffix in TEXTS[:3]),
    Case(COMPARE, (".xlsx",), "half an archive"),
    Case(COMPARE, (".xlsx",), "recomputing"),
    Case(RUN, TEXTS, "answer", language="zh"),
    *(Case(RUN, (suffix,), "half a text", signal.SIGTERM) for suffix in TEXTS[:2]),
    Case(SAMPLE, (), "half an archive", language="zh"),
]


def said(case: Case) -> str:
    """Name a case."""
    where = " ".join(case.suffixes) if len(case.suffixes) < 3 else "every report"
    return f"{case.command.split()[0]} {where}: {case.moment}, {case.signal.name}"


def as_xlsx(table: Path) -> bytes:
    """The same table as a workbook."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.fixture(autouse=True, scope="module")
def ctrl_c_is_heard() -> Iterator[None]:
    """Also where the tests run in the background of a shell, which has them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, tuple[Path, Any]]:
    """Run every case once: its folder, and how it ended."""
    folders = {case: tmp_path_factory.mktemp("case") for case in CASES}
    table = tmp_path_factory.mktemp("tables") / "u.csv"
    tables.write("ordinary", 40, table)
    workbook = as_xlsx(table)
    asked = []
    for case, folder in folders.items():
        (folder / "t.xlsx").write_bytes(workbook)
        (folder / "u.csv").write_bytes(table.read_bytes())
        for suffix in case.suffixes or (".xlsx",):
            (folder / f"r{suffix}").write_text(OLD, "utf-8")
        (folder / "tmp").mkdir()
        arguments = [*shlex.split(case.command), "--lang", case.language]
        arguments += [word for suffix in case.suffixes for word in ("--report", f"r{suffix}")]
        asked.append(
            {"folder": str(folder), "arguments": arguments}
            | {"moment": case.moment, "signal": int(case.signal)}
        )
    done = subprocess.run(
        [sys.executable, "-m", "tests.conformance.cli.interrupted", json.dumps(asked)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answers = map(json.loads, done.stdout.splitlines())
    return {case: (folders[case], ran) for case, ran in zip(CASES, answers, strict=True)}


@pytest.mark.parametrize("case", CASES, ids=said)
def test_an_interrupted_command_says_so_in_one_line_and_leaves_everything_as_it_was(
    ended: dict[Case, tuple[Path, Any]], case: Case
) -> None:
    folder, ran = ended[case]
    assert (ran["code"], ran["err"]) == (128 + case.signal, INTERRUPTED[case.language])
    reports = [f"r{suffix}" for suffix in case.suffixes or (".xlsx",)]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["t.xlsx", "u.csv", "tmp", *reports]
    )
    assert {(folder / name).read_text("utf-8") for name in reports} == {OLD}
    assert list((folder / "tmp").iterdir()) == []


def test_a_terminal_shows_how_much_of_a_stage_is_done_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    """From outside, as a person does it: what the terminal shows says when to press Ctrl-C."""
    tables.write("ordinary", 20_000, tmp_path / "t.csv")
    (tmp_path / "r.xlsx").write_text(OLD, "utf-8")
    ours, theirs = pty.openpty()
    cets = Path(sys.executable).with_name("cets")
    command = [cets, "check", "t.csv", "--report", "r.xlsx", "--lang", "zh"]
    terminal = {"TERM": "xterm", "COLUMNS": "120", "TMPDIR": str(tmp_path)}
    child = subprocess.Popen(
        command, cwd=tmp_path, env=os.environ | terminal, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    seen = ""
    with child, os.fdopen(ours, "rb", buffering=0) as screen:
        while not (shown := re.search(r"写入报告.*[\d,]+ / 20,001 .*[\d,]+/秒.*剩余 \d", seen)):
            seen += screen.read(4096).decode("utf-8", "replace")
        child.send_signal(signal.SIGINT)
        seen = seen[shown.end() :]
        try:
            while more := screen.read(4096):
                seen += more.decode("utf-8", "replace")
        except OSError:  # the other end is closed
            pass
        assert child.wait(60) == 128 + signal.SIGINT
    assert INTERRUPTED["zh"].strip() in seen
    assert "Traceback" not in seen
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "t.csv.expected.json", "r.xlsx"}
    assert (tmp_path / "r.xlsx").read_text("utf-8") == OLD


@pytest.mark.parametrize(
    ("language", "in_bytes", "done", "total", "shows"),
    [
        ("zh", False, 120_000, 200_001, "读取 120,000 / 200,001 60,000/秒 剩余 0:00:02"),
        ("en", True, 12_000_000, 36_500_000, "读取 12.0 MB / 36.5 MB 6.0 MB/s 0:00:05 left"),
        ("en", True, 12_000_000, None, "读取 12.0 MB 6.0 MB/s 0:00:02"),
        ("zh", False, 0, None, "读取 0:00:02"),
    ],
)
def test_a_bar_shows_what_is_done_how_fast_and_the_time_left(
    language: Any, in_bytes: bool, done: int, total: int | None, shows: str
) -> None:
    now = 0.0
    shown = bar.make(language)
    shown._get_time = shown.get_time = lambda: now  # type: ignore[method-assign]
    task = shown.add_task("读取", total=total, in_bytes=in_bytes)
    now = 1.0
    shown.update(task, completed=done / 2)
    now = 2.0
    shown.update(task, completed=done)
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(shown.get_renderable())
    text = re.sub(r"[━╸╺]+", "", console.export_text())
    assert re.sub(r"\s+", " ", text).strip() == shows


def press_twice(erased: list[str]) -> None:
    """Be interrupted, and again while erasing what was begun."""
    with interruptible():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            erased.append("r.json")


def test_who_presses_twice_does_not_stop_the_erasing() -> None:
    erased: list[str] = []
    with pytest.raises(Interrupted) as caught:
        press_twice(erased)
    assert (erased, caught.value.code) == (["r.json"], 143)


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
