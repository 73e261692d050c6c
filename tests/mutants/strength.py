"""The gate (``make strength``): the golden vectors alone kill every mutant an answer can show.

Makes every mutant anew and puts it before its recorded killer, then before all other vectors where
that one fails or the mutant is new. There is no margin. Red where

- a mutant survives all vectors and stands neither in ``equivalent.toml`` nor in ``unseen.toml``;
- what stands in ``equivalent.toml`` is killed, or what stands in either is there for nothing;
- what stands in ``unseen.toml`` survives the tests, or an operation reaches what none is said to;
- a mistake is exposed by no vector of the clause it misreads;
- a vector no longer is the only one to kill what it is published to kill alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

import click

from . import mistakes, records
from .judging import be_ready, by_tests, by_vectors
from .make import Mutant, modules, mutants
from .reach import reached_functions
from .records import Verdict
from .scores import print_scores
from .suite import STAGES, SUITE
from .vectors import vectors

Found = dict[Mutant, Verdict]


def replay(chosen: Sequence[str], recorded: Mapping[Mutant, Verdict], jobs: int) -> Found:
    """Put vectors to every mutant: all where one is said to kill alone, else up to the first."""
    places = {vector.name: index for index, vector in enumerate(vectors())}
    every = list(range(len(places)))
    first, whole = dict[Mutant, list[int]](), dict[Mutant, list[int]]()
    for module in chosen:
        for mutant in mutants(module):
            known = recorded.get(mutant, Verdict(""))
            at = places.get(known.killer)
            if known.alone:
                whole[mutant] = every
            else:
                first[mutant] = every if at is None else [at, *every[:at], *every[at + 1 :]]
    return dict(by_vectors(first, jobs, stop=True)) | dict(by_vectors(whole, jobs, stop=False))


def replay_tests(found: Found, recorded: Mapping[Mutant, Verdict], jobs: int) -> Found:
    """Put what no answer can show before the test that killed it, then before every test."""
    known = {mutant: item.killer for mutant, item in recorded.items()}
    killed = {
        mutant: Verdict("")
        for mutant, item in found.items()
        if not item.killer
        and not records.listed(mutant, records.equivalents())
        and records.listed(mutant, records.unseen())
    }
    tests = [(mutant, known.get(mutant, "")) for mutant in killed]
    killed.update(by_tests([item for item in tests if item[1].startswith(SUITE)], jobs))
    for stage in STAGES:
        still = [(mutant, stage) for mutant, item in killed.items() if not item.killer]
        killed.update(by_tests(still, jobs))
    return killed


def faults(found: Found, tested: Found, recorded: Mapping[Mutant, Verdict]) -> Iterator[str]:
    """Say all that makes the gate red."""
    for mutant, item in found.items():
        name = f"{mutant.module}: {mutant.name}"
        equivalent = records.listed(mutant, records.equivalents())
        known = recorded.get(mutant, Verdict(records.EQUIVALENT))
        killer = item.killer or known.killer
        if equivalent and killer not in {"", records.EQUIVALENT}:
            yield f"not equivalent, {killer} kills it; delete it from equivalent.toml: {name}"
        if item.killer or equivalent:
            if known.alone and (item.alone or item.cases) != known.alone:
                yield f"{known.alone} no longer kills this alone, run make mutants: {name}"
        elif mutant not in tested:
            yield f"survives all vectors: {name}"
        elif not tested[mutant].killer:
            yield f"survives all tests: {name}"
    yield from _idle_entries(found)
    yield from mistakes.faults()


def _idle_entries(found: Found) -> Iterator[str]:
    survivors = [mutant for mutant, item in found.items() if not item.killer]
    everything = {mutant.module for mutant in found} == set(modules())
    reached = reached_functions()
    for entry in (*records.equivalents(), *records.unseen()):
        if everything and not any(entry.holds(mutant) for mutant in survivors):
            yield f"stands for nothing that survives the vectors, delete it: {dict(entry.about)}"
        if entry.unreached:
            place = ".".join(filter(None, (entry.about["module"], entry.about.get("function"))))
            inside = [name for name in reached if f"{name}.".startswith(f"{place}.")]
            if inside:
                yield f"said to be reached by no operation, but is: {', '.join(sorted(inside))}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line: 0 where nothing is at fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=modules(), metavar="MODULE")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    chosen, jobs = options.only or modules(), options.jobs
    began = time.monotonic()
    if changed := records.changed_modules():
        click.echo(f"changed since make mutants, all vectors are asked: {', '.join(changed)}")
    recorded = records.recorded()
    be_ready()
    found = replay(chosen, recorded, jobs)
    tested = replay_tests(found, recorded, jobs)
    print_scores(found)
    at_fault = list(faults(found, tested, recorded))
    for fault in at_fault:
        click.echo(f"RED {fault}")
    click.echo(
        f"{len(found)} mutants, {sum(item.by_vectors for item in found.values())} killed by the "
        f"vectors, {len(tested)} by tests alone; {len(at_fault)} faults; "
        f"{time.monotonic() - began:.0f} s"
    )
    return 1 if at_fault else 0


if __name__ == "__main__":
    sys.exit(main())
