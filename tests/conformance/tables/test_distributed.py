"""Checking on a Dask cluster, byte for byte as here: real worker processes, lost ones too."""

from __future__ import annotations

import csv
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import Mock, patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from distributed import KilledWorker, LocalCluster
from tests.bench import tables as planted
from tests.bench.verify import complaints

from cets_conformance import messages
from cets_conformance.cli import cets
from cets_conformance.tables import ClusterError, Options, TableError, check_file
from cets_conformance.tables.distributed import Cluster, check_file_on, connected
from cets_conformance.tables.distributed import reading as far
from cets_conformance.tables.reading import (
    csv_blocks,
    files,
    json_grid,
    parquet_grid,
    stream,
    xlsx_grid,
)

from .drawn import READINGS, pre_table, verified_table
from .handmade import Row

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two worker processes."""
    with connected(workers=2, patience=20) as found:
        yield found


@pytest.fixture(autouse=True)
def many_parts() -> Iterator[None]:
    """Blocks and pieces so small that a small table has many of them."""
    with ExitStack() as stack:
        for module, name, size in (
            (files, "_BLOCK", 1500),
            (csv_blocks, "_HEAD", 6000),
            *((module, "RECORDS", 40) for module in (stream, parquet_grid, xlsx_grid, json_grid)),
            (far, "_PARTS", 2),
        ):
            stack.enter_context(patch.object(module, name, size))
        yield


def write(rows: list[Row], path: Path, encoding: str = "utf-8") -> Path:
    """Write texts, as the suffix says; by commas some cells are quoted, by semicolons none."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[str(row.get(name, "")) for name in names] for row in rows]
    if path.suffix == ".csv":
        with path.open("w", encoding=encoding, newline="") as file:
            delimiter = "," if path.stem == "quoted" else ";"
            csv.writer(file, delimiter=delimiter).writerows([names, *cells])
    elif path.suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for at, line in enumerate([names, *cells]):
                sheet.write_row(at, 0, line)
    elif path.suffix == ".jsonl":
        lines = (json.dumps(dict(zip(names, line, strict=True))) for line in cells)
        path.write_text("\n".join(lines), "utf-8")
    else:
        columns = [pa.array(column) for column in zip(*cells, strict=True)]
        pq.write_table(pa.table(columns, names=names), path)
    return path


def command(*words: str) -> Result:
    return CliRunner().invoke(cets, words, standalone_mode=False)


def same(cluster: Cluster, table: Path, rows: int | None = None, **given: Any) -> dict[str, Any]:
    """Check on the cluster and here; the reports are one, byte for byte."""
    there = check_file_on(cluster, table, rows=rows, **given).report(rows)
    here = check_file(table, **given).report(rows)
    assert json.dumps(there) == json.dumps(here)
    return there


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("t.csv", "utf-8"),
        ("t.csv", "gb18030"),
        ("quoted.csv", "utf-8"),
        ("t.xlsx", ""),
        ("t.jsonl", ""),
        ("t.parquet", ""),
    ],
)
def test_every_format_beside_the_previous_year(
    cluster: Cluster, tmp_path: Path, name: str, encoding: str
) -> None:
    random = Random(name + encoding)
    rows = 60 if name != "t.csv" else 100
    table = write(verified_table(random, rows), tmp_path / name, encoding)
    (tmp_path / "before").mkdir()
    before = write(verified_table(random, rows), tmp_path / "before" / name, encoding)
    with patch.object(far, "_Lying", wraps=far._Lying) as lying:
        found = same(cluster, table, previous=before)
    assert lying.called == (name.endswith(".csv") and encoding != "gb18030")
    assert {"T-02", "T-10", "T-25"} <= {finding["check"] for finding in found["findings"]}


def test_readings_and_solved_balance_values(cluster: Cluster, tmp_path: Path) -> None:
    table = write(verified_table(Random(1), 40), tmp_path / "t.csv")
    options = Options(readings=READINGS[-1], solve_balance=True, national=True)
    same(cluster, table, rows=3, options=options)


def test_a_balance_value_of_many_units_is_solved_on_the_cluster(
    cluster: Cluster, tmp_path: Path
) -> None:
    """So many that the reference is not asked, all of them wrong by the solved value."""
    planted.write("ordinary", 700, tmp_path / "t.csv")
    options = Options(solve_balance=True, national=True)
    with patch.object(files, "_BLOCK", 1 << 14):
        found = same(cluster, tmp_path / "t.csv", rows=20, options=options)
    assert {value["from"] for value in found["balance_values"]} == {"solved"}


def test_a_pre_allocation_table(cluster: Cluster, tmp_path: Path) -> None:
    random = Random(3)
    rows = verified_table(random, 60)
    before = write([row | {"year": 2024} for row in rows], tmp_path / "before.csv")
    table = write(pre_table(random, 60), tmp_path / "t.csv")
    found = same(cluster, table, previous=before)
    assert {"T-12", "T-24"} <= {finding["check"] for finding in found["findings"]}


def test_what_was_planted_is_found(cluster: Cluster, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    planted.write("ordinary", 2_000, table)
    with patch.object(files, "_BLOCK", 1 << 16):
        report = same(cluster, table, rows=20, options=Options(balance=planted.BALANCE))
    assert complaints(report, 2_000, planted.read_expected(table)) == []


def test_no_more_rows_come_than_are_asked_for(cluster: Cluster, tmp_path: Path) -> None:
    table = write(verified_table(Random(9), 40), tmp_path / "t.csv")
    outcome = check_file_on(cluster, table, rows=1)
    assert outcome.report(1) == check_file(table).report(1)
    assert outcome.report(0) == check_file(table).report(0)
    with pytest.raises(ValueError, match="kept"):
        outcome.report(None)
    with pytest.raises(LookupError):
        outcome.subjects()


def test_a_worker_killed_midway_changes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """Its parts are lost when all are judged, and are read and typed again by the other one."""
    random = Random(5)
    table = write(verified_table(random, 100), tmp_path / "t.csv")
    before = write(verified_table(random, 100), tmp_path / "before.csv")
    killed = []

    def kill(stage: str, _done: int, _total: int | None) -> None:
        if stage == "laws" and not killed:
            killed.append(cluster.everywhere(os.getpid)[0])
            os.kill(killed[0], signal.SIGKILL)

    there = check_file_on(cluster, table, rows=None, previous=before, progress=kill).report(None)
    assert killed[0] not in cluster.everywhere(os.getpid)
    assert there == check_file(table, previous=before).report(None)


@pytest.mark.parametrize(
    "text",
    ["", "year,sector,unit_id\n2025,steel,a\n"],
)
def test_what_is_no_table_is_refused_alike(cluster: Cluster, tmp_path: Path, text: str) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text, "utf-8")
    with pytest.raises(TableError) as here:
        check_file(table)
    with pytest.raises(TableError) as there:
        check_file_on(cluster, table, rows=20)
    assert there.value.problems == here.value.problems


def test_the_command_by_the_scheduler_s_address_writes_the_same_reports(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = write(verified_table(Random(6), 40), tmp_path / "t.csv")
    address = cluster.client.scheduler.address
    suffixes = ("json", "html", "md", "xml", "sarif", "xlsx")
    said = {}
    for engine, more in (("local", ()), ("dask", ("--scheduler", address))):
        (tmp_path / engine).mkdir()
        monkeypatch.chdir(tmp_path / engine)
        reports = [f"--report=r.{suffix}" for suffix in suffixes]
        ran = command("check", str(table), "--rows=5", f"--engine={engine}", *more, *reports)
        assert ran.return_value == 1
        said[engine] = ran.output
    assert said["dask"] == said["local"]
    for suffix in suffixes[:-1]:
        there, here = (tmp_path / engine / f"r.{suffix}" for engine in ("dask", "local"))
        assert there.read_bytes() == here.read_bytes(), suffix


# -- what goes wrong is told, and nothing hangs


def told(code: str, found: pytest.ExceptionInfo[ClusterError]) -> None:
    assert found.value.code == code
    for language in messages.LANGUAGES:
        assert messages.text(f"cluster.{code}", language, **found.value.values)


def test_no_scheduler_there() -> None:
    for address in ("tcp://127.0.0.1:9", "nonsense://x:1"):
        with pytest.raises(ClusterError) as found, connected(address, patience=1):
            pass
        told("SCHEDULER_NOT_REACHED", found)


def test_no_dask_there(tmp_path: Path) -> None:
    table = write(verified_table(Random(6), 2), tmp_path / "t.csv")
    with patch.dict(sys.modules, {"distributed": None}):
        with pytest.raises(ClusterError) as found, connected():
            pass
        ran = command("check", str(table), "--engine=dask", "--lang=zh")
    told("DASK_MISSING", found)
    assert "cets-conformance[distributed]" in ran.output
    assert ran.return_value == 2


def small() -> Any:
    return LocalCluster(n_workers=1, processes=False, dashboard_address="127.0.0.1:0")


def test_no_worker_there_or_none_left(tmp_path: Path) -> None:
    table = write(verified_table(Random(7), 40), tmp_path / "t.csv")
    with small() as local, connected(local.scheduler_address, patience=1) as cluster:

        def leave(stage: str, _done: int, _total: int | None) -> None:
            if stage == "laws":
                local.scale(0)
                local.sync(local._correct_state)

        with pytest.raises(ClusterError) as found:
            check_file_on(cluster, table, rows=20, progress=leave)
        told("NO_WORKERS", found)
        with pytest.raises(ClusterError) as found:
            Cluster(cluster.client, patience=0.2)
        told("NO_WORKERS", found)


def test_a_scheduler_that_is_lost(tmp_path: Path) -> None:
    table = write(verified_table(Random(8), 40), tmp_path / "t.csv")
    local = small()

    def leave(stage: str, _done: int, _total: int | None) -> None:
        if stage == "laws":
            local.close()

    with (
        connected(local.scheduler_address, patience=1) as cluster,
        pytest.raises(ClusterError) as found,
    ):
        check_file_on(cluster, table, rows=20, progress=leave)
    told("SCHEDULER_LOST", found)


def test_a_step_that_ends_every_worker(cluster: Cluster) -> None:
    ended = KilledWorker("step", Mock(address="tcp://x:1"), 3)
    with (
        patch.object(cluster.client, "gather", side_effect=ended),
        pytest.raises(ClusterError) as found,
    ):
        cluster.gather([cluster.submit(int)])
    told("WORKERS_KILLED", found)


def test_workers_of_another_version() -> None:
    for answer in ("0.0.1", ModuleNotFoundError("cets_conformance")):
        client = Mock(nthreads=lambda: {"w": 1}, run=lambda *_, a=answer, **__: {"w": a})
        with pytest.raises(ClusterError) as found:
            Cluster(client)
        told("WORKER_DIFFERS", found)


def test_a_file_that_is_another_one_for_a_worker(cluster: Cluster, tmp_path: Path) -> None:
    table = write(verified_table(Random(2), 90), tmp_path / "t.csv")
    with (
        patch.object(far.zlib, "crc32", side_effect=lambda _: 7),
        pytest.raises(ClusterError) as found,
        patch.object(Cluster, "everywhere", return_value=[True]),
    ):
        check_file_on(cluster, table, rows=20)
    told("FILE_CHANGED", found)
    lying = far._Lying(tmp_path / "gone.csv", 0, 5, 7, Mock())
    with pytest.raises(ClusterError) as found:
        cluster.gather([cluster.submit(far._type, [lying], None, 0, Mock())])
    told("FILE_NOT_SEEN", found)
