"""Markdown that text from a file cannot break out of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["plain", "table"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#!@])")


def plain(text: object) -> str:
    """Keep text from a file from being read as Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", str(text)).replace("\n", " ").replace("\r", " ")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], figures: Sequence[int] = ()) -> str:
    """Give a table; the columns at the positions ``figures`` are set to the right."""
    rule = ["---:" if position in figures else "---" for position in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
