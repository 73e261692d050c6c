"""Canonical text written in any format reads back as it was, without a word."""

import csv
import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cets_conformance.tables.columns import COLUMNS, Column, Kind, Type
from cets_conformance.tables.provinces import PROVINCES
from cets_conformance.tables.reading import read_table
from cets_conformance.tables.reading.rows import is_total

FIELDS = [column for column in COLUMNS.values() if Kind.ALLOCATION in column.need]

names = st.text("钢铁水泥集团有限公司厂甲乙丙ABCabc019 ()-.,;\"'\n", min_size=1, max_size=12).map(
    str.strip
)
identifiers = st.text("ABCxyz0123456789-_./#", min_size=1, max_size=20).map("L".__add__)
quantities = st.from_regex(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?", fullmatch=True)
ratios = st.from_regex(r"(-?[1-9][0-9]{0,5}|0)(\.[0-9]{1,12})?", fullmatch=True)
amounts = st.integers(0, 2**53 - 1).map(str)


def cells(column: Column) -> st.SearchStrategy[str | None]:
    by_type = {
        Type.YEAR: st.sampled_from(["2024", "2025", "1999"]),
        Type.PROVINCE: st.sampled_from([*PROVINCES, "某省"]),
        Type.CODE: identifiers,
        Type.TEXT: names.filter(lambda text: text and not is_total(text)),
        Type.ID: identifiers,
        Type.CALENDAR_YEAR: st.integers(1900, 2100).map(str),
        Type.QUANTITY: quantities,
        Type.RATIO: ratios,
        Type.AMOUNT: amounts,
        Type.SIGNED_AMOUNT: st.integers(-(2**53) + 1, 2**53 - 1).map(str),
    }
    value = st.sampled_from(list(column.choices)) if column.choices else by_type[column.type]
    return value if column.name in {"unit_id", "year"} else st.none() | value


tables = st.lists(st.tuples(*map(cells, FIELDS)), min_size=1, max_size=5)


def as_csv(rows, encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[c.printed_zh for c in FIELDS], *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(rows) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, cells in enumerate([[c.printed_zh for c in FIELDS], *rows]):
        for position, cell in enumerate(cells):
            if cell is not None:
                sheet.write_string(at, position, cell)
    book.close()
    return out.getvalue()


def as_jsonl(rows) -> bytes:
    keys = [c.name for c in FIELDS]
    return "\n".join(
        json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False) for row in rows
    ).encode()


def as_parquet(rows) -> bytes:
    out = io.BytesIO()
    columns = zip(*rows, strict=True)
    pq.write_table(
        pa.table(
            {c.name: pa.array(cells, pa.string()) for c, cells in zip(FIELDS, columns, strict=True)}
        ),
        out,
    )
    return out.getvalue()


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables)
def test_canonical_text_reads_back_equal_from_every_format(rows) -> None:
    expected = [[cell or None for cell in row] for row in rows]
    for content in (
        as_csv(rows, "utf-8"),
        as_csv(rows, "gb18030"),
        as_xlsx(rows),
        as_jsonl(rows),
        as_parquet(rows),
    ):
        table = read_table(io.BytesIO(content))
        assert list(table.cells.columns) == [c.name for c in FIELDS]
        got = table.cells.astype(object).where(table.cells.notna(), None).to_numpy().tolist()
        assert got == expected
        assert table.problems == ()
        assert table.notes == ()
        assert not table.bad.to_numpy().any()
        assert (table.cells.dtypes == pd.Series([""], dtype="str").dtype).all()
