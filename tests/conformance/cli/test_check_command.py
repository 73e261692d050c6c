"""``cets check``: what it prints, what it writes, and the exit code that scripts rely on."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cets_conformance import published

from ..conftest import Run

CONFORMS, DOES_NOT, UNCHECKED, OURS = 0, 1, 2, 3
CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("changes", "code", "verdict"),
    [
        ({}, CONFORMS, "conforms"),
        ({"allowance": 1004652}, DOES_NOT, "does_not_conform"),
        ({"balance_value": ""}, UNCHECKED, "not_checked"),
    ],
)
def test_the_exit_code_is_the_verdict(
    run: Run, table: Callable[..., Path], changes: dict[str, Any], code: int, verdict: str
) -> None:
    ran = run("check", table("t.csv", changes), "--report", "r.json")
    assert ran.code == code
    assert ran.err == ""
    report = json.loads(Path("r.json").read_bytes())
    assert report["verdict"] == verdict
    published.validator("report").validate(report)


def test_a_terminal_obeys_nothing_that_stands_in_a_table(
    run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    """JSON can bring what moves a cursor; a name must not write over the verdict."""
    names, row = (line.split(",") for line in table("t.csv").read_text("utf-8").split()[:2])
    said = dict(zip(names, row, strict=True)) | {"unit_id": "\x1b[2K\u202eA\x9b1", "allowance": "1"}
    (tmp_path / "t.jsonl").write_text(json.dumps(said), "utf-8")
    for command in ("check", "t.jsonl"), ("compare", "t.jsonl", "t.csv", "--names", "a\x07,b"):
        told = run(*command).out
        assert "\ufffd" in told
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", told)


def test_a_name_between_colons_is_no_picture(run: Run, table: Callable[..., Path]) -> None:
    assert ":snowman:.csv" in run("check", table(":snowman:.csv")).out


def test_a_mapping_says_which_foreign_header_is_which_column(
    run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    file = table("t.csv")
    right = file.read_text("utf-8")
    pairs = tmp_path / "map.json"
    pairs.write_text('{"最终配额": "核定配额量", "output": "熟料"}', "utf-8")
    file.write_text(right.replace("allowance", "最终配额").replace("output", "熟料"), "utf-8")
    assert run("check", file).code != CONFORMS
    assert run("check", file, "--map", pairs).code == CONFORMS
    file.write_text(right.replace("allowance", "最终配额").replace("output", "产出"), "utf-8")
    missing = run("check", file, "--map", pairs, "--lang", "en")
    assert "熟料" in missing.out, "a mapped header that the file lacks is told"


def test_the_annotated_workbook_of_a_table_with_foreign_headers_is_written_too(
    run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    file, pairs = table("t.csv", {"allowance": 1004652}), tmp_path / "map.json"
    names, rows = file.read_text("utf-8").split("\n", 1)
    foreign = {f"外部{name}": name for name in names.split(",")}
    file.write_text(",".join(foreign) + "\n" + rows, "utf-8")
    pairs.write_text(json.dumps(foreign), "utf-8")
    assert run("check", file, "--map", pairs, "--report", "r.xlsx").code == DOES_NOT
    _, shown, *_ = openpyxl.load_workbook("r.xlsx").worksheets
    assert (shown["K1"].value, shown["L2"].value) == ("外部allowance", 1004651)


def test_a_mapped_header_still_says_its_unit(
    run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    file = table("t.csv", {"allowance": "100.4651"})
    file.write_text(file.read_text("utf-8").replace("allowance", "最终配额（万t）"), "utf-8")
    pairs = tmp_path / "map.json"
    pairs.write_text('{"最终配额（万t）": "allowance"}', "utf-8")
    assert run("check", file, "--map", pairs).code == DOES_NOT
    assert run("check", file, "--map", pairs, "--unit", "10kt").code == CONFORMS


@pytest.mark.parametrize(
    "pairs",
    [
        "[]",
        "{",
        '{"a": 1}',
        '{"a": "b"}',
        '{"a": "allowance", "b": "核定配额量"}',
        '{"A": "allowance", "a": "output"}',
    ],
)
def test_a_mapping_that_says_nothing_clear_is_refused(
    pairs: str, run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "map.json").write_text(pairs, "utf-8")
    ran = run("check", table("t.csv"), "--map", tmp_path / "map.json")
    assert ran.code == UNCHECKED
    assert ran.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_terminal_says_verdict_finding_place_and_difference(
    run: Run, table: Callable[..., Path], language: str
) -> None:
    ran = run("check", table("t.csv", {"allowance": 1004652}), "--lang", language)
    assert ran.code == DOES_NOT
    for figure in ("T-10", "1,004,652", "1,004,651", "+1", "L1", "A-4"):
        assert figure in ran.out
    assert ran.out.startswith({"zh": "不符合", "en": "Does not conform"}[language])
    for line in ran.out.splitlines():
        if language == "zh" and line.strip() and "t.csv" not in line:
            assert CJK.search(line), f"not Chinese: {line}"
        if language == "en":
            assert not CJK.search(line), f"not English: {line}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_finding_without_tonnes_names_none(
    run: Run, table: Callable[..., Path], language: str
) -> None:
    told = run("check", table("t.csv", {"province": "99"}), "--lang", language).out
    (line,) = [line for line in told.splitlines() if "T-05" in line]
    assert not re.search("[–—]|吨| t ", line), line


def test_the_language_is_that_of_the_environment(
    run: Run, table: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert run("check", table()).out.startswith("符合")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert run("check", table()).out.startswith("Conforms")


def test_every_report_is_written_and_none_is_left_half(
    run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    names = ["r.json", "r.html", "r.md", "r.xlsx"]
    arguments = [argument for name in names for argument in ("--report", name)]
    ran = run("check", table("t.csv", {"allowance": 1}), *arguments, "--lang", "zh")
    assert ran.code == DOES_NOT
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", *names}
    for name in names:
        assert f"报告已写入：{name}" in ran.out
        assert Path(name).stat().st_size > 500
    assert "不符合" in Path("r.html").read_text("utf-8")
    assert "不符合" in Path("r.md").read_text("utf-8")
    assert Path("r.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(("rows", "shown"), [("3", 3), ("all", 30), ("0", 0)])
def test_rows_says_how_many_rows_a_finding_shows(
    run: Run, table: Callable[..., Path], rows: str, shown: int
) -> None:
    wrong = [{"unit_id": f"L{i}", "allowance": i} for i in range(30)]
    run("check", table("t.csv", *wrong), "--rows", rows, "--report", "r.json")
    (finding,) = [
        item
        for item in json.loads(Path("r.json").read_bytes())["findings"]
        if item["check"] == "T-10"
    ]
    assert (finding["count"], len(finding["rows"])) == (30, shown)


def test_readings_balance_values_and_solving_reach_the_check(
    run: Run, table: Callable[..., Path]
) -> None:
    floor = {"verified_emissions": "600000", "output": "650000", "allowance": 593398}
    assert run("check", table("f.csv", floor)).code == DOES_NOT
    ran = run("check", table("f.csv", floor), "--reading", "rounding=unit_floor")
    assert ran.code == CONFORMS
    bare = table("b.csv", {"balance_value": ""})
    ran = run("check", bare, "--balance", "cement=0.86", "--report", "r.json")
    assert ran.code == CONFORMS
    (value,) = json.loads(Path("r.json").read_bytes())["balance_values"]
    assert value == {"sector": "cement", "year": 2025, "value": "0.86", "from": "option"}
    solved = table("s.csv", {"balance_value": "", "allowance": 1000000})
    ran = run("check", solved, "--solve-balance", "--national", "--report", "r.json")
    assert ran.code == CONFORMS
    (value,) = json.loads(Path("r.json").read_bytes())["balance_values"]
    assert (value["value"], value["from"]) == ("0.833333333333", "solved")


def test_several_tables_are_judged_each_and_the_worst_decides(
    run: Run, table: Callable[..., Path]
) -> None:
    right, wrong = table("a.csv"), table("b.csv", {"allowance": 1})
    broken = table("c.csv")
    broken.write_bytes(b"")
    ran = run("check", right, wrong, "--report", "r.json")
    assert ran.code == DOES_NOT
    assert json.loads(Path("r.a.json").read_bytes())["verdict"] == "conforms"
    assert json.loads(Path("r.b.json").read_bytes())["verdict"] == "does_not_conform"
    assert run("check", right, broken).code == UNCHECKED
    assert run("check", broken, wrong, right).code == DOES_NOT
    assert run("check", right, right).code == CONFORMS


def test_the_previous_table_is_read_and_blamed_for_itself(
    run: Run, table: Callable[..., Path]
) -> None:
    now = table("now.csv", {"pre_allocation": 700000})
    before = table("before.csv", {"year": 2024, "allowance": 1000000})
    assert run("check", now, "--previous", before).code == CONFORMS
    wrong = table("now.csv", {"pre_allocation": 700001})
    ran = run("check", wrong, "--previous", before)
    assert ran.code == DOES_NOT
    assert "T-12" in ran.out
    before.write_text("nothing of the kind\n", "utf-8")
    ran = run("check", now, "--previous", before)
    assert ran.code == UNCHECKED
    assert "before.csv" in ran.err
    assert "now.csv" not in ran.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unreadable_file_says_all_that_is_wrong_with_its_place(
    run: Run, tmp_path: Path, language: str
) -> None:
    long = "x" * 40_000
    (tmp_path / "t.csv").write_text(
        f"year,sector,unit_id,output,enterprise_name\n2025,{long},a,1,{long}\n", "utf-8"
    )
    ran = run("check", "t.csv", "--lang", language)
    assert ran.code == UNCHECKED
    assert ran.out == ""
    assert "KIND_UNKNOWN" in ran.err
    assert ran.err.count("CELL_TOO_LONG") == 2
    assert bool(CJK.search(ran.err)) == (language == "zh")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--report", "r.pdf"], "'.pdf'"),
        (["--report", "r"], "''"),
        (["--report", "missing/r.json"], "missing"),
        (["--rows", "some"], "'some'"),
        (["--rows", "-1"], "'-1'"),
        (["--kind", "annex"], "annex"),
        (["--unit", "kg"], "kg"),
        (["--balance", "cement"], "SECTOR=VALUE|NAME=VALUE"),
        (["--balance", "paper=1"], "paper"),
        (["--balance", "cement=0"], "0"),
        (["--balance", "cement=1", "--balance", "cement=2"], "twice"),
        (["--reading", "rounding=up"], "up"),
        (["--reading", "colour=red"], "colour"),
        (["--lang", "fr"], "fr"),
        (["--previous", "missing.csv"], "missing.csv"),
        (["--max-bytes", "10"], "FILE_TOO_LARGE"),
        (["--max-rows", "1"], "TOO_MANY_ROWS"),
        (["--workers", "2"], "--engine dask"),
        (["--engine", "dask", "--workers", "0"], "--workers"),
        (["--engine", "dask", "--workers", "2", "--scheduler", "tcp://x:1"], "--workers"),
        (["--colour"], "colour"),
        (["missing.csv"], "missing.csv"),
    ],
)
def test_what_cannot_be_done_is_said_with_code_two_and_nothing_is_written(
    run: Run, table: Callable[..., Path], tmp_path: Path, arguments: list[str], says: str
) -> None:
    ran = run("check", table(), *arguments)
    assert ran.code == UNCHECKED
    assert re.search(says, ran.err)
    assert "defect of ours" not in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_a_report_never_replaces_a_table_that_was_given(
    run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    made = run("sample", "national", "--year", "2024", "-o", "t.xlsx")
    assert made.code == CONFORMS
    before = Path("t.xlsx").read_bytes()
    assert run("check", "t.xlsx", "--report", "t.xlsx").code == UNCHECKED
    assert run("check", "t.xlsx", "--report", f"../{tmp_path.name}/t.xlsx").code == UNCHECKED
    assert run("check", table("n.csv"), "--previous", "t.xlsx", "--report", "t.xlsx").code == 2
    assert Path("t.xlsx").read_bytes() == before


def test_quantities_on_the_terminal_are_whole_grouped_and_their_sum_called_rounded(
    run: Run, tmp_path: Path
) -> None:
    head = "sector,unit_id,line_kind,year,"
    unit = "SYN-CEM-0001-2-FACTORY,ordinary"
    (tmp_path / "b.csv").write_text(
        f"{head}verified_emissions,output,allowance\n"
        f"cement,{unit},2024,12975685.75,15000000,12975686\n"
    )
    (tmp_path / "t.csv").write_text(
        f"{head}previous_year_emissions,pre_allocation\ncement,{unit},2025,12976685,9083680\n"
    )
    for language, says in (("zh", "约999 吨"), ("en", "about 999 t")):
        ran = run("check", "t.csv", "--previous", "b.csv", "--lang", language)
        (heading,) = [line for line in ran.out.splitlines() if "T-24" in line]
        assert says in heading
        assert "12,976,685  " in ran.out
        assert "12,975,685.75  " in ran.out
        assert "+999.25" in ran.out


SAID = [
    (
        "zh",
        ["第2行、第3行：常见范围为 0.6 – 1.1 tCO2e/t。", "第4行：常见范围为 1.2 – 2.2 tCO2e/t。"],
    ),
    (
        "en",
        ["row 2, row 3: The usual range is 0.6 – 1.1 t", "row 4: The usual range is 1.2 – 2.2 t"],
    ),
]


@pytest.mark.parametrize(("language", "says"), SAID)
def test_the_terminal_says_of_each_row_what_is_wrong_with_it(
    run: Run, tmp_path: Path, language: str, says: list[str]
) -> None:
    lines = ["sector,unit_id,line_kind,year,verified_emissions,output,balance_value,allowance"]
    lines += [f"cement,{name},ordinary,2025,2000000,1000000,0.86,1940000" for name in "AB"]
    (tmp_path / "t.csv").write_text("\n".join([*lines, ""]))
    alike = run("check", "t.csv", "--lang", language).out
    assert says[0].split("：" if language == "zh" else ": ")[0] not in alike, "one sentence for all"
    lines += ["aluminium,C,,2025,3000000,1000000,1.568,2910000", ""]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    shown = " ".join(run("check", "t.csv", "--lang", language).out.split())
    for line in says:
        assert line in shown


def test_tables_of_one_name_would_share_reports_and_are_refused(
    run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "x").mkdir()
    assert run("check", table(), table("x/t.csv"), "--report", "r.json").code == UNCHECKED
    assert run("check", table(), table("x/t.csv")).code == CONFORMS


def test_a_folder_that_cannot_be_written_is_said_by_name(
    run: Run, table: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "r.json").mkdir()
    ran = run("check", table(), "--report", "r.json")
    assert ran.code == UNCHECKED
    assert "r.json" in ran.err


def test_our_own_defect_is_code_three_and_never_a_verdict(
    run: Run, table: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(sys.modules["cets_conformance.cli.check"], "check_file", fail)
    ran = run("check", table())
    assert ran.code == OURS
    assert "boom" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("CETS_DEBUG", "1")
    assert "Traceback" in run("check", table()).err
