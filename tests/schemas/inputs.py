"""Inputs of every operation that have its form, and values to break them with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

CEMENT = {
    "unit_id": "线-1",
    "sector": "cement",
    "year": 2025,
    "listed": True,
    "line_kind": "ordinary",
    "carbide_slag_rate": "0.15",
    "commissioned_year": 2011,
    "closed_before_verification": False,
    "verified_emissions": "1000000.5",
    "indirect_emissions": "0",
    "output": "1200000",
}
STEEL = {
    "unit_id": "S",
    "sector": "steel",
    "year": 2025,
    "listed": True,
    "route": "long_process",
    "commissioned_year": 1998,
    "closed_before_verification": False,
    "verified_emissions": "100",
    "process_emissions": {"ironmaking": "50", "sintering": "10"},
    "output": "40",
}
ALUMINIUM = {
    "unit_id": "A",
    "sector": "aluminium",
    "year": 2025,
    "verified_emissions": "17731",
    "gases": {"co2": "1", "cf4": "1", "c2f6": "1"},
    "output": "40",
}
SHORT = {
    name: STEEL[name]
    for name in ("unit_id", "sector", "year", "route", "verified_emissions", "process_emissions")
}
OWN = {
    "id": "S-1",
    "date": "2025-12-31",
    "instrument": "allowance",
    "vintage": "2023",
    "source": "own",
    "amount": 7,
}
CCER = {
    "id": "S-2",
    "date": "2026-01-01",
    "instrument": "ccer",
    "registered_on": "2024-02-29",
    "covered_project": False,
    "amount": 7,
}
TRADE = {"date": "2025-06-30", "vintage": "2022", "side": "buy", "amount": 9}
APPLICATION = {"id": "J", "date": "2026-03-01", "amount": 4}
YEAR = {
    "year": 2024,
    "units": [],
    "balance_values": {},
    "high_risk": False,
    "account_frozen": False,
    "issued_on": "2025-10-20",
    "submissions": [],
}
LATER = {**YEAR, "year": 2025, "pre_allocated_on": "2026-04-15", "issued_on": "2026-10-15"}
CYCLE = {
    "enterprise": {"enterprise_id": "X", "key_emitting_units": 1},
    "years": [YEAR, LATER],
    "opening": [],
    "trades": [],
    "compliance_2023": "not_covered",
    "applications": [],
    "as_of": "2026-12-31",
}
BASES: dict[str, list[dict[str, Any]]] = {
    "emissions": [{"gases": ALUMINIUM["gases"]}],
    "scope": [{"unit": unit} for unit in (CEMENT, STEEL, ALUMINIUM)],
    "balance": [
        {"sector": "steel", "year": 2025, "units": [SHORT]},
        {"sector": "aluminium", "year": 2024, "units": []},
    ],
    "allocation": [
        {"unit": CEMENT, "balance_value": "0.86"},
        {"unit": STEEL, "balance_value": "1.75"},
        {"unit": {**STEEL, "year": 2024}},
        {"unit": ALUMINIUM, "balance_value": "1.568"},
    ],
    "enterprise-allocation": [
        {
            "enterprise_id": "X",
            "year": 2025,
            "units": [SHORT],
            "balance_values": {"cement": "0.86", "steel": "1.75", "aluminium": "1.568"},
        },
        {"enterprise_id": "X", "year": 2024, "units": [], "balance_values": {}},
    ],
    "pre-allocation": [
        {"unit": unit, "previous_year_emissions": "1"} for unit in (CEMENT, STEEL, ALUMINIUM)
    ],
    "settlement": [
        {
            "year": 2025,
            "verified_allowance": 9,
            "pre_allocated": 7,
            "arrears": 1,
            "high_risk": False,
            "holding": 3,
        }
    ],
    "amendment": [
        {
            "allowance_before": 9,
            "allowance_after": 8,
            "obligation_before": 7,
            "obligation_after": 6,
            "surrendered": 7,
            "holding": 3,
        }
    ],
    "surrender": [
        {
            "year": 2024,
            "obligation": 9,
            "provincial_holding": 1,
            "account_frozen": True,
            "deducted": 1,
            "as_of": "2026-12-31",
            "submissions": [OWN, CCER],
        }
    ],
    "carry-over": [
        {
            "key_emitting_units": 1,
            "compliance": {"2023": "fulfilled", "2024": "settled_by_deduction"},
            "holdings": [{"vintage": "2024", "available": 9, "frozen": 1}],
            "trades": [TRADE],
            "applications": [{**APPLICATION, "available": 3}],
        }
    ],
    "cycle": [
        CYCLE,
        {
            **CYCLE,
            "years": [{**YEAR, "submissions": [OWN]}, {**LATER, "units": [SHORT]}],
            "opening": [{"vintage": "2023", "amount": 9}],
            "trades": [{"id": "T", **TRADE}],
            "applications": [APPLICATION],
        },
    ],
}
OF_DEALINGS = ("settlement", "amendment", "surrender", "carry-over", "cycle")
DECIMALS: list[Any] = [
    *("0", "0.0", "0.000001", "1.000000", "1.000001", "999999999999999.999999", "-0", "-1.5"),
    *("0.123456789012", "0.1234567890123", "1.0000000", "1000000000000000", "01", "+1", "1.", ".5"),
    *("1e3", "1E3", " 1", "1 ", "1\n", "\n1", "1\r", "1\u2028", "１", "٣", "1,000", "1_0", "0x1"),
    *("steel\n", "Steel", "long_process", "other", "ordinary", "grinding_only", "paper", "true"),
    *(1899, 1900, 2023, 2100, 2101, 10**30, [CEMENT], CEMENT, STEEL, ALUMINIUM["gases"]),
    *({"ironmaking": "1", "sintering": "1"}, {"ironmaking": "1"}),
]
"""What matters to units and ratios."""
DAYS: list[Any] = [
    *("2025-12-31", "2024-01-01", "2024-02-29", "2025-02-29", "2026-06-31", "2025-13-01"),
    *("0000-01-01", "9999-12-31", "2025-1-1", "20251231", "2025-W01-1", "2025-12-31\n"),
    *("２025-12-31", "2025-12-31T00:00:00", "-2025-12-31", "2025/12/31", "2019-2020", "2019"),
    *("2023", "2024", "2025", "allowance", "ccer", "own", "third_party", "sell", "fulfilled"),
    *("not_covered", "open", "late", 2**53 - 1, [OWN], [CCER], OWN, CCER, [TRADE], [APPLICATION]),
    *([YEAR], [LATER, YEAR], [YEAR, LATER], [YEAR, LATER, LATER], YEAR, [{"id": "T", **TRADE}]),
]
"""What matters to submissions, trades, applications and years."""
VALUES: list[Any] = [
    *("1", "", "a", "𝒳" * 64, "𝒳" * 65, "x" * 64, "x" * 65, "\x00", "steel", "aluminium"),
    *(0, 1, -1, 2024, 2025, 2026, 2**53, 1.5, Decimal("2025.0"), Decimal("1E+400")),
    *(None, True, False, [], {}, [1], {"a": 1}, [[]], [None]),
]
"""What matters everywhere."""
GOOD: dict[str, Any] = {
    **CEMENT,
    **STEEL,
    **ALUMINIUM,
    **OWN,
    **CCER,
    **TRADE,
    **LATER,
    **CYCLE,
    **dict.fromkeys(("available", "frozen", "holding", "accepted"), 1),
    **dict.fromkeys(("balance_value", "", "a/b~c", "SECTOR", "cement", "2023", "2025"), "1"),
    "balance_values": {"cement": "1"},
    "readings": {},
}
"""Names of members with a value that is right somewhere."""
