"""What is asked: levels, operations, and the cases a user wants skipped."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from cets_conformance import direct

__all__ = [
    "LEVELS",
    "TABLE_LEVEL",
    "TABLE_SUFFIXES",
    "SelectionError",
    "read_skips",
    "select_operations",
]

_ALLOCATION: Final = ("emissions", "scope", "balance", "allocation", "enterprise-allocation")
_ISSUANCE: Final = ("pre-allocation", "settlement", "amendment")
_TABLE: Final = ("allocation", "pre-allocation")
_COMPLIANCE: Final = ("surrender", "carry-over", "cycle")

LEVELS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "allocation": _ALLOCATION,
        "issuance": _ISSUANCE,
        "compliance": _COMPLIANCE,
        "full": (*_ALLOCATION, *_ISSUANCE, *_COMPLIANCE),
    }
)
"""Operations of each level."""

TABLE_LEVEL: Final = "table"
"""Level of answers given in the annex table: the cases that a table can ask."""

TABLE_SUFFIXES: Final = (".xlsx", ".csv", ".parquet")
"""Files of answers that are tables."""


class SelectionError(ValueError):
    """What was asked for cannot be; the text is ``run.problem.<code>`` with ``values``."""

    def __init__(self, code: str, /, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code} {values}")


def select_operations(level: str, chosen: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the operations of a level, or those ``chosen`` among them, in the rulebook's order.

    Raises :class:`SelectionError` where an operation is unknown or of another level.
    """
    offered = _TABLE if level == TABLE_LEVEL else LEVELS[level]
    for name in chosen:
        if name not in offered:
            raise SelectionError("OPERATION_NOT_OF_LEVEL", operation=name, level=level)
    return tuple(
        name
        for name in direct.operation_names()
        if name in offered and (not chosen or name in chosen)
    )


def read_skips(text: str, known: Container[str]) -> dict[str, str]:
    """Read a skip file: TOML ``"id" = "reason"``, or lines ``id: reason``; ``#`` begins a comment.

    Raises :class:`SelectionError` on an entry without a reason, an unknown id, an id twice.
    """
    try:
        entries = [(name, value) for name, value in tomllib.loads(text).items()]
    except tomllib.TOMLDecodeError:
        entries = _read_lines(text)
    skips: dict[str, str] = {}
    for name, reason in entries:
        if not isinstance(reason, str) or not reason.strip():
            raise SelectionError("SKIP_WITHOUT_REASON", id=name)
        if name not in known:
            raise SelectionError("SKIP_UNKNOWN_ID", id=name)
        if name in skips:
            raise SelectionError("SKIP_ID_TWICE", id=name)
        skips[name] = reason.strip()
    return skips


def _read_lines(text: str) -> list[tuple[str, object]]:
    entries: list[tuple[str, object]] = []
    for line in text.splitlines():
        content = line.strip()
        if content and not content.startswith("#"):
            name, _, reason = content.partition(":")
            entries.append((name.strip(), reason))
    return entries
