"""Plausibility (T-30 to T-32): notices only; nothing here decides a verdict."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from cets_conformance.tables.exact import MILLION, Array, positions
from cets_conformance.tables.findings import NOTHING_TO_JUDGE, Found, Reason, Result, Row
from cets_conformance.tables.identities import Kin, Years
from cets_conformance.tables.recompute import Recomputed
from cets_reference.quantities import print_decimal, print_ratio

__all__ = ["check_plausibility"]

USUAL_INTENSITY = {
    "steel": ("1.0", "2.5"),
    "cement": ("0.6", "1.1"),
    "aluminium": ("1.2", "2.2"),
}
"""t CO2e per t of product: wide margins around the sectors' published averages (convention)."""

_USUAL = {sector: (float(least), float(most)) for sector, (least, most) in USUAL_INTENSITY.items()}
"""The same as doubles."""

USUAL_CHANGE = Fraction(30, 100)
"""Year-on-year change of verified emissions above which a row is noted."""

_NEAR = 2.0**-40
"""Relative distance from a limit within which doubles do not tell the side: their error is below
2^-50 (two conversions and a division), with room."""


def check_plausibility(done: Recomputed, kin: Kin, years: Years) -> list[Result]:
    """Run T-30 to T-32."""
    return [_intensities(done), _bounds(done), _changes(done, kin, years)]


def _by_intensity(done: Recomputed, check: str, failures: Found) -> Result:
    """Give what was found in the rows of which an intensity was computed."""
    result = Result(check, failures, int(np.count_nonzero(done.by_intensity)), tonnage=False)
    result.skip_where(~done.known, done.why)
    return result


def _intensities(done: Recomputed) -> Result:
    """T-30: the intensity lies in the sector's usual range."""
    rows, where = done.rows, done.by_intensity
    codes, sectors = rows.coded("sector")
    emitted, output = rows.emitted, rows.numbers("output").values
    with np.errstate(divide="ignore", invalid="ignore"):  # rows without an output are left out
        intensity = emitted.astype(np.float64) / output.astype(np.float64)
    lower, upper = (
        np.array([*(_USUAL[sector][side] for sector in sectors), 0.0])[codes] for side in (0, 1)
    )
    unusual = where & ((intensity < lower) | (intensity > upper))
    apart = np.minimum(np.abs(intensity - lower), np.abs(intensity - upper))
    for at in positions(where & (apart <= _NEAR * upper)).tolist():
        least, most = map(Fraction, USUAL_INTENSITY[sectors[codes[at]]])
        unusual[at] = not least <= Fraction(int(emitted[at]), int(output[at])) <= most
    failed = positions(unusual)

    def make(index: int) -> Row:
        at = int(failed[index])
        usual = " – ".join(USUAL_INTENSITY[sectors[codes[at]]])
        found = print_ratio(Fraction(int(emitted[at]), int(output[at])))
        values = {"usual": usual}
        return rows.finding(at, "intensity", found, usual, code="INTENSITY_UNUSUAL", values=values)

    return _by_intensity(done, "T-30", Found(failed, make))


def _bounds(done: Recomputed) -> Result:
    """T-31: the coefficient is at a bound."""
    plan = done.rows.rules.plan
    failed = positions(done.bound)

    def make(index: int) -> Row:
        at = int(failed[index])
        coefficient = plan.coefficient_upper if done.bound[at] > 0 else plan.coefficient_lower
        found = print_ratio(coefficient.value)
        return done.rows.finding(at, "coefficient", found, code="COEFFICIENT_AT_BOUND")

    return _by_intensity(done, "T-31", Found(failed, make))


def _changes(done: Recomputed, kin: Kin, years: Years) -> Result:
    """T-32: verified emissions changed by at most 30 % since the previous year."""
    rows = done.rows
    given = any(year in years.emissions for year, _ in years.neighbours)
    result = Result(
        "T-32",
        tonnage=False,
        otherwise=NOTHING_TO_JUDGE if given else Reason("NO_PREVIOUS_TABLE"),
    )
    before = kin.previous
    if not kin.known.any():
        return result
    where = rows.is_unit & kin.known & (before > 0)
    result.checked = int(np.count_nonzero(where))
    now = rows.numbers("verified_emissions").values
    change = np.abs(now - before)
    failed = positions(where & _exceeds(change, USUAL_CHANGE, before))

    def make(index: int) -> Row:
        at = int(failed[index])
        is_, was = (Fraction(int(column[at]), MILLION) for column in (now, before))
        values = {"before": print_decimal(was)}
        return rows.finding(
            at,
            "verified_emissions",
            print_decimal(is_),
            print_decimal(was),
            is_ - was,
            code="CHANGE_UNUSUAL",
            values=values,
        )

    result.failures = Found(failed, make, change[failed], MILLION)
    return result


def _exceeds(change: Array, share: Fraction, whole: Array) -> Array:
    """Tell where change > share of whole: in doubles where they can tell, else in integers."""
    limit = float(share) * whole.astype(np.float64)
    approximate = change.astype(np.float64)
    exceeds: Array = approximate > limit
    for at in positions(np.abs(approximate - limit) <= _NEAR * limit).tolist():
        exceeds[at] = int(change[at]) > share * int(whole[at])
    return exceeds
