"""Builders of inputs: what a case does not speak of stands here once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from cets_conformance.vectors.model import Draft

__all__ = [
    "Input",
    "allowance",
    "aluminium",
    "cases_of",
    "ccer",
    "cement",
    "steel",
    "without",
]

Input: TypeAlias = dict[str, Any]


def cases_of(operation: str) -> Callable[..., Draft]:
    """Give a maker of one operation's cases: name, en, zh, clauses, input, what it guards."""

    def case(
        name: str, en: str, zh: str, clauses: str, value: Mapping[str, Any], guards: str = ""
    ) -> Draft:
        return Draft(f"{operation}/{name}", en, zh, clauses, value, guards)

    return case


def steel(
    emissions: str | None = "1000000",
    iron: str = "800000",
    sinter: str = "100000",
    output: str = "600000",
    **more: Any,
) -> Input:
    """Make a long-process steel enterprise of 2025; its intensity is (iron + sinter) / output."""
    return {
        "unit_id": "S-1",
        "sector": "steel",
        "year": 2025,
        "route": "long_process",
        **({} if emissions is None else {"verified_emissions": emissions}),
        "process_emissions": {"ironmaking": iron, "sintering": sinter},
        "output": output,
        **more,
    }


def cement(emissions: str | None = "1000000", output: str = "1200000", **more: Any) -> Input:
    """Make an ordinary clinker line of 2025."""
    return {
        "unit_id": "C-1",
        "sector": "cement",
        "year": 2025,
        "line_kind": "ordinary",
        **({} if emissions is None else {"verified_emissions": emissions}),
        "output": output,
        **more,
    }


def aluminium(emissions: str | None = "1568000", output: str = "1000000", **more: Any) -> Input:
    """Make an electrolysis process of 2025."""
    return {
        "unit_id": "A-1",
        "sector": "aluminium",
        "year": 2025,
        **({} if emissions is None else {"verified_emissions": emissions}),
        "output": output,
        **more,
    }


def without(value: Mapping[str, Any], *names: str) -> Input:
    """Leave members out."""
    return {name: item for name, item in value.items() if name not in names}


def allowance(
    name: str, day: str, vintage: str, amount: int, source: str = "own", **more: Any
) -> Input:
    """Make a submission of allowances."""
    return {
        "id": name,
        "date": day,
        "instrument": "allowance",
        "vintage": vintage,
        "source": source,
        "amount": amount,
        **more,
    }


def ccer(
    name: str, day: str, amount: int, registered: str = "2024-03-01", *, covered: bool = False
) -> Input:
    """Make a submission of CCER."""
    return {
        "id": name,
        "date": day,
        "instrument": "ccer",
        "registered_on": registered,
        "covered_project": covered,
        "amount": amount,
    }
