"""What is compared: each a whole process that takes a table and says what it found.

``python -m tests.bench.contenders NAME TABLE`` runs one of the others and prints
``{"rows", "wrong"}``: rows read, and rows whose types it refuses (null where it does not look).
Ours is ``cets check`` as a province runs it. Each one's libraries are imported by itself alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

OURS = "cets check"

DASK = {"cets check, 1 Dask worker": 1, "cets check, 2 Dask workers": 2}
"""The same command on a cluster of so many processes that it starts itself."""

TYPES = {
    "year": "integer",
    "province": "string",
    "enterprise_id": "string",
    "enterprise_name": "string",
    "sector": "string",
    "unit_id": "string",
    "listed": "boolean",
    "line_kind": "string",
    "verified_emissions": "number",
    "output": "number",
    "balance_value": "number",
    "allowance": "integer",
    "obligation": "integer",
}
"""Types of the columns, as every validator is told."""

Found = dict[str, int | None]


def read_with_pyarrow(table: Path) -> Found:
    """Read the file with the fastest CSV reader there is, on all cores, and do nothing with it."""
    import pyarrow.csv

    return {"rows": pyarrow.csv.read_csv(table).num_rows, "wrong": None}


def validate_with_frictionless(table: Path) -> Found:
    """Check the types with frictionless."""
    from frictionless import Resource, Schema

    fields = [{"name": name, "type": kind} for name, kind in TYPES.items()]
    schema = Schema.from_descriptor({"fields": fields})
    report = Resource(path=table.name, basepath=str(table.parent), schema=schema).validate(
        limit_errors=10**9
    )
    (task,) = report.tasks
    return {"rows": task.stats["rows"], "wrong": len(task.errors)}


def validate_with_pandera(table: Path) -> Found:
    """Check the types with pandera, on columns of text read by pyarrow."""
    import pandas as pd
    import pandera.pandas as pandera

    kinds: dict[str, Any] = {"integer": "int64", "number": "float64"}
    columns = {
        name: pandera.Column(kinds[kind], coerce=True)
        if kind in kinds
        else pandera.Column(str, pandera.Check.isin(["true", "false"]) if kind == "boolean" else [])
        for name, kind in TYPES.items()
    }
    rows = pd.read_csv(table, dtype=str, engine="pyarrow", keep_default_na=False)
    wrong: set[int] = set()
    try:
        pandera.DataFrameSchema(columns).validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        wrong = set(errors.failure_cases["index"].dropna())
    return {"rows": len(rows), "wrong": len(wrong)}


def validate_with_jsonschema(table: Path) -> Found:
    """Hold every row against the published schema of a table's row, one by one."""
    import csv

    from cets_conformance import published

    validator = published.validator("table")
    integers = [name for name, kind in TYPES.items() if kind == "integer"]
    rows = wrong = 0
    with table.open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            row: dict[str, Any] = {name: text for name, text in cells.items() if text}
            row |= {name: int(row[name]) for name in integers}
            row["listed"] = row["listed"] == "true"
            rows += 1
            wrong += not validator.is_valid(row)
    return {"rows": rows, "wrong": wrong}


OTHERS: dict[str, Callable[[Path], Found]] = {
    "pyarrow read": read_with_pyarrow,
    "frictionless": validate_with_frictionless,
    "pandera": validate_with_pandera,
    "jsonschema": validate_with_jsonschema,
}
"""Whom we are compared with."""

REFUSES: dict[str, tuple[str, ...]] = {
    "pyarrow read": (),
    "frictionless": ("T-02",),
    "pandera": ("T-02",),
    "jsonschema": ("T-02", "T-05"),
}
"""The checks of ours whose planted rows each one refuses too: so we know that it looked."""


def command(name: str, table: Path, report: Path, balances: dict[str, str]) -> list[str]:
    """Give the command that is measured; ours writes its report to ``report``."""
    if name in OTHERS:
        return [sys.executable, "-m", "tests.bench.contenders", name, str(table)]
    given = [f"--balance={sector}={value}" for sector, value in balances.items()]
    limit = f"--max-bytes={max(table.stat().st_size, 1)}"
    cets = str(Path(sys.executable).with_name("cets"))
    engine = ["--engine=dask", f"--workers={DASK[name]}"] if name in DASK else []
    return [cets, "check", str(table), *given, limit, *engine, "--report", str(report)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(OTHERS[sys.argv[1]](Path(sys.argv[2]))) + "\n")
