"""The report as Markdown, for a pull request: verdict, findings, checks, versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cets_conformance.messages import Language
from cets_conformance.report import views
from cets_conformance.report.marking import plain, table
from cets_conformance.report.sums import FIGURES
from cets_conformance.report.words import Words

__all__ = ["render"]


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give the report as Markdown text (tables as GitHub and GitLab read them)."""
    words = Words(language)
    view = views.view(report, words)
    blocks = [
        f"# {words.t('report.title', name=plain(report['source']['name']))}",
        f"**{words.term('verdict', report['verdict'])}** — {plain(view['verdict'])}",
        *(
            [f"{words.t('report.lead.why_not')} {plain(view['why_not'])}"]
            if view["why_not"]
            else []
        ),
        plain(view["conforms_under"]),
        _checked(report, view, words),
        *_findings(view, words),
        *_sums(view, words),
        *_checks(view, words),
        *_notes(view, words),
        _versions(report, words),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _columns(words: Words, *names: str) -> list[str]:
    return [words.t(f"report.column.{name}") for name in names]


def _checked(report: Mapping[str, Any], view: Mapping[str, Any], words: Words) -> str:
    balance = words.t("report.comma").join(
        f"{words.term('sector', item['sector'])} {item['year']} {item['value']} ({item['from']})"
        for item in view["balance"]
    )
    changed = words.t("report.comma").join(
        f"{reading}: {choice}" for reading, choice in report["readings"].items()
    )
    lines = [
        (words.t("report.checked.kind"), words.t(f"report.kind.{report['table_kind']}")),
        (words.t("report.checked.units"), words.number(report["rows"])),
        (words.t("report.checked.balance"), balance),
        (words.t("report.checked.readings"), changed or words.t("report.checked.default")),
        (words.t("report.checked.ruleset"), f"`{report['ruleset']}`"),
    ]
    return "\n".join(f"- {name}: {value}" for name, value in lines if value)


def _findings(view: Mapping[str, Any], words: Words) -> Iterable[str]:
    yield f"## {words.t('report.section.findings')}"
    if not view["findings"]:
        yield words.t("report.finding.none")
        return
    yield words.t("report.unit_note")
    for item in view["findings"]:
        weight = words.t("report.finding.count", count=words.number(item["count"]))
        if item["tonnes"]:
            tonnes = words.tonnes(item)
            weight = f"**{tonnes}** · {weight}"
        severity = words.term("severity", item["severity"])
        yield f"### {item['check']} {item['title']} — {severity}"
        clauses = " ".join(f"`{clause}`" for clause in item["clauses"])
        yield f"{weight} · {words.t('report.finding.clauses')} {clauses}\n\n{item['says']}"
        yield _rows(item, words)
        if item["count"] > len(item["rows"]):
            count = words.number(item["count"])
            yield words.t("report.finding.shown", shown=len(item["rows"]), count=count)


def _rows(item: Mapping[str, Any], words: Words) -> str:
    head = _columns(words, "row", "unit", "year", "field", "found", "expected", "difference")
    if item["has_code"]:
        head += _columns(words, "says")
    return table(
        head, [_row(row, words, coded=item["has_code"]) for row in item["rows"]], (0, 4, 5, 6)
    )


def _row(row: Mapping[str, Any], words: Words, *, coded: bool) -> list[str]:
    who = " ".join(plain(row[key]) for key in ("enterprise_name", "unit_id") if row.get(key))
    cells = [
        str(row["row"] or "—"),
        who or "—",
        str(row["year"] or "—"),
        words.field(row["field"]),
        plain(words.value(row["field"], row["found"])),
        plain(words.value(row["field"], row["expected"])),
        words.signed(row["difference"]),
    ]
    return [*cells, plain(words.said(row))] if coded else cells


def _sums(view: Mapping[str, Any], words: Words) -> Iterable[str]:
    (of_sectors,) = (item for item in view["sums"] if item["by"] == "sector")
    if not of_sectors["rows"]:
        return
    yield f"## {words.t('report.section.sums')}"
    labels = [f"{item['label']} {item['year'] or ''}".rstrip() for item in of_sectors["rows"]]
    figures = of_sectors["rows"]
    if of_sectors["total"]:
        labels.append(f"**{words.t('report.column.total')}**")
        figures = [*figures, of_sectors["total"]]
    rows = [
        [label, *(words.number(item[name]) for name in FIGURES)]
        for label, item in zip(labels, figures, strict=True)
    ]
    yield table(_columns(words, "sector", *FIGURES), rows, range(1, 7))


def _checks(view: Mapping[str, Any], words: Words) -> Iterable[str]:
    yield f"## {words.t('report.section.checks')}"
    yield words.t("report.checks.summary", **view["coverage"])
    rows = [
        [
            f"{check['id']} {check['title']}",
            words.term("severity", check["severity"]),
            words.term("status", check["status"]),
            plain(check["reason"]),
        ]
        for check in view["checks"]
        if check["status"] != "passed"
    ]
    if rows:
        yield table(_columns(words, "check", "severity", "status", "says"), rows)


def _notes(view: Mapping[str, Any], words: Words) -> Iterable[str]:
    if view["notes"]:
        yield f"## {words.t('report.section.notes')}"
        yield "\n".join(f"- {plain(note['text'])}" for note in view["notes"])


def _versions(report: Mapping[str, Any], words: Words) -> str:
    versions = report["versions"]
    return (
        f"---\n\n{words.t('report.versions.reference')} {versions['reference']} · "
        f"{words.t('report.versions.conformance')} {versions['conformance']} · "
        f"{words.t('report.versions.sha256')} `{report['source']['sha256']}`"
    )
