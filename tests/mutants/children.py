"""Children: each judges one mutant in a process of its own, with the mutant in the rule's place."""

from __future__ import annotations

import gc
import importlib.util
import os
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from .make import PACKAGE, Mutant, read

ROOT = PACKAGE.parents[1]
MEMORY = 4 * 2**30
"""Bytes a child may take; a mutant that takes more is dead."""
OWN_FAULT = 70


@dataclass(frozen=True, slots=True)
class Task:
    """What one child does."""

    about: Any
    """Whatever the caller needs to know the answer by."""
    work: Callable[[], str]
    """Called in the child; what it returns comes back."""
    seconds: float
    """How long it may take."""


class Died(Exception):  # noqa: N818
    """The child did not come back: too late, or killed from outside."""


def in_children(tasks: Iterable[Task], jobs: int) -> Iterator[tuple[Any, str | None]]:
    """Do tasks in forked children; give each with its answer, None where it was late or died.

    A child whose own code fails, rather than the mutant's, ends everything.
    """
    waiting, running = deque(tasks), dict[int, tuple[Task, float, Any]]()
    gc.freeze()
    while waiting or running:
        while waiting and len(running) < jobs:
            task = waiting.popleft()
            answer = tempfile.TemporaryFile()  # noqa: SIM115  (read when the child has ended)
            child = os.fork()
            if child == 0:
                _be_child(task, answer.fileno())
            running[child] = task, time.monotonic() + task.seconds, answer
        for child, (task, deadline, answer) in list(running.items()):
            late = time.monotonic() > deadline
            if late:
                os.kill(child, signal.SIGKILL)
            done, status = os.waitpid(child, 0 if late else os.WNOHANG)
            if not done:
                continue
            del running[child]
            answer.seek(0)
            text = answer.read().decode()
            answer.close()
            code = os.waitstatus_to_exitcode(status)
            if code == OWN_FAULT:
                raise SystemExit(f"the driver is wrong: {task.about}\n{text}")
            yield task.about, text if code == 0 else None
        time.sleep(0.002)


def _be_child(task: Task, answer: int) -> None:
    code = OWN_FAULT
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.write(answer, task.work().encode())
        code = 0
    except BaseException as error:  # noqa: BLE001  (told to the parent, which stops)
        os.write(answer, repr(error).encode())
    finally:
        os._exit(code)


class _Compiled(SourceFileLoader):
    """Loads a module from code compiled before, under the name and path of the real one."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        """Give the code."""
        return self.code


class _Finder:
    """Stands before all other finders, for the modules of the reference."""

    def __init__(self, changed: str, code: CodeType) -> None:
        self.changed, self.code = changed, code

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Give the changed module, or one compiled before; the package itself is found as ever."""
        package, _, module = name.partition(".")
        if package != PACKAGE.name or module not in _unchanged():
            return None
        code = self.code if module == self.changed else _unchanged()[module]
        file = str(PACKAGE / f"{module}.py")
        return importlib.util.spec_from_file_location(
            name, file, loader=_Compiled(name, file, code)
        )


@cache
def _unchanged() -> dict[str, CodeType]:
    names = (path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")
    return {name: _compile(name, read(name)) for name in names}


def _compile(module: str, source: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, str(PACKAGE / f"{module}.py"), "exec", dont_inherit=True)


def forget_packages() -> None:
    """Forget the project's modules, so that a child imports them anew; compile them once."""
    _unchanged()
    for name in list(sys.modules):
        if name.startswith("cets_"):
            del sys.modules[name]


def put_in_place(mutant: Mutant | None) -> None:
    """In the child: let the mutant be what is imported, and read by tests that read the source."""
    if any(name.startswith("cets_") for name in sys.modules):
        raise AssertionError("the unchanged reference is imported already")
    if mutant is None:
        return
    sys.meta_path.insert(0, _Finder(mutant.module, _compile(mutant.module, mutant.source)))
    read_text, file = Path.read_text, PACKAGE / f"{mutant.module}.py"

    def read_mutated(self: Path, *args: Any, **named: Any) -> str:
        return mutant.source if self == file else read_text(self, *args, **named)

    setattr(Path, "read_text", read_mutated)  # noqa: B010  (mypy knows no other way)
