"""Opening a file: its limits, its format by content, the encoding of its text."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO

from .header import NOTHING_MAPPED
from .records import Limits, Place, Progress, refusal

__all__ = ["BOM", "Opened", "decode", "opened", "plausible_chinese", "require_plausible"]

_CHUNK = 1 << 20
_BLOCK = 4 << 20
"""Bytes read at a time: what is done once a block, whatever its length, tells below this."""
_IN_MEMORY = 16 << 20
_SNIFFED = 1 << 16
BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"
_TEXTS = frozenset({"csv", "jsonl"})

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"SQLite format 3", "SQLite"),
    (b"PARE", "Parquet (encrypted)"),
    (b"{\\rtf", "RTF"),
)


@dataclass(slots=True)
class Opened:
    """A file of a format that is read, not yet known to be within its limit of bytes."""

    file: IO[bytes]
    """Seekable."""
    name: str
    """File name."""
    format: str
    """``csv``, ``xlsx``, ``jsonl`` or ``parquet``."""
    limit: int
    """Bytes it may have."""
    size: int = 0
    """Bytes: as the file system has it, and once read as they were."""
    sha256: str = ""
    """Of what was read, in hexadecimal."""
    mapped: Mapping[str, str] = field(default_factory=lambda: NOTHING_MAPPED)
    """Columns by the squeezed headers that a person says stand for them."""

    def blocks(self) -> Iterator[bytes]:
        """Give all bytes from the first in blocks; after the last, size and hash are known."""
        self.file.seek(0)
        digest, size = hashlib.sha256(), 0
        while block := self.file.read(_BLOCK):
            size += len(block)
            _require_within(size, self.limit)
            digest.update(block)
            yield block
        self.size, self.sha256 = size, digest.hexdigest()

    def content(self) -> bytes:
        """Give all bytes."""
        return b"".join(self.blocks())


@contextmanager
def opened(
    source: Path | BinaryIO, name: str | None, limits: Limits, progress: Progress
) -> Iterator[Opened]:
    """Open ``source``; what is not text on disk is copied, in chunks and no further than its limit.

    Text is read from where it lies: whoever reads it takes size, hash and cells from one pass.
    """
    if not isinstance(source, Path):
        with _copied(source, name or "", limits, progress) as copy:
            yield copy
        return
    with _opened_path(source) as stream:
        name = name or source.name
        if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            size = os.fstat(stream.fileno()).st_size
            _require_within(size, limits.bytes)
            kind = _sniff(stream)
            if kind in _TEXTS:
                yield Opened(stream, name, kind, limits.bytes, size)
                return
        with _copied(stream, name, limits, progress) as copy:
            yield copy


@contextmanager
def _copied(stream: IO[bytes], name: str, limits: Limits, progress: Progress) -> Iterator[Opened]:
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        size, digest = _copy(stream, spool, limits, progress)
        yield Opened(spool, name, _sniff(spool), limits.bytes, size, digest)


def _opened_path(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise refusal("FILE_NOT_OPENED", reason=error.strerror or type(error).__name__) from error


def _copy(
    stream: IO[bytes], spool: IO[bytes], limits: Limits, progress: Progress
) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        _require_within(size, limits.bytes)
        digest.update(chunk)
        spool.write(chunk)
        progress("open", size, None)
    return size, digest.hexdigest()


def _require_within(size: int, limit: int) -> None:
    if size > limit:
        raise refusal("FILE_TOO_LARGE", limit=f"{limit:,}")


def _sniff(file: IO[bytes]) -> str:
    """Tell the format by the first bytes, and leave the file at its start."""
    file.seek(0)
    head = file.read(_SNIFFED)
    if not head:
        raise refusal("EMPTY_FILE")
    kind = _format_of(head, file)
    file.seek(0)
    return kind


def _format_of(head: bytes, spool: IO[bytes]) -> str:
    if head.startswith(b"PK"):
        return _sniff_zip(spool)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_workbook(spool)
    looks = next((looks for magic, looks in _MAGIC if head.startswith(magic)), None)
    if looks:
        raise refusal("FORMAT_UNKNOWN", looks=looks)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refusal("ENCODING_UTF16")
    return _sniff_text(head.removeprefix(BOM).lstrip(_BLANK), head)


def _sniff_text(text: bytes, head: bytes) -> str:
    if not text and len(head) < _SNIFFED:
        raise refusal("EMPTY_FILE")
    if text.startswith(b"{"):
        return "jsonl"
    if text.startswith(b"["):
        raise refusal("FORMAT_UNKNOWN", looks="JSON array")
    if text.startswith(b"<"):
        raise refusal("FORMAT_UNKNOWN", looks="XML" if text.startswith(b"<?xml") else "HTML")
    return "csv"


def _old_workbook(spool: IO[bytes]) -> Exception:
    spool.seek(0)
    protected = "EncryptedPackage".encode("utf-16-le") in spool.read()
    return refusal("WORKBOOK_ENCRYPTED" if protected else "OLD_XLS")


def _sniff_zip(spool: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(spool) as archive:
            names = {name.replace("\\", "/").lstrip("/").casefold() for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise refusal("WORKBOOK_UNREADABLE", reason=str(error)) from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    looks = "ZIP"
    if "xl/workbook.bin" in names:
        looks = "XLSB"
    elif "content.xml" in names:
        looks = "OpenDocument (.ods)"
    elif any(name.startswith("word/") for name in names):
        looks = "Word (.docx)"
    raise refusal("FORMAT_UNKNOWN", looks=looks)


def decode(content: bytes) -> tuple[bytes, str]:
    """Give the text as UTF-8 and the name of the encoding it is in: UTF-8 before GB18030.

    What decodes but is not plausible text is refused.
    """
    zero = content.find(b"\0")
    if zero >= 0:
        row = content.count(b"\n", 0, zero) + 1
        raise refusal("NUL_BYTE", Place(None, row, None), row=str(row))
    marked = content.startswith(BOM)
    content = content.removeprefix(BOM)
    encoding = "utf-8"
    try:
        content.decode()
    except UnicodeDecodeError as error:
        if marked:
            raise _unknown(content, error.start, "UTF-8 BOM") from error
        encoding = "gb18030"
        try:
            content = content.decode(encoding).removeprefix("\ufeff").encode()
        except UnicodeDecodeError as wrong:
            raise _unknown(content, wrong.start, f"0x{content[wrong.start]:02X}") from wrong
    require_plausible(content)
    return content, encoding


def _unknown(content: bytes, at: int, found: str) -> Exception:
    row = content.count(b"\n", 0, at) + 1
    return refusal("ENCODING_UNKNOWN", Place(None, row, None), found, row=str(row))


_ASCII = bytes(range(128))
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r")) + b"\x7f"


def require_plausible(content: bytes) -> None:
    """Refuse text with control characters, or with others that no text has."""
    if len(content.translate(None, _CONTROLS)) != len(content):
        at = min(content.find(bytes((c,))) for c in _CONTROLS if bytes((c,)) in content)
        raise _unknown(content, at, f"U+{content[at]:04X}")
    others = content.translate(None, _ASCII).decode()
    for character in sorted(set(others)):
        if not _is_text(character):
            at = content.find(character.encode())
            raise _unknown(content, at, f"U+{ord(character):04X}")
    replaced = content.find("锟斤拷".encode())
    if replaced >= 0:
        raise _unknown(content, replaced, "锟斤拷")


def _is_text(character: str) -> bool:
    """Tell whether a character stands in real text; the CJK planes count as assigned."""
    code = ord(character)
    if 0x20000 <= code <= 0x3FFFD:
        return code & 0xFFFF < 0xFFFE
    return character != "\ufffd" and unicodedata.category(character) not in {"Cc", "Cn", "Co", "Cs"}


def plausible_chinese(content: bytes) -> bool:
    """Tell whether text that decoded as GB18030 is made of the characters that people write."""
    text = [c for c in content[:_SNIFFED].decode(errors="ignore") if not c.isascii()]
    if not text:
        return True
    usual = 0
    for character in text:
        code = character.encode("gb2312", "ignore")
        usual += bool(code) and (code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7)
    return usual >= 0.8 * len(text)
