"""What came of a run: the outcome of each case, the verdict, the ledger, the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from cets_conformance import __version__, direct
from cets_conformance.messages import text
from cets_conformance.runner.compare import Difference
from cets_conformance.runner.protocol import Declared
from cets_conformance.runner.words import others_of_level

if TYPE_CHECKING:
    from cets_conformance.vectors.model import Case

__all__ = ["OUTCOMES", "Remark", "Result", "Run"]

OUTCOMES: Final = ("pass", "fail", "error", "skipped", "not_run")
"""In the order in which reports count them; only ``pass`` speaks for a system."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said of a case or of the whole run; the text is ``run.problem.<code>``."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give code, values and the English text."""
        message = text(f"run.problem.{self.code}", "en", **self.values)
        return {"code": self.code, "values": dict(self.values), "message": message}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case."""

    case: Case
    """The case."""
    outcome: str
    """One of :data:`OUTCOMES`."""
    remark: Remark | None = None
    """Why, where the difference does not say it."""
    difference: Difference | None = None
    """First difference of a wrong answer."""
    answer: Mapping[str, Any] | None = None
    """The answer that was judged wrong; it is not printed, the diagnosis reads it."""

    def as_json(self) -> dict[str, Any]:
        """Give the entry of the report."""
        entry: dict[str, Any] = {
            "id": self.case.id,
            "operation": self.case.operation,
            "outcome": self.outcome,
            "clauses": list(self.case.clauses),
        }
        if self.difference:
            entry["first_difference"] = self.difference.as_json()
        return entry | (self.remark.as_json() if self.remark else {})


@dataclass(frozen=True, slots=True)
class Run:
    """What came of putting the selected cases to a system."""

    level: str
    """Level selected."""
    operations: Sequence[str]
    """Operations selected."""
    cases: Sequence[Case]
    """All vectors there are, those not selected too: the ledger counts them."""
    results: Sequence[Result]
    """One for every selected case, in their order."""
    declared: Declared | None
    """What the system said of itself; None where it never did."""
    readings: Mapping[str, str]
    """Readings under which the answers were judged."""
    problems: Sequence[Remark] = ()
    """What went wrong with the run as a whole."""
    partial: bool = False
    """Whether answers may leave results out, because their form has no place for them."""

    @property
    def counts(self) -> dict[str, int]:
        """Selected cases by outcome."""
        found = Counter(result.outcome for result in self.results)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def unselected(self) -> int:
        """Cases of the level whose operations were not selected."""
        others = others_of_level(self.level, self.operations)
        return sum(case.operation in others for case in self.cases)

    @property
    def verdict(self) -> str:
        """Give ``conforms`` only where everything selected ran and passed.

        Any ``fail`` is ``does_not_conform``. Whatever else is left open, an error too, is
        ``not_checked``: a crash is never a refusal, nor a wrong answer.
        """
        counts = self.counts
        if counts["fail"]:
            return "does_not_conform"
        if self.problems or not self.results or counts["pass"] < len(self.results):
            return "not_checked"
        return "conforms"

    def ledger(self) -> list[dict[str, Any]]:
        """Give every clause with its cases by outcome; each row adds up to its ``cases``."""
        outcomes = {result.case.id: result.outcome for result in self.results}
        rows = []
        for clause in direct.rules()["clauses"]:
            about = [case for case in self.cases if clause["id"] in case.clauses]
            found = Counter(outcomes.get(case.id, "not_run") for case in about)
            row: dict[str, Any] = {"clause": clause["id"], "cases": len(about)}
            row |= {outcome: found[outcome] for outcome in OUTCOMES}
            code = _why_untried(about, outcomes, found)
            if code:
                row |= {"reason": text(f"run.ledger.{code}", "en"), "reason_code": code}
            rows.append(row)
        return rows

    def report(
        self,
        diagnosis: Sequence[Mapping[str, Any]] = (),
        arithmetic: Sequence[Mapping[str, Any]] = (),
        smallest: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Give the run report of schema ``run-report``; what was not found is left out."""
        changed = direct.ruleset_with(self.readings).changed_readings()
        return {
            "kind": "run",
            "verdict": self.verdict,
            "implementation": dict(self.declared.implementation) if self.declared else None,
            "level": self.level,
            "operations": list(self.operations),
            "counts": self.counts,
            **({"unselected": self.unselected} if self.unselected else {}),
            "results": [result.as_json() for result in self.results],
            "ledger": self.ledger(),
            "diagnosis": [dict(item) for item in diagnosis],
            **({"arithmetic": [dict(item) for item in arithmetic]} if arithmetic else {}),
            **({"smallest": dict(smallest)} if smallest else {}),
            "problems": [problem.as_json() for problem in self.problems],
            "ruleset": direct.ruleset_with({}).id,
            "readings": dict(changed),
            "versions": {"reference": direct.version(), "conformance": __version__},
        }


def _why_untried(
    about: Sequence[Case], outcomes: Mapping[str, str], found: Mapping[str, int]
) -> str | None:
    if not about:
        return "NO_VECTOR"
    if not any(case.id in outcomes for case in about):
        return "NOT_SELECTED"
    return "NOT_ASKED" if found["not_run"] == len(about) else None
