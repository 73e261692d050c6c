"""The tables of sums in a report: whatever cannot be read, they add up to the whole."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.tables.drawn import verified_table
from tests.conformance.tables.handmade import cement

from cets_conformance.messages import LANGUAGES, Language
from cets_conformance.report import html, markdown
from cets_conformance.report.sums import FIGURES, sums
from cets_conformance.report.words import Words
from cets_conformance.tables import check_rows

WORDS = Words("en")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_they_add_up_to_the_last_digit(seed: int, count: int) -> None:
    rows = [
        {name: str(cell) for name, cell in row.items()}
        for row in verified_table(Random(seed), count)
    ]
    report = check_rows(rows).report()
    for table in sums(report, WORDS):
        total = table["total"] or table["rows"][0]
        assert total["rows"] == report["rows"]
        assert total["found"] == report["totals"]["allowance"]["found"]
        assert total["emissions"] == report["totals"]["emissions"]
        for name in FIGURES:
            figures = [row[name] for row in table["rows"]]
            if None not in figures and total[name] is not None:
                assert sum(map(Fraction, figures)) == Fraction(total[name]), name


def rows_of(table: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        tuple(row[name] for name in ("label", "year", "rows", "found")) for row in table["rows"]
    ]


def test_rows_of_no_known_sector_year_or_province_have_a_line_of_their_own() -> None:
    rows = [
        cement("A"),
        cement("B", sector="电力"),
        cement("C", year=""),
        cement("D", province="?"),
    ]
    by_sector, by_province = sums(check_rows(rows).report(), WORDS)
    each = [row["allowance"] for row in rows]
    assert rows_of(by_sector) == [
        ("Cement", 2025, 2, each[0] + each[3]),
        ("Sector or year not known", None, 2, each[1] + each[2]),
    ]
    assert rows_of(by_province) == [
        ("Anhui", None, 3, sum(each[:3])),
        ("Province not known", None, 1, each[3]),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_line_stands_in_every_report_that_shows_sums(language: Language) -> None:
    report = check_rows([cement("A"), cement("B", sector="电力", province="?")]).report()
    words = Words(language)
    for render in (html.render, markdown.render):
        assert words.t("report.sums.no_sector") in render(report, language)
    assert words.t("report.sums.no_province") in html.render(report, language)
