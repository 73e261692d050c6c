"""What a table is checked with: chosen by the caller, recorded in the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cets_conformance.tables.columns import COLUMNS, KINDS, Kind
from cets_conformance.tables.mapping import MappingError, read_mapping

__all__ = ["TOUCHING", "OptionError", "Options"]

TOUCHING = ("rounding", "balance_precision", "steel_base", "excluded_unit_obligation")
"""Readings that change what a table should hold."""

_RATIO = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
_SECTORS = tuple(COLUMNS["sector"].choices)


class OptionError(ValueError):
    """An option that does not exist or cannot be taken; catalogue key ``problem.<code>``."""

    def __init__(self, code: str, path: str, **values: str) -> None:
        super().__init__(f"{code} at {path}: {values}")
        self.code = code
        self.path = path
        self.values = values


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a table check; every one may be left out."""

    kind: Kind | None = None
    """Kind of table; told from the columns where None."""
    balance: Mapping[str, str] = field(default_factory=dict)
    """Balance value by sector, as written; used instead of the table's own."""
    solve_balance: bool = False
    """Solve the balance values from the table itself (meaningful for a national table)."""
    national: bool = False
    """The table declares to hold every unit of the country (T-23)."""
    unit: str | None = None
    """``10kt`` confirms columns written in 10,000 t."""
    sheet: str | None = None
    """Sheet of a workbook with several tables."""
    readings: Mapping[str, str] = field(default_factory=dict)
    """Readings other than the default."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Foreign headers and the columns they stand for, a pair either way round."""

    def __post_init__(self) -> None:
        for sector, value in self.balance.items():
            if sector not in _SECTORS:
                raise OptionError(
                    "UNKNOWN_SECTOR", "/balance", found=sector, known=", ".join(_SECTORS)
                )
            if not _RATIO.fullmatch(value) or Fraction(value) == 0:
                raise OptionError("NOT_A_BALANCE_VALUE", f"/balance/{sector}", found=value)
        if self.unit not in (None, "t", "10kt"):
            raise OptionError("UNKNOWN_UNIT", "/unit", found=self.unit)
        if self.readings:
            _require_readings(self.readings)
        try:
            read_mapping(self.headers)
        except MappingError as error:
            raise OptionError(error.code, "/headers", **error.values) from None

    @property
    def mapped(self) -> Mapping[str, str]:
        """Columns by squeezed foreign header, as the reader takes them."""
        return read_mapping(self.headers)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Options:
        """Read options from JSON-like data; :class:`OptionError` names the first that is off."""
        readers: dict[str, Callable[[object, str], Any]] = {
            "kind": _read_kind,
            "balance": _read_texts,
            "solve_balance": _read_flag,
            "national": _read_flag,
            "unit": _read_text,
            "sheet": _read_text,
            "readings": _read_texts,
            "headers": _read_texts,
        }
        for name in value:
            if name not in readers:
                raise OptionError(
                    "UNKNOWN_OPTION", f"/{name}", found=name, known=", ".join(readers)
                )
        return cls(**{name: readers[name](item, f"/{name}") for name, item in value.items()})

    def as_json(self) -> dict[str, Any]:
        """Give what :meth:`from_json` reads."""
        return {
            "kind": self.kind.value if self.kind else None,
            "balance": dict(self.balance),
            "solve_balance": self.solve_balance,
            "national": self.national,
            "unit": self.unit,
            "sheet": self.sheet,
            "readings": dict(self.readings),
            "headers": dict(self.headers),
        }


def _require_readings(readings: Mapping[str, str]) -> None:
    from cets_conformance import direct  # not needed to read a table

    try:
        direct.ruleset_with(readings)
    except ValueError as error:
        raise OptionError("UNKNOWN_READING", "/readings", found=str(error)) from None


def _read_kind(value: object, path: str) -> Kind | None:
    if value in (None, "", "auto"):
        return None
    if value not in KINDS:
        raise OptionError("UNKNOWN_KIND", path, found=str(value)[:80], known=", ".join(KINDS))
    return Kind(str(value))


def _read_flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise OptionError("NOT_A_FLAG", path, found=str(value)[:80])
    return value


def _read_text(value: object, path: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise OptionError("NOT_A_TEXT", path, found=str(value)[:80])
    return value or None


def _read_texts(value: object, path: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(
        isinstance(item, str) for pair in value.items() for item in pair
    ):
        raise OptionError("NOT_TEXTS", path, found=str(value)[:80])
    return dict(value)
