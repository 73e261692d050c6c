"""XLSX: typed cells, formulas, errors, sheets, attacks on the container."""

import datetime
import io
import struct
import zipfile

import pytest
import xlsxwriter

from cets_conformance.tables.reading import Limits, read_table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_typed_cells_become_canonical_text(read_xlsx, header, row) -> None:
    cells = row(
        year=2025.0,
        province=13,
        enterprise_id=911101087,
        verified_emissions=1234.12345678,
        output="1,000.5",
        balance_value=0.031,
        allowance=1200.0,
        adjustment=-3,
    )
    table = read_xlsx([["标题"], header, cells])
    got = table.cells.loc[3]
    assert got["year"] == "2025"
    assert got["province"] == "13"
    assert got["enterprise_id"] == "911101087"
    assert got["verified_emissions"] == "1234.123457"
    assert got["output"] == "1000.5"
    assert got["balance_value"] == "0.031"
    assert got["allowance"] == "1200"
    assert got["adjustment"] == "-3"
    assert {(n.code, n.field) for n in table.notes if n.field} == {
        ("NUMBER_AS_TEXT", "enterprise_id"),
        ("ROUNDED_6", "verified_emissions"),
        ("THOUSANDS_SEPARATOR", "output"),
    }
    assert table.origin.sheet == "表"
    assert table.origin.columns["allowance"] == "J"


def test_dates_booleans_and_words_in_number_columns_are_problems_with_their_cell(
    read_xlsx, header, row
) -> None:
    table = read_xlsx(
        [
            header,
            row(output=datetime.date(2024, 5, 1), allowance=True, balance_value="无"),
            row(),
        ]
    )
    assert [(p.code, p.place.row, p.place.column) for p in table.problems] == [
        ("DATE_FOUND", 2, "H"),
        ("NOT_A_NUMBER", 2, "I"),
        ("BOOLEAN_FOUND", 2, "J"),
    ]
    assert all(p.place.sheet == "表" for p in table.problems)
    assert table.bad.loc[2, ["output", "balance_value", "allowance"]].all()
    assert not table.bad.loc[3].any()


def test_booleans_in_flag_columns_are_fine(read_xlsx) -> None:
    table = read_xlsx(
        [["year", "unit_id", "sector", "listed", "allowance"], [2025, "A", "钢铁", True, 1]]
    )
    assert table.cells.loc[2, "listed"] == "true"


def stored(rows: list[list[object]], formulas: dict[str, tuple[str, object]]) -> io.BytesIO:
    """A workbook as a spreadsheet program saves it: formulas with their stored values."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("表")
    for at, cells in enumerate(rows):
        sheet.write_row(at, 0, cells)
    for place, (formula, value) in formulas.items():
        sheet.write_formula(place, formula, None, value)
    book.close()
    out.seek(0)
    return out


def test_formulas_are_problems_whether_or_not_a_value_is_stored(header, row) -> None:
    file = stored([header, row(), row()], {"H2": ("=G2/2", 500), "J3": ("=G3", "")})
    table = read_table(file)
    assert [(p.code, p.place.row, p.place.column, p.found) for p in table.problems] == [
        ("FORMULA", 2, "H", "=G2/2"),
        ("FORMULA", 3, "J", "=G3"),
    ]
    assert table.cells.loc[2, "output"] != table.cells.loc[2, "output"]


def test_formulas_never_computed_are_problems_too(read_xlsx, header, row) -> None:
    table = read_xlsx([header, row(output="=1+1"), [f"=A{i}" for i in range(11)]])
    assert [(p.code, p.place.row) for p in table.problems] == [("FORMULA", 2)] + [
        ("FORMULA", 3)
    ] * 11


def test_formulas_prepared_below_the_table_that_give_nothing_are_blank_rows(header, row) -> None:
    file = stored([header, row()], {"G9": ('=IF(A9="","",1)', ""), "H9": ('=IF(A9="","",1)', "")})
    with zipfile.ZipFile(file) as book:
        data = book.read(SHEET).replace(b'9">', b'9" t="str">')  # as Excel marks an empty result
    table = read_table(changed(file.getvalue(), SHEET, data))
    assert list(table.cells.index) == [2]
    assert table.problems == ()


def test_sums_in_total_rows_are_no_problem(header, row) -> None:
    file = stored([header, row(), ["合计"]], {"J3": ("=SUM(J2:J2)", 1000)})
    table = read_table(file)
    assert table.origin.total_rows == (3,)
    assert table.problems == ()


def test_error_cells_are_problems_not_blanks(xlsx_bytes, header, row) -> None:
    content = xlsx_bytes({"表": [header, row(output="#REF!"), row(allowance="#N/A")]})
    table = read_table(io.BytesIO(content))
    assert [(p.code, p.found, p.place.row) for p in table.problems] == [
        ("ERROR_CELL", "#REF!", 2),
        ("ERROR_CELL", "#N/A", 3),
    ]


def test_rows_and_columns_keep_their_numbers_where_the_table_stands_apart(
    read_xlsx, header, row
) -> None:
    table = read_xlsx([[], [], [None, None, *header], [], [None, None, *row(output="x")]])
    assert list(table.cells.index) == [5]
    assert (table.problems[0].place.row, table.problems[0].place.column) == (5, "J")


def test_the_only_sheet_with_a_header_is_read_and_the_others_are_noted(
    read_xlsx, header, row
) -> None:
    table = read_xlsx({"说明": [["填表说明"]], "空": [], "数据": [header, row()]}, hidden=["数据"])
    assert table.origin.sheet == "数据"
    assert [(n.code, n.values["sheet"]) for n in table.notes] == [("SHEET_NOT_READ", "说明")]


def test_several_sheets_with_headers_need_a_choice(read_xlsx, refused, header, row) -> None:
    sheets = {"甲": [header, row()], "乙": [header, row(unit_id="Z")], "丙": [["x"]]}
    problem = refused(read_xlsx, sheets, hidden=["乙"])
    assert (problem.code, problem.values["sheets"]) == ("SHEETS_AMBIGUOUS", "甲, 乙")
    assert read_xlsx(sheets, sheet="乙").cells.loc[2, "unit_id"] == "Z"
    problem = refused(read_xlsx, sheets, sheet="丁")
    assert (problem.code, problem.values["sheets"]) == ("SHEET_UNKNOWN", "甲, 乙, 丙")
    assert refused(read_xlsx, sheets, sheet="丙").code == "HEADER_NOT_FOUND"


def test_a_workbook_with_nothing_in_it_is_refused(read_xlsx, refused) -> None:
    assert refused(read_xlsx, {"表": []}).code == "NO_ROWS"


def changed(content: bytes, member: str, data: bytes, **more: bytes) -> io.BytesIO:
    """The same workbook with another member."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, data if name == member else old.read(name))
        for name, extra in more.items():
            new.writestr(name, extra)
    out.seek(0)
    return out


SHEET = "xl/worksheets/sheet1.xml"


def sheet_xml(body: str, prolog: str = "") -> bytes:
    return f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'.encode()


@pytest.fixture
def simple(xlsx_bytes, header, row) -> bytes:
    return xlsx_bytes({"表": [header, row()]})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="BDWGN1"><v>1</v></c></row>', "TOO_MANY_COLUMNS"),
        ('<row r="1">' + "<c><v>1</v></c>" * 600 + "</row>", "TOO_MANY_COLUMNS"),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A99999999"><v>1</v></c></row>', "TOO_MANY_ROWS"),
        (
            '<row r="1"><c r="A1"><v>1</v></c></row><row><c r="IV1000000"><v>1</v></c></row>',
            "SHEET_TOO_SPARSE",
        ),
        (
            '<row r="1"><c r="a1"><v>1</v></c></row><row><c r="iv1000000"><v>1</v></c></row>',
            "SHEET_TOO_SPARSE",
        ),
        ("<row><c><v>", "WORKBOOK_UNREADABLE"),
    ],
)
def test_sheets_that_would_not_fit_are_refused_before_they_are_read(
    simple, refused, body: str, code: str
) -> None:
    data = sheet_xml(body) if code != "WORKBOOK_UNREADABLE" else body.encode() + b'<c t="e">'
    assert refused(read_table, changed(simple, SHEET, data)).code == code


def test_a_long_shared_string_in_every_cell_is_refused(xlsx_bytes, refused) -> None:
    rows = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 2001))
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'.encode()
    content = changed(xlsx_bytes({"表": [["a"]]}), SHEET, sheet_xml(rows)).getvalue()
    file = changed(content, "", b"", **{"xl/sharedStrings.xml": strings})
    assert (
        refused(read_table, file, limits=Limits(unpacked=50_000_000)).code == "UNPACKED_TOO_LARGE"
    )


@pytest.mark.parametrize("where", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_any_dtd_is_refused(simple, refused, where: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    problem = refused(read_table, changed(simple, where, sheet_xml("", bomb)))
    assert problem.code == "WORKBOOK_UNREADABLE"
    assert "DTD" in problem.values["reason"]


def test_members_not_in_utf8_are_refused(simple, refused) -> None:
    data = sheet_xml("").decode().encode("utf-16")
    assert refused(read_table, changed(simple, SHEET, data)).code == "WORKBOOK_UNREADABLE"


def test_a_bomb_is_refused_while_it_unpacks(simple, refused) -> None:
    bomb = changed(simple, SHEET, sheet_xml(" " * 30_000_000))
    assert len(bomb.getvalue()) < 100_000
    problem = refused(read_table, bomb, limits=Limits(unpacked=10_000_000))
    assert (problem.code, problem.values["limit"]) == ("UNPACKED_TOO_LARGE", "10,000,000")


def test_a_member_that_lies_about_its_size_is_measured_all_the_same(simple, refused) -> None:
    bomb = changed(simple, "docProps/app.xml", b" " * 20_000_000).getvalue()
    lying = bomb.replace(struct.pack("<L", 20_000_000), struct.pack("<L", 10))
    assert lying != bomb
    limits = Limits(unpacked=10_000_000)
    assert refused(read_table, io.BytesIO(lying), limits=limits).code == "UNPACKED_TOO_LARGE"
    assert refused(read_table, io.BytesIO(lying)).code == "WORKBOOK_UNREADABLE"


@pytest.mark.parametrize("how", ["crc", "truncated", "twice", "path", "encrypted", "noise"])
def test_damaged_and_tricky_containers_are_refused(simple, refused, how: str) -> None:
    code = "WORKBOOK_UNREADABLE"
    if how == "crc":
        with zipfile.ZipFile(io.BytesIO(simple)) as archive:
            crc = archive.getinfo(SHEET).CRC
        content = simple.replace(struct.pack("<L", crc), struct.pack("<L", crc ^ 1))
    elif how == "truncated":
        content = simple[: len(simple) // 2]
    elif how == "noise":
        content = simple[:60] + bytes(40) + simple[100:]
    elif how == "twice":
        content = changed(simple, "", b"", **{"XL/Worksheets/Sheet1.xml": b"<x/>"}).getvalue()
    elif how == "path":
        content = changed(simple, "", b"", **{"xl/../../evil.xml": b"<x/>"}).getvalue()
    else:
        code = "WORKBOOK_ENCRYPTED"
        content = bytearray(simple)
        at = content.index(b"PK\x01\x02")
        content[at + 8] |= 1
    assert refused(read_table, io.BytesIO(bytes(content))).code == code


def test_plain_and_unusual_ways_of_writing_cells_read_alike(simple, header, row) -> None:
    def cells(form: str) -> str:
        rows = [header, row(unit_id="L9")]
        return "".join(
            "<row>" + "".join(form.format(c) for c in record) + "</row>" for record in rows
        )

    plain = read_table(
        changed(simple, SHEET, sheet_xml(cells('<c t="inlineStr"><is><t>{}</t></is></c>')))
    )
    prefixed = cells('<q:c t="inlineStr"><q:is><q:t>{}</q:t></q:is></q:c>').replace(
        "row>", "q:row>"
    )
    data = sheet_xml(prefixed.replace("</q:row>", "</q:row>")).decode()
    data = data.replace("<worksheet", f'<worksheet xmlns:q="{MAIN}"')
    unusual = read_table(changed(simple, SHEET, data.encode()))
    assert plain.cells.equals(unusual.cells)
    assert plain.cells.loc[2, "unit_id"] == "L9"


def test_a_formula_hidden_behind_a_prefix_is_found(simple, header, row) -> None:
    body = "<row>" + "".join(f'<c t="inlineStr"><is><t>{h}</t></is></c>' for h in header) + "</row>"
    body += '<row r="2"><c r="A2"><v>2025</v></c><c r="H2"><q:f>G2</q:f><v>7</v></c></row>'
    data = sheet_xml(body).decode().replace("<worksheet", f'<worksheet xmlns:q="{MAIN}"')
    table = read_table(changed(simple, SHEET, data.encode()))
    assert [(p.code, p.place.column) for p in table.problems] == [("FORMULA", "H")]
