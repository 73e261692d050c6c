"""Renews ``results.json``: every mutant before every judge (``make mutants``; takes an hour).

First all golden vectors, so that it is known how many cases kill a mutant; then, for what survives
them, the tests. 0 where every mutant is killed, or listed with the reason why it cannot be.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import click

from . import publish, records
from .judging import be_ready, by_tests, by_vectors, prove_tests_pass
from .make import Mutant, modules, mutants
from .records import EQUIVALENT, Verdict
from .scores import scores
from .suite import STAGES
from .vectors import vectors


def judge(
    chosen: Sequence[str], stages: Sequence[str], jobs: int, known: Mapping[Mutant, Verdict]
) -> dict[Mutant, Verdict]:
    """Bring the mutants of some modules before the judges, but those whose killer is known."""
    every = range(len(vectors()))
    found = {
        mutant: known.get(mutant, Verdict("")) for module in chosen for mutant in mutants(module)
    }
    asked = {mutant: every for mutant, item in found.items() if not item.killer}
    found.update(by_vectors(asked, jobs, stop=False))
    write(found)
    click.echo(f"killed by the vectors: {sum(item.by_vectors for item in found.values())}")
    for stage in stages:
        left = [(mutant, stage) for mutant, item in found.items() if not item.killer]
        found.update(by_tests(left, jobs))
        click.echo(f"survive {stage}: {sum(not item.killer for item in found.values())}")
    for mutant, item in found.items():
        if not item.killer and records.listed(mutant, records.equivalents()):
            found[mutant] = Verdict(EQUIVALENT)
    write(found)
    return found


def write(found: dict[Mutant, Verdict]) -> None:
    """Write what is found, with the scores over all modules."""
    counted = scores(records.recorded() | found)
    records.write(found, {clause: asdict(score) for clause, score in counted.items()})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=modules(), metavar="MODULE")
    parser.add_argument("--again", action="store_true", help="only what survived the last run")
    parser.add_argument("--stages", nargs="*", choices=list(STAGES), default=list(STAGES))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    be_ready()
    if options.stages:
        prove_tests_pass(options.jobs)
    known = records.recorded() if options.again else {}
    found = judge(options.only or modules(), options.stages, options.jobs, known)
    publish.main()
    surviving = [mutant for mutant, item in found.items() if not item.killer]
    for mutant in surviving:
        click.echo(f"survives: {mutant.module}: {mutant.name}")
    click.echo(f"{len(found)} mutants, {len(surviving)} surviving")
    return 1 if surviving else 0


if __name__ == "__main__":
    sys.exit(main())
