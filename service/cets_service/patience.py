"""The server's worker, which lets no slow client hold a thread.

A request is gathered by the main loop until its head and the beginning of its body are here; only
then a thread takes it. A long body is read by a thread, at least at the pace set here, and at
most half of the threads do that at a time.
"""

from __future__ import annotations

import re
import select
import selectors
import socket
import struct
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

__all__ = ["PatientWorker"]

GATHERING = 10.0
"""Time in which a request's head and the beginning of its body must have come, seconds."""

SHORT_BODY = 64 * 1024
"""A body up to this size, bytes, is gathered whole."""

LARGEST_HEAD = 64 * 1024
"""Greatest size of a head, bytes."""

STALL = 10.0
"""Time without a byte after which a long body has ended, seconds."""

PACE = 8 * 1024
"""Least pace of a long body after the first :data:`STALL` seconds, bytes a second."""

SENDING = 30
"""Time without progress after which a client that does not read its answer is left, seconds."""

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
_COMES_LATER = re.compile(rb"\r\n(transfer-encoding|expect):", re.IGNORECASE)
_REFUSAL = "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Gathered:
    """What has come of a request so far."""

    def __init__(self, content: bytes) -> None:
        self.content = bytearray(content)
        self.deadline = time.monotonic() + GATHERING

    @property
    def has_head(self) -> bool:
        """Whether the head is whole."""
        return _END_OF_HEAD in self.content

    @property
    def is_enough(self) -> bool:
        """Whether a thread may take it: a short request is whole, a long one has begun."""
        if not self.has_head:
            return False
        body, length = self._body()
        return length is None or len(self.content) >= body + min(length, SHORT_BODY)

    @property
    def is_long(self) -> bool:
        """Whether a thread will have to wait for more of it."""
        body, length = self._body()
        return length is None or len(self.content) < body + length

    def _body(self) -> tuple[int, int | None]:
        """Give where the body begins and its length; None where that shows only as it comes."""
        begin = self.content.index(_END_OF_HEAD) + len(_END_OF_HEAD)
        head = bytes(self.content[:begin])
        if _COMES_LATER.search(head):
            return begin, None
        length = _LENGTH.search(head)
        return begin, int(length[1]) if length else 0


class _PacedUnreader(SocketUnreader):  # type: ignore[misc]
    """Reads a socket for as long as the client keeps the pace; then the request ends there."""

    def __init__(self, sock: socket.socket, log: Any) -> None:
        super().__init__(sock)
        self._log = log
        self.begin(b"")

    def begin(self, content: bytes) -> None:
        """Begin a new request, of which ``content`` is here already."""
        self._came = 0
        self._waited = 0.0
        self._is_over = False
        self.unread(content)

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Give what comes next; nothing where it comes too slowly."""
        if self._is_over:
            return b""
        asked = time.monotonic()
        readable = _is_readable(self.sock, STALL)
        self._waited += time.monotonic() - asked
        if not readable or self._came < (self._waited - STALL) * PACE:
            self._is_over = True
            self._log.warning("request broken off: its body came too slowly")
            return b""
        piece: bytes = super().chunk(size_hint)
        self._came += len(piece)
        return piece


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads, where waiting for a client costs no thread."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._gathering: dict[TConn, _Gathered] = {}
        self._long: set[TConn] = set()
        self._waiting: dict[TConn, float] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """Gather a request before a thread takes it."""
        ahead = conn.parser.unreader.take_buffered() if conn.parser is not None else b""
        conn.sock.settimeout(0)
        self._gathering[conn] = _Gathered(ahead)
        if not self._gather(conn):
            self.poller.register(conn.sock, selectors.EVENT_READ, lambda _: self._go_on(conn))

    def _go_on(self, conn: TConn) -> None:
        sock = conn.sock
        if self._gather(conn):
            self.poller.unregister(sock)

    def _gather(self, conn: TConn) -> bool:
        """Take what has come; True where the connection is no longer to be watched."""
        gathered = self._gathering[conn]
        if not gathered.is_enough:
            try:
                piece = conn.sock.recv(SHORT_BODY)
            except BlockingIOError:
                return False
            except OSError:
                piece = b""
            gathered.content += piece
            if not piece:
                del self._gathering[conn]
                self._leave(conn)
                return True
        if gathered.is_enough:
            del self._gathering[conn]
            self._hand_over(conn, gathered)
            return True
        if len(gathered.content) > LARGEST_HEAD and not gathered.has_head:
            del self._gathering[conn]
            self._leave(conn, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return True
        return False

    def _hand_over(self, conn: TConn, gathered: _Gathered) -> None:
        """Give a request to a thread; a long one only while half of them stay free."""
        conn.init()
        conn.data_ready = True
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SENDING, 0))
        if not isinstance(conn.parser.unreader, _PacedUnreader):
            conn.parser.unreader = _PacedUnreader(conn.sock, self.log)
        conn.parser.unreader.begin(bytes(gathered.content))
        if gathered.is_long and len(self._long) >= max(1, self.cfg.threads // 2):
            self._waiting[conn] = time.monotonic() + STALL
            return
        if gathered.is_long:
            self._long.add(conn)
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Let the next long request go where one has ended."""
        if conn in self._long:
            self._long.remove(conn)
            following = next((c for c in self._waiting if _is_readable(c.sock)), None)
            if following is not None:
                del self._waiting[following]
                self._long.add(following)
                super().enqueue_req(following)
        super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Leave the clients whose requests have not come in time, and idle ones at the end."""
        super().murder_pending()
        now = time.monotonic()
        late = [
            conn
            for conn, gathered in self._gathering.items()
            if gathered.deadline < now or not (self.alive or gathered.content)
        ]
        for conn in late:
            self.poller.unregister(conn.sock)
            started = bool(self._gathering.pop(conn).content)
            self._leave(conn, HTTPStatus.REQUEST_TIMEOUT if started else None)
        stalled = [
            conn
            for conn, deadline in self._waiting.items()
            if deadline < now and not _is_readable(conn.sock)
        ]
        for conn in stalled:
            del self._waiting[conn]
            self._leave(conn, HTTPStatus.REQUEST_TIMEOUT)

    def _leave(self, conn: TConn, status: HTTPStatus | None = None) -> None:
        """Close a connection no thread has, saying why where there is a why."""
        if status is not None:
            self.log.warning("request from %s refused: %s", conn.client[0], status.phrase)
            with suppress(OSError):  # it may have gone, or not be reading
                conn.sock.send(_REFUSAL.format(status.value, status.phrase).encode())
        self.nr_conns -= 1
        conn.close()


def _is_readable(sock: socket.socket, seconds: float = 0) -> bool:
    """Tell whether something has come, or comes within some seconds."""
    watch = select.poll()
    watch.register(sock, select.POLLIN)
    return bool(watch.poll(seconds * 1000))
