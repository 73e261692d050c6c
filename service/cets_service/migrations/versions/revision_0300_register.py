"""Certificates by what the register asks for: level, words, what they rest on; in its order."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0300"
down_revision = "0201"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in _added():
        op.add_column("certificates", column)
    connection = op.get_bind()
    names = ("id", "content", "level", "words", "fingerprint")
    certificates = sa.table("certificates", *map(sa.column, names))
    for row in connection.execute(sa.select(certificates.c.id, certificates.c.content)).all():
        said = json.loads(row.content)
        connection.execute(
            sa.update(certificates)
            .where(certificates.c.id == row.id)
            .values(
                level=said["level"],
                words=_words(said),
                fingerprint=_fingerprint(said),
            )
        )
    op.drop_index("ix_certificates_issued_at", "certificates")
    op.create_index("ix_certificates_issued_at_id", "certificates", ["issued_at", "id"])
    op.create_index("ix_certificates_fingerprint", "certificates", ["fingerprint"])


def downgrade() -> None:
    op.drop_index("ix_certificates_fingerprint", "certificates")
    op.drop_index("ix_certificates_issued_at_id", "certificates")
    op.create_index("ix_certificates_issued_at", "certificates", ["issued_at"])
    for name in ("fingerprint", "words", "level"):
        op.drop_column("certificates", name)


def _added() -> list[sa.Column[str]]:
    return [
        _text("level", sa.String(10), "level of the exam"),
        _text("words", sa.Text(), "system, version and id without case, to be searched"),
        _text("fingerprint", sa.String(64), "SHA-256 of all that staleness depends on"),
    ]


def _text(name: str, kind: sa.String, comment: str) -> sa.Column[str]:
    return sa.Column(name, kind, nullable=False, server_default="", comment=comment)


def _words(said: dict[str, Any]) -> str:
    system = said["system"]
    return "\n".join((system["name"], system["version"], said["certificate_id"])).casefold()


def _fingerprint(said: dict[str, Any]) -> str:
    """Group what rests on the same; how it is written matters to nobody."""
    clauses = {entry["clause"]: entry["sha256"] for entry in said["clauses"]}
    rests_on = json.dumps([said["operations"], clauses], sort_keys=True)
    return hashlib.sha256(rests_on.encode()).hexdigest()
