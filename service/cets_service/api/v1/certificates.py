"""``certificates``: public, with their state of today; verified for anybody, revoked by the
operator."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from cets_conformance.certificate import STATES, badge
from cets_service.access import actor, guarded, public
from cets_service.api.v1.blueprint import (
    ID,
    Described,
    Parameter,
    answer,
    api,
    described,
    known_parameters,
    moment,
    read_fields,
    record_schema,
)
from cets_service.api.v1.exams import send_archive
from cets_service.certifying import Standing
from cets_service.language import asked_language
from cets_service.receive import read_body
from cets_service.services import current

__all__ = ["JOSE", "STANDING", "describe_standing", "send_certificate"]

JOSE = ("application/jose", "text/plain")
"""Media types in which a certificate is taken; it is given in the first."""

_LANGUAGE = Parameter("lang", "Language of the text", {"enum": ["zh", "en"]})
_WORDS = {"type": "array", "items": {"type": "string"}}

STANDING: dict[str, Any] = {
    "id": ID,
    "state": {"enum": ["valid", "stale", "revoked"]},
    "holder": {"type": "string", "description": "Organisation that holds it"},
    "system": record_schema(
        {
            "name": {"type": "string"},
            "version": {"type": "string"},
            "artefact_sha256": {"type": "string"},
        }
    ),
    "level": {"type": "string"},
    "operations": _WORDS,
    "readings": {"type": "object", "additionalProperties": {"type": "string"}},
    "issued_on": {"type": "string", "format": "date"},
    "kid": {"type": "string"},
    "changed_clauses": _WORDS,
    "run_again": {**_WORDS, "description": "Operations to run again; where it is stale"},
    "revoked_at": {"type": ["string", "null"], "format": "date-time"},
    "reason": {"type": ["string", "null"]},
    "links": {"type": "object"},
}
"""Schema of the members that the register and a certificate have in common."""

_CERTIFICATE = record_schema(
    {
        **STANDING,
        "certificate": {"$ref": "urn:cets:schema:v1:certificate"},
        "jws": {"type": "string"},
    }
)
_REVOCATION: dict[str, Any] = record_schema(
    {"reason": {"type": "string", "minLength": 1, "maxLength": 1000}}
)
_VERIFICATION = record_schema(
    {
        "state": {"enum": list(STATES)},
        "code": {"type": ["string", "null"]},
        "message": {"type": ["string", "null"]},
        "changed_clauses": _WORDS,
        "run_again": _WORDS,
        "revocations": {
            "anyOf": [
                record_schema(
                    {
                        "number": {"type": "integer"},
                        "issued_on": {"type": "string", "format": "date"},
                    }
                ),
                {"type": "null"},
            ],
            "description": "Number and day of the revocation list it was held against",
        },
        "certificate": {"anyOf": [{"$ref": "urn:cets:schema:v1:certificate"}, {"type": "null"}]},
    }
)


@api.get("/certificates/<id:certificate_id>")
@public()
@described(
    Described(
        "A certificate, what it says and how it stands today",
        "查询证书：所载内容及当前状态",
        {200: "The certificate"},
        (404,),
        _CERTIFICATE,
    )
)
def show_certificate(certificate_id: str) -> Response:
    """Show a certificate."""
    known_parameters()
    return answer(_describe(current().certifying.get(certificate_id)))


@api.get("/certificates/<id:certificate_id>/certificate.jws")
@public()
@described(
    Described(
        "The certificate itself, a JWS in compact form",
        "下载证书文件（JWS 紧凑格式）",
        {200: "The certificate"},
        (404,),
        media=JOSE[:1],
    )
)
def download_certificate(certificate_id: str) -> Response:
    """Give the certificate as a file."""
    known_parameters()
    return send_certificate(current().certifying.get(certificate_id))


@api.get("/certificates/<id:certificate_id>/exam.zip")
@public()
@described(
    Described(
        "All that the certificate rests on: exam, seed, answers, report; for `cets exam verify`",
        "下载证书的全部依据：考试说明、考题、种子、答案、报告，可用 `cets exam verify` 核验",
        {200: "A ZIP file"},
        (404,),
        media=("application/zip",),
    )
)
def give_evidence(certificate_id: str) -> Response:
    """Give the exam of a certificate as a ZIP file."""
    known_parameters()
    found = current().certifying.get(certificate_id).certificate
    return send_archive(current().examining.get(found.exam_id))


@api.get("/certificates/<id:certificate_id>/badge.svg")
@public()
@described(
    Described(
        "A badge that says whether the certificate holds today",
        "证书徽标，显示当前状态",
        {200: "The badge"},
        (400, 404),
        media=("image/svg+xml",),
        parameters=(_LANGUAGE,),
    )
)
def draw_badge(certificate_id: str) -> Response:
    """Draw the badge; it may stand on another's page, for some minutes."""
    known_parameters("lang")
    language = asked_language("zh")
    standing = current().certifying.get(certificate_id)
    content = standing.certificate.content
    drawn = badge(standing.state, content["level"], language, content["operations"])
    response = Response(drawn, content_type="image/svg+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Language"] = language
    return response


@api.post("/certificates/<id:certificate_id>/revoke")
@guarded("certificates:write", role="admin", kinds=("operator",))
@described(
    Described(
        "Revoke a certificate for ever, with the reason that everybody will see",
        "吊销证书（不可恢复），须说明理由并公开",
        {200: "The certificate, revoked"},
        (400, 401, 403, 404, 409, 415, 422),
        _CERTIFICATE,
        body={"application/json": _REVOCATION},
    )
)
def revoke_certificate(certificate_id: str) -> Response:
    """Revoke a certificate."""
    known_parameters()
    certifying = current().certifying
    certifying.get(certificate_id)
    reason = read_fields(_REVOCATION)["reason"]
    certifying.revoke(certificate_id, reason, actor())
    return answer(_describe(certifying.get(certificate_id)))


@api.post("/certificates/verify")
@public()
@described(
    Described(
        "Verify a certificate, sent as it is, against the keys and revocations of this service",
        "核验证书：提交证书文件原文，按本服务公布的密钥、吊销清单和现行条款核验",
        {200: "What came of it; a certificate that does not hold is an answer, not an error"},
        (400, 413, 415),
        _VERIFICATION,
        parameters=(_LANGUAGE,),
        body={media: {"type": "string"} for media in JOSE},
    )
)
def verify_certificate() -> Response:
    """Verify a certificate."""
    known_parameters("lang")
    language = asked_language()
    found = current().certifying.verify(read_body(*JOSE))
    said = None if found.certificate is None else dict(found.certificate)
    return answer({**found.as_json(language), "certificate": said})


def send_certificate(standing: Standing) -> Response:
    """Send a certificate as a file."""
    response = Response(f"{standing.certificate.jws}\n", content_type=JOSE[0])
    name = f"certificate-{standing.certificate.id}.jws"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def describe_standing(standing: Standing) -> dict[str, Any]:
    """Give what the register says of a certificate."""
    certificate, change = standing.certificate, standing.change
    here: dict[str, Any] = {"certificate_id": certificate.id}
    content = certificate.content
    return {
        "id": certificate.id,
        "state": standing.state,
        "holder": certificate.holder,
        "system": content["system"],
        "level": content["level"],
        "operations": content["operations"],
        "readings": content["readings"],
        "issued_on": content["issued_on"],
        "kid": certificate.kid,
        "changed_clauses": list(change.clauses) if change else [],
        "run_again": list(change.operations) if change else [],
        "revoked_at": None if standing.revoked_at is None else moment(standing.revoked_at),
        "reason": standing.reason,
        "links": {
            "self": url_for("api_v1.show_certificate", **here),
            "jws": url_for("api_v1.download_certificate", **here),
            "badge": url_for("api_v1.draw_badge", **here),
            "exam.zip": url_for("api_v1.give_evidence", **here),
        },
    }


def _describe(standing: Standing) -> dict[str, Any]:
    certificate = standing.certificate
    described_as = describe_standing(standing)
    return {**described_as, "certificate": certificate.content, "jws": certificate.jws}
