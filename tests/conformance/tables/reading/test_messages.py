"""Every code that the reading can give has a message, and its values fill it."""

import re
import string
from pathlib import Path

import pytest

from cets_conformance import messages
from cets_conformance.tables import reading

SOURCE = Path(reading.__file__).parent
CATALOGUE = Path(messages.__file__).parent / "reading.toml"
KEYS = re.findall(r"^\[(.+)\]$", CATALOGUE.read_text("utf-8"), re.MULTILINE)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_in_the_source_is_in_the_catalogue_and_the_reverse() -> None:
    source = "\n".join(path.read_text("utf-8") for path in sorted(SOURCE.glob("*.py")))
    written = set(
        re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|NEGATIVE|FORMULA|SCIENTIFIC|PERCENT)"', source)
    )
    known = {key.split(".")[1] for key in KEYS}
    assert known - written == set(), "in the catalogue, never given"
    assert written - known <= {"SPARE_CELLS", "NOTHING_MAPPED"}, "given, not in the catalogue"


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    entry = messages.entries()[key]
    assert placeholders(entry["en"]) == placeholders(entry["zh"])
    assert entry["en"].strip()
    assert re.search(r"[\u4e00-\u9fff]", entry["zh"])


def test_problems_and_notes_fill_their_messages() -> None:
    rows = [
        {
            "year": "x",
            "province": "66",
            "sector": "纸",
            "unit_id": "u" * 70,
            "commissioned_year": "1800",
            "output": "1.12345678",
            "balance_value": "3%",
            "allowance": str(2**60),
            "产量（万t）": "1",
            "enterprise_id": 12,
            "备注": "b",
        },
        {"year": 2025, "output": "1,000"},
    ]
    table = reading.table_from_rows(rows)
    for problem in table.problems:
        for language in messages.LANGUAGES:
            assert messages.text(f"problem.{problem.code}", language, **problem.values)
    for note in table.notes:
        for language in messages.LANGUAGES:
            assert messages.text(f"note.{note.code}", language, **note.values)
    assert len({problem.code for problem in table.problems}) >= 5
    assert len({note.code for note in table.notes}) >= 3
