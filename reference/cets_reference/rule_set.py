"""A rule set: the parameters of a plan and the chosen readings, as one immutable value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from cets_reference.parameters import Parameters
from cets_reference.plan import PLAN_2024_2025
from cets_reference.readings import READINGS

DEFAULT_READINGS: Mapping[str, str] = MappingProxyType(
    {reading.id: reading.default for reading in READINGS}
)
"""Every reading at its default."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What every operation is computed under."""

    id: str
    """Permanent id of the plan's rules."""
    plan: Parameters
    """The plan's figures."""
    readings: Mapping[str, str] = field(default_factory=lambda: DEFAULT_READINGS)
    """Choice of every reading, by reading id."""
    replaced: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Functions in the place of rule functions, by ``module.function``; empty for the rules."""

    def with_readings(self, choices: Mapping[str, str]) -> RuleSet:
        """Give the same rules under other readings.

        Raises ``ValueError`` on a reading or a choice that does not exist, saying which do.
        """
        if not choices:
            return self
        known = {reading.id: reading.choices for reading in READINGS}
        for name, choice in choices.items():
            if name not in known:
                raise ValueError(f"no reading {name!r}; there are {', '.join(known)}")
            if choice not in known[name]:
                raise ValueError(
                    f"reading {name!r} has no choice {choice!r}; it has {', '.join(known[name])}"
                )
        return replace(self, readings=MappingProxyType({**self.readings, **choices}))

    def changed_readings(self) -> dict[str, str]:
        """Give the readings that are not at their default."""
        return {
            name: choice
            for name, choice in self.readings.items()
            if choice != DEFAULT_READINGS[name]
        }


DEFAULT = RuleSet("cn-industry-2024-2025", PLAN_2024_2025)
"""The 2024-2025 plan for steel, cement and aluminium, every reading at its default."""
