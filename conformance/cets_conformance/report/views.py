"""What a report shows, worked out once for every format: order, sums, coverage, readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from cets_conformance import direct
from cets_conformance.report.sums import by_sector, sums, whole
from cets_conformance.report.words import NOTHING, Words, decisive
from cets_conformance.tables.options import TOUCHING

__all__ = [
    "coverage",
    "finding",
    "in_order",
    "provinces",
    "rate_bins",
    "readings",
    "view",
]

_SEVERITIES: Final = ("error", "warning", "notice")
_BOUNDS: Final = ("T-21", "T-22")
"""Checks whose ``expected`` is the bound that was passed, not the right amount."""
_HEADER: Final = "T-01"
"""The check whose rows are of the header: no unit's, and nothing is derived from them."""
_AMOUNTS: Final = {"T-10", "T-11", "T-12", "T-13"}
"""Checks that compare an amount of each unit."""
_BALANCE_CLAUSES: Final = {"option": ("B-4",), "table": ("B-4",), "solved": ("B-1", "B-2")}


def in_order(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Order findings for a reader: by severity, then most tonnes, then most rows, then id."""
    return sorted(
        findings,
        key=lambda item: (
            _SEVERITIES.index(item["severity"]),
            -int(item["tonnes"] or 0),
            -int(item["count"]),
            item["check"],
        ),
    )


def finding(item: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Give a finding with what its table needs: which columns its rows have anything in."""
    rows = item["rows"]
    fields = {row["field"] for row in rows}
    return {
        "check": item["check"],
        "severity": item["severity"],
        "title": words.term(f"check.{item['check']}", "title"),
        "says": words.term(f"check.{item['check']}", "says"),
        "clauses": item["clauses"],
        "count": item["count"],
        "tonnes": item["tonnes"],
        "rows": rows,
        "field": words.field(next(iter(fields))) if len(fields) == 1 and None not in fields else "",
        "has_field": len(fields) > 1,
        "has_found": any(row["found"] is not None for row in rows),
        "has_expected": any(row["expected"] is not None for row in rows),
        "expected_label": f"report.column.{'bound' if item['check'] in _BOUNDS else 'expected'}",
        "has_difference": any(row["difference"] is not None for row in rows),
        "has_code": any(row.get("code") for row in rows),
        "has_derivation": item["check"] != _HEADER,
    }


def coverage(checks: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count checks by status; the three add up to all."""
    counts = Counter(check["status"] for check in checks)
    statuses = {status: counts[status] for status in ("passed", "failed", "not_checked")}
    return statuses | {"all": len(checks)}


def readings(report: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """Give the open points that touch a table, and how each is read here."""
    changed = report["readings"]
    return [
        {
            "id": reading["id"],
            "question": reading["question"][words.language],
            "choice": words.term(
                f"report.choice.{reading['id']}", changed.get(reading["id"], reading["default"])
            ),
            "changed": reading["id"] in changed,
            "clauses": reading["clauses"],
        }
        for reading in direct.rules()["readings"]
        if reading["id"] in changed or reading["id"] in TOUCHING
    ]


def rate_bins(report: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """Give the histogram as rows: a bin's label and its count by sector; empty bins left out."""
    bins: dict[tuple[str | None, str | None], dict[str, int]] = {}
    for item in report["totals"]["surplus_rates"]:
        counts = bins.setdefault((item["lower"], item["upper"]), {})
        counts[item["sector"]] = item["count"]
    ordered = sorted(bins, key=lambda ends: Fraction(ends[0]) if ends[0] else Fraction(-1))
    return [
        {"label": rate_label(lower, upper, words), "counts": bins[lower, upper]}
        for lower, upper in ordered
        if any(bins[lower, upper].values())
    ]


def rate_label(lower: str | None, upper: str | None, words: Words) -> str:
    """Say a bin of surplus rates in per cent."""
    if lower is None:
        return words.t("report.chart.below", value=_percent(upper))
    if upper is None:
        return words.t("report.chart.above", value=_percent(lower))
    return words.t("report.chart.between", lower=_percent(lower), upper=_percent(upper))


def _percent(rate: str | None) -> str:
    if rate is None:
        return NOTHING
    hundredths = int(Fraction(rate) * 10_000)
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'−' if hundredths < 0 else ''}{whole}.{rest:02d}%"


def view(report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Work out everything that the body shows and the report does not hold as such."""
    totals, total = report["totals"], whole(report)
    besides = _AMOUNTS - {decisive(report)["id"]}
    return {
        "verdict": words.verdict(report),
        "amount": words.amount(report),
        "coverage": coverage(report["checks"]),
        "findings": [finding(item, words) for item in in_order(report["findings"])],
        "whole": total,
        "judged": decisive(report)["rows_checked"],
        "besides": words.named([item for item in report["findings"] if item["check"] in besides]),
        "provinces": provinces(report, words),
        "net": _net(totals["allowance"]),
        "sums": sums(report, words),
        "sectors": list(
            dict.fromkeys(item["sector"] for item in by_sector(totals["surplus_rates"]))
        ),
        "bins": rate_bins(report, words),
        "readings": readings(report, words),
        "balance": [_balance(item, words) for item in by_sector(report["balance_values"])],
        "clauses": _cited(report, words),
        "why_not": _why_not(report, words),
        "conforms_under": words.conforms_under(report),
        "notes": [_note(item, words) for item in report["notes"]],
        "checks": [
            {
                **check,
                "title": words.term(f"check.{check['id']}", "title"),
                "reason": reason(check, words),
            }
            for check in report["checks"]
        ],
    }


def provinces(report: Mapping[str, Any], words: Words) -> dict[str, Any] | None:
    """Give what the chart by province shows: tonnes of difference, else the sums in the table.

    None where there is nothing to show.
    """
    items = report["totals"]["by_province"]
    wrong = {item["province"]: item["tonnes"] for item in items if item["tonnes"]}
    if wrong:
        title, says = (words.t(f"report.chart.difference_{part}") for part in ("title", "says"))
        return {"title": title, "says": says, "tonnes": wrong, "wrong": True}
    judged = decisive(report)["rows_checked"]
    found = {item["province"]: item["found"] for item in items if item["found"] or judged}
    if not found:
        return None
    amount = words.amount(report)
    how = "all" if judged == report["rows"] else "partly" if judged else "none"
    return {
        "title": words.t("report.chart.amount_title", amount=amount),
        "says": words.join(
            [words.t("report.chart.amount_says"), words.t(f"report.chart.amount_{how}")]
        ),
        "tonnes": found,
        "wrong": False,
    }


def _cited(report: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """Give every clause that the body links to, in the order of the rulebook."""
    cited = {clause for item in report["findings"] for clause in item["clauses"]}
    cited |= {clause for item in readings(report, words) for clause in item["clauses"]}
    for item in report["balance_values"]:
        cited |= set(_BALANCE_CLAUSES.get(item["from"], ("B-1",)))
    order = [clause["id"] for clause in direct.rules()["clauses"]]
    return [clause for key in order if key in cited and (clause := words.clause(key))]


def _net(amounts: Mapping[str, Any]) -> int | None:
    if amounts["found"] is None or amounts["expected"] is None:
        return None
    return int(amounts["found"]) - int(amounts["expected"])


def _balance(item: Mapping[str, Any], words: Words) -> dict[str, Any]:
    clauses = [words.clause(key) for key in _BALANCE_CLAUSES.get(item["from"], ("B-1",))]
    return {**item, "from": words.term("report.from", item["from"]), "clauses": clauses}


def _why_not(report: Mapping[str, Any], words: Words) -> str:
    """Give the reason why the amounts were not recomputed, where they were not."""
    if report["verdict"] != "not_checked":
        return ""
    return reason(decisive(report), words)


def reason(check: Mapping[str, Any], words: Words) -> str:
    """Say why a check did not run, or not on every row; empty where it did."""
    code = check.get("reason_code")
    if not code:
        return str(check.get("reason") or "")
    values = dict(check.get("reason_values") or {})
    for key in ("field", "column"):
        if key in values:
            values[key] = words.field(str(values[key]))
    return words.message("reason", code, values)


def _note(item: Mapping[str, Any], words: Words) -> dict[str, Any]:
    field = words.field(item["field"]) if item["field"] else ""
    values = {**item["values"], "field": field, "count": words.number(item["count"])}
    return {
        "text": words.message("note", item["code"], values),
        "field": field,
        "count": item["count"],
        "place": words.place({"row": item["row"], "column": item["column"]}),
    }
