"""The schema of the database, its migrations, and the settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from tests.service.databases import BOTH_DATABASES

from cets_service import Config, upgrade
from cets_service.database import downgrade, open_engine
from cets_service.tables import metadata


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


def test_sqlite_writes_ahead_holds_references_and_forgets_what_is_deleted(config, engine):
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}


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
