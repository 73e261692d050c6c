"""``cets run`` from end to end: exit codes, reports, the example adapters, the pytest plugin."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.conformance.conftest import Run

from cets_conformance import direct, published, report, runner, vectors
from cets_conformance.tables import check_file
from cets_conformance.tables.writing import write_sample

ROOT = Path(__file__).parents[3]
ADAPTERS = ROOT / "conformance" / "adapters"
REFERENCE = f"{sys.executable} {ADAPTERS / 'python' / 'reference.py'}"
SYSTEM = Path(__file__).with_name("systems") / "system.py"
VARIANT = Path(__file__).parents[1] / "diagnosis" / "variant_system.py"


def cets(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return call(folder, "run", *arguments)


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from cets_conformance.cli import main; main()", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def report_of(folder: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    done = cets(folder, *arguments, "--report", "run.json")
    assert (folder / "run.json").is_file(), done.stderr
    told = json.loads((folder / "run.json").read_text("utf-8"))
    published.validator("run-report").validate(told)
    return done.returncode, told


def test_the_reference_conforms_through_the_real_adapter(tmp_path: Path) -> None:
    code, told = report_of(tmp_path, "--adapter", REFERENCE)
    assert (code, told["verdict"]) == (0, "conforms")
    assert told["diagnosis"] == []


def test_the_reference_under_a_reading_conforms_where_it_declares_it(tmp_path: Path) -> None:
    code, told = report_of(tmp_path, "--adapter", f"{REFERENCE} rounding=unit_floor")
    assert (code, told["readings"]) == (0, {"rounding": "unit_floor"})


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("dies_at_start", 2),
        ("offers_one", 2),
        ("unknown_reading", 2),
        ("neither", 2),
        ("skips", 2),
        ("refuses_all", 1),
    ],
)
def test_the_exit_code_tells_wrong_from_unknown(
    way: str, code: int, run: Run, tmp_path: Path
) -> None:
    right = tmp_path / "right.json"
    right.write_text(
        json.dumps({json.dumps(case.input, sort_keys=True): {} for case in vectors.load()}), "utf-8"
    )
    adapter = f"{sys.executable} {SYSTEM} {way} {right}"
    ended = run("run", "--operation", "allocation", "--adapter", adapter)
    assert ended.code == code, ended


def test_a_table_report_is_junit_and_sarif_too(tmp_path: Path) -> None:
    write_sample(tmp_path / "t.csv", year=2025, rate="0.01")
    found = check_file(tmp_path / "t.csv").report()
    for suffix in (".xml", ".sarif"):
        report.write(found, tmp_path / f"r{suffix}", "zh")
    failed = [
        item
        for item in found["checks"]
        if item["status"] == "failed" and item["severity"] == "error"
    ]
    suite = ElementTree.parse(tmp_path / "r.xml").getroot()[0]
    assert int(suite.attrib["tests"]) == len(found["checks"])
    assert int(suite.attrib["failures"]) == len(failed) > 0
    results = json.loads((tmp_path / "r.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert len(results) == sum(len(item["rows"]) for item in found["findings"])
    assert {item["ruleId"] for item in results} == {item["check"] for item in found["findings"]}


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--adapter", "x", "--url", "http://y"),
        ("--adapter", ""),
        ("--adapter", REFERENCE, "--level", "issuance", "--operation", "scope"),
        ("--adapter", REFERENCE, "--report", "out.pdf"),
        ("--adapter", REFERENCE, "--report", "nowhere/out.json"),
        ("--adapter", REFERENCE, "--reading", "rounding=bankers"),
        ("--adapter", REFERENCE, "--skip", "skips.txt"),
    ],
)
def test_a_wrong_call_is_told_and_exits_with_2(
    arguments: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "skips.txt").write_text("scope/none: because\n", "utf-8")
    ended = run("run", *arguments)
    assert ended.code == 2
    assert ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_report_tells_the_same(language: str, tmp_path: Path) -> None:
    targets = [f"--report=out{suffix}" for suffix in (".json", ".html", ".md", ".xml", ".sarif")]
    adapter = f"{sys.executable} {VARIANT} M-10"
    done = cets(
        tmp_path, "--level=allocation", f"--adapter={adapter}", f"--lang={language}", *targets
    )
    assert done.returncode == 1, done.stderr
    told = json.loads((tmp_path / "out.json").read_text("utf-8"))
    counts = told["counts"]
    suite = ElementTree.parse(tmp_path / "out.xml").getroot()[0]
    assert int(suite.attrib["failures"]) == counts["fail"]
    assert int(suite.attrib["errors"]) == counts["error"] + counts["not_run"]
    assert int(suite.attrib["skipped"]) == counts["skipped"]
    log = json.loads((tmp_path / "out.sarif").read_text("utf-8"))
    levels = [result["level"] for result in log["runs"][0]["results"]]
    assert levels.count("error") == counts["fail"]
    page = (tmp_path / "out.html").read_text("utf-8")
    assert not re.search(r"<script|src=|href=\"http", page)
    for item in told["results"]:
        if item["outcome"] == "fail":
            assert item["id"] in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("python", [sys.executable, ADAPTERS / "python" / "adapter.py"]),
        ("javascript", ["node", ADAPTERS / "javascript" / "adapter.js"]),
        ("java", ["java", ADAPTERS / "java" / "Adapter.java"]),
    ],
)
def test_an_example_adapter_conforms_for_what_it_declares(
    language: str, words: list[object], tmp_path: Path
) -> None:
    """Every case of its operations passes, refusals included; nothing else is run."""
    if not shutil.which(str(words[0])):
        pytest.skip(f"{language} is not installed")
    command = " ".join(map(str, words))
    code, told = report_of(tmp_path, "--adapter", command, "--timeout", "30")
    results = told["results"]
    assert isinstance(results, list)
    offered = {item["operation"] for item in results if item["outcome"] != "not_run"}
    left = {item["id"] for item in results if item["outcome"] not in ("pass", "not_run")}
    assert (code, left) == (2, set())
    assert offered
    assert all(item["outcome"] == "pass" for item in results if item["operation"] in offered)


def test_every_example_adapter_is_short() -> None:
    for file in ADAPTERS.glob("*/[aA]dapter.*"):
        assert len(file.read_text("utf-8").splitlines()) < 60, file.name


def test_the_plugin_makes_every_vector_an_item(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p",
         "no:cacheprovider", "--cets-adapter", REFERENCE, "--cets-level", "issuance",
         "--rootdir", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d\d+ passed", done.stdout)


STEP = re.compile(
    r"```python title=\"(?P<file>[\w.]+)\"\n(?P<body>.*?)```"
    r"|^\$ cets (?P<call>.+?)  # (?P<code>\d)$",
    re.DOTALL | re.MULTILINE,
)


def test_the_tutorial_goes_from_nothing_to_a_green_run(tmp_path: Path) -> None:
    """Its files are written and its commands run as they stand and in their order.

    In both languages they are the same, so each is run once.
    """
    steps, again = (
        list(STEP.finditer((ROOT / "docs" / name).read_text("utf-8")))
        for name in ("tutorial.md", "tutorial.zh-CN.md")
    )
    assert [step.groups() for step in steps] == [step.groups() for step in again]
    codes = []
    for step in steps:
        if step["file"]:
            (tmp_path / step["file"]).write_text(step["body"], "utf-8")
            continue
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', step["call"])]
        words = [word.replace("python ", f"{sys.executable} ") for word in words]
        done = call(tmp_path, *words)
        assert done.returncode == int(step["code"]), (step["call"], done.stdout, done.stderr)
        codes.append(done.returncode)
    assert codes == [1, 0, 2, 0, 2, 0, 0, 0]


def test_the_whole_set_is_quick() -> None:
    """Under 2 s in process and 5 s through stdio, by processor time: the machine may be busy."""
    cases = vectors.load()
    begun = time.process_time()
    assert runner.run(runner.by_function(direct.answer, "right"), runner.Plan(cases)).results
    assert time.process_time() - begun < 2
    before = os.times()
    adapter = [sys.executable, str(ADAPTERS / "python" / "reference.py")]
    assert runner.run(runner.by_command(adapter), runner.Plan(cases)).verdict == "conforms"
    spent = [after - start for after, start in zip(os.times(), before, strict=True)]
    assert sum(spent[:4]) < 5
