"""The annex table as an adapter: asked, filled in by somebody, judged, never taken for more."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest

from cets_conformance import cli, direct, published, vectors
from cets_conformance.runner import annex

CASES = {case.id: case for case in vectors.load()}
PROCESSES = {"ironmaking_emissions": "ironmaking", "sintering_emissions": "sintering"}

Row = dict[str, Any]
Fill = Callable[[Row], Row]


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def cets(folder: Path, *arguments: str) -> Done:
    """Run the command line in this process, as its console script does."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        try:
            code = cli.cets.main(list(arguments), standalone_mode=False) or 0
        except click.ClickException as error:
            error.show()
            code = 2
    return Done(code, out.getvalue(), err.getvalue())


def typed(cell: object) -> str:
    """Write a cell without an exponent, as a person would."""
    return format(Decimal(repr(cell)), "f") if isinstance(cell, float) else str(cell)


def computed(row: Row) -> Row:
    """Fill a row as a right system does, from nothing but its own cells."""
    cells = {name: typed(item) for name, item in row.items() if item not in (None, "")}
    given = {name: cells[name] for name in cells if name not in NOT_OF_THE_UNIT}
    unit: Row = {name: item for name, item in given.items() if name not in PROCESSES}
    unit |= {name: int(unit[name]) for name in ("year", "commissioned_year") if name in unit}
    for flag in ("listed", "closed_before_verification"):
        if flag in unit:
            unit[flag] = unit[flag].lower() == "true"
    parts = {PROCESSES[name]: item for name, item in given.items() if name in PROCESSES}
    if parts:
        unit["process_emissions"] = parts
    beside = {n: cells[n] for n in ("balance_value", "previous_year_emissions") if n in cells}
    operation = "allocation" if "allowance" in row else "pre-allocation"
    output = direct.answer(operation, {"unit": unit, **beside})["output"]
    return {name: output[name] for name in annex.SHOWN[operation]}


NOT_OF_THE_UNIT = {
    "province",
    "enterprise_id",
    "enterprise_name",
    "balance_value",
    "previous_year_emissions",
}


def one_more(row: Row) -> Row:
    answer = computed(row)
    first = next(iter(answer))
    return answer | {first: answer[first] + (row["unit_id"] == "allocation/cement-cleaner")}


def fill_csv(file: Path, fill: Fill) -> None:
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    for row in rows:
        row |= {name: str(item) for name, item in fill(row).items()}
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def fill_workbook(file: Path, fill: Fill) -> None:
    book = openpyxl.load_workbook(file)
    for sheet in book:
        head = [str(cell.value) for cell in sheet[1]]
        for cells in sheet.iter_rows(min_row=2):
            row = dict(zip(head, (cell.value for cell in cells), strict=True))
            for name, item in fill(row).items():
                cells[head.index(name)].value = item
    book.save(file)


def prompts(folder: Path, name: str, *arguments: str) -> Path:
    done = cets(folder, "vectors", "prompts", "--as", "table", "-o", name, *arguments)
    assert done.returncode == 0, done.stderr
    return folder / name


def judged(folder: Path, file: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    answers = ("--answers", file.name, "--report", "run.json")
    done = cets(folder, "run", *answers, *arguments)
    assert (folder / "run.json").is_file(), done.stderr
    told: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
    published.validator("run-report").validate(told)
    return done.returncode, told


def test_a_workbook_filled_in_right_conforms_at_the_level_table(tmp_path: Path) -> None:
    """Both sheets go out, are filled by a spreadsheet library, and come back."""
    file = prompts(tmp_path, "in.xlsx", "--lang", "en")
    fill_workbook(file, computed)
    code, told = judged(tmp_path, file)
    assert (code, told["level"], told["verdict"]) == (0, "table", "conforms")
    assert told["counts"]["pass"] == len(told["results"]) > 90
    assert told["operations"] == ["allocation", "pre-allocation"]


def test_no_prompt_holds_an_amount_and_every_row_is_the_case_of_its_unit_id(tmp_path: Path) -> None:
    for operation, amounts in annex.SHOWN.items():
        file = prompts(tmp_path, f"{operation}.csv", "--operation", operation, "--lang", "en")
        rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
        for row in rows:
            assert CASES[row["unit_id"]].operation == operation
            assert all(row[name] == "" for name in amounts)
        assert len({row["unit_id"] for row in rows}) == len(rows)


def test_what_the_row_asks_has_the_answer_that_the_case_expects() -> None:
    """Leaving out what the operation does not look at changes no answer."""
    rows = {name: annex.as_row(case) for name, case in CASES.items()}
    asked = {name: row for name, row in rows.items() if row}
    assert {CASES[name].operation for name in asked} == set(annex.SHOWN)
    for name, row in asked.items():
        expected = CASES[name].expected["output"]
        assert computed(row).items() <= expected.items(), name


def test_one_tonne_too_much_fails_its_row_alone(tmp_path: Path) -> None:
    file = prompts(tmp_path, "in.csv", "--lang", "en")
    fill_csv(file, one_more)
    code, told = judged(tmp_path, file, "--operation", "allocation")
    failed = [item for item in told["results"] if item["outcome"] == "fail"]
    assert (code, [item["id"] for item in failed]) == (1, ["allocation/cement-cleaner"])
    assert failed[0]["first_difference"]["field"] == "/allowance"


def test_an_amount_with_a_fraction_is_wrong_and_an_empty_one_no_answer(tmp_path: Path) -> None:
    def unrounded(row: Row) -> Row:
        if row["unit_id"] == "allocation/cement-cleaner":
            return computed(row) | {"allowance": "1004651.1628"}
        return {} if row["unit_id"] == "allocation/cement-dirtier" else computed(row)

    file = prompts(tmp_path, "in.csv", "--lang", "en")
    fill_csv(file, unrounded)
    code, told = judged(tmp_path, file, "--operation", "allocation")
    open_ones = {item["id"]: item for item in told["results"] if item["outcome"] != "pass"}
    assert code == 1
    assert open_ones["allocation/cement-cleaner"]["first_difference"]["reason"] == "type"
    assert open_ones["allocation/cement-dirtier"]["outcome"] == "not_run"
    assert len(open_ones) == 2


def test_the_mistake_is_named_from_the_tonnes_alone(tmp_path: Path) -> None:
    def truncated(row: Row) -> Row:
        kept = dict(row)
        answer = computed(kept)
        case = CASES[row["unit_id"]]
        floor = direct.answer(case.operation, case.input, {"rounding": "unit_floor"})["output"]
        return {name: floor[name] for name in answer}

    file = prompts(tmp_path, "in.csv", "--lang", "en")
    fill_csv(file, truncated)
    code, told = judged(tmp_path, file, "--operation", "allocation")
    assert (code, told["diagnosis"][0]["mistake"]) == (1, "M-02")
    assert (
        judged(tmp_path, file, "--operation", "allocation", "--reading", "rounding=unit_floor")[0]
        == 0
    )


def test_what_a_table_cannot_ask_is_not_run_and_no_pass(tmp_path: Path) -> None:
    file = prompts(tmp_path, "in.xlsx", "--lang", "en")
    fill_workbook(file, computed)
    code, told = judged(tmp_path, file, "--level", "full")
    assert (code, told["verdict"]) == (2, "not_checked")
    left = [item for item in told["results"] if item["outcome"] != "pass"]
    assert {(item["outcome"], item["code"]) for item in left} == {("not_run", "NOT_IN_TABLE")}
    assert len(left) + told["counts"]["pass"] == len(CASES)


def test_a_row_whose_input_was_changed_is_an_error_and_no_answer(tmp_path: Path) -> None:
    def lost_digits(row: Row) -> Row:
        changed = {"verified_emissions": "1000000.0"}  # the same figure
        if row["unit_id"] == "allocation/cement-dirtier":
            changed = {"verified_emissions": "600001"}
        keep = row["unit_id"] in ("allocation/cement-cleaner", "allocation/cement-dirtier")
        return computed(row) | (changed if keep else {})

    file = prompts(tmp_path, "in.csv", "--lang", "en")
    fill_csv(file, lost_digits)
    _, told = judged(tmp_path, file, "--operation", "allocation")
    errors = [item for item in told["results"] if item["outcome"] == "error"]
    assert [(item["id"], item["code"]) for item in errors] == [
        ("allocation/cement-dirtier", "ROW_CHANGED")
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_foreign_headers_are_taken_by_a_mapping_either_way_round(
    turned: bool, tmp_path: Path
) -> None:
    file = prompts(tmp_path, "in.csv", "--lang", "en")
    fill_csv(file, computed)
    text = file.read_text("utf-8").replace(",allowance,", ",应发数量,", 1)
    file.write_text(text, "utf-8")
    pairs = {"allowance": "应发数量"} if turned else {"应发数量": "核定配额量"}
    (tmp_path / "map.json").write_text(json.dumps(pairs), "utf-8")
    asked = ("--operation", "allocation")
    assert judged(tmp_path, file, *asked)[0] == 2
    assert judged(tmp_path, file, *asked, "--map", "map.json")[0] == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("allocation/steel,", "allocation/none,"), "TABLE_UNKNOWN_ID"),
        (lambda text: text + text.splitlines()[1] + "\n", "TABLE_ID_TWICE"),
        (lambda text: "nothing of a table\n", "header"),
    ],
)
def test_a_file_that_cannot_be_laid_to_cases_is_told_and_exits_with_2(
    change: Callable[[str], str], says: str, tmp_path: Path
) -> None:
    file = prompts(tmp_path, "in.csv", "--lang", "en")
    file.write_text(change(file.read_text("utf-8")), "utf-8")
    done = cets(tmp_path, "run", "--answers", "in.csv")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--adapter", "x", "--level", "table"),
        ("run", "--adapter", "x", "--map", "map.json"),
        ("run", "--answers", "in.csv", "--map", "wrong.json"),
        ("run", "--answers", "in.csv", "--level", "table", "--operation", "cycle"),
        ("vectors", "prompts", "--as", "table"),
        ("vectors", "prompts", "--as", "table", "-o", "in.pdf"),
        ("vectors", "prompts", "--as", "table", "-o", "in.csv", "--operation", "cycle"),
    ],
)
def test_a_wrong_call_is_told_and_exits_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text('{"x": "allowance"}', "utf-8")
    (tmp_path / "wrong.json").write_text('{"x": "no column"}', "utf-8")
    (tmp_path / "in.csv").write_text("unit_id\n", "utf-8")
    done = cets(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr
