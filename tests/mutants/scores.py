"""Scores: how many of the mutants that attack a clause the vectors kill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import click

from . import records
from .citing import CONTRACT, clauses_of
from .make import Mutant
from .records import Verdict


@dataclass(slots=True)
class Score:
    """What became of the mutants that attack one clause."""

    mutants: int = 0
    killed: int = 0
    equivalent: int = 0
    """No input tells them from the rule."""
    unseen: int = 0
    """No answer of an operation shows them."""

    @property
    def percent(self) -> float:
        """Share killed of those that can be."""
        return 100 * self.killed / max(1, self.mutants - self.equivalent - self.unseen)


def scores(found: Mapping[Mutant, Verdict]) -> dict[str, Score]:
    """Count by clause, in the order of the rules; a mutant counts for each clause it attacks."""
    counted: dict[str, Score] = {}
    for mutant, item in found.items():
        for clause in clauses_of(mutant):
            score = counted.setdefault(clause, Score())
            score.mutants += 1
            if item.by_vectors:
                score.killed += 1
            elif records.listed(mutant, records.equivalents()):
                score.equivalent += 1
            elif records.listed(mutant, records.unseen()):
                score.unseen += 1
    return dict(sorted(counted.items(), key=_order))


def _order(item: tuple[str, Score]) -> tuple[bool, int, str]:
    return item[0] == CONTRACT, "QSABIRC".find(re.sub("-.*", "", item[0])), item[0]


def print_scores(found: Mapping[Mutant, Verdict]) -> None:
    """Print the score of every clause."""
    click.echo("clause    mutants  killed  equivalent  unseen   score")
    for clause, score in scores(found).items():
        click.echo(
            f"{clause:9} {score.mutants:7} {score.killed:7} {score.equivalent:11} "
            f"{score.unseen:7} {score.percent:6.1f} %"
        )
