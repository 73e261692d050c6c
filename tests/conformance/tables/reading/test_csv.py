"""CSV: encodings, separators, quoting, ragged rows, row numbers."""

import csv
import io
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables.reading import (
    TableError,
    csv_blocks,
    csv_grid,
    files,
    read_table,
)
from cets_conformance.tables.reading.csv_arrow import Parsed, Ragged, parse
from cets_conformance.tables.reading.csv_head import find_start
from cets_conformance.tables.reading.stream import NotPlainError
from cets_conformance.tables.reading.typed import as_texts

HEAD = "年度,行业,生产线（工序）编号,企业名称,核定配额量\n"
QUOTED_HEAD = '"年度","行业","生产线（工序）编号","企业名称\n（全称）","核定配额量"\n'
"""As many programs write it: every text quoted, one over two lines."""


def lines(*rows: str) -> str:
    return HEAD + "".join(row + "\n" for row in rows)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030")],
)
def test_utf8_and_gb18030_are_read(read_csv, encoding: str, said: str) -> None:
    table = read_csv(lines("2025,钢铁,A,鞍山钢铁,5"), encoding)
    assert table.origin.encoding == said
    assert table.cells.loc[2, "enterprise_name"] == "鞍山钢铁"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused(read_csv, refused, encoding: str) -> None:
    code = refused(read_csv, lines("2025,钢铁,A,甲,5").encode(encoding)).code
    assert code == ("ENCODING_UTF16" if encoding == "utf-16" else "NUL_BYTE")


@pytest.mark.parametrize(
    "bad", ["\ufffd", "\ue000", "\x07", "\x85", "锟斤拷", "\U000e0080", "\u0378", "\x1a"]
)
def test_text_that_decodes_but_is_not_plausible_is_refused(read_csv, refused, bad: str) -> None:
    problem = refused(read_csv, lines("2025,钢铁,A,甲,5", f"2025,钢铁,B,{bad},5"))
    assert (problem.code, problem.place.row) == ("ENCODING_UNKNOWN", 3)


def test_bytes_of_no_encoding_are_refused(read_csv, refused) -> None:
    content = lines("2025,钢铁,A,甲,5").encode() + b"2025,\xff\xff,B,x,5\n"
    assert refused(read_csv, content).code == "ENCODING_UNKNOWN"
    marked = b"\xef\xbb\xbf" + lines("2025,钢铁,A,甲,5").encode("gb18030")
    assert refused(read_csv, marked).code == "ENCODING_UNKNOWN"


def test_big5_that_happens_to_decode_as_gb18030_is_refused(read_csv, refused) -> None:
    text = "年度,產業,編號,企業名稱,核定配額\n2025,鋼鐵,A,鞍山鋼鐵集團,5\n"
    assert refused(read_csv, text.encode("big5")).code == "ENCODING_UNKNOWN"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_decided_on_the_header_line(read_csv, delimiter: str) -> None:
    text = lines('2025,钢铁,A,"甲,乙;丙",5')
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(csv.reader(io.StringIO(text)))
    table = read_csv("标题,带,逗号\n" + out.getvalue())
    assert list(table.cells.loc[3]) == ["2025", "甲,乙;丙", "steel", "A", "5"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_taken(read_csv, newline: str) -> None:
    table = read_csv(lines("2025,钢铁,A,甲,5", "", "2025,钢铁,B,乙,6").replace("\n", newline))
    assert list(table.cells.index) == [2, 4]


def test_quotes_hold_separators_quotes_and_line_breaks(read_csv) -> None:
    table = read_csv(lines('2025,钢铁,A,"甲""一""\n乙,丙",5', "2025,钢铁,B,丁,6"))
    assert table.cells.loc[2, "enterprise_name"] == '甲"一"\n乙,丙'
    assert list(table.cells.index) == [2, 3], "a record counts once, as a spreadsheet shows it"


@pytest.mark.parametrize("before", [0, 50])
def test_a_quote_that_is_never_closed_is_refused_with_its_record(
    read_csv, refused, before: int
) -> None:
    rows = ["2025,钢铁,A,甲,5"] * before
    problem = refused(read_csv, lines(*rows, '2025,钢铁,A,"甲,5', "2025,钢铁,B,乙,6"))
    assert (problem.code, problem.place.row) == ("QUOTE_NOT_CLOSED", before + 2)


def test_a_quote_never_closed_in_the_header_is_refused(read_csv, refused) -> None:
    assert refused(read_csv, '年度,行业,"unit_id\n2025,钢铁,A\n').code == "QUOTE_NOT_CLOSED"


def test_zero_bytes_are_refused_with_their_line(read_csv, refused) -> None:
    problem = refused(read_csv, lines("2025,钢铁,A,甲\0,5"))
    assert (problem.code, problem.place.row) == ("NUL_BYTE", 2)


@pytest.mark.parametrize("many", [1, 20_000])
def test_short_rows_are_noted_and_long_ones_are_problems(read_csv, many: int) -> None:
    rows = ["2025,钢铁,A,甲,5"] * 7
    rows += ["2025,钢铁,S,甲"] * many
    rows += ["2025,钢铁,A,甲,5,,", '2025,钢铁,X,甲,1,200,"a,b"', "2025,钢铁,Z,甲,9"]
    table = read_csv(lines(*rows))
    last = 10 + many + 1
    (problem,) = table.problems
    assert (problem.check, problem.code, problem.place.row) == ("T-02", "ROW_LENGTH", last - 1)
    assert dict(problem.values) == {"cells": "7", "expected": "5"}
    assert table.bad.loc[last - 1].all()
    assert table.cells.loc[last - 1].isna().all()
    assert table.cells.loc[last, "unit_id"] == "Z"
    assert table.cells["unit_id"].tolist()[7 : 7 + many] == ["S"] * many
    assert table.cells.loc[9, "allowance"] != table.cells.loc[9, "allowance"], "missing"
    (note,) = [n for n in table.notes if n.code == "ROW_SHORT"]
    assert (note.count, note.first.row) == (many, 9)


def test_a_cell_over_the_limit_is_refused_with_its_place(read_csv, refused) -> None:
    problem = refused(read_csv, lines("2025,钢铁,A,甲,5", f"2025,钢铁,B,{'甲' * 32_768},5"))
    assert (problem.code, problem.place.row, problem.place.column) == ("CELL_TOO_LONG", 3, "D")
    assert refused(read_csv, lines(f"2025,钢铁,B,{'x' * 3_000_000},5")).code == "CELL_TOO_LONG"


def test_the_origin_describes_the_file(read_csv, tmp_path) -> None:
    path = tmp_path / "某省.csv"
    path.write_text(lines("2025,钢铁,A,甲,5"), "utf-8")
    origin = read_table(path).origin
    assert (origin.name, origin.format, origin.size) == ("某省.csv", "csv", path.stat().st_size)
    assert len(origin.sha256) == 64


def test_progress_is_told_by_stage(read_csv) -> None:
    told: list[tuple[str, int, int | None]] = []
    read_csv(lines("2025,钢铁,A,甲,5"), progress=lambda *what: told.append(what))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["open", "read", "cells"]


CELL = st.text(alphabet='ab,"\n\r ;甲', max_size=4)


@given(st.lists(st.lists(CELL, min_size=1, max_size=7), max_size=6))
def test_the_fast_and_the_patient_reader_give_the_same_records(records: list[list[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([["2025", "steel", "A", "n", "1"], *records])
    content = (HEAD + out.getvalue()).encode()
    start = find_start(content, "utf-8", csv_grid.Limits())
    fast = parse(content[start.offset :], ",", 5)
    patient = csv_grid._by_csv(content[start.offset :], start, 5, csv_grid.Limits())
    assert fast is not None
    assert [c.to_pylist() for c in fast.columns] == [c.to_pylist() for c in patient.columns]
    assert noted(fast) == noted(patient)


def noted(parsed: Parsed) -> Ragged:
    ragged = Ragged()
    for at, record in parsed.ragged.items():
        ragged.note(at, record, 5)
    return ragged


PLAIN = st.text(alphabet="ab;甲（é锟斤拷\t\x01", max_size=4)
LINE = st.lists(PLAIN, min_size=1, max_size=7).map(",".join)


@settings(deadline=None)
@given(
    st.lists(LINE, max_size=3),
    st.integers(0, 120),
    st.sampled_from(("\n", "\r\n", "\r")),
    st.sampled_from(("", "\n", '"x"\n', "2025,钢铁,Z,z,1")),
    st.integers(5, 90),
    st.sampled_from((HEAD, QUOTED_HEAD, QUOTED_HEAD.replace('","', '" ,"', 1))),
)
def test_blocks_give_what_the_whole_gives(
    records: list[str], regular: int, newline: str, tail: str, block: int, head: str
) -> None:
    """Cut anywhere, in any line ending, with and without what makes reading in blocks give up."""
    content = (head + newline.join(["2025,steel,A,n,1"] * regular + [*records, tail])).encode()
    with patch.object(files, "_BLOCK", block), patch.object(csv_blocks, "_HEAD", 600):
        in_blocks = outcome(content)
    with patch.object(csv_blocks, "stream", side_effect=NotPlainError):
        as_a_whole = outcome(content)
    assert in_blocks == as_a_whole


def outcome(content: bytes) -> Any:
    """Everything that reading says."""
    try:
        table = read_table(io.BytesIO(content), name="t.csv")
    except TableError as error:
        return error.problems
    cells = {name: as_texts(column).to_pylist() for name, column in table.columns.items()}
    return cells, table.rows.tolist(), table.problems, table.notes, table.origin


def test_a_quoted_header_alone_does_not_keep_a_table_from_being_read_in_blocks() -> None:
    content = (
        '"年度","行业","生产线（工序）编号","企业名称","核定配额量"\n' + "2025,steel,A,n,1\n" * 9
    ).encode()
    with patch.object(csv_grid, "stream", side_effect=AssertionError):
        assert len(read_table(io.BytesIO(content), name="t.csv").rows) == 9
