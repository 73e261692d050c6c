"""The checks on a table: id, severity, clauses, and the kinds of table each one reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cets_conformance.tables.columns import Kind

__all__ = ["CHECKS", "Check", "Severity"]


class Severity(StrEnum):
    """What a failed check means for the verdict."""

    ERROR = "error"
    """The table does not conform."""
    WARNING = "warning"
    """Something is off that decides no amount."""
    NOTICE = "notice"
    """Plausible, but worth a look."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the rulebook's section on allocation tables."""

    id: str
    """Permanent id, ``T-01`` to ``T-32``."""
    severity: Severity
    """What its failure means."""
    clauses: tuple[str, ...]
    """Clauses it rests on."""
    kinds: tuple[Kind, ...] = (Kind.ALLOCATION, Kind.PRE_ALLOCATION)
    """Kinds of table it applies to."""


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_V = (Kind.ALLOCATION,)

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        check.id: check
        for check in (
            Check("T-01", _E, ("S-1",)),
            Check("T-02", _E, ("Q-1", "Q-2")),
            Check("T-03", _E, ("S-1",)),
            Check("T-04", _W, ("S-2",)),
            Check("T-05", _W, ("A-7",)),
            Check("T-06", _W, ("S-1",)),
            Check("T-10", _E, ("A-1", "A-2", "A-4", "Q-4"), _V),
            Check("T-11", _E, ("R-1", "Q-4"), _V),
            Check("T-12", _E, ("I-1", "I-2", "Q-4")),
            Check("T-13", _E, ("I-3",), _V),
            Check("T-14", _W, ("A-5",), _V),
            Check("T-15", _W, ("A-3",), _V),
            Check("T-16", _W, ("A-4",), _V),
            Check("T-17", _E, ("S-2", "S-3", "S-4", "S-7", "A-6")),
            Check("T-20", _E, ("B-1", "B-4"), _V),
            Check("T-21", _E, ("A-8",), _V),
            Check("T-22", _E, ("A-3", "A-4"), _V),
            Check("T-23", _E, ("B-1",), _V),
            Check("T-24", _W, ("I-2",), (Kind.PRE_ALLOCATION,)),
            Check("T-25", _W, ("S-2",)),
            Check("T-30", _N, ("A-5",), _V),
            Check("T-31", _N, ("A-4",), _V),
            Check("T-32", _N, ("I-2",), _V),
        )
    }
)
"""Every check by id, in the order reports list them."""
