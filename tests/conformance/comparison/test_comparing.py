"""What a comparison says of tables whose differences are known beforehand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from cets_conformance import published
from cets_conformance import report as reporting
from cets_conformance.comparison import ComparisonError, compare_tables
from cets_conformance.tables.reading import table_from_rows

sys.path.insert(0, str(Path(__file__).parent))
from vendors import UNITS, compare, parted, table


def counts(report: dict[str, Any]) -> tuple[int, int, int]:
    return tuple(report["counts"][name] for name in ("agreed", "disputed", "not_comparable"))  # type: ignore[return-value]


def test_tables_that_give_what_the_rules_give_agree() -> None:
    report = compare(table(), table(), table()).report()
    assert report["verdict"] == "agree"
    assert counts(report) == (4, 0, 0)
    assert parted(report) == {}
    assert report["inputs"]["same"] == 4


def test_one_vendor_apart_is_named_with_the_tonnes_and_the_mistake() -> None:
    """995,349 is the worked figure with its sign reversed (A-3)."""
    report = compare(table(), table(cement_1={"allowance": 995349}), table()).report()
    assert report["verdict"] == "differ"
    assert parted(report) == {"allowance": [("A C reference | B", 1, 9302)]}
    pattern = report["patterns"][0]
    assert pattern["groups"][1]["difference"] == -9302
    cause = pattern["groups"][1]["diagnosis"]["causes"][0]
    assert (cause["mistake"], cause["explains"], cause["of"]) == ("M-10", 1, 1)
    assert pattern["clauses"] == ["A-3"]
    assert report["clauses"] == [
        {"clause": "A-3", "units": 1, "tonnes": 9302, "patterns": [pattern["id"]]}
    ]


def test_the_reference_alone_against_all_is_flagged() -> None:
    """Under ``unit_floor`` the reference parts from tables that round half up."""
    report = compare(table(), table(), readings={"rounding": "unit_floor"}).report()
    alone = [pattern for pattern in report["patterns"] if pattern["shape"] == "reference_alone"]
    assert parted(report)["allowance"][0][0] == "A B | reference"
    assert {pattern["field"] for pattern in alone} == {"allowance", "obligation"}
    assert report["reference_alone"] == {"units": 2, "tonnes": 2}


def test_one_table_against_the_reference_is_no_lonely_reference() -> None:
    """With the other table silent nothing speaks for the one more than for the reference."""
    report = compare(table(cement_1={"allowance": 1}), table(cement_1={"allowance": None})).report()
    assert report["patterns"][0]["shape"] == "tie"
    assert report["reference_alone"]["units"] == 0


def test_differing_data_are_told_apart_from_differing_results() -> None:
    """B computed from another output, and right from it (cement-1, 1,500,000 t: the bound)."""
    other = {"output": "1500000", "allowance": 1030000}
    report = compare(table(), table(cement_1=other)).report()
    assert counts(report) == (3, 0, 1)
    assert report["counts"]["reasons"] == [{"code": "INPUTS_DIFFER", "units": 1}]
    inputs = report["inputs"]
    assert (inputs["differ"], inputs["right_on_own"], inputs["tonnes"]) == (1, 1, 25349)
    assert inputs["patterns"][0] == {
        "groups": [["A"], ["B"]],
        "fields": ["output"],
        "material": True,
        "units": 1,
        "tonnes": 25349,
    }
    row = inputs["rows"][0]
    assert row["inputs"] == [{"field": "output", "values": ["1200000", "1500000"]}]
    assert row["expected"] == [1004651, 1030000]
    assert [entry["right"] for entry in report["tables"]] == [4, 4]


def test_a_gap_that_the_data_alone_do_not_explain_is_not_put_down_to_them() -> None:
    """B states another output and has not computed from it."""
    report = compare(table(), table(cement_1={"output": "1500000"})).report()
    assert (report["inputs"]["differ"], report["inputs"]["right_on_own"]) == (1, 0)
    assert report["inputs"]["rows"][0]["right"] == [True, False]
    assert report["tables"][1]["wrong"] == 1


def test_data_that_differ_without_changing_a_figure_keep_the_results_comparable() -> None:
    one = table(cement_1={"commissioned_year": 1999})
    report = compare(one, table(cement_1={"commissioned_year": 2001, "allowance": 995349})).report()
    assert parted(report)["allowance"] == [("A reference | B", 1, 9302)]
    assert report["inputs"]["immaterial"] == 1
    assert report["inputs"]["patterns"][0]["material"] is False


@pytest.mark.parametrize(
    "spelling",
    [{"output": "1200000.0"}, {"listed": True}, {"carbide_slag_rate": "0.00"}],
)
def test_another_spelling_of_a_value_and_a_default_written_out_are_the_same_data(
    spelling: dict[str, Any],
) -> None:
    other = [row | {"listed": row.get("listed", True), "carbide_slag_rate": "0"} for row in table()]
    other[0] |= spelling
    report = compare(table(), other).report()
    assert report["verdict"] == "agree"
    assert report["inputs"]["same"] == 4


def test_a_column_that_a_table_lacks_states_nothing_and_is_listed(tmp_path: Path) -> None:
    """B does not print the obligation under a header we know, nor the output it computed from."""
    lacking = [
        {name: cell for name, cell in row.items() if name not in ("output", "obligation")}
        | {"应缴": row["obligation"]}
        for row in table()
    ]
    report = compare(table(), lacking).report()
    assert report["verdict"] == "agree"
    assert report["tables"][1]["columns_missing"] == ["output", "obligation"]
    assert report["tables"][1]["headers_unread"] == ["应缴"]
    assert report["tables"][1]["right"] == 4
    obligation = next(field for field in report["fields"] if field["field"] == "obligation")
    assert obligation["tables"] == ["A"]
    assert obligation["agreed"] == 4
    for number, said in enumerate((True, False)):
        reporting.write(report, tmp_path / f"{number}.html", "zh")
        shown = (tmp_path / f"{number}.html").read_text("utf-8")
        assert ("未识别的表头：应缴" in shown) is said
        report["tables"][1].pop("headers_unread", None)  # as reports had it before there was one


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"allowance": None}, "EMPTY"),
        ({"allowance": "n/a"}, "UNUSABLE"),
        ({"verified_emissions": "x"}, "INPUT_UNUSABLE"),
    ],
)
def test_a_cell_that_cannot_be_compared_has_a_state_of_its_own(
    change: dict[str, Any], reason: str
) -> None:
    report = compare(table(), table(cement_1=change), table()).report()
    assert counts(report) == (3, 0, 1)
    assert report["counts"]["reasons"] == [{"code": reason, "units": 1}]
    assert report["verdict"] == "incomplete"
    silent = next(pattern for pattern in report["patterns"] if pattern["silent"])
    assert silent["silent"] == [{"table": "B", "state": reason}]
    assert silent["shape"] == "incomplete"


def test_a_unit_missing_or_twice_is_counted_and_a_dispute_of_the_others_still_told() -> None:
    wrong = table(cement_2={"allowance": 593400})
    third = [row for row in table() if row["unit_id"] != "cement-2"]
    third.append(third[0])
    report = compare(table(), wrong, third).report()
    assert counts(report) == (2, 1, 1)
    assert report["counts"]["reasons"] == [{"code": "TWICE", "units": 1}]
    assert parted(report)["allowance"] == [("A reference | B", 1, 1)]
    assert report["patterns"][0]["silent"] == [{"table": "C", "state": "MISSING"}]
    assert [report["tables"][2][name] for name in ("missing", "twice")] == [1, 1]


def test_rows_without_a_unit_are_counted_not_guessed() -> None:
    nameless = table()
    nameless[0] = {name: cell for name, cell in nameless[0].items() if name != "unit_id"}
    report = compare(table(), nameless).report()
    assert report["tables"][1]["without_key"] == 1
    assert report["tables"][1]["missing"] == 1


def test_what_the_rules_refuse_is_no_agreement() -> None:
    """Both give the same amount for a line without output: the reference gives none."""
    both = table(cement_1={"output": "0"})
    report = compare(both, both).report()
    assert report["counts"]["reasons"] == [{"code": "REFUSED", "units": 1}]
    assert report["tables"][0]["no_reference"] == 1


@pytest.mark.parametrize(
    ("written", "agrees"),
    [("0.0310", True), ("0.031", True), ("0.03", True), ("0.0311", False), ("0.031007", False)],
)
def test_a_ratio_is_compared_at_the_decimals_it_is_written_with(written: str, agrees: bool) -> None:
    """X = 0.031007751938 for the worked figure (A-3); 0.031007 is off by more than 0.0000005."""
    report = compare(
        table(cement_1={"deviation": "0.031007751938"}), table(cement_1={"deviation": written})
    ).report()
    expected = {} if agrees else {"deviation": [("A reference | B", 1, None)]}
    assert parted(report) == expected
    assert report["verdict"] == "agree"


def test_an_adjustment_is_the_allowance_less_what_all_say_was_pre_allocated() -> None:
    given = {"pre_allocation": 700000, "adjustment": 304651}
    wrong = given | {"adjustment": 304650}
    report = compare(table(cement_1=given), table(cement_1=wrong)).report()
    assert parted(report)["adjustment"] == [("A reference | B", 1, 1)]


BEFORE = [UNITS[0] | {"year": 2024, "verified_emissions": "1000001"}]
"""The previous year: 700,000.7 t are pre-allocated, 700,001 t (I-2)."""


def test_an_amount_that_all_state_and_nobody_can_judge_is_counted_so_in_its_column() -> None:
    """Without the previous year's emissions both may be wrong alike."""
    both = table(cement_1={"pre_allocation": 1, "adjustment": 1004650})
    report = compare(both, both).report()
    assert report["verdict"] == "agree"
    assert counts(report) == (4, 0, 0)
    assert report["counts"]["reasons"] == []
    told = {field["field"]: field["reasons"] for field in report["fields"]}
    empty = {"code": "EMPTY", "units": 3}
    assert told["pre_allocation"] == [empty, {"code": "NONE", "units": 1}]
    assert told["allowance"] == []


@pytest.mark.parametrize(("amount", "verdict"), [(700001, "agree"), (700000, "differ")])
def test_the_previous_years_table_judges_the_pre_allocations(amount: int, verdict: str) -> None:
    both = table(cement_1={"pre_allocation": amount, "adjustment": 1004651 - amount})
    report = compare(both, both, previous=BEFORE).report()
    published.validator("comparison").validate(report)
    assert report["verdict"] == verdict
    assert report["previous"]["format"] == "json"
    if verdict == "differ":
        assert parted(report) == {"pre_allocation": [("A B | reference", 1, 1)]}


def test_what_a_table_says_of_the_previous_year_goes_before_the_previous_years_table() -> None:
    both = [BEFORE[0] | {"verified_emissions": "1000000"}, *table(cement_1={"pre_allocation": 1})]
    report = compare(both, both, previous=BEFORE).report(None)
    assert [row["reference"] for row in report["disputes"]["rows"]][:1] == [700000]


def test_a_pre_allocation_table_may_leave_the_emissions_to_the_previous_years_table() -> None:
    of_own = {name: cell for name, cell in UNITS[0].items() if name not in OF_ALLOCATION}
    rows = [of_own | {"pre_allocation": 700001}]
    assert compare(rows, rows, previous=BEFORE).report()["verdict"] == "agree"
    unreadable = [rows[0] | {"previous_year_emissions": "?"}]
    report = compare(rows, unreadable, previous=BEFORE).report()
    assert report["counts"]["reasons"] == [{"code": "INPUT_UNUSABLE", "units": 1}]


def test_a_given_balance_value_goes_before_the_tables_own() -> None:
    """Tables that print it differently were then computed from the same data."""
    other = [row | {"balance_value": "0.9"} for row in table()]
    assert compare(table(), other).report()["inputs"]["differ"] == 2
    report = compare(table(), other, balance={"cement": "0.86"}).report()
    assert report["verdict"] == "agree"
    assert {item["from"] for item in report["balance_values"]} == {"option"}


def test_pre_allocation_tables_are_compared_by_their_own_amount() -> None:
    rows = [
        {name: cell for name, cell in UNITS[0].items() if name not in OF_ALLOCATION}
        | {"previous_year_emissions": "1000000", "pre_allocation": 700000}
    ]
    other = [rows[0] | {"pre_allocation": 1000000}]
    report = compare(rows, other).report()
    assert parted(report) == {"pre_allocation": [("A reference | B", 1, 300000)]}
    assert report["patterns"][0]["groups"][1]["diagnosis"]["causes"][0]["mistake"] == "M-41"


OF_ALLOCATION = {"verified_emissions", "output", "balance_value", "allowance", "obligation"}


@pytest.mark.parametrize(
    ("tables", "names", "code"),
    [
        ([table()], "A", "NUMBER_OF_TABLES"),
        ([table()] * 9, "ABCDEFGHI", "NUMBER_OF_TABLES"),
        ([table()] * 2, "ABC", "NUMBER_OF_NAMES"),
        ([table()] * 2, "Aa", "NAMES_ALIKE"),
        ([table()] * 2, "A ", "NAMES_ALIKE"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_code(
    tables: list[Any], names: str, code: str
) -> None:
    read = [table_from_rows(rows) for rows in tables]
    with pytest.raises(ComparisonError) as refused:
        compare_tables(read, list(names))
    assert refused.value.code == code


def test_tables_without_a_unit_that_can_be_read_are_refused() -> None:
    nameless = [{"year": 2025, "sector": "cement", "allowance": 1}]
    with pytest.raises(ComparisonError, match="NO_UNITS"):
        compare(nameless, nameless)


def test_tables_of_two_kinds_are_refused() -> None:
    pre = [{"year": 2025, "unit_id": "a", "sector": "cement", "pre_allocation": 1}]
    with pytest.raises(ComparisonError, match="KINDS_DIFFER"):
        compare(table(), pre)


def test_eight_tables_are_compared_and_the_report_fits_the_schema() -> None:
    tables = [table(cement_1={"allowance": 1004651 + off}) for off in range(8)]
    report = compare(*tables).report()
    published.validator("comparison").validate(report)
    pattern = report["patterns"][0]
    assert pattern["shape"] == "majority"
    assert [len(group["tables"]) for group in pattern["groups"]] == [1] * 8
    assert pattern["tonnes"] == 7


def test_rows_are_bounded_as_asked_and_the_whole_number_is_said() -> None:
    wrong = table(cement_1={"allowance": 1}, cement_2={"allowance": 2})
    comparison = compare(table(), wrong)
    assert [row["unit_id"] for row in comparison.report(1)["disputes"]["rows"]] == ["cement-1"]
    assert comparison.report(1)["disputes"]["count"] == 2
    assert len(comparison.report(None)["disputes"]["rows"]) == 2
