"""Receives what a request brings to be checked, without holding a table in memory."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterable, Mapping
from typing import IO, Any, cast

import flask
from flask import request
from gunicorn.http.errors import ParseException
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import ClientDisconnected
from werkzeug.formparser import FormDataParser

from cets_conformance import json_text
from cets_conformance.comparison import MOST, ComparisonError, check_names
from cets_conformance.json_text import JsonTextError
from cets_conformance.tables import OptionError, Options
from cets_service import cookies, problems
from cets_service.checking import Received
from cets_service.comparing import ReceivedTable, ReceivedTables
from cets_service.problems import Problem, of_comparison
from cets_service.services import current
from cets_service.uploads import Incoming, Uploads, UploadTooLargeError

__all__ = [
    "BODY_LIMIT",
    "UploadRequest",
    "drain",
    "read_body",
    "read_json",
    "read_options",
    "receive_file",
    "receive_form",
    "receive_rows",
    "receive_tables",
]

BODY_LIMIT = 8 * 1024 * 1024
"""Greatest size of a JSON body, bytes."""

FORM_PARTS = 60
"""Fields and files of one form."""

FORM_MEMORY = 256 * 1024
"""Size of one field of a form that is no file, bytes."""

NAME_LENGTH = 120
"""Characters of a file name that are kept."""

_DRAIN_SECONDS = 20.0
_YES = frozenset({"1", "true", "on", "yes", "是"})
_NO = frozenset({"0", "false", "off", "no", "否"})
_FLAGS = frozenset({"solve_balance", "national"})
_TEXTS = frozenset({"kind", "unit", "sheet"})
_OF_EACH = frozenset({"name", "headers"})
"""Fields of a comparison that are given for each table."""
_FAMILIES = re.compile(r"(balance|reading)[._](.+)", re.DOTALL)


class UploadRequest(flask.Request):
    """A request whose files go straight to where uploads arrive."""

    uploads: Uploads | None = None
    """Where files go; the endpoint that takes files sets it, no other does."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.arriving: list[Incoming] = []

    def make_form_data_parser(self) -> FormDataParser:
        """Give the parser of forms; a broken form is an error, not an empty form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.uploads is None:
            return super()._get_file_stream(
                total_content_length, content_type, filename, content_length
            )
        incoming = self.uploads.receive()
        self.arriving.append(incoming)
        return cast("IO[bytes]", incoming)

    def discard_arriving(self) -> None:
        """Remove what arrived and was not kept; what was kept has left its temporary name."""
        for incoming in self.arriving:
            incoming.discard()


def receive_form(*, with_token: bool = False) -> Received:
    """Receive a table sent as ``multipart/form-data``: the file, perhaps a second, and options.

    A page's form must bring its token along (``with_token``).
    """
    fields, files = _receive_parts(2 * current().config.max_upload, with_token=with_token)
    options = _read_options(fields, _FLAGS | _TEXTS | {"headers"})
    found = {name: _one_file(name, files.getlist(name)) for name in files}
    for name in found:
        if name not in ("file", "previous"):
            raise Problem("FIELD_UNKNOWN", found=name[:80], known="file, previous")
    if found.get("file") is None:
        raise Problem("FILE_MISSING")
    main = cast("FileStorage", found["file"])
    before = found.get("previous")
    return Received(
        shown_name(main.filename or ""),
        "file",
        options,
        cast("Incoming", main.stream),
        cast("Incoming", before.stream) if before is not None else None,
    )


def receive_tables(*, with_token: bool = False) -> ReceivedTables:
    """Receive tables to compare, sent as ``multipart/form-data``.

    Files are ``table``, repeated; ``name``, repeated in the same order, says whose each one is.
    Without any name the tables are called by their files. Places left empty are passed over.
    ``headers``, repeated in the same order, is a JSON object as of a check: for that table alone.
    """
    given, files = _receive_parts(MOST * current().config.max_upload, with_token=with_token)
    for name in files:
        if name != "table":
            raise Problem("FIELD_UNKNOWN", found=name[:80], known="table, name, headers")
    names = [_plain(text) for name, text in given if name == "name"]
    options = _read_options([field for field in given if field[0] not in _OF_EACH], _TEXTS)
    sent = files.getlist("table")
    headers = _headers_of_each([text for name, text in given if name == "headers"], len(sent))
    named = any(names)
    if named and len(names) != len(sent):
        raise of_comparison("NUMBER_OF_NAMES", found=str(len(names)), expected=str(len(sent)))
    tables = []
    for position, file in enumerate(sent):
        incoming = cast("Incoming", file.stream)
        name = names[position] if named else ""
        if not file.filename and not incoming.size:
            if name:
                raise Problem("FILE_MISSING")
            continue
        shown = shown_name(file.filename or "")
        called = name or shown.rsplit(".", 1)[0][:64]
        tables.append(ReceivedTable(called, shown, incoming, headers[position]))
    try:
        check_names([table.name for table in tables], len(tables))
    except ComparisonError as error:
        raise of_comparison(error.code, **error.values) from None
    return ReceivedTables(tables, options)


def receive_file(*known: str) -> tuple[dict[str, str], bytes]:
    """Receive a page's form of few texts, those ``known``, and one file of limited size, ``file``.

    A field that is absent is empty, so is the file. The form must bring its token along.
    """
    fields, files = _receive_parts(BODY_LIMIT, with_token=True)
    for name in {name for name, _ in fields} | set(files):
        if name not in (*known, "file"):
            raise Problem("FIELD_UNKNOWN", found=name[:80], known=", ".join((*known, "file")))
    given = _one_file("file", files.getlist("file"))
    content = b""
    if given is not None:
        incoming = cast("Incoming", given.stream)
        if incoming.size > BODY_LIMIT:
            raise Problem("UPLOAD_TOO_LARGE", limit=_megabytes(BODY_LIMIT))
        incoming.seek(0)
        content = incoming.read()
    return {name: dict(fields).get(name, "") for name in known}, content


def _receive_parts(
    size: int, *, with_token: bool
) -> tuple[list[tuple[str, str]], MultiDict[str, FileStorage]]:
    """Receive the parts of a form: its texts but the token, and its files, long ones on disk."""
    limit = current().config.max_upload
    incoming_request = cast("UploadRequest", request)
    incoming_request.uploads = current().uploads
    incoming_request.max_content_length = size + FORM_PARTS * 1024 + FORM_MEMORY
    incoming_request.max_form_parts = FORM_PARTS
    incoming_request.max_form_memory_size = FORM_MEMORY
    try:
        form, files = request.form, request.files
    except UploadTooLargeError:
        raise Problem("UPLOAD_TOO_LARGE", limit=_megabytes(limit)) from None
    except ClientDisconnected:
        raise Problem("BROKEN_OFF") from None
    except ValueError:
        raise Problem("BROKEN_FORM") from None
    if None in form or None in files:  # a part whose name is missing or cannot be read
        raise Problem("BROKEN_FORM")
    fields = list(form.items(multi=True))
    if with_token:
        cookies.check_form(form.get("form_token"))
        fields = [field for field in fields if field[0] != "form_token"]
    return fields, files


def _one_file(name: str, files: list[FileStorage]) -> FileStorage | None:
    """Give a field's file; a field that a browser left empty has neither name nor content."""
    given = [file for file in files if file.filename or cast("Incoming", file.stream).size]
    if len(given) > 1:
        raise Problem("FIELD_TWICE", found=name[:80])
    return given[0] if given else None


def receive_rows() -> Received:
    """Receive rows and options sent as one JSON object."""
    raw = read_body()
    value = read_json(raw)
    rows = value.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Problem("ROWS_MISSING")
    options = read_options({key: item for key, item in value.items() if key != "rows"})
    incoming = current().uploads.receive()
    cast("UploadRequest", request).arriving.append(incoming)
    incoming.write(raw)
    return Received("rows.json", "rows", options, incoming, rows=rows)


def read_body(*media: str) -> bytes:
    """Read a body of limited size, JSON by default; its media type must say what it is."""
    known = media or ("application/json",)
    if request.mimetype not in known:
        raise Problem("CONTENT_TYPE", found=request.mimetype[:80], known=", ".join(known))
    request.max_content_length = BODY_LIMIT
    try:
        return request.get_data(cache=False)
    except ClientDisconnected:
        raise Problem("BROKEN_OFF") from None


def read_json(raw: bytes) -> dict[str, Any]:
    """Read a JSON object strictly; a problem says where it is none."""
    try:
        value = json_text.loads(raw)
    except JsonTextError as error:
        raise problems.of_json(error) from None
    if not isinstance(value, dict):
        raise Problem("BODY_NOT_OBJECT")
    return value


def _read_options(fields: Iterable[tuple[str, str]], plain: frozenset[str]) -> Options:
    """Read options from a form, ``plain`` ones and families; empty fields count as absent."""
    found: dict[str, Any] = {}
    for name, text in fields:
        value = text.strip()
        if not value:
            continue
        family = _FAMILIES.fullmatch(name)
        if family:
            place = found.setdefault("balance" if family[1] == "balance" else "readings", {})
            key: str = family[2]
        elif name in plain:
            place, key = found, name
        else:
            known = [*sorted(plain), "balance.<sector>", "reading.<id>"]
            raise Problem("FIELD_UNKNOWN", found=name[:80], known=", ".join(known))
        if key in place:
            raise Problem("FIELD_TWICE", found=name[:80])
        place[key] = _read_flag(value) if name in _FLAGS else value
    if "headers" in found:
        found["headers"] = read_json(found["headers"].encode("utf-8", "surrogatepass"))
    return read_options(found)


def read_options(value: Mapping[str, Any]) -> Options:
    """Read options from JSON; a problem names the first that cannot be taken."""
    try:
        return Options.from_json(value)
    except OptionError as error:
        raise problems.of_option(error) from None


def _headers_of_each(given: list[str], count: int) -> list[Mapping[str, str]]:
    """Read what the headers of each table stand for: said of every table, or of none."""
    if given and len(given) != count:
        raise of_comparison("NUMBER_OF_HEADERS", found=str(len(given)), expected=str(count))
    plain = frozenset({"headers"})
    return [_read_options([("headers", text)], plain).headers for text in given or [""] * count]


def _read_flag(value: str) -> bool | str:
    lowered = value.lower()
    return True if lowered in _YES else False if lowered in _NO else value


def shown_name(given: str) -> str:
    """Give the name a file is shown by: without folders and control characters, not too long."""
    last = re.split(r"[/\\]", given)[-1]
    plain = _plain(last)
    if len(plain) > NAME_LENGTH:
        plain = f"{plain[: NAME_LENGTH - 20]}…{plain[-19:]}"
    return plain if plain.strip(".") else "table"


def _plain(text: str) -> str:
    """Give a line of text without what cannot be seen."""
    return "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ).strip()


def drain() -> None:
    """Read and drop what remains of a refused body, within limits.

    A client that still writes when the connection closes never sees why it was refused.
    """
    stream = request.environ["wsgi.input"]
    ends = "wsgi.input_terminated" in request.environ
    remaining = 4 * current().config.max_upload
    if not ends:
        remaining = min(remaining, request.content_length or 0)
    deadline = time.monotonic() + _DRAIN_SECONDS
    while remaining > 0 and time.monotonic() < deadline:
        try:
            piece = stream.read(min(remaining, 1 << 16))
        except ParseException:
            return
        if not piece:
            return
        remaining -= len(piece)


def _megabytes(size: int) -> str:
    """Print a size for a person, MB."""
    return f"{size / 1024 / 1024:.4g}"
