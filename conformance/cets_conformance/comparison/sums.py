"""Sums: by table, by pair of tables, by sector and by province."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from cets_conformance.comparison.aligning import MISSING, TWICE, Flags
from cets_conformance.tables.columns import COLUMNS, Kind
from cets_conformance.tables.provinces import PROVINCES
from cets_conformance.tables.reading import Table

if TYPE_CHECKING:
    from cets_conformance.comparison.outcome import Comparison

__all__ = ["balance_values", "by_pair", "by_province", "by_sector", "by_table", "source"]


def by_table(comparison: Comparison) -> list[dict[str, Any]]:
    """Describe every table: its file, its units, and how it stands against its own data.

    ``missing``, ``twice``, ``no_figure``, ``no_reference``, ``right`` and ``wrong`` are all units.
    """
    aligned = comparison.aligned
    return [
        {
            "name": name,
            "source": source(table),
            "rows": len(table.cells),
            "without_key": aligned.keyless[at],
            "columns_missing": _columns_missing(comparison, at),
            "headers_unread": [
                note.values["header"] for note in table.notes if note.code == "UNKNOWN_COLUMN"
            ],
            "missing": int((aligned.positions[at] == MISSING).sum()),
            "twice": int((aligned.positions[at] == TWICE).sum()),
            **_sums(comparison, at, aligned.present[at]),
        }
        for at, (name, table) in enumerate(zip(aligned.names, aligned.tables, strict=True))
    ]


def source(table: Table) -> dict[str, Any]:
    """Describe the file that a table was read from."""
    return {
        "name": table.origin.name,
        "format": table.origin.format,
        "sheet": table.origin.sheet,
        "size": table.origin.size,
        "sha256": table.origin.sha256,
    }


def _columns_missing(comparison: Comparison, table: int) -> list[str]:
    """Name the inputs and results that another table has and this one has not."""
    aligned = comparison.aligned
    others = [at for at in range(len(aligned.tables)) if at != table]
    wanted = {*comparison.inputs.fields, *comparison.fields}
    return [
        name
        for name, column in COLUMNS.items()
        if name in wanted
        and aligned.kind in column.need
        and not aligned.has(table, name)
        and any(aligned.has(other, name) for other in others)
    ]


def _sums(comparison: Comparison, table: int, units: Flags) -> dict[str, Any]:
    """Sum a table's decisive amounts over units, against what the rules give for its own data."""
    found, expected = comparison.found[table][units], comparison.expected[table][units]
    given, known = (np.asarray(column != None) for column in (found, expected))  # noqa: E711
    both = given & known
    differences = (found[both] - expected[both]).astype(np.int64)
    return {
        "right": int((differences == 0).sum()),
        "wrong": int((differences != 0).sum()),
        "no_figure": int((~given).sum()),
        "no_reference": int((given & ~known).sum()),
        "found": int(found[both].sum()) if both.any() else 0,
        "expected": int(expected[both].sum()) if both.any() else 0,
        "difference": int(differences.sum()),
        "tonnes": int(np.abs(differences).sum()),
    }


def by_pair(comparison: Comparison) -> list[dict[str, Any]]:
    """Give for every column and pair of participants how often they agree, and the tonnes apart.

    None stands for the reference; units whose inputs differ are not in it.
    """
    names = comparison.aligned.names
    pairs = []
    for field in comparison.fields.values():
        participants: list[str | None] = [*(names[table] for table in field.tables), None]
        for one, other in combinations(range(len(participants)), 2):
            both = (field.labels[one] >= 0) & (field.labels[other] >= 0)
            equal = both & (field.labels[one] == field.labels[other])
            apart = field.figures[one][both] - field.figures[other][both] if field.is_amount else []
            pairs.append(
                {
                    "field": field.name,
                    "tables": [participants[one], participants[other]],
                    "units": int(both.sum()),
                    "agree": int(equal.sum()),
                    "tonnes": int(np.abs(apart).sum()) if field.is_amount else None,
                }
            )
    return pairs


def by_sector(comparison: Comparison) -> list[dict[str, Any]]:
    """Sum every table by sector and year, each unit where that table puts it."""
    return _by(comparison, "sector", tuple(COLUMNS["sector"].choices), yearly=True)


def by_province(comparison: Comparison) -> list[dict[str, Any]]:
    """Sum every table by province, each unit where that table puts it."""
    return _by(comparison, "province", tuple(PROVINCES), yearly=False)


def _by(
    comparison: Comparison, column: str, known: tuple[str, ...], *, yearly: bool
) -> list[dict[str, Any]]:
    """Sum by a column; units that a table puts nowhere known stand under None."""
    aligned = comparison.aligned
    years = sorted(set(aligned.years)) if yearly else [None]
    tables = range(len(aligned.tables))
    labels = [comparison.label(table, column) for table in tables]
    listed = []
    for name in (*known, None):
        for year in years:
            here = [
                aligned.present[table]
                & (labels[table] == name if name else ~np.isin(labels[table].astype(str), known))
                & (aligned.years == year if yearly else np.True_)
                for table in tables
            ]
            if any(flags.any() for flags in here):
                entry: dict[str, Any] = {column: name} | ({"year": int(year)} if year else {})
                entry["tables"] = [
                    {
                        "name": aligned.names[table],
                        "units": int(here[table].sum()),
                        **_sums(comparison, table, here[table]),
                    }
                    for table in tables
                ]
                listed.append(entry)
    return listed


def balance_values(comparison: Comparison) -> list[dict[str, Any]]:
    """Give the balance values that each table states or was given, with their units."""
    aligned, inputs = comparison.aligned, comparison.inputs
    if aligned.kind is not Kind.ALLOCATION:
        return []
    given: Mapping[str, str] = comparison.options.balance
    listed = []
    for table, name in enumerate(aligned.names):
        columns = (
            inputs.values[table]["sector"],
            aligned.years,
            inputs.values[table]["balance_value"],
        )
        counts = Counter(
            (sector, year, value)
            for sector, year, value, usable in zip(*columns, inputs.usable[table], strict=True)
            if usable and value is not None and sector is not None
        )
        listed += [
            {
                "table": name,
                "sector": sector,
                "year": int(year),
                "value": value,
                "from": "option" if sector in given else "table",
                "units": count,
            }
            for (sector, year, value), count in sorted(counts.items())
        ]
    return listed
