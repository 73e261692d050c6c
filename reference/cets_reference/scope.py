"""Scope: which units are inside a year's allocation, and by which method."""

from __future__ import annotations

from cets_reference.clauses import clause
from cets_reference.parameters import Parameters
from cets_reference.records import Unit
from cets_reference.results import Scope


@clause("S-2", "S-3", "S-4", "S-7")
def compute_exclusion(unit: Unit, plan: Parameters) -> str | None:
    """Say why ``unit`` is outside its year's allocation; None where it is inside."""
    if not unit.listed:
        return "NOT_LISTED"
    if unit.sector == "steel" and unit.route not in plan.covered_routes.value:
        return "ROUTE_NOT_COVERED"
    if unit.line_kind == "grinding_only":
        return "NO_CLINKER_LINE"
    if unit.commissioned_year is not None and unit.commissioned_year >= unit.year:
        return "NEW_UNIT"
    if unit.closed_before_verification:
        return "CLOSED_UNIT"
    return None


@clause("A-6")
def is_special_line(unit: Unit, plan: Parameters) -> bool:
    """Tell whether ``unit`` is a cement line that is allocated its verified emissions."""
    return (
        unit.line_kind in plan.equal_line_kinds.value
        or unit.carbide_slag_rate > plan.carbide_slag_threshold.value
    )


@clause("A-1", "A-2", "A-6")
def compute_scope(unit: Unit, plan: Parameters) -> Scope:
    """Decide coverage, its reason, and the method: ``none``, ``equal`` or ``intensity``."""
    reason = compute_exclusion(unit, plan)
    if reason is not None:
        method = "none"
    elif unit.year in plan.equal_years.value or is_special_line(unit, plan):
        method = "equal"
    else:
        method = "intensity"
    return Scope(covered=reason is None, reason=reason, method=method)


@clause("B-2")
def needs_intensity(unit: Unit, plan: Parameters) -> bool:
    """Tell whether an intensity is computed for ``unit``: method ``intensity`` and E > 0."""
    return (
        unit.year in plan.years.value
        and unit.emissions > 0
        and compute_scope(unit, plan).method == "intensity"
    )
