"""Several processes answer as one."""

from __future__ import annotations

import re

import httpx

from cets_service import Config
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
