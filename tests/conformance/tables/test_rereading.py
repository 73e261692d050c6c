"""A table that follows another reading does not conform, and is told under which it would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from cets_conformance import direct
from cets_conformance import report as reporting
from cets_conformance.messages import LANGUAGES, Language
from cets_conformance.report.words import Words
from cets_conformance.tables import Options, check_rows, judging, rereading
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.parts import Side
from cets_conformance.tables.recompute import Recomputed
from cets_conformance.tables.sample import Sample, national
from cets_conformance.tables.units import Rows

from .handmade import Row, cement, pre
from .in_parts import check_in_parts, cut
from .test_columns_and_rows import read

READINGS = (
    {"rounding": "unit_floor"},
    {"steel_base": "main_processes"},
    {"excluded_unit_obligation": "verified_emissions"},
)


def made_under(readings: Mapping[str, str]) -> list[Row]:
    """A right national table in which some units are outside the allocation."""
    return _rows(national(2025, readings=readings))


def _rows(sample: Sample) -> list[Row]:
    return [{name: cell for name, cell in row.items() if cell is not None} for row in sample.rows]


def named(rows: list[Row], **options: Any) -> tuple[str, tuple[str, ...]]:
    outcome = check_rows(rows, options=Options(**options))
    return outcome.verdict, outcome.conforms_under


@pytest.mark.parametrize("readings", READINGS)
def test_the_reading_is_named_and_the_verdict_stays(readings: dict[str, str]) -> None:
    rows = made_under(readings)
    ((reading, choice),) = readings.items()
    assert named(rows, national=True) == ("does_not_conform", (f"{reading}={choice}",))
    assert named(rows, national=True, readings=readings) == ("conforms", ())


def test_so_is_the_default_where_another_choice_is_in_force() -> None:
    rows = made_under({})
    chosen = {"rounding": "unit_floor", "excluded_unit_obligation": "none"}
    assert named(rows, readings=chosen) == ("does_not_conform", ("rounding=unit_half_up",))


def test_a_solved_balance_value_is_solved_under_the_other_reading() -> None:
    rows = made_under({"steel_base": "main_processes"})
    verdict, found = named(rows, solve_balance=True, national=True)
    assert (verdict, found) == ("does_not_conform", ("steel_base=main_processes",))


def test_so_is_that_of_a_pre_allocation_table() -> None:
    rows = [
        pre("A", "1000001", pre_allocation=700_000),
        pre("B", "1000002", pre_allocation=700_001),
    ]
    assert named(rows) == ("does_not_conform", ("rounding=unit_floor",))
    made = national(2025, kind=Kind.PRE_ALLOCATION, readings={"rounding": "unit_floor"})
    assert named(_rows(made)) == ("does_not_conform", ("rounding=unit_floor",))


def test_none_is_named_where_one_row_contradicts_it() -> None:
    rows = made_under({"rounding": "unit_floor"})
    rows[-1]["allowance"] += 1
    assert named(rows) == ("does_not_conform", ())


def test_none_is_named_where_a_cell_is_in_error_as_well() -> None:
    rows = made_under({"rounding": "unit_floor"})
    assert named([*rows, cement("X", verified_emissions="x")])[1] == ()


def test_a_table_with_ordinary_errors_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    passes, judge = [], judging._judge
    monkeypatch.setattr(judging, "_judge", lambda *given: passes.append(1) or judge(*given))
    named([cement("A", allowance=5), cement("B")])
    named([cement("A", year="")])
    assert len(passes) == 2
    named(made_under({"rounding": "unit_floor"}))
    assert len(passes) == 4


def recomputed(rows: list[Row], readings: Mapping[str, str]) -> Recomputed:
    table, options = read(rows), Options(readings=readings)
    parts = Side([Rows(table, direct.ruleset_with(readings))])
    _, done = judging._judge(table, parts, None, options, lambda *_: None)
    return done.each(lambda part: part)[0]


@pytest.mark.parametrize(
    ("made", "judged"), [*((other, {}) for other in READINGS), ({}, {"rounding": "unit_floor"})]
)
def test_what_follows_another_choice_is_never_passed_over(
    made: dict[str, str], judged: dict[str, str]
) -> None:
    done = recomputed(made_under(made), judged)
    ((reading, _),) = (made or judged).items()
    wrong = rereading._wrong(done)
    assert wrong.any()
    assert not (wrong & ~rereading._MENDED[reading](done)).any()


def test_no_choice_is_asked_that_cannot_make_a_row_right(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    again = rereading.recompute
    monkeypatch.setattr(rereading, "recompute", lambda *of: asked.append("") or again(*of))
    right = 1004651
    for amount, count in ((right + 1, 0), (right - 1, 1)):  # the other rounding goes down
        assert named([cement("A", allowance=amount)])[0] == "does_not_conform"
        assert len(asked) == count


def test_it_is_the_same_of_a_table_in_parts() -> None:
    table = read(made_under({"rounding": "unit_floor"})[:40])
    parts = check_in_parts(cut(table, [3, 11, 30]), Options(), None, None)
    assert parts.conforms_under == ("rounding=unit_floor",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_says_so(tmp_path: Path, language: Language) -> None:
    outcome = check_rows(made_under({"rounding": "unit_floor"})[:3])
    report = outcome.report()
    says = Words(language).conforms_under(report)
    assert "rounding=unit_floor" in says
    for suffix in ("json", "html", "md"):
        target = tmp_path / f"r.{suffix}"
        reporting.write(report, target, language)
        text = unescape(target.read_text("utf-8"))
        assert (says if suffix != "json" else '"conforms_under"') in text.replace("\\_", "_"), (
            suffix
        )
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["conforms_under"] == [
        "rounding=unit_floor"
    ]
