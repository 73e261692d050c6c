"""T-10 to T-17: what stands in a row against the rulebook's formulas, to tonne and digit."""

from __future__ import annotations

from typing import Any

import pytest

from cets_conformance import published

from .handmade import Row, cement, judged, pre, steel, without

WORKED = [
    ("1000000", "1200000", 1004651),
    ("600000", "650000", 593399),
    ("1000000", "1500000", 1030000),
    ("1000000", "900000", 970000),
]
"""The worked figures of the rulebook, B = 0.86: emissions, output, allowance."""


@pytest.mark.parametrize(("emissions", "output", "allowance"), WORKED)
@pytest.mark.parametrize("off", [0, 1, -1, 12345])
def test_t10_judges_an_allowance_to_the_tonne(
    emissions: str, output: str, allowance: int, off: int
) -> None:
    found = judged([cement("A", emissions, output, allowance=allowance + off)])
    expected = [(1, allowance + off, allowance, off)] if off else []
    assert found.rows("T-10") == expected
    assert found.verdict == ("does_not_conform" if off else "conforms")
    if off:
        finding = found.findings["T-10"]
        assert (finding["severity"], finding["count"], finding["tonnes"]) == ("error", 1, abs(off))
        assert finding["clauses"] == ["A-1", "A-2", "A-4", "Q-4"]
        assert finding["rows"][0]["field"] == "allowance"


@pytest.mark.parametrize(
    ("row", "right"),
    [
        (cement("A", "0.5", year=2024), 1),
        (cement("A", "0.499999", year=2024), 0),
        (cement("A", "1000000", "1000000", "1.25"), 1030000),  # X = 0.20 exactly
        (cement("A", "1000000", "1000000", "1.2499"), 1029990),  # just inside
        (cement("A", "1200000", "1000000", "1"), 1164000),  # X = -0.20 exactly
        (cement("A", "1000000", line_kind="white_only", equal=True), 1000000),
        (cement("A", "1000000", line_kind="gypsum_acid_byproduct", equal=True), 1000000),
        (cement("A", "1000000", carbide_slag_rate="0.1501", equal=True), 1000000),
        (cement("A", "1000000", carbide_slag_rate="15%"), 1004651),
        (steel(), 2000000),
        (steel(output="700000"), 1957143),
    ],
)
def test_t10_holds_at_the_edges_of_the_formula(row: Row, right: int) -> None:
    assert row["allowance"] == right, "the second implementation of the tests"
    assert judged([row]).verdict == "conforms"
    for off in (1, -1):
        wrong = judged([row | {"allowance": right + off}] if right else [row | {"allowance": 1}])
        assert wrong.errors() >= {"T-10"}


def test_tonnes_are_the_differences_without_sign_and_rows_come_worst_first() -> None:
    rows = [
        cement(name, allowance=1004651 + off)
        for name, off in zip("ABCD", (5, -7, 0, 7), strict=True)
    ]
    found = judged(rows)
    assert found.findings["T-10"]["tonnes"] == 19
    assert [row for row, *_ in found.rows("T-10")] == [2, 4, 1]
    assert [difference for *_, difference in found.rows("T-10")] == [-7, 7, 5]
    sector = found.report["totals"]["by_sector"][0]
    assert (sector["tonnes"], sector["rows_wrong"], sector["rows"]) == (19, 3, 4)
    assert sector["found"] - sector["expected"] == 5


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (cement(emissions="1000000.5", obligation=1000001), []),
        (cement(emissions="1000000.5", obligation=1000000), [(1, 1000000, 1000001, -1)]),
        (cement(listed="否", outside=True), []),
        (cement(listed="否", outside=True, obligation=1000000), [(1, 1000000, 0, 1000000)]),
        (cement(obligation=""), []),
    ],
)
def test_t11_is_the_rounded_emissions_of_covered_units(row: Row, expected: list[Any]) -> None:
    found = judged([row])
    assert found.rows("T-11") == expected
    assert ("T-11" in found.errors()) == bool(expected)


def test_t11_follows_the_reading_on_new_and_closed_units() -> None:
    row = cement(closed_before_verification="是", outside=True, obligation=1000000)
    options = {"readings": {"excluded_unit_obligation": "verified_emissions"}}
    assert judged([row], **options).verdict == "conforms"
    assert judged([row]).rows("T-11") == [(1, 1000000, 0, 1000000)]
    unlisted = cement(listed="否", outside=True)
    assert judged([unlisted], **options).verdict == "conforms"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (pre(previous="1000001"), []),  # 700,000.7
        (pre(previous="1000001", pre_allocation=700000), [(1, 700000, 700001, -1)]),
        (pre(previous="5"), []),  # 3.5, halves upwards
        (pre(previous="5", pre_allocation=3), [(1, 3, 4, -1)]),
        (pre(previous=None), []),
        (pre(previous="", pre_allocation=1), [(1, 1, 0, 1)]),
        (pre(year=2024, pre_allocation=0), []),
        (pre(year=2024), [(1, 700000, 0, 700000)]),
        (pre(listed="否", pre_allocation=0), []),
        (pre(listed="否"), [(1, 700000, 0, 700000)]),
        (pre(commissioned_year=2025, pre_allocation=0), []),
        (pre(commissioned_year=2024), []),
    ],
)
def test_t12_is_seventy_percent_of_the_previous_year(row: Row, expected: list[Any]) -> None:
    found = judged([row])
    assert found.rows("T-12") == expected
    assert found.verdict == ("does_not_conform" if expected else "conforms")


def test_t12_is_silent_where_the_previous_emissions_cannot_be_read() -> None:
    for row in (pre(previous_year_emissions="x"), without(pre(), "previous_year_emissions")):
        found = judged([row, pre("L2")]) if "previous_year_emissions" in row else judged([row])
        assert found.rows("T-12") == []
        assert found.reason("T-12") == "ROW_NOT_A_UNIT"
        assert found.verdict == "does_not_conform"  # T-01 or T-02 says why


def test_t12_of_an_allocation_table_needs_the_previous_year() -> None:
    row = cement(pre_allocation=700001)
    before = [cement(year=2024)]
    alone = judged([row])
    assert (alone.status("T-12"), alone.reason("T-12")) == ("not_checked", "NO_PREVIOUS_TABLE")
    assert alone.verdict == "conforms"
    assert judged([row], before).rows("T-12") == [(1, 700001, 700000, 1)]
    assert judged([row | {"pre_allocation": 700000}], before).status("T-12") == "passed"
    assert judged([row, *before]).rows("T-12") == [(1, 700001, 700000, 1)]
    other = judged([row], [cement("L9", year=2024)])
    assert other.reason("T-12") == "NOT_IN_PREVIOUS_TABLE"


def test_t12_is_nothing_in_2024_and_outside_whatever_the_year_before_was() -> None:
    assert judged([cement(year=2024, pre_allocation=0)]).status("T-12") == "passed"
    assert judged([cement(year=2024, pre_allocation=7)]).rows("T-12") == [(1, 7, 0, 7)]
    unlisted = cement(listed="否", outside=True, pre_allocation=7)
    assert judged([unlisted]).rows("T-12") == [(1, 7, 0, 7)]


def test_t12_takes_the_previous_year_even_where_the_unit_was_outside_it() -> None:
    before = [cement(year=2024, commissioned_year=2024, outside=True)]
    row = cement(commissioned_year=2024, pre_allocation=700000)
    assert judged([row], before).verdict == "conforms"


@pytest.mark.parametrize(
    ("pre_allocated", "adjustment", "expected"),
    [
        (700000, 304651, []),
        (700000, -304651, [(1, -304651, 304651, -609302)]),
        (1004651, 0, []),
        (1100000, -95349, []),
        (1100000, 95349, [(1, 95349, -95349, 190698)]),
        (700000, 304650, [(1, 304650, 304651, -1)]),
    ],
)
def test_t13_is_allowance_less_pre_allocation_with_its_sign(
    pre_allocated: int, adjustment: int, expected: list[Any]
) -> None:
    found = judged([cement(pre_allocation=pre_allocated, adjustment=adjustment)])
    assert found.rows("T-13") == expected
    assert ("T-13" in found.errors()) == bool(expected)


def test_t13_rests_on_the_right_allowance_and_says_where_it_cannot() -> None:
    follows = judged([cement(allowance=1004661, pre_allocation=700000, adjustment=304661)])
    assert follows.rows("T-13") == [(1, 304661, 304651, 10)]
    assert judged([cement(adjustment=5)]).reason("T-13") == "NO_PRE_ALLOCATION"
    assert judged([cement()]).reason("T-13") == "COLUMN_EMPTY"


EIGHTHS = cement("A", "812500", "1000000", "1")
"""I = 0.8125 and, B being 1, X = 0.1875, α = 0.028125."""
BEYOND = cement("A", "812500.01", "1000000", "1")
"""I = 0.81250001."""
SIXTEENTHS = cement("A", "1062500", "1000000", "1")
"""X = -0.0625, α = -0.009375."""


@pytest.mark.parametrize(
    ("check", "column", "row", "written", "difference"),
    [
        ("T-14", "intensity", EIGHTHS, "0.8125", None),
        ("T-14", "intensity", EIGHTHS, "0.812", None),  # half a unit, exactly
        ("T-14", "intensity", EIGHTHS, "0.813", None),
        ("T-14", "intensity", EIGHTHS, "0.8120", "-0.0005"),
        ("T-14", "intensity", EIGHTHS, "0.8", None),
        ("T-14", "intensity", EIGHTHS, "1", None),
        ("T-14", "intensity", EIGHTHS, "0", "-0.8125"),
        ("T-14", "intensity", BEYOND, "0.812", "-0.00050001"),
        ("T-14", "intensity", BEYOND, "0.813", None),
        ("T-15", "deviation", SIXTEENTHS, "-0.0625", None),
        ("T-15", "deviation", SIXTEENTHS, "-0.062", None),
        ("T-15", "deviation", SIXTEENTHS, "-0.063", None),
        ("T-15", "deviation", SIXTEENTHS, "-6.2%", None),
        ("T-15", "deviation", SIXTEENTHS, "-6.20%", "0.0005"),
        ("T-15", "deviation", SIXTEENTHS, "0.0625", "0.125"),
        ("T-16", "coefficient", EIGHTHS, "2.81%", None),
        ("T-16", "coefficient", EIGHTHS, "3.10%", "0.002875"),
        ("T-16", "coefficient", EIGHTHS, "0.028", None),
        ("T-16", "coefficient", EIGHTHS, "0.02813", None),
        ("T-16", "coefficient", EIGHTHS, "0.02812", None),
        ("T-16", "coefficient", EIGHTHS, "0.028120", "-0.000005"),
        ("T-16", "coefficient", SIXTEENTHS, "-0.00937", None),
        ("T-16", "coefficient", SIXTEENTHS, "0.009375", "0.01875"),
        ("T-16", "coefficient", cement(equal=True, line_kind="white_only"), "0", None),
        ("T-16", "coefficient", cement(equal=True, line_kind="white_only"), "0.0000", None),
        ("T-16", "coefficient", cement(equal=True, line_kind="white_only"), "0.01", "0.01"),
        ("T-16", "coefficient", cement(year=2024), "0.000001", "0.000001"),
    ],
)
def test_a_ratio_is_compared_at_the_decimals_it_is_written_with(
    check: str, column: str, row: Row, written: str, difference: str | None
) -> None:
    found = judged([row | {column: written}])
    assert found.verdict == "conforms", "a ratio decides no amount"
    if difference is None:
        assert found.status(check) == "passed"
        return
    ((number, text, right, off),) = found.rows(check)
    assert (number, off) == (1, difference)
    assert len(right.partition(".")[2]) == 12
    finding = found.findings[check]
    assert (finding["severity"], finding["tonnes"], finding["count"]) == ("warning", 0, 1)
    assert text == {"3.10%": "0.0310", "-6.20%": "-0.0620"}.get(written, written)


def test_a_difference_that_is_whole_only_when_printed_is_still_a_decimal() -> None:
    third = cement("A", "1000000", "3000000", "0.86", intensity="2.333333333333")
    report = judged([third]).report
    published.validator("report").validate(report)
    (finding,) = [found for found in report["findings"] if found["check"] == "T-14"]
    assert finding["rows"][0]["difference"] == "2"


def test_a_ratio_where_none_is_computed_is_not_judged() -> None:
    found = judged([cement(year=2024, intensity="0.5", deviation="0.1")])
    assert "T-14" not in found.findings
    assert "T-15" not in found.findings
    assert judged([cement()]).reason("T-14") == "COLUMN_EMPTY"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (cement(listed="否"), "TREATED_AS_COVERED_NOT_LISTED"),
        (cement(line_kind="grinding_only"), "TREATED_AS_COVERED_NO_CLINKER_LINE"),
        (cement(commissioned_year=2025), "TREATED_AS_COVERED_NEW_UNIT"),
        (cement(closed_before_verification="是"), "TREATED_AS_COVERED_CLOSED_UNIT"),
        (steel(route="electric_arc"), "TREATED_AS_COVERED_ROUTE_NOT_COVERED"),
        (cement(allowance=0), "TREATED_AS_UNCOVERED"),
        (cement(year=2024, allowance=0), "TREATED_AS_UNCOVERED"),
        (cement(allowance=1000000), "TREATED_AS_SPECIAL"),
        (cement(carbide_slag_rate="0.15", allowance=1000000), "TREATED_AS_SPECIAL"),
        (cement(line_kind="white_only"), "TREATED_AS_ORDINARY"),
        (cement(line_kind="gypsum_acid_byproduct"), "TREATED_AS_ORDINARY"),
        (cement(carbide_slag_rate="0.1501"), "TREATED_AS_ORDINARY"),
        (pre(listed="否"), "TREATED_AS_COVERED_NOT_LISTED"),
        (pre(pre_allocation=0), "TREATED_AS_UNCOVERED"),
        (cement(), None),
        (cement(allowance=1004650), None),
        (cement(carbide_slag_rate="0.1501", allowance=1000001), None),
        (cement(commissioned_year=2024), None),
        (pre(pre_allocation=699999), None),
    ],
)
def test_t17_names_the_method_whose_amount_stands_in_the_row(row: Row, code: str | None) -> None:
    # a second unit gives the balance value where the first needs none
    rows = [row] if "pre_allocation" in row else [row, cement("B") | {"year": row["year"]}]
    if row["year"] == 2024:
        rows[1] = cement("B", year=2024)
    found = judged(rows)
    field = "pre_allocation" if "pre_allocation" in row else "allowance"
    assert found.codes("T-17") == ([(1, field, code)] if code else [])
    if code:
        finding = found.findings["T-17"]
        ((_, written, right, difference),) = found.rows("T-17")
        assert finding["tonnes"] == abs(difference) == abs(written - right)
        assert finding["severity"] == "error"
        assert found.rows("T-12" if field == "pre_allocation" else "T-10") == found.rows("T-17")


def test_t17_says_the_reason_of_a_unit_outside_and_why_it_could_not_judge() -> None:
    found = judged([cement(closed_before_verification="是")])
    assert found.findings["T-17"]["rows"][0]["code"] == "TREATED_AS_COVERED_CLOSED_UNIT"
    assert judged([cement(allowance="")]).reason("T-17") == "CELL_NOT_USABLE"
    assert judged([cement(balance_value="")]).reason("T-17") == "NO_BALANCE_VALUE"


@pytest.mark.parametrize(
    ("reading", "row", "right"),
    [
        ({"rounding": "unit_floor"}, cement("A", "1000000", "1000000", "1.2499"), 1029990),
        ({"rounding": "unit_floor"}, cement("A", "600000", "650000"), 593398),
        ({"rounding": "enterprise_half_up"}, cement("A", "600000", "650000"), 593399),
        ({"steel_base": "main_processes"}, steel(output="700000"), 1970000),
    ],
)
def test_amounts_follow_the_readings_asked_for(
    reading: dict[str, str], row: Row, right: int
) -> None:
    found = judged([row | {"allowance": right}], readings=reading)
    assert found.verdict == "conforms"
    assert found.report["readings"] == reading
    assert judged([row | {"allowance": right + 1}], readings=reading).rows("T-10") == [
        (1, right + 1, right, 1)
    ]
