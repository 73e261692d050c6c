"""What is published of the vectors' strength is so, and every vector earns its place."""

from __future__ import annotations

import tomllib

import pytest
from tests.mutants import citing, make, publish, records

from cets_conformance import direct, json_text, published
from cets_conformance.vectors import load
from cets_reference.citations import IMPLEMENTERS

PUBLISHED = json_text.loads(publish.DATA.read_bytes())


def test_what_is_published_is_what_vectors_mistakes_and_results_give() -> None:
    assert publish.DATA.read_text("utf-8") == publish.render_data(), "run `make docs`"


@pytest.mark.parametrize("language", publish.PAGES)
def test_the_pages_show_what_is_published(language: str) -> None:
    assert publish.PAGES[language].read_text("utf-8") == publish.render_page(language)


def test_it_fits_its_schema_and_is_canonical() -> None:
    published.validator("strength").validate(PUBLISHED)
    assert json_text.dumps(PUBLISHED, pretty=True, sort_keys=True).encode() == (
        publish.DATA.read_bytes()
    )


def test_every_case_notices_something_alone_or_says_what_it_guards() -> None:
    idle = [
        item["id"]
        for item in PUBLISHED["cases"]
        if not (item["alone"]["mistakes"] or item["alone"]["mutants"] or item.get("guards"))
    ]
    assert [item["id"] for item in PUBLISHED["cases"]] == [case.id for case in load()]
    assert idle == []


def test_every_guard_has_its_chinese_and_none_is_left_over() -> None:
    chinese = tomllib.loads((publish.HERE / "guards.toml").read_text("utf-8"))
    said = {guard["en"] for case in load() if (guard := publish.guard_of(case.id))}
    assert set(chinese) <= said


def test_every_mistake_is_exposed_by_a_case_of_its_clause() -> None:
    clauses = {case.id: case.clauses for case in load()}
    for item in PUBLISHED["mistakes"]:
        assert any(item["clause"] in clauses[name] for name in item["cases"]), item["id"]


def test_every_function_that_cites_a_clause_has_a_mutant() -> None:
    mutated = {
        f"{mutant.module}.{mutant.function.partition('.')[0]}"
        for module in make.modules()
        for mutant in make.mutants(module)
    }
    cited = {name for names in IMPLEMENTERS.values() for name in names}
    assert set(citing.rules()) == cited
    assert cited - mutated == set()


def test_every_clause_but_those_that_only_follow_is_attacked_by_a_mutant() -> None:
    without = {item["id"] for item in PUBLISHED["clauses"] if not item["mutants"]}
    assert without == {name for name, functions in IMPLEMENTERS.items() if not functions}


def test_nothing_that_an_answer_shows_survived_the_last_run() -> None:
    counts = PUBLISHED["mutants"]
    assert counts["surviving"] == 0
    parts = (counts[kind] for kind in ("killed", "equivalent", "unseen"))
    assert sum(parts) == counts["mutants"]


def test_the_result_names_cases_that_exist_and_lists_what_none_of_them_kills() -> None:
    ids = {case.id for case in load()}
    for mutant, verdict in records.recorded().items():
        if verdict.by_vectors:
            assert verdict.killer == records.TIME or verdict.killer.partition("?")[0] in ids
        else:
            assert records.listed(mutant, (*records.equivalents(), *records.unseen())), mutant.name


def test_a_score_counts_a_mutant_for_each_clause_it_attacks() -> None:
    mutant = next(item for item in make.mutants("scope") if item.function == "compute_exclusion")
    assert set(citing.clauses_of(mutant)) <= {item["id"] for item in direct.rules()["clauses"]}
    assert len(citing.clauses_of(mutant)) > 1
