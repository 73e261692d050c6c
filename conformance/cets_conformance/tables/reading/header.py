"""Which records are the header, and which column holds which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from cets_conformance.tables.columns import COLUMNS, Column, Type
from cets_conformance.tables.once import once

from .records import NOWHERE, Place, TableError, refusal

__all__ = [
    "HEAD",
    "NOTHING_MAPPED",
    "Header",
    "Match",
    "as_written",
    "find",
    "guess",
    "is_short",
    "match_header",
    "not_found",
    "of_names",
    "recognise",
    "squeeze",
]

HEAD = 31
"""Records looked at: thirty for the upper line of a header, one more for its lower line."""
_ENOUGH = 3
_KEYS = frozenset({"unit_id", "enterprise_id", "sector"})

Cells = Sequence[str | None]
NOTHING_MAPPED: Mapping[str, str] = MappingProxyType({})


class Match(NamedTuple):
    """A header that names a field."""

    field: str
    """Name of the column in ``COLUMNS``."""
    unit: str
    """``""`` none named, ``t`` the column's own, ``10kt`` ten thousand tonnes, ``other``."""
    named: str
    """The unit as it stands."""


@dataclass(frozen=True)
class Header:
    """The header of a table."""

    lines: tuple[int, ...]
    """Positions of its records; empty where columns have names of their own."""
    texts: tuple[str, ...]
    """Header of each column as it stands, both lines joined."""
    matches: tuple[Match | None, ...]
    """What each column was recognised as."""
    title_in_10kt: str | None = None
    """The title text that says that the table is in ten thousand tonnes."""

    @once
    def fields(self) -> Mapping[str, tuple[int, ...]]:
        """Positions of the columns of each field; more than one where it is doubled."""
        found: dict[str, tuple[int, ...]] = {}
        for position, match in enumerate(self.matches):
            if match:
                found[match.field] = (*found.get(match.field, ()), position)
        return found

    def match(self, position: int) -> Match | None:
        """Give what the column at a position was recognised as; there may be more than headers."""
        return self.matches[position] if position < len(self.matches) else None

    def nameless(self, columns: int) -> list[int]:
        """Give the positions of those of so many columns that have no header."""
        known = len(self.texts)
        return [at for at in range(columns) if at >= known or not self.texts[at]]


_DROPPED = re.compile(r"[\s_\-‐-―−:*\u200b\ufeff]+")


def squeeze(text: str) -> str:
    """Give what counts of a header: one width, one case, no blanks, underscores or hyphens."""
    return _without_blanks(text).casefold()


def as_written(text: str, squeezed: str) -> str:
    """Give a part of a header, squeezed, in the case that the header has it in."""
    plain = _without_blanks(text)
    at = plain.casefold().rfind(squeezed)
    return plain[at : at + len(squeezed)] if at >= 0 else squeezed


def _without_blanks(text: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))


_FIELDS: Mapping[str, Column] = {
    squeeze(header): column
    for column in COLUMNS.values()
    for header in (column.header_en, column.header_zh)
}
_TONNES = frozenset(
    {
        "t",
        "tco2",
        "tco2e",
        "tco2eq",
        "tco2当量",
        "t二氧化碳",
        "t二氧化碳当量",
        "吨",
        "吨co2",
        "吨co2e",
        "吨co2当量",
        "吨二氧化碳",
        "吨二氧化碳当量",
        "tonne",
        "tonnes",
    }
)
_TEN_THOUSAND = frozenset(
    chain(
        (f"{factor}{unit}" for factor in ("万", "10^4", "104", "10000") for unit in _TONNES),
        ("10kt", "10ktco2", "10ktco2e"),
    )
)
_REMARKS = frozenset({"必填", "选填", "可选", "required", "optional"})
_HINTS = frozenset(
    {
        "是/否",
        "是否",
        "yes/no",
        "y/n",
        "true/false",
        "代码",
        "名称",
        "code",
        "name",
        "年",
        "yyyy",
        "gb/t2260",
        "18位",
    }
)
_RATIOS = frozenset(
    {"tco2e/t", "tco2/t", "t/t", "吨/吨", "吨co2/吨", "吨co2e/吨", "无量纲", "小数"}
)
_PERCENT = frozenset({"%", "‰", "百分比", "百分数", "percent"})
_BRACKETED = re.compile(r"^(.*?)[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]$")
_APART = re.compile(r"^(.*?)[/,、;|]([^/,、;|]+)$")
_FIGURE = re.compile(r"[-+]?[0-9][0-9,.]*%?")
_KEPT = 64
"""Characters of the longest header that is remembered: a file may be full of long ones."""
_TITLE = re.compile(r"单位.{0,6}万(?:t|吨)")


def recognise(text: str) -> Match | None:
    """Tell which field a header names, and in which unit; ``None`` if it names none."""
    return _recognise(text) if len(text) <= _KEPT else _recognise.__wrapped__(text)


@lru_cache(maxsize=4096)
def _recognise(text: str) -> Match | None:
    plain = squeeze(text)
    if plain in _FIELDS:
        return Match(_FIELDS[plain].name, "", "")
    bracketed = _BRACKETED.match(plain)
    if bracketed and bracketed[1] in _FIELDS:
        return _with_unit(_FIELDS[bracketed[1]], bracketed[2])
    apart = _APART.match(plain)
    if apart and apart[1] in _FIELDS and apart[2] in _TONNES | _TEN_THOUSAND:
        return _with_unit(_FIELDS[apart[1]], apart[2])
    for unit in sorted(_TEN_THOUSAND | _TONNES, key=len, reverse=True):
        column = _FIELDS.get(plain.removesuffix(unit)) if plain.endswith(unit) else None
        if column and column.unit:
            return _with_unit(column, unit)
    return None


def _with_unit(column: Column, unit: str) -> Match | None:
    if not unit or unit in _REMARKS:
        return Match(column.name, "", "")
    if column.unit:
        if unit in _TONNES:
            return Match(column.name, "t", unit)
        return Match(column.name, "10kt" if unit in _TEN_THOUSAND else "other", unit)
    if column.type is Type.RATIO and unit in _PERCENT:
        return Match(column.name, "other", unit)
    known = unit in _HINTS | _TONNES or (column.type is Type.RATIO and unit in _RATIOS)
    return Match(column.name, "", "") if known else None


def of_names(names: Cells, mapped: Mapping[str, str]) -> Header | None:
    """Recognise columns by names of their own, as :func:`find` does by records.

    Short ones are remembered: rows given directly are all headed by the same few.
    """
    asked = tuple(names), tuple(mapped.items())
    short = is_short(asked[0]) and is_short(tuple(mapped))
    return _of_names(*asked) if short else _of_names.__wrapped__(*asked)


@lru_cache(maxsize=256)
def _of_names(names: Cells, mapped: tuple[tuple[str, str], ...]) -> Header | None:
    header = _single(names, (), dict(mapped))
    return header if _counts(header) else None


def is_short(texts: Cells) -> bool:
    """Tell whether headers are so short that what is said of them may be remembered."""
    return len(texts) <= len(COLUMNS) and all(len(text or "") <= _KEPT for text in texts)


def find(head: Sequence[Cells], mapped: Mapping[str, str] = NOTHING_MAPPED) -> Header | None:
    """Find the header in the first records of a file.

    ``mapped``: columns by the squeezed headers that a person says stand for them.
    """
    lines = [_single(cells, (at,), mapped) for at, cells in enumerate(head)]
    for at, line in enumerate(lines[: HEAD - 1]):
        below = lines[at + 1] if at + 1 < len(lines) else None
        pair = _pair(head, at, mapped) if below else None
        if below and pair and _counts(pair) and _is_pair(head, line, below, pair):
            return _with_title(pair, head)
        if _counts(line):
            return _with_title(line, head)
    return None


def guess(head: Sequence[Cells]) -> tuple[str, ...]:
    """Give the texts of the record that looks most like a header where none is recognised.

    That is the first of those with the most different texts that are no figures.
    """
    words = [
        tuple(text for text in map(_text, cells) if text and not _FIGURE.fullmatch(text))
        for cells in head
    ]
    return max(words, key=lambda texts: len(set(texts)), default=())


def not_found(heads: Iterable[Sequence[Cells]], place: Place = NOWHERE) -> TableError:
    """Give the error for a file without a header; ``heads`` are the ways its records may be cut."""
    texts = max(map(guess, heads), key=len, default=())
    return refusal("HEADER_NOT_FOUND", place, ", ".join(texts), texts, lines=str(HEAD - 1))


def _with_title(header: Header, head: Sequence[Cells]) -> Header:
    recognised = {text for text, match in zip(header.texts, header.matches, strict=True) if match}
    for cells in head[: header.lines[-1]]:
        for text in cells:
            if text and text not in recognised and _TITLE.search(squeeze(text)):
                return Header(header.lines, header.texts, header.matches, text)
    return header


def _counts(header: Header) -> bool:
    fields = header.fields
    return len(fields) >= _ENOUGH and not _KEYS.isdisjoint(fields)


def _is_pair(head: Sequence[Cells], upper: Header, lower: Header, pair: Header) -> bool:
    found, above, below = len(pair.fields), len(upper.fields), len(lower.fields)
    if found > max(above, below):
        return True
    at = upper.lines[0]
    if found == above and _only_units(head[at + 1]):
        return True
    return found == below > above and sum(1 for text in head[at] if _text(text)) > 1


def _only_units(cells: Cells) -> bool:
    texts = [squeeze(text).strip("()[]【】") for text in map(_text, cells) if text]
    return bool(texts) and all(
        text in _TONNES | _TEN_THOUSAND | _RATIOS | _PERCENT for text in texts
    )


def _text(cell: str | None) -> str:
    return cell.strip() if cell else ""


def _single(cells: Cells, lines: tuple[int, ...], mapped: Mapping[str, str]) -> Header:
    texts = tuple(map(_text, cells))
    matches = tuple(match_header(text, mapped) if text else None for text in texts)
    return Header(lines, texts, matches)


def match_header(text: str, mapped: Mapping[str, str]) -> Match | None:
    """Recognise a header, what a person says of it before what it says itself."""
    if not mapped:
        return recognise(text)
    plain = squeeze(text)
    if plain not in mapped:
        match = recognise(text)
        return match if match and match.field not in mapped.values() else None
    bracketed = _BRACKETED.match(plain)
    units = _TONNES | _TEN_THOUSAND
    named = bracketed[2] if bracketed else next(filter(plain.endswith, _TEN_THOUSAND), "")
    match = _with_unit(COLUMNS[mapped[plain]], named) if named in units | _PERCENT else None
    return match or Match(mapped[plain], "", "")


def _pair(head: Sequence[Cells], at: int, mapped: Mapping[str, str]) -> Header:
    width = max(len(head[at]), len(head[at + 1]))
    upper = [_text(cell) for cell in head[at]] + [""] * (width - len(head[at]))
    lower = [_text(cell) for cell in head[at + 1]] + [""] * (width - len(head[at + 1]))
    texts: list[str] = []
    matches: list[Match | None] = []
    group = ""
    for own, detail in zip(upper, lower, strict=True):
        group = own or group
        texts.append(" ".join(filter(None, (own, detail))))
        matches.append(_of_pair(own, group, detail, mapped))
    return Header((at, at + 1), tuple(texts), tuple(matches))


def _of_pair(own: str, group: str, detail: str, mapped: Mapping[str, str]) -> Match | None:
    """Recognise a column of a two-line header: lower text, both joined, upper text."""
    if not detail:
        return match_header(own, mapped) if own else None
    candidates = [detail]
    if group:
        candidates += [f"{group}({detail})"] if _only_units([detail]) else []
        candidates += [group + detail, detail + group]
    if own:
        candidates.append(own)
    for text in candidates:
        match = match_header(text, mapped)
        if match:
            return _unit_of_group(match, group)
    return None


def _unit_of_group(match: Match, group: str) -> Match:
    """Take the unit that a group line names for the columns under it."""
    bracketed = _BRACKETED.match(squeeze(group)) if group and not match.unit else None
    if not bracketed or not COLUMNS[match.field].unit or bracketed[2] not in _TEN_THOUSAND:
        return match
    return Match(match.field, "10kt", bracketed[2])
