"""The schema of the database, its migrations, and the settings."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import bindparam, delete, inspect, select, text
from sqlalchemy.exc import IntegrityError
from tests.service.databases import BOTH_DATABASES

from cets_conformance.tables import Options
from cets_service import Config, upgrade
from cets_service.database import downgrade, open_engine
from cets_service.store import NewCheck, Store
from cets_service.store.prepared import Prepared, insert_once, insert_rows
from cets_service.store.records import make_id
from cets_service.tables import metadata, workers


@pytest.fixture
def config(make_config):
    """Settings whose database is empty."""
    return make_config(filled=False)


@pytest.fixture
def engine(config):
    engine = open_engine(config)
    yield engine
    engine.dispose()


@BOTH_DATABASES
def test_the_migrations_make_the_tables_the_code_uses(config, engine):
    upgrade(config)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@BOTH_DATABASES
def test_the_migrations_go_up_and_down_and_up_again(config, engine):
    upgrade(config)
    upgrade(config)
    downgrade(config, "base")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    upgrade(config)
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


OPTIONS = json.dumps(Options().as_json())
OLD_CHECKS = [
    ("done", "does_not_conform", '{"kind": "table"}', None),
    ("failed", None, None, '{"code":"NOT_A_TABLE","errors":[]}'),
    ("failed", None, None, '{"code":"INTERNAL"}'),
    ("queued", None, None, None),
    ("running", None, None, None),
]


@BOTH_DATABASES
def test_checks_survive_the_migration_up_and_down(config, engine):
    """What was done is done, what was not is a job; and back again, with all rows."""
    upgrade(config, "0001")
    with engine.begin() as connection:
        for number, (state, verdict, report, problem) in enumerate(OLD_CHECKS):
            connection.execute(
                text(
                    "insert into checks (id, state, name, form, options, upload, created_at, "
                    "expires_at, attempt, stage, done, verdict, report, problem) values (:id, "
                    ":state, 'x', 'file', :options, 'u', 1, 9999999999, 0, '', 0, :verdict, "
                    ":report, :problem)"
                ),
                {
                    "id": str(number) * 22, "state": state, "options": OPTIONS,
                    "verdict": verdict, "report": report, "problem": problem,
                },
            )  # fmt: skip
            connection.exec_driver_sql(
                'insert into finding_rows (check_id, "check", rank, row, content) '
                f"values ('{str(number) * 22}', 'T-10', 0, 5, '{{}}')"
            )
            connection.exec_driver_sql(
                "insert into subjects (check_id, row, content) "
                f"values ('{str(number) * 22}', 5, '{{}}')"
            )
    upgrade(config)
    store = Store(engine, lambda: 2.0)
    states = [store.checks.get(str(number) * 22).state for number in range(len(OLD_CHECKS))]
    assert states == ["done", "failed", "failed", "queued", "queued"]
    done = store.checks.get("0" * 22)
    assert store.verdicts.get_report(done.key) == {"kind": "table"}
    assert store.verdicts.count_findings(done.key) == 1
    assert store.verdicts.get_subject(done.key, 5) == {}
    assert store.checks.get("2" * 22).ours
    assert {store.jobs.take(9).input["upload"] for _ in range(2)} == {"u"}
    downgrade(config, "0001")
    with engine.connect() as connection:
        found = connection.exec_driver_sql("select state, verdict from checks order by id").all()
        rows = connection.exec_driver_sql("select check_id from finding_rows order by 1").scalars()
        kept = list(rows)
    assert [tuple(row) for row in found] == [
        ("done", "does_not_conform"),
        ("failed", None),
        ("queued", None),
        ("queued", None),
        ("queued", None),
    ]
    assert kept == ["0" * 22, "1" * 22], "rows of what has a verdict"
    upgrade(config)
    assert store.checks.get("0" * 22).verdict == "does_not_conform"


def test_sqlite_writes_ahead_holds_references_and_forgets_what_is_deleted(config, engine):
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}


@BOTH_DATABASES
def test_a_prepared_statement_writes_what_it_is_given_and_fails_as_others_do(make_config):
    store = Store(open_engine(make_config()), lambda: 2.0)
    gone = Prepared(delete(workers).where(workers.c.id == bindparam("id")))
    one, two = ({"id": name, "seen_at": 1} for name in ("100%", "%(id)s ?"))
    with store.writing() as connection:
        insert_rows(connection, workers, [])
        insert_rows(connection, workers, [one, two])
        assert not insert_once(connection, workers, one | {"seen_at": 9})
        assert insert_once(connection, workers, {"id": "three", "seen_at": 2**40})
        found = connection.execute(select(workers).order_by(workers.c.seen_at, workers.c.id))
        assert [dict(row._mapping) for row in found][:2] == sorted(
            [one, two], key=lambda w: w["id"]
        )
        assert gone.run(connection, [one, {"id": "nobody"}, two]) == 2
    lacking = [{"id": "four"}]
    with pytest.raises(IntegrityError) as refused, store.writing() as connection:
        insert_rows(connection, workers, lacking)
    assert "insert into workers" in str(refused.value).lower()
    store.close()


def test_a_write_that_fails_leaves_nothing_and_the_next_one_is_made(make_config):
    store = Store(open_engine(make_config()), lambda: 2.0)
    new = NewCheck("t.csv", "file", {}, "0" * 64, None, "1" * 64, 60)

    def leave(before_end: bool) -> None:
        with store.writing() as connection:
            connection.exec_driver_sql("pragma defer_foreign_keys = on")
            store.checks.add(replace(new, organisation_id="nobody"))
            if before_end:
                raise KeyError

    with pytest.raises(KeyError):
        leave(before_end=True)
    with pytest.raises(IntegrityError):  # as the transaction ends
        leave(before_end=False)
    made = store.checks.add(new)
    assert store.checks.count_by_state() == {"queued": 1}
    assert store.checks.get(made.id).name == "t.csv"
    store.close()


def test_the_environment_sets_everything_and_a_default_stands_for_the_rest(tmp_path):
    config = Config.from_environment(
        {"CETS_DATA": str(tmp_path), "CETS_MAX_UPLOAD": "5", "CETS_KEEP": "60", "CETS_WAIT": "0.5"}
    )
    assert (config.max_upload, config.keep, config.wait) == (5, 60, 0.5)
    assert config.database_url == f"sqlite:///{tmp_path}/cets.sqlite3"
    assert replace(config, data=config.data) == config
    plain = Config.from_environment({})
    assert (plain.max_upload, plain.keep, plain.wait) == (100 * 1024 * 1024, 3600, 10.0)
    assert plain.data.name == "var"


@pytest.mark.parametrize(
    ("name", "value"),
    [("CETS_KEEP", "soon"), ("CETS_MAX_UPLOAD", "0"), ("CETS_WAIT", "nan"), ("CETS_WAIT", "inf")],
)
def test_a_setting_that_cannot_be_taken_is_named(name, value):
    with pytest.raises(ValueError, match=name):
        Config.from_environment({name: value})


def test_no_id_looks_like_an_option():
    assert not any(make_id().startswith("-") for _ in range(2000))
