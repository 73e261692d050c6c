"""Cases: as they are written by hand, and as they stand in the published files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Case", "Draft", "expected_for"]

Expectation = Mapping[str, Any]
"""``{"output": …}``, or ``{"error": {"code", "path"}}``."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A case as it is written by hand; everything that can be computed is left out."""

    id: str
    """Permanent id, ``<operation>/<readable-name>``."""
    en: str
    """What it shows, one English sentence."""
    zh: str
    """The same in Chinese."""
    clauses: str
    """Ids of the clauses it shows, parted by blanks."""
    input: Mapping[str, Any]
    """Input of the operation."""
    guards: str = ""
    """The boundary or refusal it stands guard over, in a few words; may be empty where it exposes
    a mistake."""

    @property
    def operation(self) -> str:
        """Operation it asks for: the part of the id before the slash."""
        return self.id.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Case:
    """A golden vector: an input and the one right answer."""

    id: str
    """Permanent id, ``<operation>/<readable-name>``."""
    operation: str
    """Operation asked for."""
    description: Mapping[str, str]
    """What it shows, in ``en`` and ``zh``."""
    clauses: Sequence[str]
    """Clauses it shows."""
    mistakes: Sequence[str]
    """Mistakes whose systems answer otherwise under the default readings."""
    input: Mapping[str, Any]
    """Input of the operation."""
    expected: Expectation
    """Right answer under the default readings."""
    readings: Sequence[Mapping[str, Any]] = ()
    """``{"when": {reading: choice}, "expected"}`` for readings that change the answer."""


def expected_for(case: Case, declared: Mapping[str, str]) -> Expectation:
    """Give the right answer under the declared readings; undeclared ones are at their default.

    The entry with the largest ``when`` contained in the declared readings holds, else
    ``expected``. There is never more than one largest: whatever extends an entry has an entry.
    """
    holding = [entry for entry in case.readings if entry["when"].items() <= declared.items()]
    if not holding:
        return case.expected
    largest: Expectation = max(holding, key=lambda entry: len(entry["when"]))["expected"]
    return largest
