"""What is done with appeals: one function for each act, the same for API and pages.

An appeal is public; what it is about is shown as a reference. The figures behind it, as they stood
when it was filed, are kept for the organisation that filed it and for the operator, who rules.
Who acts is shown as the organisation and its kind, no person's name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cets_conformance import appeals, direct, vectors
from cets_conformance.appeals import Appeal, AppealError
from cets_service.access import Identity
from cets_service.problems import Problem, of_appeal, of_field
from cets_service.store import KeptAppeal, Store
from cets_service.store.records import make_id

__all__ = ["checked_subject", "comment", "file_appeal", "find_subject", "rule_on"]


def file_appeal(
    store: Store, identity: Identity, subject: Mapping[str, Any], text: str
) -> KeptAppeal:
    """File an appeal on a vector, or on something of the own organisation."""
    checked_subject(subject)
    try:
        appeal = appeals.file_appeal(
            make_id(), subject, by=identity.person.id, at=_now(store), grounds=_plain(text)
        )
    except AppealError as error:
        raise of_appeal(error) from None
    evidence = find_subject(store, identity, subject)
    with store.writing():
        store.appeals.add(appeal, identity.organisation.id, evidence)
        return _recorded(store, identity, appeal)


def comment(store: Store, identity: Identity, appeal_id: str, text: str) -> KeptAppeal:
    """Add to an open appeal; the organisation that filed it and the operator may."""
    with store.writing():
        kept = _locked(store, appeal_id)
        if not (identity.owns(kept.organisation_id) or identity.is_operator):
            raise Problem("NOT_ALLOWED")
        try:
            appeal = appeals.comment(
                kept.by_person(), by=identity.person.id, at=_now(store), text=_plain(text)
            )
        except AppealError as error:
            raise of_appeal(error) from None
        store.appeals.append(appeal)
        return _recorded(store, identity, appeal)


def rule_on(store: Store, identity: Identity, appeal_id: str, ruling: str, text: str) -> KeptAppeal:
    """Rule on an open appeal, once; nobody rules on an appeal of their own."""
    with store.writing():
        kept = _locked(store, appeal_id)
        try:
            appeal = appeals.rule_on(
                kept.by_person(), ruling, by=identity.person.id, at=_now(store), text=_plain(text)
            )
        except AppealError as error:
            if error.code == "OWN_APPEAL":  # ids of people are shown to nobody
                error = AppealError(error.code, error.path, found=kept.history[0].by)
            raise of_appeal(error) from None
        store.appeals.append(appeal)
        return _recorded(store, identity, appeal)


def checked_subject(subject: Mapping[str, Any]) -> dict[str, Any]:
    """Give a subject that names what its kind needs, each of its type; a problem else."""
    try:
        appeals.check_subject(subject)
    except AppealError as error:
        raise of_appeal(error) from None
    for name, item in subject.items():
        if not isinstance(item, int if name == "year" else str) or isinstance(item, bool):
            raise of_field(f"subject/{name}", item, "of_type", type=_type_of(name))
    return dict(subject)


def find_subject(store: Store, identity: Identity, subject: Mapping[str, Any]) -> dict[str, Any]:
    """Give the figures that an appeal is about; a problem where there is nothing of the kind.

    Only what the own organisation has may be named, beside the vectors, which are everybody's.
    ``subject`` must have been checked.
    """
    found = _FIND[str(subject["kind"])](store, identity, subject)
    if found is None:
        raise Problem("APPEAL_SUBJECT_UNKNOWN")
    return found


def _find_vector(
    _store: Store, _identity: Identity, subject: Mapping[str, Any]
) -> dict[str, Any] | None:
    case = next((case for case in vectors.load() if case.id == subject["vector"]), None)
    if case is None:
        return None
    return {
        "operation": case.operation,
        "input": case.input,
        "expected": case.expected,
        "versions": {"reference": direct.version()},
    }


def _find_finding(
    store: Store, identity: Identity, subject: Mapping[str, Any]
) -> dict[str, Any] | None:
    check = store.checks.get(_id(subject["check_id"]))
    if check is None or check.state != "done" or not identity.owns(check.organisation_id):
        return None
    verdicts = store.verdicts
    row = verdicts.find_finding(check.key, subject["check"], subject["year"], subject["unit_id"])
    report = verdicts.get_report(check.key)
    if row is None or report is None:
        return None
    computed = verdicts.get_subject(check.key, row["row"]) if row.get("row") else None
    return {
        "file": check.name,
        "row": row,
        "computed_from": computed,
        "readings": report["readings"],
        "versions": report["versions"],
    }


def _find_dispute(
    store: Store, identity: Identity, subject: Mapping[str, Any]
) -> dict[str, Any] | None:
    comparison = store.comparisons.get(_id(subject["comparison_id"]))
    if comparison is None or not identity.owns(comparison.organisation_id):
        return None
    results = store.comparison_results
    row = results.find_dispute(
        comparison.key, subject["field"], subject["year"], subject["unit_id"]
    )
    report = results.get_report(comparison.key)
    if row is None or report is None:
        return None
    return {
        "tables": [table.name for table in comparison.tables],
        "row": row,
        "readings": report["readings"],
        "versions": report["versions"],
    }


_FIND = {"vector": _find_vector, "finding": _find_finding, "comparison": _find_dispute}


def _id(given: str) -> str:
    """Give an id as it may be looked up; what is longer is none."""
    return given if given.isascii() and given.isprintable() and len(given) == 22 else ""


def _type_of(name: str) -> str:
    return "integer" if name == "year" else "string"


def _locked(store: Store, appeal_id: str) -> KeptAppeal:
    kept = store.appeals.get_locked(appeal_id)
    if kept is None:
        raise Problem("APPEAL_UNKNOWN")
    return kept


def _recorded(store: Store, identity: Identity, appeal: Appeal) -> KeptAppeal:
    """Write the newest step into the audit log, and give the appeal as it is kept then."""
    with store.writing():
        store.record(
            identity.actor,
            f"appeal.{appeal.history[-1].action}",
            f"appeal:{appeal.id}",
            entry=len(appeal.history) - 1,
        )
        return _locked(store, appeal.id)


def _now(store: Store) -> datetime:
    return datetime.fromtimestamp(store.now(), UTC)


def _plain(text: str) -> str:
    """Give a text without what cannot be seen; lines stay."""
    return "".join(
        character
        for character in text.replace("\r\n", "\n")
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )
