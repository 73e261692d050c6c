"""Several processes answer as one."""

from __future__ import annotations

import contextvars
import logging
import os
import re
import selectors
import signal
import socket
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from gunicorn.config import Config as Settings
from gunicorn.workers.gthread import TConn
from tests.bench.load import computation_of

from cets_service import Config
from cets_service.fairness import FairWorker, Shares
from cets_service.patience import PatientWorker
from cets_service.server import _processes
from cets_service.turns import LONG


def _answered(server) -> dict[int, int]:
    """Requests for the page by status, as the metrics count them."""
    text = httpx.get(f"{server.base}/metrics").text
    assert text.count("cets_info{") == 1
    found = re.findall(r'cets_requests_total\{.*language>/".*status="(\d+)"\} (\d+)', text)
    return {int(status): int(count) for status, count in found}


def test_all_processes_count_together(serve):
    server = serve(CETS_PROCESSES="2", CETS_WORKER="0")
    booted = [event for event in server.events() if event["event"].startswith("Booting worker")]
    assert len(booted) == 2
    for _ in range(20):
        assert httpx.get(f"{server.base}/zh/").status_code == 200
    assert [_answered(server) for _ in range(5)] == [{200: 20}] * 5


def test_clients_counted_in_memory_are_counted_by_one_process(serve):
    server = serve(CETS_RATE_LIMIT="5/hour", CETS_WORKER="0")
    statuses = [httpx.get(f"{server.base}/zh/").status_code for _ in range(8)]
    assert statuses == [200] * 5 + [429] * 3


def test_who_wants_several_where_clients_are_counted_in_memory_is_warned(caplog):
    counted = {"CETS_RATE_LIMIT": "5/hour", "CETS_PROCESSES": "2"}
    assert _processes(Config.from_environment(counted)) == 2
    assert "CETS_RATE_STORAGE" in caplog.text
    caplog.clear()
    assert _processes(Config.from_environment(counted | {"CETS_RATE_STORAGE": "redis://x"})) == 2
    assert caplog.text == ""


def _connections(pids: list[int], port: int) -> list[int]:
    """Connections to the port that each process has open."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    local = f"{port:04X}"
    inodes = {f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{local}")}
    listening = {f"socket:[{line[9]}]" for line in lines if line[3] == "0A"}
    return [
        sum(
            str(file.readlink()) in inodes - listening for file in Path(f"/proc/{pid}/fd").iterdir()
        )
        for pid in pids
    ]


def _wait_for_nobody(client: httpx.Client) -> httpx.Response:
    """Ask for a check that only a worker makes, and wait for it two seconds in vain."""
    workbook = {"file": ("table.xlsx", b"PK\x03\x04")}
    return client.post("/api/v1/checks", files=workbook, headers={"Prefer": "wait=2"})


def _compute(client: httpx.Client, number: int) -> None:
    path, body, (*steps, expected) = computation_of(number)
    answer = client.post(path, json=body).json()
    for step in steps:
        answer = answer[step]
    assert answer == expected


def test_a_request_goes_with_its_connection_to_a_process_that_has_nothing_to_do(serve):
    server = serve(CETS_PROCESSES="2", CETS_WORKER="0")
    said = [re.search(r"Booting worker with pid: (\d+)", e["event"]) for e in server.events()]
    pids = [int(found[1]) for found in said if found]
    with ExitStack() as stays, ThreadPoolExecutor(1) as beside:
        clients = [
            stays.enter_context(httpx.Client(base_url=server.base, timeout=20)) for _ in range(6)
        ]
        found = []
        for busy in (0, 1):  # the second is where the first was not
            waiting = beside.submit(_wait_for_nobody, clients[busy])
            time.sleep(0.5)
            for number, client in enumerate(clients):
                if number != busy:
                    _compute(client, number)
                    time.sleep(0.02)  # until its process has noted that it is answered
            found.append(_connections(pids, server.port))
            assert waiting.result().status_code == 202
    assert sorted(found[0]) == [1, 5]
    assert found[1] == found[0][::-1]


def test_who_waits_keeps_nobody_else_waiting(serve):
    server = serve(CETS_PROCESSES="1", CETS_WORKER="0")
    with ExitStack() as stays, ThreadPoolExecutor(3) as beside:
        clients = [
            stays.enter_context(httpx.Client(base_url=server.base, timeout=20)) for _ in range(4)
        ]
        waiting = [beside.submit(_wait_for_nobody, client) for client in clients[1:]]
        time.sleep(0.5)
        _compute(clients[0], 1)
        assert not any(one.done() for one in waiting)


def test_a_request_goes_to_the_process_with_the_fewest_of_its_kind(tmp_path):
    shares = Shares(tmp_path)
    assert shares.with_fewer("short", 5) is None  # nobody else
    shares.note(1, short=2, long=0)
    shares.note(2, short=1, long=3)
    assert [shares.with_fewer("short", count) for count in (0, 1, 2, 3)] == [None, None, 2, 2]
    assert [shares.with_fewer("long", count) for count in (0, 1)] == [None, 1]
    shares.forget(2)
    assert [shares.with_fewer("short", count) for count in (2, 3)] == [None, 1]


@pytest.fixture
def worker(monkeypatch, tmp_path) -> Iterator[FairWorker]:
    """A worker without clients: a request is a function, and ``answered`` who has answered it."""
    cfg = Settings()
    cfg.set("threads", 4)
    log = logging.getLogger("gunicorn.error")
    worker = FairWorker(7, os.getppid(), [], None, 30, cfg, log)
    worker.shares, worker.answered = Shares(tmp_path), []

    def answer(request: Callable[[], object]) -> None:
        request()
        worker.answered.append((request, threading.current_thread()))

    monkeypatch.setattr(worker, "handle", answer)
    monkeypatch.setattr(PatientWorker, "finish_request", lambda *_: None)
    worker.method_queue.init()
    with (
        closing(worker.tmp),
        closing(worker.method_queue),
        worker._mailbox,
        selectors.DefaultSelector() as worker.poller,
        ThreadPoolExecutor(4) as worker.tpool,
    ):
        worker.poller.register(
            worker.method_queue.fileno(), selectors.EVENT_READ, worker.method_queue.run_callbacks
        )
        yield worker


def _nothing() -> None: ...


def test_the_main_thread_answers_one_request_after_another_and_looks_what_comes_between_them(
    worker,
):
    requests = [partial(_nothing) for _ in range(4)]
    worker.take_short(requests[0])
    worker.take_short(requests[1])
    worker.method_queue.defer(worker.take_short, requests[2])
    assert worker.answered == []
    with worker._leading:
        worker.wait_for_and_dispatch_events(60)  # the queue is what it does not wait for
        assert worker.answered == [(requests[0], threading.main_thread())]
        assert list(worker._queued) == requests[1:3]
        worker.take_short(requests[3])
        for _ in range(3):
            worker.wait_for_and_dispatch_events(60)
    assert worker.answered == [(request, threading.main_thread()) for request in requests]
    assert worker._short == set()


def test_threads_answer_only_while_a_request_holds_the_main_thread(worker):
    beside = threading.Event()
    held = partial(beside.wait, 20)
    others = [partial(_nothing), beside.set, partial(_nothing)]
    threading.Thread(target=worker._stand_by, daemon=True).start()
    for request in (held, *others[:2]):
        worker.take_short(request)
    with worker._leading:
        worker.wait_for_and_dispatch_events(1)
        assert beside.is_set()
        worker.take_short(others[2])
        while worker._short:
            worker.wait_for_and_dispatch_events(1)
    by_whom = {id(request): thread for request, thread in worker.answered}
    is_main = [by_whom[id(r)] is threading.main_thread() for r in (held, *others)]
    assert is_main == [True, False, False, True]
    assert not worker._leading.locked()


def test_the_main_thread_leads_again_as_soon_as_it_has_answered(worker):
    threading.Thread(target=worker._stand_by, daemon=True).start()
    led = threading.Event()
    worker.murder_pending = led.set

    def request() -> None:
        worker.method_queue.defer(lambda: None)  # what the deputy finds; then it waits a second
        led.wait(20)
        time.sleep(LONG)

    worker.take_short(request)
    with worker._leading:
        began = time.monotonic()
        worker.wait_for_and_dispatch_events(0)
        assert led.is_set()
        assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("failure", [ZeroDivisionError, SystemExit])
def test_a_process_whose_deputy_has_failed_ends(worker, monkeypatch, caplog, failure):
    def fail() -> None:
        raise failure("as it must not")

    monkeypatch.setattr(worker, "_lead", fail)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    deputy = threading.Thread(target=worker._stand_by)
    deputy.start()
    worker.take_short(deputy.join)
    with worker._leading:
        worker.wait_for_and_dispatch_events(0)
    assert not worker.alive
    assert "as it must not" in caplog.text


def test_a_request_that_no_thread_is_free_for_waits_for_the_main_one(worker):
    started = worker.start
    worker.start = lambda request: (worker._given.add(request), None)
    worker._is_answering = True
    requests = [partial(_nothing) for _ in range(4)]
    for request in requests:
        worker.take_short(request)
        worker._current = None  # had its turn for long
        worker.wait_for_and_dispatch_events(0)
    assert worker._given == set(requests[:3])
    assert list(worker._queued) == requests[3:]
    began = time.monotonic()
    worker.wait_for_and_dispatch_events(0.2)
    assert time.monotonic() - began >= 0.2  # it does not look all the time
    worker.start, worker._is_answering = started, False
    with worker._leading:
        worker.wait_for_and_dispatch_events(60)
    assert worker.answered == [(requests[3], threading.main_thread())]


def test_what_a_request_says_of_itself_to_the_log_ends_with_it(worker):
    said = contextvars.ContextVar("said", default="nothing")
    worker.take_short(lambda: said.set("a request"))
    with worker._leading:
        worker.wait_for_and_dispatch_events(0)
    assert len(worker.answered) == 1
    assert said.get() == "nothing"


def test_a_process_that_is_told_to_quit_while_it_answers_takes_nothing_new(worker, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    lives = []

    def request() -> None:
        worker.handle_quit(signal.SIGQUIT, None)
        lives.append(worker.alive)

    worker.take_short(request)
    with worker._leading, pytest.raises(SystemExit):
        worker.wait_for_and_dispatch_events(0)
    assert worker.answered == [(request, threading.main_thread())]  # nothing ended it before
    assert lives == [False]


def test_a_deputy_whose_server_has_gone_takes_nothing_new(worker):
    worker._accepting, worker.ppid = True, -1
    worker.method_queue.defer(lambda: None)
    worker._lead()
    assert (worker._accepting, worker.alive) == (False, False)


def test_a_refusal_waits_for_nobody(worker):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        conn = TConn(worker.cfg, ours, ("", 0), ("", 0))
        with suppress(BlockingIOError):
            while conn.sock.send(b"1" * 65536):
                pass
        worker.pace(conn)
        free = worker._slow._value
        began = time.monotonic()
        worker._leave(conn, HTTPStatus.REQUEST_TIMEOUT)
        assert time.monotonic() - began < 0.5
        assert worker._slow._value == free


def _send(mailbox: socket.socket, connection: socket.socket, address: str) -> None:
    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [connection.fileno()]))
    mailbox.sendmsg([b"a request"], [rights], 0, address)


def test_what_is_passed_to_a_process_that_stops_is_answered_or_stays_where_it_was(
    worker, monkeypatch, caplog
):
    taken: list[bytes] = []
    monkeypatch.setattr(
        worker, "_take", lambda conn, gathered: (conn.close(), taken.append(gathered.content))
    )
    worker._open_mailbox()
    worker._note()
    address = worker.shares.address(worker.age)
    ours, theirs = socket.socketpair()
    with ours, theirs, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.sendto(b"without a connection", address)
        _send(other, theirs, address)
        worker._accepting = True
        worker.set_accept_enabled(False)
        assert taken == []  # it has enough for now, but goes on
        worker.alive = False
        worker.set_accept_enabled(False)
        assert (taken, worker.nr_conns) == ([b"a request"], 1)
        assert caplog.text.count("a connection was lost") == 1
        assert worker.shares.with_fewer("short", 9) is None
        with pytest.raises(OSError, match="pipe"):
            _send(other, theirs, address)
    worker.set_accept_enabled(False)


def test_threads_have_their_turn_in_the_order_in_which_requests_came(worker, monkeypatch):
    started, now = [], [1.0]
    monkeypatch.setattr("cets_service.turns.time.monotonic", lambda: now[0])
    worker.start = started.append
    worker._is_answering = True  # it has just answered and waits to lead, which a thread does yet
    first, second, third, _ = requests = [partial(_nothing) for _ in range(4)]
    for request in requests:
        worker.take_short(request)

    def started_after(ended: Callable[[], object] | None) -> list[Callable[[], object]]:
        if ended is not None:
            worker.finish_request(ended, None)
        worker.method_queue.defer(lambda: None)
        worker.wait_for_and_dispatch_events(0)
        return started

    assert started_after(None) == [first]
    assert started_after(None) == [first]
    assert started_after(first) == [first, second]
    now[0] += LONG  # it waits for something
    assert started_after(None) == [first, second, third]
    assert started_after(second) == [first, second, third]  # its turn was over
    assert started_after(third) == requests


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_what_is_being_answered_when_the_server_is_told_to_stop_is_answered(serve, told):
    server = serve(CETS_PROCESSES="1", CETS_WORKER="0")
    with httpx.Client(base_url=server.base, timeout=20) as client, ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(_wait_for_nobody, client)
        time.sleep(0.5)
        server.process.send_signal(told)
        assert waiting.result().status_code == 202
        assert server.process.wait(20) == 0


def test_a_process_takes_no_requests_where_others_cannot_reach_it_or_once_it_stops(
    worker, tmp_path, caplog
):
    worker.shares = Shares(tmp_path / ("long" * 30))
    worker._open_mailbox()
    assert "AF_UNIX path too long" in caplog.text
    worker._note()
    assert worker.shares.with_fewer("short", 1) is None
    worker.shares = Shares(tmp_path)
    worker._open_mailbox()
    worker._note()
    assert worker.shares.with_fewer("short", 1) == worker.age
    worker.alive = False
    worker._note()
    assert worker.shares.with_fewer("short", 1) is None
