"""The form of an input, judged a second time: by hand-written scanners, without a pattern.

Where the rulebook leaves open which of several missing fields is named, all of them are allowed.
"""

from __future__ import annotations

from typing import Any

from .oracle import Json, Refusal, wants_intensity

DIGITS = "0123456789"
WORDS = {
    "sector": ("steel", "cement", "aluminium"),
    "route": ("long_process", "electric_arc", "rolling", "other"),
    "line_kind": ("ordinary", "white_only", "gypsum_acid_byproduct", "grinding_only"),
}
COMMON = [
    "unit_id",
    "sector",
    "year",
    "listed",
    "commissioned_year",
    "closed_before_verification",
    "verified_emissions",
    "indirect_emissions",
    "output",
]
OWN = {
    "steel": ["route", "process_emissions"],
    "cement": ["line_kind", "carbide_slag_rate"],
    "aluminium": ["gases"],
}
PARTS = {"gases": ("co2", "cf4", "c2f6"), "process_emissions": ("ironmaking", "sintering")}


def is_decimal(value: Any, places: int, *, signed: bool = False) -> bool:
    """Tell whether a value is a decimal string of at most 15 and ``places`` digits."""
    if type(value) is not str:
        return False
    text = value[1:] if signed and value[:1] == "-" else value
    whole, point, fraction = text.partition(".")
    return (
        all(character in DIGITS for character in whole + fraction)
        and 1 <= len(whole) <= 15
        and (whole == "0" or whole[0] != "0")
        and (1 <= len(fraction) <= places if point else True)
    )


def is_whole(value: Any) -> bool:
    return type(value) is int


def is_id(value: Any) -> bool:
    return type(value) is str and 1 <= len(value) <= 64


def is_share(value: Any) -> bool:
    return is_decimal(value, 6) and (value[0] == "0" or value.rstrip("0").rstrip(".") == "1")


def pointer(path: str, name: str) -> str:
    return path + "/" + "".join({"~": "~0", "/": "~1"}.get(letter, letter) for letter in name)


def refuse(path: str) -> Refusal:
    return Refusal("INVALID_INPUT", path)


def check_value(name: str, value: Any, path: str) -> None:
    """Judge one field of a unit by its name."""
    if name in PARTS:
        check_parts(value, path, PARTS[name])
        return
    if name in WORDS:
        good = type(value) is str and value in WORDS[name]
    elif name in ("listed", "closed_before_verification"):
        good = type(value) is bool
    elif name == "year":
        good = is_whole(value)
    elif name == "commissioned_year":
        good = is_whole(value) and 1900 <= value <= 2100
    elif name == "unit_id":
        good = is_id(value)
    elif name == "carbide_slag_rate":
        good = is_share(value)
    else:
        good = is_decimal(value, 6)
    if not good:
        raise refuse(path)


def check_parts(value: Any, path: str, parts: tuple[str, ...]) -> None:
    if type(value) is not dict:
        raise refuse(path)
    for name, item in value.items():
        if name not in parts or not is_decimal(item, 6):
            raise refuse(pointer(path, name))
    check_missing(value, path, parts)


def check_missing(value: Json, path: str, required: Any) -> None:
    missing = [pointer(path, name) for name in required if name not in value]
    if missing:
        raise Refusal("INVALID_INPUT", *missing)


def check_unit(value: Any, path: str, *, allocated: bool) -> None:
    """Judge a unit; ``allocated``: its emissions, and what its intensity needs, are required."""
    if type(value) is not dict:
        raise refuse(path)
    sector = value.get("sector")
    known = [sector] if type(sector) is str and sector in OWN else list(OWN)
    allowed = [*COMMON, *(name for one in known for name in OWN[one])]
    for name, item in value.items():
        if name not in allowed:
            raise refuse(pointer(path, name))
        check_value(name, item, pointer(path, name))
    required = ["unit_id", "sector", "year"]
    required += {"steel": ["route"], "cement": ["line_kind"]}.get(str(sector), [])
    required += ["verified_emissions"] if allocated else []
    missing = [name for name in required if name not in value]
    processes = allocated and sector == "steel" and "process_emissions" not in value
    if missing:
        check_missing(value, path, [*missing, *(["process_emissions"] if processes else [])])
    if processes and wants_intensity(value):
        raise refuse(pointer(path, "process_emissions"))


FIELDS = {
    "emissions": ("gases",),
    "scope": ("unit",),
    "balance": ("sector", "year", "units"),
    "allocation": ("unit", "balance_value"),
    "enterprise-allocation": ("enterprise_id", "year", "units", "balance_values"),
    "pre-allocation": ("unit", "previous_year_emissions"),
}
OPTIONAL = ("balance_value", "previous_year_emissions")


def check_form(operation: str, value: Any) -> None:
    """Judge a whole input; raise ``Refusal`` at the first thing wrong."""
    if type(value) is not dict:
        raise refuse("")
    allocated = operation in ("balance", "allocation", "enterprise-allocation")
    for name, item in value.items():
        path = pointer("", name)
        if name not in FIELDS[operation]:
            raise refuse(path)
        if name == "unit":
            check_unit(item, path, allocated=allocated)
        elif name == "units":
            if type(item) is not list:
                raise refuse(path)
            for index, unit in enumerate(item):
                check_unit(unit, f"{path}/{index}", allocated=allocated)
        else:
            check_other(name, item, path)
    check_missing(value, "", [name for name in FIELDS[operation] if name not in OPTIONAL])


def check_other(name: str, value: Any, path: str) -> None:
    """Judge a field of an input that is no unit."""
    if name == "balance_values":
        check_balance_values(value, path)
    elif name == "balance_value":
        check_ratio(value, path)
    else:
        check_value("unit_id" if name == "enterprise_id" else name, value, path)


def check_balance_values(value: Any, path: str) -> None:
    if type(value) is not dict:
        raise refuse(path)
    for name, item in value.items():
        if name not in OWN:
            raise refuse(pointer(path, name))
        check_ratio(item, pointer(path, name))


def check_ratio(value: Any, path: str) -> None:
    if not is_decimal(value, 12, signed=True):
        raise refuse(path)
