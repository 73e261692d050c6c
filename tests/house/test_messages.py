"""Everything a person reads stands in one catalogue: both languages, every code, nothing unused."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cets_conformance
from cets_conformance import messages, refusals
from cets_conformance.tables.catalogue import CHECKS, Severity
from cets_conformance.tables.columns import COLUMNS

ROOT = Path(cets_conformance.__file__).parents[1]
PACKAGES = (
    ROOT / "cets_conformance",
    ROOT.parent / "service" / "cets_service",
    ROOT.parent / "reference" / "cets_reference",  # T-02 passes on what the rules refuse
)
ENTRIES = messages.entries()
CJK = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
KEY = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")

SAME_IN_BOTH = re.compile(r"[\s{}A-Za-z0-9₂·:：/／，、。\-—–.,%×+−()（）]*")
"""What need hold no Chinese: symbols, units and proper names such as JSON."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@cache
def trees() -> dict[Path, ast.Module]:
    files = (file for package in PACKAGES for file in sorted(package.rglob("*.py")))
    return {file: ast.parse(file.read_text("utf-8")) for file in files}


@cache
def literals() -> frozenset[str]:
    """Every text written in the sources, and in the templates, whole and word by word."""
    found = {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for package in PACKAGES:
        for file in package.rglob("*"):
            if file.suffix in {".html", ".md", ".js", ".jinja", ".j2"}:
                found |= set(re.findall(r"[\w.-]+", file.read_text("utf-8")))
    return frozenset(found)


@cache
def beginnings() -> frozenset[str]:
    """What dotted keys are put together from: the text before what is joined to it."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                found.add(str(node.values[0].value))
    for _, call in calls("term"):
        found |= {f"{text}." for text in texts(call.args[0] if call.args else None)}
    for package in PACKAGES:
        for file in package.rglob("*.html"):
            template = file.read_text("utf-8")
            found |= set(re.findall(r"[\"']([a-z_.]+[._])[\"'] ?~", template))
            found |= {f"{text}." for text in re.findall(r"term\([\"']([a-z_.]+)[\"'],", template)}
    return frozenset(text for text in found if re.fullmatch(r"[a-z_]+\.[a-z_.]*", text))


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Give the calls of functions with these names, with the file they stand in."""
    for file, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                function = node.func
                name = getattr(function, "id", None) or getattr(function, "attr", None)
                if name in names:
                    yield file.name, node


def texts(node: ast.expr | None) -> set[str]:
    """Give the texts an expression may be, as far as they are written in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    return set()


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if position < len(call.args) else None


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_says_the_same_in_both_languages(key: str) -> None:
    entry = ENTRIES[key]
    assert set(entry) == {"en", "zh"}
    assert all(text.strip() for text in entry.values())
    assert placeholders(entry["en"]) == placeholders(entry["zh"])
    assert CJK.search(entry["zh"]) or SAME_IN_BOTH.fullmatch(entry["zh"]), "no Chinese in it"


def test_signs_are_the_same_in_both_languages() -> None:
    """A plus and a true minus, of one width: figures are printed with them too."""
    other = re.compile(r"[＋－＝]|(?<![\w-])-[0-9]")
    assert [key for key, entry in ENTRIES.items() if other.search(entry["zh"])] == []


def test_every_entry_is_found_in_the_files_of_its_chapter() -> None:
    """A text is looked for in the files alone that have tables of its first name."""
    assert {key: messages.text(key, "zh") for key in ENTRIES} == {
        key: entry["zh"] for key, entry in ENTRIES.items()
    }


def test_an_entry_that_stands_in_two_files_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = dict.fromkeys(("one.test", "other.test"), '[a]\nb = { en = "c", zh = "丙" }')
    monkeypatch.setattr(messages, "_files", lambda: twice)
    with pytest.raises(ValueError, match=r"a\.b stands twice"):
        messages.entries.__wrapped__()


def test_no_entry_is_half_translated() -> None:
    untranslated = [
        key
        for key, entry in ENTRIES.items()
        if entry["en"] == entry["zh"] and not SAME_IN_BOTH.fullmatch(entry["en"])
    ]
    assert untranslated == []


@pytest.mark.parametrize(
    ("names", "position", "argument_name", "prefix"),
    [
        (("Reason",), 0, "code", "reason."),
        (("OptionError",), 0, "code", "problem."),
        (("file_problem", "refusal"), 0, "code", "problem."),
        (("Row",), 7, "code", "problem."),
        (("Problem",), 1, "code", "problem."),
        (("Note",), 0, "code", "note."),
        (("ComparisonError",), 0, "code", "comparison.problem."),
        (("AppealError",), 0, "code", "appeal.problem."),
        (("UnusableError", "BackupError"), 0, "code", "cli."),
        (("SampleError",), 0, "code", "sample.problem."),
    ],
)
def test_every_code_the_sources_give_has_an_entry(
    names: tuple[str, ...], position: int, argument_name: str, prefix: str
) -> None:
    given = {
        code for _, call in calls(*names) for code in texts(argument(call, position, argument_name))
    }
    assert given, f"no {names} found: the scan is broken"
    assert {code for code in given if prefix + code not in ENTRIES} == set()


DESCRIBED = (
    "null",
    "an object",
    "a list",
    "a very large integer",
    "the string 'x'",
    "the number 5",
)
"""How the reference says what it found."""


def refusals_of_the_reference(described: str) -> set[tuple[str, str]]:
    """Give all that the reference says when it refuses, by code, with something put in."""
    found = set()
    for _, call in calls("invalid", "RuleError"):
        coded = texts(call.args[0])
        message = call.args[2 if coded else 1]
        if not isinstance(message, ast.JoinedStr | ast.Constant):
            continue  # `invalid` itself, which hands on what it is given
        words = [
            str(part.value)
            if isinstance(part, ast.Constant)
            else described
            if "describe" in ast.unparse(part)
            else "7 and 8"
            for part in (message.values if isinstance(message, ast.JoinedStr) else [message])
        ]
        found.add((next(iter(coded), "INVALID_INPUT"), "".join(words)))
    return found


@pytest.mark.parametrize("described", DESCRIBED)
def test_all_that_the_rules_say_when_they_refuse_is_said_in_chinese_too(described: str) -> None:
    found = refusals_of_the_reference(described)
    known = [key for key in ENTRIES if re.match(r"refused\.[A-Z]", key)]
    assert len(found) == len(known), "one entry for each"
    for code, message in found:
        error = {"code": code, "message": message}
        assert refusals.says(error, "en") == message
        chinese = refusals.says(error, "zh")
        assert CJK.search(chinese), message
        assert set(re.findall(r"[0-9.]+", message)) <= set(re.findall(r"[0-9.]+", chinese))
        assert not re.search(r"\b(the|an?|found|expected|number|string)\b", chinese)


def test_codes_put_together_have_entries() -> None:
    outside = ("NOT_LISTED", "ROUTE_NOT_COVERED", "NO_CLINKER_LINE", "NEW_UNIT", "CLOSED_UNIT")
    covered = {f"COVERED_{reason}" for reason in outside}
    treated = covered | {"UNCOVERED", "SPECIAL", "ORDINARY"}
    assert {f"problem.TREATED_AS_{name}" for name in treated} <= set(ENTRIES)
    for code in ("YEAR_NOT_COVERED", "OUTPUT_NOT_POSITIVE", "PROCESS_EXCEEDS_ENTERPRISE"):
        assert f"problem.{code}" in ENTRIES, "T-02 passes on what the rules refuse"


def test_every_check_severity_status_verdict_stage_field_and_sector_has_entries() -> None:
    stages = {
        stage
        for _, call in calls("progress", "report")
        for stage in texts(call.args[0] if call.args else None)
    }
    assert stages >= {"units", "recomputing", "laws", "done"}
    wanted = {f"check.{name}.{part}" for name in CHECKS for part in ("title", "says")}
    wanted |= {f"severity.{severity.value}" for severity in Severity}
    wanted |= {f"status.{status}" for status in ("passed", "failed", "not_checked")}
    wanted |= {f"verdict.{name}" for name in ("conforms", "does_not_conform", "not_checked")}
    wanted |= {f"stage.{stage}" for stage in stages}
    wanted |= {f"field.{name}" for name in COLUMNS}
    wanted |= {f"sector.{sector}" for sector in COLUMNS["sector"].choices}
    assert wanted - set(ENTRIES) == set()
    parts = ("check", "severity", "status", "verdict", "stage", "field", "sector")
    known = {key for key in ENTRIES if key.split(".")[0] in parts}
    assert known - wanted == set(), "never used"


def test_labels_of_columns_are_the_printed_headers() -> None:
    for name, column in COLUMNS.items():
        assert ENTRIES[f"field.{name}"]["zh"] == column.header_zh


def test_every_whole_key_that_is_asked_for_is_there() -> None:
    prefixes = {key.split(".")[0] for key in ENTRIES}
    asked = {
        text
        for _, call in calls("text", "t")
        for text in texts(call.args[0] if call.args else None)
        if KEY.fullmatch(text) and text.split(".")[0] in prefixes
    }
    assert len(asked) > 20, "the scan is broken"
    assert asked - set(ENTRIES) == set()


def test_messages_written_with_placeholders_are_given_them() -> None:
    for file, call in calls("text"):
        for key in texts(call.args[0] if call.args else None) & set(ENTRIES):
            if any(keyword.arg is None for keyword in call.keywords):
                continue
            named = {keyword.arg for keyword in call.keywords}
            assert placeholders(ENTRIES[key]["en"]) <= named, f"{key} in {file}"


CODED = ("reason", "problem", "note", "service.problem", "appeal.problem")
"""Entries by code: the code itself must stand in the sources."""


BY_ENGLISH = ("click", "help")
"""Chapters whose entries are found by their English; ``test_words`` says who asks for them."""


def is_used(key: str) -> bool:
    if key in literals() or key.split(".")[0] in BY_ENGLISH:
        return True
    group, _, code = key.rpartition(".")
    if group in CODED:
        return code in literals() or code.startswith("TREATED_AS_")
    return any(key.startswith(beginning) for beginning in beginnings())


def test_no_entry_is_unused() -> None:
    """As far as it can be told: a key put together counts as used where its beginning is."""
    assert len(beginnings()) > 10, "the scan is broken"
    assert [key for key in ENTRIES if not is_used(key)] == []
