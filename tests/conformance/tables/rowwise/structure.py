"""Structure (T-01 to T-06): header, cells, duplicates, credit codes, provinces, stray fields."""

from __future__ import annotations

from collections.abc import Sequence

from stdnum.cn import uscc
from tests.conformance.tables.rowwise.findings import Reason, Result, Row
from tests.conformance.tables.rowwise.units import Judged

from cets_conformance.tables.columns import COLUMNS, Column, Kind, Need
from cets_conformance.tables.provinces import PROVINCES
from cets_conformance.tables.reading import Table
from cets_reference.rule_set import RuleSet
from cets_reference.scope import compute_scope

__all__ = ["check_structure"]

REQUIRED_CELLS = {
    Kind.ALLOCATION: ("year", "sector", "unit_id", "verified_emissions", "allowance"),
    Kind.PRE_ALLOCATION: ("year", "sector", "unit_id", "pre_allocation"),
}
"""Cells no row may leave empty."""

SHOWN = 80
"""Characters of a cell that a finding shows."""


def check_structure(table: Table, rows: Sequence[Judged], rules: RuleSet) -> list[Result]:
    """Run T-01 to T-06."""
    return [
        _header(table, rows, rules),
        _cells(table, rows),
        _duplicates(rows),
        _credit_codes(table, rows),
        _provinces(table, rows),
        _stray_fields(rows),
    ]


def _header(table: Table, rows: Sequence[Judged], rules: RuleSet) -> Result:
    """T-01: every column the table must have is there, once, in a known unit."""
    result = Result("T-01", checked=len(rows), tonnage=False)
    result.rows = _problems(table, "T-01", rows)
    named = {row.field for row in result.rows}
    for column in COLUMNS.values():
        need = column.need.get(table.kind)
        absent = column.name not in table.cells and column.name not in named
        if need is not None and absent and _is_needed(column, need, rows, rules):
            values = {"header_en": column.header_en, "header_zh": column.printed_zh}
            result.rows.append(Row(None, field=column.name, code="COLUMN_MISSING", values=values))
    return result


def _is_needed(column: Column, need: Need, rows: Sequence[Judged], rules: RuleSet) -> bool:
    """Tell whether a table of these rows must have the column.

    A balance value that was given or solved stands for its column.
    """
    if need is Need.OPTIONAL:
        return False
    if need is Need.ALWAYS:
        return True
    sectors = [row for row in rows if row.cells.get("sector") in column.sectors]
    if need is Need.SECTOR or not sectors:
        return bool(sectors)
    return any(row.result is None and _needs_intensity(row, rules) for row in sectors)


def _needs_intensity(row: Judged, rules: RuleSet) -> bool:
    """Tell whether the row is allocated by intensity, also where that very column is missing."""
    if row.unit is not None:
        return row.unit.emissions > 0 and compute_scope(row.unit, rules.plan).method == "intensity"
    return row.error is not None and row.error_field in {
        "output",
        "ironmaking_emissions",
        "sintering_emissions",
    }


def _cells(table: Table, rows: Sequence[Judged]) -> Result:
    """T-02: every cell can be read, none that is needed is empty, each row makes a unit."""
    result = Result("T-02", checked=len(rows), tonnage=False)
    result.rows = _problems(table, "T-02", rows)
    required = [name for name in REQUIRED_CELLS[table.kind] if name in table.cells]
    bad = {(row.row, row.field) for row in result.rows}
    for row in rows:
        missing = [
            name for name in required if name not in row.cells and (row.row, name) not in bad
        ]
        for name in missing:
            result.rows.append(Row(row.row, row.year, row.unit_id, name, code="CELL_MISSING"))
        field = row.error_field
        if row.error is None or field is None or field in missing:
            continue
        if field not in table.cells:
            continue
        code = row.error.code
        if code == "INVALID_INPUT":
            code = "CELL_NOT_VALID" if field in row.cells else "CELL_MISSING"
        values = {"clause": row.error.clause}
        found = row.cells.get(field)
        result.rows.append(
            Row(row.row, row.year, row.unit_id, field, found, code=code, values=values)
        )
    return result


def _problems(table: Table, check: str, rows: Sequence[Judged]) -> list[Row]:
    """Take what reading found, with the unit it belongs to."""
    by_number = {row.row: row for row in rows}
    found = []
    for problem in table.problems:
        if problem.check == check:
            place = problem.place
            row = by_number.get(place.row) if place.row is not None else None
            found.append(
                Row(
                    place.row,
                    row.year if row else None,
                    row.unit_id if row else None,
                    problem.field,
                    problem.found,
                    code=problem.code,
                    values={**problem.values, "column": place.column or ""},
                )
            )
    return found


def _duplicates(rows: Sequence[Judged]) -> Result:
    """T-03: a unit stands once a year."""
    result = Result("T-03", tonnage=False)
    first: dict[tuple[str, int], int] = {}
    for row in rows:
        if row.unit_id is None or row.year is None:
            continue
        result.checked += 1
        other = first.setdefault((row.unit_id, row.year), row.row)
        if other != row.row:
            result.rows.append(
                Row(
                    row.row,
                    row.year,
                    row.unit_id,
                    "unit_id",
                    row.unit_id,
                    code="UNIT_TWICE",
                    values={"other_row": str(other)},
                )
            )
    return result


def _credit_codes(table: Table, rows: Sequence[Judged]) -> Result:
    """T-04: the unified social credit code has the right form and check digit (GB 32100)."""
    result = Result("T-04", tonnage=False)
    right: dict[str, bool] = {}
    unread = _unread(table, "enterprise_id")
    for row in rows:
        if row.row in unread:
            result.skip(Reason("CELL_NOT_USABLE"))
            continue
        code = row.cells.get("enterprise_id", "")
        result.checked += 1
        if code not in right:
            right[code] = uscc.is_valid(code)
        if not right[code]:
            result.rows.append(
                Row(
                    row.row,
                    row.year,
                    row.unit_id,
                    "enterprise_id",
                    code[:SHOWN],
                    code="CREDIT_CODE_INVALID" if code else "CELL_MISSING",
                )
            )
    return _unless_missing(result, table, "enterprise_id")


def _provinces(table: Table, rows: Sequence[Judged]) -> Result:
    """T-05: the province is one of GB/T 2260, two digits or name."""
    result = Result("T-05", tonnage=False)
    unread = _unread(table, "province")
    for row in rows:
        if row.row in unread:
            result.skip(Reason("CELL_NOT_USABLE"))
            continue
        province = row.cells.get("province", "")
        result.checked += 1
        if province not in PROVINCES:
            code = "PROVINCE_UNKNOWN" if province else "CELL_MISSING"
            result.rows.append(
                Row(row.row, row.year, row.unit_id, "province", province[:SHOWN], code=code)
            )
    return _unless_missing(result, table, "province")


def _stray_fields(rows: Sequence[Judged]) -> Result:
    """T-06: a cell of another sector is empty; what stands there is not used."""
    result = Result("T-06", tonnage=False)
    for row in rows:
        sector = row.cells.get("sector")
        if sector is None:
            continue
        result.checked += 1
        result.rows += [
            Row(
                row.row,
                row.year,
                row.unit_id,
                name,
                text[:SHOWN],
                code="FIELD_OF_OTHER_SECTOR",
                values={"sector": sector},
            )
            for name, text in row.cells.items()
            if sector not in COLUMNS[name].sectors
        ]
    return result


def _unread(table: Table, column: str) -> frozenset[int]:
    """Numbers of the rows whose cell T-02 names already."""
    if column not in table.bad:
        return frozenset()
    return frozenset(table.bad.index[table.bad[column]].tolist())


def _unless_missing(result: Result, table: Table, column: str) -> Result:
    if column not in table.cells:
        return Result(result.check, reason=Reason("COLUMN_MISSING", {"field": column}))
    return result
