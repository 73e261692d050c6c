"""Running the vectors against a system: ask, judge, restart, and never take silence for a pass."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cets_conformance import direct
from cets_conformance.runner.compare import Difference, compare, narrow
from cets_conformance.runner.connections import Answers, Connect
from cets_conformance.runner.outcome import Remark, Result, Run
from cets_conformance.runner.protocol import Answer, Declared, Trouble
from cets_conformance.runner.selection import LEVELS
from cets_conformance.runner.session import Session

if TYPE_CHECKING:
    from cets_conformance.vectors.model import Case

__all__ = ["GIVE_UP_AFTER", "Plan", "judge_answers", "run"]

GIVE_UP_AFTER = 10
"""Errors in a row after which the rest is not asked, so that a dead system ends in bounded time."""

Progress = Callable[[int, int], None]
"""Told how many cases of how many are done."""


def _quiet(_done: int, _all: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is put to a system, and how."""

    cases: Sequence[Case]
    """All vectors; those of ``operations`` are asked."""
    level: str = "full"
    """Level, for the report."""
    operations: Sequence[str] = LEVELS["full"]
    """Operations to ask for."""
    only: Container[str] | None = None
    """Ids of the cases to ask among them; all where None."""
    readings: Mapping[str, str] = field(default_factory=dict)
    """Readings given by the user; what the system declares must not contradict them."""
    skips: Mapping[str, str] = field(default_factory=dict)
    """Cases whose failing is known, with the reason."""
    timeout: float = 10.0
    """Seconds that a system has for one answer."""
    jobs: int = 1
    """Connections at a time."""
    progress: Progress = _quiet
    """Told after every case."""

    def selected(self) -> list[Case]:
        """Give the cases to ask, in their order."""
        return [
            case
            for case in self.cases
            if case.operation in self.operations and (self.only is None or case.id in self.only)
        ]


def run(connect: Connect, plan: Plan) -> Run:
    """Put the selected cases to a system; whatever it does becomes an outcome, never a crash."""
    asking = _Asking(connect, plan)
    workers = [threading.Thread(target=asking.work, daemon=True) for _ in range(1, plan.jobs)]
    try:
        asking.work(first=workers)
    finally:
        asking.stop()
        for worker in workers:
            if worker.ident is not None:
                worker.join()
    return asking.outcome()


class _Asking:
    """One run in progress; what workers share is changed under its lock only."""

    def __init__(self, connect: Connect, plan: Plan) -> None:
        self._connect = connect
        self._plan = plan
        self._cases = plan.selected()
        self._results: dict[int, Result] = {}
        self._next = 0
        self._in_a_row = 0
        self._stopped = False
        self._lock = threading.Lock()
        self._declared: Declared | None = None
        self._readings: Mapping[str, str] = dict(plan.readings)
        self._problems: list[Remark] = []
        self._defects: list[BaseException] = []

    def stop(self) -> None:
        """Let no worker take another case."""
        self._stopped = True

    def outcome(self) -> Run:
        """Give what came of it; a defect of ours in a worker comes to light here."""
        if self._defects:
            raise self._defects[0]
        left = Remark("GAVE_UP", {"errors": GIVE_UP_AFTER})
        if self._problems:
            left = Remark("NOT_ASKED")
        results = [
            self._results.get(index) or Result(case, "not_run", left)
            for index, case in enumerate(self._cases)
        ]
        return Run(
            self._plan.level,
            self._plan.operations,
            self._plan.cases,
            results,
            self._declared,
            self._readings,
            self._problems,
        )

    def work(self, first: Sequence[threading.Thread] = ()) -> None:
        """Ask cases until none is left, over connections made anew where one breaks.

        The first worker starts the others once it knows who answers.
        """
        session = Session(self._connect, self._plan.timeout)
        try:
            if not self._begin(session):
                return
            for worker in first:
                worker.start()
            while (index := self._take()) is not None:
                self._finish(index, self._ask(session, self._cases[index]))
            self._end(session)
        except BaseException as defect:
            self._defects.append(defect)
            self.stop()
            if first:
                raise
        finally:
            session.drop()

    def _begin(self, session: Session) -> bool:
        """Start a first connection; False where the system cannot be spoken to at all."""
        try:
            declared = session.open()
            with self._lock:
                if self._declared is None:
                    self._agree_on_readings(declared)
                    self._declared = declared
                elif declared != self._declared:
                    raise Trouble("DECLARED_OTHERWISE")
        except Trouble as trouble:
            with self._lock:
                self._problems.append(_remark(trouble))
            self.stop()
            return False
        return True

    def _agree_on_readings(self, declared: Declared) -> None:
        for name, choice in declared.readings.items():
            if self._plan.readings.get(name, choice) != choice:
                raise Trouble(
                    "READING_CONFLICT",
                    reading=name,
                    found=choice,
                    expected=self._plan.readings[name],
                )
        self._readings = {**declared.readings, **self._plan.readings}

    def _take(self) -> int | None:
        with self._lock:
            if self._stopped or self._next >= len(self._cases):
                return None
            self._next += 1
            return self._next - 1

    def _finish(self, index: int, result: Result) -> None:
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if _is_error(result) else 0
            if self._in_a_row >= GIVE_UP_AFTER:
                self._stopped = True
            self._results[index] = _skip(result, self._plan.skips.get(result.case.id))
            self._plan.progress(len(self._results), len(self._cases))

    def _ask(self, session: Session, case: Case) -> Result:
        if self._declared and case.operation not in self._declared.operations:
            remark = Remark("OPERATION_NOT_OFFERED", {"operation": case.operation})
            return Result(case, "not_run", remark)
        try:
            answer = session.ask(case, self._declared)
        except Trouble as trouble:
            return Result(case, "error", _remark(trouble))
        return judge(case, answer, self._readings)

    def _end(self, session: Session) -> None:
        """Close; what a system says unasked at the end falls on the last case it was asked."""
        try:
            session.close()
        except Trouble as trouble:
            with self._lock:
                for index, result in self._results.items():
                    if result.case is session.last:
                        self._results[index] = Result(result.case, "error", _remark(trouble))


def judge(
    case: Case,
    answer: Answer,
    readings: Mapping[str, str],
    shown: frozenset[str] | None = None,
) -> Result:
    """Compare an answer with the expected one under ``readings``; of it only results ``shown``."""
    # imported here: every other command of `cets` starts without the vectors
    from cets_conformance.vectors.model import expected_for

    declined = answer.declined
    if declined is not None:
        return Result(case, "skipped", Remark("DECLINED", {"says": declined or "-"}))
    expected = narrow(expected_for(case, readings), shown)
    difference = compare(case.operation, expected, answer.body)
    if difference is None:
        return Result(case, "pass")
    return Result(case, "fail", None, difference.blaming(*_likely(case, difference)), answer.body)


def _likely(case: Case, difference: Difference) -> Sequence[str]:
    """Give the clauses that made the figure of this case, the likeliest to have been missed first.

    They are those of the field that the case is about, or else that it depends on. A field made by
    one of several clauses, such as A-1 or A-2, whose case names none of them, says nothing itself:
    then it is what the case is about. How a figure is rounded is no such choice.
    """
    from cets_conformance.diagnosis.mistakes import MISTAKES

    about = (*case.clauses, *(MISTAKES[name].clause for name in case.mistakes))
    made_by = [clause for clause in about if clause in difference.clauses]
    choices = [clause for clause in difference.clauses if not clause.startswith("Q-")]
    return made_by or (case.clauses if len(choices) > 1 else ())


def judge_answers(answers: Answers, name: str, plan: Plan) -> Run:
    """Judge answers that were given beforehand; a case without one is not run."""
    selected, results = plan.selected(), []
    for case in selected:
        try:
            answer = answers.get(case.id)
        except Trouble as trouble:
            result = Result(case, "error", _remark(trouble))
        else:
            result = (
                judge(case, answer, plan.readings, answers.shown(case.id))
                if answer
                else Result(case, "not_run", answers.why_unanswered(case.id))
            )
        results.append(_skip(result, plan.skips.get(case.id)))
        plan.progress(len(results), len(selected))
    declared = Declared({"name": name}, frozenset(direct.operation_names()))
    return Run(
        plan.level,
        plan.operations,
        plan.cases,
        results,
        declared,
        plan.readings,
        partial=answers.partial,
    )


def _skip(result: Result, reason: str | None) -> Result:
    """Lay the skip file over a result: what fails is skipped; an entry whose case passes fails."""
    if reason is None or result.outcome in {"not_run", "skipped"}:
        return result
    if result.outcome == "pass":
        return Result(result.case, "fail", Remark("STALE_SKIP", {"says": reason}))
    return replace(
        result, outcome="skipped", remark=Remark("SKIPPED", {"says": reason}), answer=None
    )


def _is_error(result: Result) -> bool:
    return result.outcome == "error"


def _remark(trouble: Trouble) -> Remark:
    return Remark(trouble.code, trouble.values)
