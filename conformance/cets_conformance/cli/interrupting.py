"""Ctrl-C, and the system's request to end: what is under way ends in good order."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Interrupted", "interruptible"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_ONCE = 2.0
"""Seconds in which another signal says nothing new: who presses Ctrl-C twice does not mean that
what the first one erases should be left behind."""


class Interrupted(BaseException):
    """The command was asked to end; no ``Exception``, so that nothing takes it for a failure.

    Nor is it a ``KeyboardInterrupt``, of which click makes an ``Abort`` and an empty line.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number
        """Exit code, as a shell gives it to a command that a signal ended."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise :class:`Interrupted` where Ctrl-C or SIGTERM finds the main thread.

    A signal that is ignored stays so: a command in the background outlives Ctrl-C and ``nohup``.
    """
    last = -_ONCE

    def interrupt(number: int, _frame: FrameType | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _ONCE:
            last = now
            raise Interrupted(number)

    heard = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
