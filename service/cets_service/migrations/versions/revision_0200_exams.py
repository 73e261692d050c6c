"""Exams, certificates, and the public halves of the keys that sign."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0200"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_exams()
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(64), nullable=False, comment="thumbprint (RFC 7638)"),
        sa.Column("public", sa.Text, nullable=False, comment="JSON, the public JWK"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("retired_at", sa.BigInteger, comment="signs no more; what it signed still holds"),
        sa.Column("revoked_at", sa.BigInteger, comment="nothing it signed is trusted any more"),
        sa.Column("reason", sa.Text, comment="why it was revoked"),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_keys"),
    )
    _create_certificates()


def downgrade() -> None:
    for table in ("certificates", "signing_keys", "exams"):
        op.drop_table(table)


def _create_exams() -> None:
    op.create_table(
        "exams",
        sa.Column(
            "id", sa.String(22), nullable=False, comment="id of the exam, in its commitment too"
        ),
        sa.Column("organisation_id", sa.String(22), nullable=False),
        sa.Column("system_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column(
            "document", sa.Text, nullable=False, comment="JSON, schema exam, without the seed"
        ),
        sa.Column("seed", sa.String(64), nullable=False, comment="secret until it is graded"),
        sa.Column(
            "prompts", sa.String(64), nullable=False, comment="SHA-256 of the questions' upload"
        ),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column(
            "deadline", sa.BigInteger, nullable=False, comment="after it no answers are taken"
        ),
        sa.Column("answers", sa.String(64), comment="SHA-256 of the answers' upload; written once"),
        sa.Column("answered_at", sa.BigInteger),
        sa.Column("key", sa.String(64), comment="key of the job that grades it"),
        sa.Column("verdict", sa.String(20), comment="conforms, does_not_conform or not_checked"),
        sa.Column("report", sa.Text, comment="JSON, schema run-report; written once"),
        sa.Column("graded_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_exams"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_exams_organisation_id"
        ),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name="fk_exams_system_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_exams_person_id"),
    )
    op.create_index(
        "ix_exams_organisation_id_created_at", "exams", ["organisation_id", "created_at"]
    )
    op.create_index("ix_exams_system_id", "exams", ["system_id"])


def _create_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("exam_id", sa.String(22), nullable=False),
        sa.Column("organisation_id", sa.String(22), nullable=False),
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("jws", sa.Text, nullable=False, comment="the certificate itself, compact JWS"),
        sa.Column(
            "content", sa.Text, nullable=False, comment="JSON, schema certificate: what it says"
        ),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("reason", sa.Text, comment="why it was revoked"),
        sa.PrimaryKeyConstraint("id", name="pk_certificates"),
        sa.UniqueConstraint("exam_id", name="uq_certificates_exam_id"),
        sa.ForeignKeyConstraint(["exam_id"], ["exams.id"], name="fk_certificates_exam_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_certificates_organisation_id"
        ),
        sa.ForeignKeyConstraint(["kid"], ["signing_keys.kid"], name="fk_certificates_kid"),
    )
    op.create_index("ix_certificates_organisation_id", "certificates", ["organisation_id"])
    op.create_index("ix_certificates_issued_at", "certificates", ["issued_at"])
