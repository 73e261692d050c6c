"""The mapping step: a person says which header of a stored file stands for which column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request

from cets_conformance.tables import OptionError, Options
from cets_conformance.tables.columns import COLUMNS, Kind, Need
from cets_conformance.tables.mapping import match_headers
from cets_service.pages.blueprint import read_form
from cets_service.problems import Problem, both

__all__ = ["choose_columns", "needed_columns", "offer_headers", "offer_unread", "read_choices"]

_SHOWN = 80
"""Characters of a header that a note has; a longer one is cut there and names nothing."""


def offer_headers(
    errors: Iterable[Mapping[str, Any]], given: Mapping[str, str], place: int = 0
) -> list[dict[str, Any]]:
    """Give the headers of a file that could not be read, with what is known or was said of each.

    ``errors`` are those of the file, ``given`` is the mapping so far, ``place`` tells the file
    from others on the page.
    """
    headers = [item["header"] for error in errors for item in error.get("headers", ())]
    return _offer(headers, Options(headers=given).mapped, place)


def offer_unread(report: Mapping[str, Any], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give the headers that a checked file has beyond the known ones, where it lacks a column."""
    lacks = any(
        row.get("code") == "COLUMN_MISSING"
        for finding in report.get("findings", ())
        for row in finding["rows"]
    )
    if not lacks and not given:
        return []
    mapped = Options(headers=given).mapped
    unread = [
        note["values"]["header"]
        for note in report.get("notes", ())
        if note["code"] == "UNKNOWN_COLUMN" and len(note["values"]["header"]) <= _SHOWN
    ]
    return _offer([*mapped, *unread], mapped, 0)


def choose_columns() -> dict[str, list[str]]:
    """Give the columns to choose among, by which kind of table has them."""
    found: dict[str, list[str]] = {"both": [], **{kind: [] for kind in Kind}}
    for name, column in COLUMNS.items():
        found["both" if len(column.need) == len(Kind) else next(iter(column.need))].append(name)
    return found


def needed_columns(offered: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Give by kind of table the columns that every one must have and no header names yet."""
    known = {item["column"] for item in offered}
    return {
        kind: [
            name
            for name, column in COLUMNS.items()
            if column.need.get(kind) is Need.ALWAYS and name not in known
        ]
        for kind in Kind
    }


def read_choices(*offers: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Read what a form says of the headers that were offered: a mapping for each file."""
    names = [item["name"] for offered in offers for item in offered if not item["fixed"]]
    given = read_form(*names)
    chosen = [
        {
            item["header"]: given[item["name"]]
            for item in offered
            if not item["fixed"] and given[item["name"]]
        }
        for offered in offers
    ]
    for headers in chosen:
        try:
            Options(headers=headers)
        except OptionError as error:
            detail = both(f"problem.{error.code}", error.values)
            raise Problem(
                "FIELD_INVALID", code=error.code, detail=detail, members={"path": error.path}
            ) from None
    return chosen


def _offer(headers: Iterable[str], mapped: Mapping[str, str], place: int) -> list[dict[str, Any]]:
    known = dict(match_headers(headers, {}))
    return [
        {
            "name": f"column.{place}.{number}",
            "header": header,
            "column": request.form.get(f"column.{place}.{number}", column),
            "fixed": known[header] is not None and known[header] == column,
        }
        for number, (header, column) in enumerate(match_headers(known, mapped))
    ]
