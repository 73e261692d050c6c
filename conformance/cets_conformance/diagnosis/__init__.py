"""Diagnosis: which mistakes reproduce a system's wrong answers exactly.

A mistake explains a failing case where its variant of the reference gives the very answer the
system gave. It is contradicted by a case the system got right though the variant would not, and by
a failing case it does not reproduce. Nothing here is a guess by resemblance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from cets_conformance.diagnosis.combining import combine, under
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_reference import RuleError, run
from cets_reference.readings import READINGS
from cets_reference.rule_set import DEFAULT, RuleSet

__all__ = ["Agree", "Answer", "Explanation", "Observed", "answer_under", "diagnose", "reproduces"]

Answer = Mapping[str, Any]
Agree = Callable[[str, Answer, Answer], bool]
"""Whether an answer to an operation agrees with the expected one: the runner's comparator."""

PAIRED = 12
"""Mistakes that are tried in pairs: those that explain most alone."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One case and what the system answered."""

    operation: str
    """Operation asked."""
    value: Mapping[str, Any]
    """Its input."""
    mistakes: frozenset[str]
    """Mistakes the case exposes."""
    answer: Answer | None
    """``{"output"}`` or ``{"error"}``; None where the system was right."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One or two mistakes, or a reading, and how much of the failures they explain."""

    mistakes: tuple[str, ...]
    """Ids; empty where a reading explains."""
    explains: int
    """Failing cases reproduced exactly."""
    of: int
    """Failing cases in all."""
    contradicted: int
    """Cases that speak against it."""
    reading: str | None = None
    """``reading=choice`` under which the reproduced answers are right."""

    def as_json(self) -> dict[str, Any]:
        """Give the entry of a run report."""
        clauses = sorted({MISTAKES[name].clause for name in self.mistakes})
        printed: dict[str, Any] = {
            "mistake": "+".join(self.mistakes) or None,
            "explains": self.explains,
            "of": self.of,
            "contradicted": self.contradicted,
            "clauses": clauses,
        }
        return printed | ({"reading": self.reading} if self.reading else {})


def diagnose(
    observed: Sequence[Observed], readings: Mapping[str, str], agree: Agree
) -> list[Explanation]:
    """Name the mistakes that reproduce the failing answers, those that explain most first.

    A mistake that more cases speak against than for is not named: a few equal answers are chance.
    Pairs are tried only where no single mistake and no reading explains everything.
    """
    failing = [item for item in observed if item.answer is not None]
    passing = [item for item in observed if item.answer is None]
    if not failing:
        return []
    right = DEFAULT.with_readings(readings)
    passing = [replace(item, answer=answer_under(item, right)) for item in passing]
    evidence = _Evidence(failing, passing, agree)
    found = [*_singles(evidence, readings), *_readings(evidence, readings)]
    found.sort(key=_rank)
    if not found or found[0].explains < len(failing):
        found += _pairs(found, evidence, readings)
        found.sort(key=_rank)
    return [item for item in found if item.explains > item.contradicted]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a system answered to every case."""

    failing: Sequence[Observed]
    """Cases it got wrong."""
    passing: Sequence[Observed]
    """Cases it got right, with the right answers."""
    agree: Agree

    def weigh(
        self,
        rules: RuleSet,
        mistakes: tuple[str, ...] = (),
        reading: str | None = None,
        beyond: int = 0,
    ) -> Explanation | None:
        """Count for and against a variant by what it answers; None where no more than ``beyond``.

        Where a case carries none of the ids the variant is right, and so says nothing.
        """

        def count(items: Sequence[Observed], *, reproduced: bool) -> int:
            told = (item for item in items if not mistakes or item.mistakes.intersection(mistakes))
            return sum(_reproduces(item, rules, self.agree) == reproduced for item in told)

        explains = count(self.failing, reproduced=True)
        if explains <= beyond:
            return None
        of = len(self.failing)
        against = of - explains + count(self.passing, reproduced=False)
        return Explanation(mistakes, explains, of, against, reading)


def reproduces(
    item: Observed, mistakes: Sequence[str], readings: Mapping[str, str], agree: Agree
) -> bool:
    """Tell whether one mistake or two give the very answer that the system gave."""
    rules = combine(*mistakes) if len(mistakes) > 1 else MISTAKES[mistakes[0]].rule_set
    return rules is not None and _reproduces(item, under(rules, readings), agree)


def _rank(item: Explanation) -> tuple[int, int, int, str]:
    """Order: most explained, least contradicted, fewest mistakes, a named mistake first."""
    return -item.explains, item.contradicted, len(item.mistakes) or 3, "+".join(item.mistakes)


def _singles(evidence: _Evidence, readings: Mapping[str, str]) -> Iterator[Explanation]:
    for name, mistake in MISTAKES.items():
        rules = under(mistake.rule_set, readings)
        if found := evidence.weigh(rules, (name,), mistake.reading):
            yield found


def _readings(evidence: _Evidence, declared: Mapping[str, str]) -> Iterator[Explanation]:
    """Try the alternatives of readings that are no mistake of the list."""
    listed = {mistake.reading for mistake in MISTAKES.values()}
    for reading in READINGS:
        for choice in reading.choices:
            name = f"{reading.id}={choice}"
            in_force = declared.get(reading.id, reading.default)
            if name in listed or choice == in_force:
                continue
            rules = DEFAULT.with_readings({**declared, reading.id: choice})
            if found := evidence.weigh(rules, reading=name):
                yield found


def _pairs(
    singles: Sequence[Explanation], evidence: _Evidence, readings: Mapping[str, str]
) -> list[Explanation]:
    names = [item.mistakes[0] for item in singles if len(item.mistakes) == 1][:PAIRED]
    best = singles[0].explains if singles else 0
    found = []
    for first, second in combinations(names, 2):
        rules = combine(first, second)
        if rules is not None:
            both = evidence.weigh(under(rules, readings), (first, second), beyond=best)
            if both:
                found.append(both)
    return found


def _reproduces(item: Observed, rules: RuleSet, agree: Agree) -> bool:
    answer = answer_under(item, rules)
    if answer is None or item.answer is None:
        return False
    return agree(item.operation, answer, item.answer)


def answer_under(item: Observed, rules: RuleSet) -> Answer | None:
    """Answer as the variant does; None where the variant breaks down."""
    try:
        return {"output": run(item.operation, item.value, rule_set=rules)}
    except RuleError as error:
        return {"error": error.as_json()}
    except (ArithmeticError, ValueError):  # a wrong rule may divide by zero where the right one not
        return None
