"""A real worker process, killed in mid-check: nothing is lost and nothing is counted twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.service.databases import BOTH_DATABASES
from tests.service.test_jobs import counts, queue

from cets_conformance.tables import check_file
from cets_conformance.tables.writing import write_sample

SLOW_WORKER = """
import time
from cets_service import beside
from cets_service.store.verdicts import Verdicts
write = Verdicts._write
def slowly(self, jobs, job, first, *others):
    write(self, jobs, job, first)
    print("half written", flush=True)
    time.sleep(60)
Verdicts._write = slowly
beside.work()
"""
"""A worker that stands still in the middle of writing a verdict, so that it can be killed there."""


@contextmanager
def worker(service: Any, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    config = service.config
    environment = os.environ | {
        "CETS_DATA": str(config.data),
        "CETS_LEASE": "5",
        "DATABASE_URL": config.database_url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    process = subprocess.Popen(
        [sys.executable, *arguments], env=environment, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stdout
        process.stdout.close()


@BOTH_DATABASES
def test_kill_9_in_mid_check_loses_nothing_and_counts_nothing_twice(start, tmp_path):
    service = start(works=False, inline=0)
    service.clock.now = time.time()
    table = tmp_path / "table.csv"
    write_sample(table, year=2025, seed=7, mistake="M-10", rate="0.05")
    content = table.read_bytes()
    check_id = queue(service, content)

    with worker(service, "-c", SLOW_WORKER) as dying:
        assert dying.stdout
        assert dying.stdout.readline() == b"half written\n"
        half = counts(service)
        assert half["verdict_rows"] > 0
        assert half["verdicts"] == 0
        assert service.parts.store.checks.get(check_id).state == "running"
        dying.kill()
        assert dying.wait(10) == -signal.SIGKILL

    with worker(service, "-m", "cets_service", "worker") as living:
        check = service.finish(check_id)
        assert (check.state, check.verdict) == ("done", "does_not_conform")
        living.send_signal(signal.SIGTERM)
        assert living.wait(30) == 0, "told to stop, it stops"

    job = service.parts.store.jobs.get("check", check.key)
    assert (job.state, job.attempt) == ("done", 2)
    report = service.client.get(f"/api/v1/checks/{check_id}").get_json()["report"]
    found = service.client.get(f"/api/v1/checks/{check_id}/findings?per_page=1000").get_json()
    assert found["count"] == sum(finding["count"] for finding in report["findings"])
    assert counts(service)["verdict_subjects"] == report["rows"] == 1291
    reference = checked_elsewhere(service, content)
    assert {**reference, "source": None} == {**report, "source": None}


def checked_elsewhere(service: Any, content: bytes) -> dict[str, Any]:
    """Give the report that the same table gets where nobody is killed."""
    source = service.config.data / "again.csv"
    source.write_bytes(content)
    report: dict[str, Any] = check_file(source).report(20)
    return report


def test_a_worker_beside_the_web_ends_when_the_web_is_gone(start):
    service = start(works=False)
    environment = os.environ | {
        "CETS_DATA": str(service.config.data),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "cets_service", "worker", "--beside"],
        env=environment,
        stdin=subprocess.PIPE,
    )
    time.sleep(0.2)
    assert process.poll() is None
    assert process.stdin
    process.stdin.close()
    assert process.wait(30) == 0


def test_a_worker_does_not_begin_on_a_database_that_is_not_up_to_date(make_config):
    config = make_config(filled=False)
    environment = os.environ | {
        "CETS_DATA": str(config.data),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from cets_conformance.cli import main; main()", "worker"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "cets db upgrade" in done.stderr
