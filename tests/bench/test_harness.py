"""The harness itself: right tables, honest costs, and no figure for a wrong finding."""

from __future__ import annotations

import asyncio
import copy
import csv
import json
import sqlite3
import sys
import threading
from contextlib import ExitStack, closing
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.bench import load, measure, profile, results, tables, ties
from tests.bench.contenders import DASK, OTHERS, OURS
from tests.bench.verify import complaints

from cets_conformance import direct
from cets_conformance.tables import Options, check_file

ROWS = 4_000


@pytest.fixture(scope="module", params=["ordinary", "ties"])
def made(request, tmp_path_factory) -> tuple[str, Path, dict[str, Any]]:
    """A small table of each kind, and the report of every row found in it."""
    table = tmp_path_factory.mktemp("bench") / "table.csv"
    tables.write(request.param, ROWS, table)
    balances = (ties if request.param == "ties" else tables).BALANCE
    outcome = check_file(table, options=Options(balance=balances))
    return request.param, table, outcome.report(None)


def test_what_is_found_in_a_table_is_what_was_planted_row_by_row(made):
    _, table, report = made
    expected = tables.read_expected(table)
    assert complaints(report, ROWS, expected) == []
    for finding in report["findings"]:
        planted = expected.checks[finding["check"]].rows
        if planted is not None:
            assert {row["row"] for row in finding["rows"]} == set(planted)


def test_everything_that_is_planted_is_in_a_table_of_ten_thousand_rows():
    plant = tables._plants(np.arange(10_000))
    assert set(plant.tolist()) == set(range(-1, len(tables.PLANTED)))


def test_right_amounts_are_those_of_the_reference(made):
    kind, table, _ = made
    expected = tables.read_expected(table)
    planted = {row for found in expected.checks.values() for row in found.rows or ()}
    with table.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if number in planted or number % 7:
                continue
            names = ("unit_id", "sector", "verified_emissions", "output", "line_kind")
            unit = {name: row[name] for name in names if row[name]}
            unit |= {"year": 2025, "listed": row["listed"] == "true"}
            value = {"unit": unit, "balance_value": row["balance_value"]}
            right = direct.answer("allocation", value)["output"]
            assert (right["allowance"], right["obligation"]) == (
                int(row["allowance"]),
                int(row["obligation"]),
            ), (kind, number)


def test_every_row_of_the_adversarial_table_is_within_a_billionth_of_a_tie(tmp_path):
    tables.write("ties", ROWS, tmp_path / "t.csv")
    sides = {-1: 0, 0: 0, 1: 0}
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            emissions, output = Fraction(row["verified_emissions"]), Fraction(row["output"])
            deviation = 1 - emissions / output / Fraction("0.8")
            allowance = emissions * (1 + Fraction(15, 100) * deviation)
            distance = allowance % 1 - Fraction(1, 2)
            assert abs(deviation) < Fraction(1, 5)
            assert abs(distance) <= Fraction(1, 10**9)
            sides[(distance > 0) - (distance < 0)] += 1
    assert min(sides.values()) > ROWS / 5


def test_a_table_is_the_same_every_time_and_however_it_is_cut(tmp_path, monkeypatch):
    tables.write("ordinary", ROWS, tmp_path / "whole.csv")
    monkeypatch.setattr(tables, "CHUNK", 1_234)
    tables.write("ordinary", ROWS, tmp_path / "pieces.csv")
    whole, pieces = (tmp_path / f"{name}.csv" for name in ("whole", "pieces"))
    assert whole.read_bytes() == pieces.read_bytes()
    assert tables.read_expected(whole) == tables.read_expected(pieces)


def _more_tonnes(report):
    report["findings"][0]["tonnes"] += 1


def _one_less(report):
    report["findings"][0]["count"] -= 1


def _another_row(report):
    report["findings"][0]["rows"][0]["row"] += 1


def _another_check(report):
    report["findings"].append({"check": "T-06", "count": 1, "tonnes": 0, "rows": []})


def _none(report):
    report["findings"].pop()


def _another_sum(report):
    report["totals"]["allowance"]["found"] += 1


def _another_decimal(report):
    report["totals"]["emissions"] += "1" if "." in report["totals"]["emissions"] else ".000001"


@pytest.mark.parametrize(
    "tamper",
    [
        _more_tonnes, _one_less, _another_row, _another_check, _none, _another_sum,
        _another_decimal,
    ],
)  # fmt: skip
def test_a_report_that_departs_in_anything_is_refused(made, tamper):
    _, table, report = made
    changed = copy.deepcopy(report)
    tamper(changed)
    assert complaints(changed, ROWS, tables.read_expected(table))


def test_every_contender_is_measured_and_has_found_what_it_must(tmp_path):
    bench = measure.Bench(tmp_path, measure.Limits(60, runs=1), lambda _: None)
    all_of_them = [OURS, *DASK, *OTHERS]
    bench.run([measure.Size("ordinary", ROWS, all_of_them)])
    assert [m["contender"] for m in bench.measurements] == all_of_them
    assert results.figures({"measurements": bench.measurements})["two_workers"] > 0
    for m in bench.measurements:
        assert m["seconds"] > 0
        assert m["peak_bytes"] > 10 * 2**20
        assert m["bytes"] > ROWS * 100
    assert [row["contender"] for row in results.comparison({"measurements": bench.measurements})]
    assert not list(tmp_path.glob("*.csv*"))


def test_a_table_costs_and_says_what_it_must_in_every_format(tmp_path):
    bench = measure.Bench(tmp_path, measure.Limits(60, runs=1), lambda _: None)
    bench.run([measure.Size("ordinary", ROWS, [OURS], name) for name in ("csv", "xlsx", "parquet")])
    lines = results.formats({"measurements": bench.measurements}).splitlines()[2:]
    assert [line.split(" | ")[0] for line in lines] == ["| CSV", "| XLSX", "| Parquet"]
    assert lines[0].endswith("| 4,000 | 1.0 × | 1.0 × |")
    assert results.comparison({"measurements": bench.measurements}) == []


def test_a_contender_that_finds_something_else_gives_no_figure(tmp_path, monkeypatch):
    monkeypatch.setitem(measure.REFUSES, "pandera", ("T-02", "T-10"))
    bench = measure.Bench(tmp_path, measure.Limits(60, runs=1), lambda _: None)
    with pytest.raises(measure.WrongFindingError, match="pandera"):
        bench.run([measure.Size("ordinary", ROWS, ["pandera"])])


def test_who_would_need_too_long_is_left_out_and_the_reason_is_kept(tmp_path):
    before = {"contender": "jsonschema", "table": "ordinary", "rows": 400, "bytes": 1}
    before |= {"seconds": 50.0, "peak_bytes": 1}
    bench = measure.Bench(tmp_path, measure.Limits(60, runs=1), lambda _: None, [before])
    bench.run([measure.Size("ordinary", ROWS, ["jsonschema"])])
    assert "about 500 s expected" in bench.measurements[-1]["left_out"]
    assert results.comparison({"measurements": bench.measurements}) == []


def test_a_process_costs_its_own_memory_and_not_that_of_the_harness(tmp_path):
    ballast = bytearray(300 * 2**20)
    ballast[:: 2**12] = b"x" * len(ballast[:: 2**12])
    small, _ = measure.timed([sys.executable, "-S", "-c", "pass"], 30, tmp_path)
    large, _ = measure.timed([sys.executable, "-S", "-c", "x = b'1' * (200 * 2**20)"], 30, tmp_path)
    assert small["peak_bytes"] < 50 * 2**20
    assert 200 * 2**20 < large["peak_bytes"] < 260 * 2**20


def test_a_process_that_takes_too_long_is_ended(tmp_path):
    cost, _ = measure.timed([sys.executable, "-S", "-c", "while True: pass"], 0.3, tmp_path)
    assert cost["exit"] is None
    assert 0.3 <= cost["seconds"] < 20


def test_the_tables_of_the_readmes_are_those_of_the_stored_results():
    found = results.load()
    for language, page in results.READMES.items():
        text = page.read_text("utf-8")
        assert results.renew(text, found, language) == text, "run `python -m tests.bench --render`"
    text = results.OWN_PAGE.read_text("utf-8")
    assert results.renew_own(text, found) == text, "run `python -m tests.bench --render`"


def test_the_stored_results_hold_five_runs_of_each_and_name_no_machine():
    found = results.load()
    assert {len(m["runs"]) for m in found["measurements"] if "left_out" not in m} == {5}
    assert set(found["machine"]) == {"cores", "cpu", "memory_gib", "system", "load_at_start"}
    assert {item["kind"] for item in found["service"]} == set(load.KINDS)
    assert {len(item["p99_ms_runs"]) for item in found["service"]} == {5}
    for picture in ("time.svg", "memory.svg"):
        drawn = (results.FOLDER / picture).read_text("utf-8")
        assert all(row["contender"] in drawn for row in results.comparison(found))


def test_the_service_is_measured_as_it_is_started_and_answers_right(tmp_path):
    with load.serving(tmp_path) as base:
        for kind in load.KINDS:
            figures = asyncio.run(load.put(base, kind, rate=20, seconds=1, warm_up=3))
            assert (figures["requests"], figures["failed"]) == (20, 0), figures
            assert 0 < figures["p50_ms"] <= figures["p99_ms"] <= figures["max_ms"]


class _Slow(BaseHTTPRequestHandler):
    """Answers one request after another, each wrongly and 20 ms late."""

    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        threading.Event().wait(0.02)
        body = json.dumps({"verdict": "not_checked"}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_service_that_falls_behind_is_not_spared_and_wrong_answers_count():
    server = HTTPServer(("127.0.0.1", 0), _Slow)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        base = f"http://127.0.0.1:{server.server_port}"
        found = asyncio.run(load.put(base, "single-row check", 100, 0.4, warm_up=0))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    # 40 requests due within 0.4 s take 0.8 s: the last is answered 0.4 s after it was due
    assert found["failed"] == found["requests"] == 40
    assert found["max_ms"] >= 350


def test_who_is_hung_up_on_counts_as_failed_and_asks_the_next_anew():
    came: list[int] = []

    class _HangsUp(_Slow):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            came.append(self.client_address[1])
            if len(came) % 2:
                super().do_POST()
            self.close_connection = len(came) % 2 == 0

    server = ThreadingHTTPServer(("127.0.0.1", 0), _HangsUp)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        base = f"http://127.0.0.1:{server.server_port}"
        found = asyncio.run(_alone(base))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert found["failed"] == found["requests"] == 6
    assert [error.startswith("201: 'not_checked'") for error in found["errors"]] == [
        True,
        False,
        True,
        False,
        True,
    ]
    assert len(came) == 6
    assert [came[n] == came[n + 1] for n in range(5)] == [True, False, True, False, True]


async def _alone(base: str) -> dict[str, object]:
    """Put requests over one connection."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "CONNECTIONS", 1)
        return await load.put(base, "single-row check", 20, 0.3, warm_up=0)


def test_the_profile_shows_checks_that_are_judged(tmp_path, monkeypatch):
    monkeypatch.setattr(profile, "REQUESTS", 6)
    with ExitStack() as ending:
        work = profile._requests(tmp_path, ending)
        found = {name for name, _, _ in profile.dearest(work, 0.0001)}
    assert any(name.startswith("cets_conformance.tables.") for name in found), found
    with closing(sqlite3.connect(tmp_path / "cets.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM verdicts").fetchone() == (12,)
