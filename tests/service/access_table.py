"""Who gets what: the status of every route for every role, in the order of the roles."""

from __future__ import annotations

from typing import Any

from tests.service.world import PASSWORD, VECTOR

ROLES = (
    "nobody", "reader", "member", "admin", "other", "province", "operator",
    "token", "expired", "unscoped",
)  # fmt: skip
"""``reader``, ``member``, ``admin`` are of the vendor that owns what is asked for; ``other``,
``province`` and ``operator`` are administrators elsewhere; the tokens are of the vendor's
administrator: with all scopes, expired, and with all scopes but the one of the route."""

PEOPLE = {
    "nobody": None,
    "reader": "vendor reader",
    "member": "vendor member",
    "admin": "vendor admin",
    "other": "other admin",
    "province": "hebei admin",
    "operator": "operator admin",
}

# A cookie changes nothing through the API: a browser that posts there is nobody.

OPEN_DATA = "200 200 200 200 200 200 200  200 401 200"
OWN_CHECK = "404 200 200 200 404 404 404  200 401 403"
CHANGES_CHECK = "404 404 404 404 404 404 404  {} 401 403"
OWN = "401 200 200 200 404 404 404  200 401 403"
CHANGES_OWN = "401 401 401 401 401 401 401  {} 401 403"
API = {
    ("GET", "/rules"): (None, OPEN_DATA),
    ("GET", "/rules/A-3"): (None, OPEN_DATA),
    ("GET", "/schemas"): (None, OPEN_DATA),
    ("GET", "/schemas/table"): (None, OPEN_DATA),
    ("GET", "/operations"): (None, OPEN_DATA),
    ("GET", "/openapi.json"): (None, OPEN_DATA),
    ("GET", "/vectors"): (None, OPEN_DATA),
    ("GET", "/vectors/allocation/upper-bound-exactly-20-percent"): (None, OPEN_DATA),
    ("GET", "/mistakes"): (None, OPEN_DATA),
    ("POST", "/compute/scope"): (None, "415 415 415 415 415 415 415  415 401 415"),
    ("POST", "/checks"): ("checks:write", "415 415 415 415 415 415 415  415 401 403"),
    ("GET", "/checks"): ("checks:read", "401 200 200 200 200 200 200  200 401 403"),
    ("GET", "/checks/{check}"): ("checks:read", OWN_CHECK),
    ("GET", "/checks/{check}/findings"): ("checks:read", OWN_CHECK),
    ("GET", "/checks/{check}/rows/2"): ("checks:read", OWN_CHECK),
    ("GET", "/checks/{check}/report.json"): ("checks:read", OWN_CHECK),
    ("GET", "/checks/{check}/charts/surplus.svg"): ("checks:read", OWN_CHECK),
    ("POST", "/checks/{check}/cancel"): ("checks:write", CHANGES_CHECK.format(409)),
    ("POST", "/checks/{check}/retry"): ("checks:write", CHANGES_CHECK.format(409)),
    ("DELETE", "/checks/{check}"): ("checks:write", CHANGES_CHECK.format(204)),
    ("GET", "/comparisons"): ("comparisons:read", "401 200 200 200 200 200 200  200 401 403"),
    ("POST", "/comparisons"): ("comparisons:write", CHANGES_OWN.format(415)),
    ("GET", "/comparisons/{comparison}"): ("comparisons:read", OWN),
    ("GET", "/comparisons/{comparison}/disputes"): ("comparisons:read", OWN),
    ("GET", "/comparisons/{comparison}/reports/json"): ("comparisons:read", OWN),
    ("POST", "/comparisons/{comparison}/cancel"): ("comparisons:write", CHANGES_OWN.format(409)),
    ("POST", "/comparisons/{comparison}/retry"): ("comparisons:write", CHANGES_OWN.format(409)),
    ("DELETE", "/comparisons/{comparison}"): ("comparisons:write", CHANGES_OWN.format(204)),
    ("GET", "/appeals"): ("appeals:read", "200 200 200 200 200 200 200  200 401 403"),
    ("POST", "/appeals"): ("appeals:write", CHANGES_OWN.format(201)),
    ("GET", "/appeals/{appeal}"): ("appeals:read", "200 200 200 200 200 200 200  200 401 403"),
    ("GET", "/appeals/{appeal}/evidence"): (
        "appeals:read", "401 200 200 200 404 404 200  200 401 403",
    ),
    ("POST", "/appeals/{appeal}/comments"): ("appeals:write", CHANGES_OWN.format(201)),
    ("POST", "/appeals/{appeal}/ruling"): ("appeals:write", CHANGES_OWN.format(403)),
    ("GET", "/organisations"): ("organisation:read", "401 200 200 200 200 200 200  200 401 403"),
    ("POST", "/organisations"): ("organisation:write", "401 401 401 401 401 401 401  403 401 403"),
    ("GET", "/organisations/{organisation}"): (
        "organisation:read", "401 200 200 200 404 404 200  200 401 403",
    ),
    ("PATCH", "/organisations/{organisation}"): (
        "organisation:write", "401 401 401 401 401 401 401  403 401 403",
    ),
    ("GET", "/organisations/{organisation}/people"): (
        "organisation:read", "401 200 200 200 404 404 200  200 401 403",
    ),
    ("PATCH", "/organisations/{organisation}/people/{person}"): (
        "organisation:write", "401 401 401 401 401 401 401  200 401 403",
    ),
    ("GET", "/organisations/{organisation}/invitations"): (
        "organisation:read", "401 403 403 200 404 404 200  200 401 403",
    ),
    ("POST", "/organisations/{organisation}/invitations"): (
        "organisation:write", "401 401 401 401 401 401 401  201 401 403",
    ),
    ("DELETE", "/organisations/{organisation}/invitations/{invitation}"): (
        "organisation:write", "401 401 401 401 401 401 401  204 401 403",
    ),
    ("GET", "/tokens"): ("organisation:read", "401 200 200 200 200 200 200  200 401 403"),
    ("DELETE", "/tokens/{token}"): (
        "organisation:write", "401 401 401 401 401 401 401  204 401 403",
    ),
    ("GET", "/systems"): ("systems:read", "401 200 200 200 200 403 403  200 401 403"),
    ("POST", "/systems"): ("systems:write", "401 401 401 401 401 401 401  201 401 403"),
    ("GET", "/systems/{system}"): ("systems:read", "401 200 200 200 404 403 403  200 401 403"),
    ("DELETE", "/systems/{system}"): (
        "systems:write", "401 401 401 401 401 401 401  204 401 403",
    ),
}  # fmt: skip

OPEN_EXAM = "401 200 200 200 404 403 403  200 401 403"
NO_CERTIFICATE = "404 404 404 404 404 404 404  404 401 404"
API |= {
    ("GET", "/exams"): ("exams:read", "401 200 200 200 200 403 403  200 401 403"),
    ("POST", "/exams"): ("exams:write", "401 401 401 401 401 401 401  415 401 403"),
    ("GET", "/exams/{exam}"): ("exams:read", OPEN_EXAM),
    ("GET", "/exams/{exam}/prompts"): ("exams:read", OPEN_EXAM),
    ("GET", "/exams/{exam}/exam.zip"): ("exams:read", OPEN_EXAM),
    ("GET", "/exams/{exam}/report.json"): (
        "exams:read", "401 409 409 409 404 403 403  409 401 403",
    ),
    ("POST", "/exams/{exam}/preflight"): (
        "exams:write", "401 401 401 401 401 401 401  415 401 403",
    ),
    ("POST", "/exams/{exam}/answers"): (
        "exams:write", "401 401 401 401 401 401 401  415 401 403",
    ),
    ("POST", "/exams/{exam}/retry"): (
        "exams:write", "401 401 401 401 401 401 401  409 401 403",
    ),
    ("GET", "/certificates/{certificate}"): (None, NO_CERTIFICATE),
    ("GET", "/certificates/{certificate}/certificate.jws"): (None, NO_CERTIFICATE),
    ("GET", "/certificates/{certificate}/badge.svg"): (None, NO_CERTIFICATE),
    ("GET", "/certificates/{certificate}/exam.zip"): (None, NO_CERTIFICATE),
    ("POST", "/certificates/{certificate}/revoke"): (
        "certificates:write", "401 401 401 401 401 401 401  403 401 403",
    ),
    ("POST", "/certificates/verify"): (None, "415 415 415 415 415 415 415  415 401 415"),
    ("GET", "/keys"): (None, OPEN_DATA),
    ("GET", "/revocations"): (None, OPEN_DATA),
    ("GET", "/register"): (None, OPEN_DATA),
    ("GET", "/register.csv"): (None, OPEN_DATA),
    ("GET", "/register.json"): (None, OPEN_DATA),
}  # fmt: skip

# 303 of nobody leads to signing in; of others, to where the form's result is seen. Pages take no
# tokens: a program that brings one is nobody.
PUBLIC_PAGE = "200 200 200 200 200 200 200"
OWN_PAGE = "404 200 200 200 404 404 404"
PAGES = {
    ("GET", "/zh/"): PUBLIC_PAGE,
    ("GET", "/zh/rules"): PUBLIC_PAGE,
    ("GET", "/zh/rules/A-3"): PUBLIC_PAGE,
    ("GET", "/zh/calculate"): PUBLIC_PAGE,
    ("GET", "/zh/calculate/scope"): PUBLIC_PAGE,
    ("POST", "/zh/calculate/scope"): PUBLIC_PAGE,
    ("GET", "/zh/vectors"): PUBLIC_PAGE,
    ("GET", "/zh/vectors/allocation/upper-bound-exactly-20-percent"): PUBLIC_PAGE,
    ("GET", "/zh/register"): PUBLIC_PAGE,
    ("GET", "/zh/verify"): PUBLIC_PAGE,
    ("POST", "/zh/verify"): "415 415 415 415 415 415 415",
    ("GET", "/.well-known/jwks.json"): PUBLIC_PAGE,
    ("GET", "/zh/certificates/{certificate}"): "404 404 404 404 404 404 404",
    ("POST", "/zh/certificates/{certificate}/revoke"): "303 403 403 403 403 403 404",
    ("GET", "/zh/exams"): "303 200 200 200 200 403 403",
    ("GET", "/zh/exams/{exam}"): "303 200 200 200 404 403 403",
    ("POST", "/zh/exams"): "303 403 404 404 404 403 403",
    ("POST", "/zh/exams/{exam}/answers"): "303 403 415 415 415 403 403",
    ("POST", "/zh/exams/{exam}/retry"): "303 403 303 303 404 403 403",
    ("GET", "/zh/sign-in"): PUBLIC_PAGE,
    ("GET", "/zh/links/{link}"): PUBLIC_PAGE,
    ("GET", "/zh/checks/{check}"): OWN_PAGE,
    ("GET", "/zh/checks/{check}/findings/T-10"): OWN_PAGE,
    ("GET", "/zh/checks/{check}/rows/2"): OWN_PAGE,
    ("GET", "/zh/checks"): "303 200 200 200 200 200 200",
    ("GET", "/zh/comparisons"): "303 200 200 200 200 200 200",
    ("POST", "/zh/comparisons"): "303 403 400 400 400 400 400",
    ("GET", "/zh/comparisons/{comparison}"): "303 200 200 200 404 404 404",
    ("GET", "/zh/comparisons/{comparison}/disputes"): "303 200 200 200 404 404 404",
    ("POST", "/zh/comparisons/{comparison}/cancel"): "303 403 303 303 404 404 404",
    ("POST", "/zh/comparisons/{comparison}/retry"): "303 403 303 303 404 404 404",
    ("POST", "/zh/comparisons/{comparison}/headers"): "303 403 303 303 404 404 404",
    ("POST", "/zh/comparisons/{comparison}/delete"): "303 403 303 303 404 404 404",
    ("GET", "/zh/appeals"): PUBLIC_PAGE,
    ("GET", "/zh/appeals/new"): "303 403 422 422 422 422 422",
    ("POST", "/zh/appeals"): "303 403 303 303 303 303 303",
    ("GET", "/zh/appeals/{appeal}"): PUBLIC_PAGE,
    ("POST", "/zh/appeals/{appeal}/comments"): "303 403 303 303 403 403 303",
    ("POST", "/zh/appeals/{appeal}/ruling"): "303 403 403 403 403 403 303",
    ("GET", "/zh/account"): "303 200 200 200 200 200 200",
    ("GET", "/zh/organisations"): "303 403 403 403 403 403 200",
    ("GET", "/zh/organisations/{organisation}"): "303 200 200 200 404 404 200",
    ("POST", "/zh/checks"): "400 403 400 400 400 400 400",
    ("POST", "/zh/checks/sample"): "303 303 303 303 303 303 303",
    ("POST", "/zh/checks/{check}/cancel"): "404 403 303 303 404 404 404",
    ("POST", "/zh/checks/{check}/retry"): "404 403 303 303 404 404 404",
    ("POST", "/zh/checks/{check}/headers"): "404 403 303 303 404 404 404",
    ("POST", "/zh/checks/{check}/delete"): "404 403 303 303 404 404 404",
    ("POST", "/zh/sign-in"): "303 303 303 303 303 303 303",
    ("POST", "/zh/links/{link}"): "303 303 303 303 303 303 303",
    ("POST", "/zh/account"): "303 403 403 403 403 403 403",
    ("POST", "/zh/organisations"): "303 403 403 403 403 403 303",
    ("POST", "/zh/organisations/{organisation}/settings"): "303 403 403 403 403 403 303",
    ("POST", "/zh/organisations/{organisation}/invitations"): "303 403 403 200 404 404 200",
    ("POST", "/zh/organisations/{organisation}/invitations/{invitation}/withdraw"): (
        "303 403 403 303 404 404 303"
    ),
    ("POST", "/zh/organisations/{organisation}/people/{person}"): "303 403 403 303 404 404 303",
    ("POST", "/zh/organisations/{organisation}/people/{person}/reset-link"): (
        "303 403 403 200 404 404 200"
    ),
    ("POST", "/zh/tokens"): "303 200 200 200 200 200 200",
    ("POST", "/zh/tokens/{token}/revoke"): "303 404 404 303 404 404 404",
    ("POST", "/zh/systems"): "303 403 303 303 303 403 403",
    ("POST", "/zh/systems/{system}/delete"): "303 403 303 303 404 403 403",
    ("POST", "/zh/sign-out"): "303 303 303 303 303 303 303",
    ("GET", "/"): "302 302 302 302 302 302 302",
    ("GET", "/sample/national-2025.xlsx"): PUBLIC_PAGE,
    ("GET", "/static/cets.css"): PUBLIC_PAGE,
    ("GET", "/static/icon.svg"): PUBLIC_PAGE,
    ("GET", "/healthz"): PUBLIC_PAGE,
    ("GET", "/readyz"): PUBLIC_PAGE,
    ("GET", "/metrics"): PUBLIC_PAGE,
}

FORMS: dict[str, dict[str, Any]] = {
    "/zh/sign-in": {"email": "admin@other.example.cn", "password": PASSWORD},
    "/zh/links/{link}": {"name": "王小明", "password": "nine yellow lanterns"},
    "/zh/account": {"old": "not the password", "new": "nine yellow lanterns"},
    "/zh/organisations": {"kind": "vendor", "name": "新厂商 {n}"},
    "/zh/organisations/{organisation}/settings": {"keep_days": "30"},
    "/zh/organisations/{organisation}/invitations": {"email": "new@x.cn", "role": "reader"},
    "/zh/organisations/{organisation}/people/{person}": {"role": "member"},
    "/zh/appeals": {**VECTOR, "text": "理由"},
    "/zh/appeals/{appeal}/comments": {"text": "补充"},
    "/zh/appeals/{appeal}/ruling": {"ruling": "upheld", "text": "属实"},
    "/zh/tokens": {"name": "CI", "days": "9", "scopes": ["checks:read"]},
    "/zh/systems": {"name": "系统 {n}", "version": "1", "artefact": "a" * 64},
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/organisations/{organisation}/invitations"): {"email": "n@x.cn", "role": "reader"},
    ("POST", "/appeals"): {"subject": VECTOR, "text": "理由"},
    ("POST", "/appeals/{appeal}/comments"): {"text": "补充"},
    ("POST", "/appeals/{appeal}/ruling"): {"ruling": "upheld", "text": "属实"},
    ("POST", "/systems"): {"name": "系统 {n}", "version": "1", "artefact": "sha256:" + "b" * 64},
    ("PATCH", "/organisations/{organisation}/people/{person}"): {"role": "member"},
    ("PATCH", "/organisations/{organisation}"): {"keep_days": 30},
    ("POST", "/organisations"): {"kind": "vendor", "name": "新厂商 {n}"},
}
