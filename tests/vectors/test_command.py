"""``cets vectors``: what it prints, what it refuses, and what it finds broken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cets_conformance import json_text, published
from cets_conformance.cli import cets
from cets_conformance.vectors import files, load


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """The files, made once."""
    return files.make_files()


@pytest.fixture
def copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: dict[str, bytes]
) -> Iterator[Path]:
    """A copy of the published vectors that may be broken."""
    source = Path(str(published.data_folder()))
    shutil.copytree(source / "vectors", tmp_path / "vectors")
    (tmp_path / "schemas").symlink_to(source / "schemas")
    published.validator("vector")
    load.cache_clear()
    monkeypatch.setattr(files, "make_files", lambda: made)
    monkeypatch.setattr(published, "data_folder", lambda: tmp_path)
    yield tmp_path / "vectors"
    load.cache_clear()


def invoke(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(cets, ["vectors", *arguments])


def scope_file(folder: Path) -> Path:
    return next(folder.glob("*/scope.json"))


def test_list_is_narrowed_by_operation_clause_and_mistake() -> None:
    whole = invoke("list", "--lang", "en").output
    assert f"{len(load())} cases" in whole
    found = invoke("list", "--operation", "scope", "--clause", "a-6", "--mistake", "m-22").output
    assert "scope/carbide-slag-exactly-15-percent" in found
    assert "scope/white-cement-line" not in found


def test_list_speaks_chinese() -> None:
    output = invoke("list", "--operation", "amendment", "--lang", "zh").output
    assert f"共 {len(load('amendment'))} 个用例" in output
    assert "无变化。" in output


@pytest.mark.parametrize("option", [("--clause", "X-1"), ("--mistake", "M-999")])
def test_an_unknown_clause_or_mistake_is_a_usage_error(option: tuple[str, str]) -> None:
    result = invoke("list", *option)
    assert result.exit_code == 2
    assert option[1] in result.output


def test_show_explains_a_case_that_has_an_output() -> None:
    shown = json_text.loads(invoke("show", "allocation/cement-cleaner").output)
    assert shown["expected"]["output"]["allowance"] == 1004651
    assert shown["explanation"]["output"] == shown["expected"]["output"]
    assert shown["explanation"]["steps"]


def test_show_of_a_refusal_has_nothing_to_explain() -> None:
    shown = json_text.loads(invoke("show", "allocation/output-zero").output)
    assert shown["expected"]["error"]["code"] == "OUTPUT_NOT_POSITIVE"
    assert "explanation" not in shown


def test_an_unknown_id_is_a_usage_error() -> None:
    assert invoke("show", "allocation/nothing").exit_code == 2


def test_prompts_hold_questions_and_no_answers(tmp_path: Path) -> None:
    target = tmp_path / "prompts.jsonl"
    assert invoke("prompts", "-o", str(target)).exit_code == 0
    lines = [json_text.loads(line) for line in target.read_bytes().split(b"\n") if line]
    assert [line["id"] for line in lines] == [case.id for case in load()]
    assert all(set(line) == {"id", "operation", "input"} for line in lines)


def test_prompts_of_one_operation_go_to_standard_output() -> None:
    lines = invoke("prompts", "--operation", "scope").output.splitlines()
    assert len(lines) == len(load("scope"))


def test_fill_refuses_where_there_is_no_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "__file__", str(tmp_path / "a" / "b" / "c" / "files.py"))
    result = invoke("fill")
    assert result.exit_code == 1
    assert "no checkout" in result.output
    assert list(tmp_path.iterdir()) == []


def test_fill_writes_what_differs_and_nothing_else(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope_file(copied).unlink()
    monkeypatch.setattr(files, "checkout_folder", lambda: copied)
    assert "1 files changed" in invoke("fill", "--lang", "en").output
    assert list(files.broken_files()) == []


def test_verify_finds_what_is_missing_changed_or_unlisted(copied: Path) -> None:
    assert invoke("verify").exit_code == 0
    scope_file(copied).unlink()
    changed = next(copied.glob("*/amendment.json"))
    changed.write_bytes(changed.read_bytes().replace(b'"issued": 100', b'"issued": 101', 1))
    (changed.parent / "benchmark.json").write_text("{}")
    names = [(path.rsplit("/")[-1], how) for path, how in files.broken_files()]
    assert names == [
        ("scope.json", "missing"),
        ("amendment.json", "differs"),
        ("benchmark.json", "unlisted"),
    ]
    result = CliRunner().invoke(cets, ["vectors", "verify", "--lang", "en"], standalone_mode=False)
    assert result.return_value == 1


def test_a_file_without_its_hash_is_not_loaded(copied: Path) -> None:
    scope_file(copied).write_bytes(scope_file(copied).read_bytes() + b"\n")
    with pytest.raises(ValueError, match=r"scope\.json"):
        load()
    result = invoke("list")
    assert result.exit_code == 1
    assert "SHA-256" in result.output
