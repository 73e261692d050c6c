"""The audit log, and triggers that refuse to change it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0002"
branch_labels = None
depends_on = None

_SQLITE = """
create trigger audit_log_{verb} before {verb} on audit_log
begin select raise(abort, 'audit_log is append-only'); end
"""

_FUNCTION = """
create function audit_log_refuse() returns trigger language plpgsql as
$$ begin raise exception 'audit_log is append-only'; end $$
"""

_POSTGRESQL = """
create trigger audit_log_{verb} before {verb} on audit_log
for each statement execute function audit_log_refuse()
"""


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column(
            "sequence", sa.BigInteger, nullable=False, autoincrement=False, comment="1, 2, 3, …"
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column(
            "actor", sa.Text, nullable=False, comment="who did it, such as user:7 or operator"
        ),
        sa.Column(
            "action",
            sa.String(60),
            nullable=False,
            comment="what was done, such as exam.answer",
        ),
        sa.Column(
            "object", sa.Text, nullable=False, comment="to what, such as exam:12; empty for none"
        ),
        sa.Column("details", sa.Text, nullable=False, comment="canonical JSON object"),
        sa.Column("previous", sa.String(64), nullable=False, comment="hash of the row before"),
        sa.Column("hash", sa.String(64), nullable=False, comment="SHA-256 of all other columns"),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_log"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        for verb in ("update", "delete", "truncate"):
            op.execute(_POSTGRESQL.format(verb=verb))
    else:
        for verb in ("update", "delete"):
            op.execute(_SQLITE.format(verb=verb))


def downgrade() -> None:
    op.drop_table("audit_log")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function audit_log_refuse()")
