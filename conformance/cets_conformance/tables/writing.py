"""Writing a sample table as CSV, XLSX, JSON lines or Parquet, headers in Chinese or English."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cets_conformance import json_text
from cets_conformance.messages import Language
from cets_conformance.tables.columns import COLUMNS, Kind, Type
from cets_conformance.tables.sample import Sample, SampleError, national
from cets_conformance.workbooks import workbook

__all__ = ["write_sample", "write_table", "write_workbook"]

EXACT_DIGITS = 15
"""Significant digits every spreadsheet keeps."""

SHEET = {"zh": "合成数据（虚构）", "en": "synthetic data"}


def write_sample(
    target: Path,
    *,
    year: int,
    seed: int = 1,
    kind: Kind = Kind.ALLOCATION,
    mistake: str | None = None,
    rate: Fraction | str | None = None,
    readings: Mapping[str, str] = MappingProxyType({}),
    language: Language = "zh",
    encoding: str = "utf-8",
) -> Sample:
    """Make a national sample and write it; the suffix of ``target`` chooses the format.

    What was planted is given with row numbers as the file has them.
    """
    share = Fraction(rate) if rate is not None else Fraction(0)
    sample = national(year, seed=seed, kind=kind, mistake=mistake, rate=share, readings=readings)
    write_table(sample, target, language=language, encoding=encoding)
    if target.suffix.lower() == ".jsonl":  # no header: the first row is line 1
        planted = [replace(item, row=item.row - 1) for item in sample.planted]
        sample = replace(sample, planted=planted)
    return sample


def write_table(
    sample: Sample, target: Path, *, language: Language = "zh", encoding: str = "utf-8"
) -> None:
    """Write a sample's rows; :class:`SampleError` on a suffix no format belongs to."""
    writers = {
        ".csv": _write_csv,
        ".xlsx": _write_xlsx,
        ".jsonl": _write_jsonl,
        ".parquet": _write_parquet,
    }
    if target.suffix.lower() not in writers:
        raise SampleError("NO_FORMAT", suffix=target.suffix, known=", ".join(writers))
    headers, rows = _printed(sample, language)
    writers[target.suffix.lower()](sample, headers, rows, target, encoding)


def write_workbook(sheets: Mapping[str, Sample], target: Path, language: Language) -> None:
    """Write several tables into one workbook, each under the name of its sheet."""
    with workbook(target, {"strings_to_formulas": False}) as book:
        for name, sample in sheets.items():
            _fill_sheet(book, name, sample, *_printed(sample, language))


def _printed(sample: Sample, language: Language) -> tuple[list[str], list[list[str]]]:
    headers = [header(name, language) for name in sample.columns]
    rows = [[_text(name, row[name], language) for name in sample.columns] for row in sample.rows]
    return headers, rows


def header(name: str, language: Language) -> str:
    """Header of a column as printed."""
    column = COLUMNS[name]
    return column.printed_zh if language == "zh" else column.header_en


def _text(name: str, value: Any, language: Language) -> str:
    column = COLUMNS[name]
    if value is None:
        return ""
    if column.choices:
        canonical = str(value).lower() if column.type is Type.FLAG else str(value)
        return column.choices[canonical][0] if language == "zh" else canonical
    return str(value)


def _write_csv(
    _sample: Sample, headers: list[str], rows: list[list[str]], target: Path, encoding: str
) -> None:
    with target.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(headers)
        writer.writerows(rows)


def _write_jsonl(
    sample: Sample, headers: list[str], rows: list[list[str]], target: Path, _encoding: str
) -> None:
    numbers = [_is_number(name) for name in sample.columns]
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            value: Mapping[str, Any] = {
                name: int(text) if is_number and _is_integer(text) else text
                for name, text, is_number in zip(headers, row, numbers, strict=True)
                if text
            }
            file.write(json_text.dumps(value) + "\n")


def _write_parquet(
    _sample: Sample, headers: list[str], rows: list[list[str]], target: Path, _encoding: str
) -> None:
    columns = {
        name: pa.array([row[index] or None for row in rows], pa.string())
        for index, name in enumerate(headers)
    }
    pq.write_table(pa.table(columns), target)


def _write_xlsx(
    sample: Sample, headers: list[str], rows: list[list[str]], target: Path, _encoding: str
) -> None:
    language: Language = "en" if headers[0] == sample.columns[0] else "zh"
    with workbook(target, {"strings_to_formulas": False}) as book:
        _fill_sheet(book, SHEET[language], sample, headers, rows)


def _fill_sheet(
    book: Any, title: str, sample: Sample, headers: list[str], rows: list[list[str]]
) -> None:
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "bg_color": "#e8eef3", "border": 1})
    amount = book.add_format({"num_format": "#,##0"})
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, headers, bold)
    for index, name in enumerate(sample.columns):
        sheet.set_column(index, index, max(12, min(28, 2 * len(headers[index]))))
        integer = COLUMNS[name].type in {Type.AMOUNT, Type.SIGNED_AMOUNT}
        for number, row in enumerate(rows, start=1):
            text = row[index]
            if text and _is_number(name) and len(text.strip("-0.")) <= EXACT_DIGITS:
                sheet.write_number(number, index, float(text), amount if integer else None)
            elif text:
                sheet.write_string(number, index, text)


def _is_number(name: str) -> bool:
    return COLUMNS[name].type in {
        Type.YEAR,
        Type.CALENDAR_YEAR,
        Type.QUANTITY,
        Type.RATIO,
        Type.AMOUNT,
        Type.SIGNED_AMOUNT,
    }


def _is_integer(text: str) -> bool:
    return text.removeprefix("-").isdigit()
