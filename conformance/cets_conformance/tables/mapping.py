"""Foreign headers: which of a file's headers stands for which column, as a person says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cets_conformance.tables.columns import COLUMNS
from cets_conformance.tables.reading.header import match_header, recognise, squeeze

__all__ = ["MappingError", "match_headers", "read_mapping"]


class MappingError(ValueError):
    """A mapping that cannot be taken; catalogue key ``problem.<code>``."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code}: {values}")
        self.code = code
        self.values = values


def read_mapping(pairs: Mapping[str, str]) -> Mapping[str, str]:
    """Give the column's name by the file's header, squeezed, from pairs either way round.

    ``{"应发配额": "allowance"}`` and ``{"allowance": "应发配额"}`` say the same; a column may be
    called by its English or its Chinese header. Raises :class:`MappingError`.
    """
    found: dict[str, str] = {}
    for one, other in pairs.items():
        header, field = _pair(one, other)
        if field in found.values():
            raise MappingError("MAP_COLUMN_TWICE", found=header, column=field)
        if squeeze(header) in found:
            raise MappingError("MAP_HEADER_TWICE", found=header)
        found[squeeze(header)] = field
    return found


def match_headers(
    headers: Iterable[str], mapped: Mapping[str, str]
) -> list[tuple[str, str | None]]:
    """Give for each header of a file the column that it names, under a mapping; None: no column."""
    matches = ((header, match_header(header, mapped)) for header in headers)
    return [(header, match.field if match else None) for header, match in matches]


def _pair(one: str, other: str) -> tuple[str, str]:
    """Tell header from column; where both could be the column, the second is."""
    for header, column in ((one, other), (other, one)):
        match = recognise(column)
        if match and squeeze(header):
            return header, match.field
    raise MappingError("MAP_UNKNOWN_COLUMN", found=f"{one}: {other}", known=", ".join(COLUMNS))
