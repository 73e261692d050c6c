"""The runner: puts the vectors to a system, judges each answer, and adds everything up.

Exit codes of a run: 0 where the verdict is ``conforms``, 1 where it is ``does_not_conform``,
2 where it is ``not_checked``: a case with an error, skipped or not run keeps a system from
conforming, but only a wrong answer says that it does not. An entry of a skip file whose case
passes counts as a failure, until it is removed.
"""

from __future__ import annotations

from cets_conformance.runner.compare import agree, compare
from cets_conformance.runner.connections import by_answers, by_command, by_function, by_http
from cets_conformance.runner.diagnosing import blame_run, diagnose_run, fingerprint_run
from cets_conformance.runner.outcome import OUTCOMES, Result, Run
from cets_conformance.runner.protocol import Trouble
from cets_conformance.runner.run import Plan, judge_answers, run
from cets_conformance.runner.selection import (
    LEVELS,
    TABLE_LEVEL,
    TABLE_SUFFIXES,
    SelectionError,
    read_skips,
    select_operations,
)
from cets_conformance.runner.shrinking import SHRINK_SECONDS, Smallest, shrink
from cets_conformance.runner.words import name_level, name_operations, others_of_level

__all__ = [
    "LEVELS",
    "OUTCOMES",
    "SHRINK_SECONDS",
    "TABLE_LEVEL",
    "TABLE_SUFFIXES",
    "Plan",
    "Result",
    "Run",
    "SelectionError",
    "Smallest",
    "Trouble",
    "agree",
    "blame_run",
    "by_answers",
    "by_command",
    "by_function",
    "by_http",
    "compare",
    "diagnose_run",
    "fingerprint_run",
    "judge_answers",
    "name_level",
    "name_operations",
    "others_of_level",
    "read_skips",
    "run",
    "select_operations",
    "shrink",
]
