"""Small tables as vendors might hand them in, and reports that can be held against one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cets_conformance.comparison import Comparison, compare_tables
from cets_conformance.tables.options import Options
from cets_conformance.tables.reading import table_from_rows

Row = dict[str, Any]

_WHO = {
    "year": 2025,
    "province": "34",
    "enterprise_id": "91110000600037341L",
    "enterprise_name": "试验企业",
}
UNITS: tuple[Row, ...] = (
    _WHO
    | {
        "unit_id": "cement-1",
        "sector": "cement",
        "line_kind": "ordinary",
        "verified_emissions": "1000000",
        "output": "1200000",
        "balance_value": "0.86",
        "allowance": 1004651,
        "obligation": 1000000,
    },
    _WHO
    | {
        "unit_id": "cement-2",
        "sector": "cement",
        "line_kind": "ordinary",
        "verified_emissions": "600000",
        "output": "650000",
        "balance_value": "0.86",
        "allowance": 593399,
        "obligation": 600000,
    },
    _WHO
    | {
        "unit_id": "white",
        "sector": "cement",
        "line_kind": "white_only",
        "verified_emissions": "1000000.5",
        "output": "900000",
        "balance_value": "0.86",
        "allowance": 1000001,
        "obligation": 1000001,
    },
    _WHO
    | {
        "unit_id": "not-listed",
        "sector": "cement",
        "line_kind": "ordinary",
        "listed": False,
        "verified_emissions": "1000",
        "output": "1000",
        "balance_value": "0.86",
        "allowance": 0,
        "obligation": 0,
    },
)
"""Units with the amounts the rules give, the worked figures of the rulebook among them."""


def compare(
    *tables: Sequence[Row],
    names: str = "ABCDEFGH",
    previous: Sequence[Row] | None = None,
    **options: Any,
) -> Comparison:
    """Compare tables given as rows, called A, B, C …"""
    read = [table_from_rows(rows, name=name) for rows, name in zip(tables, names, strict=False)]
    before = table_from_rows(previous) if previous else None
    return compare_tables(read, names[: len(tables)], options=Options(**options), previous=before)


def table(**changes: Mapping[str, Any]) -> list[Row]:
    """Give all units, changed by unit id (``-`` written ``_``); a cell of None is left out."""
    rows = []
    for unit in UNITS:
        row = unit | changes.get(str(unit["unit_id"]).replace("-", "_"), {})
        rows.append({name: cell for name, cell in row.items() if cell is not None})
    return rows


def parted(report: Mapping[str, Any]) -> dict[str, list[tuple[str, int, int | None]]]:
    """Give by column the disputed patterns: «A reference | B», units, tonnes."""
    found: dict[str, list[tuple[str, int, int | None]]] = {}
    for pattern in report["patterns"]:
        if len(pattern["groups"]) > 1:
            groups = " | ".join(
                " ".join([*group["tables"], *(["reference"] if group["reference"] else [])])
                for group in pattern["groups"]
            )
            found.setdefault(pattern["field"], []).append(
                (groups, pattern["units"], pattern["tonnes"])
            )
    return found
