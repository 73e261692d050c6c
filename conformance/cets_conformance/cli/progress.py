"""A progress bar for work that goes through stages."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from cets_conformance.messages import Language, text

__all__ = ["StageBar"]


class StageBar:
    """A progress bar with rate and time left on a terminal, nothing elsewhere."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._progress = import_module("cets_conformance.cli.bar").make() if _is_seen() else None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> StageBar:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show how far a stage is; a new stage takes the place of the one before."""
        if not self._progress:
            return
        if stage not in self._tasks:
            for task in self._tasks.values():
                self._progress.update(task, visible=False)
            label = text(f"stage.{stage}", self._language)
            self._tasks[stage] = self._progress.add_task(label, total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)


def _is_seen() -> bool:
    return sys.stderr.isatty()
