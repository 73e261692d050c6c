"""Rows of small tables, right by the rulebook's formulas, written here a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

from cets_conformance.tables import Options, Outcome, check_table
from cets_conformance.tables.reading import table_from_rows

CODES = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Characters of the unified social credit code, GB 32100, in the order of their weight."""

Row = dict[str, Any]


def half_up(exact: Fraction) -> int:
    """Q-4."""
    return floor(exact + Fraction(1, 2))


def credit_code(body: str) -> str:
    """Add the check digit of GB 32100 to 17 characters."""
    total = sum(CODES.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + CODES[-total % 31]


def alpha(deviation: Fraction) -> Fraction:
    """A-4."""
    if deviation >= Fraction(20, 100):
        return Fraction(3, 100)
    if deviation <= Fraction(-20, 100):
        return Fraction(-3, 100)
    return Fraction(15, 100) * deviation


def identity(sector: str, unit_id: str, year: int) -> Row:
    return {
        "year": year,
        "province": "34",
        "enterprise_id": credit_code("91340100MA2YN0001"),
        "enterprise_name": "试验企业",
        "sector": sector,
        "unit_id": unit_id,
    }


def cement(
    unit_id: str = "L1",
    emissions: str = "1000000",
    output: str = "1200000",
    balance: str = "0.86",
    *,
    year: int = 2025,
    equal: bool = False,
    outside: bool = False,
    **changes: Any,
) -> Row:
    """A cement line, right unless changed; ``equal`` and ``outside`` are what the case knows."""
    exact = Fraction(emissions)
    rate = Fraction(0)
    if year == 2025 and not equal and exact:
        rate = alpha(1 - exact / Fraction(output) / Fraction(balance))
    amounts: Row = {
        "allowance": 0 if outside else half_up(exact * (1 + rate)),
        "obligation": 0 if outside else half_up(exact),
    }
    row = identity("cement", unit_id, year) | {
        "line_kind": "ordinary",
        "verified_emissions": emissions,
        "output": output,
        "balance_value": balance,
    }
    return row | amounts | changes


def steel(unit_id: str = "S1", emissions: str = "2000000", **changes: Any) -> Row:
    """A steel enterprise of 2025 with ironmaking + sintering 70 % of its emissions; B = 1.75."""
    exact = Fraction(emissions)
    iron, sinter = exact * Fraction(6, 10), exact / 10
    output = Fraction(changes.get("output", "800000"))
    rate = alpha(1 - (iron + sinter) / output / Fraction("1.75"))
    row = identity("steel", unit_id, 2025) | {
        "route": "long_process",
        "verified_emissions": emissions,
        "ironmaking_emissions": str(int(iron)),
        "sintering_emissions": str(int(sinter)),
        "output": "800000",
        "balance_value": "1.75",
        "allowance": half_up(exact * (1 + rate)),
        "obligation": half_up(exact),
    }
    return row | changes


def pre(unit_id: str = "L1", previous: str | None = "1000000", **changes: Any) -> Row:
    """A cement line of a pre-allocation table for 2025, right unless changed."""
    exact = Fraction(previous or "0") * Fraction(70, 100)
    row = identity("cement", unit_id, 2025) | {
        "line_kind": "ordinary",
        "previous_year_emissions": previous,
        "pre_allocation": half_up(exact),
    }
    return row | changes


def without(row: Row, *names: str) -> Row:
    return {name: cell for name, cell in row.items() if name not in names}


def judge(
    rows: Sequence[Mapping[str, Any]],
    previous: Sequence[Mapping[str, Any]] | None = None,
    **options: Any,
) -> Outcome:
    """Check rows, optionally beside the previous year's."""
    return check_table(
        table_from_rows(rows, unit=options.get("unit")),
        options=Options(**options),
        previous=table_from_rows(previous) if previous is not None else None,
    )


class Judgement:
    """A report, taken apart for tests."""

    def __init__(self, outcome: Outcome) -> None:
        self.report = outcome.report(rows=None)
        self.verdict = self.report["verdict"]
        self.checks = {check["id"]: check for check in self.report["checks"]}
        self.findings = {finding["check"]: finding for finding in self.report["findings"]}

    def status(self, check: str) -> str:
        return str(self.checks[check]["status"])

    def reason(self, check: str) -> str | None:
        code = self.checks[check].get("reason_code")
        return None if code is None else str(code)

    def errors(self) -> set[str]:
        """Checks of severity error that failed."""
        return {name for name, found in self.findings.items() if found["severity"] == "error"}

    def rows(self, check: str) -> list[tuple[Any, ...]]:
        """(row, found, expected, difference) of each row of a finding; none where it is silent."""
        if check not in self.findings:
            return []
        return [
            (row["row"], row["found"], row["expected"], row["difference"])
            for row in self.findings[check]["rows"]
        ]

    def codes(self, check: str) -> list[tuple[int | None, str | None, str | None]]:
        """(row, field, code) of each row of a finding."""
        if check not in self.findings:
            return []
        return [(row["row"], row["field"], row.get("code")) for row in self.findings[check]["rows"]]


def judged(
    rows: Sequence[Mapping[str, Any]],
    previous: Sequence[Mapping[str, Any]] | None = None,
    **options: Any,
) -> Judgement:
    return Judgement(judge(rows, previous, **options))
