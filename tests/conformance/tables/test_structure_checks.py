"""T-01 to T-06: each fires on the wrong and is silent on the right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cets_conformance.tables import check_file

from .handmade import Judgement, Row, cement, credit_code, identity, judged, pre, steel, without


def header_findings(rows: list[Row], **options: Any) -> list[tuple[str | None, str | None]]:
    return [(field, code) for _, field, code in judged(rows, **options).codes("T-01")]


@pytest.mark.parametrize(
    ("row", "column", "fires"),
    [
        *((cement(), name, True) for name in ("year", "province", "enterprise_id", "sector")),
        *((cement(), name, True) for name in ("enterprise_name", "unit_id", "line_kind")),
        *((cement(), name, True) for name in ("verified_emissions", "output", "balance_value")),
        (cement(), "allowance", True),
        (cement(), "obligation", False),
        (cement(year=2024), "output", False),
        (cement(year=2024), "balance_value", False),
        (cement(equal=True, line_kind="white_only"), "output", False),
        (cement(emissions="0"), "output", False),
        (steel(), "route", True),
        (steel(), "ironmaking_emissions", True),
        (steel(), "sintering_emissions", True),
        (pre(), "previous_year_emissions", True),
        (pre(), "province", True),
        (pre(), "line_kind", True),
    ],
)
def test_a_missing_column_fires_t01_where_the_kind_and_the_rows_need_it(
    row: Row, column: str, fires: bool
) -> None:
    found = header_findings([without(row, column)])
    assert found == ([(column, "COLUMN_MISSING")] if fires else [])


def test_pre_allocation_is_needed_where_the_kind_is_given() -> None:
    found = judged([without(pre(), "pre_allocation")])
    assert found.codes("T-01") == [(None, "pre_allocation", "COLUMN_MISSING")]
    assert found.verdict == "does_not_conform"
    assert judged([cement()]).status("T-01") == "passed"


def test_columns_of_a_sector_are_needed_only_where_the_sector_is() -> None:
    assert header_findings([cement()]) == []  # no route, no ironmaking
    assert header_findings([steel()]) == []  # no kind of line
    assert header_findings([steel(), without(cement(), "line_kind")]) == [
        ("line_kind", "COLUMN_MISSING")
    ]


def test_a_header_finding_says_severity_clauses_and_no_tonnes() -> None:
    finding = judged([without(cement(), "province")]).findings["T-01"]
    assert (finding["severity"], finding["count"], finding["tonnes"]) == ("error", 1, 0)
    assert finding["clauses"] == ["S-1"]
    (row,) = finding["rows"]
    assert row["row"] is None
    assert row["values"]["header_zh"] == "省份"


def test_a_column_that_stands_twice_is_not_used_and_named() -> None:
    found = judged([cement() | {"经核查排放量": "5"}])
    assert [code for _, _, code in found.codes("T-01")] == ["COLUMN_TWICE"]
    assert found.reason("T-10") == "ROW_NOT_A_UNIT"
    assert "T-10" not in found.findings


def test_tonnes_by_the_ten_thousand_are_taken_only_when_confirmed() -> None:
    row = without(cement(), "output") | {"产量（万t）": "120"}
    assert header_findings([row]) == [("output", "UNIT_NOT_CONFIRMED")]
    assert judged([row], unit="10kt").verdict == "conforms"


@pytest.mark.parametrize("column", ["listed", "closed_before_verification"])
def test_a_column_left_out_blocks_rows_instead_of_standing_for_its_default(column: str) -> None:
    headers = {"listed": "是否纳入名录", "closed_before_verification": "核定前关停"}
    row = cement(outside=True) | {column: "是", headers[column]: "是"}
    found = judged([row])
    assert found.errors() == {"T-01"}
    assert found.reason("T-10") == "ROW_NOT_A_UNIT"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"year": None}, [(1, "year", "CELL_MISSING")]),
        ({"sector": ""}, [(1, "sector", "CELL_MISSING")]),
        ({"unit_id": " "}, [(1, "unit_id", "CELL_MISSING")]),
        ({"verified_emissions": ""}, [(1, "verified_emissions", "CELL_MISSING")]),
        ({"allowance": ""}, [(1, "allowance", "CELL_MISSING")]),
        ({"line_kind": ""}, [(1, "line_kind", "CELL_MISSING")]),
        ({"obligation": "", "output": "1200000"}, []),
        ({"year": 2023}, [(1, "year", "YEAR_NOT_COVERED")]),
        ({"year": 2026}, [(1, "year", "YEAR_NOT_COVERED")]),
        ({"year": "二四"}, [(1, "year", "NOT_A_YEAR")]),
        ({"sector": "造纸"}, [(1, "sector", "UNKNOWN_CHOICE")]),
        ({"verified_emissions": "abc"}, [(1, "verified_emissions", "NOT_A_NUMBER")]),
        ({"verified_emissions": "-1"}, [(1, "verified_emissions", "NEGATIVE")]),
        ({"verified_emissions": "1.1234567"}, [(1, "verified_emissions", "TOO_MANY_DIGITS")]),
        ({"allowance": "1004651.5"}, [(1, "allowance", "FRACTIONAL_AMOUNT")]),
        ({"allowance": "#REF!"}, [(1, "allowance", "ERROR_CELL")]),
        ({"output": "0"}, [(1, "output", "OUTPUT_NOT_POSITIVE")]),
        ({"output": ""}, [(1, "output", "OUTPUT_NOT_POSITIVE")]),
        ({"carbide_slag_rate": "1.01"}, [(1, "carbide_slag_rate", "CELL_NOT_VALID")]),
        ({"carbide_slag_rate": "0.15"}, []),
    ],
)
def test_a_cell_that_cannot_be_taken_fires_t02_at_its_place(
    changes: dict[str, Any], expected: list[Any]
) -> None:
    found = judged([cement() | changes])
    assert found.codes("T-02") == expected
    assert found.verdict == ("does_not_conform" if expected else "conforms")
    if expected and expected[0][1] not in {"allowance"}:
        assert found.reason("T-10") == "ROW_NOT_A_UNIT"
        assert "T-10" not in found.findings


def test_output_zero_is_no_matter_where_no_intensity_is_computed() -> None:
    for row in (
        cement(output="0", year=2024),
        cement(output="0", line_kind="white_only", equal=True),
        cement(output="0", listed="否", outside=True, equal=True),
        cement(emissions="0", output="0"),
    ):
        assert judged([row]).verdict == "conforms"


def test_processes_may_reach_the_enterprise_and_not_exceed_it() -> None:
    whole = steel(ironmaking_emissions="1900000", sintering_emissions="100000", allowance=1940000)
    assert judged([whole]).verdict == "conforms"
    over = judged([whole | {"sintering_emissions": "100000.000001"}])
    assert over.codes("T-02") == [(1, "ironmaking_emissions", "PROCESS_EXCEEDS_ENTERPRISE")]


def test_a_missing_process_is_named_by_its_own_column() -> None:
    assert judged([steel(sintering_emissions="")]).codes("T-02") == [
        (1, "sintering_emissions", "CELL_MISSING")
    ]


def test_a_cell_names_row_unit_column_province_and_enterprise() -> None:
    rows = [cement(), cement("L2", verified_emissions="x")]
    (row,) = judged(rows).findings["T-02"]["rows"]
    assert (row["row"], row["unit_id"], row["column"]) == (2, "L2", "verified_emissions")
    assert (row["province"], row["enterprise_name"], row["found"]) == ("34", "试验企业", "x")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([cement("A"), cement("B")], []),
        ([cement("A"), cement("A", year=2024)], []),
        ([cement("A"), cement("B"), cement("A")], [(3, "unit_id", "UNIT_TWICE")]),
        ([cement("A")] * 3, [(2, "unit_id", "UNIT_TWICE"), (3, "unit_id", "UNIT_TWICE")]),
    ],
)
def test_a_unit_stands_once_a_year(rows: list[Row], expected: list[Any]) -> None:
    found = judged(rows)
    assert found.codes("T-03") == expected
    if expected:
        finding = found.findings["T-03"]
        assert (finding["severity"], finding["tonnes"]) == ("error", 0)
        assert finding["rows"][0]["values"]["other_row"] == "1"
        assert found.verdict == "does_not_conform"


RIGHT_CODE = credit_code("91340100MA2YN0001")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (RIGHT_CODE, None),
        ("91110000600037341L", None),  # a published real one
        (RIGHT_CODE[:-1] + ("0" if RIGHT_CODE[-1] != "0" else "1"), "CREDIT_CODE_INVALID"),
        (RIGHT_CODE[:10], "CREDIT_CODE_INVALID"),
        (RIGHT_CODE[:8] + "I" + RIGHT_CODE[9:], "CREDIT_CODE_INVALID"),
        ("", "CELL_MISSING"),
    ],
)
def test_a_credit_code_has_its_check_digit_or_is_a_warning(code: str, expected: str | None) -> None:
    found = judged([cement(enterprise_id=code)])
    assert found.verdict == "conforms", "a warning decides nothing"
    assert found.codes("T-04") == ([(1, "enterprise_id", expected)] if expected else [])
    if expected:
        assert found.findings["T-04"]["severity"] == "warning"


@pytest.mark.parametrize(
    ("province", "expected"),
    [
        *(("34", None), ("安徽", None), ("安徽省", None), ("00", "PROVINCE_UNKNOWN")),
        *(("", "CELL_MISSING"), ("亚特兰蒂斯", "PROVINCE_UNKNOWN")),
    ],
)
def test_a_province_is_one_of_gb_t_2260(province: str, expected: str | None) -> None:
    found = judged([cement(province=province)])
    assert found.codes("T-05") == ([(1, "province", expected)] if expected else [])
    assert found.verdict == "conforms"


@pytest.mark.parametrize(("check", "column"), [("T-04", "enterprise_id"), ("T-05", "province")])
def test_a_cell_that_t02_names_is_not_called_empty_as_well(check: str, column: str) -> None:
    found = judged([cement(**{column: "#REF!"})])
    assert found.codes("T-02") == [(1, column, "ERROR_CELL")]
    assert (found.status(check), found.reason(check)) == ("not_checked", "CELL_NOT_USABLE")


@pytest.mark.parametrize(
    ("row", "stray"),
    [
        (cement(route="长流程"), "route"),
        (cement(ironmaking_emissions="5"), "ironmaking_emissions"),
        (cement(sintering_emissions="0"), "sintering_emissions"),
        (steel(line_kind="普通"), "line_kind"),
        (steel(carbide_slag_rate="0.2"), "carbide_slag_rate"),
        (cement(route=""), None),
        (cement(carbide_slag_rate="0"), None),
        (steel(output="800000"), None),
    ],
)
def test_a_cell_of_another_sector_is_a_warning_and_not_used(row: Row, stray: str | None) -> None:
    found = judged([row])
    assert found.codes("T-06") == ([(1, stray, "FIELD_OF_OTHER_SECTOR")] if stray else [])
    assert found.verdict == "conforms"
    if stray:
        finding = found.findings["T-06"]
        assert (finding["severity"], finding["clauses"]) == ("warning", ["S-1"])


def test_rows_are_numbered_as_a_person_sees_them(tmp_path: Path) -> None:
    row = cement(allowance=1)
    lines = ["2025 年核定表", ",".join(row), ",".join(str(cell) for cell in cement("L0").values())]
    lines += ["", ",".join(str(cell) for cell in row.values())]
    target = tmp_path / "t.csv"
    target.write_text("\n".join(lines) + "\n", "utf-8")
    found = Judgement(check_file(target))
    ((number, written, right, difference),) = found.rows("T-10")
    assert (number, written, right, difference) == (5, 1, 1004651, -1004650)
    assert found.report["source"]["header_rows"] == [2]
    assert found.findings["T-10"]["rows"][0]["column"] == "K"


def test_identity_alone_makes_no_table_of_units() -> None:
    found = judged([identity("cement", "L1", 2025) | {"allowance": 5}])
    assert found.verdict == "does_not_conform"
    assert {
        code for _, code in header_findings([identity("cement", "L1", 2025) | {"allowance": 5}])
    }
    assert "T-10" not in found.findings


def test_rates_that_are_refused_for_different_reasons_keep_each_its_own():
    rows = [cement("A", carbide_slag_rate="-0.1"), cement("B", carbide_slag_rate="1.5")]
    cells = judged(rows).findings["T-02"]["rows"]
    assert [row["values"].get("clause") for row in cells] == ["Q-2", "A-6"]
