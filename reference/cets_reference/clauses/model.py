"""What a clause is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

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


Function = TypeVar("Function", bound=Callable[..., Any])

_REPLACED: ContextVar[Mapping[str, Callable[..., Any]]] = ContextVar("replaced")


def clause(*ids: str) -> Callable[[Function], Function]:
    """Mark a rule function with the clauses it implements.

    The ids are kept on the function itself (``__clauses__``): there is no registry to grow. A rule
    set may put other functions in the place of marked ones, by ``module.function``: that is how a
    misreading or a later plan is another value, not another path through this code.
    """

    def mark(function: Function) -> Function:
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

        @wraps(function)
        def rule(*args: Any, **named: Any) -> Any:
            replaced = _REPLACED.get(None)
            chosen = function if replaced is None else replaced.get(name, function)
            return chosen(*args, **named)

        rule.__clauses__ = ids  # type: ignore[attr-defined]
        return cast("Function", rule)

    return mark


@contextmanager
def in_force(replaced: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Put functions in the place of marked ones, for this context only."""
    token = _REPLACED.set(replaced)
    try:
        yield
    finally:
        _REPLACED.reset(token)
