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
        self._progress = _make(language) if sys.stderr.isatty() else None
        self._stage, self._task = "", 0

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
        if stage != self._stage:
            if self._stage:
                self._progress.remove_task(self._task)
            label = text(f"stage.{stage}", self._language)
            self._stage, self._task = (
                stage,
                self._progress.add_task(label, in_bytes=stage == "open"),
            )
        self._progress.update(self._task, completed=done, total=total)


def _make(language: Language) -> Any:
    """Make a bar, for which alone the libraries of it are loaded."""
    return import_module("cets_conformance.cli.bar").make(language)
