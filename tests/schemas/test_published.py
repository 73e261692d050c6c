"""Published data is found wherever the package is installed, and no caller can change it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cets_conformance import json_text, published

CACHED = (published.data_folder, published._schemas, published.registry, published.validator)


@pytest.fixture
def fresh() -> Iterator[None]:
    """Forget what was found, before and after."""
    for function in CACHED:
        function.cache_clear()
    yield
    for function in CACHED:
        function.cache_clear()


def test_beside_the_checkout_the_data_is_in_its_root() -> None:
    folder = published.data_folder()
    assert (folder / "pyproject.toml").is_file() or (folder / "vectors").is_dir()
    assert (folder / "schemas" / "v1" / "unit.schema.json").is_file()


def test_data_in_the_package_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    source = Path(str(published.data_folder())) / "schemas"
    shutil.copytree(source, tmp_path / "_data" / "schemas")
    (tmp_path / "_data" / "schemas" / "v1" / "scope-input.schema.json").unlink()
    published.data_folder.cache_clear()
    monkeypatch.setattr(published, "files", lambda _: tmp_path)
    assert published.data_folder() == tmp_path / "_data"
    assert "scope-input" not in published.schema_names()


def test_without_any_data_it_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    monkeypatch.setattr(published, "files", lambda _: tmp_path)
    monkeypatch.setattr(published, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    with pytest.raises(FileNotFoundError, match="_data"):
        published.data_folder()


def test_names_are_sorted_and_without_the_bundle() -> None:
    names = published.schema_names()
    assert list(names) == sorted(names)
    assert "all" not in names
    assert {"common", "unit", "table", "report", "problem", "explanation"} <= set(names)


def test_a_changed_schema_changes_nothing_for_the_next_caller() -> None:
    published.schema("unit")["properties"].clear()
    published.bundle()["$defs"]["unit"].clear()
    assert published.schema("unit")["properties"]


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    for function in (published.schema, published.validator):
        with pytest.raises(LookupError, match="allocation-input"):
            function("benchmark-input")


def test_validators_are_kept_and_resolve_across_schemas() -> None:
    judge = published.validator("scope-input")
    assert judge is published.validator("scope-input")
    assert not judge.is_valid({"unit": {"unit_id": ""}})


def test_validators_refuse_a_day_that_does_not_exist() -> None:
    judge = published.validator("common").evolve(
        schema={"$ref": "urn:cets:schema:v1:common#/$defs/date"}
    )
    for day in ("2024-02-29", "2025-12-31", "0001-01-01", "9999-12-31"):
        assert judge.is_valid(day)
    for day in ("2025-02-29", "2100-02-29", "2025-06-31", "0000-01-01"):
        assert not judge.is_valid(day)
        assert judge.evolve(format_checker=None).is_valid(day)


def test_the_module_writes_the_bundle() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cets_conformance.published"], capture_output=True, check=True
    )
    assert done.stdout == json_text.dumps(published.bundle(), pretty=True).encode()


def test_the_data_is_dedicated_to_the_public_domain() -> None:
    for name in ("schemas", "vectors"):
        text = (published.data_folder() / name / "LICENSE").read_text("utf-8")
        assert "CC0 1.0 Universal" in text
        assert "4. Limitations and Disclaimers." in text
