"""The reference beside the tables: what it gives for each unit's inputs, asked once for equal ones.

:func:`recompute` is the only place where a comparison meets the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from functools import cache
from typing import Any

from cets_conformance import direct
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.sorts import unit_input

__all__ = ["Cells", "Recomputed", "Rule", "question", "recompute"]

Cells = Mapping[str, str]
"""Inputs of one unit: canonical text by column."""
Rule = tuple[str, str | None, str | None]
"""Year, method and reason: what the reference applied to a unit."""
Progress = Callable[[str, int, int | None], None]

STEP = 2000
"""Units between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the reference gives for one unit."""

    figures: Mapping[str, int | str | None] = member(default_factory=dict)
    """By result column: amounts in t as integers, ratios as text; None where it has none."""
    method: str | None = None
    """``none``, ``equal`` or ``intensity``; None in pre-allocation tables and refusals."""
    reason: str | None = None
    """Why the unit is outside the allocation."""
    code: str | None = None
    """Code of the refusal, where the rules refuse the inputs."""


def question(cells: Cells, kind: Kind) -> tuple[str, dict[str, Any]]:
    """Give the operation and the input that a unit of this kind of table asks."""
    unit = unit_input({"unit_id": "-", **cells})
    previous = cells.get("previous_year_emissions")
    if kind is Kind.PRE_ALLOCATION:
        given = {} if previous is None else {"previous_year_emissions": previous}
        return "pre-allocation", {"unit": unit, **given}
    balance = cells.get("balance_value")
    return "allocation", {"unit": unit} | ({} if balance is None else {"balance_value": balance})


def recompute(
    units: Sequence[Cells],
    kind: Kind,
    readings: Mapping[str, str],
    *,
    pre_allocation: bool,
    progress: Progress,
) -> list[Recomputed]:
    """Recompute units in order; ``pre_allocation`` asks for it in an allocation table too."""
    found = []
    for count, cells in enumerate(units):
        if count % STEP == 0:
            progress("recomputing", count, len(units))
        found.append(_recompute(cells, kind, readings, pre_allocation=pre_allocation))
    return found


def _recompute(
    cells: Cells, kind: Kind, readings: Mapping[str, str], *, pre_allocation: bool
) -> Recomputed:
    answer = direct.answer(*question(cells, kind), readings)
    if "error" in answer:
        return Recomputed(code=str(answer["error"]["code"]))
    output = answer["output"]
    figures = {name: item for name, item in output.items() if name in _FIGURES}
    if kind is Kind.ALLOCATION:
        if output["method"] == "equal":
            figures["coefficient"] = "0"  # equal allocation is an α of 0
        if pre_allocation:
            figures["pre_allocation"] = _pre_allocation(cells, output["covered"], readings)
    return Recomputed(figures, output.get("method"), output["reason"])


def _pre_allocation(cells: Cells, covered: bool, readings: Mapping[str, str]) -> int | None:  # noqa: FBT001
    """Give the pre-allocation; None where it depends on emissions that are not known."""
    if not covered or int(cells["year"]) not in _pre_allocation_years():
        return 0
    if "previous_year_emissions" not in cells:
        return None
    answer = direct.answer(*question(cells, Kind.PRE_ALLOCATION), readings)
    return int(answer["output"]["pre_allocation"]) if "output" in answer else None


@cache
def _pre_allocation_years() -> frozenset[int]:
    parameters = direct.rules()["parameters"]
    return frozenset(
        year
        for item in parameters
        if item["id"] == "pre_allocation_years"
        for year in item["value"]
    )


_FIGURES = frozenset(
    {"allowance", "obligation", "pre_allocation", "intensity", "deviation", "coefficient"}
)
