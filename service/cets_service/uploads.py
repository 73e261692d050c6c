"""Uploads by content: a file is kept under its SHA-256, written once, removed when unused.

An upload is written to a temporary file while it arrives, hashed on the way, and renamed into
place once it is whole; nothing of it is held in memory and nothing half is ever seen.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

__all__ = ["Incoming", "UploadTooLargeError", "Uploads"]

_STALE = 6 * 3600
"""Age at which a temporary file belongs to nobody any more, seconds."""


class UploadTooLargeError(Exception):
    """An upload that goes beyond the limit of one file."""


class Incoming(io.RawIOBase):
    """A file that is arriving: written, hashed, then kept or discarded."""

    def __init__(self, folder: Path, limit: int) -> None:
        super().__init__()
        descriptor, name = tempfile.mkstemp(prefix="upload-", dir=folder)
        self.path = Path(name)
        self.size = 0
        self._file = os.fdopen(descriptor, "w+b")
        self._hash = hashlib.sha256()
        self._limit = limit

    @property
    def sha256(self) -> str:
        """SHA-256 of what has been written, in hexadecimal."""
        return self._hash.hexdigest()

    def readable(self) -> bool:
        """It can be read back."""
        return True

    def writable(self) -> bool:
        """It can be written."""
        return True

    def seekable(self) -> bool:
        """It can be read again from the start."""
        return True

    def write(self, data: object) -> int:
        """Append bytes; :class:`UploadTooLargeError` beyond the limit, and the file is gone."""
        piece = cast("bytes", data)
        self.size += len(piece)
        if self.size > self._limit:
            self.discard()
            raise UploadTooLargeError
        self._hash.update(piece)
        return self._file.write(piece)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position."""
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """Read bytes."""
        return self._file.read(size)

    def settle(self) -> None:
        """Write everything out."""
        self._file.close()

    def discard(self) -> None:
        """Remove the temporary file, if it has not been kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Uploads:
    """The folder of uploads."""

    def __init__(self, data: Path, limit: int) -> None:
        self._kept = data / "uploads"
        self._arriving = data / "arriving"
        self._limit = limit
        for folder in (self._kept, self._arriving):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others, threads and processes, from keeping or removing uploads meanwhile.

        Between keeping an upload and writing the check that refers to it nobody may sweep.
        """
        with (self._kept.parent / "uploads.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def probe(self) -> None:
        """Write and remove an empty file; ``OSError`` says why uploads cannot be kept."""
        self.working_file(".probe").unlink()

    def receive(self) -> Incoming:
        """Open a file for what is about to arrive."""
        return Incoming(self._arriving, self._limit)

    def keep(self, incoming: Incoming) -> str:
        """Keep what has arrived and give its SHA-256; to be called while :meth:`held`."""
        incoming.settle()
        incoming.path.replace(self.path(incoming.sha256))
        return incoming.sha256

    def take_copy(self, source: IO[bytes]) -> Incoming:
        """Receive a file that is on this machine already."""
        incoming = self.receive()
        try:
            while piece := source.read(1 << 20):
                incoming.write(piece)
        except BaseException:
            incoming.discard()
            raise
        return incoming

    def path(self, sha256: str) -> Path:
        """Give where an upload is kept; a hash is all that goes into the name."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self._kept / sha256

    def sweep(self, in_use: Callable[[], set[str]]) -> int:
        """Remove every upload that nothing refers to, and stale temporary files; give their number.

        ``in_use`` is asked while :meth:`held`.
        """
        removed = 0
        with self.held():
            needed = in_use()
            for file in self._kept.iterdir():
                if file.name not in needed:
                    file.unlink(missing_ok=True)
                    removed += 1
        oldest = time.time() - _STALE
        for file in self._arriving.iterdir():
            try:
                if file.stat().st_mtime < oldest:
                    file.unlink()
                    removed += 1
            except FileNotFoundError:  # its request has just ended
                continue
        return removed

    def working_file(self, suffix: str) -> Path:
        """Make an empty temporary file, swept in time if its user forgets to remove it."""
        descriptor, name = tempfile.mkstemp(prefix="work-", suffix=suffix, dir=self._arriving)
        os.close(descriptor)
        return Path(name)
