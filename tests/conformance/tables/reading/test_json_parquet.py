"""JSON lines, rows given directly, and Parquet."""

import datetime
import io
import json
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cets_conformance.tables.reading import Limits, TableError, read_table, table_from_rows

RIGHT = '{"year": 2025, "行业": "钢铁", "unit_id": "A", "allowance": 5}'


def jsonl(*lines: str, **options):
    return read_table(io.BytesIO("\n".join(lines).encode()), name="t.jsonl", **options)


def test_keys_are_headers_in_either_language_and_rows_are_numbered_by_line() -> None:
    table = jsonl(RIGHT, "", RIGHT)
    assert list(table.cells.columns) == ["year", "sector", "unit_id", "allowance"]
    assert list(table.cells.index) == [1, 3]
    assert (table.origin.format, table.origin.header_rows) == ("jsonl", ())
    assert table.origin.columns["sector"] == "行业"


def test_numbers_keep_their_digits() -> None:
    line = '{"year": 2025, "sector": "steel", "unit_id": "A", "allowance": 1200.0, '
    table = jsonl(line + '"balance_value": 0.0310, "output": 123456789012345.123456}')
    got = table.cells.loc[1]
    assert (got["allowance"], got["balance_value"]) == ("1200", "0.0310")
    assert got["output"] == "123456789012345.123456"


def test_lines_that_are_no_rows_are_problems_of_those_lines_only() -> None:
    deep = "[" * 100_000
    table = jsonl(RIGHT, '{"year": 20', "[1]", deep, '{"year":' + deep, RIGHT)
    assert [(p.code, p.place.row) for p in table.problems] == [
        ("LINE_NOT_JSON", 2),
        ("LINE_NOT_OBJECT", 3),
        ("LINE_TOO_DEEP", 4),
        ("LINE_TOO_DEEP", 5),
    ]
    assert table.bad.loc[2:5].all(axis=None)
    assert not table.bad.loc[[1, 6]].any(axis=None)


def test_doubled_keys_nested_values_and_constants_are_problems_of_their_cell() -> None:
    start = '{"year": 2025, "sector": "steel", "unit_id": "A", '
    table = jsonl(
        start + '"allowance": 5, "allowance": 6}',
        start + '"allowance": {"t": 5}}',
        start + '"allowance": NaN}',
        start + '"allowance": null}',
    )
    assert [(p.code, p.place.row, p.place.column) for p in table.problems] == [
        ("KEY_TWICE", 1, "allowance"),
        ("NESTED_VALUE", 2, "allowance"),
        ("NOT_FINITE", 3, "allowance"),
    ]
    assert not table.bad.loc[4, "allowance"]


def test_two_keys_for_one_field_are_a_doubled_column() -> None:
    table = jsonl(RIGHT, RIGHT.replace("行业", "sector"))
    assert [p.code for p in table.problems] == ["COLUMN_TWICE"]


def test_half_a_surrogate_pair_does_not_stop_the_reading() -> None:
    table = jsonl(RIGHT.replace('"A"', '"A\\ud800"'))
    assert table.cells.loc[1, "unit_id"].startswith("A")


@pytest.mark.parametrize("content", ['{"a": 1}', '{"year": 1, "output": 2, "allowance": 3}'])
def test_keys_of_another_table_are_refused(content: str, refused) -> None:
    assert refused(jsonl, content).code == "KEYS_NOT_KNOWN"


def test_a_hundred_thousand_keys_are_refused(refused) -> None:
    line = json.dumps({f"k{i}": 1 for i in range(100_000)})
    assert refused(jsonl, line).code == "TOO_MANY_COLUMNS"


def test_rows_given_directly_are_numbered_from_one() -> None:
    rows = [{"year": 2025, "sector": "steel", "unit_id": "A", "allowance": "5", "listed": False}]
    table = table_from_rows(rows)
    assert table.origin.format == "json"
    assert dict(table.cells.loc[1]) == {
        "year": "2025",
        "sector": "steel",
        "unit_id": "A",
        "listed": "false",
        "allowance": "5",
    }
    with pytest.raises(TableError) as caught:
        table_from_rows([])
    assert caught.value.problems[0].code == "NO_ROWS"


def test_the_digest_of_rows_does_not_depend_on_the_order_of_keys() -> None:
    row = {"year": 2025, "sector": "steel", "unit_id": "A", "allowance": "5"}
    again = dict(reversed(row.items()))
    assert table_from_rows([row]).origin.sha256 == table_from_rows([again]).origin.sha256


def test_an_integer_of_ten_thousand_digits_is_a_problem_not_a_crash() -> None:
    row = {"year": 2025, "sector": "steel", "unit_id": "A", "allowance": 10**10_000}
    assert [p.code for p in table_from_rows([row]).problems] == ["NOT_FINITE"]


def parquet(**columns) -> io.BytesIO:
    out = io.BytesIO()
    base = {"year": [2025, 2025], "sector": ["steel", "cement"], "unit_id": ["A", "B"]}
    pq.write_table(pa.table({**base, **columns}), out, row_group_size=1)
    out.seek(0)
    return out


def test_typed_columns_of_parquet_become_canonical_text() -> None:
    table = read_table(
        parquet(
            allowance=pa.array([5, None], pa.int32()),
            verified_emissions=[1.5, float("nan")],
            output=pa.array([Decimal("12.5000000000"), None], pa.decimal128(20, 10)),
            balance_value=pa.array([0.1, None], pa.float32()),
            listed=[True, None],
            commissioned_year=[datetime.date(2020, 1, 1), None],
            route=pa.array(["长流程", None]).dictionary_encode(),
            intensity=[[1], None],
            coefficient=pa.array(np.array([0.1, 0.2])),
        )
    )
    got = table.cells.loc[2]
    assert list(table.cells.index) == [2, 3]
    assert got["allowance"] == "5"
    assert got["verified_emissions"] == "1.5"
    assert got["output"] == "12.5"
    assert got["balance_value"] == "0.1"
    assert got["listed"] == "true"
    assert got["route"] == "long_process"
    assert got["coefficient"] == "0.1"
    assert {(p.code, p.field, p.place.row) for p in table.problems} == {
        ("NOT_FINITE", "verified_emissions", 3),
        ("DATE_FOUND", "commissioned_year", 2),
        ("NESTED_VALUE", "intensity", 2),
    }


def test_truncated_parquet_is_refused(refused) -> None:
    content = parquet(allowance=[1, 2]).getvalue()
    for part in (content[:-20], content[: len(content) // 2], b"PAR1", content[:50] + content[90:]):
        assert refused(read_table, io.BytesIO(part)).code == "PARQUET_UNREADABLE"


def test_limits_hold_for_parquet(refused) -> None:
    file = parquet(allowance=[1, 2])
    assert refused(read_table, file, limits=Limits(columns=3)).code == "TOO_MANY_COLUMNS"
    file.seek(0)
    assert refused(read_table, file, limits=Limits(rows=1)).code == "TOO_MANY_ROWS"


def test_a_long_text_repeated_by_a_dictionary_is_refused_before_it_is_written_out(refused) -> None:
    out = io.BytesIO()
    n = 50_000
    columns = {"year": [2025] * n, "sector": ["steel"] * n, "unit_id": ["A"] * n}
    names = pa.array(["x" * 30_000] * 100 + ["y"] * (n - 100)).dictionary_encode()
    names = names.take(pa.array(np.zeros(n, np.int64)))
    pq.write_table(pa.table({**columns, "enterprise_name": names}), out)
    out.seek(0)
    limits = Limits(unpacked=100_000_000)
    assert refused(read_table, out, limits=limits).code == "UNPACKED_TOO_LARGE"
