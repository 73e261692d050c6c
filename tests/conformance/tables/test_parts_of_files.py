"""A file read in parts gives the report of the whole: everything but the cluster, in this process.

What would go to a worker goes by pickle; the cluster itself is in ``test_distributed``.
"""

from __future__ import annotations

import json
import pickle
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from cets_conformance.tables import Options, TableError, check_file
from cets_conformance.tables.distributed import Cluster, check_file_on
from cets_conformance.tables.distributed import reading as far
from cets_conformance.tables.reading import csv_blocks, files

from .drawn import verified_table
from .handmade import Row


class Done:
    """A future that is done."""

    def __init__(self, made: bytes) -> None:
        self.made = made


class Here(Cluster):
    """A cluster that does at once what it is asked to, and sends all of it by pickle."""

    threads = 3

    def __init__(self, *, sees: bool) -> None:
        self.sees = sees

    def submit(self, function: Callable[..., Any], *arguments: object) -> Any:
        call, given = pickle.loads(pickle.dumps((function, _known(arguments))))
        return Done(pickle.dumps(call(*given)))

    def gather(self, futures: Sequence[Any]) -> list[Any]:
        return [pickle.loads(future.made) for future in futures]

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        return [function(*arguments), self.sees]


def _known(item: Any) -> Any:
    """Put results in the place of futures, also within lists."""
    if isinstance(item, Done):
        return pickle.loads(item.made)
    return type(item)(map(_known, item)) if type(item) in (list, tuple) else item


ODD_LINES = ("", ";;;", "合计;;;;;;1;1", "2025;34;x", "2025;34;" + "x;" * 40, '"2025";34')
"""Blank, total, short, long, quoted."""


def text_of(rows: list[Row], random: Random, title: str) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [";".join(str(row.get(name, "")) for name in names) for row in rows]
    for _ in range(random.randrange(4)):
        lines.insert(random.randrange(len(lines) + 1), random.choice(ODD_LINES))
    newline = random.choice(("\n", "\r\n"))
    head = [title, ";".join(names)] if title else [";".join(names)]
    return newline.join([*head, *lines]) + random.choice(("", newline))


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 80),
    block=st.integers(150, 4000),
    sees=st.booleans(),
    mark=st.sampled_from((b"", b"\xef\xbb\xbf")),
    title=st.sampled_from(("", "配额分配表")),
)
def test_a_csv_file_cut_anywhere(
    seed: int, count: int, block: int, sees: bool, mark: bytes, title: str
) -> None:
    random = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        tables = []
        for name in ("now.csv", "before.csv"):
            text = text_of(verified_table(random, count), random, title)
            tables.append(Path(folder) / name)
            tables[-1].write_bytes(mark + text.encode())
        given: dict[str, Any] = {"previous": tables[1] if random.random() < 0.5 else None}
        given["options"] = Options(solve_balance=random.random() < 0.3)
        with (
            patch.object(files, "_BLOCK", block),
            patch.object(csv_blocks, "_HEAD", 5_500),
            patch.object(far, "_PARTS", random.choice((1, 3))),
        ):
            here = _said(lambda: check_file(tables[0], **given).report(3))
            cluster = Here(sees=sees)
            there = _said(lambda: check_file_on(cluster, tables[0], rows=3, **given).report(3))
    assert there == here


def _said(check: Callable[[], dict[str, Any]]) -> Any:
    try:
        return json.dumps(check())
    except TableError as error:
        return error.problems
