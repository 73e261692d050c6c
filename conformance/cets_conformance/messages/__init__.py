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
    for name in _files():
        for key, entry in _entries_of(name).items():
            if found.setdefault(key, entry) is not entry:
                raise ValueError(f"catalogue: {key} stands twice")
    return found


@cache
def _chapter(name: str) -> dict[str, dict[str, str]]:
    """Give the entries of the files that have keys beginning with ``name``: few speak to one."""
    heads = f"\n[{name}]", f"\n[{name}."
    files_with_it = [file for file, toml in _files().items() if any(h in toml for h in heads)]
    return {key: entry for file in files_with_it for key, entry in _entries_of(file).items()}


@cache
def _files() -> dict[str, str]:
    """Give the text of each file by its name, sorted."""
    folder = sorted(files(__name__).iterdir(), key=lambda item: item.name)
    return {f.name: "\n" + f.read_text("utf-8") for f in folder if f.name.endswith(".toml")}


@cache
def _entries_of(file: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    _collect(tomllib.loads(_files()[file]), "", found)
    return found


def _collect(table: dict[str, object], prefix: str, found: dict[str, dict[str, str]]) -> None:
    for key, value in table.items():
        if not isinstance(value, dict):
            raise ValueError(f"catalogue: {prefix}{key} is not a table")
        if value and all(isinstance(item, str) for item in value.values()):
            found[prefix + key] = value
        else:
            _collect(value, f"{prefix}{key}.", found)


def text(key: str, language: Language, /, **values: object) -> str:
    """Give the text of ``key`` in ``language``, placeholders filled; ``KeyError`` if unknown.

    A column of the tables, placeholder ``field``, is called by its label in that language.
    """
    entry = _chapter(key.partition(".")[0])[key][language]
    label = _chapter("field").get(f"field.{values['field']}") if "field" in values else None
    if label:
        values = {**values, "field": label[language]}
    return entry.format(**values) if values else entry
