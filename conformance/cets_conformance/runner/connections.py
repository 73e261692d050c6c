"""Ways to a system: a command, an address, a file of answers, a function of this process.

Each is a context manager that gives a :class:`~cets_conformance.runner.protocol.Connection` and
leaves nothing behind: no process, no socket.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from cets_conformance import direct, json_text
from cets_conformance.runner import protocol
from cets_conformance.runner.outcome import Remark
from cets_conformance.runner.process import Process
from cets_conformance.runner.protocol import LONGEST_LINE, Connection, Trouble

__all__ = ["Connect", "by_answers", "by_command", "by_function", "by_http"]

Connect = Callable[[], AbstractContextManager[Connection]]
"""Makes a new connection; leaving it may raise :class:`Trouble` too."""

Function = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""From operation and input to ``{"output"}``, ``{"error"}`` or ``{"skipped"}``."""


def by_command(command: Sequence[str]) -> Connect:
    """Reach a system as a command that speaks over its standard input and output."""

    @contextmanager
    def connect() -> Iterator[Connection]:
        process = Process(command)
        try:
            yield process
            process.finish()
        finally:
            process.kill()

    return connect


def by_http(base: str) -> Connect:
    """Reach a system at an address: ``POST {base}/start`` and ``POST {base}/run``."""

    @contextmanager
    def connect() -> Iterator[Connection]:
        # Nothing of the environment (proxies, netrc) comes between; a redirect is an answer of
        # the wrong status, and packed bodies are not asked for.
        with httpx.Client(trust_env=False, headers={"accept-encoding": "identity"}) as client:
            yield _Http(client, base.rstrip("/"))

    return connect


class _Http:
    def __init__(self, client: httpx.Client, base: str) -> None:
        self._client = client
        self._base = base

    def ask(self, message: Mapping[str, Any], timeout: float) -> Any:
        """Post a message to the address of its command."""
        body = protocol.encode(message)
        try:
            return protocol.read_object(self._within(timeout, str(message["cmd"]), body))
        except (httpx.TimeoutException, TimeoutError):
            raise Trouble("TIMED_OUT", seconds=f"{timeout:g}") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            says = str(error) or type(error).__name__
            raise Trouble("HTTP_FAILED", says=says) from None

    def _within(self, timeout: float, command: str, body: bytes) -> bytes:
        """Post and wait so long and no longer: what drips never reads as a timeout of its own."""
        posted: Future[bytes] = Future()

        def post() -> None:
            try:
                posted.set_result(self._post(command, body, timeout))
            except BaseException as error:  # noqa: BLE001  (it is raised again where it is awaited)
                posted.set_exception(error)

        threading.Thread(target=post, daemon=True).start()
        return posted.result(timeout)

    def _post(self, command: str, body: bytes, timeout: float) -> bytes:
        received = bytearray()
        with self._client.stream(
            "POST",
            f"{self._base}/{command}",
            content=body,
            headers={"content-type": "application/json"},
            timeout=timeout,
        ) as response:
            if response.status_code != httpx.codes.OK:
                raise Trouble("HTTP_STATUS", status=response.status_code)
            for chunk in response.iter_raw():
                received += chunk
                if len(received) > LONGEST_LINE:
                    raise Trouble("LINE_TOO_LONG", limit=LONGEST_LINE)
        return bytes(received)


def by_function(function: Function, name: str, operations: Sequence[str] = ()) -> Connect:
    """Reach a function of this process, such as the reference or a variant of it."""
    offered = list(operations or direct.operation_names())

    @contextmanager
    def connect() -> Iterator[Connection]:
        yield _Direct(function, name, offered)

    return connect


class _Direct:
    def __init__(self, function: Function, name: str, operations: list[str]) -> None:
        self._function = function
        self._name = name
        self._operations = operations

    def ask(self, message: Mapping[str, Any], timeout: float) -> Any:  # noqa: ARG002
        """Answer at once; a function of ours is not interrupted."""
        protocol.check(message, str(message["cmd"]))
        if message["cmd"] == "start":
            return {
                "protocol": protocol.PROTOCOL,
                "implementation": {"name": self._name, "version": "-", "language": "Python"},
                "ruleset": direct.ruleset_with({}).id,
                "operations": self._operations,
            }
        return {
            "seq": message["seq"],
            **self._function(str(message["operation"]), message["input"]),
        }


def by_answers(file: Path, known: Container[str]) -> Answers:
    """Read a file of answers, a JSON object a line, before anything is judged.

    ``known`` holds the ids that there are. Raises :class:`Trouble` where a line cannot be laid to
    a case: no JSON object, no id, an unknown id, an id twice. What else is wrong with a line is
    the outcome of its case.
    """
    lines: dict[str, Any] = {}
    try:
        text = file.read_bytes()
    except OSError as error:
        raise Trouble("ANSWERS_UNREADABLE", says=error.strerror or str(error)) from None
    for number, line in enumerate(text.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json_text.loads(line)
        except json_text.JsonTextError as error:
            raise Trouble("ANSWERS_LINE", line=number, says=error.message) from None
        name = value.get("id") if isinstance(value, dict) else None
        if not isinstance(name, str):
            raise Trouble("ANSWERS_LINE", line=number, says="no object with an id")
        if name not in known:
            raise Trouble("ANSWERS_UNKNOWN_ID", line=number, id=name)
        if name in lines:
            raise Trouble("ANSWERS_ID_TWICE", line=number, id=name)
        lines[name] = value
    return Answers(lines)


class Answers:
    """Answers given beforehand, by case."""

    partial = False
    """Whether results may be left out, because the form of the answers has no place for them."""

    def __init__(self, lines: Mapping[str, Any]) -> None:
        self._lines = lines

    def get(self, case_id: str) -> protocol.Answer | None:
        """Give the answer to a case; None where there is none, :class:`Trouble` on a bad one."""
        if case_id not in self._lines:
            return None
        message = self._lines[case_id]
        protocol.check(message, "answer_line")
        return protocol.Answer({name: item for name, item in message.items() if name != "id"})

    def shown(self, _case_id: str) -> frozenset[str] | None:
        """Name the results that the form of the answer can show; None for all."""
        return None

    def why_unanswered(self, _case_id: str) -> Remark:
        """Say why there is no answer."""
        return Remark("NOT_ANSWERED")
