"""Synthetic allocation tables of any size, with errors planted in known rows.

The same size gives the same table: every figure is drawn from the row's number alone, in
whole numbers, a million rows at a time. The right amounts are computed here too, in 64-bit
integers that cannot overflow at these sizes, independently of the reference and of the checker.
``python -m tests.bench.tables ordinary|ties ROWS FILE`` writes the table and, beside it, what a
check must find (``FILE.expected.json``).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter
from tests.bench.contenders import TYPES

CHUNK = 1_000_000
"""Rows made at a time."""

Whole = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

BALANCE = {"cement": "0.86", "aluminium": "1.568"}
"""Balance values of the ordinary table, t CO2e per t."""

_PROVINCES = np.array(["13", "34", "37", "41", "44", "45", "51", "53", "65"])
_ALPHABET = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))

PLANTED = (
    "allowance one tonne off",
    "allowance a tenth of the emissions too high",
    "obligation one tonne off",
    "emissions that are no number",
    "credit code with a wrong check digit",
    "province that is none",
    "unit that stands in the row before",
    "another balance value",
    "white cement treated as ordinary",
)
"""What is planted, each in about one row of a thousand."""


@dataclass
class Found:
    """What a check must find of one kind: how many rows, how many tonnes, and which."""

    count: int = 0
    tonnes: int | None = 0
    """None where it is not worked out here."""
    rows: dict[int, int] | None = field(default_factory=dict)
    """Difference in tonnes by row number of the file; None where all that counts is their
    number."""

    def add(self, numbers: Whole, tonnes: Whole | None = None) -> None:
        """Add rows, each with its difference in tonnes."""
        differences = np.zeros_like(numbers) if tonnes is None else tonnes
        self.count += len(numbers)
        if self.tonnes is not None:
            self.tonnes += int(np.abs(differences).sum())
        if self.rows is not None:
            self.rows |= dict(zip(numbers.tolist(), differences.tolist(), strict=True))


@dataclass
class Expected:
    """What a check must report of a table."""

    checks: dict[str, Found] = field(default_factory=dict)
    """By check id; a check that is not here must find nothing."""
    allowance: int = 0
    """Sum of the allowances as written, t."""
    emissions: int = 0
    """Sum of the emissions that can be read, millionths of a tonne."""

    def of(self, name: str) -> Found:
        """Give what a check must find, to be added to."""
        return self.checks.setdefault(name, Found())


def write(kind: str, rows: int, target: Path) -> Expected:
    """Write the table, in the format of the suffix, and what must be found in it."""
    from tests.bench.ties import ties

    expected = Expected()
    make = {"ordinary": ordinary, "ties": ties}[kind]
    write_as = {".csv": _write_csv, ".parquet": _write_parquet, ".xlsx": _write_xlsx}
    batches = (pa.table(make(numbers, expected)) for numbers in _chunks(rows))
    write_as[target.suffix](batches, target)
    expected.checks = {n: found for n, found in sorted(expected.checks.items()) if found.count}
    _expected_file(target).write_text(json.dumps(asdict(expected)), "utf-8")
    return expected


def _write_csv(batches: Iterator[pa.Table], target: Path) -> None:
    options = pyarrow.csv.WriteOptions(quoting_style="none")
    _write_with(partial(pyarrow.csv.CSVWriter, write_options=options), batches, target)


def _write_parquet(batches: Iterator[pa.Table], target: Path) -> None:
    _write_with(pyarrow.parquet.ParquetWriter, batches, target)


def _write_with(create: Callable[..., Any], batches: Iterator[pa.Table], target: Path) -> None:
    first = next(batches)
    with create(target, first.schema) as writer:
        for batch in chain([first], batches):
            writer.write_table(batch)


def _write_xlsx(batches: Iterator[pa.Table], target: Path) -> None:
    """Write numbers as numbers and texts as shared strings, as a spreadsheet program does."""
    book = xlsxwriter.Workbook(str(target))
    sheet = book.add_worksheet()
    numbers = count(1)
    for batch in batches:
        sheet.write_row(0, 0, batch.column_names)
        for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            row = next(numbers)
            for position, (name, text) in enumerate(zip(batch.column_names, cells, strict=True)):
                if TYPES[name] in {"integer", "number"} and _NUMBER.fullmatch(str(text)):
                    sheet.write_number(row, position, float(text))
                elif text is not None:
                    sheet.write_string(row, position, str(text))
    book.close()


_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def read_expected(table: Path) -> Expected:
    """Read what must be found in a table that was written here."""
    stored = json.loads(_expected_file(table).read_text("utf-8"))
    checks = {
        name: Found(
            found["count"],
            found["tonnes"],
            found["rows"] and {int(row): tonnes for row, tonnes in found["rows"].items()},
        )
        for name, found in stored["checks"].items()
    }
    return Expected(checks, stored["allowance"], stored["emissions"])


def _expected_file(table: Path) -> Path:
    return table.with_name(f"{table.name}.expected.json")


def _chunks(rows: int) -> Iterator[Whole]:
    for start in range(0, rows, CHUNK):
        yield np.arange(start, min(start + CHUNK, rows), dtype=np.int64)


def draw(numbers: Whole, purpose: int, below: int) -> Whole:
    """Draw a whole number from 0 to below ``below`` for each number (SplitMix64 of it)."""
    with np.errstate(over="ignore"):
        mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed += np.uint64(purpose) * np.uint64(0xD1B54A32D192ED03)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return (mixed % np.uint64(below)).astype(np.int64)


def ordinary(numbers: Whole, expected: Expected) -> dict[str, Any]:
    """Make rows of cement lines and aluminium smelters, and note what is planted in them."""
    plant = _plants(numbers)
    is_planted = plant >= 0
    enterprise = numbers // 2
    cement = (draw(enterprise, 1, 10) > 0) | is_planted
    white = (cement & (draw(numbers, 2, 50) == 0) & ~is_planted) | (plant == 8)
    listed = (draw(numbers, 3, 200) > 0) | is_planted
    clipped = (draw(numbers, 4, 60) == 0) & ~is_planted

    balance = np.where(cement, 8_600, 15_680)  # of 10,000
    halves = 100_000 + draw(numbers, 5, 1_900_000)  # output, half tonnes
    deviation = 50_000 + draw(numbers, 6, 140_000) + 160_000 * clipped  # of 1,000,000
    deviation *= np.where(draw(numbers, 7, 2) == 0, 1, -1)
    deviation = np.clip(deviation, -230_000, 230_000)
    cents = halves * balance * (1_000_000 - deviation) // 200_000_000  # emissions, 0.01 t

    allowance, obligation, by_intensity = _amounts(halves, cents, balance, white=white)
    bound = by_intensity.bound & listed & ~white
    allowance, obligation = allowance * listed, obligation * listed
    row = numbers + 2
    # the tonnes of T-22 depend on which cleaner unit a row is held against
    expected.checks.setdefault("T-22", Found(tonnes=None)).add(row[plant == 1])
    expected.checks.setdefault("T-31", Found(rows=None)).add(row[bound])

    written, owed = allowance.copy(), obligation.copy()
    one = np.where(draw(numbers, 8, 2) == 0, 1, -1)
    written[plant == 0] += one[plant == 0]
    written[plant == 1] += cents[plant == 1] // 1000
    owed[plant == 2] += one[plant == 2]
    written[plant == 8] = by_intensity.allowance[plant == 8]

    off = written - allowance
    expected.of("T-10").add(row[off != 0], off[off != 0])
    expected.of("T-11").add(row[plant == 2], one[plant == 2])
    expected.of("T-17").add(row[plant == 8], off[plant == 8])
    excess = written - (obligation + (30 * obligation + 1015) // 1000)
    expected.of("T-21").add(row[plant == 1], excess[plant == 1])
    for name, kind in (("T-02", 3), ("T-03", 6), ("T-04", 4), ("T-05", 5), ("T-20", 7)):
        expected.of(name).add(row[plant == kind])
    expected.allowance += int(written.sum())
    expected.emissions += 10_000 * int(cents[plant != 3].sum())

    emissions = decimal(cents, 2)
    return {
        **identity(numbers, enterprise, cement=cement, plant=plant),
        "listed": np.where(listed, "true", "false"),
        "line_kind": np.where(white, "white_only", np.where(cement, "ordinary", "")),
        "verified_emissions": pc.if_else(pa.array(plant == 3), "n/a", emissions),
        "output": pc.if_else(pa.array(halves % 2 == 1), decimal(halves * 5, 1), _text(halves // 2)),
        "balance_value": np.where(plant == 7, "0.87", np.where(cement, "0.86", "1.568")),
        "allowance": written,
        "obligation": owed,
    }


def _plants(numbers: Whole) -> Whole:
    """Say what is planted in each row: a place in :data:`PLANTED`, or -1."""

    def drawn(rows: Whole) -> Whole:
        place = draw(rows, 9, 1000)
        return np.where(place < len(PLANTED), place, -1)

    plant = drawn(numbers)
    # a unit cannot stand in the row before where that row has lent its own number
    lost = (plant == 6) & ((numbers == 0) | (drawn(np.maximum(numbers - 1, 0)) == 6))
    return np.where(lost, -1, plant)


@dataclass(frozen=True)
class ByIntensity:
    """What allocation by intensity gives."""

    allowance: Whole
    bound: Flags
    """Whether the coefficient is at a bound."""


def _amounts(
    halves: Whole, cents: Whole, balance: Whole, *, white: Flags
) -> tuple[Whole, Whole, ByIntensity]:
    """Give right allowance and obligation of a listed unit, rounded half up.

    With output ``halves / 2``, emissions ``cents / 100`` and balance value ``balance / 10⁴``:
    A = E + E·0.15·(QB − E)/QB = (cents + 3·cents·D/(20·M)) / 100, D = halves·balance − 200·cents,
    M = halves·balance. The greatest product, 3·cents·D, stays below 4·10¹⁸.
    """
    whole = halves * balance
    lead = whole - 200 * cents
    bound = 5 * np.abs(lead) >= whole
    inside = np.where(bound, 0, lead)
    tonnes, rest = cents // 100, cents % 100
    numerator = 3 * cents * inside + 20 * rest * whole
    free = tonnes + (numerator + 1000 * whole) // (2000 * whole)
    at_bound = ((100 + 3 * np.sign(lead)) * cents + 5_000) // 10_000
    by_intensity = np.where(bound, at_bound, free)
    obligation = (cents + 50) // 100
    allowance = np.where(white, obligation, by_intensity)
    return allowance, obligation, ByIntensity(by_intensity, bound)


def identity(numbers: Whole, enterprise: Whole, *, cement: Flags, plant: Whole) -> dict[str, Any]:
    """Make the cells that say which unit of which enterprise a row is."""
    province = draw(enterprise, 10, len(_PROVINCES))
    unit = np.where(plant == 6, numbers - 1, numbers)
    name = pc.binary_join_element_wise("合成企业", _padded(enterprise, 7), "（虚构）", "")
    return {
        "year": np.full(len(numbers), 2025),
        "province": np.where(plant == 5, "99", _PROVINCES[province]),
        "enterprise_id": _credit_codes(enterprise, province, wrong=plant == 4),
        "enterprise_name": name,
        "sector": np.where(cement, "cement", "aluminium"),
        "unit_id": pc.binary_join_element_wise("SYN-", _padded(unit, 8), ""),
    }


def _credit_codes(enterprise: Whole, province: Whole, *, wrong: Flags) -> Any:
    """Make unified social credit codes (GB 32100) with their check digit, or one beside it."""
    fixed = "91{}0100MA"
    total = np.zeros_like(enterprise)
    for place, code in enumerate(_PROVINCES):
        here = province == place
        total[here] = sum(
            int(np.flatnonzero(character == _ALPHABET)[0]) * pow(3, position, 31)
            for position, character in enumerate(fixed.format(code))
        )
    for position in range(7):
        digit = enterprise // 10 ** (6 - position) % 10
        total += digit * pow(3, 10 + position, 31)
    check = (31 - total % 31 + wrong) % 31
    return pc.binary_join_element_wise(
        "91", pa.array(_PROVINCES[province]), "0100MA", _padded(enterprise, 7),
        pa.array(_ALPHABET[check]), "",
    )  # fmt: skip


def decimal(scaled: Whole, digits: int) -> Any:
    """Print whole numbers of the last place as decimals, exactly."""
    unit = 10**digits
    return pc.binary_join_element_wise(_text(scaled // unit), _padded(scaled % unit, digits), ".")


def _text(numbers: Whole) -> Any:
    return pa.array(numbers).cast(pa.string())


def _padded(numbers: Whole, width: int) -> Any:
    return pc.utf8_lpad(_text(numbers), width, padding="0")


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
