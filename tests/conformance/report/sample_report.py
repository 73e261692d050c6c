"""Sample table reports with realistic figures: sums are derived from the rows."""

from __future__ import annotations

import copy
from typing import Any

PROVINCES = {
    "13": 128, "37": 142, "32": 96, "21": 88, "14": 90, "41": 104, "34": 101, "42": 70, "51": 112,
    "45": 86, "15": 74, "65": 82, "44": 118,
}  # fmt: skip
"""Province: its units, 1,291 in all."""

_T10: list[tuple[int, str, str, str, int, int]] = [
    (57, "13", "河北燕山钢铁集团有限公司", "HB-ST-0031", 31_207_655, 31_203_118),
    (212, "37", "山东鲁中钢铁股份有限公司", "SD-ST-0007", 18_840_212, 18_843_918),
    (64, "13", "唐山滦河特钢有限公司", "HB-ST-0038", 9_640_118, 9_637_620),
    (391, "32", "江苏沿江钢铁有限公司", "JS-ST-0004", 12_004_310, 12_003_207),
    (77, "13", "邯郸太行水泥有限公司", "HB-CE-0112-1", 1_004_652, 1_003_305),
    (508, "21", "辽宁浑河钢铁有限公司", "LN-ST-0002", 7_450_930, 7_450_000),
    (78, "13", "邯郸太行水泥有限公司", "HB-CE-0112-2", 1_030_001, 1_029_322),
    (640, "14", "山西汾河水泥有限公司", "SX-CE-0019-1", 866_415, 866_000),
    (118, "13", "石家庄滹沱水泥有限公司", "HB-CE-0120-1", 970_000, 970_335),
    (214, "37", "山东泰山铝业有限公司", "SD-AL-0003", 912_400, 912_344),
    (402, "32", "徐州云龙水泥有限公司", "JS-CE-0044-1", 594_028, 593_927),
    (215, "37", "山东泰山铝业有限公司", "SD-AL-0004", 640_031, 640_000),
    (219, "37", "淄博博山水泥有限公司", "SD-CE-0087-1", 1_200_413, 1_200_400),
    (130, "13", "承德热河水泥有限公司", "HB-CE-0131-1", 735_016, 735_000),
    (733, "41", "洛阳伊川铝业有限公司", "HA-AL-0011", 1_568_002, 1_568_000),
]  # fmt: skip


def _row(item: tuple[int, str, str, str, int, int], field: str, column: str) -> dict[str, Any]:
    row, province, name, unit, found, expected = item
    return {
        "row": row, "year": 2025, "unit_id": unit, "field": field, "found": found,
        "expected": expected, "difference": found - expected, "column": column,
        "province": province, "enterprise_name": name,
    }  # fmt: skip


def _finding(check: str, severity: str, clauses: list[str], rows: list[dict[str, Any]],
             tonnes: int | None = None) -> dict[str, Any]:  # fmt: skip
    total = sum(abs(row["difference"] or 0) for row in rows if isinstance(row["difference"], int))
    return {
        "check": check, "severity": severity, "count": len(rows), "clauses": clauses,
        "tonnes": total if tonnes is None else tonnes, "rows": rows,
    }  # fmt: skip


def _findings() -> list[dict[str, Any]]:
    worst = sorted(_T10, key=lambda item: -abs(item[4] - item[5]))
    allowance = [_row(item, "allowance", "V") for item in worst]
    adjustment = [_row(item, "adjustment", "X") for item in worst[:6]]
    cells = [
        {"row": 903, "year": 2025, "unit_id": "GD-CE-0061-2", "field": "output",
         "found": "1.2E+06", "expected": None, "difference": None, "column": "P",
         "province": "44", "enterprise_name": "广东粤北水泥有限公司", "code": "SCIENTIFIC",
         "values": {"found": "1.2E+06"}},
        {"row": 917, "year": 2025, "unit_id": "GD-CE-0066-1", "field": "verified_emissions",
         "found": "约80万", "expected": None, "difference": None, "column": "M",
         "province": "44", "enterprise_name": "清远连江水泥有限公司", "code": "NOT_A_NUMBER",
         "values": {"found": "约80万"}},
    ]  # fmt: skip
    ratio = [
        {"row": 77, "year": 2025, "unit_id": "HB-CE-0112-1", "field": "coefficient",
         "found": "0.0060", "expected": "0.004651162791", "difference": "0.001348837209",
         "column": "S", "province": "13", "enterprise_name": "邯郸太行水泥有限公司"},
    ]  # fmt: skip
    bound = [
        {"row": 78 + index, "year": 2025, "unit_id": f"HB-CE-0{112 + index}-2",
         "field": "coefficient", "found": "0.03", "expected": None, "difference": None,
         "column": "S", "province": "13", "enterprise_name": "邯郸太行水泥有限公司"}
        for index in range(4)
    ]  # fmt: skip
    whole = [
        {"row": None, "year": 2025, "unit_id": None, "field": "balance_value", "found": "0.86",
         "expected": "0.8587", "difference": None, "column": "Q", "province": None,
         "enterprise_name": None},
    ]  # fmt: skip
    return [
        _finding("T-02", "error", ["Q-1", "Q-2"], cells),
        _finding("T-10", "error", ["A-1", "A-2", "A-4", "Q-4"], allowance),
        _finding("T-13", "error", ["I-3"], adjustment),
        _finding("T-16", "warning", ["A-4"], ratio, 0),
        _finding("T-20", "error", ["B-1", "B-4"], whole, 0),
        _finding("T-31", "notice", ["A-4"], bound, 0),
    ]  # fmt: skip


_ALL_CHECKS: list[tuple[str, str, list[str]]] = [
    ("T-01", "error", ["S-1"]), ("T-02", "error", ["Q-1", "Q-2"]), ("T-03", "error", ["S-1"]),
    ("T-04", "warning", ["S-2"]), ("T-05", "warning", ["A-7"]), ("T-06", "warning", ["S-1"]),
    ("T-10", "error", ["A-1", "A-2", "A-4", "Q-4"]), ("T-11", "error", ["R-1", "Q-4"]),
    ("T-12", "error", ["I-1", "I-2", "Q-4"]), ("T-13", "error", ["I-3"]),
    ("T-14", "warning", ["A-5"]), ("T-15", "warning", ["A-3"]), ("T-16", "warning", ["A-4"]),
    ("T-17", "error", ["S-2", "S-3", "S-4", "S-7", "A-6"]), ("T-20", "error", ["B-1", "B-4"]),
    ("T-21", "error", ["A-8"]), ("T-22", "error", ["A-3", "A-4"]), ("T-23", "error", ["B-1"]),
    ("T-24", "warning", ["I-2"]), ("T-25", "warning", ["S-2"]), ("T-30", "notice", ["A-5"]),
    ("T-31", "notice", ["A-4"]), ("T-32", "notice", ["I-2"]),
]  # fmt: skip
_NOT_CHECKED = {
    "T-12": ("the table has no column previous_year_emissions", "COLUMN_MISSING",
             {"column": "previous_year_emissions", "field": "previous_year_emissions"}),
    "T-23": ("the table is not declared national", "NOT_DECLARED_NATIONAL", {}),
    "T-24": ("no table of 2024 was given", "NO_PREVIOUS_TABLE", {}),
}  # fmt: skip


def _checks(findings: list[dict[str, Any]], rows: int) -> list[dict[str, Any]]:
    failed = {finding["check"] for finding in findings}
    checks = []
    for check, severity, clauses in _ALL_CHECKS:
        item: dict[str, Any] = {
            "id": check, "severity": severity, "clauses": clauses,
            "status": "failed" if check in failed else "passed",
            "rows_checked": rows, "rows_not_checked": 0,
        }  # fmt: skip
        if check in _NOT_CHECKED:
            reason, code, values = _NOT_CHECKED[check]
            item |= {"status": "not_checked", "reason": reason, "reason_code": code}
            item |= {"reason_values": values, "rows_checked": 0, "rows_not_checked": rows}
        checks.append(item)
    return checks


def _surplus_rates() -> list[dict[str, Any]]:
    """Give 26 bins of 0.0025 between the open ends, counts adding up to the sector's units."""
    shapes = {"steel": (232, 4, 1), "cement": (962, 8, 0), "aluminium": (97, 3, -1)}
    bins = []
    for sector, (units, width, shift) in shapes.items():
        weights = [
            max(0, 400 - (2 * index - 27 - shift) ** 2 * 100 // width**2) for index in range(28)
        ]
        if sector == "cement":
            weights[2], weights[25] = 500, 620
        total = sum(weights)
        counts = [units * weight // total for weight in weights]
        counts[14] += units - sum(counts)
        for index, count in enumerate(counts):
            lower, upper = -325 + (index - 1) * 25, -325 + index * 25
            bins.append(
                {
                    "sector": sector,
                    "lower": _rate(lower) if index > 0 else None,
                    "upper": _rate(upper) if index < 27 else None,
                    "count": count,
                }
            )
    return bins


def _rate(ten_thousandths: int) -> str:
    return f"{'-' if ten_thousandths < 0 else ''}0.{abs(ten_thousandths):04d}"


def _by_sector() -> list[dict[str, Any]]:
    sectors = {"ST": "steel", "CE": "cement", "AL": "aluminium"}
    base = {
        "steel": (232, "1871004210.5", 1_869_240_118),
        "cement": (962, "941220300.125", 942_009_441),
        "aluminium": (97, "69780015", 69_741_902),
    }
    found = []
    for sector, (rows, emissions, expected) in base.items():
        wrong = [item for item in _T10 if sectors[item[3].split("-")[1]] == sector]
        found.append(
            {
                "sector": sector,
                "year": 2025,
                "rows": rows,
                "emissions": emissions,
                "found": expected + sum(item[4] - item[5] for item in wrong),
                "expected": expected,
                "tonnes": sum(abs(item[4] - item[5]) for item in wrong),
                "rows_wrong": len(wrong),
            }
        )
    return found


def _by_province() -> list[dict[str, Any]]:
    rows = []
    for code, units in PROVINCES.items():
        wrong = [item for item in _T10 if item[1] == code]
        expected = units * 2_231_480 + int(code) * 1_003
        rows.append(
            {
                "province": code,
                "rows": units,
                "emissions": f"{expected - 312}.75",
                "found": expected + sum(item[4] - item[5] for item in wrong),
                "expected": expected,
                "tonnes": sum(abs(item[4] - item[5]) for item in wrong),
                "rows_wrong": len(wrong),
            }
        )
    return rows


def does_not_conform() -> dict[str, Any]:
    """Give a national allocation table of 1,291 units, 15 allowances of which are wrong."""
    findings, sectors = _findings(), _by_sector()
    rows = sum(item["rows"] for item in sectors)
    return {
        "kind": "table", "table_kind": "allocation", "verdict": "does_not_conform", "rows": rows,
        "checks": _checks(findings, rows), "findings": findings,
        "totals": {
            "enterprises": 1_054,
            "allowance": {
                "found": sum(item["found"] for item in sectors),
                "expected": sum(item["expected"] for item in sectors),
            },
            "obligation": 2_882_004_526, "emissions": "2882004525.625",
            "by_sector": sectors, "by_province": _by_province(),
            "surplus_rates": _surplus_rates(),
        },
        "notes": [
            {"code": "THOUSANDS_SEPARATOR", "field": "verified_emissions", "count": 1291,
             "row": 4, "column": "M", "values": {}},
            {"code": "UNKNOWN_COLUMN", "field": None, "count": 1, "row": 3, "column": "Z",
             "values": {"header": "备注"}},
        ],
        "source": {
            "name": "2025年度配额核定表（汇总）.xlsx", "format": "xlsx", "encoding": None,
            "sheet": "核定", "size": 284_113, "title_rows": [1, 2], "header_rows": [3],
            "total_rows": [1295],
            "sha256": "9f2c51a6d0a9b7a0c1e2f3a4b5c6d7e8f90123456789abcdef0123456789abcd",
        },
        "balance_values": [
            {"sector": "steel", "year": 2025, "value": "1.7512", "from": "table"},
            {"sector": "cement", "year": 2025, "value": "0.86", "from": "option"},
            {"sector": "aluminium", "year": 2025, "value": "1.568004512377", "from": "solved"},
        ],
        "ruleset": "cn-industry-2024-2025", "readings": {},
        "versions": {"reference": "0.1.0", "conformance": "0.1.0"},
    }  # fmt: skip


def conforms() -> dict[str, Any]:
    """Give the same table without a fault, under a reading that was chosen."""
    report = copy.deepcopy(does_not_conform())
    report |= {"verdict": "conforms", "findings": [], "readings": {"rounding": "unit_floor"}}
    report["checks"] = _checks([], report["rows"])
    for item in [*report["totals"]["by_sector"], *report["totals"]["by_province"]]:
        item |= {"found": item["expected"], "tonnes": 0, "rows_wrong": 0}
    report["totals"]["allowance"]["found"] = report["totals"]["allowance"]["expected"]
    report["notes"] = []
    return report


def not_checked() -> dict[str, Any]:
    """Give a pre-allocation table of 12 rows whose amounts could not be recomputed."""
    report = conforms()
    report |= {"verdict": "not_checked", "table_kind": "pre-allocation", "rows": 12,
               "readings": {}, "balance_values": []}  # fmt: skip
    report["checks"] = _checks([], 12)
    report["totals"] |= {"by_sector": [], "by_province": [], "surplus_rates": [],
                         "obligation": None, "enterprises": 7, "emissions": "0",
                         "allowance": {"found": 8_400_000, "expected": None}}  # fmt: skip
    return report
