"""From rows to units: every row of a table as the input of an operation, read and checked.

This is where the tables meet the reference. A row whose cells cannot make a unit keeps the
reason; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cets_conformance.tables.columns import COLUMNS, Kind, Need
from cets_conformance.tables.reading import Table
from cets_reference.checks import check_intensity, check_unit
from cets_reference.errors import RuleError
from cets_reference.records import Unit, read_unit, require_processes
from cets_reference.rule_set import RuleSet
from cets_reference.scope import needs_intensity

__all__ = ["INPUT_FIELDS", "Judged", "read_units", "unit_input"]

Progress = Callable[[str, int, int | None], None]

_TEXTS = (
    "unit_id",
    "sector",
    "route",
    "line_kind",
    "carbide_slag_rate",
    "verified_emissions",
    "output",
)
_FLAGS = ("listed", "closed_before_verification")
_INTEGERS = ("year", "commissioned_year")
_PROCESSES = {"ironmaking": "ironmaking_emissions", "sintering": "sintering_emissions"}

INPUT_FIELDS = (*_TEXTS, *_FLAGS, *_INTEGERS, *_PROCESSES.values())
"""Columns that make the unit of a row."""

PREVIOUS = "previous_year_emissions"
"""The one column beside the unit that a recomputation reads."""

_FIELD_OF = {
    "process_emissions": "ironmaking_emissions",
    "process_emissions/ironmaking": "ironmaking_emissions",
    "process_emissions/sintering": "sintering_emissions",
}
"""Columns of the unit's members whose names differ."""

STEP = 2000
"""Rows between two reports of progress."""


@dataclass(slots=True)
class Judged:
    """One row: its cells, the unit they make, or why they make none."""

    row: int
    """Row number as a person sees it."""
    cells: dict[str, str]
    """Canonical text of the usable cells that are not empty."""
    unit: Unit | None = None
    """The unit, where the row makes one."""
    error: RuleError | None = None
    """Why the rules refuse the row."""
    error_field: str | None = None
    """Column the refusal points at."""
    blocked: str | None = None
    """Column that stands in the file but cannot be used, so that the row cannot be judged."""
    result: Any = None
    """Output record of the operation, ratios exact; None where it was not computed."""

    @property
    def year(self) -> int | None:
        """Year of the row, where it has one."""
        return int(self.cells["year"]) if "year" in self.cells else None

    @property
    def unit_id(self) -> str | None:
        """Unit of the row, where it has one."""
        return self.cells.get("unit_id")

    def amount(self, name: str) -> int | None:
        """Amount written in a column, t; None where there is none."""
        return int(self.cells[name]) if name in self.cells else None


def unit_input(cells: dict[str, str]) -> dict[str, Any]:
    """Make the JSON unit of a row's cells; fields of another sector stay out (T-06 names them)."""
    sector = cells.get("sector")
    usable = {
        name: text
        for name, text in cells.items()
        if name in INPUT_FIELDS and (sector is None or sector in COLUMNS[name].sectors)
    }
    unit: dict[str, Any] = {name: usable[name] for name in _TEXTS if name in usable}
    unit |= {name: usable[name] == "true" for name in _FLAGS if name in usable}
    unit |= {name: int(usable[name]) for name in _INTEGERS if name in usable}
    processes = {name: usable[column] for name, column in _PROCESSES.items() if column in usable}
    if processes:
        unit["process_emissions"] = processes
    return unit


def read_units(table: Table, rules: RuleSet, progress: Progress) -> list[Judged]:
    """Read every row's unit under the rules; rows keep their order."""
    verified = table.kind is Kind.ALLOCATION
    judged = []
    for count, row in enumerate(_rows(table)):
        if count % STEP == 0:
            progress("units", count, len(table.cells))
        if row.blocked is None:
            _read(row, rules, verified=verified)
        judged.append(row)
    return judged


def _read(row: Judged, rules: RuleSet, *, verified: bool) -> None:
    try:
        unit = read_unit(unit_input(row.cells), "", emissions_required=verified)
        if verified and needs_intensity(unit, rules.plan):
            require_processes(unit, "")
        check_unit(unit, "", rules.plan)
        if verified and needs_intensity(unit, rules.plan):
            check_intensity(unit, "")
    except RuleError as error:
        path = error.path.removeprefix("/")
        row.error, row.error_field = error, _FIELD_OF.get(path, path)
    else:
        row.unit = unit


def _rows(table: Table) -> Iterator[Judged]:
    names = list(table.cells.columns)
    columns = [table.cells[name].tolist() for name in names]
    inputs = [name for name in names if name in INPUT_FIELDS or name == PREVIOUS]
    lost = _lost_columns(table)
    blocked: dict[int, str] = {}
    for name in inputs:
        for position in table.bad[name].to_numpy().nonzero()[0].tolist():
            blocked.setdefault(position, name)
    numbers: list[int] = table.cells.index.tolist()
    for position, (number, texts) in enumerate(
        zip(numbers, zip(*columns, strict=True), strict=True)
    ):
        cells = {
            name: text for name, text in zip(names, texts, strict=True) if isinstance(text, str)
        }
        yield Judged(number, cells, blocked=blocked.get(position) or _lost(cells, lost))


def _lost_columns(table: Table) -> list[str]:
    """Name the columns that T-01 left out and whose absence would wrongly stand for a default."""
    left_out = {problem.field for problem in table.problems if problem.check == "T-01"}
    if table.kind is Kind.PRE_ALLOCATION:
        left_out.add(PREVIOUS)  # an empty cell says "none"; a missing column says nothing
    return [
        name
        for name in (*INPUT_FIELDS, PREVIOUS)
        if name in left_out - set(table.cells.columns)
        and (name == PREVIOUS or COLUMNS[name].need.get(table.kind) is Need.OPTIONAL)
    ]


def _lost(cells: dict[str, str], columns: list[str]) -> str | None:
    sector = cells.get("sector")
    return next((c for c in columns if sector is None or sector in COLUMNS[c].sectors), None)
