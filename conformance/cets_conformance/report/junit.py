"""Reports as JUnit XML: a test case a vector, or a check of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as Tree  # written only, never read

from cets_conformance.messages import Language
from cets_conformance.report.run_words import RunWords

__all__ = ["render"]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Case = tuple[str, str, str | None, str, str]
"""Class name, name, kind of element (None: passed), message, text."""


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give a report as one test suite."""
    words = RunWords(language, report)
    if report["kind"] == "run":
        return _suite(words.name(report), list(_cases_of_run(report, words)))
    return _suite(report["source"]["name"], list(_cases_of_table(report, words)))


def _suite(name: str, cases: list[Case]) -> str:
    kinds = [kind for _, _, kind, _, _ in cases]
    attributes = {
        "name": _clean(name),
        "tests": str(len(cases)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
    }
    suite = Tree.Element("testsuite", attributes)
    for class_name, case_name, kind, message, text in cases:
        case = Tree.SubElement(
            suite, "testcase", {"classname": _clean(class_name), "name": _clean(case_name)}
        )
        if kind:
            Tree.SubElement(case, kind, {"message": _clean(message)}).text = _clean(text)
    root = Tree.Element("testsuites")
    root.append(suite)
    Tree.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{Tree.tostring(root, encoding='unicode')}\n"


def _cases_of_run(report: Mapping[str, Any], words: RunWords) -> Iterable[Case]:
    # A case that was not run is an error here: what was never asked must not look harmless.
    kinds = {"pass": None, "fail": "failure", "error": "error", "skipped": "skipped"}
    for problem in report["problems"]:
        yield "run", problem["code"], "error", words.said(problem), ""
    for item in report["results"]:
        kind = kinds.get(item["outcome"], "error")
        if item["outcome"] == "fail":
            _, clause, field, expected, found, why = words.failure(item)
            text = f"{clause} {field}: {why}; {words.t('run.expected')} {expected}, "
            text += f"{words.t('run.found')} {found}"
            yield item["operation"], item["id"], kind, f"{field} {why}", text
        else:
            yield item["operation"], item["id"], kind, words.said(item), ""


def _cases_of_table(report: Mapping[str, Any], words: RunWords) -> Iterable[Case]:
    findings = {item["check"]: item for item in report["findings"]}
    for check in report["checks"]:
        name = f"{check['id']} {words.t('check.' + check['id'] + '.title')}"
        if check["status"] == "not_checked":
            values = check.get("reason_values")
            says = words.message("reason", check.get("reason_code", ""), values)
            yield "table", name, "skipped", says, ""
        elif check["status"] == "failed" and check["severity"] == "error":
            finding = findings[check["id"]]
            rows = "\n".join(_row(row, words) for row in finding["rows"])
            count = words.t("report.finding.count", count=words.number(finding["count"]))
            yield "table", name, "failure", count, rows
        else:  # warnings and notices decide nothing, here as in the verdict
            yield "table", name, None, "", ""


def _row(row: Mapping[str, Any], words: RunWords) -> str:
    cells = (row["row"], row["unit_id"], words.field(row["field"]), row["found"], row["expected"])
    return " | ".join("—" if cell is None else str(cell) for cell in cells)


def _clean(text: object) -> str:
    """Leave out what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", str(text))
