"""What the reference says of a row, and so of every row that is like it in what rules ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from cets_conformance.tables.columns import COLUMNS
from cets_reference.allocation import compute_obligation
from cets_reference.checks import check_intensity, check_unit
from cets_reference.errors import RuleError
from cets_reference.issuance import compute_exact_pre_allocation
from cets_reference.records import Unit, read_unit, require_processes
from cets_reference.results import Scope
from cets_reference.rule_set import RuleSet
from cets_reference.scope import compute_scope, is_special_line, needs_intensity

__all__ = ["INPUT_FIELDS", "PROCESSES", "Sort", "judge", "rate_class", "unit_input"]

_MEMBERS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    dict.fromkeys(
        (
            "unit_id",
            "sector",
            "route",
            "line_kind",
            "carbide_slag_rate",
            "verified_emissions",
            "output",
        ),
        str,
    )
    | dict.fromkeys(("listed", "closed_before_verification"), "true".__eq__)
    | dict.fromkeys(("year", "commissioned_year"), int)
)
"""Members of the unit that are columns too, and what makes them of a cell."""

PROCESSES = {"ironmaking": "ironmaking_emissions", "sintering": "sintering_emissions"}
INPUT_FIELDS = (*_MEMBERS, *PROCESSES.values())
"""Columns that make the unit of a row."""

PREVIOUS = "previous_year_emissions"
"""The one column beside the unit that a recomputation reads."""

_FIELD_OF = {
    "process_emissions": "ironmaking_emissions",
    "process_emissions/ironmaking": "ironmaking_emissions",
    "process_emissions/sintering": "sintering_emissions",
}
"""Columns of the unit's members whose names differ."""


@dataclass(frozen=True, slots=True)
class Sort:
    """What the rules say of all rows of one sort."""

    unit: Unit | None = None
    """One of the units, where the rows make any."""
    error: RuleError | None = None
    """Why the rules refuse the rows."""
    error_field: str | None = None
    """Column the refusal points at."""
    blocked: bool = False
    """A column stands in the file but cannot be used, so that the rows cannot be judged."""
    scope: Scope | None = None
    """Coverage, reason and method of a unit."""
    needs_intensity: bool = False
    """Whether an intensity is computed (method ``intensity``, E > 0)."""
    surrenders: bool = False
    """Whether its obligation is its verified emissions, not nothing."""

    def pre_allocated(self, rules: RuleSet) -> Fraction:
        """Share of the previous year's emissions that is pre-allocated."""
        if self.unit is None:
            return Fraction(0)
        return compute_exact_pre_allocation(self.unit, Fraction(1), rules)

    def is_intense_as_ordinary(self, rules: RuleSet) -> bool:
        """Tell whether an intensity would be computed if it were taken for an ordinary line."""
        if self.unit is None or not self.unit.output:
            return False
        ordinary = replace(self.unit, line_kind="ordinary", carbide_slag_rate=Fraction(0))
        return needs_intensity(ordinary, rules.plan)


def unit_input(cells: Mapping[str, str]) -> dict[str, Any]:
    """Make the JSON unit of a row's cells; fields of another sector stay out (T-06 names them)."""
    sector = cells.get("sector")
    unit = {
        name: read(cells[name])
        for name, read in _MEMBERS.items()
        if name in cells and (sector is None or sector in COLUMNS[name].sectors)
    }
    processes = {
        name: cells[column]
        for name, column in PROCESSES.items()
        if column in cells and (sector is None or sector in COLUMNS[column].sectors)
    }
    if processes:
        unit["process_emissions"] = processes
    return unit


def judge(cells: Mapping[str, str], rules: RuleSet, *, verified: bool) -> Sort:
    """Let the reference read a row and say what it is; ``verified``: of an allocation table."""
    plan = rules.plan
    try:
        unit = read_unit(unit_input(cells), "", emissions_required=verified)
        needs = verified and needs_intensity(unit, plan)
        if needs:
            require_processes(unit, "")
        check_unit(unit, "", plan)
        if needs:
            check_intensity(unit, "")
    except RuleError as error:
        path = error.path.removeprefix("/")
        return Sort(error=error, error_field=_FIELD_OF.get(path, path))
    scope = compute_scope(unit, plan)
    return Sort(
        unit,
        scope=scope,
        needs_intensity=needs,
        surrenders=verified and compute_obligation(unit, scope, rules) > 0,
    )


def rate_class(text: str, rules: RuleSet) -> str:
    """Class a carbide-slag rate: ``special``, ``ordinary``, or by what refuses it."""
    line = {"unit_id": "-", "sector": "cement", "year": 2025, "line_kind": "ordinary"}
    try:
        unit = read_unit(line | {"carbide_slag_rate": text}, "", emissions_required=False)
    except RuleError as error:
        return f"{error.code} {error.clause}"
    return "special" if is_special_line(unit, rules.plan) else "ordinary"
