"""What a clause is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from cets_reference.sources import Basis


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule of the rulebook, quotable by its id."""

    id: str
    """Permanent id, such as ``A-4``."""
    title_zh: str
    """Two to ten characters that name it."""
    title_en: str
    """The same in a few English words."""
    zh: str
    """The rule in one to four sentences of Chinese."""
    en: str
    """The same in English."""
    basis: Basis
    """How far it is settled: the weakest basis among its parts."""
    basis_note: str
    """Which parts rest on what, where the parts differ; empty otherwise."""
    sources: tuple[str, ...]
    """Tags of :data:`cets_reference.sources.SOURCES`, the decisive one first."""
    reading: str | None = None
    """Id of the reading that decides it, where one does."""


Function = TypeVar("Function", bound=Callable[..., object])


def clause(*ids: str) -> Callable[[Function], Function]:
    """Mark a rule function with the clauses it implements.

    The ids are kept on the function itself (``__clauses__``): there is no registry to grow.
    """

    def mark(function: Function) -> Function:
        function.__clauses__ = ids  # type: ignore[attr-defined]
        return function

    return mark
