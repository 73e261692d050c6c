"""Running ``cets`` as its entry point does, and small tables to run it on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cets_conformance.cli import main

RIGHT = {
    "year": 2025,
    "province": "34",
    "enterprise_id": "91110000600037341L",
    "enterprise_name": "试验企业",
    "sector": "cement",
    "unit_id": "L1",
    "line_kind": "ordinary",
    "verified_emissions": "1000000",
    "output": "1200000",
    "balance_value": "0.86",
    "allowance": 1004651,
}
"""A worked figure of the rulebook."""


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Run:
    """Run ``cets`` as its entry point does, in an empty folder, and give code, output, errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "CETS_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def ran(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["cets", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(ended.value.code, out.decode(), err.decode())

    return ran


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV of rows that are right but for what is named."""

    def write(name: str = "t.csv", *changes: Mapping[str, Any]) -> Path:
        rows = [RIGHT | change for change in changes or ({},)]
        lines = [",".join(rows[0]), *(",".join(str(cell) for cell in row.values()) for row in rows)]
        (tmp_path / name).write_text("\n".join(lines) + "\n", "utf-8")
        return tmp_path / name

    return write
