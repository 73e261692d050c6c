"""Which rows are header, titles, totals, blanks; which columns are which fields."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cets_conformance.tables.columns import COLUMNS, Kind
from cets_conformance.tables.reading import header, read_table, table_from_rows, units
from cets_conformance.tables.reading.header import find, recognise

BASE = "年度,行业,生产线（工序）编号"


def codes(items) -> list[str]:
    return [item.code for item in items]


@pytest.mark.parametrize("column", COLUMNS.values(), ids=lambda column: column.name)
def test_every_column_is_recognised_by_all_its_printed_headers(column) -> None:
    for text in (column.header_en, column.header_zh, column.printed_zh, column.name.upper()):
        assert recognise(text) is not None, text
        assert recognise(text).field == column.name


@pytest.mark.parametrize(
    ("text", "field", "unit"),
    [
        ("经核查排放量（tCO2e）", "verified_emissions", "t"),
        ("经核查排放量(tCO₂e)", "verified_emissions", "t"),
        ("经核查\n排放量 (吨)", "verified_emissions", "t"),
        ("Verified Emissions", "verified_emissions", ""),
        ("verified-emissions (t)", "verified_emissions", "t"),
        ("ｏｕｔｐｕｔ", "output", ""),
        ("产量（万t）", "output", "10kt"),
        ("产量 万吨", "output", "10kt"),
        ("核定配额量[万吨]", "allowance", "10kt"),
        ("产量（千吨）", "output", "other"),
        ("产量(kg)", "output", "other"),
        ("碳强度偏差度（%）", "deviation", "other"),
        ("行业平衡值（tCO2e/t）", "balance_value", ""),
        ("是否纳入名录（是/否）", "listed", ""),
        ("生产线(工序)编号", "unit_id", ""),
    ],
)
def test_headers_are_recognised_with_their_unit(text: str, field: str, unit: str) -> None:
    match = recognise(text)
    assert match is not None
    assert (match.field, match.unit) == (field, unit)


@pytest.mark.parametrize("text", ["备注", "产量同比", "统一社会信用代码（旧）", "", "排放量"])
def test_other_headers_are_not_guessed(text: str) -> None:
    assert recognise(text) is None


def test_a_header_needs_three_known_columns_and_one_that_names_what_a_row_is() -> None:
    assert find([["year", "output", "province"]]) is None
    assert find([["year", "unit_id"]]) is None
    assert find([["year", "output", "unit_id"]]) is not None


def test_columns_in_any_order_come_out_in_the_order_of_the_tables(read_csv) -> None:
    table = read_csv("allowance,unit_id,年度,sector\n5,L,2025,钢铁\n")
    assert list(table.cells.columns) == ["year", "sector", "unit_id", "allowance"]
    assert dict(table.origin.columns) == {
        "year": "C",
        "sector": "D",
        "unit_id": "B",
        "allowance": "A",
    }


def test_titles_blank_rows_and_totals_are_told_apart_and_never_become_rows(read_csv) -> None:
    table = read_csv(
        f"2025年配额核定表\n\n{BASE},核定配额量（t）\n2025,钢铁,A,5\n,,,\n小 计,,,5\n"
        "2025,水泥,B,6\n河北省合计,,,11\n,,Total,11\n"
    )
    origin = table.origin
    assert (origin.title_rows, origin.header_rows, origin.total_rows) == ((1,), (3,), (6, 8, 9))
    assert list(table.cells.index) == [4, 7]
    assert table.cells.index.name == "row"
    assert {"TITLE_ROWS", "TOTAL_ROWS", "BLANK_ROWS"} <= set(codes(table.notes))
    assert table.problems == ()


def test_a_total_is_told_by_all_that_its_identifier_may_be(read_csv) -> None:
    """A wide blank is as good as nothing; the word may be followed by others."""
    table = read_csv(
        f"{BASE},allowance\n2025,钢铁,A,5\n合计,,\u3000,5\n,,合计（2025）,5\n,,总计。,5\n,,SUB-TOTAL,5\n"
    )
    assert table.origin.total_rows == (3, 4, 5, 6)


def test_a_unit_whose_enterprise_is_called_total_is_no_total(read_csv) -> None:
    table = read_csv("年度,行业,企业名称,unit_id,allowance\n2025,钢铁,Total,A,5\n")
    assert list(table.cells["unit_id"]) == ["A"]


def test_the_header_may_stand_as_low_as_row_thirty_and_no_lower(read_csv, refused) -> None:
    body = f"{BASE},allowance\n2025,钢铁,A,5\n"
    assert read_csv("标题\n" * 29 + body).origin.header_rows == (30,)
    assert refused(read_csv, "标题\n" * 30 + body).code == "HEADER_NOT_FOUND"


def test_a_group_line_over_a_detail_line_is_one_header(read_csv) -> None:
    table = read_csv(
        "年度,行业,生产线（工序）编号,排放量,,配额,\n"
        ",,,经核查排放量（tCO2e）,炼铁工序排放量（tCO2e）,核定配额量（t）,备注\n"
        "2025,钢铁,A,1000,500,900,x\n"
    )
    assert table.origin.header_rows == (1, 2)
    assert list(table.cells.loc[3]) == ["2025", "steel", "A", "1000", "500", "900"]


def test_both_lines_joined_are_tried_either_way_round(read_csv) -> None:
    table = read_csv(
        "年度,行业,生产线（工序）编号,工序排放量,,产量,核定\n,,,炼铁,烧结,(t),配额量(t)\n2025,钢铁,A,1,2,3,4\n"
    )
    assert list(table.cells.columns[3:]) == [
        "ironmaking_emissions",
        "sintering_emissions",
        "output",
        "allowance",
    ]


def test_a_line_of_units_under_the_header_belongs_to_it(read_csv) -> None:
    table = read_csv(f"{BASE},产量,核定配额量\n,,,t,t\n2025,钢铁,A,1,2\n")
    assert table.origin.header_rows == (1, 2)
    assert list(table.cells.index) == [3]


def test_merged_header_cells_of_a_workbook_are_followed(read_xlsx) -> None:
    table = read_xlsx(
        [
            ["核定表"],
            ["年度", "行业", "生产线（工序）编号", "工序排放量", None, "核定配额量（t）"],
            [None, None, None, "炼铁", "烧结", None],
            ["2025", "钢铁", "A", 1, 2, 3],
        ],
        merges=["A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"],
    )
    assert table.origin.header_rows == (2, 3)
    assert list(table.cells.loc[4]) == ["2025", "steel", "A", "1", "2", "3"]


def test_unknown_columns_are_noted_with_header_and_letter(read_csv) -> None:
    table = read_csv(f"{BASE},备注,allowance,\n2025,钢铁,A,b,5,c\n")
    unknown, unnamed = table.notes
    assert (unknown.code, unknown.first.column, unknown.values["header"]) == (
        "UNKNOWN_COLUMN",
        "D",
        "备注",
    )
    assert (unnamed.code, unnamed.first.column, unnamed.count) == ("COLUMN_WITHOUT_HEADER", "F", 1)


def test_a_doubled_column_is_a_problem_that_names_both_places_and_neither_is_used(read_csv) -> None:
    table = read_csv(f"{BASE},allowance,核定配额量（t）\n2025,钢铁,A,5,6\n")
    (problem,) = table.problems
    assert (problem.check, problem.code, problem.field) == ("T-01", "COLUMN_TWICE", "allowance")
    assert problem.values["columns"] == "D, E"
    assert "allowance" not in table.cells
    assert "allowance" not in table.origin.columns


def test_ten_thousand_tonnes_are_left_out_until_confirmed(read_csv) -> None:
    text = f"{BASE},产量（万t）,核定配额量（t）\n2025,钢铁,A,1.23456,6\n"
    table = read_csv(text)
    (problem,) = table.problems
    assert (problem.code, problem.field, problem.place.column) == (
        "UNIT_NOT_CONFIRMED",
        "output",
        "D",
    )
    assert "output" not in table.cells
    confirmed = read_csv(text, unit="10kt")
    assert list(confirmed.cells.loc[2, ["output", "allowance"]]) == ["12345.6", "6"]
    assert codes(confirmed.notes) == ["UNIT_CONVERTED"]


@pytest.mark.parametrize(
    ("header", "unit"),
    [("产量（万tCO2e）", "万tCO2e"), ("Output [10 kt]", "10kt"), ("产量（Kg）", "Kg")],
)
def test_a_unit_is_named_as_the_header_has_it(read_csv, header: str, unit: str) -> None:
    (problem,) = read_csv(f"{BASE},{header},allowance\n2025,钢铁,A,1.5,6\n").problems
    assert problem.values["unit"] == unit


def test_where_no_header_says_so_the_confirmation_holds_for_all_columns_in_tonnes(read_csv) -> None:
    table = read_csv(f"{BASE},产量（t）,核定配额量,行业平衡值\n2025,钢铁,A,1.5,6,2\n", unit="10kt")
    assert list(table.cells.loc[2, ["output", "allowance", "balance_value"]]) == [
        "15000",
        "60000",
        "2",
    ]


def test_a_title_that_says_ten_thousand_tonnes_asks_for_confirmation_too(read_csv) -> None:
    table = read_csv(f"单位：万吨\n{BASE},产量,核定配额量（t）\n2025,钢铁,A,1.5,6\n")
    assert [(p.code, p.field) for p in table.problems] == [("UNIT_NOT_CONFIRMED", "output")]


def test_a_group_line_in_ten_thousand_tonnes_holds_for_its_columns(read_csv) -> None:
    table = read_csv(
        f"{BASE},排放（万吨）,,配额\n,,,经核查排放量,炼铁工序排放量,核定配额量\n2025,钢铁,A,1,1,2\n"
    )
    assert [p.field for p in table.problems] == ["verified_emissions", "ironmaking_emissions"]


def test_a_unit_that_is_not_known_is_a_problem_not_a_guess(read_csv) -> None:
    table = read_csv(f"{BASE},产量（kg）,核定配额量\n2025,钢铁,A,1.5,6\n", unit="10kt")
    assert [(p.check, p.code, p.field) for p in table.problems] == [
        ("T-01", "UNIT_NOT_KNOWN", "output")
    ]


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ("核定配额量", Kind.ALLOCATION),
        ("经核查排放量", Kind.ALLOCATION),
        ("预分配配额量", Kind.PRE_ALLOCATION),
        ("上一年度经核查排放量（tCO2e）", Kind.PRE_ALLOCATION),
        ("预分配配额量,核定配额量", Kind.ALLOCATION),
    ],
)
def test_the_kind_is_told_by_the_columns_only_it_has(read_csv, columns: str, kind: Kind) -> None:
    assert read_csv(f"{BASE},{columns}\n2025,钢铁,A,1,1\n").kind is kind


def test_a_kind_that_cannot_be_told_is_refused_and_one_that_is_given_holds(
    read_csv, refused
) -> None:
    text = f"{BASE}\n2025,钢铁,A\n"
    assert refused(read_csv, text).code == "KIND_UNKNOWN"
    assert read_csv(text, kind=Kind.ALLOCATION).kind is Kind.ALLOCATION


def test_columns_of_the_other_kind_are_kept_out_and_noted(read_csv) -> None:
    table = read_csv(f"{BASE},产量,预分配配额量\n2025,钢铁,A,1,1\n")
    assert "output" not in table.cells
    assert codes(table.notes) == ["COLUMN_NOT_OF_KIND"]


def test_a_header_without_rows_is_refused(read_csv, refused) -> None:
    assert refused(read_csv, f"{BASE},allowance\n\n").code == "NO_ROWS"
    assert refused(read_csv, f"{BASE},allowance\n合计,,,0\n").code == "NO_ROWS"


@pytest.mark.parametrize("form", ["csv", "tabs", "xlsx", "jsonl", "parquet"])
def test_a_file_without_known_headers_says_which_it_has(form, xlsx_bytes, refused) -> None:
    """Title and figures are no headers; whatever the format, the same headers are told."""
    cells = {"年份": "2025", "行业类别": "钢铁", "线号": "A-1", "应发配额": "1,000"}
    rows = [["某省 2025 年核定表"], list(cells), list(cells.values())]
    if form == "xlsx":
        content = xlsx_bytes({"核定": rows})
    elif form == "jsonl":
        content = json.dumps(cells).encode()
    elif form == "parquet":
        out = io.BytesIO()
        pq.write_table(pa.table({name: [text] for name, text in cells.items()}), out)
        content = out.getvalue()
    else:
        between = "," if form == "csv" else "\t"
        cells["应发配额"] = rows[2][3] = "1000"
        content = "".join(f"{between.join(row)}\n" for row in rows).encode()
    name = f"t.{'csv' if form == 'tabs' else form}"
    problem = refused(read_table, io.BytesIO(content), name=name)
    assert problem.headers == tuple(cells)


def test_a_table_of_no_known_kind_says_its_headers_too(read_csv, refused) -> None:
    problem = refused(read_csv, f"{BASE},应发\n2025,钢铁,A,5\n")
    assert (problem.code, problem.headers) == ("KIND_UNKNOWN", (*BASE.split(","), "应发"))
    paragraph = "注" * 201
    assert paragraph not in refused(read_csv, f"{BASE},{paragraph}\n2025,钢铁,A,5\n").headers


def test_long_headers_are_recognised_too_but_not_remembered() -> None:
    before = header._recognise.cache_info().currsize
    for number in range(50):
        known = recognise(" " * (100 + number) + "allowance（t）")
        assert known is not None
        assert known.field == "allowance"
        assert recognise("x" * (100 + number)) is None
    assert header._recognise.cache_info().currsize <= before + 1


def test_what_short_names_mean_is_remembered_and_what_long_ones_mean_is_not() -> None:
    known = dict.fromkeys(("unit_id", "sector", "allowance"), "1")
    named, begun = header._of_names.cache_info, units._begin.cache_info
    table_from_rows([known])
    before = named().currsize, begun().currsize
    for number in range(3):
        table = table_from_rows([known | {"x" * (100 + number): "1"}])
        assert [note.code for note in table.notes] == ["UNKNOWN_COLUMN"]
        table_from_rows([known | dict.fromkeys(map(str, range(30 + number)), "1")])
        table_from_rows([known])
    assert (named().currsize, begun().currsize) == before


def test_what_is_remembered_of_names_depends_on_what_a_person_says_of_them() -> None:
    row = {"unit_id": "A-1", "sector": "cement", "verified_emissions": "1", "备注": "甲"}
    assert "enterprise_name" not in table_from_rows([row]).columns
    assert "enterprise_name" in table_from_rows([row], mapped={"备注": "enterprise_name"}).columns
    assert "enterprise_name" not in table_from_rows([row]).columns
