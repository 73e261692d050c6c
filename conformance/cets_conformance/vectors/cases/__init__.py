"""The cases, one module or more an operation; files, hashes and answers are made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cets_conformance.vectors.cases import (
    allocation,
    allocation_arithmetic,
    amendment,
    balance,
    balance_refusals,
    carry_over,
    carry_over_refusals,
    cycle,
    cycle_carrying,
    cycle_refusals,
    emissions,
    enterprise_allocation,
    pre_allocation,
    refusals,
    scope,
    scope_refusals,
    settlement,
    surrender,
    surrender_refusals,
    surrender_sources,
)
from cets_conformance.vectors.model import Draft

__all__ = ["drafts"]

_DRAFTS: Mapping[str, Sequence[Draft]] = MappingProxyType(
    {
        "emissions": emissions.CASES,
        "scope": (*scope.CASES, *scope_refusals.CASES),
        "balance": (*balance.CASES, *balance_refusals.CASES),
        "allocation": (
            *allocation.CASES,
            *allocation_arithmetic.CASES,
            *refusals.CASES,
        ),
        "enterprise-allocation": enterprise_allocation.CASES,
        "pre-allocation": pre_allocation.CASES,
        "settlement": settlement.CASES,
        "amendment": amendment.CASES,
        "surrender": (*surrender.CASES, *surrender_sources.CASES, *surrender_refusals.CASES),
        "carry-over": (*carry_over.CASES, *carry_over_refusals.CASES),
        "cycle": (*cycle.CASES, *cycle_carrying.CASES, *cycle_refusals.CASES),
    }
)


def drafts(operation: str) -> Sequence[Draft]:
    """Give the cases of an operation in the order they are published."""
    return _DRAFTS[operation]
