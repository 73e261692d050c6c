"""Comparisons, appeals, and triggers that refuse to change an appeal's history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0201"
down_revision = "0200"
branch_labels = None
depends_on = None

_SQLITE = """
create trigger appeal_entries_{verb} before {verb} on appeal_entries
begin select raise(abort, 'appeal_entries is append-only'); end
"""

_FUNCTION = """
create function appeal_entries_refuse() returns trigger language plpgsql as
$$ begin raise exception 'appeal_entries is append-only'; end $$
"""

_POSTGRESQL = """
create trigger appeal_entries_{verb} before {verb} on appeal_entries
for each statement execute function appeal_entries_refuse()
"""


def upgrade() -> None:
    _make_comparisons()
    _make_results()
    _make_appeals()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        for verb in ("update", "delete", "truncate"):
            op.execute(_POSTGRESQL.format(verb=verb))
    else:
        for verb in ("update", "delete"):
            op.execute(_SQLITE.format(verb=verb))


def downgrade() -> None:
    for table in (
        "appeal_entries",
        "appeals",
        "comparison_rows",
        "comparison_results",
        "comparison_tables",
        "comparisons",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function appeal_entries_refuse()")


def _make_comparisons() -> None:
    op.create_table(
        "comparisons",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("organisation_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("options", sa.Text, nullable=False, comment="JSON of tables.Options"),
        sa.Column(
            "key", sa.String(64), nullable=False, comment="SHA-256 of the stored input: its result"
        ),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("cancelled_at", sa.BigInteger, comment="when it was no longer wanted"),
        sa.PrimaryKeyConstraint("id", name="pk_comparisons"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_comparisons_organisation_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_comparisons_person_id"),
    )
    for columns in (["expires_at"], ["key"], ["organisation_id", "created_at"]):
        op.create_index(f"ix_comparisons_{'_'.join(columns)}", "comparisons", columns)
    op.create_table(
        "comparison_tables",
        sa.Column("comparison_id", sa.String(22), nullable=False),
        sa.Column("position", sa.Integer, nullable=False, comment="0, 1, … as given"),
        sa.Column(
            "name", sa.String(64), nullable=False, comment="what the table is called: the vendor"
        ),
        sa.Column("file", sa.Text, nullable=False, comment="name of the uploaded file, as shown"),
        sa.Column("upload", sa.String(64), nullable=False, comment="SHA-256 of what was uploaded"),
        sa.PrimaryKeyConstraint("comparison_id", "position", name="pk_comparison_tables"),
        sa.ForeignKeyConstraint(
            ["comparison_id"], ["comparisons.id"], name="fk_comparison_tables_comparison_id"
        ),
    )


def _make_results() -> None:
    op.create_table(
        "comparison_results",
        sa.Column("key", sa.String(64), nullable=False, comment="SHA-256 of the stored input"),
        sa.Column("verdict", sa.String(10), comment="agree, differ or incomplete"),
        sa.Column("report", sa.Text, comment="JSON report, the worst rows of each list"),
        sa.Column(
            "problem", sa.Text, comment="JSON: why the input cannot be compared, with all places"
        ),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_comparison_results"),
    )
    op.create_table(
        "comparison_rows",
        sa.Column(
            "key", sa.String(64), nullable=False, comment="result, perhaps still being written"
        ),
        sa.Column("part", sa.String(8), nullable=False, comment="disputes, or inputs that differ"),
        sa.Column("rank", sa.Integer, nullable=False, comment="0 is the worst row"),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("pattern", sa.String(8), comment="id of the pattern, of a disputed figure"),
        sa.Column("content", sa.Text, nullable=False, comment="JSON, a row of the report"),
        sa.PrimaryKeyConstraint("key", "part", "rank", name="pk_comparison_rows"),
    )
    op.create_index("ix_comparison_rows_key_unit_id", "comparison_rows", ["key", "unit_id"])


def _make_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("organisation_id", sa.String(22), nullable=False),
        sa.Column(
            "subject", sa.Text, nullable=False, comment="JSON: kind and what names it, public"
        ),
        sa.Column(
            "evidence", sa.Text, nullable=False, comment="JSON: the figures when it was filed"
        ),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_appeals_organisation_id"
        ),
    )
    for column in ("created_at", "organisation_id"):
        op.create_index(f"ix_appeals_{column}", "appeals", [column])
    op.create_table(
        "appeal_entries",
        sa.Column("appeal_id", sa.String(22), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False, comment="0 files it, then 1, 2, …"),
        sa.Column(
            "action", sa.String(9), nullable=False, comment="filed, commented, upheld or rejected"
        ),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("appeal_id", "sequence", name="pk_appeal_entries"),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name="fk_appeal_entries_appeal_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_appeal_entries_person_id"),
    )
