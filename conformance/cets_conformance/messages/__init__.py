"""Everything a person reads, in Chinese and English, from one catalogue.

The catalogue is the TOML files beside this module; each entry has ``en`` and ``zh``, and may have
``{placeholders}`` (the same ones in both languages; a test holds them together).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

__all__ = ["LANGUAGES", "Language", "entries", "text"]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@cache
def entries() -> dict[str, dict[str, str]]:
    """Give every entry of the catalogue: dotted key to ``{"en", "zh"}``.

    A key that stands in two files is a defect and raises ``ValueError``.
    """
    found: dict[str, dict[str, str]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            _collect(tomllib.loads(file.read_text("utf-8")), "", found)
    return found


def _collect(table: dict[str, object], prefix: str, found: dict[str, dict[str, str]]) -> None:
    for key, value in table.items():
        if not isinstance(value, dict):
            raise ValueError(f"catalogue: {prefix}{key} is not a table")
        if value and all(isinstance(item, str) for item in value.values()):
            if prefix + key in found:
                raise ValueError(f"catalogue: {prefix}{key} stands twice")
            found[prefix + key] = value
        else:
            _collect(value, f"{prefix}{key}.", found)


def text(key: str, language: Language, /, **values: object) -> str:
    """Give the text of ``key`` in ``language``, placeholders filled; ``KeyError`` if unknown.

    A column of the tables, placeholder ``field``, is called by its label in that language.
    """
    entry = entries()[key][language]
    label = entries().get(f"field.{values.get('field')}")
    if label:
        values = {**values, "field": label[language]}
    return entry.format(**values) if values else entry
