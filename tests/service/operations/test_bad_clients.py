"""The real server among bad clients: they are refused and logged, and others are answered."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from datetime import datetime

import httpx
import pytest

from .conftest import serving

THREADS = 4
PATIENCE = 8
"""Less than what a slow client is given, seconds: what takes no longer did not wait for one."""
LENGTHY = (
    b"POST /api/v1/checks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="t"\r\n\r\n'
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One server for nearly all: whatever came before, it goes on."""
    with serving(tmp_path_factory.mktemp("server")) as start:
        yield start(CETS_PROCESSES="1", CETS_THREADS=str(THREADS))


@pytest.fixture
def server(shared):
    return shared.from_now_on()


def answer(connection):
    """Read what comes until the other side closes."""
    pieces = []
    try:
        while piece := connection.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    connection.close()
    return b"".join(pieces)


def is_answered(server, right_table):
    """Have a table checked without a thread that a slow client has given back."""
    began = time.monotonic()
    with httpx.Client(base_url=server.base, timeout=PATIENCE) as client:
        checked = client.post("/api/v1/checks", files={"file": ("t.csv", right_table)})
    assert checked.json()["verdict"] == "conforms"
    return time.monotonic() - began < PATIENCE


def test_slow_clients_keep_nobody_waiting_and_are_left_in_time(server, right_table):
    """Five times as many as there are threads: slow heads, slow bodies, silence, half requests."""
    kinds = {
        "head": b"GET /zh/ HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "body": b"POST /api/v1/compute/scope HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n"
        b"Content-Type: application/json\r\n\r\n{",
        "silent": b"",
        "second": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT",
    }
    slow = {
        kind: [server.connect(content) for _ in range(5 * THREADS)]
        for kind, content in kinds.items()
    }
    long = [server.connect(LENGTHY + b"1" * 70_000) for _ in range(5 * THREADS)]
    deadline = time.monotonic() + 9
    while time.monotonic() < deadline:
        assert is_answered(server, right_table)
        for kind in ("head", "body"):
            for connection in slow[kind]:
                connection.sendall(b"a")
        time.sleep(1)
    for kind in ("head", "body"):
        for connection in slow[kind]:
            assert answer(connection).startswith(b"HTTP/1.1 408 ")
    for connection in slow["silent"]:
        assert answer(connection) == b""
    for connection in slow["second"]:
        first, second = answer(connection).split(b'{"status":"ok"}')
        assert first.startswith(b"HTTP/1.1 200 ")
        assert second.startswith(b"HTTP/1.1 408 ")
    ends = [answer(connection) for connection in long]
    assert sum(b"BROKEN_FORM" in end for end in ends) == THREADS // 2
    assert sum(end.startswith(b"HTTP/1.1 408 ") for end in ends) == 5 * THREADS - THREADS // 2
    assert list((server.data / "arriving").iterdir()) == []
    assert is_answered(server, right_table)
    events = server.events()
    assert (
        sum("Request Timeout" in event["event"] for event in events) == 20 * THREADS - THREADS // 2
    )
    assert sum("too slowly" in event["event"] for event in events) == THREADS // 2
    assert not any("exception" in event for event in events)


def test_a_request_in_pieces_and_several_at_once_are_answered(server):
    body = b'{"gases":{"co2":"1","cf4":"0","c2f6":"0"}}'
    content = (
        b"POST /api/v1/compute/emissions HTTP/1.1\r\nHost: x\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    connection = server.connect(b"")
    for place in range(0, len(content), 7):
        connection.sendall(content[place : place + 7])
        time.sleep(0.002)
    connection.sendall(content * 2 + content.replace(b"Host: x", b"Host: x\r\nConnection: close"))
    assert answer(connection).count(b'"verified_emissions":"1"') == 4

    chunked = content.replace(b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked")
    chunked = chunked.replace(body, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    connection = server.connect(chunked.replace(b"Host: x", b"Host: x\r\nConnection: close"))
    assert b'"verified_emissions":"1"' in answer(connection)

    expecting = content.replace(b"Host: x", b"Host: x\r\nExpect: 100-continue\r\nConnection: close")
    head = expecting[: -len(body)]
    connection = server.connect(head)
    assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    connection.sendall(body)
    assert b'"verified_emissions":"1"' in answer(connection)


REFUSED = {
    "a huge header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 40_000 + b"\r\n\r\n",
    "a header without end": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 200_000,
    "ten thousand headers": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 10_000 + b"\r\n",
    "a long address": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "two lengths": b"POST /api/v1/checks HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Content-Length: 2\r\n\r\nab",
    "length and chunks": b"POST /api/v1/checks HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST /api/v1/checks HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a piece of no size": b"POST /api/v1/checks HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "a piece that does not end": b"POST /api/v1/compute/emissions HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n",
    "a form in pieces": b"POST /zh/checks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: multipart/form-data; boundary=x\r\n\r\n-1\r\n",
    "too much, in pieces": b"POST /api/v1/compute/emissions HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n800001\r\n"
    + b" " * 0x800001
    + b"ZZ",
    "a line in a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n\r\n",
    "a path outside": b"GET /static/../../config.py HTTP/1.1\r\nHost: x\r\n"
    b"Connection: close\r\n\r\n",
    "an escaped path": b"GET /static/%2e%2e/%2e%2e/config.py HTTP/1.1\r\nHost: x\r\n"
    b"Connection: close\r\n\r\n",
    "a NUL in the path": b"GET /static/page.js%00.png HTTP/1.1\r\nHost: x\r\n"
    b"Connection: close\r\n\r\n",
    "a path of bytes": b"GET /zh/rules/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


def test_what_is_no_proper_request_is_refused_and_the_server_goes_on(server):
    for name, content in REFUSED.items():
        try:
            connection = server.connect(content)
        except (BrokenPipeError, ConnectionResetError):
            continue  # refused while it was still being sent
        status = answer(connection).split(b" ")[1:2]
        assert status == [] or status[0][:1] == b"4", (name, status)
        assert httpx.get(f"{server.base}/healthz", timeout=5).status_code == 200, name
    refusals = [event for event in server.events() if event["level"] == "warning"]
    assert len(refusals) >= 7
    said = [event["event"] for event in refusals]
    assert any("Request Header Fields Too Large" in text for text in said)
    assert not any("Request Timeout" in text for text in said)
    assert not any(event.get("status", 0) >= 500 for event in server.events())


def test_a_client_that_leaves_or_does_not_read_disturbs_nobody(server, right_table):
    for _ in range(3 * THREADS):
        connection = server.connect(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    assert is_answered(server, right_table)


def test_clients_that_do_not_read_their_answers_hold_few_threads_and_are_left_in_time(
    server, right_table
):
    """Each asks for more than the network holds, in one go, and reads nothing, or next to it."""
    asked = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    idle = [server.connect(asked * 200, buffer=4096) for _ in range(2 * THREADS)]
    drip = [server.connect(asked * 200, buffer=4096) for _ in range(THREADS // 2)]
    deadline, left = time.monotonic() + 60, 0
    while left < len(idle):
        assert time.monotonic() < deadline
        assert is_answered(server, right_table)
        for connection in drip:
            with suppress(ConnectionResetError):
                connection.recv(8)
        time.sleep(1)
        left = sum("read too slowly" in event["event"] for event in server.events())
    assert not any("exception" in event for event in server.events())
    for connection in (*idle, *drip):
        connection.close()


def test_clients_that_stay_when_their_connection_is_closed_hold_up_nobody(server, right_table):
    asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    stay = [server.connect(asked) for _ in range(5 * THREADS)]
    assert is_answered(server, right_table)
    assert all(answer(connection).endswith(b'{"status":"ok"}') for connection in stay)


def test_the_server_stops_at_once_though_idle_clients_stay(serve):
    server = serve(CETS_PROCESSES="1")
    idle = [server.connect(b"") for _ in range(5)]
    kept = server.connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert kept.recv(1000).startswith(b"HTTP/1.1 200 ")
    server.process.terminate()
    assert server.process.wait(20) == 0
    told, left = (
        datetime.fromisoformat(event["time"])
        for event in server.events()
        if event["event"].startswith(("Handling signal: term", "Worker exiting"))
    )
    assert (left - told).total_seconds() < PATIENCE
    for connection in (*idle, kept):
        connection.close()
