"""Checks, their findings row by row, and what each row was computed from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checks",
        sa.Column("id", sa.String(22), nullable=False, comment="secret token, 128 bits, URL-safe"),
        sa.Column("state", sa.String(8), nullable=False, comment="queued, running, done or failed"),
        sa.Column("name", sa.Text, nullable=False, comment="name of the uploaded file, as shown"),
        sa.Column("form", sa.String(4), nullable=False, comment="file, or rows given as JSON"),
        sa.Column("options", sa.Text, nullable=False, comment="JSON of tables.Options"),
        sa.Column("upload", sa.String(64), nullable=False, comment="SHA-256 of what was uploaded"),
        sa.Column("previous", sa.String(64), comment="SHA-256 of the previous year's table"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False, comment="times a worker took it"),
        sa.Column("stage", sa.String(40), nullable=False, comment="progress: what is being done"),
        sa.Column("done", sa.BigInteger, nullable=False, comment="progress: how much of it"),
        sa.Column("total", sa.BigInteger, comment="progress: of how much, where known"),
        sa.Column("verdict", sa.String(20)),
        sa.Column("report", sa.Text, comment="JSON report, the worst rows of each finding"),
        sa.Column("problem", sa.Text, comment="JSON: why the check failed, with all places"),
        sa.PrimaryKeyConstraint("id", name="pk_checks"),
    )
    op.create_index("ix_checks_expires_at", "checks", ["expires_at"])
    op.create_index("ix_checks_state", "checks", ["state"])
    op.create_table(
        "finding_rows",
        sa.Column("check_id", sa.String(22), nullable=False),
        sa.Column("check", sa.String(8), nullable=False, comment="id of the check, such as T-10"),
        sa.Column("rank", sa.Integer, nullable=False, comment="0 is the worst row"),
        sa.Column("row", sa.BigInteger, comment="row number as a person sees it"),
        sa.Column("unit_id", sa.Text),
        sa.Column(
            "content", sa.Text, nullable=False, comment="JSON, a row of the report's finding"
        ),
        sa.PrimaryKeyConstraint("check_id", "check", "rank", name="pk_finding_rows"),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], ondelete="CASCADE", name="fk_finding_rows_check_id"
        ),
    )
    op.create_index("ix_finding_rows_check_id_row", "finding_rows", ["check_id", "row"])
    op.create_table(
        "subjects",
        sa.Column("check_id", sa.String(22), nullable=False),
        sa.Column("row", sa.BigInteger, nullable=False, comment="row number as a person sees it"),
        sa.Column("content", sa.Text, nullable=False, comment="JSON: the operation and its input"),
        sa.PrimaryKeyConstraint("check_id", "row", name="pk_subjects"),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], ondelete="CASCADE", name="fk_subjects_check_id"
        ),
    )


def downgrade() -> None:
    op.drop_table("subjects")
    op.drop_table("finding_rows")
    op.drop_table("checks")
