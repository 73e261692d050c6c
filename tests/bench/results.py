"""What is shown of the measurements: ratios only, since no machine is like another.

The tables of both READMEs stand between markers and are made from ``results.json`` alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.bench.contenders import DASK, OTHERS, OURS

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
READMES = {"en": FOLDER.parents[1] / "README.md", "zh": FOLDER.parents[1] / "README.zh-CN.md"}
BEGIN, END = "<!-- bench:begin -->\n", "<!-- bench:end -->"
OWN_PAGE = FOLDER / "README.md"
FORMATS_BEGIN, FORMATS_END = "<!-- formats:begin -->\n", "<!-- formats:end -->"
SERVICE_BEGIN, SERVICE_END = "<!-- service:begin -->\n", "<!-- service:end -->"

Results = dict[str, Any]

WORDS = {
    "en": {
        "head": "| the same file, whole processes | rows | time ÷ `cets check` | memory ÷ file |",
        OURS: "`cets check`: types, laws, exact recomputation",
        "pyarrow read": "only reading it with pyarrow",
        "pandera": "types alone, pandera",
        "frictionless": "types alone, frictionless",
        "jsonschema": "types alone, row by row with jsonschema",
        "times": "{ratio} ×",
    },
    "zh": {
        "head": "| 同一文件、整个进程 | 行数 | 用时 ÷ `cets check` | 内存 ÷ 文件大小 |",
        OURS: "`cets check`：类型、规律、精确复算",
        "pyarrow read": "仅用 pyarrow 读取",
        "pandera": "仅检验类型，pandera",
        "frictionless": "仅检验类型，frictionless",
        "jsonschema": "仅检验类型，jsonschema 逐行",
        "times": "{ratio} 倍",
    },
}


def load() -> Results:
    """Read the stored measurements."""
    found: Results = json.loads(RESULTS.read_text("utf-8"))
    return found


def measured(results: Results, contender: str, table: str = "ordinary") -> dict[int, Any]:
    """Give a contender's measurements by rows, without the sizes it was left out of."""
    return {
        m["rows"]: m
        for m in results["measurements"]
        if m["contender"] == contender and m["table"] == table and "left_out" not in m
    }


def comparison(results: Results) -> list[dict[str, Any]]:
    """Give for each contender, at the greatest size both ran, its time ÷ ours and memory ÷ file."""
    ours = measured(results, OURS)
    rows = []
    for name in (OURS, *OTHERS):
        theirs = measured(results, name)
        common = max(ours.keys() & theirs.keys(), default=None)
        if common is not None:
            here = theirs[common]
            rows.append(
                {
                    "contender": name,
                    "rows": common,
                    "time": here["seconds"] / ours[common]["seconds"],
                    "memory": here["peak_bytes"] / here["bytes"],
                }
            )
    return rows


def figures(results: Results) -> dict[str, float]:
    """Give the figures the project holds itself to, as far as they were measured.

    ``over_reading``: our time ÷ a bare pyarrow read; ``over_frictionless``: frictionless ÷ ours;
    ``memory``: peak ÷ file; each at the greatest common size. ``growth``: time per row at the
    greatest size ÷ at 100,000 rows. ``ties``: the adversarial table ÷ an ordinary one.
    ``two_workers``: time with one Dask worker ÷ with two.
    """
    by_name = {row["contender"]: row for row in comparison(results)}
    ours, ties = measured(results, OURS), measured(results, OURS, "ties")
    found = {}
    if "pyarrow read" in by_name:
        found["over_reading"] = 1 / by_name["pyarrow read"]["time"]
    if "frictionless" in by_name:
        found["over_frictionless"] = by_name["frictionless"]["time"]
    if OURS in by_name:
        found["memory"] = by_name[OURS]["memory"]
    if 100_000 in ours and max(ours) > 100_000:
        most = max(ours)
        found["growth"] = ours[most]["seconds"] / most / (ours[100_000]["seconds"] / 100_000)
    common = max(ours.keys() & ties.keys(), default=None)
    if common is not None:
        found["ties"] = ties[common]["seconds"] / ours[common]["seconds"]
    one, two = (measured(results, name) for name in DASK)
    common = max(one.keys() & two.keys(), default=None)
    if common is not None:
        found["two_workers"] = one[common]["seconds"] / two[common]["seconds"]
    return {name: round(value, 3) for name, value in found.items()}


def table(results: Results, language: str) -> str:
    """Make the table of a README."""
    words = WORDS[language]
    lines = [words["head"], "|---|---|---|---|"]
    for row in comparison(results):
        time = words["times"].format(ratio=_two_digits(row["time"]))
        lines.append(
            f"| {words[row['contender']]} | {row['rows']:,} | {time} "
            f"| {words['times'].format(ratio=_two_digits(row['memory']))} |"
        )
    return "\n".join(lines) + "\n"


def formats(results: Results) -> str:
    """Make the table of one table in several formats; time and memory beside those of CSV."""
    shown_as = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet"}
    found = {name: measured(results, OURS, name) for name in shown_as}
    lines = ["| `cets check` of | rows | time ÷ CSV | memory ÷ CSV |", "|---|---|---|---|"]
    for name, sizes in found.items():
        for rows, here in sizes.items():
            beside = found["csv"].get(rows)
            if beside:
                ratios = (here[key] / beside[key] for key in ("seconds", "peak_bytes"))
                shown = " | ".join(f"{_two_digits(ratio)} ×" for ratio in ratios)
                lines.append(f"| {shown_as[name]} | {rows:,} | {shown} |")
    return "\n".join(lines) + "\n"


def service(results: Results) -> str:
    """Make the table of the service under load, with the machine it ran on."""
    machine = results["machine"]
    lines = [
        "| request | a second | p50 | p95 | p99 | p99 of each run |",
        "|---|---|---|---|---|---|",
    ]
    for found in results["service"]:
        figures = (f"{found[name]:.0f} ms" for name in ("p50_ms", "p95_ms", "p99_ms"))
        runs = ", ".join(f"{p99:.0f}" for p99 in found["p99_ms_runs"])
        lines.append(f"| {found['kind']} | {found['rate']} | {' | '.join(figures)} | {runs} ms |")
    where = (
        f"{machine['cores']} cores of {machine['cpu']}, {machine['memory_gib']} GiB, "
        f"Python {results['versions']['python']}"
    )
    return "\n".join(lines) + f"\n\nOn {where}, {results['date']}; the run in the middle by p99.\n"


def renew(page: str, results: Results, language: str) -> str:
    """Give a README with its table made anew."""
    return _between(page, BEGIN, END, table(results, language))


def renew_own(page: str, results: Results) -> str:
    """Give the README of this folder with its tables made anew."""
    page = _between(page, FORMATS_BEGIN, FORMATS_END, formats(results))
    return _between(page, SERVICE_BEGIN, SERVICE_END, service(results))


def _between(page: str, begin: str, end: str, text: str) -> str:
    before, begun, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not (begun and ended):
        raise ValueError("no place for the table of measurements")
    return before + begin + text + end + after


def _two_digits(ratio: float) -> str:
    """Print a ratio with two significant digits and no exponent."""
    if ratio >= 10:
        places = len(str(int(ratio))) - 2
        return f"{round(ratio, -places):,.0f}"
    return f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2g}"
