"""Tables of sums of a report: by sector and by province, each adding up to the whole table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from cets_conformance.report.words import Words, decisive

__all__ = ["FIGURES", "by_sector", "sums", "whole"]

FIGURES: Final = ("rows", "emissions", "found", "expected", "tonnes", "rows_wrong")
"""What is summed up, in the order in which it is shown."""

_SECTORS: Final = ("steel", "cement", "aluminium")

Figures = dict[str, Any]


def by_sector(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Order rows as the plan names the sectors, others after them, and by year."""

    def place(row: Mapping[str, Any]) -> tuple[int, str, int]:
        known = row["sector"] in _SECTORS
        at = _SECTORS.index(row["sector"]) if known else len(_SECTORS)
        return at, str(row["sector"]), row.get("year") or 0

    return sorted(rows, key=place)


def whole(report: Mapping[str, Any]) -> Figures:
    """Sum up the table; what was recomputed has a sector and a year, and so is in theirs."""
    totals = report["totals"]
    return _known(
        report,
        {
            "rows": report["rows"],
            "emissions": totals["emissions"],
            **totals["allowance"],
            "tonnes": sum(item["tonnes"] for item in totals["by_sector"]),
            "rows_wrong": sum(item["rows_wrong"] for item in totals["by_sector"]),
        },
    )


def _known(report: Mapping[str, Any], figures: Mapping[str, Any]) -> Figures:
    """Take figures as they are, but no zero for one where no amount of the table was judged."""
    if decisive(report)["rows_checked"]:
        return dict(figures)
    return {
        name: figure if name == "rows" or figure not in (0, "0") else None
        for name, figure in figures.items()
    }


def sums(report: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """Give both tables: what they are by, their rows with label and figures, and the total.

    Rows of no known sector and year, or province, make a row of their own.
    """
    total = whole(report)
    tables = []
    for name, items in (
        ("sector", by_sector(report["totals"]["by_sector"])),
        ("province", sorted(report["totals"]["by_province"], key=_worst_first)),
    ):
        rows = [
            {
                "label": words.term(name, item[name]),
                "year": item.get("year"),
                **_known(report, {figure: item[figure] for figure in FIGURES}),
            }
            for item in items
        ]
        rest = _less(total, rows)
        if name == "sector":  # the rules do not know what it should be
            rest |= {"tonnes": None, "rows_wrong": None}
        if rest["rows"]:
            rows.append({"label": words.t(f"report.sums.no_{name}"), "year": None, **rest})
        tables.append({"by": name, "rows": rows, "total": total if len(rows) > 1 else None})
    return tables


def _worst_first(item: Mapping[str, Any]) -> tuple[int, int]:
    return -item["tonnes"], -item["rows"]


def _less(total: Figures, items: Sequence[Mapping[str, Any]]) -> Figures:
    """Subtract rows of sums from the whole; what one of them does not know is not known."""
    return {name: _rest(total[name], [item[name] for item in items]) for name in FIGURES}


def _rest(total: int | str | None, parts: Sequence[int | str | None]) -> int | str | None:
    if total is None or None in parts:
        return None
    rest = Fraction(total) - sum(Fraction(part) for part in parts if part is not None)
    return int(rest) if isinstance(total, int) else _decimal(rest)


def _decimal(exact: Fraction) -> str:
    """Print a sum of quantities, which have six decimals at most."""
    units, millionths = divmod(int(exact * 10**6), 10**6)
    return f"{units}.{millionths:06d}".rstrip("0").rstrip(".")
