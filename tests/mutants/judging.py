"""The judges in their order: the golden vectors, then the tests of the reference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from . import suite, vectors
from .children import Task, forget_packages, in_children
from .make import Mutant
from .records import TIME, Verdict

SECONDS = 90.0
"""How long all vectors may take with one mutant; they take a hundredth of it."""


def be_ready() -> None:
    """Prepare this process for its children, and stop where the unchanged rules are not right."""
    vectors.warm()
    suite.use_same_inputs_always()
    forget_packages()
    every = range(len(vectors.vectors()))
    unchanged = Task("unchanged", partial(vectors.killers, None, every, stop=False), SECONDS)
    for _, answer in in_children([unchanged], 1):
        if answer != "[]":
            wrong = [vectors.vectors()[index].name for index in json.loads(answer or "[]")]
            raise SystemExit(f"the unchanged reference answers {len(wrong)} wrong: {wrong[:5]}")


def by_vectors(
    asked: Mapping[Mutant, Sequence[int]], jobs: int, *, stop: bool
) -> Iterator[tuple[Mutant, Verdict]]:
    """Put to each mutant the vectors asked, up to the first that kills it or all of them."""
    tasks = (
        Task(mutant, partial(vectors.killers, mutant, indexes, stop=stop), SECONDS)
        for mutant, indexes in asked.items()
    )
    for mutant, answer in in_children(tasks, jobs):
        yield mutant, Verdict(TIME, 1) if answer is None else _verdict(json.loads(answer))


def _verdict(indexes: Sequence[int]) -> Verdict:
    if not indexes:
        return Verdict("")
    every = vectors.vectors()
    return Verdict(every[indexes[0]].name, len({every[index].case.id for index in indexes}))


def by_tests(mutants: Iterable[tuple[Mutant, str]], jobs: int) -> Iterator[tuple[Mutant, Verdict]]:
    """Put each mutant before a stage of the tests, or before one test by its id."""
    tasks = (
        Task(mutant, partial(suite.killer, mutant, stage), suite.STAGES.get(stage, 60.0))
        for mutant, stage in mutants
    )
    for mutant, answer in in_children(tasks, jobs):
        yield mutant, Verdict(TIME if answer is None else answer)


def prove_tests_pass(jobs: int) -> None:
    """Stop where the unchanged rules fail a test: nothing could be concluded."""
    tasks = [
        Task(stage, partial(suite.killer, None, stage), 2 * seconds)
        for stage, seconds in suite.STAGES.items()
    ]
    for stage, answer in in_children(tasks, jobs):
        if answer != "":
            raise SystemExit(f"the unchanged reference fails in {stage}: {answer or 'too late'}")
