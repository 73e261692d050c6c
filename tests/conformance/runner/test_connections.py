"""HTTP, answers files and skip files: other ways to a system, the same outcomes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.conformance.runner.fixtures import CASES, answer
from tests.conformance.runner.systems.started import STARTED

from cets_conformance.runner import (
    Plan,
    SelectionError,
    Trouble,
    by_answers,
    by_http,
    judge_answers,
    read_skips,
    run,
    select_operations,
)

IDS = {item.id for item in CASES}


@contextmanager
def server(way: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert self.path == f"/api/{message['cmd']}"
            body = STARTED
            if message["cmd"] == "run":
                given = answer(message["operation"], message["input"])
                body = {"seq": message["seq"], **given}
            data = json.dumps(body).encode()
            if message["cmd"] == "run" and way == "hangs":
                time.sleep(0.5)
            if message["cmd"] == "run" and way == "drips":  # a header that never ends
                with suppress(OSError):
                    for sign in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 20:
                        self.wfile.write(bytes((sign,)))
                        time.sleep(0.05)
                return
            self.send_response(500 if message["cmd"] == "run" and way == "status" else 200)
            self.end_headers()
            if message["cmd"] == "run" and way == "large":
                data = b" " * (9 * 1024 * 1024)
            with suppress(OSError):  # the runner has gone
                self.wfile.write(data[:20] if message["cmd"] == "run" and way == "half" else data)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/api/"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ("honest", None),
        ("status", "HTTP_STATUS"),
        ("hangs", "TIMED_OUT"),
        ("drips", "TIMED_OUT"),
        ("half", "NOT_JSON"),
        ("large", "LINE_TOO_LONG"),
    ],
)
def test_a_system_over_http(way: str, code: str | None) -> None:
    slow = way in ("hangs", "drips")
    with server(way) as url:
        begun = time.monotonic()
        outcome = run(by_http(url), Plan(cases=CASES[:3], timeout=0.25 if slow else 3))
        assert time.monotonic() - begun < 3 or not slow
    assert {item.remark.code for item in outcome.results if item.remark} == ({code} - {None})
    assert outcome.verdict == ("not_checked" if code else "conforms")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "no address", "file:///etc"])
def test_an_address_where_nobody_answers(url: str) -> None:
    outcome = run(by_http(url), Plan(cases=CASES, timeout=1))
    assert [item.code for item in outcome.problems] == ["HTTP_FAILED"]


def answers_file(folder: Path, *lines: str) -> Path:
    file = folder / "answers.jsonl"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def right_lines() -> list[str]:
    return [json.dumps({"id": item.id, **item.expected}) for item in CASES]


def test_answers_given_beforehand(tmp_path: Path) -> None:
    lines = right_lines()
    whole = judge_answers(by_answers(answers_file(tmp_path, *lines), IDS), "a", Plan(cases=CASES))
    assert whole.verdict == "conforms"
    lines[1] = json.dumps({"id": CASES[1].id, "output": {}, "error": {"code": "X"}})
    part = by_answers(answers_file(tmp_path, *lines[:-1]), IDS)
    left = judge_answers(part, "a", Plan(cases=CASES))
    assert [item.outcome for item in left.results] == ["pass", "error", "pass", "pass", "not_run"]
    assert left.verdict == "not_checked"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "ANSWERS_LINE"),
        ("[]", "ANSWERS_LINE"),
        ('{"output": {}}', "ANSWERS_LINE"),
        ('{"id": "scope/none", "output": {}}', "ANSWERS_UNKNOWN_ID"),
        (right_lines()[0], "ANSWERS_ID_TWICE"),
    ],
)
def test_a_line_that_belongs_to_no_case_makes_the_file_unreadable(
    line: str, code: str, tmp_path: Path
) -> None:
    with pytest.raises(Trouble) as raised:
        by_answers(answers_file(tmp_path, *right_lines(), line), IDS)
    assert raised.value.code == code


def test_a_skip_file_is_lines_or_toml() -> None:
    expected = {"emissions/gases": "ticket 7: later"}
    assert read_skips("# known\nemissions/gases: ticket 7: later\n", IDS) == expected
    assert read_skips('"emissions/gases" = "ticket 7: later"\n', IDS) == expected
    assert read_skips("", IDS) == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("emissions/gases:\n", "SKIP_WITHOUT_REASON"),
        ("emissions/gases\n", "SKIP_WITHOUT_REASON"),
        ('"emissions/gases" = 3\n', "SKIP_WITHOUT_REASON"),
        ("emissions/none: x\n", "SKIP_UNKNOWN_ID"),
        ("emissions/gases: x\nemissions/gases: y\n", "SKIP_ID_TWICE"),
    ],
)
def test_a_skip_entry_needs_a_known_id_once_and_a_reason(text: str, code: str) -> None:
    with pytest.raises(SelectionError) as raised:
        read_skips(text, IDS)
    assert raised.value.code == code


def test_operations_are_chosen_within_a_level_in_the_order_of_the_rulebook() -> None:
    assert select_operations("allocation", ("scope", "emissions")) == ("emissions", "scope")
    assert len(select_operations("full")) == 11
    with pytest.raises(SelectionError):
        select_operations("issuance", ("scope",))
