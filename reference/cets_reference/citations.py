"""Citations: which functions implement a clause, read off the functions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cets_reference import (
    allocation,
    allocation_operations,
    balance,
    carry_over,
    checks,
    compliance_operations,
    cycle,
    cycle_operation,
    dealings,
    emissions,
    events,
    forms,
    issuance,
    ledger,
    quantities,
    records,
    rounding,
    scope,
    surrender,
)
from cets_reference.clauses import CLAUSES

_CHAPTERS = (
    quantities,
    rounding,
    forms,
    records,
    scope,
    emissions,
    allocation,
    balance,
    issuance,
    dealings,
    surrender,
    carry_over,
    ledger,
    events,
    cycle,
    checks,
    allocation_operations,
    compliance_operations,
    cycle_operation,
)


def _implementers() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {name: [] for name in CLAUSES}
    for chapter in _CHAPTERS:
        for name, item in vars(chapter).items():
            if getattr(item, "__module__", None) == chapter.__name__:
                for cited in getattr(item, "__clauses__", ()):
                    found[cited].append(
                        f"{chapter.__name__.removeprefix('cets_reference.')}.{name}"
                    )
    return {name: tuple(functions) for name, functions in found.items()}


IMPLEMENTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(_implementers())
"""Functions by clause, as ``module.function``; empty where nothing implements a clause yet."""
