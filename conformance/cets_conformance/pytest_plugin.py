"""pytest plugin: ``pytest --cets-adapter=CMD`` makes every vector a test item.

A wrong answer fails, an error of the adapter fails, a case that was not asked or that the system
declines is skipped: visible, and never a pass.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cets_conformance.runner import Result

__all__ = ["pytest_addoption", "pytest_collection_modifyitems"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("cets", "conformance of an allowance system")
    group.addoption("--cets-adapter", metavar="CMD", help="adapter to put the vectors to")
    group.addoption("--cets-level", default="full", metavar="LEVEL", help="level of the vectors")
    group.addoption("--cets-timeout", default=10.0, type=float, help="seconds for one answer")


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add an item for every vector, where an adapter is given."""
    command = config.getoption("--cets-adapter")
    # under pytest-xdist every worker must collect the same items, so each asks for itself
    if command:
        items.extend(_items(session, config, command))


def _items(session: pytest.Session, config: pytest.Config, command: str) -> Iterator[pytest.Item]:
    from cets_conformance import runner, vectors  # only where the option asks for it

    level = config.getoption("--cets-level")
    if level not in runner.LEVELS:
        raise pytest.UsageError(f"--cets-level: choose {', '.join(runner.LEVELS)}")
    plan = runner.Plan(
        cases=vectors.load(),
        level=level,
        operations=runner.LEVELS[level],
        timeout=config.getoption("--cets-timeout"),
    )
    done = runner.run(runner.by_command(shlex.split(command, posix=os.name == "posix")), plan)
    for problem in done.problems:
        raise pytest.UsageError(str(problem.as_json()["message"]))
    for result in runner.blame_run(done, runner.diagnose_run(done)).results:
        yield VectorItem.from_parent(session, name=result.case.id, result=result)


class VectorItem(pytest.Item):
    """One vector and what came of it."""

    def __init__(self, *, result: Result, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.result = result

    def runtest(self) -> None:
        """Tell the outcome."""
        result = self.result
        said = result.remark.as_json()["message"] if result.remark else ""
        if result.outcome in {"skipped", "not_run"}:
            pytest.skip(said)
        if result.outcome != "pass":
            raise VectorError(str(result.difference.as_json() if result.difference else said))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the first difference alone; a trace of ours would tell nothing."""
        if isinstance(excinfo.value, VectorError):
            return f"{self.result.case.description['en']}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Name the vector."""
        return self.path, None, f"cets {self.name}"


class VectorError(Exception):
    """A vector that the system did not pass."""
