"""What the foreign headers of a compared table stand for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0301"
down_revision = "0300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    says = "JSON: its foreign headers and the columns they stand for"
    column = sa.Column("headers", sa.Text(), nullable=False, server_default="{}", comment=says)
    op.add_column("comparison_tables", column)


def downgrade() -> None:
    op.drop_column("comparison_tables", "headers")
