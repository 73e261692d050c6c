"""The clauses of the rulebook as data: what a rule says, in Chinese and English, and on what basis.

A rule function names its clauses with :func:`clause`; a clause is looked up in :data:`CLAUSES`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cets_reference.clauses.allocation import ALLOCATION
from cets_reference.clauses.carry_over import CARRY_OVER
from cets_reference.clauses.issuance import ISSUANCE
from cets_reference.clauses.model import Clause, clause, in_force
from cets_reference.clauses.quantities import QUANTITIES
from cets_reference.clauses.scope import SCOPE
from cets_reference.clauses.surrender import SURRENDER

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CLAUSES", "Clause", "clause", "in_force"]

CLAUSES: Mapping[str, Clause] = MappingProxyType(
    {
        rule.id: rule
        for rule in (*QUANTITIES, *SCOPE, *ALLOCATION, *ISSUANCE, *SURRENDER, *CARRY_OVER)
    }
)
"""Every clause by its id, in the order of the rulebook."""
