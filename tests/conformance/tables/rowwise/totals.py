"""Totals of a checked table: by sector, by province, and the distribution of surplus rates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import floor
from typing import Any

from tests.conformance.tables.rowwise.units import Judged

from cets_conformance.tables.columns import Kind
from cets_conformance.tables.provinces import PROVINCES
from cets_reference.quantities import print_decimal

__all__ = ["summarise"]

BIN = Fraction(25, 10000)
"""Width of a bin of surplus rates."""

EDGE = Fraction(325, 10000)
"""Where the outermost bins begin: just beyond the 3 % bound."""


def summarise(rows: Sequence[Judged], kind: Kind) -> dict[str, Any]:
    """Sum up a table: amounts found and expected, t, and how many rows differ."""
    column = "allowance" if kind is Kind.ALLOCATION else "pre_allocation"
    emissions = "verified_emissions" if kind is Kind.ALLOCATION else "previous_year_emissions"

    def sums(group: Iterable[Judged]) -> dict[str, Any]:
        return _sums(list(group), column, emissions)

    whole = sums(rows)
    return {
        "enterprises": len({r.cells["enterprise_id"] for r in rows if "enterprise_id" in r.cells}),
        "allowance": {"found": whole["found"], "expected": whole["expected"]},
        "obligation": _obligation(rows) if kind is Kind.ALLOCATION else None,
        "emissions": whole["emissions"],
        "by_sector": [
            {"sector": sector, "year": year, **sums(group)}
            for (sector, year), group in _grouped(rows, _sector_and_year)
        ],
        "by_province": [
            {"province": province, **sums(group)} for province, group in _grouped(rows, _province)
        ],
        "surplus_rates": _surplus_rates(rows) if kind is Kind.ALLOCATION else [],
    }


def _sums(rows: Sequence[Judged], column: str, emissions: str) -> dict[str, Any]:
    """Sum a group; ``expected`` is None unless every row of it was recomputed."""
    known = [(row.amount(column), getattr(row.result, column, None)) for row in rows]
    differences = [
        found - right for found, right in known if found is not None and right is not None
    ]
    complete = all(right is not None for _, right in known)
    return {
        "rows": len(rows),
        "emissions": print_decimal(
            sum((Fraction(row.cells.get(emissions, "0")) for row in rows), Fraction(0))
        ),
        "found": sum(found for found, _ in known if found is not None),
        "expected": sum(right for _, right in known) if complete else None,
        "tonnes": sum(abs(difference) for difference in differences),
        "rows_wrong": sum(difference != 0 for difference in differences),
    }


def _obligation(rows: Sequence[Judged]) -> int | None:
    results = [row.result for row in rows]
    if any(result is None for result in results):
        return None
    return sum(int(result.obligation) for result in results if result is not None)


def _grouped(
    rows: Sequence[Judged], key: Callable[[Judged], Any]
) -> list[tuple[Any, list[Judged]]]:
    groups: dict[Any, list[Judged]] = defaultdict(list)
    for row in rows:
        if (name := key(row)) is not None:
            groups[name].append(row)
    return sorted(groups.items())


def _sector_and_year(row: Judged) -> tuple[str, int] | None:
    sector = row.cells.get("sector")
    return None if sector is None or row.year is None else (sector, row.year)


def _province(row: Judged) -> str | None:
    province = row.cells.get("province")
    return province if province in PROVINCES else None


def _surplus_rates(rows: Sequence[Judged]) -> list[dict[str, Any]]:
    """Count covered units by the surplus rate written for them, in fixed bins."""
    last = int(2 * EDGE / BIN)
    counts: dict[str, list[int]] = {}
    for row in rows:
        found = row.amount("allowance")
        if found is None or row.unit is None or row.result is None or not row.result.obligation:
            continue
        rate = Fraction(found - row.result.obligation, row.result.obligation)
        position = min(max(floor((rate + EDGE) / BIN) + 1, 0), last + 1)
        counts.setdefault(row.unit.sector, [0] * (last + 2))[position] += 1
    edges = [_percent_text(BIN * step - EDGE) for step in range(last + 1)]
    return [
        {"sector": sector, "lower": lower, "upper": upper, "count": count}
        for sector, bins in sorted(counts.items())
        for lower, upper, count in zip([None, *edges], [*edges, None], bins, strict=True)
    ]


def _percent_text(edge: Fraction) -> str:
    scaled = int(edge * 10**4)
    return f"{'-' if scaled < 0 else ''}0.{abs(scaled):04d}"
