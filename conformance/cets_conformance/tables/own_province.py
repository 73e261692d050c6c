"""One province's table: rows of another province are refused, all of them named."""

from __future__ import annotations

from cets_conformance.tables.provinces import PROVINCES
from cets_conformance.tables.reading import Place, Problem, Table, TableError

__all__ = ["refuse_other_provinces"]

_NAMED = 50
"""Rows that are named one by one; of the rest the number is told."""


def refuse_other_provinces(table: Table, province: str) -> None:
    """Raise :class:`TableError` where a row names a province other than ``province`` (its code).

    A row that names no province, or none of GB/T 2260, stays: T-05 is about it.
    """
    if "province" not in table.cells:
        return
    named = table.cells["province"]
    others = named[named.isin(set(PROVINCES) - {province})]
    if others.empty:
        return
    column = table.origin.columns.get("province")
    values = {
        "own": PROVINCES[province].name_zh,
        "own_en": PROVINCES[province].name_en,
        "count": str(len(others)),
    }
    raise TableError(
        tuple(
            Problem(
                "FILE",
                "ROW_OF_OTHER_PROVINCE",
                Place(table.origin.sheet, int(str(row)), column),
                "province",
                f"{code} {PROVINCES[code].short_zh}",
                values,
            )
            for row, code in others.head(_NAMED).items()
        )
    )
