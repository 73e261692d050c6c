"""Figures and words of a report: digits are never changed, unknown codes never crash."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cets_conformance.messages import LANGUAGES, entries
from cets_conformance.report.words import Words, grouped, signed

HERE = Path(__file__).parent


def _sample() -> ModuleType:
    spec = spec_from_file_location("sample_report", HERE / "sample_report.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SAMPLE = _sample()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (-12345, "−12,345"),
        ("2882004525.625", "2,882,004,525.625"),
        ("123456789012345678901.5", "123,456,789,012,345,678,901.5"),
        ("约80万", "约80万"),
        ("1.2E+06", "1.2E+06"),
        (None, "—"),
    ],
)
def test_a_figure_is_grouped_and_anything_else_left_as_it_stands(
    value: int | str | None, shown: str
) -> None:
    assert grouped(value) == shown


@given(st.integers(-(10**30), 10**30))
def test_grouping_keeps_every_digit_of_any_integer(number: int) -> None:
    assert int(grouped(number).replace(",", "").replace("−", "-")) == number


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1, "+1"), (-3706, "−3,706"), (0, "0"), ("0.000", "0.000"), ("0.0013", "+0.0013")],
)
def test_a_difference_shows_its_sign_and_nothing_has_none(value: int | str, shown: str) -> None:
    assert signed(value) == shown


@pytest.mark.parametrize(
    ("field", "value", "zh", "en"),
    [
        ("allowance", 1004652, "1,004,652", "1,004,652"),
        ("year", 2025, "2025", "2025"),
        ("commissioned_year", 2011, "2011", "2011"),
        ("unit_id", "0031", "0031", "0031"),
        ("province", "13", "河北", "Hebei"),
        ("province", "不详", "不详", "不详"),
        ("listed", "true", "是", "true"),
        ("sector", "cement", "水泥", "cement"),
        ("deviation", "-0.20", "−0.20", "−0.20"),
    ],
)
def test_a_cell_is_printed_as_its_column_asks(field: str, value: object, zh: str, en: str) -> None:
    assert (Words("zh").value(field, value), Words("en").value(field, value)) == (zh, en)


def test_only_whole_parts_of_a_derivation_are_grouped() -> None:
    assert Words("zh").figures("⌊1000000 · (1 + 0.004651162791) + 1/2⌋") == (
        "⌊1,000,000 · (1 + 0.004651162791) + 1/2⌋"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_code_is_shown_and_its_values_with_it(language: str) -> None:
    words = Words("zh" if language == "zh" else "en")
    assert words.term("sector", "glass") == "glass"
    assert words.message("problem", "NEVER_HEARD", {"found": "x"}) == "NEVER_HEARD (found x)"


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (
            "does_not_conform",
            "1,291个单元中，15个单元的核定配额量有误，差异合计15,769吨。",
            "Allowance wrong in 15 of 1,291 units, 15,769 t of difference in all.",
        ),
        (
            "conforms",
            "1,291个单元的核定配额量逐一复算，与规则一致，一吨不差。",
            "Allowance recomputed for 1,291 units, every tonne as the rules require.",
        ),
        (
            "not_checked",
            "12个单元的预分配配额量未能复算，对其是否符合规则不作判断。",
            "Pre-allocation of 12 units could not be recomputed, so nothing is said about it.",
        ),
    ],
)
def test_the_verdict_is_one_sentence_with_units_and_tonnes(name: str, zh: str, en: str) -> None:
    report = getattr(SAMPLE, name)()
    assert (Words("zh").verdict(report), Words("en").verdict(report)) == (zh, en)


def test_errors_without_a_tonne_of_difference_are_counted_instead() -> None:
    report = SAMPLE.does_not_conform()
    for item in report["totals"]["by_sector"]:
        item["tonnes"] = 0
    assert Words("zh").verdict(report) == (
        "1,291个单元中发现4类错误，共24处：单元格、核定配额量（15,769吨）、"
        "多退少补量（14,121吨）、行业平衡值唯一。核定配额量已逐一复算，均无差异。"
    )


@pytest.mark.parametrize(
    ("difference", "zh", "en"), [("999.25", "约999吨", "about 999 t"), (999, "999吨", "999 t")]
)
def test_tonnes_of_quantities_that_are_not_whole_are_called_rounded(
    difference: str | int, zh: str, en: str
) -> None:
    finding = {"tonnes": 999, "rows": [{"difference": difference}]}
    assert (Words("zh").tonnes(finding), Words("en").tonnes(finding)) == (zh, en)


def test_figures_in_a_sentence_are_grouped_and_rows_and_years_are_not() -> None:
    change = {"code": "CHANGE_UNUSUAL", "found": "1", "values": {"before": "1234567.5"}}
    assert Words("zh").said(change) == "上一年度为 1,234,567.5 tCO2e。"
    twice = {"code": "UNIT_TWICE", "found": "1", "values": {"other_row": "12345"}}
    assert "12345" in Words("zh").said(twice)


def test_every_text_of_report_and_pages_has_both_languages_with_the_same_placeholders() -> None:
    for key, entry in entries().items():
        if key.startswith(("report.", "page.")):
            assert set(entry) == {"en", "zh"}, key
            named = [sorted(re.findall(r"\{(\w+)\}", entry[name])) for name in ("en", "zh")]
            assert named[0] == named[1], key
