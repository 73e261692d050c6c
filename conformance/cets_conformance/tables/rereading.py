"""Other readings: whether a table that does not conform would under one other choice.

The rows in error are asked first, a few of each part: where another reading makes them right, the
whole table is judged again under it. So a table with ordinary errors costs no more than some rows,
and one that follows another reading is judged twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from cets_conformance import direct
from cets_conformance.tables.exact import Array
from cets_conformance.tables.options import TOUCHING, Options
from cets_conformance.tables.outcome import Outcome
from cets_conformance.tables.parts import Parts
from cets_conformance.tables.reading.cutting import run_of
from cets_conformance.tables.recompute import Recomputed, recompute
from cets_conformance.tables.units import Rows
from cets_reference.readings import READINGS
from cets_reference.rule_set import RuleSet

__all__ = ["conforms_under", "under"]

_SOLVING = {"balance_precision", "steel_base"}
"""Those that change a balance value solved from the table."""

_CHANGED = {"T-10", "T-11", "T-12", "T-13", "T-17", "T-21", "T-22", "T-23"}
"""Checks whose errors another reading can take away."""

_AS_HALF_UP = "enterprise_half_up"
"""The choice of ``rounding`` under which a unit's figures are those of ``unit_half_up``."""

_ASKED = 64
"""Rows of a part, from its first wrong one on, that are asked first."""

_SHORT = 1 << 14
"""Rows up to which a table is judged again without asking some first, where B is solved from it."""


def conforms_under(
    outcome: Outcome, done: Parts[Recomputed], judge_again: Callable[[Options], Outcome]
) -> tuple[str, ...]:
    """Name each single other choice, as ``reading=choice``, under which the table conforms."""
    options = outcome.options
    if not _may_change(outcome.errors, options):
        return ()
    tried = {
        f"{name}={choice}": {**options.readings, name: choice}
        for name, choice in _others(options.readings)
        if name != "balance_precision" or options.solve_balance
    }
    others = [(name.partition("=")[0], readings) for name, readings in tried.items()]
    answers = done.each(_become_right, others)
    found = []
    for at, (name, readings) in enumerate(tried.items()):
        said = {answer[at] for answer in answers if answer}
        if options.solve_balance and name.partition("=")[0] in _SOLVING:
            likely = outcome.rows <= _SHORT
        else:
            likely = said == {True}
        if likely and judge_again(replace(options, readings=readings)).verdict == "conforms":
            found.append(name)
    return tuple(found)


def under(rows: Rows, rules: RuleSet) -> Rows:
    """Give rows as other rules read them."""
    return Rows(rows.table, rules)


def _may_change(errors: set[str], options: Options) -> bool:
    """Tell whether amounts are wrong, and no error is there that no reading can take away."""
    changed = _CHANGED | ({"T-20"} if options.solve_balance else set())
    return errors <= changed and bool(errors & {"T-10", "T-11", "T-12"})


def _others(readings: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (reading.id, choice)
        for reading in READINGS
        if reading.id in TOUCHING
        for choice in reading.choices
        if choice not in (readings.get(reading.id, reading.default), _AS_HALF_UP)
    ]


def _become_right(done: Recomputed, others: list[tuple[str, Mapping[str, str]]]) -> list[bool]:
    """Tell for each other choice whether some rows in error become right; empty without any."""
    wrong = _wrong(done)
    if not wrong.any():
        return []
    some = run_of(done.rows.table, int(np.argmax(wrong)), _ASKED)
    return [
        not (wrong & ~_MENDED[reading](done)).any()
        and not _wrong(recompute(Rows(some, direct.ruleset_with(readings)), done.values)).any()
        for reading, readings in others
    ]


def _wrong(done: Recomputed) -> Array:
    """Tell in which rows the allowance, obligation or pre-allocation is not what the rules give."""
    return _off(done, np.not_equal)


def _off(done: Recomputed, compare: Callable[[Array, Array], Array]) -> Array:
    """Tell in which rows an amount that is there compares so with the right one."""
    rows = done.rows
    amount = rows.numbers("allowance" if rows.verified else "pre_allocation")
    off: Array = amount.present & compare(amount.values, done.amount)
    if rows.verified:
        obligation = rows.numbers("obligation")
        off |= obligation.present & compare(obligation.values, done.obligation)
    return off & done.known


def _within_rounding(done: Recomputed) -> Array:
    """Tell where no amount lies on the side to which the other rounding does not go."""
    floored = done.rows.rules.readings["rounding"] == "unit_floor"
    return ~_off(done, np.less if floored else np.greater)


_MENDED: Mapping[str, Callable[[Recomputed], Array]] = {
    "rounding": _within_rounding,
    "balance_precision": lambda done: done.known,
    "steel_base": lambda done: done.rows.coded("sector").where("steel".__eq__),
    "excluded_unit_obligation": lambda done: ~done.rows.covered,
}
"""Rows that another choice may make right: a wrong one among the others stays wrong under it."""
