"""Fresh questions: themes by which an input is drawn, and the faults that make one unreadable."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from cets_conformance.exam.drawing import Draw

__all__ = ["FAULTY", "Input", "Theme", "spoil"]

Input: TypeAlias = dict[str, Any]

FAULTY = 2
"""Questions with a fault of form that an exam asks of each operation."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Something the rules decide, and how an input about it is drawn."""

    make: Callable[[Draw], Input]
    """Draws an input."""
    clauses: str
    """Ids of the clauses it is about, parted by blanks."""
    times: int
    """How often an exam asks it."""


def spoil(value: Input, draw: Draw) -> Input:
    """Put one fault of form into an input: a field gone, unknown, null or of a wrong form."""
    spoiled: Input = copy.deepcopy(value)
    holder = draw.choice([item for item in _objects(spoiled) if item])
    name = draw.choice(sorted(holder))
    kind = draw.below(4)
    if kind == 0:
        del holder[name]
    elif kind == 1:
        holder[draw.choice(("remark", "balance", "unit_name", "total"))] = draw.name(4)
    elif kind == 2:
        holder[name] = None
    else:
        holder[name] = _malformed(holder[name], draw)
    return spoiled


def _objects(node: Any) -> list[dict[str, Any]]:
    within = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    deeper = [item for inner in within for item in _objects(inner)]
    return [node, *deeper] if isinstance(node, dict) else deeper


def _malformed(old: Any, draw: Draw) -> Any:
    """Give what looks like ``old`` and is not of its form."""
    if isinstance(old, bool):
        return draw.choice(("true", "false", 1, 0))
    if isinstance(old, int):
        return draw.choice((str(old), f"{old}.0", -1 - old))
    if isinstance(old, str) and old[:1].isdigit():
        return draw.choice((f"0{old}", f" {old}", f"{old}.", f"{old}e3", f"-{old}"))
    return draw.choice((7, [], "", draw.name(65)))
