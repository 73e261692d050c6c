"""Certificates as anybody sees them: one to print, the register, and verification."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cets_conformance import runner
from cets_service.access import actor, guarded, public, who
from cets_service.api.v1.certificates import describe_standing
from cets_service.api.v1.register import STATES, read_filters
from cets_service.pages.blueprint import (
    LANGUAGE_IN_PATH,
    language,
    page,
    pages,
    read_form,
    read_paging,
    shown_again_by,
)
from cets_service.problems import Problem
from cets_service.receive import receive_file
from cets_service.services import current

__all__ = ["show_certificate", "show_register", "show_verification"]

_ONE = f"{LANGUAGE_IN_PATH}/certificates/<id:certificate_id>"


@pages.get(f"{LANGUAGE_IN_PATH}/register")
@public()
def show_register() -> Response:
    """Show the public register."""
    wanted = read_filters()
    count = current().store.certificates.count(wanted)
    paging = read_paging(count)
    found = current().certifying.list_register(wanted, offset=paging.offset, limit=paging.limit)
    asked = {"q": wanted.text, "level": wanted.level, "state": wanted.state}
    chosen: dict[str, Any] = {name: value for name, value in asked.items() if value}

    return page(
        "register.html",
        certificates=[describe_standing(standing) for standing in found],
        count=count,
        asked=asked,
        levels=list(runner.LEVELS),
        states=STATES,
        downloads={
            "CSV": url_for("api_v1.download_register", **chosen),
            "JSON": url_for("api_v1.save_register", **chosen),
        },
        paging=paging,
        query=f"{urlencode(chosen)}&" if chosen else "",
    )


@pages.get(_ONE)
@public()
def show_certificate(certificate_id: str, problem: Problem | None = None) -> Response:
    """Show a certificate, to be read and printed."""
    standing = current().certifying.get(certificate_id)
    identity = who()
    described = describe_standing(standing)
    content = standing.certificate.content
    return page(
        "certificate.html",
        certificate=described,
        said=content,
        examined=[row for row in content["clauses"] if row["sha256"]],
        untouched=[row["clause"] for row in content["clauses"] if not row["sha256"]],
        links=described["links"],
        badge_url=url_for(
            "api_v1.draw_badge", certificate_id=certificate_id, lang=language(), _external=True
        ),
        keys_url=url_for("well_known_keys", _external=True),
        revocations_url=url_for("api_v1.show_revocations", _external=True),
        page_url=url_for("pages.show_certificate", certificate_id=certificate_id, _external=True),
        revokes=identity is not None and identity.is_operator and identity.has_role("admin"),
        problem=problem,
    )


@pages.post(f"{_ONE}/revoke")
@guarded(role="admin", kinds=("operator",))
@shown_again_by(show_certificate)
def revoke_certificate(certificate_id: str) -> AnyResponse:
    """Revoke a certificate for ever."""
    certifying = current().certifying
    certifying.get(certificate_id)
    certifying.revoke(certificate_id, read_form("reason")["reason"], actor())
    return redirect(url_for("pages.show_certificate", certificate_id=certificate_id), code=303)


@pages.get(f"{LANGUAGE_IN_PATH}/verify")
@public()
def show_verification() -> Response:
    """Show the form by which anybody verifies a certificate."""
    return page("verify.html", found=None, text="")


@pages.post(f"{LANGUAGE_IN_PATH}/verify")
@public()
def verify() -> Response:
    """Verify a certificate that was pasted or uploaded."""
    if request.mimetype != "multipart/form-data":
        raise Problem("CONTENT_TYPE", found=request.mimetype[:80], known="multipart/form-data")
    given, content = receive_file("certificate")
    text = "".join(given["certificate"].split())
    found = current().certifying.verify(content or text.encode("utf-8", "surrogatepass"))
    said = found.certificate
    known = said and current().store.certificates.get(said["certificate_id"])
    return page(
        "verify.html",
        found=found.as_json(language()),
        said=said,
        listed_url=known and url_for("pages.show_certificate", certificate_id=known.id),
        text=text,
    )
