"""The mapping step: a person says which header of a stored file stands for which column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from cets_conformance.tables import OptionError, Options
from cets_conformance.tables.columns import COLUMNS, Kind, Need
from cets_conformance.tables.mapping import match_headers
from cets_service.pages.blueprint import read_form
from cets_service.problems import Problem, both

__all__ = [
    "Offer",
    "choose_columns",
    "offer_compared",
    "offer_headers",
    "offer_unread",
    "read_choices",
]

_SHOWN = 80
"""Characters of a header that a note has; a longer one is cut there and names nothing."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The headers of one file, for a person to say what each stands for."""

    headers: list[dict[str, Any]]
    """Each with what is known or was said of it; none where there is nothing to say."""
    needed: Mapping[str, Sequence[str]]
    """By kind of table the columns that the file lacks so far."""


def offer_headers(
    errors: Iterable[Mapping[str, Any]], given: Mapping[str, str], place: int = 0
) -> Offer:
    """Offer the headers of a file that could not be read.

    ``errors`` are those of the file, ``given`` is the mapping so far, ``place`` tells the file
    from others on the page.
    """
    found = [item["header"] for error in errors for item in error.get("headers", ())]
    headers = _offer(found, Options(headers=given).mapped, place)
    return Offer(headers, _needed_columns(headers))


def offer_unread(report: Mapping[str, Any], given: Mapping[str, str]) -> Offer:
    """Offer the headers that a checked file has beyond the known ones, where it lacks a column."""
    rows = (row for finding in report.get("findings", ()) for row in finding["rows"])
    lacking = [row["field"] for row in rows if row.get("code") == "COLUMN_MISSING"]
    notes = [note for note in report.get("notes", ()) if note["code"] == "UNKNOWN_COLUMN"]
    unread = [note["values"]["header"] for note in notes]
    return _offer_more(report, lacking, unread, given, 0)


def offer_compared(report: Mapping[str, Any], place: int, given: Mapping[str, str]) -> Offer:
    """Offer the same of the table at a ``place`` in the report of a comparison."""
    table = report["tables"][place]
    unread = table.get("headers_unread", ())
    return _offer_more(report, table["columns_missing"], unread, given, place)


def choose_columns() -> dict[str, list[str]]:
    """Give the columns to choose among, by which kind of table has them."""
    found: dict[str, list[str]] = {"both": [], **{kind: [] for kind in Kind}}
    for name, column in COLUMNS.items():
        found["both" if len(column.need) == len(Kind) else next(iter(column.need))].append(name)
    return found


def read_choices(*offers: Offer) -> list[dict[str, str]]:
    """Read what a form says of the headers that were offered: a mapping for each file."""
    names = [item["name"] for offer in offers for item in offer.headers if not item["fixed"]]
    given = read_form(*names)
    chosen = [
        {
            item["header"]: given[item["name"]]
            for item in offer.headers
            if not item["fixed"] and given[item["name"]]
        }
        for offer in offers
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


def _offer_more(
    report: Mapping[str, Any],
    lacking: Sequence[str],
    unread: Iterable[str],
    given: Mapping[str, str],
    place: int,
) -> Offer:
    if not lacking and not given:
        return Offer([], {})
    mapped = Options(headers=given).mapped
    found = [*mapped, *(header for header in unread if len(header) <= _SHOWN)]
    return Offer(_offer(found, mapped, place), {report["table_kind"]: lacking})


def _needed_columns(offered: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
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
