"""From rows to units: the rows of a table as columns, and which of them the rules treat alike.

This is where the tables meet the reference. Whether a row makes a unit, is covered, by which
method it is allocated and what it must surrender depends on few things: its categorical cells, and
of its quantities only whether they are there, are zero, and whether the processes exceed the
enterprise. Rows that agree in these are one *sort*; the reference reads one row of each sort and
what it says holds for all of them. Nothing is guessed: a sort whose cells cannot make a unit keeps
the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from cets_conformance.tables.coded import Coded, dense
from cets_conformance.tables.columns import COLUMNS, Kind, Need
from cets_conformance.tables.enterprises import valid
from cets_conformance.tables.exact import Array
from cets_conformance.tables.findings import Row
from cets_conformance.tables.once import once
from cets_conformance.tables.reading import Table
from cets_conformance.tables.reading.grid import STRING
from cets_conformance.tables.reading.typed import CodedColumn, NumberColumn, TextColumn
from cets_conformance.tables.sorts import (
    INPUT_FIELDS,
    PROCESSES,
    Sort,
    judge,
    rate_class,
    unit_input,
)
from cets_reference.records import Unit, read_unit
from cets_reference.rule_set import RuleSet

__all__ = ["PREVIOUS", "Rows"]

PREVIOUS = "previous_year_emissions"
"""The one column beside the unit that a recomputation reads."""

_CODED = (
    "year",
    "sector",
    "route",
    "line_kind",
    "listed",
    "closed_before_verification",
    "commissioned_year",
)
"""Columns of few values, each of which may matter to the rules."""


class Rows:
    """The rows of a table as columns, read under the rules."""

    def __init__(self, table: Table, rules: RuleSet) -> None:
        self.table = table
        self.rules = rules
        self.number = table.rows
        self.verified = table.kind is Kind.ALLOCATION
        self._coded: dict[str, Coded] = {}

    def __reduce__(self) -> tuple[type[Rows], tuple[Table, RuleSet]]:
        """Go to another machine without what can be found out again there."""
        return Rows, (self.table, self.rules)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.number)

    # -- cells

    def cells(self, position: int) -> dict[str, str]:
        """Give the usable cells of one row that are not empty, canonical."""
        found = {}
        for name, column in self.table.columns.items():
            if (text := column.cell(position)) is not None:
                found[name] = text
        return found

    def cell(self, name: str, position: int) -> str | None:
        """Give one usable cell; None where it is empty or the column is not there."""
        column = self.table.columns.get(name)
        return None if column is None else column.cell(position)

    def place(self, number: int | None) -> int | None:
        """Give the position of the row with a number; None where there is none."""
        if number is None:
            return None
        position = int(np.searchsorted(self.number, number))
        found = position < len(self) and self.number[position] == number
        return position if found else None

    def places(self, numbers: Sequence[int] | Array) -> Array:
        """Give the positions of the rows with some numbers, ascending, as far as they are here."""
        if not len(numbers):
            return np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(self.number, numbers), len(self) - 1)
        found: Array = at[self.number[at] == numbers]
        return found

    def year_of(self, position: int) -> int | None:
        """Year of one row, where it has one."""
        return int(self.year[position]) or None

    def unit(self, position: int) -> Unit:
        """Read the unit of one row that makes one."""
        return read_unit(unit_input(self.cells(position)), "", emissions_required=self.verified)

    def finding(
        self,
        position: int,
        field: str | None,
        found: int | str | None = None,
        expected: int | str | None = None,
        difference: int | Fraction | None = None,
        *,
        code: str | None = None,
        values: Mapping[str, str] = MappingProxyType({}),
    ) -> Row:
        """Say where a check failed; amounts differ by found - expected."""
        if isinstance(found, int) and isinstance(expected, int):
            difference = found - expected
        return Row(
            int(self.number[position]),
            self.year_of(position),
            self.cell("unit_id", position),
            field,
            found,
            expected,
            difference,
            code,
            dict(values),
            self.cell("province", position),
            self.cell("enterprise_name", position),
        )

    def coded(self, name: str) -> Coded:
        """Give a column of repeating texts."""
        if name not in self._coded:
            column = self.table.columns.get(name)
            self._coded[name] = (
                Coded(column.codes, column.texts)
                if isinstance(column, CodedColumn)
                else Coded.absent(len(self))
            )
        return self._coded[name]

    def numbers(self, name: str) -> NumberColumn:
        """Give a column of amounts, t, or of measured quantities, in millionths."""
        column = self.table.columns.get(name)
        return column if isinstance(column, NumberColumn) else self._no_numbers

    def texts(self, name: str) -> TextColumn:
        """Give a column of texts."""
        column = self.table.columns.get(name)
        return column if isinstance(column, TextColumn) else self._no_texts

    def present(self, name: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell in which rows a usable cell stands."""
        column = self.table.columns.get(name)
        return np.zeros(len(self), np.bool_) if column is None else column.present

    @once
    def _no_numbers(self) -> NumberColumn:
        return NumberColumn.absent(len(self))

    @once
    def _no_texts(self) -> TextColumn:
        return TextColumn(pa.chunked_array([pa.nulls(len(self), STRING)]))

    @once
    def year(self) -> Array:
        """Year of each row; 0 where none stands."""
        return self.coded("year").pick(int, 0, np.int32)

    @once
    def valid_codes(self) -> Array:
        """Tell in which rows the enterprise's credit code is right."""
        return valid(self.texts("enterprise_id").text)

    @once
    def groups(self) -> Coded:
        """Sector and year of each row, as ``sector year``; -1 where one is missing."""
        return self.coded("sector").beside(self.coded("year"))

    @once
    def balance_values(self) -> Coded:
        """Sector, year and balance value of each row, as ``sector year value``, likewise."""
        return self.groups.beside(self.coded("balance_value"))

    # -- sorts

    @once
    def sorts(self) -> tuple[Sort, ...]:
        """What the rules say of each sort."""
        return tuple(
            Sort(blocked=True)
            if self._blocked[position]
            else judge(self.cells(position), self.rules, verified=self.verified)
            for position in self._sorted[1]
        )

    @property
    def sort(self) -> Array:
        """Sort of each row."""
        return self._sorted[0]

    def by_sort(self, of_sort: Callable[[Sort], Any], kind: Any = np.bool_) -> Array:
        """Give a column of what ``of_sort`` says of each row's sort."""
        found: Array = np.array([of_sort(sort) for sort in self.sorts], kind)[self.sort]
        return found

    @once
    def _marks(self) -> list[Array]:
        """Give what is told of every row by its sort, a line each."""
        of_sort = np.array(
            [
                (
                    sort.unit is not None,
                    sort.needs_intensity,
                    sort.scope is not None and sort.scope.covered,
                    sort.surrenders,
                )
                for sort in self.sorts
            ],
            np.bool_,
        )
        return list(of_sort.reshape(-1, 4).T.take(self.sort, axis=1))

    @property
    def is_unit(self) -> Array:
        """Tell which rows make a unit."""
        return self._marks[0]

    @property
    def needs_intensity(self) -> Array:
        """Tell for which rows an intensity is computed."""
        return self._marks[1]

    @property
    def covered(self) -> Array:
        """Tell which rows make a unit inside allowance management."""
        return self._marks[2]

    @property
    def surrenders(self) -> Array:
        """Tell which rows owe their verified emissions, not nothing."""
        return self._marks[3]

    @once
    def emitted(self) -> Array:
        """What the intensity is made of, millionths of t: E, or a steel unit's main processes."""
        emissions = self.numbers("verified_emissions").values
        if not any(map(_has_processes, self.sorts)):
            return emissions
        return np.where(self.by_sort(_has_processes), self._processes, emissions)

    @once
    def base(self) -> Array:
        """What α multiplies, millionths of t: E, or a steel unit's main processes if so read."""
        if self.rules.readings["steel_base"] != "main_processes":
            return self.numbers("verified_emissions").values
        return self.emitted

    @once
    def _processes(self) -> Array:
        iron, sinter = (self.numbers(column).values for column in PROCESSES.values())
        total: Array = iron + sinter
        return total

    @once
    def _blocked(self) -> Array:
        """Rows of which a column that matters stands in the file but cannot be used."""
        blocked = np.zeros(len(self), np.bool_)
        for name, column in self.table.columns.items():
            if column.bad is not None and (name in INPUT_FIELDS or name == PREVIOUS):
                blocked |= column.bad
        for name in _lost_columns(self.table):
            sectors = COLUMNS[name].sectors
            blocked |= self.coded("sector").pick(
                sectors.__contains__, otherwise=True, kind=np.bool_
            )
        return blocked

    @once
    def _sorted(self) -> tuple[Array, list[int]]:
        """Give each row's sort, and the position of a row of each."""
        if len(self) == 1:
            return np.zeros(1, np.int32), [0]
        key = self._blocked.astype(np.int64)
        for codes, count in self._traits():
            key = key * count + codes
        _, codes = dense(key)
        first = np.full(int(codes.max(initial=-1)) + 1, len(self), np.int64)
        first[codes[::-1]] = np.arange(len(self) - 1, -1, -1)
        return codes, first.tolist()

    def _traits(self) -> list[tuple[Array, int]]:
        """Give all that tells sorts apart: codes from 0, and how many there are."""
        columns = self.table.columns
        traits: list[tuple[Array, int]] = [(self.present("unit_id"), 2)]
        for name in _CODED:
            coded = self.coded(name)
            if len(coded.texts) > 1 or (coded.texts and coded.codes.min() < 0):
                traits.append((coded.codes + 1, len(coded.texts) + 1))
        if "carbide_slag_rate" in columns:
            rates, classes = self.coded("carbide_slag_rate"), [""]
            known = [rate_class(text, self.rules) for text in rates.texts]
            classes += dict.fromkeys(known)
            place = dict(zip(rates.texts, map(classes.index, known), strict=True))
            traits.append((rates.pick(place.__getitem__, 0, np.int8), len(classes)))
        for name in ("verified_emissions", "output"):
            numbers = self.numbers(name)
            traits.append((numbers.present.astype(np.int8) + (numbers.values > 0), 3))
        if any(name in columns for name in PROCESSES.values()):
            emissions = self.numbers("verified_emissions").values
            traits += [(self.present(name), 2) for name in PROCESSES.values()]
            traits.append((self._processes > emissions, 2))
        return [(codes, count) for codes, count in traits if codes.min() != codes.max()]


def _has_processes(sort: Sort) -> bool:
    return sort.unit is not None and sort.unit.process_emissions is not None


def _lost_columns(table: Table) -> list[str]:
    """Name the columns that T-01 left out and whose absence would wrongly stand for a default."""
    left_out = {problem.field for problem in table.problems if problem.check == "T-01"}
    if table.kind is Kind.PRE_ALLOCATION:
        left_out.add(PREVIOUS)  # an empty cell says "none"; a missing column says nothing
    return [
        name
        for name in (*INPUT_FIELDS, PREVIOUS)
        if name in left_out
        and name not in table.columns
        and (name == PREVIOUS or COLUMNS[name].need.get(table.kind) is Need.OPTIONAL)
    ]
