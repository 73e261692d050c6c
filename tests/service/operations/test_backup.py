"""A backup made while others write is whole, and restores into either database."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import LargeBinary, column, insert, inspect, select, table

from cets_service import audit, backup, create_app, upgrade, upkeep
from cets_service.backup import BackupError
from cets_service.database import open_engine, writing
from cets_service.services import EXTENSION

from ..conftest import RIGHT, WRONG
from ..conftest import table as csv
from ..databases import BOTH_DATABASES


def contents(config):
    """Give every row of every table, by table."""
    engine = open_engine(config)
    found = {}
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            if name.startswith("huey"):
                continue  # the queue's: it only wakes workers
            rows = connection.exec_driver_sql(f'select * from "{name}"').fetchall()
            found[name] = sorted(tuple(row) for row in rows)
    engine.dispose()
    return found


def use(config, tables):
    """Put checks of ``tables`` through a service."""
    upgrade(config)
    app = create_app(config)
    client = app.test_client()
    try:
        return [
            client.post(
                "/api/v1/checks",
                data={"file": (io.BytesIO(content), "t.csv")},
            ).get_json()
            for content in tables
        ]
    finally:
        app.extensions[EXTENSION].close()


def elsewhere(config, tmp_path, postgresql, kind):
    data = tmp_path / "elsewhere"
    url = postgresql.create() if kind == "postgresql" else f"sqlite:///{data / 'cets.sqlite3'}"
    return replace(config, data=data, database_url=url)


@BOTH_DATABASES
@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_what_was_saved_is_there_again_in_either_kind_of_database(
    config, tmp_path, postgresql, into
):
    (check, _) = use(config, [csv(RIGHT, WRONG), csv(WRONG)])
    before = contents(config)
    file, saved = upkeep.back_up(config, tmp_path / "backup.zip")
    assert saved.rows["checks"] == saved.uploads == 2

    target = elsewhere(config, tmp_path, postgresql, into)
    upkeep.restore(target, file)
    after = contents(target)
    for log in (before, after):
        log.pop("audit_log")
    assert after == before
    upload = hashlib.sha256(csv(RIGHT, WRONG)).hexdigest()
    assert (target.data / "uploads" / upload).read_bytes() == csv(RIGHT, WRONG)

    app = create_app(target)
    try:
        again = app.test_client().get(f"/api/v1/checks/{check['id']}").get_json()
        assert again["report"] == check["report"]
    finally:
        app.extensions[EXTENSION].close()
    head, breaks = upkeep.audit_verify(target, [])
    assert breaks == []
    actions = [json.loads(line)["action"] for line in upkeep.audit_export(target)]
    assert actions == ["backup.restore"]
    assert head.sequence == 1


@BOTH_DATABASES
def test_a_backup_is_the_state_of_one_moment_while_others_write_and_delete(
    config, tmp_path, monkeypatch
):
    """Every row's upload is in the archive and nothing refers to what is not."""
    use(config, [])
    app = create_app(config)
    parts = app.extensions[EXTENSION]
    client = app.test_client()
    stop = threading.Event()
    written = []

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            content = csv(RIGHT, WRONG.replace("970123", str(960000 + number)))
            answer = client.post("/api/v1/checks", data={"file": (io.BytesIO(content), "t.csv")})
            written.append(answer.get_json()["id"])
            if number % 3 == 0:
                client.delete(f"/api/v1/checks/{written[-2]}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 4:
            assert writer.is_alive()
            stop.wait(0.05)
        archives = [upkeep.back_up(config, tmp_path / f"{number}.zip")[0] for number in range(3)]
    finally:
        stop.set()
        writer.join()
        parts.close()
    for number, file in enumerate(archives):
        target = replace(
            config,
            data=tmp_path / f"restored-{number}",
            database_url=f"sqlite:///{tmp_path / f'restored-{number}' / 'cets.sqlite3'}",
        )
        upkeep.restore(target, file)
        engine = open_engine(target)
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("select id, upload from checks").fetchall()
            orphans = connection.exec_driver_sql(
                "select count(*) from verdict_rows where key not in (select key from checks)"
            ).scalar()
        engine.dispose()
        assert rows
        assert orphans == 0
        assert {row.upload for row in rows} <= {
            path.name for path in (target.data / "uploads").iterdir()
        }


def test_an_upload_that_comes_while_others_are_being_copied_is_copied_too(config, tmp_path):
    use(config, [csv(WRONG)])
    app = create_app(config)
    parts = app.extensions[EXTENSION]

    class Late:
        """A store to which a check is added right after it was asked what is in use."""

        asked = 0

        @property
        def checks(self):
            return self

        def uploads_in_use(self):
            found = parts.store.uploads_in_use()
            self.asked += 1
            if self.asked == 1:
                data = {"file": (io.BytesIO(csv(RIGHT)), "t.csv")}
                assert app.test_client().post("/api/v1/checks", data=data).status_code == 201
            return found

    try:
        saved = backup.back_up(config, Late(), parts.uploads, tmp_path / "backup.zip")
    finally:
        parts.close()
    assert saved.rows["checks"] == saved.uploads == 2
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        late = hashlib.sha256(csv(RIGHT)).hexdigest()
        assert archive.read(f"uploads/{late}") == csv(RIGHT)


def damaged(file, name, change):
    """Copy an archive with one member changed; None removes it."""
    target = file.with_name("damaged.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member.startswith(name):
                content = change(content)
            if content is not None:
                new.writestr(member, content)
    return target


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("tables/checks", lambda content: content.replace(b'"t.csv"', b'"u.csv"'), "changed"),
        ("tables/checks", lambda content: b"", "changed"),
        ("tables/checks", lambda content: None, "unreadable"),
        ("uploads/", lambda content: content + b"\n", "changed"),
        ("uploads/", lambda content: None, "unreadable"),
        ("manifest", lambda content: b"{", "unreadable"),
        ("manifest", lambda content: b"{}", "foreign"),
        ("manifest", lambda content: None, "unreadable"),
        ("manifest", lambda c: c.replace(b'"revision": "', b'"revision": "9'), "later"),
    ],
)
def test_an_archive_that_is_not_what_was_saved_restores_nothing(
    config, tmp_path, name, change, code
):
    use(config, [csv(WRONG)])
    file, _ = upkeep.back_up(config, tmp_path / "backup.zip")
    target = elsewhere(config, tmp_path, None, "sqlite")
    with pytest.raises(BackupError, match=rf"^backup\.{code}:"):
        upkeep.restore(target, damaged(file, name, change))
    assert all(rows == [] for name, rows in contents(target).items() if name != "alembic_version")
    upkeep.restore(target, file)  # and the good one still can be


def test_nothing_is_overwritten(config, tmp_path):
    use(config, [csv(WRONG)])
    file, _ = upkeep.back_up(config, tmp_path / "backup.zip")
    with pytest.raises(BackupError, match=r"^backup\.exists:"):
        upkeep.back_up(config, file)
    with pytest.raises(BackupError, match=r"^backup\.not_empty:"):
        upkeep.restore(config, file)
    dated, _ = upkeep.back_up(config, tmp_path)
    assert dated.parent == tmp_path
    assert oct(dated.stat().st_mode & 0o777) == "0o600"
    with pytest.raises(BackupError, match=r"^backup\.unreadable:"):
        upkeep.restore(elsewhere(config, tmp_path, None, "sqlite"), tmp_path / "none.zip")


def test_a_backup_that_fails_leaves_nothing_behind(config, tmp_path):
    use(config, [csv(WRONG)])
    (upload,) = (config.data / "uploads").iterdir()
    upload.write_bytes(b"damaged")
    with pytest.raises(BackupError, match=r"^backup\.upload_damaged:"):
        upkeep.back_up(config, tmp_path / "a" / "backup.zip")
    upload.unlink()
    with pytest.raises(BackupError, match=r"^backup\.upload_missing:"):
        upkeep.back_up(config, tmp_path / "a" / "backup.zip")
    assert list((tmp_path / "a").iterdir()) == []


def test_an_audit_log_that_does_not_hold_is_not_restored(config, tmp_path):
    use(config, [])
    engine = open_engine(config)
    with writing(engine) as connection:
        for _ in range(3):
            audit.record(connection, actor="a", action="b")
        connection.exec_driver_sql("drop trigger audit_log_delete")
        connection.exec_driver_sql("delete from audit_log where sequence = 2")
    engine.dispose()
    file, _ = upkeep.back_up(config, tmp_path / "backup.zip")
    with pytest.raises(BackupError, match=r"^backup\.broken_log:"):
        upkeep.restore(elsewhere(config, tmp_path, None, "sqlite"), file)


@BOTH_DATABASES
def test_bytes_and_counted_ids_survive_on_postgresql(config, tmp_path, postgresql):
    """Tables of whatever later revisions bring: bytes come back, ids are counted on."""
    upgrade(config)
    engine = open_engine(config)
    counted = "id integer primary key"
    if engine.dialect.name == "postgresql":
        counted = "id integer generated by default as identity primary key"
    kind = "bytea" if engine.dialect.name == "postgresql" else "blob"
    statement = f'create table "Later" ({counted}, content {kind})'
    later = table("Later", column("id"), column("content", LargeBinary))
    with writing(engine) as connection:
        connection.exec_driver_sql(statement)
        for content in (b"\x00\xff", None):
            connection.execute(insert(later).values(content=content))
    file, _ = upkeep.back_up(config, tmp_path / "backup.zip")
    engine.dispose()

    target = elsewhere(config, tmp_path, postgresql, either_kind(config))
    upgrade(target)
    engine = open_engine(target)
    with writing(engine) as connection:
        connection.exec_driver_sql(statement)
    upkeep.restore(target, file)
    with writing(engine) as connection:
        connection.execute(insert(later).values(content=b"new"))
        found = connection.execute(select(later.c.id, later.c.content).order_by("id")).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [(1, b"\x00\xff"), (2, None), (3, b"new")]


def either_kind(config):
    return "postgresql" if config.database_url.startswith("postgresql") else "sqlite"


def test_what_is_over_is_deleted_and_what_is_not_stays(start, wrong_table, right_table):
    """The retention rule, by the clock: a check and its upload live for CETS_KEEP seconds."""
    service = start(keep=600)
    old = service.upload(wrong_table).get_json()["id"]
    service.clock.now += 599
    young = service.upload(right_table).get_json()["id"]
    assert upkeep.tidy(service.config, service.clock) == (0, 0)
    service.clock.now += 1
    assert upkeep.tidy(service.config, service.clock) == (1, 1)
    assert service.client.get(f"/api/v1/checks/{old}").status_code == 404
    assert service.client.get(f"/api/v1/checks/{young}").status_code == 200
    service.clock.now += 599
    assert upkeep.tidy(service.config, service.clock) == (1, 1)
    assert service.stored() == []
    assert "10 分钟" in service.client.get("/zh/").get_data(as_text=True)
    assert service.client.get("/api/v1/openapi.json").get_json()["x-kept-seconds"] == 600
