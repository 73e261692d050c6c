"""The figures of a report: they add up, and none stands for what was not judged."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.tables.drawn import verified_table
from tests.conformance.tables.handmade import cement

from cets_conformance.messages import LANGUAGES, Language
from cets_conformance.report import charts, html, markdown
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
        assert (total["found"] or 0) == report["totals"]["allowance"]["found"]
        assert (total["emissions"] or "0") == report["totals"]["emissions"]
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


UNJUDGED = [{name: cell for name, cell in cement("A").items() if name != "verified_emissions"}]
ONE_OF_TWO = [cement("A"), cement("B", sector="电力")]
OTHER_AMOUNT = [cement("A", obligation=999_991)]


def shown(rows: list[dict[str, Any]], language: Language) -> str:
    """The text of the verdict, the charts' captions and the sums."""
    page = html.render(check_rows(rows).report(), language)
    body = page[page.index("<main") : page.index('id="checks"')]
    return re.sub(r"\s+", " ", re.sub(r"(?s)<svg.*?</svg>|<[^>]+>", " ", body))


@pytest.mark.parametrize(
    ("language", "rows", "says"),
    [
        ("zh", UNJUDGED, "核定配额量有误单元 — 未检验：均未能复算"),
        ("zh", UNJUDGED, "核定配额量差异合计（吨） — 未检验：均未能复算"),
        ("zh", UNJUDGED, "核定配额量未能复算，对其是否符合规则不作判断。"),
        ("zh", UNJUDGED, "表中合计（吨）。 均未能复算，是否正确不作判断。".replace(" ", "")),
        ("zh", UNJUDGED, "排放量合计 — "),
        ("zh", UNJUDGED, "水泥 2025 1 — 1,004,651 — — — "),
        ("en", UNJUDGED, "Units in error: Allowance — not checked: none could be recomputed"),
        ("en", UNJUDGED, "Allowance could not be recomputed, so nothing is said about it."),
        ("zh", ONE_OF_TWO, "核定配额量有误单元 0 已复算1个，共2个"),
        ("zh", ONE_OF_TWO, "核定配额量已复算1个单元，均无差异；其余1个未能复算，不作判断。"),
        (
            "en",
            ONE_OF_TWO,
            "No difference was found in the units that were recomputed; not all were.",
        ),
        (
            "zh",
            OTHER_AMOUNT,
            "发现1类错误，共1处：应清缴配额量（9吨）。核定配额量已逐一复算，均无差异。",
        ),
        ("zh", OTHER_AMOUNT, "各单元差异绝对值之和 另有：应清缴配额量（9吨）"),
        ("en", OTHER_AMOUNT, "sum without sign besides: Obligation (9 t)"),
    ],
)
def test_no_figure_stands_for_what_was_not_judged_and_each_names_its_column(
    language: Language, rows: list[dict[str, Any]], says: str
) -> None:
    assert says in shown(rows, language)


def test_no_chart_is_drawn_of_a_table_in_which_no_amount_was_read() -> None:
    nothing = [{**UNJUDGED[0], "allowance": "x", "obligation": "x"}]
    assert "各省份核定配额量" not in shown(nothing, "zh")
    assert Words("zh").t("report.chart.empty") in charts.province_bars(
        check_rows(nothing).report(), "zh"
    )
