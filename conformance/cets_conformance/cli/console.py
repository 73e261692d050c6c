"""The console that commands print to: what stands in files and tables is shown, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

__all__ = ["Terminal", "visible"]

_MOVES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing, and what turns the direction of a text."""


class Terminal(Console):
    """A console on which foreign text, such as a name in a table, is shown and never obeyed."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render as ever, but make visible what is not to be seen."""
        for segment in super().render(renderable, options):
            plain = segment.control is not None or not _MOVES.search(segment.text)
            yield segment if plain else Segment(visible(segment.text), segment.style)


def visible(text: str) -> str:
    """Give a text on which a terminal can act in no way; it stays as long."""
    return _MOVES.sub("\ufffd", text)
