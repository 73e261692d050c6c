"""Several processes answer as one."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import httpx
from gunicorn.workers.gthread import ThreadWorker

from cets_service import Config
from cets_service.patience import LEAVING, PatientWorker, Shares
from cets_service.server import _processes


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


def test_each_process_has_its_share_of_the_connections_that_stay_open(serve):
    server = serve(CETS_PROCESSES="2", CETS_WORKER="0")
    said = [re.search(r"Booting worker with pid: (\d+)", e["event"]) for e in server.events()]
    pids = [int(found[1]) for found in said if found]
    with ExitStack() as stays:
        for _ in range(30):
            client = stays.enter_context(httpx.Client(base_url=server.base))
            assert client.get("/healthz").status_code == 200
        found = _connections(pids, server.port)
    assert sum(found) == 30
    assert min(found) >= 10, found


def test_a_process_with_more_connections_leaves_one_to_the_others_but_not_for_ever(monkeypatch):
    taken = []
    monkeypatch.setattr(ThreadWorker, "accept", lambda worker, _: taken.append(worker.age))
    worker = PatientWorker.__new__(PatientWorker)
    worker.age, worker.nr_conns, worker._left, worker.shares = 300, 3, 0, Shares()
    worker.accept(None)  # nobody else
    worker.shares.note(2, 3)
    worker.accept(None)  # nobody with fewer
    assert taken == [300] * 2
    worker.shares.note(2, 2)
    for _ in range(LEAVING):
        worker.accept(None)
    assert taken == [300] * 2
    worker.accept(None)  # nobody took it
    assert taken == [300] * 3
    worker.accept(None)
    assert taken == [300] * 3
    worker.shares.forget(2)  # the other has ended
    worker.accept(None)
    assert taken == [300] * 4
