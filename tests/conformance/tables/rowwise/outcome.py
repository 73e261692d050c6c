"""A checked table: verdict, findings, totals, and the report made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.conformance.tables.rowwise.balances import BalanceValue
from tests.conformance.tables.rowwise.findings import Reason, Result, Row, printed
from tests.conformance.tables.rowwise.totals import summarise
from tests.conformance.tables.rowwise.units import Judged, unit_input

from cets_conformance import __version__, direct, messages
from cets_conformance.tables.catalogue import CHECKS, Severity
from cets_conformance.tables.columns import Kind
from cets_conformance.tables.options import Options
from cets_conformance.tables.reading import Table

__all__ = ["Outcome"]

DECISIVE = {Kind.ALLOCATION: "T-10", Kind.PRE_ALLOCATION: "T-12"}
"""The recomputation without which a table is not said to conform."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What checking a table gave."""

    table: Table
    """The table as read."""
    options: Options
    """What it was checked with."""
    rows: Sequence[Judged]
    """Its rows, judged."""
    balances: Mapping[tuple[str, int], BalanceValue]
    """Balance values it was recomputed with."""
    results: Mapping[str, Result]
    """What each check did, by check id; all checks are here."""

    @property
    def verdict(self) -> str:
        """``does_not_conform``, ``conforms`` or ``not_checked``."""
        failed = [name for name, result in self.results.items() if result.status == "failed"]
        if any(CHECKS[name].severity is Severity.ERROR for name in failed):
            return "does_not_conform"
        decided = self.results[DECISIVE[self.table.kind]].status == "passed"
        return "conforms" if decided else "not_checked"

    def report(self, rows: int | None = 20) -> dict[str, Any]:
        """Give the report (schema ``report``), ``rows`` a finding; None means all of them."""
        origin = self.table.origin
        return {
            "kind": "table",
            "table_kind": self.table.kind.value,
            "verdict": self.verdict,
            "rows": len(self.rows),
            "checks": [self._check(name) for name in CHECKS],
            "findings": [
                self._finding(name, rows)
                for name, result in self.results.items()
                if result.status == "failed"
            ],
            "totals": summarise(self.rows, self.table.kind),
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
                for (sector, year), balance in sorted(self.balances.items())
            ],
            "ruleset": direct.ruleset_with({}).id,
            "readings": direct.ruleset_with(self.options.readings).changed_readings(),
            "versions": {"reference": direct.version(), "conformance": __version__},
        }

    def finding_rows(self, check: str, rows: int | None = None) -> list[dict[str, Any]]:
        """Give the ``rows`` worst rows of a failed check, worst first; None means all of them.

        ``KeyError`` on an unknown check.
        """
        columns = self.table.origin.columns
        by_number = {row.row: row for row in self.rows}
        return [
            _print_row(row, columns, by_number.get(row.row) if row.row is not None else None)
            for row in self.results[check].worst_first()[:rows]
        ]

    def subject(self, number: int) -> dict[str, Any] | None:
        """Give ``{"operation", "input"}`` of the row with this number; None where there is none."""
        row = next((row for row in self.rows if row.row == number), None)
        return None if row is None else self._subject(row)

    def subjects(self) -> dict[int, dict[str, Any]]:
        """Give the subject of every row by row number."""
        return {row.row: self._subject(row) for row in self.rows}

    def _subject(self, row: Judged) -> dict[str, Any]:
        unit = unit_input(row.cells)
        if self.table.kind is Kind.PRE_ALLOCATION:
            value: dict[str, Any] = {"unit": unit}
            if "previous_year_emissions" in row.cells:
                value["previous_year_emissions"] = row.cells["previous_year_emissions"]
            return {"operation": "pre-allocation", "input": value}
        value = {"unit": unit}
        key = (row.cells.get("sector", ""), row.year or 0)
        if key in self.balances:
            value["balance_value"] = self.balances[key].text
        return {"operation": "allocation", "input": value}

    def _check(self, name: str) -> dict[str, Any]:
        check, result = CHECKS[name], self.results[name]
        printed_check: dict[str, Any] = {
            "id": name,
            "severity": check.severity.value,
            "clauses": list(check.clauses),
            "status": result.status,
            "rows_checked": result.checked,
            "rows_not_checked": result.skipped,
        }
        if result.why is not None:
            printed_check |= _print_reason(result.why)
        return printed_check

    def _finding(self, name: str, rows: int | None) -> dict[str, Any]:
        result = self.results[name]
        return {
            "check": name,
            "severity": CHECKS[name].severity.value,
            "count": len(result.rows),
            "tonnes": result.tonnes,
            "clauses": list(CHECKS[name].clauses),
            "rows": self.finding_rows(name, rows),
        }


def _print_reason(reason: Reason) -> dict[str, Any]:
    return {
        "reason": messages.text(f"reason.{reason.code}", "en", **reason.values),
        "reason_code": reason.code,
        "reason_values": dict(reason.values),
    }


def _print_row(row: Row, columns: Mapping[str, str], judged: Judged | None) -> dict[str, Any]:
    cells = judged.cells if judged else {}
    printed_row: dict[str, Any] = {
        "row": row.row,
        "year": row.year,
        "unit_id": row.unit_id,
        "field": row.field,
        "found": row.found,
        "expected": row.expected,
        "difference": printed(Fraction(row.difference) if row.difference is not None else None),
        "column": row.values.get("column") or columns.get(row.field or ""),
        "province": cells.get("province"),
        "enterprise_name": cells.get("enterprise_name"),
    }
    if row.code is not None:
        printed_row |= {"code": row.code, "values": dict(row.values)}
    return printed_row
