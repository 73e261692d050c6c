"""The progress bar of a long command: how much is done, how fast, and the time left."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from cets_conformance.messages import Language, text

__all__ = ["make"]


def _amount(amount: float, task: Task) -> str:
    """Print rows or the like, or bytes where the stage goes by these."""
    return f"{amount / 1e6:,.1f} MB" if task.fields["in_bytes"] else f"{amount:,.0f}"


class _Done(ProgressColumn):
    """How much is done, and of how much, where a stage counts."""

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text(_amount(task.completed, task) if task.completed else "")
        return Text(f"{_amount(task.completed, task)} / {_amount(task.total, task)}")


class _Rate(ProgressColumn):
    """How much a second, once that is known."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.language = language

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(text("cli.rate", self.language, rate=_amount(speed, task)) if speed else "")


class _Time(ProgressColumn):
    """The time left, or the time passed where nobody knows how much there is to do."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.language = language

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text(_clock(task.elapsed or 0))
        left = task.time_remaining
        return Text("" if left is None else text("cli.left", self.language, time=_clock(left)))


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=int(seconds)))


def make(language: Language) -> Progress:
    """Make a bar on standard error that leaves nothing behind."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        _Done(),
        _Rate(language),
        _Time(language),
        console=Console(stderr=True),
        transient=True,
    )
