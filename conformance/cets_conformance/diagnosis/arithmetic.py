"""The arithmetic fingerprint: how a system rounds and how precisely it computes.

It is apart from the mistakes: a system that is wrong in the rules as well still rounds in some way.
So rounding is read off the units that the intensity does not touch, precision off the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cets_conformance.diagnosis import Agree, Answer, Observed, answer_under
from cets_conformance.diagnosis.combining import under
from cets_conformance.diagnosis.misallocating import double_precision, with_step
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_reference.rule_set import DEFAULT, RuleSet

__all__ = ["Way", "fingerprint"]

_DOUBLE = replace(DEFAULT, replaced={"allocation.compute_exact": with_step(double_precision)})
WAYS: Mapping[str, Sequence[tuple[str, RuleSet]]] = {
    "rounding": (
        ("half_up", DEFAULT),
        ("half_even", MISTAKES["M-01"].rule_set),
        ("floor", MISTAKES["M-02"].rule_set),
        ("up", MISTAKES["M-03"].rule_set),
    ),
    "precision": (
        ("exact", DEFAULT),
        ("four_decimals", MISTAKES["M-04"].rule_set),
        ("four_decimals", MISTAKES["M-05"].rule_set),
        ("four_decimals", MISTAKES["M-06"].rule_set),
        ("binary64", _DOUBLE),
        ("binary32", MISTAKES["M-08"].rule_set),
    ),
}
"""Ways of computing by aspect, the rules' own first; of two with one name the better counts."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way of computing and how many answers speak for it."""

    aspect: str
    """``rounding`` or ``precision``."""
    way: str
    """Id of the way."""
    agrees: int
    """Telling answers that it reproduces."""
    of: int
    """Answers on which the ways of the aspect part."""

    def as_json(self) -> dict[str, Any]:
        """Give the entry of a run report."""
        return {"aspect": self.aspect, "way": self.way, "agrees": self.agrees, "of": self.of}


def fingerprint(
    observed: Sequence[Observed], readings: Mapping[str, str], agree: Agree
) -> list[Way]:
    """Count for every way the answers to ``allocation`` that it reproduces, by aspect best first.

    Only answers count on which the ways part. Empty where nothing is wrong, or nothing tells.
    """
    if all(item.answer is None for item in observed):
        return []
    asked = [item for item in observed if item.operation == "allocation"]
    return [way for aspect in WAYS for way in _aspect(aspect, asked, readings, agree)]


def _aspect(
    aspect: str, asked: Sequence[Observed], readings: Mapping[str, str], agree: Agree
) -> list[Way]:
    ways = [(name, under(rule_set, readings)) for name, rule_set in WAYS[aspect]]
    tallies, of = [0] * len(ways), 0
    for item in asked:
        right = answer_under(item, DEFAULT.with_readings(readings))
        if right is None or _is_by_intensity(right) != (aspect == "precision"):
            continue
        answers = [answer_under(item, rule_set) for _, rule_set in ways]
        if all(_same(item, right, answer, agree) for answer in answers):
            continue
        of += 1
        given = right if item.answer is None else item.answer
        for index, answer in enumerate(answers):
            tallies[index] += _same(item, answer, given, agree)
    best: dict[str, int] = {}
    for (name, _), tally in zip(ways, tallies, strict=True):
        best[name] = max(tally, best.get(name, 0))
    ranked = sorted(best.items(), key=lambda entry: -entry[1])
    return [Way(aspect, name, tally, of) for name, tally in ranked if tally]


def _is_by_intensity(answer: Answer) -> bool:
    return bool(answer.get("output", {}).get("method") == "intensity")


def _same(item: Observed, expected: Answer | None, found: Answer | None, agree: Agree) -> bool:
    if expected is None or found is None:
        return False
    return agree(item.operation, expected, found)
