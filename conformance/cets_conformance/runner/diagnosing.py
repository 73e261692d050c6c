"""The one call site of the diagnosis: what passed and what failed, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cets_conformance.diagnosis import Agree, Observed, diagnose, reproduces
from cets_conformance.diagnosis.arithmetic import fingerprint
from cets_conformance.diagnosis.mistakes import MISTAKES
from cets_conformance.runner.compare import Difference, agree, agree_on_shown
from cets_conformance.runner.outcome import Result, Run

__all__ = ["blame_run", "diagnose_run", "fingerprint_run"]


def diagnose_run(run: Run) -> list[dict[str, Any]]:
    """Name the mistakes behind the wrong answers of a run, the likeliest first."""
    return [item.as_json() for item in diagnose(_observed(run), run.readings, _agree(run))]


def blame_run(run: Run, diagnosis: Sequence[Mapping[str, Any]]) -> Run:
    """Give the run with the clause of the mistake that reproduces a wrong answer as the missed one.

    Of two mistakes it is the one that reproduces the answer alone; ``diagnosis`` is of this run.
    """
    named = [item["mistake"].split("+") for item in diagnosis if item["mistake"]]
    results = [replace(result, difference=_blame(run, result, named)) for result in run.results]
    return replace(run, results=results)


def _blame(run: Run, result: Result, named: Sequence[Sequence[str]]) -> Difference | None:
    if result.answer is None or result.difference is None:
        return result.difference
    item = _observe(result)
    for names in named:
        if reproduces(item, names, run.readings, _agree(run)):
            alone = (name for name in names if reproduces(item, [name], run.readings, _agree(run)))
            return result.difference.blaming(MISTAKES[next(alone, names[0])].clause)
    return result.difference


def fingerprint_run(run: Run) -> list[dict[str, Any]]:
    """Tell the arithmetic behind the answers of a run that has wrong ones, the likeliest first."""
    return [item.as_json() for item in fingerprint(_observed(run), run.readings, _agree(run))]


def _agree(run: Run) -> Agree:
    return agree_on_shown if run.partial else agree


def _observed(run: Run) -> list[Observed]:
    """Give the answers: errors and cases skipped, not run or kept back say nothing."""
    return [
        _observe(result)
        for result in run.results
        if result.outcome == "pass" or result.answer is not None
    ]


def _observe(result: Result) -> Observed:
    case = result.case
    return Observed(case.operation, case.input, frozenset(case.mistakes), result.answer)
