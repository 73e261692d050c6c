"""What a level and its operations are called: one wording for runs, exams and certificates."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cets_conformance.messages import Language, text
from cets_conformance.runner.selection import select_operations

__all__ = ["name_level", "name_operations", "others_of_level"]

NAMED = 2
"""Operations that are named where only some of a level are examined; more are counted."""


def name_level(level: str, operations: Collection[str], language: Language) -> str:
    """Name a level; where ``operations`` are not all of it, with these: a part is no whole."""
    named = text(f"run.levels.{level}", language)
    if not others_of_level(level, operations):
        return named
    if len(operations) > NAMED:
        count, every = len(operations), len(select_operations(level))
        return text("run.part.counted", language, level=named, count=count, all=every)
    joined = text("run.part.and", language).join(name_operations(operations, language))
    return text("run.part.named", language, level=named, operations=joined)


def others_of_level(level: str, operations: Collection[str]) -> Sequence[str]:
    """Give the operations of a level that are not among ``operations``."""
    return [name for name in select_operations(level) if name not in operations]


def name_operations(operations: Collection[str], language: Language) -> Sequence[str]:
    """Name operations: in Chinese what each does and its identifier, which is English itself."""
    return [text(f"run.operation.{name}", language) for name in operations]
