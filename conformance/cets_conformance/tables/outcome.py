"""A checked table: verdict, findings, totals, and the report made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cets_conformance import __version__, direct, messages
from cets_conformance.tables.balances import BalanceValue
from cets_conformance.tables.catalogue import CHECKS, Severity
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.findings import Reason, Result, Row, printed
from cets_conformance.tables.options import Options
from cets_conformance.tables.reading import Table
from cets_conformance.tables.sorts import unit_input
from cets_conformance.tables.units import PREVIOUS, Rows

__all__ = ["Outcome"]

DECISIVE = {Kind.ALLOCATION: "T-10", Kind.PRE_ALLOCATION: "T-12"}
"""The recomputation without which a table is not said to conform."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What checking a table gave."""

    table: Table
    """The table as read; of one that is elsewhere, all but its rows."""
    options: Options
    """What it was checked with."""
    rows: int
    """How many rows it has."""
    values: Mapping[tuple[str, int], BalanceValue]
    """Balance values it was recomputed with, by sector and year."""
    totals: Mapping[str, Any]
    """Its totals, as printed."""
    results: Mapping[str, Result]
    """What each check did, by check id; all checks are here."""
    conforms_under: tuple[str, ...] = ()
    """Other choices of one reading, as ``reading=choice``, under which it would conform."""

    @property
    def verdict(self) -> str:
        """``does_not_conform``, ``conforms`` or ``not_checked``."""
        return self._verdict(self._statuses())

    @property
    def errors(self) -> set[str]:
        """Checks whose failure decides the verdict."""
        return _errors(self._statuses())

    def _statuses(self) -> dict[str, str]:
        return {name: result.status for name, result in self.results.items()}

    def _verdict(self, statuses: Mapping[str, str]) -> str:
        if _errors(statuses):
            return "does_not_conform"
        decided = statuses[DECISIVE[self.table.kind]] == "passed"
        return "conforms" if decided else "not_checked"

    def report(self, rows: int | None = 20) -> dict[str, Any]:
        """Give the report (schema ``report``), ``rows`` a finding; None means all of them."""
        origin = self.table.origin
        statuses = self._statuses()
        return {
            "kind": "table",
            "table_kind": self.table.kind.value,
            "verdict": self._verdict(statuses),
            "rows": self.rows,
            "checks": [self._check(name, status) for name, status in statuses.items()],
            "findings": [
                self._finding(name, rows) for name, status in statuses.items() if status == "failed"
            ],
            "totals": dict(self.totals),
            "notes": [
                {
                    "code": note.code,
                    "field": note.field,
                    "count": note.count,
                    "row": note.first.row,
                    "column": note.first.column,
                    "values": dict(note.values),
                }
                for note in self.table.notes
            ],
            "source": {
                "name": origin.name,
                "format": origin.format,
                "encoding": origin.encoding,
                "sheet": origin.sheet,
                "size": origin.size,
                "sha256": origin.sha256,
                "title_rows": list(origin.title_rows),
                "header_rows": list(origin.header_rows),
                "total_rows": list(origin.total_rows),
            },
            "balance_values": [
                {"sector": sector, "year": year, "value": balance.text, "from": balance.origin}
                for (sector, year), balance in sorted(self.values.items())
            ],
            "ruleset": direct.ruleset_with({}).id,
            "readings": direct.ruleset_with(self.options.readings).changed_readings(),
            **({"conforms_under": list(self.conforms_under)} if self.conforms_under else {}),
            "versions": {"reference": direct.version(), "conformance": __version__},
        }

    def finding_rows(self, check: str, rows: int | None = None) -> list[dict[str, Any]]:
        """Give the ``rows`` worst rows of a failed check, worst first; None means all of them.

        ``KeyError`` on an unknown check.
        """
        columns = self.table.origin.columns
        return [_print_row(row, columns) for row in self.results[check].failures.worst(rows)]

    def subject(self, number: int) -> dict[str, Any] | None:
        """Give ``{"operation", "input"}`` of the row with this number; None where there is none."""
        return self.subjects().get(number)

    def subjects(self) -> Mapping[int, dict[str, Any]]:
        """Give the subject of every row by row number, each one made when it is asked for.

        ``LookupError`` where the rows are elsewhere.
        """
        if len(self.table.rows) < self.rows:
            raise LookupError("the rows of this table are not in this process")
        return _Subjects(self)

    def _check(self, name: str, status: str) -> dict[str, Any]:
        check, result = CHECKS[name], self.results[name]
        printed_check = {
            "id": name,
            "severity": _SEVERITY[name],
            "clauses": list(check.clauses),
            "status": status,
            "rows_checked": result.checked,
            "rows_not_checked": result.skipped,
        }
        if status != "passed" and (why := result.why):
            printed_check |= _print_reason(why)
        return printed_check

    def _finding(self, name: str, rows: int | None) -> dict[str, Any]:
        result = self.results[name]
        return {
            "check": name,
            "severity": _SEVERITY[name],
            "count": len(result.failures),
            "tonnes": result.tonnes,
            "clauses": list(CHECKS[name].clauses),
            "rows": self.finding_rows(name, rows),
        }


_SEVERITY = MappingProxyType({name: check.severity.value for name, check in CHECKS.items()})
"""Severity of each check, as printed."""


@lru_cache(1 << 10)
def _reason_text(code: str, *values: tuple[str, str]) -> str:
    """Say why a check did not run: of all tables few reasons, given over and over."""
    return messages.text(f"reason.{code}", "en", **dict(values))


def _errors(statuses: Mapping[str, str]) -> set[str]:
    return {
        name
        for name, status in statuses.items()
        if status == "failed" and CHECKS[name].severity is Severity.ERROR
    }


def _print_reason(reason: Reason) -> dict[str, Any]:
    return {
        "reason": _reason_text(reason.code, *reason.values.items()),
        "reason_code": reason.code,
        "reason_values": dict(reason.values),
    }


def _print_row(row: Row, columns: Mapping[str, str]) -> dict[str, Any]:
    printed_row: dict[str, Any] = {
        "row": row.row,
        "year": row.year,
        "unit_id": row.unit_id,
        "field": row.field,
        "found": row.found,
        "expected": row.expected,
        "difference": printed(row.difference),
        "column": row.values.get("column") or columns.get(row.field or ""),
        "province": row.province,
        "enterprise_name": row.enterprise_name,
    }
    if row.code is not None:
        printed_row |= {"code": row.code, "values": dict(row.values)}
    return printed_row


class _Subjects(Mapping[int, dict[str, Any]]):
    """What the rows of a table put to which operation, by row number."""

    def __init__(self, outcome: Outcome) -> None:
        self._rows = Rows(outcome.table, direct.ruleset_with(outcome.options.readings))
        self._balances = outcome.values

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows.number.tolist())

    def __getitem__(self, number: int) -> dict[str, Any]:
        position = self._rows.place(number)
        if position is None:
            raise KeyError(number)
        cells = self._rows.cells(position)
        value: dict[str, Any] = {"unit": unit_input(cells)}
        if not self._rows.verified:
            if PREVIOUS in cells:
                value[PREVIOUS] = cells[PREVIOUS]
            return {"operation": "pre-allocation", "input": value}
        balance = self._balances.get((cells.get("sector", ""), int(cells.get("year", "0"))))
        if balance is not None:
            value["balance_value"] = balance.text
        return {"operation": "allocation", "input": value}
