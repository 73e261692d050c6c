"""Structure (T-01 to T-06): header, cells, duplicates, credit codes, provinces, stray fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from cets_conformance.tables.columns import COLUMNS, Column, Kind, Need
from cets_conformance.tables.exact import Array, positions
from cets_conformance.tables.findings import Found, Listed, Reason, Result, Row, in_file_order
from cets_conformance.tables.identities import Kin
from cets_conformance.tables.provinces import PROVINCES
from cets_conformance.tables.reading import Problem, Table
from cets_conformance.tables.recompute import Recomputed
from cets_conformance.tables.sorts import Sort
from cets_conformance.tables.units import Rows

__all__ = ["check_header", "check_structure", "needed_columns"]

REQUIRED_CELLS = {
    Kind.ALLOCATION: ("year", "sector", "unit_id", "verified_emissions", "allowance"),
    Kind.PRE_ALLOCATION: ("year", "sector", "unit_id", "pre_allocation"),
}
"""Cells no row may leave empty."""

_REQUIRED: Mapping[Kind, Sequence[tuple[Column, Need]]] = MappingProxyType(
    {
        kind: [
            (column, column.need[kind])
            for column in COLUMNS.values()
            if column.need.get(kind, Need.OPTIONAL) is not Need.OPTIONAL
        ]
        for kind in Kind
    }
)
"""Columns that a table may have to have, and when."""

SHOWN = 80
"""Characters of a cell that a finding shows."""


def check_structure(done: Recomputed, kin: Kin) -> list[Result]:
    """Run T-02 to T-06."""
    rows = done.rows
    return [
        _cells(rows),
        _duplicates(rows, kin),
        _credit_codes(rows),
        _provinces(rows),
        _stray_fields(rows),
    ]


def needed_columns(done: Recomputed) -> frozenset[str]:
    """Name the columns that a table of these rows must have and has not (T-01)."""
    table = done.rows.table
    return frozenset(
        column.name
        for column, need in _REQUIRED[table.kind]
        if column.name not in table.columns and _is_needed(column, need, done)
    )


def check_header(table: Table, needed: frozenset[str], rows: int) -> Result:
    """T-01: every column the table must have is there, once, in a known unit."""
    listed = Listed(_problem(None, problem) for problem in _problems(table, "T-01"))
    absent = needed - {row.field for row in listed}
    for column in COLUMNS.values():
        if column.name in absent:
            values = {"header_en": column.header_en, "header_zh": column.printed_zh}
            listed.append(Row(None, field=column.name, code="COLUMN_MISSING", values=values))
    return Result("T-01", listed, checked=rows, tonnage=False)


def _is_needed(column: Column, need: Need, done: Recomputed) -> bool:
    """Tell whether a table of these rows must have the column.

    A balance value that was given or solved stands for its column.
    """
    if need is Need.ALWAYS:
        return True
    rows = done.rows
    sectors = rows.coded("sector")
    if column.sectors.isdisjoint(sectors.texts):
        return False
    concerned = sectors.where(column.sectors.__contains__)
    if need is Need.SECTOR or not concerned.any():
        return bool(concerned.any())
    return bool((concerned & ~done.known & rows.by_sort(_needs_intensity)).any())


def _needs_intensity(sort: Sort) -> bool:
    """Tell whether rows are allocated by intensity, also where that very column is missing."""
    if sort.unit is not None:
        return sort.needs_intensity
    return sort.error is not None and sort.error_field in {
        "output",
        "ironmaking_emissions",
        "sintering_emissions",
    }


def _cells(rows: Rows) -> Result:
    """T-02: every cell can be read, none that is needed is empty, each row makes a unit."""
    problems = _problems(rows.table, "T-02")
    named: dict[str, list[int]] = {}
    for problem in problems:
        if problem.field is not None and problem.place.row is not None:
            named.setdefault(problem.field, []).append(problem.place.row)
    required = [name for name in REQUIRED_CELLS[rows.table.kind] if name in rows.table.columns]
    missing = [_missing(rows, name, named.get(name, [])) for name in required]
    refused = _refused(rows, dict(zip(required, missing, strict=True)))
    numbers = np.array([problem.place.row or 0 for problem in problems], np.int64)
    read = rows.number.searchsorted(numbers)
    places, kinds, indices = in_file_order([read, *missing, refused])

    def make(index: int) -> Row:
        position, kind = int(places[index]), int(kinds[index])
        if kind == 0:
            return _problem(rows, problems[int(indices[index])])
        if kind <= len(required):
            return rows.finding(position, required[kind - 1], code="CELL_MISSING")
        return _refusal(rows, position)

    return Result("T-02", Found(places, make), checked=len(rows), tonnage=False)


def _missing(rows: Rows, name: str, named: list[int]) -> Array:
    """Give the rows where a cell that is needed is empty; one that is named already is not."""
    missing = positions(~rows.present(name))
    return missing[~np.isin(rows.number[missing], named)] if named else missing


def _refused(rows: Rows, missing: dict[str, Array]) -> Array:
    """Give the rows that the rules refuse at a cell that is not named as missing."""
    if not any(sort.error for sort in rows.sorts):
        return np.zeros(0, np.int64)
    columns = rows.table.columns
    refused = positions(
        rows.by_sort(lambda sort: sort.error is not None and sort.error_field in columns)
    )
    for name, where in missing.items():
        if not len(where):
            continue
        at_name = np.array([sort.error_field == name for sort in rows.sorts], np.bool_)
        refused = refused[~(at_name[rows.sort[refused]] & np.isin(refused, where))]
    return refused


def _refusal(rows: Rows, position: int) -> Row:
    sort = rows.sorts[rows.sort[position]]
    error, field = sort.error, str(sort.error_field)
    assert error is not None  # noqa: S101 - only rows with one come here
    found, code = rows.cell(field, position), error.code
    if code == "INVALID_INPUT":
        code = "CELL_MISSING" if found is None else "CELL_NOT_VALID"
    return rows.finding(position, field, found, code=code, values={"clause": error.clause})


def _problems(table: Table, check: str) -> list[Problem]:
    """Take what reading found."""
    return [problem for problem in table.problems if problem.check == check]


def _problem(rows: Rows | None, problem: Problem) -> Row:
    """Put what reading found with the unit it belongs to, where it is about one."""
    values = {**problem.values, "column": problem.place.column or ""}
    field, found = problem.field, problem.found
    position = rows.place(problem.place.row) if rows else None
    if rows is None or position is None:
        return Row(problem.place.row, None, None, field, found, code=problem.code, values=values)
    return rows.finding(position, field, found, code=problem.code, values=values)


def _duplicates(rows: Rows, kin: Kin) -> Result:
    """T-03: a unit stands once a year."""
    known = rows.present("unit_id") & (rows.year > 0)

    def make(index: int) -> Row:
        position, values = int(kin.twice[index]), {"other_row": str(kin.first[index])}
        unit_id = rows.cell("unit_id", position)
        return rows.finding(position, "unit_id", unit_id, code="UNIT_TWICE", values=values)

    checked = int(np.count_nonzero(known))
    return Result("T-03", Found(kin.twice, make), checked=checked, tonnage=False)


def _credit_codes(rows: Rows) -> Result:
    """T-04: the unified social credit code has the right form and check digit (GB 32100)."""
    return _texts(rows, "T-04", "enterprise_id", rows.valid_codes, "CREDIT_CODE_INVALID")


def _provinces(rows: Rows) -> Result:
    """T-05: the province is one of GB/T 2260, two digits or name."""
    right = rows.coded("province").where(PROVINCES.__contains__)
    return _texts(rows, "T-05", "province", right, "PROVINCE_UNKNOWN")


def _texts(rows: Rows, check: str, name: str, right: Array, code: str) -> Result:
    """Name the cells of a column that are not right; T-02 names those that cannot be read."""
    column = rows.table.columns.get(name)
    if column is None:
        return Result(check, reason=Reason("COLUMN_MISSING", {"field": name}))
    result = Result(check, tonnage=False)
    wrong = ~right
    if column.bad is not None:
        result.skip(Reason("CELL_NOT_USABLE"), int(np.count_nonzero(column.bad)))
        wrong &= ~column.bad
    result.checked = len(rows) - result.skipped
    failed = positions(wrong)

    def make(index: int) -> Row:
        position = int(failed[index])
        text = rows.cell(name, position) or ""
        return rows.finding(position, name, text[:SHOWN], code=code if text else "CELL_MISSING")

    result.failures = Found(failed, make)
    return result


def _stray_fields(rows: Rows) -> Result:
    """T-06: a cell of another sector is empty; what stands there is not used."""
    sectors = rows.coded("sector")
    checked = int(np.count_nonzero(sectors.codes >= 0))
    names: Sequence[str] = [
        name for name in rows.table.columns if not COLUMNS[name].sectors.issuperset(sectors.texts)
    ]
    strays = []
    for name in names:
        at_home = sectors.where(COLUMNS[name].sectors.__contains__)
        strays.append(positions((sectors.codes >= 0) & ~at_home & rows.present(name)))
    places, columns, _ = in_file_order(strays)

    def make(index: int) -> Row:
        position, name = int(places[index]), names[int(columns[index])]
        text = rows.cell(name, position) or ""
        values = {"sector": str(rows.cell("sector", position))}
        return rows.finding(
            position, name, text[:SHOWN], code="FIELD_OF_OTHER_SECTOR", values=values
        )

    return Result("T-06", Found(places, make), checked=checked, tonnage=False)
