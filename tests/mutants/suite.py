"""Second judge: the tests of the reference, for what no answer of an operation can show."""

from __future__ import annotations

import os

import hypothesis
import hypothesis.strategies
import pytest
import z3  # type: ignore[import-untyped]  # noqa: F401

from .children import ROOT, put_in_place
from .make import Mutant

SUITE = "tests/reference"
TABLES = (
    "words",
    "purity",
    "clauses",
    "errors",
    "compliance_errors",
    "surviving",
    "form_values",
    "form_fields",
    "worked_figures",
    "worked_sums",
    "issuance",
    "surrender",
    "carry_over",
    "cycle",
    "cycle_accounts",
    "error_order",
    "compliance_error_order",
    "explain",
    "formulas",
)
"""Test files without random inputs; one that is called like the mutated module comes first."""
STAGES = {"tables": 60.0, "suite": 600.0}
"""Seconds, several times what the unchanged code takes; a mutant that takes longer is dead."""


def use_same_inputs_always() -> None:
    """Let the laws draw the same random inputs in every child."""
    hypothesis.settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    hypothesis.settings.load_profile("mutants")


def groups(stage: str, module: str) -> list[list[str]]:
    """Give what pytest is asked to run, one call after the other, so that it need not read all.

    A stage that is none of the two is one test's own id.
    """
    tables = [f"{SUITE}/test_{name}.py" for name in sorted(TABLES, key=lambda name: name != module)]
    if stage == "tables":
        return [[table] for table in tables]
    if stage == "suite":
        return [[SUITE, *(f"--ignore={path}" for path in tables)]]
    return [[stage]]


class _FirstFailure:
    """Keeps the id of the first test, or file, that fails."""

    def __init__(self) -> None:
        self.failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at a test."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Look at a file that is read."""
        if report.failed:
            self.failed = self.failed or report.nodeid


def killer(mutant: Mutant | None, stage: str) -> str:
    """In the child: run the tests of a stage and give the id of the first that fails, else ""."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(ROOT)
    put_in_place(mutant)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    first = _FirstFailure()
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider"]
    for group in groups(stage, mutant.module if mutant else ""):
        code = pytest.main([*options, *group], plugins=[first])
        if first.failed:
            return first.failed
        gone = code == pytest.ExitCode.USAGE_ERROR and stage not in STAGES
        if code != pytest.ExitCode.OK and not gone:  # a recorded test may have another name by now
            raise AssertionError(f"pytest ended with {code!r} and no failure in {group}")
    return ""
