"""Patterns: the few ways in which tables and reference part, each with its units and its cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cets_conformance import direct
from cets_conformance.comparison.causes import EXAMINED, HELD, Diagnosed, Explainer, Sought
from cets_conformance.comparison.partition import RESULTS, Field, Numbers, State
from cets_conformance.comparison.recomputing import Recomputed, Rule
from cets_conformance.tables.catalogue import CHECKS

if TYPE_CHECKING:
    from cets_conformance.comparison.outcome import Comparison

__all__ = ["Group", "Pattern", "by_clause", "clauses_of_field", "find"]

_CHECK_OF = {
    "allowance": "T-10",
    "obligation": "T-11",
    "pre_allocation": "T-12",
    "adjustment": "T-13",
    "intensity": "T-14",
    "deviation": "T-15",
    "coefficient": "T-16",
}

_DECIDED_BY = {
    "NOT_LISTED": ("S-2",),
    "ROUTE_NOT_COVERED": ("S-3",),
    "NO_CLINKER_LINE": ("S-4",),
    "NEW_UNIT": ("S-7",),
    "CLOSED_UNIT": ("S-7",),
    "intensity": ("A-2", "A-3", "A-4", "A-5", "Q-4"),
}
"""Clauses that decide an allowance, by the reason for being outside or by the method."""

MOST_KINDS = 16
"""More than there are participants or states."""


@dataclass(frozen=True, slots=True)
class Group:
    """Tables, or the reference, or both, that give the same figures."""

    tables: tuple[int, ...]
    """Tables in it."""
    reference: bool
    """Whether the reference is in it."""
    difference: int | None
    """Its figures less the reference's, t; None for ratios and where the reference has none."""
    diagnosed: Diagnosed | None
    """What explains it, where it departs."""

    @property
    def size(self) -> int:
        """How many stand together."""
        return len(self.tables) + self.reference


@dataclass(frozen=True)
class Pattern:
    """One way of parting in one column under one rule."""

    id: str
    """``P-1`` onwards, in the order of reports."""
    field: str
    """Result column."""
    groups: tuple[Group, ...]
    """Groups, the largest first."""
    silent: tuple[tuple[int | None, str], ...]
    """Tables (None: the reference) that have no figure, and why."""
    rule: Rule | None
    """What the reference applied, where the figures differ."""
    units: Numbers
    """Its units, most tonnes first."""
    tonnes: int | None
    """Sum of the units' spreads, t; None for ratios."""
    sectors: Mapping[str, int]
    """Its units by sector."""
    follows: str | None = None
    """Id of the pattern before it that parts the same units alike in another column."""

    @property
    def shape(self) -> str:
        """``agree``, ``incomplete``, ``reference_alone``, ``majority`` or ``tie``."""
        if len(self.groups) < 2:
            ratio_not_due = {state for _, state in self.silent} == {"EMPTY", "NONE"}
            nobody = not self.groups and ratio_not_due and self.tonnes is None
            return "agree" if nobody or not self.silent else "incomplete"
        reference = next((group for group in self.groups if group.reference), None)
        lonely = reference is not None and not reference.tables
        if lonely and len(self.groups) == 2 and self.groups[0].size > 1:
            return "reference_alone"
        return "majority" if self.groups[0].size > self.groups[1].size else "tie"

    @property
    def disputed(self) -> bool:
        """Whether two figures differ."""
        return len(self.groups) > 1

    @property
    def clauses(self) -> tuple[str, ...]:
        """Clauses misread, where a cause gives all of a group's figures; else those that decide."""
        found: set[str] = set()
        for group in self.groups if self.disputed else ():
            if group.diagnosed is not None:
                misread = group.diagnosed.misread
                found |= misread or set(_deciding(self.field, self.rule))
        return _in_order(found or _deciding(self.field, self.rule))

    def as_json(self, names: Sequence[str]) -> dict[str, Any]:
        """Give the entry of the report."""
        year, method, reason = self.rule or (None, None, None)
        return {
            "id": self.id,
            "field": self.field,
            "shape": self.shape,
            "groups": [_print_group(group, names) for group in self.groups],
            "silent": [
                {"table": None if table is None else names[table], "state": state}
                for table, state in self.silent
            ],
            "units": len(self.units),
            "tonnes": self.tonnes,
            "year": int(year) if year else None,
            "method": method,
            "reason": reason,
            "sectors": [
                {"sector": sector or None, "units": units} for sector, units in self.sectors.items()
            ],
            "clauses": list(self.clauses),
            "follows": self.follows,
        }


def clauses_of_field(field: str) -> tuple[str, ...]:
    """Give the clauses that a result column rests on."""
    return CHECKS[_CHECK_OF[field]].clauses


def find(comparison: Comparison) -> list[Pattern]:
    """Find the patterns of every column: disputes first, most tonnes first, then agreement."""
    explainer = Explainer(comparison.aligned.kind, comparison.options.readings)
    found = [
        pattern
        for field in comparison.fields.values()
        for pattern in _of_field(comparison, field, explainer)
    ]
    found.sort(
        key=lambda pattern: (
            not pattern.disputed,
            -(pattern.tonnes or 0),
            RESULTS.index(pattern.field),
            -len(pattern.units),
            pattern.rule or (),
        )
    )
    leading: dict[Any, str] = {}
    numbered = []
    for number, pattern in enumerate(found, start=1):
        parted = tuple((group.tables, group.reference) for group in pattern.groups)
        key = (parted, np.sort(pattern.units).tobytes())
        own = f"P-{number}"
        leader = leading.setdefault(key, own) if pattern.disputed else own
        numbered.append(replace(pattern, id=own, follows=None if leader == own else leader))
    return numbered


def _of_field(comparison: Comparison, field: Field, explainer: Explainer) -> Iterable[Pattern]:
    """Gather the comparable units that part alike under one rule."""
    units = np.flatnonzero(comparison.comparable)
    rules: dict[Rule, int] = {}
    disputed = field.disputed
    coded = np.array(
        [
            rules.setdefault(comparison.rule(unit), len(rules)) if disputed[unit] else -1
            for unit in units.tolist()
        ],
        dtype=np.int64,
    )
    kinds = np.zeros(len(units), dtype=np.int64)
    for column in (*field.labels[:, units], *field.states[:, units], coded):
        kinds = pd.factorize(kinds * (len(rules) + MOST_KINDS) + column)[0].astype(np.int64)
    by_code = list(rules)
    for at in range(kinds.max(initial=-1) + 1):
        mine = np.flatnonzero(kinds == at)
        own = units[mine][np.argsort(-field.spread[units[mine]], kind="stable")]
        code = int(coded[mine[0]])
        yield _pattern(comparison, field, own, None if code < 0 else by_code[code], explainer)


def _pattern(
    comparison: Comparison, field: Field, units: Numbers, rule: Rule | None, explainer: Explainer
) -> Pattern:
    labels, states = field.labels[:, units[0]], field.states[:, units[0]]
    groups = [
        _group(comparison, field, units, np.flatnonzero(labels == label).tolist(), explainer)
        for label in sorted(set(labels.tolist()) - {-1})
    ]
    groups.sort(key=lambda group: (-group.size, not group.reference, group.tables))
    participants: list[int | None] = [*field.tables, None]
    sectors = Counter(comparison.sector(unit) for unit in units.tolist())
    return Pattern(
        "",
        field.name,
        tuple(groups),
        tuple(
            (participants[at], State(state).name)
            for at, state in enumerate(states.tolist())
            if state != State.FIGURE
        ),
        rule,
        units,
        int(field.spread[units].sum()) if field.is_amount else None,
        dict(sorted(sectors.items())),
    )


def _group(
    comparison: Comparison,
    field: Field,
    units: Numbers,
    members: list[int],
    explainer: Explainer,
) -> Group:
    last = len(field.tables)
    tables = tuple(field.tables[at] for at in members if at != last)
    reference = last in members
    figures, expected = field.figures[members[0]], field.figures[-1]
    known = field.states[-1, units[0]] == State.FIGURE
    difference = None
    if field.is_amount and known:
        difference = sum(figures[unit] - expected[unit] for unit in units.tolist())
    departs = known and not reference
    diagnosed = _diagnose(comparison, field, units, members, explainer) if departs else None
    return Group(tables, reference, difference, diagnosed)


def _diagnose(
    comparison: Comparison, field: Field, units: Numbers, members: list[int], explainer: Explainer
) -> Diagnosed:
    """Look for what gives a group's figures and goes with what its tables have right."""
    right = (field.labels[members] == field.labels[-1]) & (field.labels[-1] >= 0)
    others = np.flatnonzero(right.any(axis=0))
    others = others[np.argsort(comparison.turns[others], kind="stable")][:HELD]
    sought = [_sought(comparison, field, members[0], unit) for unit in units[:EXAMINED].tolist()]
    held = [
        _sought(comparison, field, members[int(right[:, unit].argmax())], unit)
        for unit in others.tolist()
    ]
    return explainer.explain(
        sought, held, "allowance" if field.name == "adjustment" else field.name
    )


def _sought(comparison: Comparison, field: Field, member: int, unit: int) -> Sought:
    """Give the figure that is to be explained; an adjustment is explained by its allowance."""
    figure = field.figures[member][unit]
    if field.name == "adjustment":
        item = comparison.reference[unit] or Recomputed()
        figure += int(item.figures["allowance"] or 0) - field.figures[-1][unit]
    return Sought(unit, _cells(comparison, unit), figure)


def _cells(comparison: Comparison, unit: int) -> Mapping[str, str]:
    inputs = comparison.inputs
    table = next(at for at, usable in enumerate(inputs.usable) if usable[unit])
    return inputs.as_cells(tuple(inputs.values[table][field][unit] for field in inputs.fields))


def _deciding(field: str, rule: Rule | None) -> tuple[str, ...]:
    """Give the clauses that decide a column's figure under a rule."""
    year, method, reason = rule or ("", None, None)
    if field != "allowance" or method is None:
        return clauses_of_field(field)
    if reason is not None:
        return _DECIDED_BY[reason]
    if method == "equal":
        return ("A-1", "Q-4") if year == "2024" else ("A-6", "Q-4")
    return _DECIDED_BY[method]


def _in_order(clauses: Iterable[str]) -> tuple[str, ...]:
    order = [clause["id"] for clause in direct.rules()["clauses"]]
    return tuple(sorted(clauses, key=order.index))


def by_clause(comparison: Comparison, found: Sequence[Pattern]) -> list[dict[str, Any]]:
    """Give for each clause what is disputed under it: patterns, units, tonnes."""
    spreads: dict[str, dict[int, int]] = {}
    ids: dict[str, list[str]] = {}
    for pattern in found:
        if not pattern.disputed:
            continue
        spread = comparison.fields[pattern.field].spread
        for clause in pattern.clauses:
            ids.setdefault(clause, []).append(pattern.id)
            widest = spreads.setdefault(clause, {})
            for unit in pattern.units.tolist():
                widest[unit] = max(widest.get(unit, 0), int(spread[unit]))
    return [
        {
            "clause": clause,
            "units": len(spreads[clause]),
            "tonnes": sum(spreads[clause].values()),
            "patterns": ids[clause],
        }
        for clause in _in_order(spreads)
    ]


def _print_group(group: Group, names: Sequence[str]) -> dict[str, Any]:
    return {
        "tables": [names[table] for table in group.tables],
        "reference": group.reference,
        "difference": group.difference,
        "diagnosis": None if group.diagnosed is None else _print_diagnosed(group.diagnosed),
    }


def _print_diagnosed(told: Diagnosed) -> dict[str, Any]:
    return {
        "examined": told.examined,
        "unexplained": told.unexplained,
        "causes": [
            {
                "mistake": cause.variant.mistake,
                "reading": cause.reading,
                "clauses": list(cause.variant.clauses),
                "explains": cause.explains,
                "of": told.examined,
                "contradicted": cause.contradicted,
                "held_against": told.held_against,
            }
            for cause in told.causes
        ],
    }
