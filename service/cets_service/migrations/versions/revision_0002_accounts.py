"""Organisations, people and what opens a door to them; jobs; verdicts apart from checks.

Checks that stand in the database are carried over: what is done becomes a verdict of its own, what
was not done becomes a job.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_accounts()
    _create_jobs_and_verdicts()
    for column in (
        sa.Column(
            "key",
            sa.String(64),
            nullable=False,
            server_default="",
            comment="SHA-256 of the stored input: its verdict",
        ),
        sa.Column("cancelled_at", sa.BigInteger, comment="when it was no longer wanted"),
        sa.Column("organisation_id", sa.String(22), comment="whose it is"),
        sa.Column("person_id", sa.String(22), comment="who asked for it"),
    ):
        op.add_column("checks", column)
    _carry_over()
    op.drop_table("subjects")
    op.drop_table("finding_rows")
    op.drop_index("ix_checks_state", "checks")
    with op.batch_alter_table("checks") as checks:
        for name in ("state", "attempt", "stage", "done", "total", "verdict", "report", "problem"):
            checks.drop_column(name)
        checks.alter_column("key", server_default=None, existing_type=sa.String(64))
        checks.create_foreign_key(
            "fk_checks_organisation_id", "organisations", ["organisation_id"], ["id"]
        )
        checks.create_foreign_key("fk_checks_person_id", "people", ["person_id"], ["id"])
    op.create_index("ix_checks_key", "checks", ["key"])
    op.create_index(
        "ix_checks_organisation_id_created_at", "checks", ["organisation_id", "created_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_checks_organisation_id_created_at", "checks")
    op.drop_index("ix_checks_key", "checks")
    with op.batch_alter_table("checks") as checks:
        checks.drop_constraint("fk_checks_organisation_id", type_="foreignkey")
        checks.drop_constraint("fk_checks_person_id", type_="foreignkey")
        for column in (
            sa.Column("state", sa.String(8), nullable=False, server_default="queued"),
            sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
            sa.Column("stage", sa.String(40), nullable=False, server_default=""),
            sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),
            sa.Column("total", sa.BigInteger),
            sa.Column("verdict", sa.String(20)),
            sa.Column("report", sa.Text),
            sa.Column("problem", sa.Text),
        ):
            checks.add_column(column)
    _carry_verdicts_back()
    keys = op.get_bind().execute(sa.text("select id, key from checks")).all()
    with op.batch_alter_table("checks") as checks:
        for name in ("key", "cancelled_at", "organisation_id", "person_id"):
            checks.drop_column(name)
        for name, kind in (
            ("state", sa.String(8)),
            ("attempt", sa.Integer()),
            ("stage", sa.String(40)),
            ("done", sa.BigInteger()),
        ):
            checks.alter_column(name, server_default=None, existing_type=kind)
    # Only now: on SQLite the table of checks was made anew, and its rows with it.
    _create_old_rows()
    for check_id, key in keys:
        _carry_rows_back(check_id, key)
    op.create_index("ix_checks_state", "checks", ["state"])
    for name in (
        "verdict_subjects", "verdict_rows", "verdicts", "jobs",
        "systems", "tokens", "links", "sessions", "people", "organisations",
    ):  # fmt: skip
        op.drop_table(name)


def _create_accounts() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False, comment="vendor, province or operator"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("province", sa.String(2), comment="code of GB/T 2260, of a province alone"),
        sa.Column("keep_days", sa.Integer, nullable=False, comment="how long its checks are kept"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("name", name="uq_organisations_name"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(22), nullable=False),
        _organisation(),
        sa.Column(
            "email", sa.String(254), nullable=False, comment="in lower case; what one signs in with"
        ),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(6), nullable=False, comment="admin, member or reader"),
        sa.Column("password", sa.Text, nullable=False, comment="argon2id"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        _refers("people", "organisation_id", "organisations"),
        sa.UniqueConstraint("email", name="uq_people_email"),
    )
    op.create_index("ix_people_organisation_id", "people", ["organisation_id"])
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(64), nullable=False, comment="SHA-256 of the cookie"),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False, comment="to within a few minutes"),
        sa.Column("expires_at", sa.BigInteger, nullable=False, comment="however much it is used"),
        sa.PrimaryKeyConstraint("hash", name="pk_sessions"),
        _refers("sessions", "person_id", "people"),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "links",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column(
            "hash", sa.String(64), nullable=False, comment="SHA-256 of the secret in the address"
        ),
        sa.Column(
            "kind", sa.String(10), nullable=False, comment="invitation, or reset of a password"
        ),
        _organisation(),
        sa.Column("person_id", sa.String(22), comment="whose password is reset"),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(6), nullable=False),
        sa.Column("made_by", sa.String(22), comment="empty: the command line"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, comment="when it was used or withdrawn; it opens once"),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        _refers("links", "organisation_id", "organisations"),
        _refers("links", "person_id", "people"),
        _refers("links", "made_by", "people"),
        sa.UniqueConstraint("hash", name="uq_links_hash"),
    )
    op.create_index("ix_links_organisation_id", "links", ["organisation_id"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, comment="SHA-256 of the token"),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("name", sa.String(100), nullable=False, comment="what it is for"),
        sa.Column("scopes", sa.Text, nullable=False, comment="what it may do, separated by spaces"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger, comment="to within an hour"),
        sa.Column("revoked_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        _refers("tokens", "person_id", "people"),
        sa.UniqueConstraint("hash", name="uq_tokens_hash"),
    )
    op.create_index("ix_tokens_person_id", "tokens", ["person_id"])
    op.create_table(
        "systems",
        sa.Column("id", sa.String(22), nullable=False),
        _organisation(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.String(100), nullable=False),
        sa.Column(
            "artefact", sa.String(71), nullable=False, comment="sha256: and 64 hexadecimal digits"
        ),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_systems"),
        _refers("systems", "organisation_id", "organisations"),
        _refers("systems", "made_by", "people"),
        sa.UniqueConstraint(
            "organisation_id",
            "name",
            "version",
            "artefact",
            name="uq_systems_organisation_id_name_version_artefact",
        ),
    )


def _organisation() -> sa.Column[str]:
    return sa.Column("organisation_id", sa.String(22), nullable=False)


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _create_jobs_and_verdicts() -> None:
    op.create_table(
        "jobs",
        sa.Column(
            "kind", sa.String(20), nullable=False, comment="what is to be done, such as check"
        ),
        sa.Column("key", sa.String(64), nullable=False, comment="SHA-256 of the stored input"),
        sa.Column("input", sa.Text, nullable=False, comment="JSON: the stored input"),
        sa.Column("state", sa.String(8), nullable=False, comment="queued, running, done or failed"),
        sa.Column("attempt", sa.Integer, nullable=False, comment="times a worker took it"),
        sa.Column("lease", sa.String(22), comment="token of the attempt that may write"),
        sa.Column("leased_until", sa.BigInteger, comment="when another worker may take it"),
        sa.Column("stage", sa.String(40), nullable=False, comment="progress: what is being done"),
        sa.Column("done", sa.BigInteger, nullable=False, comment="progress: how much of it"),
        sa.Column("total", sa.BigInteger, comment="progress: of how much, where known"),
        sa.Column("problem", sa.Text, comment="JSON: why it failed, by our fault"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_jobs"),
    )
    op.create_index("ix_jobs_state_leased_until", "jobs", ["state", "leased_until"])
    op.create_table(
        "verdicts",
        sa.Column("key", sa.String(64), nullable=False, comment="SHA-256 of the stored input"),
        sa.Column("verdict", sa.String(20), comment="conforms, does_not_conform or not_checked"),
        sa.Column("report", sa.Text, comment="JSON report, the worst rows of each finding"),
        sa.Column("problem", sa.Text, comment="JSON: why the input is no table, with all places"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_verdicts"),
    )
    op.create_table(
        "verdict_rows",
        sa.Column(
            "key", sa.String(64), nullable=False, comment="verdict, perhaps still being written"
        ),
        sa.Column("check", sa.String(8), nullable=False, comment="id of the check, such as T-10"),
        sa.Column("rank", sa.Integer, nullable=False, comment="0 is the worst row"),
        sa.Column("row", sa.BigInteger, comment="row number as a person sees it"),
        sa.Column("unit_id", sa.Text),
        sa.Column(
            "content", sa.Text, nullable=False, comment="JSON, a row of the report's finding"
        ),
        sa.PrimaryKeyConstraint("key", "check", "rank", name="pk_verdict_rows"),
    )
    op.create_index("ix_verdict_rows_key_row", "verdict_rows", ["key", "row"])
    op.create_table(
        "verdict_subjects",
        sa.Column(
            "key", sa.String(64), nullable=False, comment="verdict, perhaps still being written"
        ),
        sa.Column("row", sa.BigInteger, nullable=False, comment="row number as a person sees it"),
        sa.Column("content", sa.Text, nullable=False, comment="JSON: the operation and its input"),
        sa.PrimaryKeyConstraint("key", "row", name="pk_verdict_subjects"),
    )


def _create_old_rows() -> None:
    for name, columns, key in (
        (
            "finding_rows",
            (
                sa.Column("check", sa.String(8), nullable=False, comment="id such as T-10"),
                sa.Column("rank", sa.Integer, nullable=False, comment="0 is the worst row"),
                sa.Column("row", sa.BigInteger, comment="row number as a person sees it"),
                sa.Column("unit_id", sa.Text),
            ),
            ("check_id", "check", "rank"),
        ),
        (
            "subjects",
            (sa.Column("row", sa.BigInteger, nullable=False, comment="row number"),),
            ("check_id", "row"),
        ),
    ):
        op.create_table(
            name,
            sa.Column("check_id", sa.String(22), nullable=False),
            *columns,
            sa.Column("content", sa.Text, nullable=False),
            sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
            sa.ForeignKeyConstraint(
                ["check_id"], ["checks.id"], ondelete="CASCADE", name=f"fk_{name}_check_id"
            ),
        )
    op.create_index("ix_finding_rows_check_id_row", "finding_rows", ["check_id", "row"])


def _carry_over() -> None:
    """Give every check a verdict, or a job, of its own: its id serves as their key."""
    connection = op.get_bind()
    run = connection.exec_driver_sql
    run("update checks set key = id")
    connection.execute(
        sa.text(
            "insert into verdicts (key, verdict, report, problem, created_at) "
            "select id, verdict, report, problem, created_at from checks "
            "where state = 'done' or problem like :no_table"
        ),
        {"no_table": '%"NOT_A_TABLE"%'},
    )
    run(
        'insert into verdict_rows (key, "check", rank, row, unit_id, content) '
        'select check_id, "check", rank, row, unit_id, content from finding_rows '
        "where check_id in (select key from verdicts)"
    )
    run(
        "insert into verdict_subjects (key, row, content) "
        "select check_id, row, content from subjects where check_id in (select key from verdicts)"
    )
    checks = sa.table(
        "checks", *(sa.column(name) for name in (
            "id", "state", "form", "options", "upload", "previous", "problem", "created_at",
        ))
    )  # fmt: skip
    jobs = sa.table(
        "jobs", *(sa.column(name) for name in (
            "kind", "key", "input", "state", "attempt", "stage", "done", "problem", "created_at",
        ))
    )  # fmt: skip
    judged = sa.select(sa.table("verdicts", sa.column("key", sa.String)).c.key)
    for row in connection.execute(sa.select(checks).where(checks.c.id.not_in(judged))).all():
        given = {
            "form": row.form,
            "options": json.loads(row.options),
            "upload": row.upload,
            "previous": row.previous,
            "province": None,
        }
        connection.execute(
            jobs.insert().values(
                kind="check",
                key=row.id,
                input=json.dumps(given),
                state="failed" if row.state == "failed" else "queued",
                attempt=0,
                stage="",
                done=0,
                problem=row.problem,
                created_at=row.created_at,
            )
        )


def _carry_verdicts_back() -> None:
    """Give every check the verdict it refers to; what has none stays queued."""
    run = op.get_bind().exec_driver_sql
    for name in ("verdict", "report", "problem"):
        run(
            f"update checks set {name} = "  # noqa: S608 - a name of ours
            f"(select {name} from verdicts where verdicts.key = checks.key)"
        )
    run("update checks set state = 'done', stage = 'done' where verdict is not null")
    run("update checks set state = 'failed', stage = 'failed' where problem is not null")


def _carry_rows_back(check_id: str, key: str) -> None:
    """Give a check its own copy of its verdict's rows."""
    run = op.get_bind().execute
    known = {"id": check_id, "key": key}
    run(
        sa.text(
            'insert into finding_rows (check_id, "check", rank, row, unit_id, content) '
            'select :id, "check", rank, row, unit_id, content from verdict_rows where key = :key'
        ),
        known,
    )
    run(
        sa.text(
            "insert into subjects (check_id, row, content) "
            "select :id, row, content from verdict_subjects where key = :key"
        ),
        known,
    )
