"""Agreeing groups: which tables give the same figure for a unit, and the reference with them.

Every unit and result column gets labels: two participants agree where their labels are equal.
Amounts agree where they are equal. A ratio agrees with one written finer where it lies within half
a unit of its own last place, so the finest is taken first and the others join or stand apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np

from cets_conformance.comparison.aligning import MISSING, TWICE, Aligned, Flags, Texts
from cets_conformance.comparison.recomputing import Recomputed
from cets_conformance.tables.columns import COLUMNS, Type

__all__ = ["RESULTS", "Field", "Numbers", "State", "amounts", "partition", "result_fields"]

Numbers = np.ndarray[Any, np.dtype[np.int64]]

RESULTS = (
    "allowance",
    "obligation",
    "pre_allocation",
    "adjustment",
    "intensity",
    "deviation",
    "coefficient",
)
"""Columns that are results, amounts first."""

_PRINTED = Fraction(1, 2 * 10**12)
"""What printing to twelve digits may have taken from a ratio of the reference."""


class State(IntEnum):
    """What a participant has for a unit in a column."""

    FIGURE = 0
    """A figure."""
    MISSING = 1
    """The unit does not stand in the table."""
    TWICE = 2
    """The unit stands in the table more than once a year."""
    EMPTY = 3
    """The cell is empty."""
    UNUSABLE = 4
    """The cell holds what is no figure."""
    INPUT_UNUSABLE = 5
    """What the unit was computed from cannot be read."""
    NONE = 6
    """The reference gives no figure here: none is due, or it depends on what no table states."""
    REFUSED = 7
    """The rules refuse the inputs."""


@dataclass(frozen=True, slots=True)
class Field:
    """A result column over all units; participants are the tables that have it, then the reference.

    Arrays run over units; units whose inputs differ are in no group and not counted here.
    """

    name: str
    """Result column."""
    tables: tuple[int, ...]
    """Tables that have the column."""
    figures: tuple[Texts, ...]
    """By participant: the figure, an ``int`` for an amount, else text."""
    states: Numbers
    """Participants by units: :class:`State`."""
    labels: Numbers
    """Participants by units: the group; -1 where there is no figure."""
    spread: Numbers
    """Greatest less smallest amount, t; 0 for ratios."""

    @property
    def is_amount(self) -> bool:
        """Whether the column holds tonnes."""
        return COLUMNS[self.name].type in (Type.AMOUNT, Type.SIGNED_AMOUNT)

    @property
    def disputed(self) -> Flags:
        """Where two figures differ."""
        return _several(self.labels)

    @property
    def agreed(self) -> Flags:
        """Where everyone has a figure and it is the same, or none is due and nobody gives one."""
        given = (self.states == State.FIGURE).all(axis=0)
        nothing = (self.states[-1] == State.NONE) & self.unstated
        return np.asarray((given | (nothing & (not self.is_amount))) & ~self.disputed)

    @property
    def unstated(self) -> Flags:
        """Where no table says anything."""
        return np.asarray((self.states[:-1] == State.EMPTY).all(axis=0))

    @property
    def reference_alone(self) -> Flags:
        """Where two tables or more have one figure, no table another, and the reference another."""
        tables, reference = self.labels[:-1], self.labels[-1]
        known = tables >= 0
        lowest = np.where(known, tables, len(self.labels)).min(axis=0, initial=len(self.labels))
        highest = np.where(known, tables, -1).max(axis=0, initial=-1)
        alone = (reference >= 0) & (lowest == highest) & (lowest != reference)
        return np.asarray(alone & (known.sum(axis=0) >= 2))


def result_fields(aligned: Aligned) -> tuple[str, ...]:
    """Name the result columns that a table has, in the order of reports."""
    tables = range(len(aligned.tables))
    return tuple(name for name in RESULTS if any(aligned.has(table, name) for table in tables))


def partition(
    aligned: Aligned,
    name: str,
    usable: Sequence[Flags],
    comparable: Flags,
    reference: Sequence[Recomputed | None],
) -> Field:
    """Part the tables and the reference into agreeing groups, unit by unit."""
    tables = tuple(table for table in range(len(aligned.tables)) if aligned.has(table, name))
    whole = COLUMNS[name].type is not Type.RATIO
    figures: list[Texts] = []
    states = []
    for table in tables:
        texts, state = _told(aligned, table, name, usable[table])
        figures.append(amounts(texts) if whole else texts)
        states.append(state)
    if name == "adjustment":
        given = [
            amounts(_told(aligned, table, "pre_allocation", usable[table])[0])
            for table in range(len(aligned.tables))
        ]
        expected = _adjustments(given, reference)
    else:
        expected = np.array([_figure(item, name) for item in reference], dtype=object)
        if name == "coefficient":
            expected[_said_by_nobody(states, reference)] = None
    figures.append(expected)
    states.append(_reference_state(expected, reference))
    matrix = np.array(states, dtype=np.int64)
    labels = (_label_amounts if whole else _label_ratios)(figures, comparable)
    spread = _spread(figures, comparable) if whole else np.zeros(len(aligned), dtype=np.int64)
    return Field(name, tables, tuple(figures), matrix, labels, spread)


def _told(aligned: Aligned, table: int, name: str, usable: Flags) -> tuple[Texts, Numbers]:
    """Give what a table tells by unit, and the state of it."""
    texts = aligned.texts(table, name)
    position = aligned.positions[table]
    state = np.select(
        [position == MISSING, position == TWICE, ~usable, aligned.bad(table, name), texts == None],  # noqa: E711
        [State.MISSING, State.TWICE, State.INPUT_UNUSABLE, State.UNUSABLE, State.EMPTY],
        State.FIGURE,
    ).astype(np.int64)
    texts[state != State.FIGURE] = None
    return texts, state


def amounts(texts: Texts) -> Texts:
    """Read amounts, t, from their canonical texts; None where there is none."""
    return np.array([None if text is None else int(text) for text in texts], dtype=object)


def _figure(item: Recomputed | None, name: str) -> int | str | None:
    return None if item is None else item.figures.get(name)


def _adjustments(given: Sequence[Texts], reference: Sequence[Recomputed | None]) -> Texts:
    """T-13: the allowance less what was pre-allocated, which is a fact where the tables agree."""
    found = np.full(len(reference), None, dtype=object)
    for at, item in enumerate(reference):
        allowance = _figure(item, "allowance")
        said = {column[at] for column in given} - {None}
        before = said.pop() if len(said) == 1 else _figure(item, "pre_allocation")
        if isinstance(allowance, int) and isinstance(before, int):
            found[at] = allowance - before
    return found


def _said_by_nobody(states: Sequence[Numbers], reference: Sequence[Recomputed | None]) -> Flags:
    """Tell where equal allocation leaves the coefficient out, as tables may: it is 0 (A-6)."""
    equal = np.array([item is not None and item.method == "equal" for item in reference])
    return np.asarray(equal & (np.array(states) == State.EMPTY).all(axis=0))


def _reference_state(expected: Texts, reference: Sequence[Recomputed | None]) -> Numbers:
    refused = np.array([item is not None and item.code is not None for item in reference], bool)
    unknown = np.array([item is None for item in reference], bool)
    return np.select(
        [unknown, refused, expected == None],  # noqa: E711
        [State.INPUT_UNUSABLE, State.REFUSED, State.NONE],
        State.FIGURE,
    ).astype(np.int64)


def _label_amounts(figures: Sequence[Texts], comparable: Flags) -> Numbers:
    """Label each figure with the first participant that has the same."""
    labels = np.full((len(figures), len(comparable)), -1, dtype=np.int64)
    for at, own in enumerate(figures):
        known = (own != None) & comparable  # noqa: E711
        labels[at, known] = at
        for before in range(at - 1, -1, -1):
            same = known & (own == figures[before])
            labels[at, same] = labels[before, same]
    return labels


def _several(labels: Numbers) -> Flags:
    """Tell where there are two groups or more."""
    none = len(labels)
    lowest = np.where(labels >= 0, labels, none).min(axis=0)
    return np.asarray((lowest < none) & (labels.max(axis=0) != lowest))


def _label_ratios(figures: Sequence[Texts], comparable: Flags) -> Numbers:
    labels = _label_amounts(figures, comparable)  # all written alike: nothing more to ask
    for unit in np.flatnonzero(_several(labels)).tolist():
        texts = [column[unit] for column in figures]
        for at, label in enumerate(_ratio_groups(texts)):
            labels[at, unit] = label
    return labels


def _ratio_groups(texts: Sequence[str | None]) -> list[int]:
    """Label ratios, the reference last among them; it and then the finest found a group first."""
    labels = [-1] * len(texts)
    given = [at for at, text in enumerate(texts) if text is not None]
    values = {at: Fraction(str(texts[at])) for at in given}
    last = len(texts) - 1
    order = sorted(given, key=lambda at: (at != last, -_decimals(texts[at]), values[at], at))
    founders: list[int] = []
    for at in order:
        slack = Fraction(1, 2 * 10 ** _decimals(texts[at]))
        for founder in founders:
            printed = _PRINTED if founder == last else 0
            if abs(values[at] - values[founder]) <= slack + printed:
                labels[at] = founder
                break
        else:
            founders.append(at)
            labels[at] = at
    return _first_names(labels)


def _first_names(labels: Sequence[int]) -> list[int]:
    """Call each group by the first participant in it, as groups of amounts are."""
    first: dict[int, int] = {}
    for at, label in enumerate(labels):
        first.setdefault(label, at)
    return [-1 if label < 0 else first[label] for label in labels]


def _decimals(text: str | None) -> int:
    return len(str(text).partition(".")[2])


def _spread(figures: Sequence[Texts], comparable: Flags) -> Numbers:
    return _extreme(figures, comparable, np.maximum) - _extreme(figures, comparable, np.minimum)


def _extreme(figures: Sequence[Texts], comparable: Flags, better: Callable[..., Any]) -> Numbers:
    found = np.zeros(len(comparable), dtype=np.int64)
    seen = np.zeros(len(comparable), dtype=bool)
    for column in figures:
        known = np.asarray((column != None) & comparable)  # noqa: E711
        own = np.zeros(len(comparable), dtype=np.int64)
        own[known] = column[known].astype(np.int64)
        found = np.where(known & seen, better(found, own), np.where(known, own, found))
        seen |= known
    return found
