"""The annex table as an adapter, for those without programmers: what it asks, what it shows.

A case is a row whose ``unit_id`` is the case's id: the one column that every system hands back.
Only tonnes are judged; ratios in a table are for the eye. What a table cannot ask (a refusal, a
field without a column, an operation of several rows) is not run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from python_calamine import CalamineWorkbook
from stdnum.cn import uscc

from cets_conformance.messages import Language, text
from cets_conformance.runner.connections import Answers
from cets_conformance.runner.outcome import Remark
from cets_conformance.runner.protocol import Answer, Trouble
from cets_conformance.tables.columns import COLUMNS, Kind, Type
from cets_conformance.tables.reading import Table, TableError, read_table
from cets_conformance.tables.sample import Sample
from cets_conformance.tables.writing import write_table, write_workbook

if TYPE_CHECKING:
    from cets_conformance.vectors.model import Case

__all__ = ["SHOWN", "TableAnswers", "as_row", "by_table", "write_prompts"]

SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "allocation": ("allowance", "obligation"),
    "pre-allocation": ("pre_allocation",),
}
"""Results that the table of an operation shows, the required one first."""

_KINDS: Final = {"allocation": Kind.ALLOCATION, "pre-allocation": Kind.PRE_ALLOCATION}
_EXPLAIN: Final = frozenset(
    {"intensity", "deviation", "coefficient", "pre_allocation", "adjustment"}
)
"""Optional columns of the verified table that no case fills or judges."""
_UNASKED: Final = {"pre-allocation": frozenset({"output", "process_emissions"})}
"""Fields of a unit that the operation does not look at and its table has no column for."""
_CODE: Final = "91110100MA1CT0001"
_MADE_UP: Final = {
    "province": "11",
    "enterprise_id": _CODE + uscc.calc_check_digit(_CODE),
    "enterprise_name": "符合性检验用例（虚构）",
}


def as_row(case: Case) -> dict[str, Any] | None:
    """Give a case as a row, its amounts left empty; None where a table cannot ask it."""
    kind = _KINDS.get(case.operation)
    if kind is None or "output" not in case.expected:
        return None
    fields = {name: item for name, item in case.input.items() if name != "unit"}
    fields |= case.input["unit"]
    for name in _UNASKED.get(case.operation, ()):
        fields.pop(name, None)
    for name, item in fields.pop("process_emissions", {}).items():
        fields[f"{name}_emissions"] = item
    row = {
        name: None
        for name, column in COLUMNS.items()
        if kind in column.need and not (kind is Kind.ALLOCATION and name in _EXPLAIN)
    }
    if not fields.keys() <= row.keys():
        return None
    return row | _MADE_UP | fields | {"unit_id": case.id}


def write_prompts(
    cases: Sequence[Case], target: Path, language: Language, *, operation: str = "allocation"
) -> int:
    """Write the rows of the cases, and give their number.

    A workbook has a sheet for every operation; any other format holds the rows of ``operation``.
    Raises ``SampleError`` on a suffix that is no format of tables.
    """
    tables = {
        name: [row for case in cases if case.operation == name and (row := as_row(case))]
        for name in SHOWN
    }
    samples = {name: Sample(_KINDS[name], rows, ()) for name, rows in tables.items() if rows}
    if target.suffix.lower() == ".xlsx":
        sheets = {text(f"run.table.{name}", language): item for name, item in samples.items()}
        write_workbook(sheets, target, language)
        return sum(len(item.rows) for item in samples.values())
    sample = samples[operation]
    write_table(sample, target, language=language)
    return len(sample.rows)


def by_table(file: Path, cases: Sequence[Case], mapped: Mapping[str, str]) -> TableAnswers:
    """Read a filled table before anything is judged.

    ``mapped`` says for which columns foreign headers stand. Raises ``TableError`` where the file is
    no table, :class:`Trouble` where a row cannot be laid to a case.
    """
    rows: dict[str, _Row] = {}
    for table in _read_tables(file, mapped):
        known = {case.id: case for case in cases if _KINDS.get(case.operation) is table.kind}
        for row in _rows(table):
            if row.id not in known:
                raise Trouble("TABLE_UNKNOWN_ID", row=row.number, id=row.id or "-")
            if row.id in rows:
                raise Trouble("TABLE_ID_TWICE", row=row.number, id=row.id)
            rows[row.id] = row
    return TableAnswers({case.id: case for case in cases}, rows)


class _Row:
    """One row of a filled table."""

    def __init__(
        self,
        number: int,
        cells: Mapping[str, str],
        columns: frozenset[str],
        wrong: Mapping[str, str],
    ) -> None:
        self.number = number
        self.id = cells.get("unit_id", "")
        self.cells = cells
        self.columns = columns
        self.wrong = wrong


class TableAnswers(Answers):
    """Answers given in annex tables, by case."""

    partial = True

    def __init__(self, cases: Mapping[str, Case], rows: Mapping[str, _Row]) -> None:
        super().__init__({})
        self._cases = cases
        self._rows = rows

    def get(self, case_id: str) -> Answer | None:
        """Give the answer of a row; None where its amount is empty, a trouble where it changed."""
        row, case = self._rows.get(case_id), self._cases[case_id]
        if row is None or as_row(case) is None:
            return None
        _require_unchanged(row, as_row(case) or {})
        required = SHOWN[case.operation][0]
        if required not in row.cells and required not in row.wrong:
            return None
        given: dict[str, Any] = {}
        for name in SHOWN[case.operation]:
            if name in row.cells:
                given[name] = int(row.cells[name])
            elif name in row.wrong:  # such as 1004651.16: judged, and wrong by its type
                given[name] = row.wrong[name]
        return Answer({"output": given})

    def shown(self, case_id: str) -> frozenset[str] | None:
        """Name the results that the row's table has a column for."""
        operation = self._cases[case_id].operation
        return frozenset(SHOWN[operation]) & self._rows[case_id].columns

    def why_unanswered(self, case_id: str) -> Remark:
        """Say whether the table could not ask, or nobody answered."""
        asked = as_row(self._cases[case_id]) is not None
        return Remark("NOT_ANSWERED" if asked else "NOT_IN_TABLE")


def _require_unchanged(row: _Row, prompt: Mapping[str, Any]) -> None:
    """Refuse a row whose input is no longer the one that was asked."""
    for name, item in prompt.items():
        if item is None or name in _MADE_UP or name not in row.columns:
            continue
        found = row.cells.get(name, row.wrong.get(name, ""))
        if not _is_same(name, str(item), found):
            raise Trouble(
                "ROW_CHANGED",
                row=row.number,
                column=name,
                expected=str(item),
                found=found or "-",
            )


def _is_same(name: str, asked: str, found: str) -> bool:
    if COLUMNS[name].type in {Type.QUANTITY, Type.RATIO}:
        try:
            return Fraction(asked) == Fraction(found)
        except ValueError:
            return False
    return asked.lower() == found.lower() if COLUMNS[name].type is Type.FLAG else asked == found


def _read_tables(file: Path, mapped: Mapping[str, str]) -> list[Table]:
    """Read the one table of a file, or every sheet of a workbook that holds one."""
    try:
        return [read_table(file, mapped=mapped)]
    except TableError as error:
        if error.problems[0].code != "SHEETS_AMBIGUOUS":
            raise
    tables = []
    for sheet in CalamineWorkbook.from_path(file).sheet_names:
        try:
            tables.append(read_table(file, sheet=sheet, mapped=mapped))
        except TableError as error:
            if error.problems[0].code not in {"HEADER_NOT_FOUND", "NO_ROWS"}:
                raise
    return tables


def _rows(table: Table) -> list[_Row]:
    wrong: dict[int, dict[str, str]] = {}
    for problem in table.problems:
        if problem.field and problem.found is not None and problem.place.row is not None:
            wrong.setdefault(problem.place.row, {})[problem.field] = problem.found
    names = [str(name) for name in table.cells.columns]
    columns = [table.cells[name].tolist() for name in names]
    numbers: list[int] = table.cells.index.tolist()
    return [
        _Row(
            number,
            {name: cell for name, cell in zip(names, cells, strict=True) if isinstance(cell, str)},
            frozenset(names),
            wrong.get(number, {}),
        )
        for number, cells in zip(numbers, zip(*columns, strict=True), strict=True)
    ]
