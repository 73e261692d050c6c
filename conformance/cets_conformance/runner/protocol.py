"""The adapter protocol: messages of both sides, each held against the published schema.

One question, one answer, in turn. A line is one JSON object in UTF-8, ends with a newline and is
no longer than :data:`LONGEST_LINE`; the same objects are the bodies over HTTP. Whatever breaks
this is a :class:`Trouble` and never an answer: a crash is not a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from cets_conformance import direct, json_text, messages, published

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = [
    "LONGEST_LINE",
    "PROTOCOL",
    "Answer",
    "Connection",
    "Declared",
    "Trouble",
    "ask_case",
    "check",
    "encode",
    "read_object",
    "read_started",
    "start",
]

PROTOCOL = 1
"""Version of the protocol that is spoken here."""

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes a message may have, its newline counted."""

_SHOWN = 300


class Trouble(Exception):  # noqa: N818  (the field's word: not every trouble is our error)
    """What keeps a system from being judged: it crashed, hung, or broke the protocol.

    ``code`` is documented in the catalogue as ``run.problem.<code>``; ``values`` fill its text.
    ``broken`` says whether the connection must be made anew.
    """

    def __init__(self, code: str, /, *, broken: bool = True, **values: str | int) -> None:
        self.code = code
        self.broken = broken
        self.values: Mapping[str, str | int] = MappingProxyType(
            {
                name: shorten(item) if isinstance(item, str) else item
                for name, item in values.items()
            }
        )
        super().__init__(messages.text(f"run.problem.{code}", "en", **self.values))


class Connection(Protocol):
    """A way to a system, whatever lies between."""

    def ask(self, message: Mapping[str, Any], timeout: float) -> Any:
        """Send a message and give the JSON value that comes back within ``timeout`` seconds.

        Raises :class:`Trouble`.
        """


@dataclass(frozen=True, slots=True)
class Declared:
    """What a system says of itself at the start."""

    implementation: Mapping[str, str]
    """``name``, and where known ``version`` and ``language``."""
    operations: frozenset[str]
    """Operations it offers."""
    readings: Mapping[str, str] = field(default_factory=dict)
    """Choices of readings it computes under; the default where nothing is said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that kept the protocol."""

    body: Mapping[str, Any]
    """``{"output"}`` or ``{"error"}``; ``{"skipped": true, "message"?}`` where it declines."""

    @property
    def declined(self) -> str | None:
        """Why the system declines, ``""`` where it does not say; None where it answers."""
        return str(self.body.get("message", "")) if "skipped" in self.body else None


def shorten(text: str) -> str:
    """Cut a text for a message; control characters are made visible."""
    clean = "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)
    return clean if len(clean) <= _SHOWN else f"{clean[: _SHOWN - 1]}…"


@cache
def _judge(name: str) -> Validator:
    schema = {"$ref": f"urn:cets:schema:{published.VERSION}:protocol#/$defs/{name}"}
    return published.validator("protocol").evolve(schema=schema)


def check(message: Any, name: str) -> None:
    """Hold a message against definition ``name`` of the schema; raises :class:`Trouble`."""
    errors = sorted(_judge(name).iter_errors(message), key=lambda error: list(error.absolute_path))
    if errors:
        path = "".join(f"/{part}" for part in errors[0].absolute_path)
        raise Trouble("NOT_A_MESSAGE", path=path or "/", says=errors[0].message)


def encode(message: Mapping[str, Any]) -> bytes:
    """Write a message as one line; what we say keeps to the schema too."""
    check(message, str(message["cmd"]))
    return f"{json_text.dumps(message)}\n".encode()


def read_object(line: bytes) -> Any:
    """Read one line strictly; raises :class:`Trouble`."""
    try:
        return json_text.loads(line)
    except json_text.JsonTextError as error:
        raise Trouble("NOT_JSON", says=f"{error.code}: {error.message}") from None


def start(connection: Connection, timeout: float) -> Declared:
    """Begin: send ``start`` and read who answers; raises :class:`Trouble`."""
    return read_started(connection.ask({"cmd": "start", "protocol": PROTOCOL}, timeout))


def read_started(message: Any) -> Declared:
    """Read the answer to ``start``; another protocol, rules or reading is a :class:`Trouble`."""
    check(message, "started")
    if message["protocol"] != PROTOCOL:
        raise Trouble("WRONG_PROTOCOL", found=message["protocol"], expected=PROTOCOL)
    ruleset = direct.ruleset_with({}).id
    if message["ruleset"] != ruleset:
        raise Trouble("WRONG_RULESET", found=message["ruleset"], expected=ruleset)
    readings = message.get("readings", {})
    try:
        direct.ruleset_with(readings)
    except ValueError as error:
        raise Trouble("UNKNOWN_READING", says=str(error)) from None
    return Declared(message["implementation"], frozenset(message["operations"]), readings)


def ask_case(
    connection: Connection, seq: int, operation: str, value: Mapping[str, Any], timeout: float
) -> Answer:
    """Put one question; raises :class:`Trouble` for whatever is no answer to it."""
    message = connection.ask(
        {"cmd": "run", "seq": seq, "operation": operation, "input": value}, timeout
    )
    check(message, "answered")
    if type(message["seq"]) is not int or message["seq"] != seq:
        raise Trouble("WRONG_SEQ", found=str(message["seq"]), expected=seq)
    return Answer({name: item for name, item in message.items() if name != "seq"})
