"""The one call site of the diagnosis: what passed and what failed, as it wants them."""

from __future__ import annotations

from typing import Any

from cets_conformance.diagnosis import Agree, Observed, diagnose
from cets_conformance.diagnosis.arithmetic import fingerprint
from cets_conformance.runner.compare import agree, agree_on_shown
from cets_conformance.runner.outcome import Run

__all__ = ["diagnose_run", "fingerprint_run"]


def diagnose_run(run: Run) -> list[dict[str, Any]]:
    """Name the mistakes behind the wrong answers of a run, the likeliest first."""
    return [item.as_json() for item in diagnose(_observed(run), run.readings, _agree(run))]


def fingerprint_run(run: Run) -> list[dict[str, Any]]:
    """Tell the arithmetic behind the answers of a run that has wrong ones, the likeliest first."""
    return [item.as_json() for item in fingerprint(_observed(run), run.readings, _agree(run))]


def _agree(run: Run) -> Agree:
    return agree_on_shown if run.partial else agree


def _observed(run: Run) -> list[Observed]:
    """Give the answers: errors and cases skipped, not run or kept back say nothing."""
    return [
        Observed(
            result.case.operation,
            result.case.input,
            frozenset(result.case.mistakes),
            result.answer,
        )
        for result in run.results
        if result.outcome == "pass" or result.answer is not None
    ]
