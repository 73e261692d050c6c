"""A connection to a system that is made anew when it breaks."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from cets_conformance.runner.connections import Connect
from cets_conformance.runner.protocol import Answer, Connection, Declared, Trouble, ask_case, start

if TYPE_CHECKING:
    from cets_conformance.vectors.model import Case

__all__ = ["Session"]


class Session:
    """A connection that is made anew when it breaks."""

    def __init__(self, connect: Connect, timeout: float) -> None:
        self._connect = connect
        self.timeout = timeout
        self._context: AbstractContextManager[Connection] | None = None
        self._connection: Connection | None = None
        self._seq = 0
        self.last: Case | None = None

    def open(self) -> Declared:
        """Connect and start; raises :class:`Trouble`."""
        context = self._connect()
        self._connection = context.__enter__()
        self._context = context
        self._seq = 0
        try:
            return start(self._connection, self.timeout)
        except Trouble:
            self.drop()
            raise

    def ask(self, case: Case, declared: Declared | None) -> Answer:
        """Put a case; a connection that broke before is made anew first."""
        if self._connection is None and self.open() != declared:
            self.drop()
            raise Trouble("DECLARED_OTHERWISE")
        if self._connection is None:
            raise RuntimeError("an opened session has a connection")
        self._seq += 1
        self.last = case
        try:
            return ask_case(self._connection, self._seq, case.operation, case.input, self.timeout)
        except Trouble:
            self.drop()
            raise

    def close(self) -> None:
        """End in good order; raises :class:`Trouble` where the system does not."""
        context, self._context, self._connection = self._context, None, None
        if context:
            context.__exit__(None, None, None)

    def drop(self) -> None:
        """End at once, whatever state the system is in."""
        context, self._context, self._connection = self._context, None, None
        if context:
            trouble = Trouble("DROPPED")
            try:
                context.__exit__(Trouble, trouble, None)
            except Trouble as raised:
                if raised is not trouble:
                    raise
