"""T-20 to T-25: laws between rows, and between two years."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from .handmade import Row, cement, judged, pre, steel

THREE = ("A", "B", "C")


def line(unit_id: str, intensity: str, surplus: int, **changes: Any) -> Row:
    """A line of 1,000,000 t with a given intensity and a surplus that need not follow from it."""
    output = str(int(1_000_000 / Fraction(intensity)))
    return cement(unit_id, "1000000", output, "1", allowance=1_000_000 + surplus, **changes)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (("0.86", "0.86", "0.86"), []),
        (("0.86", "0.860", "0.8600"), []),
        (("0.86", "0.86", "0.87"), [(3, "0.87", "0.86", "0.01")]),
        (("0.87", "0.86", "0.86"), [(1, "0.87", "0.86", "0.01")]),
        (("0.86", "0.860001", "0.86"), [(2, "0.860001", "0.86", "0.000001")]),
        (("0.86", "0.85", ""), [(2, "0.85", "0.86", "-0.01")]),  # the first of equals
    ],
)
def test_t20_within_the_table_one_balance_value_a_sector_and_year(
    written: tuple[str, ...], expected: list[Any]
) -> None:
    rows = [
        cement(name) | {"balance_value": text} for name, text in zip(THREE, written, strict=True)
    ]
    found = judged(rows)
    assert found.rows("T-20") == expected
    if expected:
        finding = found.findings["T-20"]
        assert (finding["severity"], finding["tonnes"], finding["count"]) == ("error", 0, 1)
        assert finding["clauses"] == ["B-1", "B-4"]


def test_t20_takes_the_value_most_rows_carry_however_they_write_it() -> None:
    texts = ("0.86", "0.860", "0.8600", "0.87", "0.87")
    rows = [cement(f"L{i}") | {"balance_value": text} for i, text in enumerate(texts)]
    assert [row for row, *_ in judged(rows).rows("T-20")] == [4, 5]


def test_t20_sectors_and_years_may_differ() -> None:
    rows = [cement(), steel(), cement(year=2024, balance="0.9")]
    assert judged(rows).status("T-20") == "passed"


def test_t20_holds_in_2024_and_for_special_lines_too_though_nothing_is_computed_from_it() -> None:
    rows = [cement("A", year=2024), cement("B", year=2024, balance="0.9")]
    assert judged(rows).rows("T-20") == [(2, "0.9", "0.86", "0.04")]
    special = cement("B", balance="0.9", line_kind="white_only", equal=True)
    assert judged([cement(), special]).rows("T-20") == [(2, "0.9", "0.86", "0.04")]


@pytest.mark.parametrize(
    ("written", "fires"),
    [
        *(("0.86", False), ("0.855", False), ("0.9", False), ("0.85", False), ("0.8549", True)),
        *(("0.8550", False), ("0.8560", True), ("0.87", True), ("", False)),
    ],
)
def test_t20_against_a_given_value_at_the_decimals_written(written: str, fires: bool) -> None:
    rows = [cement(balance="0.855") | {"balance_value": written}]
    found = judged(rows, balance={"cement": "0.855"})
    assert [row for row, *_ in found.rows("T-20")] == ([1] if fires else [])
    assert "T-10" not in found.findings, "recomputed with what was given, not with the table's"
    assert found.report["balance_values"] == [
        {"sector": "cement", "year": 2025, "value": "0.855", "from": "option"}
    ]


def test_t20_against_a_solved_value() -> None:
    # two lines of equal weight, nobody clipped: B is the mean of 0.8 and 0.9 (B-3)
    rows = [
        cement("A", "800000", "1000000", "0.85"),
        cement("B", "800000", "888888.888889", "0.85"),
    ]
    found = judged(rows, solve_balance=True)
    assert "T-20" not in found.findings
    (value,) = found.report["balance_values"]
    assert value["from"] == "solved"
    assert abs(Fraction(value["value"]) - Fraction("0.85")) < Fraction("0.000001")
    rows[0]["balance_value"] = "0.84"
    assert [row for row, *_ in judged(rows, solve_balance=True).rows("T-20")] == [1]


def test_a_given_value_goes_before_a_solved_one_and_that_before_the_tables() -> None:
    rows = [cement("A", "800000", "1000000"), steel()]
    both = judged(rows, balance={"cement": "0.86"}, solve_balance=True).report["balance_values"]
    assert [(item["sector"], item["from"]) for item in both] == [
        ("cement", "option"),
        ("steel", "solved"),
    ]
    alone = judged(rows).report["balance_values"]
    assert [item["from"] for item in alone] == ["table", "table"]


@pytest.mark.parametrize(
    ("obligation", "allowance", "bound"),
    [
        (1000, 1031, None),  # 30 + 1.015 = 31.015
        (1000, 1032, 1031),
        (1000, 969, None),
        (1000, 968, 969),
        (33, 35, None),  # 0.99 + 1.015 = 2.005
        (33, 36, 35),
        (66, 68, None),  # 1.98 + 1.015 = 2.995
        (66, 69, 68),
        (0, 1, None),
        (0, 2, 1),
    ],
)
def test_t21_bounds_the_surplus_at_three_percent_and_the_rounding(
    obligation: int, allowance: int, bound: int | None
) -> None:
    emissions = str(obligation)
    row = cement("A", emissions, "1000", obligation=obligation, allowance=allowance)
    found = judged([row])
    expected = [] if bound is None else [(1, allowance, bound, allowance - bound)]
    assert found.rows("T-21") == expected
    if expected:
        finding = found.findings["T-21"]
        assert (finding["severity"], finding["clauses"]) == ("error", ["A-8"])
        assert finding["tonnes"] == abs(allowance - (bound or 0))


@pytest.mark.parametrize("emissions", ["16.5", "33.495146", "66.990292", "100.5", "0.49"])
def test_t21_is_silent_on_what_rounding_does_to_a_right_row(emissions: str) -> None:
    for output in ("10000", "0.000001"):  # both bounds
        for rounding in ("unit_half_up", "unit_floor", "enterprise_half_up"):
            exact = Fraction(emissions)
            factor = Fraction("1.03") if output == "10000" else Fraction("0.97")
            half = Fraction(0) if rounding == "unit_floor" else Fraction(1, 2)
            row = cement("A", emissions, output)
            row |= {"allowance": int(exact * factor + half), "obligation": int(exact + half)}
            assert judged([row], readings={"rounding": rounding}).verdict == "conforms"


def test_t21_computes_the_obligation_where_it_is_not_written() -> None:
    row = cement(obligation="", allowance=1031016)
    assert judged([row]).rows("T-21") == [(1, 1031016, 1030001, 1015)]
    outside = cement(listed="否", outside=True, allowance=500)
    assert "T-21" not in judged([outside]).findings, "T-10 and T-17 have it"


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        # no balance value: only the law can tell, and it names both
        ([line("A", "1", 0), line("B", "1.25", 4)], []),  # 2 t a unit, exactly
        ([line("A", "1", 0), line("B", "1.25", 5)], [1, 2]),
        ([line("A", "1", 100), line("B", "1", 0)], []),  # a tie of intensity
        ([line("A", "1", 0), line("B", "1", 9), line("C", "1.25", 0)], []),
        ([line("A", "1", 0), line("B", "1", 9), line("C", "1.25", 5)], [1, 3]),
        ([line("A", "1.25", 0), line("B", "1", 0)], []),
        ([line("A", "1.25", 9), line("B", "1", 0), line("C", "0.8", 30)], [1, 2]),
        ([line("A", "1", 0), line("B", "1.25", 9, year=2024)], []),
        ([line("A", "1", 0), line("B", "1.25", 9, line_kind="white_only")], []),
        ([line("A", "1", 0), line("B", "1.25", 9, listed="否")], []),
    ],
)
def test_t22_the_cleaner_never_has_the_lower_rate(rows: list[Row], named: list[int]) -> None:
    found = judged([row | {"balance_value": ""} for row in rows])
    assert sorted(row for row, *_ in found.rows("T-22")) == named
    if named:
        finding = found.findings["T-22"]
        assert (finding["severity"], finding["clauses"]) == ("error", ["A-3", "A-4"])
        assert found.verdict == "does_not_conform"


def test_t22_names_the_wrong_row_where_recomputation_knows_it() -> None:
    right = [cement(f"R{i}", "1000000", str(1_000_000 + 50_000 * i)) for i in range(1, 6)]
    wrong = cement("W", "1000000", "1125000", allowance=970_000)
    found = judged([*right, wrong])
    ((number, written, allowed, difference),) = found.rows("T-22")
    assert (number, written, difference) == (6, 970_000, 970_000 - allowed)
    # the dirtiest right line that is still dirtier than W, less the 4 t of both roundings
    assert allowed == right[1]["allowance"] - 4
    (row,) = found.findings["T-22"]["rows"]
    assert row["code"] == "RATE_OUT_OF_ORDER"
    assert row["values"] == {"other_row": "2", "other_unit": "R2"}
    assert found.findings["T-22"]["tonnes"] == allowed - 970_000


def test_t22_names_the_wrong_row_that_has_too_much_too() -> None:
    right = [cement(f"R{i}", "1000000", str(1_000_000 + 50_000 * i)) for i in range(1, 6)]
    found = judged([*right, cement("W", "1000000", "1125000", allowance=1_029_000)])
    allowed = right[2]["allowance"] + 4
    assert found.rows("T-22") == [(6, 1_029_000, allowed, 1_029_000 - allowed)]
    assert judged([*right, cement("W", "1000000", "1125000", allowance=allowed)]).rows("T-22") == []


def test_t22_compares_rates_not_tonnes_and_small_units_with_their_slack() -> None:
    rows = [
        cement("A", "100", "125", balance_value="", allowance=99),
        cement("B", "1000000", "1111111", balance_value="", allowance=1_010_000),
    ]
    assert "T-22" not in judged(rows).findings, "±2 t of 100 t are 2 %"
    rows[0] |= {"allowance": 98}
    assert sorted(row for row, *_ in judged(rows).rows("T-22")) == [1, 2]


def national(surplus: int, **changes: Any) -> list[Row]:
    """Two lines, Σ E = 200,000 t, B written 1.00: slack 2·½ + 200,000·0.15·0.005/1 = 151 t."""
    rows = [cement(name, "100000", "100000", "1.00") | changes for name in ("A", "B")]
    rows[0]["allowance"] = 100_000 + surplus
    return rows


@pytest.mark.parametrize(
    ("rows", "options", "expected"),
    [
        (national(151), {}, []),
        (national(152), {}, [(None, 200152, "200000", 152)]),
        (national(-151), {}, []),
        (national(-152), {}, [(None, 199848, "200000", -152)]),
        # a place more: slack 1 + 15
        (national(16), {"balance": {"cement": "1.000"}}, []),
        (national(17), {"balance": {"cement": "1.000"}}, [(None, 200017, "200000", 17)]),
        # solved: twelve places, slack 1 and next to nothing
        (national(1), {"solve_balance": True}, []),
        (national(2), {"solve_balance": True}, [(None, 200002, "200000", 2)]),
        # solved and rounded to four: 1 + 200,000·0.15·0.00005 = 2.5
        (
            national(2),
            {"solve_balance": True, "readings": {"balance_precision": "four_decimals"}},
            [],
        ),
        (
            national(3),
            {"solve_balance": True, "readings": {"balance_precision": "four_decimals"}},
            [(None, 200003, "200000", 3)],
        ),
        # cut off: a whole tonne a unit
        (national(-152), {"readings": {"rounding": "unit_floor"}}, []),
        (
            national(-153),
            {"readings": {"rounding": "unit_floor"}},
            [(None, 199847, "200000", -153)],
        ),
    ],
)
def test_t23_slack_is_the_rounding_and_the_last_place_of_b(
    rows: list[Row], options: dict[str, Any], expected: list[Any]
) -> None:
    found = judged(rows, national=True, **options)
    assert found.rows("T-23") == expected
    if expected:
        finding = found.findings["T-23"]
        assert finding["tonnes"] == abs(expected[0][3])
        assert (finding["severity"], finding["count"]) == ("error", 1)
        assert finding["rows"][0]["values"] == {"sector": "cement", "units": "2"}


def test_t23_runs_only_on_a_table_declared_national() -> None:
    found = judged(national(9999))
    assert (found.status("T-23"), found.reason("T-23")) == ("not_checked", "NOT_DECLARED_NATIONAL")


def test_t23_leaves_out_what_is_not_allocated_by_intensity_and_judges_sectors_apart() -> None:
    extra = [
        cement("W", line_kind="white_only", equal=True, allowance=5),
        cement("N", listed="否", outside=True, allowance=5),
        cement("Y", year=2024, allowance=5),
    ]
    for row in extra:
        row["balance_value"] = "1.00"
    assert "T-23" not in judged(national(0) + extra, national=True).findings
    both = judged([*national(0), steel(output="700000")], national=True)
    assert both.rows("T-23") == [(None, 1957143, "2000000", -42857)]


def test_t23_does_not_blame_a_sector_with_a_row_that_cannot_be_read() -> None:
    rows = [*national(9999), cement("C", "1", "1", "1.00") | {"verified_emissions": "x"}]
    found = judged(rows, national=True)
    assert (found.status("T-23"), found.reason("T-23")) == ("not_checked", "ROW_NOT_A_UNIT")
    other = judged([*national(9999), steel(verified_emissions="x")], national=True)
    assert [row[0] for row in other.rows("T-23")] == [None], "another sector's row is no matter"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (pre(previous="1000000"), []),
        (pre(previous="1000000.0"), []),
        (pre(previous="999999"), [(1, "999999", "1000000", -1)]),
        (pre(previous="1000000.25"), [(1, "1000000.25", "1000000", "0.25")]),
        (pre(previous=None), [(1, None, "1000000", -1000000)]),
    ],
)
def test_t24_holds_previous_emissions_against_the_previous_table(
    row: Row, expected: list[Any]
) -> None:
    found = judged([row], [cement(year=2024)])
    assert found.rows("T-24") == expected
    assert found.verdict == "conforms", "a warning"
    if expected:
        finding = found.findings["T-24"]
        assert (finding["severity"], finding["clauses"]) == ("warning", ["I-2"])
        assert finding["tonnes"] == {-1: 1, "0.25": 0, -1000000: 1000000}[expected[0][3]]


def test_t24_says_why_it_could_not_judge() -> None:
    assert judged([pre()]).reason("T-24") == "NO_PREVIOUS_TABLE"
    assert judged([pre()], [cement("L9", year=2024)]).reason("T-24") == "NOT_IN_PREVIOUS_TABLE"
    assert judged([pre()], [cement()]).reason("T-24") == "NOT_IN_PREVIOUS_TABLE"
    assert judged([cement()], [cement(year=2024)]).reason("T-24") == "NOT_IN_KIND"
    unread = judged([pre(previous_year_emissions="x")], [cement(year=2024)])
    assert unread.rows("T-24") == []
    assert unread.reason("T-24") == "ROW_NOT_A_UNIT"


@pytest.mark.parametrize(
    ("rows", "before", "expected"),
    [
        (["A"], ["A"], []),
        (["A", "B"], ["A"], [(2, "2024")]),
        (["A"], ["A", "B"], [(None, "2025")]),
        (["B"], ["A"], [(None, "2025"), (1, "2024")]),
    ],
)
def test_t25_a_unit_of_one_year_is_there_in_the_other(
    rows: list[str], before: list[str], expected: list[Any]
) -> None:
    later, earlier = [cement(name) for name in rows], [cement(name, year=2024) for name in before]
    found = judged(later, earlier)
    named = [
        (row["row"], row["values"]["year"])
        for row in found.findings.get("T-25", {}).get("rows", [])
    ]
    assert named == expected
    assert found.verdict == "conforms"
    together = judged([*later, *earlier])
    assert len(together.rows("T-25")) == len(expected)
    assert all(row[0] is not None for row in together.rows("T-25"))


@pytest.mark.parametrize("year", [2023, 2026])
def test_t25_no_unit_is_missing_in_a_year_outside_the_rules(year: int) -> None:
    found = judged([cement("A"), cement("B", year=2024), cement("C", year=year)])
    assert found.codes("T-02") == [(3, "year", "YEAR_NOT_COVERED")]
    assert {code for _, _, code in found.codes("T-25")} == {"UNIT_MISSING_IN_YEAR"}
    assert [row[0] for row in found.rows("T-25")] == [1, 2]
    alone = judged([cement("A"), cement("B", year=2026)])
    assert alone.reason("T-25") == "NO_PREVIOUS_TABLE"


def test_t25_a_new_unit_need_not_be_in_the_year_before() -> None:
    new = cement("N", commissioned_year=2025, outside=True)
    found = judged([cement(), new], [cement(year=2024)])
    assert found.status("T-25") == "passed"
    old = cement("N", commissioned_year=2024)
    assert [row[0] for row in judged([cement(), old], [cement(year=2024)]).rows("T-25")] == [2]
    assert judged([cement()]).reason("T-25") == "NO_PREVIOUS_TABLE"
