"""The one error shape of the API: problem details (RFC 9457), in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from cets_conformance import json_text, messages, refusals
from cets_conformance.appeals import AppealError
from cets_conformance.json_text import JsonTextError
from cets_conformance.messages import Language
from cets_conformance.tables import OptionError

__all__ = [
    "STATUS",
    "Problem",
    "both",
    "describe_error",
    "from_check",
    "from_comparison",
    "of_appeal",
    "of_comparison",
    "of_field",
    "of_json",
    "of_option",
    "of_rule",
]

STATUS: Mapping[str, int] = {
    "ANSWERS_MISSING": 422,
    "BAD_REQUEST": 400,
    "BODY_NOT_OBJECT": 400,
    "BROKEN_FORM": 400,
    "BROKEN_OFF": 400,
    "FIELD_TWICE": 400,
    "FIELD_UNKNOWN": 400,
    "FILE_MISSING": 400,
    "JSON_BROKEN": 400,
    "LANGUAGE_UNKNOWN": 400,
    "OPTION_REFUSED": 400,
    "PARAMETER_INVALID": 400,
    "PARAMETER_UNKNOWN": 400,
    "READING_UNKNOWN": 400,
    "ROWS_MISSING": 400,
    "METRICS_CLOSED": 403,
    "SIGN_IN_FAILED": 401,
    "SIGN_IN_REQUIRED": 401,
    "TOKEN_REFUSED": 401,
    "FORM_EXPIRED": 403,
    "NOT_ALLOWED": 403,
    "PASSWORD_WRONG": 403,
    "ROLE_MISSING": 403,
    "SCOPE_MISSING": 403,
    "CERTIFICATE_UNKNOWN": 404,
    "CHECK_UNKNOWN": 404,
    "CLAUSE_UNKNOWN": 404,
    "EMAIL_UNKNOWN": 404,
    "EXAM_UNKNOWN": 404,
    "FINDING_UNKNOWN": 404,
    "INVITATION_UNKNOWN": 404,
    "KEY_UNKNOWN": 404,
    "LINK_OVER": 404,
    "NOT_FOUND": 404,
    "OPERATION_UNKNOWN": 404,
    "ORGANISATION_UNKNOWN": 404,
    "PERSON_UNKNOWN": 404,
    "ROW_UNKNOWN": 404,
    "SCHEMA_UNKNOWN": 404,
    "VECTOR_UNKNOWN": 404,
    "SYSTEM_UNKNOWN": 404,
    "TOKEN_UNKNOWN": 404,
    "APPEAL_UNKNOWN": 404,
    "COMPARISON_UNKNOWN": 404,
    "APPEAL_SUBJECT_UNKNOWN": 404,
    "METHOD_NOT_ALLOWED": 405,
    "ACCOUNT_EXISTS": 409,
    "APPEAL_REFUSED": 409,
    "CHECK_ENDED": 409,
    "COMPARISON_ENDED": 409,
    "COMPARISON_NOT_DONE": 409,
    "ALREADY_REVOKED": 409,
    "EXAM_ANSWERED": 409,
    "EXAM_DRAWING": 409,
    "EXAM_EXPIRED": 409,
    "EXAM_NOT_FAILED": 409,
    "LAST_ADMIN": 409,
    "NOT_DONE": 409,
    "NOT_GRADED": 409,
    "NO_WORKBOOK": 409,
    "OPERATOR_STAYS": 409,
    "ORGANISATION_EXISTS": 409,
    "SYSTEM_EXISTS": 409,
    "SYSTEM_EXAMINED": 409,
    "TOO_MANY_EXAMS": 409,
    "TOO_LARGE": 413,
    "UPLOAD_TOO_LARGE": 413,
    "CONTENT_TYPE": 415,
    "ANSWERS_FORM": 422,
    "FIELD_INVALID": 422,
    "NOT_A_TABLE": 422,
    "NOT_COMPARABLE": 422,
    "PASSWORD_WEAK": 422,
    "RULE_REFUSED": 422,
    "TOO_MANY_LINES": 422,
    "RATE_LIMITED": 429,
    "SIGN_IN_THROTTLED": 429,
    "GIVEN_UP": 500,
    "INTERNAL": 500,
    "NOT_READY": 503,
}
"""Kinds of problem: catalogue keys ``service.problem.<kind>.title`` and ``.detail``."""

_STANDS_AGAINST = frozenset({"OWN_APPEAL", "APPEAL_CLOSED", "OUT_OF_ORDER"})
"""Why an appeal cannot be gone on with, however the request is put."""


class Problem(Exception):  # noqa: N818 - the term of RFC 9457
    """An answer that is not what was asked for.

    ``kind`` is a key of :data:`STATUS`; ``code`` is what the reader gets, the kind itself unless
    something more exact is known; ``values`` fill the catalogue's text; ``members`` go into the
    document as they are.
    """

    def __init__(
        self,
        kind: str,
        *,
        code: str | None = None,
        detail: Mapping[Language, str] | None = None,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(code or kind)
        self.kind = kind
        self.code = code or kind
        self.members = dict(members or {})
        self.headers = dict(headers or {})
        self._detail = detail
        self._values = values

    @property
    def status(self) -> int:
        """HTTP status."""
        return STATUS[self.kind]

    def title(self, language: Language) -> str:
        """Say in a few words what kind of problem it is."""
        key = f"service.refusal.{self.code}"
        if self.kind == "RULE_REFUSED" and key in messages.entries():
            return messages.text(key, language)
        return messages.text(f"service.problem.{self.kind}.title", language)

    def detail(self, language: Language) -> str:
        """Say what was found, what was expected and what to do."""
        if self._detail is not None:
            return self._detail[language]
        return messages.text(f"service.problem.{self.kind}.detail", language, **self._values)

    def document(self, language: Language, instance: str) -> dict[str, Any]:
        """Give the problem document."""
        return {
            "type": f"urn:cets:problem:{self.code}",
            "title": self.title(language),
            "status": self.status,
            "detail": self.detail(language),
            "instance": instance,
            "code": self.code,
            **self.members,
        }

    def response(self, language: Language, instance: str) -> Response:
        """Give the answer that carries the document."""
        response = Response(
            json_text.dumps(self.document(language, instance), pretty=True),
            status=self.status,
            content_type="application/problem+json",
        )
        response.headers.extend(self.headers)
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language"
        return response


def of_json(error: JsonTextError) -> Problem:
    """Make the problem of a body that is not strict JSON."""
    return Problem(
        "JSON_BROKEN",
        code=error.code,
        detail=both(f"problem.{error.code}", error.values),
        members={"place": {"sheet": None, "row": error.line, "column": str(error.column)}},
    )


def of_option(error: OptionError) -> Problem:
    """Make the problem of an option that cannot be taken."""
    return Problem(
        "OPTION_REFUSED",
        code=error.code,
        detail=both(f"problem.{error.code}", error.values),
        members={"path": error.path},
    )


def of_field(name: str, found: object, expected: str, **values: object) -> Problem:
    """Make the problem of a field whose value cannot be taken.

    ``expected`` is a key of the catalogue below ``service.expected``.
    """
    shown = str(found)[:80]
    detail = {
        language: messages.text(
            "service.problem.FIELD_INVALID.detail",
            language,
            name=name,
            found=shown,
            expected=messages.text(f"service.expected.{expected}", language, **values),
        )
        for language in messages.LANGUAGES
    }
    return Problem("FIELD_INVALID", detail=detail, members={"path": f"/{name}"})


def of_rule(error: Mapping[str, str]) -> Problem:
    """Make the problem of an operation that refused its input."""
    return Problem(
        "RULE_REFUSED",
        code=error["code"],
        detail={language: refusals.says(error, language) for language in messages.LANGUAGES},
        members={"path": error["path"], "clause": error["clause"], "error": dict(error)},
    )


def from_check(problem: Mapping[str, Any]) -> Problem:
    """Make the problem of a check that failed, from what the database keeps of it."""
    errors = [describe_error(error) for error in problem.get("errors", [])]
    if problem["code"] != "NOT_A_TABLE":
        return Problem(problem["code"])
    return Problem("NOT_A_TABLE", members={"errors": errors}, count=len(errors))


def from_comparison(problem: Mapping[str, Any]) -> Problem:
    """Make the problem of a comparison that failed, from what the database keeps of it."""
    if problem["code"] == "NOT_COMPARABLE":
        return of_comparison(problem["why"], **problem["values"])
    return from_check(problem)


def of_comparison(code: str, **values: str) -> Problem:
    """Make the problem of tables that cannot be compared as asked."""
    detail = both(f"comparison.problem.{code}", values)
    return Problem("NOT_COMPARABLE", code=code, detail=detail)


def of_appeal(error: AppealError) -> Problem:
    """Make the problem of a step that an appeal does not allow."""
    detail = both(f"appeal.problem.{error.code}", error.values)
    kind = "APPEAL_REFUSED" if error.code in _STANDS_AGAINST else "FIELD_INVALID"
    return Problem(kind, code=error.code, detail=detail, members={"path": error.path})


def describe_error(error: Mapping[str, Any]) -> dict[str, Any]:
    """Add to a place in a file what is wrong there, in both languages."""
    place = error.get("place") or {}
    values = {**place, "found": error.get("found"), "field": error.get("field")}
    detail = both(f"problem.{error['code']}", {**values, **error.get("values", {})})
    if error.get("table") is not None:  # one of several tables
        detail = {
            "en": f"{error['table']}: {detail['en']}",
            "zh": f"{error['table']}：{detail['zh']}",
        }
    described = {"code": error["code"], "detail": detail["en"], "detail_zh": detail["zh"]}
    for member in ("place", "path", "field", "found", "headers"):
        if error.get(member) is not None:
            described[member] = error[member]
    return described


def both(key: str, values: Mapping[str, Any]) -> dict[Language, str]:
    """Give an entry of the catalogue in both languages; what is None is written as nothing."""
    filled = {name: "" if value is None else value for name, value in values.items()}
    return {language: messages.text(key, language, **filled) for language in messages.LANGUAGES}
