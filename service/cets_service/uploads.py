"""Uploads by content: a file is kept under its SHA-256, written once, removed when unused.

An upload is written to a temporary file while it arrives, a short one when a file of it is wanted;
it is hashed on the way and put into place once it is whole: nothing half is ever seen. The place is
a folder, or whatever else fsspec knows: then an upload is fetched to a temporary file to be read.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from cets_service.private import make_folder, opener

__all__ = ["Incoming", "UploadTooLargeError", "Uploads"]

_SHORT = 64 * 1024
"""Size up to which an upload arrives in memory, bytes."""

_STALE = 6 * 3600
"""Age at which a temporary file belongs to nobody any more, seconds."""

_BATCH = 100
"""Uploads that are removed at a time, while others wait."""

_FRESH = 3600
"""Age before which nothing is removed from a place outside our own folder, seconds: the lock does
not reach other machines, and they may be about to refer to it."""


class UploadTooLargeError(Exception):
    """An upload that goes beyond the limit of one file."""


class Incoming(io.RawIOBase):
    """A file that is arriving: written, hashed, then kept or discarded."""

    def __init__(self, folder: Path, limit: int) -> None:
        super().__init__()
        self.size = 0
        self._folder = folder
        self._path: Path | None = None
        self._file: IO[bytes] = io.BytesIO()
        self._hash = hashlib.sha256()
        self._limit = limit

    @property
    def path(self) -> Path:
        """A file of all that has been written; neither written nor read here from now on."""
        path = self._path or self._move_to_disk()
        self._file.close()
        return path

    def _move_to_disk(self) -> Path:
        descriptor, name = tempfile.mkstemp(prefix="upload-", dir=self._folder)
        self._path = Path(name)
        written = cast("io.BytesIO", self._file).getbuffer()
        self._file = os.fdopen(descriptor, "w+b")
        self._file.write(written)
        return self._path

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
        if self._path is None and self.size > _SHORT:
            self._move_to_disk()
        self._hash.update(piece)
        return self._file.write(piece)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position."""
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """Read bytes."""
        return self._file.read(size)

    def move_to(self, place: str) -> None:
        """Move the file of all that has been written to a place on the same file system."""
        self.path.replace(place)
        self._path = None

    def discard(self) -> None:
        """Remove the temporary file, if there is one and it has not been moved."""
        self._file.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)


class Uploads:
    """The place of uploads: ``address`` is a folder or an address that fsspec knows.

    ``data`` is a folder of this machine, for what arrives and for the lock.
    """

    def __init__(self, data: Path, limit: int, address: str = "") -> None:
        self._arriving = data / "arriving"
        self._lock = data / "uploads.lock"
        self._limit = limit
        self._system: Any
        self._system, self._root = fsspec.url_to_fs(address or str(data / "uploads"))
        self._local = isinstance(self._system, LocalFileSystem)
        self._alone = self._local and Path(self._root).is_relative_to(data.absolute())
        make_folder(self._arriving)
        self._beside = False
        """Whether what arrives is on the same file system as what is kept."""
        if self._local:
            make_folder(Path(self._root))
            self._beside = self._arriving.stat().st_dev == Path(self._root).stat().st_dev

    @contextmanager
    def held(self, *, alone: bool = False) -> Iterator[None]:
        """Keep others, threads and processes, from removing uploads meanwhile; ``alone``: from
        keeping any too.

        Between keeping an upload and writing the check that refers to it nobody may sweep.
        """
        with open(self._lock, "wb", opener=opener) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

    def probe(self) -> None:
        """Write and remove an empty file; ``OSError`` says why uploads cannot be kept."""
        self.working_file(".probe").unlink()

    def receive(self) -> Incoming:
        """Open a file for what is about to arrive."""
        return Incoming(self._arriving, self._limit)

    def may_have(self, sha256: str) -> bool:
        """Tell whether an upload may be kept already; False where it certainly is not."""
        return not self._local or Path(self._place(sha256)).exists()

    def keep(self, incoming: Incoming) -> str:
        """Keep what has arrived and give its SHA-256; to be called while :meth:`held`."""
        if not self._local:
            self._system.put_file(str(incoming.path), self._place(incoming.sha256))
            incoming.discard()
        elif self._beside:
            incoming.move_to(self._place(incoming.sha256))
        else:
            self._move_across(incoming)
        return incoming.sha256

    def _move_across(self, incoming: Incoming) -> None:
        """Copy to another file system beside its place, then rename: it is never seen half."""
        part = f"{self._place(incoming.sha256)}.{incoming.path.name}"  # another may keep the same
        self._system.put_file(str(incoming.path), part)
        Path(part).replace(self._place(incoming.sha256))
        incoming.discard()

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

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """Give an upload as a file of this machine, meanwhile; ``FileNotFoundError`` if gone."""
        place = self._place(sha256)
        if self._local:
            yield Path(place)
            return
        copy = self.working_file(".upload")
        try:
            self._system.get_file(place, str(copy))
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    def _place(self, sha256: str) -> str:
        """Give where an upload is kept; a hash is all that goes into the name."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return f"{self._root}/{sha256}"

    def sweep(self, in_use: Callable[[], set[str]], some: Collection[str] | None = None) -> int:
        """Remove every upload that nothing refers to, and stale temporary files; give their number.

        ``some``: only these uploads, and no temporary files.

        To list all takes long, and so does ``in_use``; others keep uploads meanwhile. One that was
        kept before its mark is taken is referred to when ``in_use`` is asked again; one that is
        kept later has another mark.
        """
        listed = set(self.names() if some is None else some)
        unused = {name: self._mark(name) for name in listed - in_use()}
        if unused:
            with self.held(alone=True):
                pass  # who has kept one by now has also written what refers to it
            for name in in_use() & unused.keys():
                del unused[name]
        names = sorted(unused)
        removed = 0
        for first in range(0, len(names), _BATCH):
            with self.held(alone=True):
                for name in names[first : first + _BATCH]:
                    if unused[name] and self._mark(name) == unused[name]:
                        self._remove(name)
                        removed += 1
        return removed + (self._sweep_arriving() if some is None else 0)

    def names(self) -> list[str]:
        """Give the names of all that is kept."""
        self._system.invalidate_cache()
        found = self._system.ls(self._root, detail=False) if self._system.exists(self._root) else []
        return sorted(str(path).rstrip("/").rsplit("/", 1)[-1] for path in found)

    def _remove(self, name: str) -> None:
        try:
            self._system.rm_file(f"{self._root}/{name}")
        except FileNotFoundError:  # another machine was faster
            return

    def _mark(self, name: str) -> tuple[float, ...] | None:
        """Give what is not the same once an upload has been kept anew; None: it must stay."""
        path = f"{self._root}/{name}"
        try:
            if self._alone:
                found = Path(path).stat()
                return found.st_ino, found.st_ctime_ns, found.st_mtime_ns
            modified: datetime = self._system.modified(path)
        except FileNotFoundError:
            return None
        moment = modified.timestamp()
        return (moment,) if time.time() - moment > _FRESH else None

    def _sweep_arriving(self) -> int:
        removed = 0
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
