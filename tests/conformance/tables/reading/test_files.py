"""Opening: formats by content, limits, attacks."""

import io
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from cets_conformance.tables.reading import Limits, TableError, read_table

HEAD = "year,sector,unit_id,allowance\n"


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code", "looks"),
    [
        (b"", "EMPTY_FILE", None),
        (b" \r\n\t", "EMPTY_FILE", None),
        (b"\xef\xbb\xbf", "EMPTY_FILE", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "OLD_XLS", None),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "WORKBOOK_ENCRYPTED",
            None,
        ),
        (b"%PDF-1.7", "FORMAT_UNKNOWN", "PDF"),
        (b"\n<!DOCTYPE html><table>", "FORMAT_UNKNOWN", "HTML"),
        (b"<?xml version='1.0'?><x/>", "FORMAT_UNKNOWN", "XML"),
        (b'[{"year": 2025}]', "FORMAT_UNKNOWN", "JSON array"),
        (b"\x1f\x8b\x08", "FORMAT_UNKNOWN", "gzip"),
        (zipped("mimetype", "content.xml"), "FORMAT_UNKNOWN", "OpenDocument (.ods)"),
        (zipped("xl/workbook.bin"), "FORMAT_UNKNOWN", "XLSB"),
        (zipped("word/document.xml"), "FORMAT_UNKNOWN", "Word (.docx)"),
        (zipped("a.txt"), "FORMAT_UNKNOWN", "ZIP"),
        (b"PK\x03\x04broken", "WORKBOOK_UNREADABLE", None),
        (b"hello\nworld\n", "HEADER_NOT_FOUND", None),
    ],
)
def test_what_is_no_table_is_refused_with_what_it_looks_like(
    refused, content: bytes, code: str, looks: str | None
) -> None:
    problem = refused(read_table, io.BytesIO(content), name="table.csv")
    assert (problem.code, problem.values.get("looks")) == (code, looks)


def test_the_name_does_not_decide_the_format() -> None:
    table = read_table(io.BytesIO((HEAD + "2025,steel,A,1\n").encode()), name="table.xlsx")
    assert table.origin.format == "csv"


def test_a_path_that_cannot_be_opened_is_refused(refused, tmp_path: Path) -> None:
    assert refused(read_table, tmp_path / "missing.csv").code == "FILE_NOT_OPENED"
    assert refused(read_table, tmp_path).code == "FILE_NOT_OPENED"


class Endless(io.RawIOBase):
    """A stream that never ends and counts what was taken from it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "read in chunks"
        self.taken += size
        return b"x" * size


def test_a_stream_over_the_limit_is_left_as_soon_as_it_is_passed(refused) -> None:
    stream = Endless()
    problem = refused(read_table, stream, limits=Limits(bytes=3_000_000))
    assert (problem.code, problem.values["limit"]) == ("FILE_TOO_LARGE", "3,000,000")
    assert stream.taken <= 5_000_000


@pytest.mark.parametrize("where", ["header", "row"])
@pytest.mark.parametrize("count", [1_000, 1_000_000, 20_000_000])
def test_a_million_columns_are_refused_at_once_and_in_little_memory(where: str, count: int) -> None:
    content = HEAD.encode() if where == "row" else b""
    content += b"," * count + b"\n"
    began = time.perf_counter()
    tracemalloc.start()
    try:
        if where == "row" and count == 1_000:
            with pytest.raises(TableError):
                read_table(io.BytesIO(content))
        else:
            with pytest.raises(TableError) as caught:
                read_table(io.BytesIO(content))
            assert caught.value.problems[0].code == "TOO_MANY_COLUMNS"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - began < 2
    assert peak < 12 * len(content) + 10_000_000


def test_all_that_keeps_a_file_from_being_a_table_is_told_at_once() -> None:
    content = f"year,sector,unit_id,x,y\n合计,,,{'x' * 40_000},{'y' * 40_000}\n"
    with pytest.raises(TableError) as caught:
        read_table(io.BytesIO(content.encode()))
    assert [p.code for p in caught.value.problems] == [
        "KIND_UNKNOWN",
        "NO_ROWS",
        "CELL_TOO_LONG",
        "CELL_TOO_LONG",
    ]


@pytest.mark.parametrize("limit", [2, 3])
def test_too_many_rows_are_refused_with_the_figure(refused, limit: int) -> None:
    content = (HEAD + "2025,steel,A,1\n" * 3).encode()
    problem = refused(read_table, io.BytesIO(content), limits=Limits(rows=limit))
    assert (problem.code, problem.values["limit"]) == ("TOO_MANY_ROWS", str(limit))
