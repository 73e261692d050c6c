"""The adversarial table: every row's exact allowance lies within 10⁻⁹ t of half a tonne.

No arithmetic in binary floats can decide how such a row is rounded: at a million tonnes the gap
between two doubles is 10⁻¹⁰ t, and an error of a few gaps is as large as what is to be told. One
row in four is an exact tie, where half-up decides; the others miss it by a hair, on either side.

A row is found in two steps. From a drawn output and intensity the output is moved until the
allowance is near a tie; then emissions and output are moved together by millionths of a tonne:
512 steps of the one, each with the best step of the other, leave about 10⁻¹⁰ t. What was found is
computed once more in whole numbers of any size, and only what holds there is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.bench.tables import Expected, Whole, decimal, draw, identity

MILLION = 1_000_000
STEPS = 512
NEAR = 1e-9
"""Distance from half a tonne, t."""

BALANCE = {"cement": "0.8"}
"""Balance value of the table, t CO2e per t: a short one, so that exact ties exist at any size."""

_ODD_TIES = ((2_000, 2_500, 0), (4_500, 6_250, 1), (5_500, 6_250, -1))
"""Emissions and output, t, that give a tie times any odd number: with α = 0, 1.5 % and -1.5 %.

Emissions of the first are odd halves themselves: 0.5 t is added to them, 0.625 t to the output.
"""


def ties(numbers: Whole, expected: Expected) -> dict[str, Any]:
    """Make rows of cement lines, one in a thousand rounded the wrong way, and note those."""
    emissions, output = _near(numbers)
    tie_emissions, tie_output = _exact(numbers)
    is_tie = draw(numbers, 21, 4) == 0
    right, distance = _round(emissions, output)
    is_tie |= distance > NEAR
    emissions = np.where(is_tie, tie_emissions, emissions)
    output = np.where(is_tie, tie_output, output)
    right, distance = _round(emissions, output)
    if distance.max() > NEAR:
        raise AssertionError("a row that is no tie")

    planted = draw(numbers, 22, 1000) == 0
    wrong_way = _other_side(emissions, output, right)
    written = np.where(planted, wrong_way, right)
    off = written - right
    expected.of("T-10").add(numbers[planted] + 2, off[planted])
    expected.allowance += int(written.sum())
    expected.emissions += int(emissions.sum())
    cement = np.ones(len(numbers), dtype=bool)
    return {
        **identity(numbers, numbers // 2, cement=cement, plant=np.full(len(numbers), -1)),
        "listed": np.full(len(numbers), "true"),
        "line_kind": np.full(len(numbers), "ordinary"),
        "verified_emissions": decimal(emissions, 6),
        "output": decimal(output, 6),
        "balance_value": np.full(len(numbers), BALANCE["cement"]),
        "allowance": written,
        "obligation": (emissions + MILLION // 2) // MILLION,
    }


def _near(numbers: Whole) -> tuple[Whole, Whole]:
    """Give emissions and output, millionths of a tonne, whose allowance is near half a tonne."""
    output = (100_000 + draw(numbers, 23, 900_000)) * MILLION + draw(numbers, 24, MILLION)
    deviation = draw(numbers, 25, 360_001) - 180_000  # of 1,000,000
    emissions = output // MILLION * 8 * (MILLION - deviation) // 10 + draw(numbers, 26, MILLION)
    for _ in range(3):  # Newton's method, in output alone
        missing = _missing(emissions, output)
        output = output + np.rint(missing / _per_output(emissions, output)).astype(np.int64)
    missing = _missing(emissions, output)
    by_output, by_emissions = _per_output(emissions, output), _per_emissions(emissions, output)
    for part in np.array_split(np.arange(len(numbers)), max(1, len(numbers) // 10_000)):
        steps = np.arange(STEPS)[None, :]
        left = missing[part, None] - by_emissions[part, None] * steps
        moved = np.rint(left / by_output[part, None])
        best = np.abs(left - by_output[part, None] * moved).argmin(axis=1)
        emissions[part] += best
        output[part] += np.take_along_axis(moved, best[:, None], 1)[:, 0].astype(np.int64)
    return emissions, output


def _exact(numbers: Whole) -> tuple[Whole, Whole]:
    """Give emissions and output, millionths of a tonne, whose allowance is an exact tie."""
    odd = 2 * draw(numbers, 27, 80) + 41
    which = draw(numbers, 28, len(_ODD_TIES))
    emissions, output, sign = (np.array(column)[which] for column in zip(*_ODD_TIES, strict=True))
    half = np.where(sign == 0, MILLION // 2, 0)
    return odd * emissions * MILLION + half, odd * output * MILLION + half * 5 // 4


def _fractions(emissions: Whole, output: Whole) -> list[tuple[int, int]]:
    """Give each exact allowance, t, as numerator and denominator.

    A = E + E·0.15·(QB − E)/QB with B = 0.8, hence E·(92·Q − 15·E) / (80·Q), E and Q in 10⁻⁶ t.
    """
    return [
        (e * (92 * q - 15 * e), 80 * q * MILLION)
        for e, q in zip(emissions.tolist(), output.tolist(), strict=True)
    ]


def _missing(emissions: Whole, output: Whole) -> Any:
    """Give what each allowance lacks to the nearest half tonne, t, as floats of a small number."""
    exact = _fractions(emissions, output)
    return np.array([(below - 2 * (above % below)) / (2 * below) for above, below in exact])


def _round(emissions: Whole, output: Whole) -> tuple[Whole, Any]:
    """Give each allowance rounded half up, and how far it is from half a tonne."""
    exact = _fractions(emissions, output)
    rounded = [(2 * above + below) // (2 * below) for above, below in exact]
    return np.array(rounded, dtype=np.int64), np.abs(_missing(emissions, output))


def _other_side(emissions: Whole, output: Whole, right: Whole) -> Whole:
    """Give the whole number on the other side of the tie: what a wrong rounding would give."""
    floors = np.array([a // b for a, b in _fractions(emissions, output)], dtype=np.int64)
    return np.where(right == floors, floors + 1, floors)


def _per_emissions(emissions: Whole, output: Whole) -> Any:
    """Give by how much an allowance grows with a millionth of a tonne of emissions, t."""
    return (1.15 - 0.375 * emissions / output) / MILLION


def _per_output(emissions: Whole, output: Whole) -> Any:
    """Give by how much an allowance grows with a millionth of a tonne of output, t."""
    return 0.1875 * (emissions / output) ** 2 / MILLION
