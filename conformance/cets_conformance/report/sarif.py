"""Reports as SARIF 2.1.0, for code scanning pages: a result a wrong case, or a wrong row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from cets_conformance import json_text
from cets_conformance.messages import Language, entries
from cets_conformance.report.run_words import RunWords

__all__ = ["render"]

_LEVELS = {"error": "error", "warning": "warning", "notice": "note"}
_OPEN = {"error": "warning", "skipped": "note", "not_run": "note"}


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give a report as one SARIF run."""
    words = RunWords(language, report)
    of_run = report["kind"] == "run"
    results = list(_of_run(report, words) if of_run else _of_table(report, words))
    rules = sorted({result["ruleId"] for result in results})
    problems = report.get("problems", ())
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "cets-conformance",
                        "version": report["versions"]["conformance"],
                        "rules": [_rule(name, words) for name in rules],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not problems,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": words.said(problem)}}
                            for problem in problems
                        ],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json_text.dumps(log, pretty=True)


def _rule(name: str, words: RunWords) -> dict[str, Any]:
    entry = entries().get(f"check.{name}.title")
    if entry:
        return {"id": name, "shortDescription": {"text": entry[words.language]}}
    clause = words.clause(name)
    return {"id": name, "shortDescription": {"text": clause["title"] if clause else name}}


def _result(rule: str, level: str, says: str, location: Mapping[str, Any]) -> dict[str, Any]:
    return {"ruleId": rule, "level": level, "message": {"text": says}, "locations": [location]}


def _of_run(report: Mapping[str, Any], words: RunWords) -> Iterable[dict[str, Any]]:
    for item in report["results"]:
        if item["outcome"] == "pass":
            continue
        rule = (item.get("first_difference") or {}).get("clause") or item["clauses"][0]
        file = f"vectors/{report['ruleset']}/{item['operation']}.json"
        location = {
            "physicalLocation": {"artifactLocation": {"uri": file}},
            "logicalLocations": [{"fullyQualifiedName": item["id"], "kind": "member"}],
        }
        if item["outcome"] == "fail":
            name, _, field, expected, found, why = words.failure(item)
            says = f"{name} {field}: {why}; {words.t('run.expected')} {expected}, "
            says += f"{words.t('run.found')} {found}"
            yield _result(rule, "error", says, location)
        else:
            says = f"{item['id']}: {words.outcome(item['outcome'])}: {words.said(item)}"
            yield _result(rule, _OPEN[item["outcome"]], says, location)


def _of_table(report: Mapping[str, Any], words: RunWords) -> Iterable[dict[str, Any]]:
    for finding in report["findings"]:
        title = words.t(f"check.{finding['check']}.title")
        for row in finding["rows"]:
            physical: dict[str, Any] = {
                "artifactLocation": {"uri": quote(report["source"]["name"])}
            }
            if row["row"]:
                physical["region"] = {"startLine": row["row"]}
            says = " · ".join(
                part
                for part in (
                    title,
                    row["unit_id"] or "",
                    words.field(row["field"]) if row["field"] else "",
                    f"{words.t('label.found')} {row['found']}" if row["found"] is not None else "",
                    f"{words.t('label.expected')} {row['expected']}"
                    if row["expected"] is not None
                    else "",
                )
                if part
            )
            level = _LEVELS[finding["severity"]]
            yield _result(finding["check"], level, says, {"physicalLocation": physical})
