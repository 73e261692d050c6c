"""The server's worker, which lets no slow client hold a thread.

A request is gathered by the main loop until its head and the beginning of its body are here; only
then a thread takes it. A long body is read by a thread, and an answer that the client does not
take at once is sent by one, at least at the pace set here; at most half of the threads do the one,
and at most half the other, at a time. The main loop waits for nobody, nor for who does not go.
"""

from __future__ import annotations

import errno
import re
import select
import selectors
import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

__all__ = ["LARGEST_HEAD", "SHORT_BODY", "Gathered", "PatientWorker"]

GATHERING = 10.0
"""Time in which a request's head and the beginning of its body must have come, seconds."""

SHORT_BODY = 64 * 1024
"""A body up to this size, bytes, is gathered whole."""

LARGEST_HEAD = 64 * 1024
"""Greatest size of a head, bytes."""

STALL = 10.0
"""Time without a byte after which a long body, or an answer, has ended, seconds."""

PACE = 8 * 1024
"""Least pace of either after the first :data:`STALL` seconds, bytes a second."""

AT_ONCE = 1.0
"""Time for which any thread waits until a client takes more of its answer, seconds."""

LINGERING = 2.0
"""Time a client has to close its side after an answer that ends the connection, seconds."""

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,15})[ \t]*\r\n", re.IGNORECASE)
_COMES_LATER = re.compile(rb"\r\n(transfer-encoding|expect):", re.IGNORECASE)
_REFUSAL = "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Gathered:
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


class _PacedSocket(socket.socket):
    """Sends an answer for as long as the client keeps the pace; then the connection ends.

    A client that is slow at all needs one of the ``places``, or is left at once.
    """

    def __init__(self, sock: socket.socket, places: threading.BoundedSemaphore, log: Any) -> None:
        super().__init__(sock.family, sock.type, sock.proto, fileno=sock.detach())
        self._places = places
        self._log = log
        self._has_place = False
        self.begin()

    def begin(self) -> None:
        """Begin a new answer."""
        self._went = 0
        self._waited = 0.0

    def end(self) -> None:
        """Give the place back where the answer needed one."""
        if self._has_place:
            self._has_place = False
            self._places.release()

    def send(self, data: Any, flags: int = 0) -> int:
        """Send what the client takes, at least a byte."""
        while True:
            try:
                count = super().send(data, flags | socket.MSG_DONTWAIT)
            except BlockingIOError:
                self._wait()
            else:
                self._went += count
                return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything."""
        remaining = memoryview(data).cast("B")
        while remaining:
            remaining = remaining[self.send(remaining, flags) :]

    def _wait(self) -> None:
        """Wait until more can be sent; what the network took before anybody waited counts not."""
        if not self._waited:
            self._went = 0
        asked = time.monotonic()
        watch = select.poll()
        watch.register(self, select.POLLOUT)
        ready = watch.poll(AT_ONCE * 1000)
        self._waited += time.monotonic() - asked
        if not (ready or self._has_place):
            self._has_place = self._places.acquire(blocking=False)
            if not self._has_place:
                self._leave()
        if self._went < (self._waited - STALL) * PACE:
            self._leave()

    def _leave(self) -> None:
        self._log.warning("answer broken off: it was read too slowly")
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError(errno.ECONNRESET, "the client reads too slowly")


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads, where waiting for a client costs no thread."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._gathering: dict[TConn, Gathered] = {}
        self._long: set[TConn] = set()
        self._waiting: dict[TConn, float] = {}
        self._lingering: dict[socket.socket, float] = {}
        self._slow = threading.BoundedSemaphore(self._half)

    @property
    def _half(self) -> int:
        return max(1, int(self.cfg.threads) // 2)

    def enqueue_req(self, conn: TConn) -> None:
        """Gather a request before a thread takes it."""
        self.pace(conn)
        ahead = conn.parser.unreader.take_buffered() if conn.parser is not None else b""
        conn.sock.settimeout(0)
        self._gathering[conn] = Gathered(ahead)
        self._gather(conn)

    def _go_on(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        self._gather(conn)

    def _gather(self, conn: TConn) -> None:
        """Take what has come; watch for more where that is not enough."""
        gathered = self._gathering[conn]
        if not gathered.is_enough:
            try:
                piece = conn.sock.recv(SHORT_BODY)
            except BlockingIOError:
                self._watch(conn)
                return
            except OSError:
                piece = b""
            gathered.content += piece
            if not piece:
                del self._gathering[conn]
                self._leave(conn)
                return
        if gathered.is_enough:
            del self._gathering[conn]
            self.take(conn, gathered)
        elif len(gathered.content) > LARGEST_HEAD and not gathered.has_head:
            del self._gathering[conn]
            self._leave(conn, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            self._watch(conn)

    def _watch(self, conn: TConn) -> None:
        self.poller.register(conn.sock, selectors.EVENT_READ, lambda _: self._go_on(conn))

    def pace(self, conn: TConn) -> None:
        """Have the client of a connection keep the pace from now on."""
        if not isinstance(conn.sock, _PacedSocket):
            conn.sock = _PacedSocket(conn.sock, self._slow, self.log)

    def take(self, conn: TConn, gathered: Gathered) -> None:
        """Answer what has been gathered: a long request only while half of the threads are free."""
        conn.init()
        conn.data_ready = True
        conn.sock.begin()
        if not isinstance(conn.parser.unreader, _PacedUnreader):
            conn.parser.unreader = _PacedUnreader(conn.sock, self.log)
        conn.parser.unreader.begin(bytes(gathered.content))
        if not gathered.is_long:
            self.take_short(conn)
        elif len(self._long) >= self._half:
            self._waiting[conn] = time.monotonic() + STALL
        else:
            self._long.add(conn)
            self.start(conn)

    def take_short(self, conn: TConn) -> None:
        """Answer a request that is here whole."""
        self.start(conn)

    def start(self, conn: TConn) -> None:
        """Give a request to a thread."""
        super().enqueue_req(conn)

    @property
    def long_requests(self) -> int:
        """How many requests are here of which more has still to come."""
        return len(self._long) + len(self._waiting)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Let the next long request go where one has ended, and the next slow answer."""
        conn.sock.end()
        conn.close = lambda graceful=False: self._close(conn.sock, graceful=graceful)
        if conn in self._long:
            self._long.remove(conn)
            following = next((c for c in self._waiting if _is_readable(c.sock)), None)
            if following is not None:
                del self._waiting[following]
                self._long.add(following)
                self.start(following)
        super().finish_request(conn, fs)

    def _close(self, sock: socket.socket, *, graceful: bool) -> None:
        """Close a connection; gracefully is after the client has, or has had time to.

        Closed before, what it still sends would make the network drop the end of its answer.
        """
        try:
            if graceful:
                sock.shutdown(socket.SHUT_WR)
                sock.settimeout(0)
                self.poller.register(sock, selectors.EVENT_READ, lambda _: self._linger(sock))
                self._lingering[sock] = time.monotonic() + LINGERING
                return
        except OSError:  # it has gone
            pass
        sock.close()

    def _linger(self, sock: socket.socket) -> None:
        """Drop what a client still sends; close when it does."""
        try:
            piece = sock.recv(SHORT_BODY)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._stop_lingering(sock)

    def _stop_lingering(self, sock: socket.socket) -> None:
        del self._lingering[sock]
        self.poller.unregister(sock)
        sock.close()

    def murder_pending(self) -> None:
        """Leave the clients whose requests have not come in time, and idle ones at the end."""
        super().murder_pending()
        now = time.monotonic()
        for sock in [sock for sock, deadline in self._lingering.items() if deadline < now]:
            self._stop_lingering(sock)
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
                refusal = _REFUSAL.format(status.value, status.phrase).encode()
                socket.socket.send(conn.sock, refusal, socket.MSG_DONTWAIT)
        self.nr_conns -= 1
        conn.close()


def _is_readable(sock: socket.socket, seconds: float = 0) -> bool:
    """Tell whether something has come, or comes within some seconds."""
    watch = select.poll()
    watch.register(sock, select.POLLIN)
    return bool(watch.poll(seconds * 1000))
