"""Attempts to sign in that failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0302"
down_revision = "0301"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column(
            "account",
            sa.String(64),
            nullable=False,
            comment="SHA-256 of the e-mail typed",
        ),
        sa.Column("failures", sa.Integer, nullable=False, comment="in a row"),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("allowed_at", sa.BigInteger, nullable=False, comment="when the next one may be"),
        sa.PrimaryKeyConstraint("account", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_last_at", "sign_in_attempts", ["last_at"])


def downgrade() -> None:
    op.drop_table("sign_in_attempts")
