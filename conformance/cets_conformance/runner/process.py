"""A system as a child process: lines out, lines in, bounded in time and memory, no orphan."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from cets_conformance.runner import protocol
from cets_conformance.runner.protocol import LONGEST_LINE, Trouble

__all__ = ["Process"]

KEPT_STDERR = 64 * 1024
"""Bytes of standard error that are kept: the last ones."""

GRACE = 1.0
"""Seconds a system has to end after ``stop``."""

_POSIX = os.name == "posix"
_END = b""


class Process:
    """A running adapter; ``ask`` is all that the runner needs of it."""

    def __init__(self, command: Sequence[str]) -> None:
        try:
            # The command is the user's own, given as words, never through a shell. Its own
            # session makes one process group of it and all that it starts.
            self._child = subprocess.Popen(  # noqa: S603
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=_POSIX,
            )
        except (OSError, ValueError) as error:
            says = getattr(error, "strerror", None) or str(error)
            raise Trouble("NOT_STARTED", command=" ".join(command), says=says) from None
        self._lines: queue.Queue[bytes] = queue.Queue(maxsize=2)
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._stderr = bytearray()
        self._killed = False
        streams = (self._child.stdout, self._child.stderr, self._child.stdin)
        tasks = (self._read_lines, self._read_stderr, self._write)
        self._threads = [
            threading.Thread(target=task, args=(stream,), daemon=True)
            for task, stream in zip(tasks, streams, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, message: Mapping[str, Any], timeout: float) -> Any:
        """Send one line and read one; raises :class:`Trouble`."""
        self._outgoing.put(protocol.encode(message))
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            raise Trouble("TIMED_OUT", seconds=f"{timeout:g}") from None
        if line == _END:
            raise self._ended()
        return self._read(line)

    def finish(self) -> None:
        """Say ``stop`` and let the system end; a line that nobody asked for is a trouble."""
        self._outgoing.put(protocol.encode({"cmd": "stop"}))
        self._outgoing.put(None)
        try:
            line = self._lines.get(timeout=GRACE)
        except queue.Empty:
            return
        if line != _END:
            raise Trouble("UNASKED", found=line.decode("utf-8", "replace"))

    def kill(self) -> None:
        """End the process and all that it started; at once, whatever they are doing."""
        self._killed = True
        self._outgoing.put(None)
        if _POSIX:
            try:
                os.killpg(self._child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            except PermissionError:  # macOS: a group of which only the reaped leader is left
                self._child.kill()
        else:
            self._child.kill()
        self._child.wait()
        deadline = time.monotonic() + GRACE
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < deadline:
            self._drain()
            self._threads[0].join(0.01)
        # A descendant in a session of its own may still hold a pipe: its reader is a daemon and
        # must not be waited for, nor its stream closed beneath it.
        if not any(thread.is_alive() for thread in self._threads):
            for stream in (self._child.stdout, self._child.stderr):
                if stream:
                    stream.close()

    def _drain(self) -> None:
        while not self._lines.empty():
            self._lines.get_nowait()

    def _read_lines(self, stream: IO[bytes]) -> None:
        while not self._killed:
            line = stream.readline(LONGEST_LINE + 1)
            self._lines.put(line)
            if not line.endswith(b"\n"):  # the end, half a line, or a line without end
                if line != _END:
                    self._lines.put(_END)
                return

    def _read_stderr(self, stream: IO[bytes]) -> None:
        while chunk := stream.read1(4096):  # type: ignore[attr-defined]
            self._stderr += chunk
            del self._stderr[:-KEPT_STDERR]

    def _write(self, stream: IO[bytes]) -> None:
        try:
            while (line := self._outgoing.get()) is not None:
                stream.write(line)
                stream.flush()
        except OSError:  # it reads no more: that it ended is seen where its answer is awaited
            pass
        finally:
            with contextlib.suppress(OSError):
                stream.close()

    def _read(self, line: bytes) -> Any:
        if len(line) > LONGEST_LINE:
            raise Trouble("LINE_TOO_LONG", limit=LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise Trouble("HALF_A_LINE", found=line.decode("utf-8", "replace"))
        return protocol.read_object(line)

    def _ended(self) -> Trouble:
        try:
            status: int | str = self._child.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            status = "-"  # it closed its output and lives on
        self._threads[1].join(0.2)
        said = bytes(self._stderr).decode("utf-8", "replace").strip()
        last = "\n".join(said.splitlines()[-3:])
        return Trouble("DIED", status=str(status), stderr=last or "-")
