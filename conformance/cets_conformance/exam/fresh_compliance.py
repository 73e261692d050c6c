"""Fresh questions on settlement, surrender, carry-over and the cycle, drawn about their limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cets_conformance.exam.drawing import Draw
from cets_conformance.exam.fresh import Input, Theme
from cets_conformance.vectors.cases.builders import allowance, ccer, cement

__all__ = ["THEMES"]

_OLD = ("2019-2020", "2021", "2022", "2023", "2024")


def _near(draw: Draw, amount: int) -> int:
    """Draw an amount: itself, one less, one more; never below 0."""
    return max(0, amount + draw.choice((0, 0, -1, 1)))


def _amount(draw: Draw) -> int:
    return draw.between(10_000, 5_000_000)


def _settlement(draw: Draw) -> Input:
    allowance_, pre = _amount(draw), _amount(draw)
    arrears = draw.choice((0, _near(draw, allowance_), draw.between(1, allowance_)))
    due = max(0, pre - (allowance_ - min(arrears, allowance_)))
    value: Input = {
        "year": 2025,
        "verified_allowance": allowance_,
        "pre_allocated": pre,
        "arrears": arrears,
        "high_risk": draw.is_one_in(2),
    }
    return value | ({} if draw.is_one_in(3) else {"holding": _near(draw, due)})


def _settlement_of_2024(draw: Draw) -> Input:
    value = _settlement(draw)
    return value | {"year": 2024, "arrears": 0 if draw.is_one_in(2) else draw.between(1, 999)}


def _amendment(draw: Draw) -> Input:
    before, after, owed = _amount(draw), _amount(draw), _amount(draw)
    value: Input = {
        "allowance_before": before,
        "allowance_after": after,
        "obligation_before": _amount(draw),
        "obligation_after": owed,
        "surrendered": draw.choice((_near(draw, owed), _amount(draw))),
    }
    due = max(0, before - after)
    return value | ({} if draw.is_one_in(3) else {"holding": _near(draw, due)})


def _surrender(draw: Draw, year: int, *submissions: Input, obligation: int) -> Input:
    return {
        "year": year,
        "obligation": obligation,
        "provincial_holding": 0,
        "account_frozen": False,
        "deducted": 0,
        "as_of": f"{year + 2}-0{draw.between(2, 9)}-15",
        "submissions": list(submissions),
    }


def _about_the_deadline(draw: Draw) -> Input:
    """Part in time, the rest on the last day or the first day after; looked at about then too."""
    year, owed = draw.choice((2024, 2025)), _amount(draw)
    first = draw.between(1, owed - 1)
    day = draw.choice((f"{year + 1}-12-30", f"{year + 1}-12-31", f"{year + 2}-01-01"))
    vintage = draw.choice(_OLD) if year == 2024 else "2025"
    value = _surrender(
        draw,
        year,
        allowance(draw.name(), f"{year + 1}-{draw.between(10, 12)}-11", vintage, first),
        allowance(draw.name(), day, vintage, _near(draw, owed - first)),
        obligation=owed,
    )
    return value | ({"as_of": day} if draw.is_one_in(2) else {})


def _ccer_limit(draw: Draw) -> Input:
    """CCER about its limit, in one submission or two; 5 % are seldom whole."""
    owed = 20 * draw.between(1000, 90_000) + draw.choice((0, 10, 10, 7, 19))
    limit = owed // 20
    part = draw.choice((0, draw.between(1, limit - 1)))
    parts = [part] if part else []
    parts.append(_near(draw, limit - part) + (1 if draw.is_one_in(3) else 0))
    offsets = [ccer(draw.name(), "2026-11-20", amount) for amount in parts]
    own = allowance(draw.name(), "2026-12-01", "2025", _near(draw, owed - limit))
    return _surrender(draw, 2025, *offsets, own, obligation=owed)


def _sources(draw: Draw) -> Input:
    """Vintages, another enterprise's allowances, CCER of any kind; each may be refused."""
    year, owed = draw.choice((2024, 2025, 2025)), _amount(draw)
    day = f"{year + 1}-11-{draw.between(10, 29)}"
    tenth = max(1, owed // 10)
    registered = draw.choice(("2024-01-21", "2024-01-22", "2023-06-30", "2024-05-06"))
    items = [
        allowance(draw.name(), day, draw.choice((*_OLD, "2025")), tenth),
        allowance(draw.name(), day, "2024" if year == 2024 else "2025", tenth, "third_party"),
        ccer(draw.name(), day, tenth // 4, registered, covered=draw.is_one_in(3)),
    ]
    value = _surrender(draw, year, *draw.shuffled(items), obligation=owed)
    return value | {"account_frozen": draw.is_one_in(2)}


def _province_and_deduction(draw: Draw) -> Input:
    """Province-held allowances first; what is missing late, deducted in part or whole."""
    year, owed = draw.choice((2024, 2025)), _amount(draw)
    held = draw.choice((0, draw.between(1, owed), owed + draw.between(1, 999)))
    missing = max(0, owed - held)
    own = draw.between(0, missing)
    vintage = "2024" if year == 2024 else "2025"
    value = _surrender(
        draw,
        year,
        allowance(draw.name(), f"{year + 1}-12-05", vintage, own),
        allowance(draw.name(), f"{year + 2}-01-20", vintage, draw.between(0, missing)),
        obligation=owed,
    )
    left = missing - own
    deducted = draw.choice((0, left, draw.between(0, left)))
    return value | {"provincial_holding": held, "deducted": deducted}


def _refused_surrender(draw: Draw) -> Input:
    value = _about_the_deadline(draw) | {"as_of": "2027-06-30"}
    kind = draw.below(3)
    if kind == 0:
        value["submissions"][1]["id"] = value["submissions"][0]["id"]
    elif kind == 1:
        value["submissions"][0]["date"] = "2027-07-01"
    else:
        value["deducted"] = value["obligation"] + 1
    return value


def _trade(draw: Draw, side: str, amount: int, **more: str) -> Input:
    day = f"2025-{draw.between(10, 12)}-{draw.between(10, 30)}"
    vintage = draw.choice(_OLD)
    return {"date": day, "vintage": vintage, "side": side, "amount": amount, **more}


def _carry_over(draw: Draw, *applications: Input, trades: Sequence[Input], held: int) -> Input:
    frozen = draw.between(1, held // 3)
    return {
        "key_emitting_units": draw.between(1, 4),
        "compliance": {
            "2023": draw.choice(("fulfilled", "not_covered")),
            "2024": "fulfilled",
        },
        "holdings": [
            {"vintage": "2023", "available": held // 2, "frozen": 0},
            {"vintage": "2024", "available": held - held // 2 - frozen, "frozen": frozen},
            {"vintage": "2025", "available": draw.between(1, 9999), "frozen": 0},
        ],
        "trades": list(trades),
        "applications": list(applications),
    }


def _application(draw: Draw, amount: int, day: str = "") -> Input:
    when = day or f"2026-0{draw.between(2, 5)}-{draw.between(10, 28)}"
    return {"id": draw.name(), "date": when, "amount": amount}


def _carry_over_cap(draw: Draw) -> Input:
    """Two applications that together come to the maximum, or a tonne beside it."""
    sold, bought = draw.odd(4001, 90_001), 2 * draw.between(1, 2000)
    cap = 10_000 + 3 * (sold - bought) // 2
    held = draw.choice((_near(draw, cap), 2 * cap, cap - draw.between(1, cap // 2)))
    most = min(cap, held)
    first = draw.between(1, most - 1)
    applications = [
        _application(draw, first, "2026-02-11"),
        _application(draw, _near(draw, most - first), "2026-04-12"),
    ]
    trades = [_trade(draw, "sell", sold), _trade(draw, "buy", bought)]
    return _carry_over(draw, *applications, trades=trades, held=held)


def _windows(draw: Draw) -> Input:
    """Trades and applications about the first and last day that count."""
    days = ("2023-12-31", "2024-01-01", "2025-12-31", "2026-01-01")
    trades = [
        _trade(draw, "sell", 2 * draw.between(500, 5000), date=draw.choice(days)) for _ in range(3)
    ]
    trades.append(_trade(draw, "sell", draw.between(500, 5000), vintage="2025"))
    trades.append(_trade(draw, "buy", draw.between(1, 20_000)))
    asked = ("2025-12-31", "2026-01-01", "2026-06-10", "2026-06-11")
    applications = [
        _application(draw, draw.between(1, 4000), day) for day in draw.shuffled(asked)[:3]
    ]
    if draw.is_one_in(2):
        applications[0]["available"] = draw.between(0, 4000)
    return _carry_over(draw, *applications, trades=trades, held=draw.between(20_000, 90_000))


def _not_eligible(draw: Draw) -> Input:
    value = _carry_over_cap(draw)
    status = draw.choice(("fulfilled_late", "outstanding", "settled_by_deduction", "open"))
    value["compliance"][draw.choice(("2023", "2024"))] = status
    return value


def _year(draw: Draw, year: int, emissions: Sequence[int], *submissions: Input) -> Input:
    kind = "white_only" if year == 2025 else draw.choice(("ordinary", "white_only"))
    units = [
        cement(str(amount), "900000", year=year, unit_id=f"U{place}", line_kind=kind)
        for place, amount in enumerate(emissions)
    ]
    return {
        "year": year,
        "units": units,
        "balance_values": {},
        "high_risk": draw.is_one_in(3),
        "account_frozen": draw.is_one_in(3),
        "issued_on": f"{year + 1}-10-{draw.between(10, 28)}",
        "submissions": list(submissions),
    }


def _cycle(draw: Draw) -> Input:
    """Two years: surrender about the deadline, old vintages carried over about the maximum.

    White-cement lines get what they emit, so that what is asked is the account and not the sum.
    """
    first = [draw.between(20_000, 400_000) for _ in range(2)]
    second = [amount + draw.between(-9000, 9000) for amount in first]
    owed, owed_then = sum(first), sum(second)
    late = draw.choice(("2025-12-31", "2026-01-01", "2025-12-30"))
    old = draw.between(15_000, 60_000)
    sold = 2 * draw.between(1, 2000)
    cap = 10_000 + 3 * sold // 2
    part = draw.between(1, owed - 1)
    years = [
        _year(
            draw,
            2024,
            first,
            allowance(draw.name(), "2025-11-30", "2024", part),
            allowance(draw.name(), late, "2024", _near(draw, owed - part)),
        ),
        _year(
            draw,
            2025,
            second,
            ccer(draw.name(), "2026-11-10", _near(draw, owed_then // 20)),
            allowance(draw.name(), "2026-12-31", "2025", owed_then - owed_then // 20),
        ),
    ]
    years[1]["pre_allocated_on"] = f"2026-0{draw.between(1, 9)}-15"
    return {
        "enterprise": {"enterprise_id": draw.name(12), "key_emitting_units": draw.between(1, 3)},
        "years": years,
        "opening": [{"vintage": draw.choice(_OLD[:4]), "amount": old + sold}],
        "trades": [],
        "compliance_2023": draw.choice(("fulfilled", "not_covered")),
        "applications": [_application(draw, _near(draw, min(cap, old)), "2026-03-16")],
        "as_of": draw.choice(("2026-12-31", "2027-03-31")),
    }


def _trading_cycle(draw: Draw) -> Input:
    value = _cycle(draw)
    vintage = value["opening"][0]["vintage"]
    amount = 2 * draw.between(1, 2000)
    value["trades"] = [
        {"id": draw.name(), **_trade(draw, "sell", amount, vintage=vintage)},
        {"id": draw.name(), **_trade(draw, "buy", draw.between(1, amount), vintage="2024")},
    ]
    return value


def _refused_cycle(draw: Draw) -> Input:
    value = _trading_cycle(draw)
    kind = draw.below(3)
    if kind == 0:
        value["trades"][0]["amount"] += 10**6
    elif kind == 1:
        value["applications"][0]["id"] = value["trades"][1]["id"]
    else:
        value["trades"][1]["date"] = "2027-04-01"
    return value


THEMES: Mapping[str, Sequence[Theme]] = MappingProxyType(
    {
        "settlement": (
            Theme(_settlement, "I-3 I-5 I-6", 4),
            Theme(_settlement_of_2024, "I-1 I-3 I-6", 2),
        ),
        "amendment": (Theme(_amendment, "I-4", 3),),
        "surrender": (
            Theme(_about_the_deadline, "R-2 R-7 R-8 R-9", 4),
            Theme(_ccer_limit, "R-4 R-9", 3),
            Theme(_sources, "R-3 R-4 R-6", 3),
            Theme(_province_and_deduction, "R-5 R-7 I-6", 3),
            Theme(_refused_surrender, "R-2", 1),
        ),
        "carry-over": (
            Theme(_carry_over_cap, "C-2 C-3 C-5 C-7", 4),
            Theme(_windows, "C-1 C-4 C-7", 3),
            Theme(_not_eligible, "C-6", 1),
        ),
        "cycle": (
            Theme(_cycle, "R-1 R-2 I-2 C-2 C-8", 3),
            Theme(_trading_cycle, "C-2 C-4 C-7", 2),
            Theme(_refused_cycle, "C-1 R-3", 1),
        ),
    }
)
"""Themes of each operation of settlement and compliance."""
