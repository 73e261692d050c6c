"""A workbook before anything else reads it: unpacked in a stream, measured, its members checked."""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from .records import Limits, Progress, refusal

__all__ = ["Workbook", "chunks", "local", "parser", "verified"]

_CHUNK = 1 << 20
_OVERLAP = 64
_MEMBERS = 10_000

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, KeyError)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A verified workbook."""

    archive: zipfile.ZipFile
    """Open, every member measured and of the checksum it claims."""
    longest_string: int
    """Bytes of the longest shared string, at most."""
    sheets: dict[str, str]
    """Sheet name to the member that holds it."""


def verified(file: IO[bytes], limits: Limits, progress: Progress) -> Workbook:
    """Unpack every member in a stream; what is too large, damaged or hostile is refused."""
    try:
        archive = zipfile.ZipFile(file)
        _require_plain_members(archive)
        total, longest = 0, 0
        claimed = sum(info.file_size for info in archive.infolist())
        for info in archive.infolist():
            size, string = _measure(archive, info, limits, total)
            progress("open", total + size, max(claimed, total + size))
            total += size
            longest = max(longest, string)
        return Workbook(archive, longest, _sheets(archive))
    except NotImplementedError as error:
        raise refusal("WORKBOOK_UNREADABLE", reason=str(error)) from error
    except _DAMAGE as error:
        raise refusal("WORKBOOK_UNREADABLE", reason=str(error) or type(error).__name__) from error
    except expat.ExpatError as error:
        raise refusal("WORKBOOK_UNREADABLE", reason=f"XML: {error}") from error


def _require_plain_members(archive: zipfile.ZipFile) -> None:
    names: set[str] = set()
    for info in archive.infolist():
        name = info.filename.replace("\\", "/").casefold()
        if info.flag_bits & 0x1:
            raise refusal("WORKBOOK_ENCRYPTED")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise refusal("WORKBOOK_UNREADABLE", reason=f"member path {info.filename!r}")
        if name in names:
            raise refusal("WORKBOOK_UNREADABLE", reason=f"member twice: {info.filename!r}")
        names.add(name)
    if len(names) > _MEMBERS:
        raise refusal("WORKBOOK_UNREADABLE", reason=f"{len(names):,} members")


def chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack to the real end of a member, whatever size it claims, with its checksum verified."""
    honest = copy.copy(info)
    honest.file_size = 1 << 62
    with archive.open(honest) as member:
        while chunk := member.read(_CHUNK):
            yield chunk


def _measure(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, total: int
) -> tuple[int, int]:
    size, longest, since, tail = 0, 0, 0, b""
    is_xml = info.filename.casefold().endswith((".xml", ".rels", ".vml"))
    strings = info.filename.casefold().endswith("sharedstrings.xml")
    for chunk in chunks(archive, info):
        if is_xml and not size:
            _require_utf8(chunk, info.filename)
        size += len(chunk)
        if total + size > limits.unpacked:
            raise refusal("UNPACKED_TOO_LARGE", limit=f"{limits.unpacked:,}")
        window = tail + chunk
        if is_xml and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
            raise refusal("WORKBOOK_UNREADABLE", reason=f"DTD in {info.filename}")
        if strings:
            pieces = chunk.split(b"si>")
            longest = max(longest, since + len(pieces[0]), *map(len, pieces))
            since = len(pieces[-1]) + (since if len(pieces) == 1 else 0)
        tail = chunk[-_OVERLAP:]
    if size != info.file_size:
        raise refusal("WORKBOOK_UNREADABLE", reason=f"size of {info.filename} is not {size:,}")
    return size, longest


def _require_utf8(start: bytes, name: str) -> None:
    declared = re.match(rb"""[^<]*<\?xml[^>]*encoding\s*=\s*["']([^"']+)""", start[:200])
    usual = not declared or declared[1].lower() in {b"utf-8", b"us-ascii", b"ascii"}
    if not usual or b"\0" in start[:4] or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refusal("WORKBOOK_UNREADABLE", reason=f"{name} is not UTF-8")


def parser() -> expat.XMLParserType:
    """Give a parser that refuses a document with a DTD."""
    created = expat.ParserCreate(namespace_separator=None)

    def refuse(*_: object) -> None:
        raise refusal("WORKBOOK_UNREADABLE", reason="DTD")

    created.StartDoctypeDeclHandler = refuse
    created.buffer_text = True
    return created


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Map sheet names to members, by the workbook and its relations."""
    members = {
        info.filename.replace("\\", "/").casefold(): info.filename for info in archive.filelist
    }
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def on_sheet(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet" and "name" in attributes:
            sheets[attributes["name"]] = next(
                (v for k, v in attributes.items() if k.endswith(":id") or k == "id"), ""
            )

    def on_relation(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    for name, handler in (
        ("xl/workbook.xml", on_sheet),
        ("xl/_rels/workbook.xml.rels", on_relation),
    ):
        reader = parser()
        reader.StartElementHandler = handler
        reader.Parse(archive.read(members[name]), True)  # noqa: FBT003 - expat's own signature
    found: dict[str, str] = {}
    for sheet, identifier in sheets.items():
        target = targets.get(identifier, "").replace("\\", "/").casefold()
        path = target.removeprefix("/") if target.startswith(("/", "xl/")) else "xl/" + target
        if path in members:
            found[sheet] = members[path]
    return found


def local(tag: str) -> str:
    """Give the name of a tag without its prefix."""
    return tag.rpartition(":")[2]
