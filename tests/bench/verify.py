"""Holds a report of ours against what was planted: by check, row and tonne."""

from __future__ import annotations

from typing import Any

from tests.bench.tables import Expected, Found

NO_TONNES = frozenset({"T-22"})
"""Checks whose differences are not worked out by the generator."""


def complaints(report: dict[str, Any], rows: int, expected: Expected) -> list[str]:
    """Say everything in which a report departs from what must be found; nothing where all is right.

    Every finding's count and tonnes, every row it shows with its difference, and that those are
    the worst; the sums of allowances and emissions; and that nothing else was found.
    """
    totals = report["totals"]
    found = {finding["check"]: finding for finding in report["findings"]}
    pairs: list[tuple[str, Any, Any]] = [
        ("rows", report["rows"], rows),
        ("checks that failed", sorted(found), sorted(expected.checks)),
        ("sum of allowances", totals["allowance"]["found"], expected.allowance),
        ("sum of emissions", _millionths(totals["emissions"]), expected.emissions),
    ]
    for name in found.keys() & expected.checks.keys():
        pairs += _of_check(name, found[name], expected.checks[name])
    return [f"{what}: {given}, not {right}" for what, given, right in pairs if given != right]


def _of_check(name: str, finding: dict[str, Any], right: Found) -> list[tuple[str, Any, Any]]:
    pairs: list[tuple[str, Any, Any]] = [(f"{name} count", finding["count"], right.count)]
    if right.tonnes is not None:
        pairs.append((f"{name} tonnes", finding["tonnes"], right.tonnes))
    if right.rows is None:
        return pairs
    shown = [(row["row"], row["difference"]) for row in finding["rows"]]
    if name in NO_TONNES:
        strangers = [row for row, _ in shown if row not in right.rows]
        return [*pairs, (f"{name} rows that were not planted", strangers, [])]
    worst = sorted(right.rows.items(), key=lambda item: (-abs(item[1]), item[0]))[: len(shown)]
    if right.tonnes:
        return [*pairs, (f"{name} rows, worst first", shown, worst)]
    return [*pairs, (f"{name} rows", [row for row, _ in shown], [row for row, _ in worst])]


def _millionths(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 10**6 + int(rest.ljust(6, "0"))
