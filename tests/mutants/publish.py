"""Publishes what the vectors can do: ``vectors/strength.json`` and a page in each language.

Made from the vectors, the mistakes they expose and ``results.json``; no mutant is run for it, so a
test can hold it against them. ``python -m tests.mutants.publish`` writes it, and so does
``make mutants``.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cets_conformance import direct, json_text
from cets_conformance.vectors import Case, load, load_mistakes
from cets_conformance.vectors.cases import drafts

from . import records
from .vectors import fingerprints

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "vectors" / "strength.json"
PAGES = {"en": ROOT / "docs" / "strength.md", "zh": ROOT / "docs" / "strength.zh-CN.md"}
HERE = Path(__file__).resolve().parent


@cache
def _chinese() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((HERE / "guards.toml").read_text("utf-8"))
    return found


def guard_of(case: str) -> dict[str, str] | None:
    """Give what a case's author says it guards, in both languages; None where nothing is said."""
    phrase = _guards().get(case)
    if not phrase:
        return None
    return {"en": phrase, "zh": phrase if phrase.isupper() else _chinese()[phrase]}


@cache
def _guards() -> dict[str, str]:
    return {item.id: item.guards for name in direct.operation_names() for item in drafts(name)}


def collect() -> dict[str, Any]:
    """Collect the matrix of clauses, mistakes and vectors, and what each vector does alone."""
    results, cases = records.read(), load()
    unchanged = {
        name for name, hashed in fingerprints().items() if results["cases"][name] == hashed
    }
    mutants = _killed_alone()
    return {
        "ruleset": direct.rules()["ruleset"],
        "reference": direct.version(),
        "mutants": {"date": results["date"], **results["counts"]},
        "clauses": [
            {
                "id": clause,
                **results["scores"].get(clause, dict.fromkeys(_COUNTS, 0)),
                "cases": [case.id for case in cases if clause in case.clauses],
            }
            for clause in (item["id"] for item in direct.rules()["clauses"])
        ],
        "contract": results["scores"]["contract"],
        "mistakes": [
            {
                "id": item["id"],
                "clause": item["clause"],
                "cases": [case.id for case in cases if item["id"] in case.mistakes],
            }
            for item in load_mistakes()
        ],
        "cases": [
            _case(case, mutants.get(case.id, []) if case.id in unchanged else []) for case in cases
        ],
    }


_COUNTS = ("mutants", "killed", "equivalent", "unseen")


def _case(case: Case, mutants: list[str]) -> dict[str, Any]:
    guard = guard_of(case.id)
    mistakes = [name for name in case.mistakes if _exposing()[name] == 1]
    alone = {"mistakes": mistakes, "mutants": mutants}
    return {"id": case.id, "alone": alone, **({"guards": guard} if guard else {})}


@cache
def _exposing() -> Mapping[str, int]:
    return {
        item["id"]: sum(item["id"] in case.mistakes for case in load()) for item in load_mistakes()
    }


def _killed_alone() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for module, known in records.read()["modules"].items():
        for name, line in known["mutants"].items():
            if case := records.Verdict(*line).alone:
                found.setdefault(case, []).append(f"{module}.{name}")
    return found


def render_data() -> str:
    """Render the data file, canonical as all vectors are."""
    return json_text.dumps(collect(), pretty=True, sort_keys=True)


def render_page(language: str) -> str:
    """Render the page a person reads."""
    words = _words(language)
    found = collect()
    lines = [*_head(words, found), *_clauses(words, found), *_mistakes(words, found, language)]
    return "\n".join([*lines, *_cases(words, found, language)]) + "\n"


def _words(language: str) -> dict[str, str]:
    texts = tomllib.loads((HERE / "page.toml").read_text("utf-8"))
    return {name: item[language].strip() for name, item in texts.items()}


def _head(words: Mapping[str, str], found: Mapping[str, Any]) -> Iterator[str]:
    yield words["title"]
    yield ""
    yield words["about"].format(**found["mutants"], cases=len(found["cases"]))
    yield ""


def _clauses(words: Mapping[str, str], found: Mapping[str, Any]) -> Iterator[str]:
    yield words["clauses"]
    yield ""
    yield words["clause_row"]
    yield "|---|--:|--:|--:|--:|--:|---|--:|"
    by_clause: dict[str, list[str]] = {}
    for item in found["mistakes"]:
        by_clause.setdefault(item["clause"], []).append(item["id"])
    rows = [*found["clauses"], {"id": words["contract"], **found["contract"], "cases": []}]
    for item in rows:
        can = item["mutants"] - item["equivalent"] - item["unseen"]
        share = f"{100 * item['killed'] / can:.0f} %" if can else "—"
        mistakes = " ".join(by_clause.get(item["id"], [])) or "—"
        counts = " | ".join(str(item[name]) for name in _COUNTS)
        yield f"| {item['id']} | {counts} | {share} | {mistakes} | {len(item['cases']) or '—'} |"
    yield ""


def _mistakes(words: Mapping[str, str], found: Mapping[str, Any], language: str) -> Iterator[str]:
    yield words["mistakes"]
    yield ""
    yield words["mistake_row"]
    yield "|---|---|---|--:|---|"
    texts = {item["id"]: item["text"][language] for item in load_mistakes()}
    clauses = {case.id: case.clauses for case in load()}
    for item in found["mistakes"]:
        own = [name for name in item["cases"] if item["clause"] in clauses[name]]
        shown = " ".join(f"`{name}`" for name in own[:2])
        about = f"{item['id']} | {item['clause']} | {texts[item['id']]}"
        yield f"| {about} | {len(item['cases'])} | {shown} |"
    yield ""


def _cases(words: Mapping[str, str], found: Mapping[str, Any], language: str) -> Iterator[str]:
    yield words["cases"]
    operation = ""
    for item in found["cases"]:
        before, operation = operation, item["id"].partition("/")[0]
        if operation != before:
            yield from ("", f"### {operation}", "", words["case_row"], "|---|---|---|")
        alone = [*item["alone"]["mistakes"]]
        if count := len(item["alone"]["mutants"]):
            alone.append(words["mutants_alone"].format(count=count))
        guards = item.get("guards", {}).get(language, "")
        yield f"| `{item['id']}` | {', '.join(alone) or '—'} | {guards or '—'} |"


def main() -> int:
    """Write data and pages."""
    DATA.write_text(render_data(), "utf-8")
    for language, page in PAGES.items():
        page.write_text(render_page(language), "utf-8")
    sys.stdout.write("written: vectors/strength.json, docs/strength.md, docs/strength.zh-CN.md\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
