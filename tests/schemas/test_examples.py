"""Every example says in its name what it shows, and the schemas see it that way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema.exceptions import ValidationError
from tests.schemas.changes import at, changed, places

from cets_conformance import json_text, published

EXAMPLES = published.data_folder() / "schemas" / "v1" / "examples"
DOCUMENTS = [name for name in published.schema_names() if name != "common"]
REASONS = json_text.loads((EXAMPLES / "invalid" / "reasons.json").read_bytes())
"""``<schema>/<name>`` of an invalid example to where and by which keyword it is refused."""


def names(folder: str) -> list[str]:
    return sorted(
        f"{schema.name}/{file.name.removesuffix('.json')}"
        for schema in (EXAMPLES / folder).iterdir()
        if schema.is_dir()
        for file in schema.iterdir()
    )


def load(folder: str, name: str) -> Any:
    return json_text.loads((EXAMPLES / folder / f"{name}.json").read_bytes())


def errors_of(name: str, value: Any) -> list[ValidationError]:
    return list(published.validator(name.split("/")[0]).iter_errors(value))


def places_of(errors: list[ValidationError]) -> Iterator[tuple[str, str]]:
    for error in errors:
        if error.context:
            yield from places_of(error.context)
        yield "".join(f"/{item}" for item in error.absolute_path), str(error.validator)


@pytest.mark.parametrize("schema", DOCUMENTS)
def test_every_schema_has_two_valid_and_three_invalid_examples(schema: str) -> None:
    count = {
        folder: sum(name.startswith(f"{schema}/") for name in names(folder))
        for folder in ("valid", "invalid")
    }
    assert count["valid"] >= 2
    assert count["invalid"] >= 3


@pytest.mark.parametrize("name", names("valid"))
def test_a_valid_example_is_accepted(name: str) -> None:
    assert errors_of(name, load("valid", name)) == []


@pytest.mark.parametrize("name", names("invalid"))
def test_an_invalid_example_is_refused_for_its_reason_and_nowhere_else(name: str) -> None:
    """The reason is among the errors, and no error lies elsewhere than at its place or above."""
    errors = errors_of(name, load("invalid", name))
    path, keyword = REASONS[name]["path"], REASONS[name]["keyword"]
    assert (path, keyword) in set(places_of(errors))
    for error in errors:
        at = "".join(f"/{item}" for item in error.absolute_path)
        assert path == at or (path.startswith(at) and error.context)


def test_every_invalid_example_has_a_reason_and_every_reason_an_example() -> None:
    assert sorted(REASONS) == names("invalid")


@pytest.mark.parametrize("folder", ["valid", "invalid"])
def test_every_example_is_canonical_text(folder: str) -> None:
    for name in names(folder):
        data = (EXAMPLES / folder / f"{name}.json").read_bytes()
        if b"." not in data or not _has_fraction(json_text.loads(data)):
            assert json_text.dumps(json_text.loads(data), pretty=True).encode() == data


def _has_fraction(value: Any) -> bool:
    """Tell whether a number with a fraction is inside: it is written back as a string."""
    if isinstance(value, dict | list):
        return any(map(_has_fraction, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, str | int | None)


@pytest.mark.parametrize("name", [n for n in names("valid") if n.split("/")[0].endswith("-output")])
def test_an_example_of_an_output_is_what_the_operation_gives(name: str) -> None:
    from cets_reference import run

    operation, example = name.split("/")
    given = load("valid", f"{operation.removesuffix('-output')}-input/{example}")
    assert run(operation.removesuffix("-output"), given) == load("valid", name)


@pytest.mark.parametrize(
    ("shown", "operation", "given"),
    [
        ("two-cement-lines", "enterprise-allocation", "two-cement-lines"),
        ("cycle-through-both-years", "cycle", "through-both-years"),
    ],
)
def test_an_example_of_an_explanation_is_what_explain_gives(
    shown: str, operation: str, given: str
) -> None:
    """Of an input that stands among the examples of inputs."""
    from cets_reference import explain

    value = load("valid", f"{operation}-input/{given}")
    assert explain(operation, value) == load("valid", f"explanation/{shown}")


@pytest.mark.parametrize("name", [n for n in names("valid") if n.split("/")[0].endswith("-input")])
def test_every_explanation_fits_the_schema(name: str) -> None:
    """With a formula or without one, and at every depth of the output."""
    from cets_reference import explain

    operation = name.split("/")[0].removesuffix("-input")
    assert errors_of("explanation", explain(operation, load("valid", name))) == []


@pytest.mark.parametrize("name", [n for n in names("valid") if n.startswith("table/")])
def test_an_example_row_conforms_when_checked_and_its_report_fits_the_schema(name: str) -> None:
    from cets_conformance.tables import check_rows

    report = check_rows([load("valid", name)]).report()
    assert report["verdict"] == "conforms"
    assert [finding["check"] for finding in report["findings"]] == []
    assert errors_of("report", report) == []


def test_a_report_of_a_table_full_of_faults_fits_the_schema() -> None:
    from cets_conformance.tables import Options, check_rows

    row = load("valid", "table/cement-line-verified")
    faults: list[dict[str, Any]] = [
        {"allowance": 1},
        {"unit_id": "b", "verified_emissions": "x", "carbide_slag_rate": "9"},
        {"unit_id": "c", "enterprise_id": "1", "province": "nowhere", "deviation": "0.5"},
        {"unit_id": "d", "sector": "paper", "adjustment": -5, "remark": "?"},
    ]
    options = Options(national=True, readings={"rounding": "unit_floor"})
    report = check_rows([row, *({**row, **fault} for fault in faults)], options=options).report()
    assert len(report["findings"]) > 5
    assert errors_of("report", report) == []


OF_SYSTEMS = {"protocol", "run-report"}
"""They hold what a foreign system said, of whatever shape; the runner's tests judge them."""
OF_CASES = {"vector"}
"""It holds inputs that must be refused; every file of vectors is validated by its own tests."""
ANSWERS = [
    name for name in DOCUMENTS if not name.endswith("-input") and name not in OF_SYSTEMS | OF_CASES
]
NULLABLE = {"cycle-output/carry_over", "explanation/output/carry_over"}
"""Objects that may be null."""
OF_ANY_KIND = {"explanation/steps/*/value"}
"""Members that may be true or false, text or a number."""
MAPS = {"values", "reason_values", "readings", "basis", "clauses"}
"""Objects whose members are not listed in a schema, or are all optional."""
OPTIONAL = {
    "report/checks/*/reason_values",
    *(f"problem/{name}" for name in ("instance", "path", "clause", "error", "errors")),
    "problem/errors/*/place",
    "mistakes/*/reading",
    *(f"exam/{name}" for name in ("answers_sha256", "seed")),
    "strength/cases/*/guards",
}
"""Members of the examples that an answer may lack; of units and rows the table tests say it."""


def kinds_of_place(schema: str) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Give one example and path for each place of the valid examples; ``*`` is any key."""
    found: dict[str, tuple[Any, tuple[Any, ...]]] = {}
    examples = [load("valid", name) for name in names("valid") if name.startswith(f"{schema}/")]
    for example in sorted(examples, key=lambda value: len(str(value))):
        for path in places(example):
            place = [
                schema,
                *(
                    "*" if isinstance(key, int) or holder in MAPS else key
                    for holder, key in zip(("", *path), path, strict=False)
                ),
            ]
            if place[:2] != ["explanation", "output"] or len(place) == 3:  # tried by itself
                found.setdefault("/".join(place), (example, path))
    return found


def of_another_kind(place: str, old: Any) -> list[Any]:
    """Give values that cannot stand where ``old`` stands."""
    if isinstance(old, dict | list):
        others: list[Any] = [[] if isinstance(old, dict) else {}, "?", True]
        return others if place in NULLABLE else [*others, None]
    if place in OF_ANY_KIND:
        return [[], {}]
    return [[], {}, "?" if isinstance(old, bool) else True]


@pytest.mark.parametrize("schema", ANSWERS)
def test_an_answer_of_another_shape_is_refused_wherever_the_shape_is_changed(schema: str) -> None:
    """No list for a text, no text for a list, nothing unknown, nothing missing, at any depth."""
    judge = published.validator(schema)
    may_lack = set()
    for place, (example, path) in kinds_of_place(schema).items():
        old = at(example, path)
        for item in of_another_kind(place, old):
            assert not judge.is_valid(changed(example, path, "replace", item)), (place, item)
        if isinstance(old, dict):
            assert not judge.is_valid(changed(example, path, "add", ("?", []))), place
        listed = (
            path and isinstance(path[-1], str) and path[-2:-1] not in [(name,) for name in MAPS]
        )
        if listed and judge.is_valid(changed(example, path, "remove", None)):
            may_lack.add(place)
    if schema not in {"unit", "table"}:
        assert may_lack == {place for place in OPTIONAL if place.startswith(f"{schema}/")}
