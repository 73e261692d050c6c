"""The server's worker, which has no request wait while a process has nothing to do.

A process computes on one core at a time, and clients keep their connections open. So that none has
requests wait that another could answer, a request goes to the process that has the fewest, together
with its connection and with what has come of it.
"""

from __future__ import annotations

import selectors
import socket
from array import array
from contextlib import suppress
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Any

from gunicorn.workers.gthread import TConn

from cets_service.patience import LARGEST_HEAD, SHORT_BODY, Gathered
from cets_service.turns import TurnWorker

__all__ = ["FairWorker", "Shares"]

_MOST = 2 * (LARGEST_HEAD + SHORT_BODY)
"""Greatest size of what may have been gathered of a request, bytes."""


class Shares:
    """What each process of a server has to do, in memory that all of them share.

    ``folder`` holds the addresses at which they take requests from one another.
    """

    _PLACES = 64

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts = {kind: RawArray("i", self._PLACES) for kind in ("short", "long")}

    def note(self, process: int, *, short: int, long: int) -> None:
        """Say how many short and long requests the process numbered so has."""
        self._counts["short"][process % self._PLACES] = short + 1
        self._counts["long"][process % self._PLACES] = long + 1

    def forget(self, process: int) -> None:
        """Say that the process takes nothing any more."""
        self.note(process, short=-1, long=-1)

    def with_fewer(self, kind: str, count: int) -> int | None:
        """Give the process with the fewest requests of a kind; None where none has fewer than
        ``count``.
        """
        known = [(noted, place) for place, noted in enumerate(self._counts[kind][:]) if noted]
        fewest, place = min(known, default=(count + 1, 0))  # each is noted as one more than it has
        return place if fewest <= count else None

    def address(self, process: int) -> str:
        """Give the address of the process numbered so, or of a place."""
        return str(self._folder / str(process % self._PLACES))


class FairWorker(TurnWorker):
    """Shares its requests with the other processes."""

    shares: Shares

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._mailbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._is_listed = False

    def run(self) -> None:
        """Answer what comes, from clients and from other processes."""
        with self._mailbox:
            self._open_mailbox()
            super().run()

    def _open_mailbox(self) -> None:
        address = self.shares.address(self.age)
        self._mailbox.settimeout(0)
        try:
            Path(address).unlink(missing_ok=True)
            self._mailbox.bind(address)
        except OSError as error:  # too long a path
            self.log.warning("no requests are taken from other processes: %s", error)
            return
        self.poller.register(self._mailbox, selectors.EVENT_READ, self._receive)
        self._is_listed = True

    def _note(self) -> None:
        """Say how much there is to do here; who stops takes nothing any more."""
        if self._is_listed and self.alive:
            self.shares.note(self.age, short=len(self._short), long=self.long_requests)
        else:
            self.shares.forget(self.age)

    def take(self, conn: TConn, gathered: Gathered) -> None:
        """Pass a request on to a process that has fewer of its kind, or answer it."""
        if gathered.is_long:
            other = self.shares.with_fewer("long", self.long_requests)
        else:
            other = self.shares.with_fewer("short", len(self._short))
        if other is None or not self._pass(conn, gathered, other):
            self._take(conn, gathered)

    def _take(self, conn: TConn, gathered: Gathered) -> None:
        super().take(conn, gathered)
        self._note()

    def _pass(self, conn: TConn, gathered: Gathered, process: int) -> bool:
        """Give a connection away; False where the process has gone, or is given much at once."""
        address = self.shares.address(process)
        descriptors = array("i", [conn.sock.fileno()])
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)
        try:
            self._mailbox.sendmsg([gathered.content], [rights], 0, address)
        except OSError:
            return False
        conn.sock.close()
        self.nr_conns -= 1
        return True

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 - gunicorn's
        """Take connections from clients, or not; and none from other processes at the end."""
        super().set_accept_enabled(enabled)
        if self._is_listed and not self.alive:
            self._is_listed = False
            self.shares.forget(self.age)
            self._mailbox.shutdown(socket.SHUT_RD)  # who has just looked keeps its connection
            self.poller.unregister(self._mailbox)
            while self._receive(self._mailbox):
                pass

    def _receive(self, mailbox: socket.socket) -> bool:
        """Take a connection that another process gives away, unless its client has gone.

        Tells whether one had been sent.
        """
        try:
            content, descriptors, _, _ = socket.recv_fds(mailbox, _MOST, 1)
        except OSError:
            return False
        if not descriptors:
            if content:
                self.log.error("a connection was lost: this process has as many files as it may")
            return bool(content)  # otherwise nothing more comes
        with suppress(OSError):
            sock = socket.socket(fileno=descriptors[0])
            sock.set_inheritable(False)
            conn = TConn(self.cfg, sock, sock.getpeername(), sock.getsockname())
            self.nr_conns += 1
            self.pace(conn)
            self._take(conn, Gathered(content))
        return True

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Note that a request has ended."""
        super().finish_request(conn, fs)
        self._note()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Note how much there is to do, and go through what has come."""
        self._note()
        super().wait_for_and_dispatch_events(timeout)
