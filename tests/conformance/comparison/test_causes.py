"""What a comparison names as the cause of figures that depart, and what refutes it."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cets_conformance.comparison import causes, compare_tables
from cets_conformance.messages import LANGUAGES
from cets_conformance.report.comparison_words import ComparisonWords
from cets_conformance.tables.reading import table_from_rows
from cets_conformance.tables.sample import PLANTABLE, national

sys.path.insert(0, str(Path(__file__).parent))
from vendors import UNITS, compare, table


@pytest.mark.parametrize("figure", [1234567, 995350])
def test_a_figure_that_no_mistake_gives_is_said_to_be_unexplained(figure: int) -> None:
    """995,350 is one tonne beside what M-10 gives, which is not what M-10 gives."""
    report = compare(table(), table(cement_1={"allowance": figure})).report()
    told = report["patterns"][0]["groups"][-1]["diagnosis"]
    assert told == {"examined": 1, "unexplained": 1, "causes": []}


FLOORED = {"allowance": 1000000, "obligation": 1000000}
"""1,000,000.5 t are 1,000,001 half up and 1,000,000 under ``unit_floor`` (Q-4)."""


def test_a_table_that_follows_another_reading_is_told_so() -> None:
    """593,398.98… t, of the second line, are 593,398 under ``unit_floor``."""
    report = compare(table(), table(white=FLOORED, cement_2={"allowance": 593398})).report()
    told = [
        cause
        for pattern in report["patterns"]
        for group in pattern["groups"]
        for cause in (group["diagnosis"] or {"causes": []})["causes"]
        if pattern["field"] == "allowance"
    ]
    assert "rounding=unit_floor" in {cause["reading"] for cause in told}


def test_what_a_table_has_right_refutes_a_reading_and_a_mistake() -> None:
    """With 593,399 t for the second line it does not truncate; half to even gives all it has."""
    report = compare(table(), table(white=FLOORED)).report()
    causes = report["patterns"][0]["groups"][1]["diagnosis"]["causes"]
    assert report["patterns"][0]["field"] == "allowance"
    assert [cause["mistake"] for cause in causes] == ["M-01"]
    assert (causes[0]["contradicted"], causes[0]["held_against"]) == (0, 3)
    assert all(cause["reading"] is None for cause in causes)


def test_a_mistake_in_some_rows_alone_is_named_with_what_contradicts_it() -> None:
    """The sign is reversed on the first line, and not on the second."""
    report = compare(table(), table(cement_1={"allowance": 995349})).report()
    cause = report["patterns"][0]["groups"][1]["diagnosis"]["causes"][0]
    assert (cause["mistake"], cause["contradicted"], cause["held_against"]) == ("M-10", 1, 3)
    said = {"zh": "其余3个与参考实现一致的数值中，有1个与之不符", "en": "it gives 1 otherwise"}
    for language in LANGUAGES:
        assert said[language] in ComparisonWords(language).cause(cause)


def test_of_many_figures_those_of_every_kind_are_held_against_a_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The white line comes after 20 ordinary ones and is looked at all the same."""
    from cets_conformance.comparison import patterns

    monkeypatch.setattr(patterns, "HELD", 3)
    rows = [UNITS[0] | {"unit_id": f"cement-1{number:02}"} for number in range(20)] + table()
    wrong = [*rows[:-1], rows[-1] | {"allowance": 1}]
    comparison = compare(rows, wrong)
    right = comparison.turns[[comparison.aligned.unit_ids.tolist().index("white")]]
    assert right.tolist() == [0]
    group = comparison.report()["patterns"][0]["groups"][1]
    assert all(cause["held_against"] == 3 for cause in group["diagnosis"]["causes"])


def test_a_group_larger_than_is_looked_at_says_how_many_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cets_conformance.comparison import patterns

    monkeypatch.setattr(patterns, "EXAMINED", 1)
    wrong = table(cement_1={"allowance": 1}, cement_2={"allowance": 2})
    pattern = compare(table(), wrong).report()["patterns"][0]
    assert pattern["units"] == 2
    assert pattern["groups"][1]["diagnosis"]["examined"] == 1
    assert causes.NAMED > 1


@pytest.fixture(scope="module")
def right() -> Any:
    return table_from_rows(national(2025).rows)


@pytest.mark.parametrize("mistake", [name for name in PLANTABLE if name != "M-16"])
def test_a_mistake_planted_in_one_of_three_tables_is_named_on_all_its_units(
    mistake: str, right: Any
) -> None:
    """The other two, and the reference, stand together; no tonne is lost between them."""
    sample = national(2025, mistake=mistake, rate=Fraction(1, 1291))
    planted = table_from_rows(sample.rows)
    report = compare_tables([right, planted, right], ["A", "B", "C"]).report()
    apart = [
        pattern
        for pattern in report["patterns"]
        if pattern["field"] == "allowance" and len(pattern["groups"]) > 1
    ]
    assert {tuple(group["tables"]) for pattern in apart for group in pattern["groups"]} == {
        ("A", "C"),
        ("B",),
    }
    tonnes = sum(abs(item.planted - item.right) for item in sample.planted)
    assert sum(pattern["tonnes"] for pattern in apart) == tonnes
    assert sum(pattern["units"] for pattern in apart) == len(sample.planted)
    for pattern in apart:
        told = pattern["groups"][1]["diagnosis"]
        whole = [cause["mistake"] for cause in told["causes"] if cause["explains"] == cause["of"]]
        assert mistake in whole, told


def test_a_rule_of_2025_applied_to_2024_is_named_where_its_balance_value_is_known() -> None:
    """M-16: tables of 2024 print no balance value, so nothing can be named until one is given."""
    year = {"year": 2024}
    right, wrong = (
        [UNITS[0] | year | {"allowance": amount, "balance_value": ""} for amount in amounts]
        for amounts in ([1000000], [1004651])
    )
    told = [
        compare(right, wrong, balance=balance).report()["patterns"][0]["groups"][1]["diagnosis"]
        for balance in ({}, {"cement": "0.86"})
    ]
    assert told[0]["causes"] == []
    assert told[1]["causes"][0]["mistake"] == "M-16"
