"""Operations: one JSON object in, one JSON object out, or a :class:`RuleError`.

Each operation reads its input's form, then checks what the rules ask of it in the fixed order of
errors, then computes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cets_reference import allocation_operations as allocating
from cets_reference import compliance_operations as complying
from cets_reference import outcomes, results
from cets_reference.clauses import in_force
from cets_reference.cycle_operation import apply_cycle
from cets_reference.rule_set import DEFAULT, RuleSet


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name, its function, the record of its output."""

    name: str
    """Permanent name."""
    apply: Callable[[Mapping[str, object], RuleSet], Any]
    """From JSON-like input and rule set to the output record."""
    output: type
    """Record whose fields are the output, in order."""


_ALL = (
    Operation("emissions", allocating.apply_emissions, results.Emissions),
    Operation("scope", allocating.apply_scope, results.Scope),
    Operation("balance", allocating.apply_balance, results.Balance),
    Operation("allocation", allocating.apply_allocation, results.Allocation),
    Operation(
        "enterprise-allocation",
        allocating.apply_enterprise_allocation,
        results.EnterpriseAllocation,
    ),
    Operation("pre-allocation", allocating.apply_pre_allocation, results.PreAllocation),
    Operation("settlement", complying.apply_settlement, outcomes.Settlement),
    Operation("amendment", complying.apply_amendment, outcomes.Amendment),
    Operation("surrender", complying.apply_surrender, outcomes.Surrender),
    Operation("carry-over", complying.apply_carry_over, outcomes.CarryOver),
    Operation("cycle", apply_cycle, outcomes.Cycle),
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {operation.name: operation for operation in _ALL}
)
"""Every operation by name, in the order of the rulebook."""


def run(
    operation: str, value: Mapping[str, object], *, rule_set: RuleSet = DEFAULT
) -> dict[str, Any]:
    """Run an operation on JSON-like input and give its JSON-like output.

    Raises :class:`RuleError` where the rules refuse the input, ``LookupError`` where there is no
    such operation.
    """
    return results.print_record(compute(operation, value, rule_set))


def compute(operation: str, value: Mapping[str, object], rules: RuleSet) -> Any:
    """Run an operation and give its output record, figures exact; raises as :func:`run`."""
    if operation not in OPERATIONS:
        raise LookupError(f"no operation {operation!r}; there are {', '.join(OPERATIONS)}")
    with in_force(rules.replaced):
        return OPERATIONS[operation].apply(value, rules)
