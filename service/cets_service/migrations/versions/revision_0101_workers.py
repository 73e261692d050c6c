"""The workers, by their last sign of life."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "workers",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False, comment="its last sign of life"),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("workers")
