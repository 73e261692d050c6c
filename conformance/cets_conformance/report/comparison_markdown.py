"""The comparison as Markdown: verdict, same data or not, who stands with whom, worst units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cets_conformance.messages import Language
from cets_conformance.report.comparison_words import ComparisonWords
from cets_conformance.report.marking import plain, table

__all__ = ["render"]

SHOWN = 50
"""Patterns; the JSON report has all of them."""


def render(report: Mapping[str, Any], language: Language) -> str:
    """Give the report as Markdown text (tables as GitHub and GitLab read them)."""
    words = ComparisonWords(language)
    verdict = words.t(f"comparison.verdict.{report['verdict']}")
    blocks = [
        f"# {words.t('comparison.title', names=plain(words.names(report)))}",
        f"**{verdict}** — {words.verdict(report)}",
        _counts(report, words),
        *_inputs(report, words),
        *_patterns(report, words),
        *_disputes(report, words),
        *_totals(report, words),
        _versions(report, words),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _counts(report: Mapping[str, Any], words: ComparisonWords) -> str:
    counts = report["counts"]
    lines = [
        f"{words.t(f'comparison.figure.{name}')}: {words.number(counts[name])}"
        for name in ("units", "agreed", "disputed", "not_comparable", "tonnes")
    ]
    if counts["reasons"]:
        lines[3] += f" ({words.reasons(report)})"
    unjudged = words.unjudged(report)
    if unjudged:
        lines.append(f"**{words.t('comparison.lead.previous')}** {unjudged}")
    alone = report["reference_alone"]
    if alone["units"]:
        says = words.t(
            "comparison.lead.alone_says",
            units=words.number(alone["units"]),
            tonnes=words.number(alone["tonnes"]),
        )
        lines.append(f"**{words.t('comparison.lead.alone')}** {says}")
    return "\n".join(f"- {line}" for line in lines)


def _inputs(report: Mapping[str, Any], words: ComparisonWords) -> Iterable[str]:
    inputs = report["inputs"]
    yield f"## {words.t('comparison.section.inputs')}"
    yield "\n".join(
        f"- {words.t(f'comparison.inputs.{name}')}: {words.number(inputs[name])}"
        for name in ("same", "immaterial", "differ", "single")
    )
    if inputs["differ"]:
        yield words.right_on_own(report)
    if inputs["patterns"]:
        names = ("stands", "data", "effect", "units", "apart")
        rows = [
            [
                plain(words.stands(item["groups"])),
                plain(words.fields(item["fields"])),
                words.t(f"comparison.inputs.{_effect(item)}"),
                words.number(item["units"]),
                words.number(item["tonnes"]),
            ]
            for item in inputs["patterns"][:SHOWN]
        ]
        yield table([words.t(f"comparison.column.{name}") for name in names], rows, (3, 4))
        yield from _more(len(inputs["patterns"]), words)


def _effect(item: Mapping[str, Any]) -> str:
    return "material_tag" if item["material"] else "immaterial_tag"


def _patterns(report: Mapping[str, Any], words: ComparisonWords) -> Iterable[str]:
    disputed = [pattern for pattern in report["patterns"] if len(pattern["groups"]) > 1]
    yield f"## {words.t('comparison.section.patterns')}"
    if not disputed:
        yield words.t("comparison.pattern.none")
        return
    for pattern in disputed[:SHOWN]:
        weight = words.t("comparison.pattern.units", count=words.number(pattern["units"]))
        if pattern["tonnes"] is not None:
            tonnes = words.t("report.finding.tonnes", tonnes=words.number(pattern["tonnes"]))
            weight = f"**{tonnes}** · {weight}"
        clauses = " ".join(f"`{clause}`" for clause in pattern["clauses"])
        field = words.field(pattern["field"])
        shape = words.t(f"comparison.shape.{pattern['shape']}")
        yield f"### {pattern['id']} {plain(words.groups(pattern))} — {field}"
        yield f"{weight} · {shape} · {words.rule(pattern)} · {clauses}"
        lines = [
            f"- {plain(words.group(group))}: {plain(line)}"
            for group in pattern["groups"]
            for line in words.causes(group, pattern["units"])
        ]
        silent = words.silent(pattern)
        yield "\n".join([*lines, *([f"- {plain(silent)}"] if silent else [])])
    yield from _more(len(disputed), words)


def _more(count: int, words: ComparisonWords) -> Iterable[str]:
    if count > SHOWN:
        yield words.t("comparison.pattern.more", count=count - SHOWN)


def _disputes(report: Mapping[str, Any], words: ComparisonWords) -> Iterable[str]:
    disputes = report["disputes"]
    if not disputes["rows"]:
        return
    yield f"## {words.t('comparison.section.disputes')}"
    names = [plain(item["name"]) for item in report["tables"]]
    head = [
        words.t("report.column.unit"),
        words.t("report.column.year"),
        words.t("report.column.field"),
        *names,
        words.t("report.versions.reference"),
        words.t("comparison.column.tonnes"),
        words.t("comparison.column.pattern"),
    ]
    rows = [
        [
            " ".join(plain(row[key]) for key in ("enterprise_name", "unit_id") if row[key]),
            str(row["year"]),
            words.field(row["field"]),
            *(plain(words.figure(row, at)) for at in range(len(names))),
            words.value(row["field"], row["reference"]),
            words.number(row["tonnes"]),
            row["pattern"],
        ]
        for row in disputes["rows"]
    ]
    yield table(head, rows, range(3, len(head) - 1))
    if disputes["count"] > len(rows):
        count = words.number(disputes["count"])
        yield words.t("comparison.disputes.shown", shown=len(rows), count=count)


def _totals(report: Mapping[str, Any], words: ComparisonWords) -> Iterable[str]:
    yield f"## {words.t('comparison.section.totals')}"
    yield words.t("comparison.totals.help")
    names = ("units", "found", "expected", "wrong")
    columns = [words.t(f"comparison.column.{name}") for name in (*names, "difference")]
    for kind in ("sector", "province"):
        head = [words.t(f"report.column.{kind}"), words.t("comparison.column.table"), *columns]
        rows = [
            [
                words.place_name(kind, entry),
                plain(item["name"]),
                *(words.number(item[name]) for name in names),
                words.signed(item["difference"]),
            ]
            for entry in report["totals"][f"by_{kind}"]
            for item in entry["tables"]
        ]
        if rows:
            yield table(head, rows, range(2, len(head)))


def _versions(report: Mapping[str, Any], words: ComparisonWords) -> str:
    versions = report["versions"]
    lines = [
        f"- {plain(item['name'])}: {plain(item['source']['name'])} `{item['source']['sha256']}`"
        for item in report["tables"]
    ]
    before = report.get("previous")
    if before:
        told = f"{plain(before['name'])} `{before['sha256']}`"
        lines.append(f"- {words.t('comparison.previous')}: {told}")
    about = (
        f"---\n\n{words.t('report.versions.reference')} {versions['reference']} · "
        f"{words.t('report.versions.conformance')} {versions['conformance']} · "
        f"`{report['ruleset']}`\n"
    )
    return "\n".join([about, *lines])
