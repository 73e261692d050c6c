"""One mutant before the tests of one stage, in a forked child of its own."""

from __future__ import annotations

import importlib.util
import os
import resource
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from .make import PACKAGE, Mutant, mutate

ROOT = PACKAGE.parents[1]
SUITE = "tests/reference"
TABLES = (
    "surviving",
    "worked_figures",
    "worked_sums",
    "issuance",
    "surrender",
    "carry_over",
    "cycle",
    "cycle_accounts",
    "errors",
    "form_fields",
    "error_order",
    "compliance_error_order",
    "compliance_errors",
    "explain",
    "form_values",
    "clauses",
    "purity",
)
"""Test files without random inputs, quick ones first."""
FIRST = {
    "carry_over": ("carry_over",),
    "case": ("cycle", "purity"),
    "compliance_operations": ("surrender", "carry_over", "issuance", "compliance_errors"),
    "cycle": ("cycle", "cycle_accounts"),
    "cycle_operation": ("cycle", "compliance_errors"),
    "dealings": ("surrender", "carry_over", "compliance_errors"),
    "events": ("cycle", "cycle_accounts"),
    "explain": ("explain",),
    "forms": ("form_fields", "form_values"),
    "issuance": ("issuance",),
    "ledger": ("cycle", "cycle_accounts"),
    "outcomes": ("issuance", "surrender", "carry_over", "cycle"),
    "plan": ("worked_figures", "issuance", "surrender", "carry_over"),
    "quantities": ("worked_figures", "form_values"),
    "records": ("worked_figures", "form_fields", "errors"),
    "surrender": ("surrender",),
}
"""Where a module's mutants are met first; elsewhere by the worked figures and the errors."""
COMPLYING = {
    "carry_over",
    "case",
    "compliance_operations",
    "cycle",
    "cycle_operation",
    "dealings",
    "events",
    "ledger",
    "surrender",
}
NOT_REACHED_BY = ("balance_laws", "laws", "second_implementation", "robustness")
"""Tests of the six operations of allocation, which call nothing of those modules."""
STAGES = ("first", "tables", "suite")
LIMITS = {"first": 20, "tables": 40, "suite": 300}
"""Seconds, several times what the unchanged code takes; a mutant that takes longer is dead."""
MEMORY = 4 * 2**30
NOT_COMPILED, SURVIVED, BROKEN = 97, 0, (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode(5))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A mutant before the tests of one stage."""

    mutant: Mutant | None
    """None is the unchanged code."""
    stage: str
    module: str


class Mutated(SourceFileLoader):
    """Loads one module from changed source, under the name and path of the real one."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        """Give the changed code."""
        return self.code

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Stand before all other finders, for this one module."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)


def files(stage: str, module: str) -> list[str]:
    """Give the test files of a stage."""
    if stage == "suite":
        strange = NOT_REACHED_BY if module in COMPLYING else ()
        return [SUITE, *(f"--ignore={SUITE}/test_{name}.py" for name in ("mutants", *strange))]
    first = FIRST.get(module, ("worked_figures", "worked_sums", "errors"))
    names = first if stage == "first" else (name for name in TABLES if name not in first)
    paths = [f"{SUITE}/test_{name}.py" for name in names]
    return [path for path in paths if (ROOT / path).exists()]


def show_mutated(path: Path, source: str) -> None:
    """Let tests that read the source read the mutated one."""
    read_text = Path.read_text

    def read_mutated(self: Path, *args: Any, **named: Any) -> str:
        return source if self == path else read_text(self, *args, **named)

    setattr(Path, "read_text", read_mutated)  # noqa: B010  (mypy knows no other way)


def live(attempt: Attempt) -> int:
    """In the child: change the module and run the tests of the stage."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    mutant = attempt.mutant
    if mutant is not None:
        path, source = str(PACKAGE / f"{mutant.module}.py"), mutate(mutant)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                code = compile(source, path, "exec", dont_inherit=True)
        except SyntaxError:
            return NOT_COMPILED
        show_mutated(Path(path), source)
        finder = Mutated(f"cets_reference.{mutant.module}", path, code)
        sys.meta_path.insert(0, finder)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider"]
    return int(pytest.main([*options, *files(attempt.stage, attempt.module)]))


def attempts(queue: list[Attempt], jobs: int, until: float) -> Iterator[tuple[Attempt, int | None]]:
    """Run attempts in children, last in the queue first; give each with its exit, None if late."""
    running: dict[int, tuple[Attempt, float]] = {}
    while queue or running:
        if time.monotonic() > until:
            leftover = [attempt for attempt in queue if attempt.stage == "suite"]
            queue.clear()
            yield from ((replace(attempt, stage="tables"), SURVIVED) for attempt in leftover)
        while queue and len(running) < jobs:
            attempt = queue.pop()
            child = os.fork()
            if child == 0:
                code = 70
                try:
                    os.nice(19 - os.nice(0))
                    code = live(attempt)
                finally:
                    os._exit(code)
            running[child] = attempt, time.monotonic() + LIMITS[attempt.stage]
        for child, (attempt, deadline) in list(running.items()):
            late = time.monotonic() > deadline
            if late:
                os.kill(child, signal.SIGKILL)
            done, status = os.waitpid(child, 0 if late else os.WNOHANG)
            if done:
                del running[child]
                yield attempt, None if late else os.waitstatus_to_exitcode(status)
        time.sleep(0.004)
