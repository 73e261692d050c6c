"""Every mistake of the list, run as a system over real pipes, is refused and named."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest
from tests.conformance.diagnosis.variant_system import OWN_WAYS

from cets_conformance import runner, vectors
from cets_conformance.diagnosis.mistakes import MISTAKES

SYSTEM = Path(__file__).with_name("variant_system.py")
CASES = vectors.load()


@cache
def judged(variant: str, *declared: str) -> runner.Run:
    command = [sys.executable, str(SYSTEM), variant, *declared]
    return runner.run(runner.by_command(command), runner.Plan(CASES))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_system_with_a_listed_mistake_is_refused_and_told_which(mistake: str) -> None:
    run = judged(mistake)
    assert run.verdict == "does_not_conform"
    first = runner.diagnose_run(run)[0]
    assert first["mistake"] == mistake
    assert first["explains"] == first["of"]
    assert first["contradicted"] == 0
    assert first["clauses"] == [MISTAKES[mistake].clause]


def test_a_right_system_is_blamed_for_nothing() -> None:
    run = judged("right")
    assert run.verdict == "conforms"
    assert runner.diagnose_run(run) == []


@pytest.mark.parametrize("way", OWN_WAYS)
def test_a_system_wrong_in_its_own_way_is_refused_and_no_mistake_explains_it_all(way: str) -> None:
    run = judged(way)
    assert run.verdict == "does_not_conform"
    assert all(item["contradicted"] > 0 for item in runner.diagnose_run(run))


@pytest.mark.parametrize("pair", ["M-10+M-41", "M-01+M-62", "M-19+M-50", "M-40+M-01"])
def test_two_mistakes_at_once_are_named_together_and_nothing_speaks_against_them(pair: str) -> None:
    """Where one mistake hides the other the case passes, and is no witness against the two."""
    first = runner.diagnose_run(judged(pair))[0]
    assert first["mistake"] == pair
    assert first["explains"] == first["of"]
    assert first["contradicted"] == 0


@pytest.mark.parametrize("mistake", [name for name, item in MISTAKES.items() if item.reading])
def test_a_mistake_that_is_a_reading_conforms_where_it_is_declared(mistake: str) -> None:
    reading = MISTAKES[mistake].reading
    assert reading is not None
    assert judged(mistake, reading).verdict == "conforms"
    undeclared = runner.diagnose_run(judged(mistake))[0]
    assert (undeclared["mistake"], undeclared["reading"]) == (mistake, reading)
