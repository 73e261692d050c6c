"""A progress bar for work that goes through stages."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cets_conformance.messages import Language, text

__all__ = ["StageBar"]


class StageBar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> StageBar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show how far a stage is; a new stage takes the place of the one before."""
        if stage not in self._tasks:
            for task in self._tasks.values():
                self._progress.update(task, visible=False)
            label = text(f"stage.{stage}", self._language)
            self._tasks[stage] = self._progress.add_task(label, total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)
