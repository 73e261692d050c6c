"""Surplus rates in doubles: which units can matter to their order (T-22), and which cannot.

A filter in front of the exact sweep of ``order``: nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cets_conformance.tables.exact import Array

__all__ = ["SLACK", "Asked", "Figures", "Least", "Rates"]

SLACK = 2
"""t a unit: what rounding can do to a surplus, with room."""

_APART = 1 << 20
"""Steps of a double within which two intensities are not told apart; each is off by 3 at most."""

_ERROR = 2.0**-48
"""Relative error of a rate, of 4u at most, with room."""


class Figures(NamedTuple):
    """Units with what their rates are made of, as columns, exact."""

    number: Array
    """Row number."""
    emitted: Array
    """What the intensity is made of, millionths of t."""
    output: Array
    """Output, millionths of t."""
    allowance: Array
    """Allowance as written, t."""
    obligation: Array
    """Obligation as written, else as computed, t."""
    base: Array
    """What a rate is a part of, millionths of t."""

    def at(self, where: Array) -> Figures:
        """Give the units at some positions."""
        return Figures(*(column[where] for column in self))

    @classmethod
    def joined(cls, parts: Sequence[Figures]) -> Figures:
        """Put the units of several parts together."""
        return cls(*map(np.concatenate, zip(*parts, strict=True)))


@dataclass(frozen=True, slots=True)
class Rates:
    """Units of one sector and year as doubles."""

    number: Array
    """Row number of each."""
    bits: Array
    """Bits of the intensity's double, which grow with it; int64."""
    least: Array
    """(allowance - obligation - slack) / base."""
    most: Array
    """(allowance - obligation + slack) / base."""

    @classmethod
    def of(cls, figures: Figures) -> Rates:
        """Take exact figures."""
        intensity = figures.emitted.astype(np.float64) / figures.output.astype(np.float64)
        surplus = (figures.allowance - figures.obligation).astype(np.float64)
        base = figures.base.astype(np.float64)
        return cls(
            figures.number,
            intensity.view(np.int64),
            (surplus - SLACK) / base,
            (surplus + SLACK) / base,
        )

    @classmethod
    def joined(cls, parts: Sequence[Rates]) -> Rates:
        """Put the units of several parts together."""
        names = ("number", "bits", "least", "most")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    @property
    def error(self) -> float:
        """What a rate may be off by, absolutely."""
        greatest = (float(np.abs(rates).max(initial=0.0)) for rates in (self.least, self.most))
        return _ERROR * max(greatest)

    @property
    def edges(self) -> Array:
        """Intensities that part, for every unit, surely cleaner, near and surely dirtier ones."""
        return np.unique(np.concatenate([self.bits - _APART, self.bits + _APART]))


@dataclass(frozen=True, slots=True)
class Least:
    """The judges by bins between edges."""

    cleaner: Array
    """Least of the greatest rates in each bin, from the cleanest bin on."""
    dirtier: Array
    """Least of the negative least rates, from the dirtiest bin on."""
    error: float

    @classmethod
    def of(cls, rates: Rates, bins: Array, last: int) -> Least:
        """Look through the judges of a part; there are ``last`` edges."""
        return cls(
            _least_in(bins, rates.most, last),
            _least_in(last - bins, -rates.least, last),
            rates.error,
        )

    @classmethod
    def merged(cls, parts: Sequence[Least]) -> Least:
        """Put the judges of several parts together, and accumulate them over bins."""
        cleaner = np.minimum.reduce([part.cleaner for part in parts])
        dirtier = np.minimum.reduce([part.dirtier for part in parts])
        return cls(
            np.minimum.accumulate(cleaner),
            np.minimum.accumulate(dirtier),
            max(part.error for part in parts),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which suspects may break the standard, and which judges may set it for them.

    Two edges, a little below and a little above its own, part intensities for every suspect into
    surely cleaner, near, and surely dirtier ones; judges fall into bins between the edges. A
    suspect may break the standard if a judge that may be cleaner undercuts it. The standard is set
    by a judge that no one surely cleaner than the suspect undercuts: of the judges that may be
    cleaner, those may set it that are not above the least of the surely cleaner ones.
    """

    breaking: Array
    """Row numbers of the suspects."""
    most: Array
    """By bin, the rate up to which a judge's greatest may set the standard for the too good."""
    least: Array
    """By bin from the dirtiest on, that of its negative least, for the too bad."""
    error: float

    @classmethod
    def of(cls, suspected: Rates, judging: Least) -> Asked:
        """Hold all suspects against the judges' bins."""
        edges = suspected.edges
        below = np.searchsorted(edges, suspected.bits - _APART)
        above = np.searchsorted(edges, suspected.bits + _APART)
        last, error = len(edges), judging.error + suspected.error
        cleaner, dirtier = judging.cleaner, judging.dirtier
        too_good = suspected.least >= cleaner[above] - error
        too_bad = -suspected.most >= dirtier[last - below - 1] - error
        return cls(
            suspected.number[too_good | too_bad],
            _asked(above[too_good], cleaner[below[too_good]], last),
            _asked(last - below[too_bad] - 1, dirtier[last - above[too_bad] - 1], last),
            error,
        )

    def setting(self, rates: Rates, bins: Array) -> Array:
        """Tell which judges may set the standard for a suspect."""
        found: Array = rates.most <= self.most[bins] + self.error
        found |= -rates.least <= self.least[len(self.least) - 1 - bins] + self.error
        return found


def _least_in(bins: Array, rates: Array, last: int) -> Array:
    """Give the least rate in each bin."""
    least = np.full(last + 1, np.inf)
    np.minimum.at(least, bins, rates)
    return least


def _asked(bins: Array, rates: Array, last: int) -> Array:
    """Give for each bin the greatest rate by which a judge there may set a suspect's standard.

    ``bins``: the last in which a judge may be cleaner than each suspect; ``rates``: the least of
    the judges that surely are.
    """
    asked = np.full(last + 1, -np.inf)
    np.maximum.at(asked, bins, rates)
    running: Array = np.maximum.accumulate(asked[::-1])[::-1]
    return running
