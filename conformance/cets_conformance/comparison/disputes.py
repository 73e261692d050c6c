"""Disputes and differing inputs, unit by unit, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cets_conformance.comparison.aligning import Flags
from cets_conformance.comparison.inputs import IDENTITY
from cets_conformance.comparison.partition import Numbers, State
from cets_conformance.comparison.patterns import Pattern

if TYPE_CHECKING:
    from cets_conformance.comparison.outcome import Comparison

__all__ = ["inputs", "worst_first"]


def worst_first(
    comparison: Comparison, patterns: Sequence[Pattern], rows: int | None
) -> dict[str, Any]:
    """Give the disputed figures, a row a unit and column, ``rows`` at most.

    Amounts first, the unit with most tonnes in dispute first; then ratios, in the same order.
    """
    ids = {
        (pattern.field, unit): pattern.id
        for pattern in patterns
        if pattern.disputed
        for unit in pattern.units.tolist()
    }
    order = np.argsort(-comparison.tonnes, kind="stable").tolist()
    columns = {name: field.disputed for name, field in comparison.fields.items()}
    places = [
        (unit, name)
        for amounts in (True, False)
        for unit in order
        for name, field in comparison.fields.items()
        if field.is_amount is amounts and columns[name][unit]
    ]
    return {
        "count": len(places),
        "rows": [_row(comparison, unit, name, ids[name, unit]) for unit, name in places[:rows]],
    }


def _row(comparison: Comparison, unit: int, name: str, pattern: str) -> dict[str, Any]:
    field = comparison.fields[name]
    count = len(comparison.aligned.tables)
    figures: list[Any] = [None] * count
    states = ["NO_COLUMN"] * count
    groups: list[int | None] = [None] * count
    for at, table in enumerate(field.tables):
        figures[table] = field.figures[at][unit]
        states[table] = State(int(field.states[at, unit])).name
        label = int(field.labels[at, unit])
        groups[table] = label if label >= 0 else None
    reference = int(field.labels[-1, unit])
    return {
        **_identity(comparison, unit),
        "field": name,
        "pattern": pattern,
        "tonnes": int(field.spread[unit]) if field.is_amount else None,
        "reference": field.figures[-1][unit],
        "figures": figures,
        "states": states,
        "with_reference": [None if group is None else group == reference for group in groups],
        "rows": _row_numbers(comparison, unit),
    }


def _identity(comparison: Comparison, unit: int) -> dict[str, Any]:
    """Say which unit it is, with what the first table that knows says of it."""
    aligned = comparison.aligned
    found: dict[str, Any] = {
        "year": int(aligned.years[unit]),
        "unit_id": aligned.unit_ids[unit],
    }
    for name in ("sector", "province", "enterprise_name"):
        told = (comparison.label(table, name)[unit] for table in range(len(aligned.tables)))
        found[name] = next((text for text in told if text is not None), None)
    return found


def _row_numbers(comparison: Comparison, unit: int) -> list[int | None]:
    aligned = comparison.aligned
    return [int(aligned.rows(at)[unit]) or None for at in range(len(aligned.tables))]


def inputs(comparison: Comparison, rows: int | None) -> dict[str, Any]:
    """Say whether the tables were computed from the same data, and where not, who from which.

    ``same``, ``immaterial`` (no figure depends on it), ``differ`` and ``single`` (fewer than two
    tables have the unit with usable inputs) are all units.
    """
    read = comparison.inputs
    several = np.sum(read.usable, axis=0) >= 2
    differ = several & ~read.same & ~comparison.comparable
    immaterial = several & ~read.same & comparison.comparable
    fields = [
        {"field": name, "units": int(flags.sum()), "identity": name in IDENTITY}
        for name, flags in read.differs.items()
        if flags.any()
    ]
    tonnes = _apart(comparison)
    units = np.flatnonzero(differ | immaterial)
    units = units[np.lexsort((units, -tonnes[units], immaterial[units]))]
    return {
        "same": int((several & read.same).sum()),
        "immaterial": int(immaterial.sum()),
        "differ": int(differ.sum()),
        "single": int((~several).sum()),
        "unusable": [
            {"table": name, "units": int((present & ~usable).sum())}
            for name, present, usable in zip(
                comparison.aligned.names, comparison.aligned.present, read.usable, strict=True
            )
        ],
        "tonnes": int(tonnes[differ].sum()),
        "right_on_own": _right_on_own(comparison, differ),
        "fields": fields,
        "patterns": _input_patterns(comparison, units, differ, tonnes),
        "rows": [_input_row(comparison, unit) for unit in units[:rows].tolist()],
    }


def _apart(comparison: Comparison) -> Numbers:
    """Give by unit how far the decisive amounts lie apart, whatever they were computed from, t."""
    found = np.zeros(len(comparison.aligned), dtype=np.int64)
    columns = comparison.found
    for unit, figures in enumerate(zip(*columns, strict=True)):
        given = [figure for figure in figures if figure is not None]
        if given:
            found[unit] = max(given) - min(given)
    return found


def _right_on_own(comparison: Comparison, units: Flags) -> int:
    """Count units where every table that gives the amount is right on its own data."""
    return sum(
        all(right is not False for right in _rights(comparison, unit))
        and any(right for right in _rights(comparison, unit))
        for unit in np.flatnonzero(units).tolist()
    )


def _rights(comparison: Comparison, unit: int) -> list[bool | None]:
    """Tell by table whether its decisive amount is what its own data give; None: not known."""
    rights: list[bool | None] = []
    for found, own in zip(comparison.found, comparison.expected, strict=True):
        known = found[unit] is not None and own[unit] is not None
        rights.append(bool(found[unit] == own[unit]) if known else None)
    return rights


def _input_patterns(
    comparison: Comparison, units: Numbers, differ: Flags, tonnes: Numbers
) -> list[dict[str, Any]]:
    """Gather units whose inputs part the tables alike, in the same columns."""
    read, names = comparison.inputs, comparison.aligned.names
    found: dict[Any, list[int]] = {}
    for unit in units.tolist():
        parted: dict[tuple[str | None, ...], list[int]] = {}
        for table, usable in enumerate(read.usable):
            if usable[unit]:
                subject = tuple(read.values[table][field][unit] for field in read.fields)
                parted.setdefault(subject, []).append(table)
        fields = tuple(field for field in read.fields if read.differs[field][unit])
        groups = tuple(sorted(map(tuple, parted.values()), key=lambda item: (-len(item), item)))
        found.setdefault((bool(differ[unit]), groups, fields), []).append(unit)
    listed = [
        {
            "groups": [[names[table] for table in group] for group in groups],
            "fields": list(fields),
            "material": material,
            "units": len(own),
            "tonnes": int(tonnes[own].sum()),
        }
        for (material, groups, fields), own in found.items()
    ]
    return sorted(listed, key=lambda item: (not item["material"], -item["tonnes"], -item["units"]))


def _input_row(comparison: Comparison, unit: int) -> dict[str, Any]:
    read = comparison.inputs
    tables = range(len(comparison.aligned.tables))
    return {
        **_identity(comparison, unit),
        "material": not bool(comparison.comparable[unit]),
        "inputs": [
            {"field": field, "values": [_stated(comparison, at, field, unit) for at in tables]}
            for field in read.fields
            if read.differs[field][unit]
        ],
        "figures": [column[unit] for column in comparison.found],
        "expected": [column[unit] for column in comparison.expected],
        "right": _rights(comparison, unit),
        "rows": _row_numbers(comparison, unit),
    }


def _stated(comparison: Comparison, table: int, field: str, unit: int) -> str | None:
    read = comparison.inputs
    return read.values[table][field][unit] if read.usable[table][unit] else None
