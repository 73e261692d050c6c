"""The synthetic national table: real counts and totals, always the same, judged exactly."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cets_conformance.tables import Options, Outcome, check_file, check_rows
from cets_conformance.tables.columns import COLUMNS, Kind
from cets_conformance.tables.sample import PLANTABLE, Sample, SampleError, national
from cets_conformance.tables.writing import write_sample, write_table

from .handmade import Judgement, credit_code, half_up

COUNTS = {"steel": 232, "cement": 962, "aluminium": 97}
TOTALS = {"steel": 1_862_466_000, "cement": 956_178_700, "aluminium": 68_997_500}
"""t CO2e, as published for 2024."""

FILES = ["t.xlsx", "t.csv", "gb.csv", "t.jsonl", "t.parquet"]


@pytest.fixture(scope="module")
def tables() -> dict[int, Sample]:
    return {year: national(year) for year in (2024, 2025)}


@pytest.fixture(scope="module")
def previous(tables: dict[int, Sample], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("previous") / "2024.csv"
    write_table(tables[2024], target)
    return target


def judge(sample: Sample, target: Path, **options: Any) -> Outcome:
    previous = options.pop("previous", None)
    encoding = "gb18030" if target.name.startswith("gb") else "utf-8"
    write_table(sample, target, language=options.pop("language", "zh"), encoding=encoding)
    return check_file(target, options=Options(**options), previous=previous)


@pytest.mark.parametrize("year", [2024, 2025])
def test_unit_counts_and_sector_totals_are_the_published_ones_exactly(
    tables: dict[int, Sample], year: int
) -> None:
    rows = tables[year].rows
    assert Counter(row["sector"] for row in rows) == COUNTS
    for sector, total in TOTALS.items():
        exact = [Fraction(row["verified_emissions"]) for row in rows if row["sector"] == sector]
        assert sum(exact) == total
    assert {row["year"] for row in rows} == {year}
    assert len({row["unit_id"] for row in rows}) == sum(COUNTS.values()) == 1291


def test_nothing_is_short_of_decimals_ties_and_special_lines(tables: dict[int, Sample]) -> None:
    rows = [row for row in tables[2025].rows if row["sector"] == "cement"]
    kinds = Counter(row["line_kind"] for row in rows)
    assert kinds["white_only"] > 3
    assert kinds["gypsum_acid_byproduct"] > 3
    rates = Counter(row["carbide_slag_rate"] for row in rows)
    assert rates["0.15"] > 3, "exactly the threshold"
    assert rates["0.62"] > 3
    assert any(row["closed_before_verification"] for row in rows)
    halves = [row for row in tables[2024].rows if row["verified_emissions"].endswith(".5")]
    assert len(halves) > 100, "rounding halves shows"


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_seed_makes_the_same_table_and_another_seed_another(kind: Kind) -> None:
    once, again = (national(2025, seed=7, kind=kind, rate=Fraction(1, 50)) for _ in range(2))
    assert (once.rows, once.planted) == (again.rows, again.planted)
    other = national(2025, seed=8, kind=kind)
    assert [row["unit_id"] for row in other.rows] == [row["unit_id"] for row in once.rows]
    assert other.rows != once.rows


def test_the_first_seed_is_for_ever(tables: dict[int, Sample]) -> None:
    """Other projects quote figures of the sample; they must not move."""
    row = tables[2025].rows[0]
    facts = (row["unit_id"], row["province"], row["verified_emissions"], row["allowance"])
    assert facts == FIRST


FIRST = ("SYN-STE-0001", "37", "1699787.5", 1716201)


def test_units_are_the_same_in_both_years(tables: dict[int, Sample]) -> None:
    lasting = ("unit_id", "sector", "province", "enterprise_id", "enterprise_name", "route")
    lasting += ("line_kind", "commissioned_year")
    before, after = ([[row[name] for name in lasting] for row in t.rows] for t in tables.values())
    assert before == after


def test_rows_are_labelled_synthetic_and_credit_codes_are_valid(tables: dict[int, Sample]) -> None:
    for row in tables[2025].rows:
        assert row["unit_id"].startswith("SYN-")
        assert row["enterprise_name"].startswith("合成")
        assert row["enterprise_name"].endswith("（虚构）")
        assert row["enterprise_id"] == credit_code(row["enterprise_id"][:17])
    by_enterprise: dict[str, set[str]] = {}
    for row in tables[2025].rows:
        by_enterprise.setdefault(row["enterprise_id"], set()).add(row["province"])
    assert all(len(provinces) == 1 for provinces in by_enterprise.values())


def test_the_amounts_are_those_of_the_rulebook_by_a_second_computation(
    tables: dict[int, Sample],
) -> None:
    before = {row["unit_id"]: Fraction(row["verified_emissions"]) for row in tables[2024].rows}
    for row in tables[2024].rows:
        assert row["allowance"] == half_up(Fraction(row["verified_emissions"]))
        assert row["pre_allocation"] == 0
    for row in tables[2025].rows:
        closed = row["closed_before_verification"]
        share = half_up(before[row["unit_id"]] * Fraction(7, 10))
        assert row["pre_allocation"] == (0 if closed else share)
        exact = Fraction(row["verified_emissions"])
        assert row["obligation"] == (0 if closed else half_up(exact))
        assert abs(row["allowance"] - row["obligation"]) <= exact * Fraction(3, 100) + 1


def test_the_clean_table_conforms_as_national_beside_the_year_before(
    tables: dict[int, Sample], previous: Path, tmp_path: Path
) -> None:
    outcome = judge(tables[2025], tmp_path / "t.xlsx", national=True, previous=previous)
    found = Judgement(outcome)
    assert found.verdict == "conforms"
    assert {finding["severity"] for finding in found.findings.values()} <= {"notice"}
    assert {name for name in found.checks if found.status(name) == "not_checked"} == {"T-24"}
    for name in ("T-10", "T-11", "T-12", "T-13", "T-17", "T-22"):
        assert found.status(name) == "passed", name
    totals = found.report["totals"]
    assert {item["sector"]: int(item["emissions"]) for item in totals["by_sector"]} == TOTALS
    assert found.report["source"]["sheet"] == "合成数据（虚构）"


def test_the_clean_table_of_2024_conforms(previous: Path) -> None:
    found = Judgement(check_file(previous, options=Options(national=True)))
    assert found.verdict == "conforms"
    assert found.report["totals"]["allowance"]["found"] == found.report["totals"]["obligation"]


@pytest.mark.parametrize(
    ("reading", "choice", "shows"),
    [
        ("rounding", "unit_floor", {"T-10", "T-11", "T-13", "T-23"}),
        ("balance_precision", "four_decimals", set()),
        ("steel_base", "main_processes", {"T-10", "T-13", "T-22"}),
        ("excluded_unit_obligation", "verified_emissions", {"T-11"}),
    ],
)
def test_a_table_made_under_a_reading_conforms_under_it(
    reading: str, choice: str, shows: set[str]
) -> None:
    readings = {reading: choice}
    rows = national(2025, readings=readings).rows
    under, by_default = (
        Judgement(check_rows(rows, options=Options(national=True, readings=chosen)))
        for chosen in (readings, {})
    )
    assert under.verdict == "conforms"
    assert by_default.errors() == shows
    assert (rows == national(2025).rows) is False


@pytest.mark.parametrize("kind", list(Kind))
def test_a_mistake_or_amount_is_planted_into_the_table_of_a_reading(kind: Kind) -> None:
    readings = {"rounding": "unit_floor"}
    mistake = "M-10" if kind is Kind.ALLOCATION else None
    sample = national(2025, kind=kind, mistake=mistake, rate=Fraction(1, 100), readings=readings)
    found = Judgement(check_rows(sample.rows, options=Options(readings=readings)))
    amounts = {row[:3] for row in found.rows("T-10" if mistake else "T-12")}
    assert amounts == {(item.row - 1, item.planted, item.right) for item in sample.planted}


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(1, 100)])
def test_a_pre_allocation_table_is_judged_to_the_row(
    previous: Path, tmp_path: Path, rate: Fraction
) -> None:
    sample = national(2025, kind=Kind.PRE_ALLOCATION, rate=rate)
    found = Judgement(judge(sample, tmp_path / "p.xlsx", previous=previous))
    assert found.report["table_kind"] == "pre-allocation"
    assert found.verdict == ("does_not_conform" if rate else "conforms")
    expected = {(item.row, item.planted, item.right) for item in sample.planted}
    assert {row[:3] for row in found.rows("T-12")} == expected
    assert len(expected) == (13 if rate else 0)
    assert found.status("T-24") == "passed"
    assert found.errors() <= {"T-12", "T-17"}


def errors(outcome: Outcome) -> set[tuple[Any, ...]]:
    """(check, unit, field, found, expected) of every row of an error; T-23 has none."""
    return {
        (finding["check"], row["unit_id"], row["field"], row["found"], row["expected"])
        for finding in outcome.report(rows=None)["findings"]
        for row in finding["rows"]
        if finding["severity"] == "error" and row["row"] is not None
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_planted_errors_are_found_exactly_and_alike_in_every_format(
    tmp_path: Path, previous: Path, language: str
) -> None:
    sample = national(2025, rate=Fraction(1, 100))
    assert len(sample.planted) == 13
    planted = {(item.unit_id, item.planted, item.right) for item in sample.planted}
    seen: list[set[tuple[Any, ...]]] = []
    for name in FILES if language == "zh" else FILES[1:2]:
        options = {"language": language, "national": True, "previous": previous}
        outcome = judge(sample, tmp_path / name, **options)
        found = Judgement(outcome)
        assert found.verdict == "does_not_conform"
        ten = {row[1:2] + row[3:] for row in errors(outcome) if row[0] == "T-10"}
        assert ten == planted, name
        assert {row[1] for row in errors(outcome)} == {item.unit_id for item in sample.planted}
        assert found.findings["T-10"]["tonnes"] == sum(
            abs(item.planted - item.right) for item in sample.planted
        )
        seen.append(errors(outcome))
        expected = {"gb.csv": "gb18030", "t.csv": "utf-8"}.get(
            name, found.report["source"]["encoding"]
        )
        assert found.report["source"]["encoding"] == expected
    assert all(other == seen[0] for other in seen)


@pytest.mark.parametrize("name", FILES)
def test_what_was_planted_names_the_row_a_person_sees(tmp_path: Path, name: str) -> None:
    encoding = "gb18030" if name.startswith("gb") else "utf-8"
    made = write_sample(tmp_path / name, year=2025, rate="0.01", encoding=encoding)
    found = Judgement(check_file(tmp_path / name))
    assert {row[0] for row in found.rows("T-10")} == {item.row for item in made.planted}


@pytest.mark.parametrize("mistake", PLANTABLE)
def test_each_mistake_at_a_small_rate_is_found_in_its_rows_and_no_other(
    tmp_path: Path, mistake: str
) -> None:
    year = 2024 if mistake == "M-16" else 2025
    sample = national(year, mistake=mistake, rate=Fraction(3, 1291))
    assert len(sample.planted) == 3
    outcome = judge(sample, tmp_path / "t.csv")
    ten = {row[1:2] + row[3:] for row in errors(outcome) if row[0] == "T-10"}
    assert ten == {(item.unit_id, item.planted, item.right) for item in sample.planted}
    assert {row[1] for row in errors(outcome)} == {item.unit_id for item in sample.planted}


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_headers_are_printed_in_the_language_asked_for(
    tmp_path: Path, kind: Kind, language: Any
) -> None:
    target = tmp_path / "t.csv"
    sample = write_sample(target, year=2025, kind=kind, language=language)
    header = target.read_text("utf-8").splitlines()[0].split(",")
    assert tuple(sample.columns) == tuple(n for n in COLUMNS if n in sample.columns)
    expected = [
        COLUMNS[name].printed_zh if language == "zh" else COLUMNS[name].header_en
        for name in sample.columns
    ]
    assert header == expected
    assert {name for name in COLUMNS if kind in COLUMNS[name].need} == set(sample.columns)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"year": 2023}, "2024 and 2025"),
        ({"year": 2025, "mistake": "M-99"}, "M-99"),
        ({"year": 2025, "mistake": "M-10", "kind": Kind.PRE_ALLOCATION}, "M-10"),
        ({"year": 2025, "rate": Fraction(11, 10)}, "0 to 1"),
        ({"year": 2025, "rate": Fraction(-1, 10)}, "0 to 1"),
        ({"year": 2025, "mistake": "M-16", "rate": Fraction(1, 2)}, "changes only"),
    ],
)
def test_a_sample_that_cannot_be_made_is_refused(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(SampleError, match=says):
        national(**arguments)


def test_a_suffix_of_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match=r"\.xls'"):
        write_sample(tmp_path / "t.xls", year=2025)
