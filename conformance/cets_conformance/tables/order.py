"""Order (T-22): the cleaner unit never has the lower surplus rate.

Every unit is held against every other of its sector and year, by one sort and one sweep each way,
exactly. Of a million units hardly any can matter to that: a filter in doubles leaves those that may
set the standard at some intensity, and those that may break it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from cets_conformance.tables.exact import MILLION, Array
from cets_conformance.tables.findings import Listed, Result, Row
from cets_conformance.tables.laws import Written
from cets_conformance.tables.recompute import Recomputed
from cets_conformance.tables.units import Rows

__all__ = ["check_order"]

ORDER_SLACK = 2
"""t a unit: what rounding can do to a surplus, with room."""

_APART = 1 << 20
"""Steps of a double within which two intensities are not told apart; each is off by 3 at most."""

_ERROR = 2.0**-48
"""Relative error of a rate, of 4u at most, with room."""


@dataclass(frozen=True, slots=True)
class _Rates:
    """Units of one sector and year as doubles."""

    bits: Array
    """Bits of the intensity's double, which grow with it; int64."""
    least: Array
    """(allowance - obligation - slack) / base."""
    most: Array
    """(allowance - obligation + slack) / base."""

    @property
    def error(self) -> float:
        """What a rate may be off by, absolutely."""
        return _ERROR * float(max(np.abs(self.least).max(), np.abs(self.most).max()))


def check_order(written: Written, done: Recomputed) -> Result:
    """T-22: within a sector and year the cleaner unit never has the lower surplus rate.

    A contradiction takes two rows. Where recomputation says which rows are right, the others are
    held against those alone; otherwise both rows of a contradiction are named.
    """
    rows, result = written.rows, written.result("T-22")
    where = written.usable & rows.needs_intensity & (rows.base > 0)
    result.checked = int(np.count_nonzero(where))
    agrees = done.known & (written.allowance == done.amount)
    agrees &= written.obligation == done.obligation
    failures = Listed()
    groups = rows.groups.codes
    for group in np.unique(groups[where]).tolist():
        members = where & (groups == group)
        right = members & agrees
        suspects, judges = members, members
        if 2 * np.count_nonzero(right) >= np.count_nonzero(members):
            suspects, judges = members & ~agrees, right
        if suspects.any():
            failures += _contradictions(written, np.flatnonzero(judges), np.flatnonzero(suspects))
    result.failures = failures
    return result


def _contradictions(written: Written, judges: Array, suspects: Array) -> Iterator[Row]:
    """Let the exact rule judge what the filter leaves."""
    if not len(judges):
        return
    setting, breaking = _filter(_rates(written, judges), _rates(written, suspects))
    yield from _sweep(
        [_rated(written, at) for at in judges[setting].tolist()],
        [_rated(written, at) for at in suspects[breaking].tolist()],
        written.rows,
    )


def _rates(written: Written, at: Array) -> _Rates:
    rows = written.rows
    base = rows.base[at].astype(np.float64)
    intensity = rows.emitted[at].astype(np.float64)
    intensity /= rows.numbers("output").values[at].astype(np.float64)
    surplus = (written.allowance[at] - written.obligation[at]).astype(np.float64)
    bits = intensity.view(np.int64)
    return _Rates(bits, (surplus - ORDER_SLACK) / base, (surplus + ORDER_SLACK) / base)


def _filter(judging: _Rates, suspected: _Rates) -> tuple[Array, Array]:
    """Tell which judges may set the standard for a suspect, and which suspects may break it.

    Two edges, a little below and a little above its own, part intensities for every suspect into
    surely cleaner, near, and surely dirtier ones; judges fall into bins between the edges. A
    suspect may break the standard if a judge that may be cleaner undercuts it. The standard is set
    by a judge that no one surely cleaner than the suspect undercuts: of the judges that may be
    cleaner, those may set it that are not above the least of the surely cleaner ones.
    """
    edges = np.unique(np.concatenate([suspected.bits - _APART, suspected.bits + _APART]))
    below = np.searchsorted(edges, suspected.bits - _APART)
    above = np.searchsorted(edges, suspected.bits + _APART)
    bins, last = np.searchsorted(edges, judging.bits, "right"), len(edges)
    error = judging.error + suspected.error
    cleaner = _least_up_to(bins, judging.most, last)
    dirtier = _least_up_to(last - bins, -judging.least, last)
    too_good = suspected.least >= cleaner[above] - error
    too_bad = -suspected.most >= dirtier[last - below - 1] - error
    asked = _asked(above[too_good], cleaner[below[too_good]], last)
    setting = judging.most <= asked[bins] + error
    asked = _asked(last - below[too_bad] - 1, dirtier[last - above[too_bad] - 1], last)
    setting |= -judging.least <= asked[last - bins] + error
    return setting, too_good | too_bad


def _least_up_to(bins: Array, rates: Array, last: int) -> Array:
    """Give the least rate in all bins up to each."""
    least = np.full(last + 1, np.inf)
    np.minimum.at(least, bins, rates)
    running: Array = np.minimum.accumulate(least)
    return running


def _asked(bins: Array, rates: Array, last: int) -> Array:
    """Give for each bin the greatest rate by which a judge there may set a suspect's standard.

    ``bins``: the last in which a judge may be cleaner than each suspect; ``rates``: the least of
    the judges that surely are.
    """
    asked = np.full(last + 1, -np.inf)
    np.maximum.at(asked, bins, rates)
    running: Array = np.maximum.accumulate(asked[::-1])[::-1]
    return running


@dataclass(frozen=True, slots=True)
class _Rated:
    """A unit with its intensity and the surplus written for it; rates are per t of the base."""

    position: int
    row: int
    intensity: Fraction
    allowance: int
    obligation: int
    base: Fraction

    @property
    def least(self) -> Fraction:
        return (self.allowance - self.obligation - ORDER_SLACK) / self.base

    @property
    def most(self) -> Fraction:
        return (self.allowance - self.obligation + ORDER_SLACK) / self.base


def _rated(written: Written, at: int) -> _Rated:
    rows = written.rows
    return _Rated(
        at,
        int(rows.number[at]),
        Fraction(int(rows.emitted[at]), int(rows.numbers("output").values[at])),
        int(written.allowance[at]),
        int(written.obligation[at]),
        Fraction(int(rows.base[at]), MILLION),
    )


def _sweep(judges: Sequence[_Rated], suspects: Sequence[_Rated], rows: Rows) -> Iterator[Row]:
    """Hold each suspect against the strictly cleaner judge of least rate and the dirtier of most.

    One sort of both together, one sweep each way.
    """
    named: set[int] = set()
    for cleaner_first in (True, False):
        extreme: _Rated | None = None
        waiting: list[_Rated] = []
        order = sorted(
            [(item, True) for item in judges] + [(item, False) for item in suspects],
            key=lambda pair: pair[0].intensity,
            reverse=not cleaner_first,
        )
        for item, is_judge in order:
            if waiting and waiting[0].intensity != item.intensity:
                extreme = _extreme([extreme, *waiting], cleaner_first=cleaner_first)
                waiting = []
            if is_judge:
                waiting.append(item)
            elif extreme is not None and item.position not in named:
                bound = extreme.most if cleaner_first else extreme.least
                wrong = item.least > bound if cleaner_first else item.most < bound
                if wrong:
                    named.add(item.position)
                    yield _order_row(item, extreme, bound, rows)


def _extreme(items: Iterable[_Rated | None], *, cleaner_first: bool) -> _Rated | None:
    known = [item for item in items if item is not None]
    if cleaner_first:
        return min(known, key=lambda item: item.most, default=None)
    return max(known, key=lambda item: item.least, default=None)


def _order_row(item: _Rated, other: _Rated, bound: Fraction, rows: Rows) -> Row:
    limit = item.obligation + bound * item.base
    too_much = item.allowance > limit
    allowed = floor(limit + ORDER_SLACK) if too_much else ceil(limit - ORDER_SLACK)
    unit_id = rows.cell("unit_id", other.position) or ""
    return rows.finding(
        item.position,
        "allowance",
        item.allowance,
        allowed,
        code="RATE_OUT_OF_ORDER",
        values={"other_row": str(other.row), "other_unit": unit_id},
    )
