"""``make bench`` and ``make bench-quick``: see README.md here."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import load, plots, results
from tests.bench.contenders import OURS
from tests.bench.measure import CONTENDERS, Bench, Limits, Size, WrongFindingError, circumstances

QUICK = (10_000, 100_000)
ALL = (10_000, 100_000, 1_000_000, 10_000_000)
TIES = {True: (10_000,), False: (100_000, 1_000_000)}
"""Rows of the adversarial tables, in the quick run and in the long one."""
FORMATS = ("csv", "xlsx", "parquet")
IN_EACH_FORMAT = 200_000
"""Rows of the table that is read in each format."""


def main() -> int:
    """Measure, print the ratios; keep them where asked to. 1: something wrong was found."""
    asked = _arguments()
    if asked.render:
        _render(results.load())
        return 0
    sizes = [Size("ordinary", rows, CONTENDERS) for rows in (QUICK if asked.quick else ALL)]
    sizes += [Size("ties", rows, (OURS, "pyarrow read")) for rows in TIES[asked.quick]]
    sizes += [Size("ordinary", IN_EACH_FORMAT, (OURS,), name) for name in FORMATS]
    sizes = [size for size in sizes if size.rows <= asked.most]
    found = {"date": datetime.now(UTC).strftime("%Y-%m-%d")} | circumstances()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        bench = Bench(Path(folder), Limits(asked.limit, runs=asked.runs), _say)
        try:
            bench.run(sizes)
        except WrongFindingError as error:
            _say(f"WRONG: {error}")
            return 1
    found["limit_seconds"] = asked.limit
    found["measurements"] = bench.measurements
    _say(results.table(found, "en"))
    _say(results.formats(found))
    _say(json.dumps(results.figures(found), indent=1))
    found["service"] = load.measure(runs=1 if asked.quick else asked.runs)
    _say(json.dumps(found["service"], indent=1))
    if asked.keep:
        results.RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
        _render(found)
    return 1 if any(item["failed"] for item in found["service"]) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="10^4 and 10^5 rows, short load")
    parser.add_argument("--keep", action="store_true", help="write results, pictures and READMEs")
    parser.add_argument("--render", action="store_true", help="pictures and READMEs again, no run")
    parser.add_argument("--most", type=int, default=ALL[-1], help="rows of the greatest table")
    parser.add_argument("--runs", type=int, default=5, help="runs of each (default: 5)")
    parser.add_argument("--limit", type=float, default=300, help="seconds one run may take")
    parser.add_argument("--folder", type=Path, help="where tables are written for the time being")
    return parser.parse_args()


def _render(found: results.Results) -> None:
    plots.draw(found)
    for language, page in results.READMES.items():
        page.write_text(results.renew(page.read_text("utf-8"), found, language), "utf-8")
    page = results.OWN_PAGE.read_text("utf-8")
    results.OWN_PAGE.write_text(results.renew_own(page, found), "utf-8")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
