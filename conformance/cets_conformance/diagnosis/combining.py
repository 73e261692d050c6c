"""Combining mistakes: two variants at once, where they do not touch the same rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_reference.rule_set import DEFAULT, RuleSet

__all__ = ["combine", "under"]


def combine(first: str, second: str) -> RuleSet | None:
    """Give the rules as a system with both mistakes has them; None where they collide."""
    one, other = MISTAKES[first].rule_set, MISTAKES[second].rule_set
    if set(one.replaced) & set(other.replaced):
        return None
    if set(one.changed_readings()) & set(other.changed_readings()):
        return None
    figures = {
        field.name: getattr(other.plan, field.name)
        for field in fields(other.plan)
        if getattr(other.plan, field.name) != getattr(DEFAULT.plan, field.name)
    }
    if any(getattr(one.plan, name) != getattr(DEFAULT.plan, name) for name in figures):
        return None
    merged = replace(
        one,
        plan=replace(one.plan, **figures),
        replaced={**one.replaced, **other.replaced},
    )
    return merged.with_readings(other.changed_readings())


def under(rule_set: RuleSet, readings: Mapping[str, str]) -> RuleSet:
    """Give a variant under the readings a system declares; its own reading stays."""
    return rule_set.with_readings({**readings, **rule_set.changed_readings()})
