"""Which recognised columns are used, and which of them are in ten thousand tonnes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cets_conformance.tables.columns import COLUMNS, Kind

from .header import Header, Match, as_written, is_short
from .records import Place, Problem, Unit, cut

__all__ = ["Begun", "Chosen", "begin"]

_TO_TONNES = 4
"""Places by which the point moves from ten thousand tonnes to tonnes."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The columns that are used."""

    positions: dict[str, int]
    """Field to position in the file, in the order of ``COLUMNS``."""
    shifts: dict[str, int]
    """Fields that are converted from ten thousand tonnes: places to move the point."""
    problems: tuple[Problem, ...]
    """Columns that are left out although they are known (T-01)."""


class Begun(NamedTuple):
    """What the header says of a table."""

    kind: Kind | None
    """Its kind, where the columns tell."""
    chosen: Chosen | None
    """The columns that are used, where the kind is known."""
    place: Place
    """Where the header stands."""
    labels: Mapping[str, str]
    """Field to the label of its column, where it has one alone."""
    strange: tuple[int, ...]
    """Positions of the columns that a table of this kind does not have."""


def begin(
    header: Header, labels: tuple[str, ...], kind: Kind | None, unit: Unit | None, place: Place
) -> Begun:
    """Say what a header means; ``place``: its sheet and row.

    The same few headers come over and over, since all tables of one vendor have the same.
    """
    asked = header, labels, kind, unit, place
    short = is_short(header.texts) and is_short(labels)
    return _begin(*asked) if short else _begin.__wrapped__(*asked)


@lru_cache(maxsize=256)
def _begin(
    header: Header, labels: tuple[str, ...], kind: Kind | None, unit: Unit | None, place: Place
) -> Begun:
    kind = kind or _infer_kind(header)
    fields = header.fields
    return Begun(
        kind,
        _choose(header, kind, unit, labels, place) if kind else None,
        place,
        {field: labels[fields[field][0]] for field in COLUMNS if len(fields.get(field, ())) == 1},
        tuple(
            position
            for position in range(len(labels))
            if (match := header.match(position)) is None or kind not in COLUMNS[match.field].need
        ),
    )


def _infer_kind(header: Header) -> Kind | None:
    """Tell the kind of table by the columns that only it has."""
    fields = header.fields
    if "allowance" in fields or "verified_emissions" in fields:
        return Kind.ALLOCATION
    if "pre_allocation" in fields or "previous_year_emissions" in fields:
        return Kind.PRE_ALLOCATION
    return None


def _choose(
    header: Header, kind: Kind, unit: Unit | None, labels: tuple[str, ...], place: Place
) -> Chosen:
    """Choose the columns of ``kind``; doubled ones and those of an unclear unit are problems.

    ``place``: sheet and row of the header.
    """
    in_10kt = _in_10kt(header)
    to_convert = _to_convert(header, in_10kt) if unit == "10kt" else frozenset()
    positions: dict[str, int] = {}
    problems: list[Problem] = []
    for field, column in COLUMNS.items():
        at = header.fields.get(field, ())
        if not at or kind not in column.need:
            continue
        match, text = header.matches[at[0]], header.texts[at[0]]
        if len(at) > 1:
            code, values, shown = "COLUMN_TWICE", _doubled(field, at, header, labels), at[1]
        elif match and match.unit == "other":
            code, shown = "UNIT_NOT_KNOWN", at[0]
            values = {"header": text, "unit": as_written(text, match.named)}
            values["expected"] = _expected(match)
        elif field in in_10kt and unit != "10kt":
            code, shown = "UNIT_NOT_CONFIRMED", at[0]
            values = {"header": text, "unit": _named(header, match, text)}
        else:
            positions[field] = at[0]
            continue
        where = Place(place.sheet, place.row, labels[shown])
        problems.append(Problem("T-01", code, where, field, cut(header.texts[shown]), values))
    return Chosen(positions, dict.fromkeys(to_convert, _TO_TONNES), tuple(problems))


def _doubled(
    field: str, at: tuple[int, ...], header: Header, labels: tuple[str, ...]
) -> dict[str, str]:
    return {
        "field": field,
        "columns": ", ".join(labels[position] for position in at),
        "headers": cut(" | ".join(header.texts[position] for position in at)),
    }


def _named(header: Header, match: Match | None, text: str) -> str:
    if match and match.unit == "10kt":
        return as_written(text, match.named)
    return header.title_in_10kt or ""


def _expected(match: Match) -> str:
    return COLUMNS[match.field].unit or "0.0310 / 3.10%"


def _in_10kt(header: Header) -> frozenset[str]:
    """Give the fields that the header, or the title where a header is silent, puts in 万t."""
    return frozenset(
        match.field
        for match in header.matches
        if match
        and COLUMNS[match.field].unit
        and (match.unit == "10kt" or (match.unit == "" and header.title_in_10kt))
    )


def _to_convert(header: Header, in_10kt: frozenset[str]) -> frozenset[str]:
    tonnes = (match.field for match in header.matches if match and COLUMNS[match.field].unit)
    return in_10kt or frozenset(tonnes)
