"""A comparison: what the report is made of, and the report itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cets_conformance import __version__, direct
from cets_conformance.comparison import disputes, patterns, sums
from cets_conformance.comparison.aligning import Aligned, Flags, Texts
from cets_conformance.comparison.inputs import Inputs
from cets_conformance.comparison.partition import Field, Numbers, State, amounts
from cets_conformance.comparison.recomputing import Recomputed, Rule
from cets_conformance.tables.columns import COLUMNS, Kind
from cets_conformance.tables.options import Options
from cets_conformance.tables.reading import Table

__all__ = ["Comparison"]

DECISIVE = {Kind.ALLOCATION: "allowance", Kind.PRE_ALLOCATION: "pre_allocation"}
"""The amount a kind of table is about."""

_WHY_NOT = (
    State.MISSING,
    State.TWICE,
    State.INPUT_UNUSABLE,
    State.UNUSABLE,
    State.EMPTY,
    State.REFUSED,
    State.NONE,
)
"""Reasons why a figure without a dispute cannot be said to agree, the first that applies."""


@dataclass(frozen=True)
class Comparison:
    """Tables compared unit by unit; arrays run over the units of ``aligned``."""

    aligned: Aligned
    """The tables side by side."""
    options: Options
    """What they were compared with."""
    previous: Table | None
    """The previous year's table, where one was given."""
    inputs: Inputs
    """What they were computed from."""
    own: Sequence[Sequence[Recomputed | None]]
    """By table and unit: what the reference gets from that table's own inputs."""
    comparable: Flags
    """Whether the inputs are the same, or differ in nothing that changes a figure."""
    reference: Sequence[Recomputed | None]
    """By unit: what the reference gets, where comparable."""
    fields: Mapping[str, Field]
    """By result column: the agreeing groups."""

    @property
    def decisive(self) -> str:
        """The column of the amount that this kind of table is about."""
        return DECISIVE[self.aligned.kind]

    def label(self, table: int, name: str) -> Texts:
        """Give a column of a table that says what a unit is: sector, province, enterprise."""
        if (table, name) not in self._labels:
            self._labels[table, name] = self.aligned.texts(table, name)
        return self._labels[table, name]

    @cached_property
    def _labels(self) -> dict[tuple[int, str], Texts]:
        return {}

    def rule(self, unit: int) -> Rule:
        """Give what the reference applied to a unit."""
        item = self.reference[unit] or Recomputed()
        return str(self.aligned.years[unit]), item.method, item.reason

    def sector(self, unit: int) -> str:
        """Give the sector of a unit; empty where no table has it usable."""
        for table, usable in enumerate(self.inputs.usable):
            if usable[unit]:
                return str(self.inputs.values[table]["sector"][unit] or "")
        return ""

    @cached_property
    def turns(self) -> Numbers:
        """By unit: how many stand before it in its sector under its rule."""
        before: Counter[tuple[str, Rule]] = Counter()
        turns = []
        for unit in range(len(self.aligned)):
            kind = (self.sector(unit), self.rule(unit))
            turns.append(before[kind])
            before[kind] += 1
        return np.array(turns, dtype=np.int64)

    @cached_property
    def found(self) -> tuple[Texts, ...]:
        """By table and unit: the decisive amount as it stands there, t."""
        tables = range(len(self.aligned.tables))
        return tuple(amounts(self.aligned.texts(table, self.decisive)) for table in tables)

    @cached_property
    def expected(self) -> tuple[Texts, ...]:
        """By table and unit: the decisive amount that its own inputs give, t."""
        return tuple(
            np.array([item and item.figures.get(self.decisive) for item in column], dtype=object)
            for column in self.own
        )

    @cached_property
    def tonnes(self) -> Numbers:
        """By unit: the widest spread in any of its amounts, t; none is counted twice."""
        spreads = [field.spread for field in self._amounts]
        found: Numbers = np.zeros(len(self.aligned), dtype=np.int64)
        return np.asarray(np.maximum.reduce([found, *spreads]))

    @cached_property
    def disputed(self) -> Flags:
        """Whether two figures differ in any amount of a unit."""
        found = np.zeros(len(self.aligned), dtype=bool)
        for field in self._amounts:
            found |= field.disputed
        return found

    @cached_property
    def agreed(self) -> Flags:
        """Whether no amount is disputed and all tables and the reference give the decisive one.

        Another amount that nobody could judge is counted in its own column, as a check of a table
        says of it that it was not checked.
        """
        field = self.fields.get(self.decisive)
        if field is None or len(field.tables) < len(self.aligned.tables):
            return np.zeros(len(self.aligned), dtype=bool)
        return np.asarray(field.agreed & ~self.disputed & self.comparable)

    @property
    def _amounts(self) -> list[Field]:
        return [field for field in self.fields.values() if field.is_amount]

    @property
    def verdict(self) -> str:
        """``differ`` where any amount is disputed, ``agree`` where all agree, or ``incomplete``."""
        if self.disputed.any():
            return "differ"
        return "agree" if self.agreed.all() else "incomplete"

    def report(self, rows: int | None = 20) -> dict[str, Any]:
        """Give the report (schema ``comparison``), ``rows`` a list; None means all of them."""
        readings = direct.ruleset_with(self.options.readings).changed_readings()
        found = patterns.find(self)
        return {
            "kind": "comparison",
            "table_kind": self.aligned.kind.value,
            "verdict": self.verdict,
            "tables": sums.by_table(self),
            "counts": self._counts(),
            "inputs": disputes.inputs(self, rows),
            "fields": [self._field(field) for field in self.fields.values()],
            "patterns": [pattern.as_json(self.aligned.names) for pattern in found],
            "clauses": patterns.by_clause(self, found),
            "pairs": sums.by_pair(self),
            "reference_alone": self._reference_alone(),
            "disputes": disputes.worst_first(self, found, rows),
            "totals": {
                "by_sector": sums.by_sector(self),
                "by_province": sums.by_province(self),
            },
            "balance_values": sums.balance_values(self),
            "previous": None if self.previous is None else sums.source(self.previous),
            "ruleset": direct.ruleset_with({}).id,
            "readings": readings,
            "versions": {"reference": direct.version(), "conformance": __version__},
        }

    def _counts(self) -> dict[str, Any]:
        """Count units: agreed, disputed and not comparable are all of them."""
        left = ~self.agreed & ~self.disputed
        return {
            "units": len(self.aligned),
            "agreed": int(self.agreed.sum()),
            "disputed": int(self.disputed.sum()),
            "not_comparable": int(left.sum()),
            "reasons": self._reasons(left, self.fields.get(self.decisive)),
            "tonnes": int(self.tonnes.sum()),
        }

    def _reasons(self, left: Flags, field: Field | None) -> list[dict[str, int | str]]:
        """Count why units are left, each under one reason: who has no figure in the column."""
        reasons = {"INPUTS_DIFFER": left & ~self.comparable}
        left = left & self.comparable
        for state in _WHY_NOT if field else ():
            here = left & (field.states == state).any(axis=0) if field else left
            reasons[state.name] = here
            left = left & ~here
        reasons["COLUMN_MISSING"] = left
        return [
            {"code": code, "units": int(flags.sum())}
            for code, flags in reasons.items()
            if flags.any()
        ]

    def _field(self, field: Field) -> dict[str, Any]:
        disputed, agreed = field.disputed, field.agreed & self.comparable
        left = ~agreed & ~disputed
        return {
            "field": field.name,
            "unit": COLUMNS[field.name].unit,
            "tables": [self.aligned.names[table] for table in field.tables],
            "clauses": list(patterns.clauses_of_field(field.name)),
            "units": len(self.aligned),
            "agreed": int(agreed.sum()),
            "disputed": int(disputed.sum()),
            "not_comparable": int(left.sum()),
            "reasons": self._reasons(left, field),
            "tonnes": int(field.spread.sum()) if field.is_amount else None,
        }

    def _reference_alone(self) -> dict[str, int]:
        """Count units where the tables agree with one another against the reference."""
        alone = np.zeros(len(self.aligned), dtype=bool)
        for field in self._amounts:
            alone |= field.reference_alone
        return {"units": int(alone.sum()), "tonnes": int(self.tonnes[alone].sum())}
