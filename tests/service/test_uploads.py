"""Uploads as streams: limits, breaks, and many at once."""

from __future__ import annotations

import hashlib
import io
import tempfile
import threading
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from cets_service import uploads as uploads_module
from cets_service.uploads import Uploads, UploadTooLargeError

MEGABYTE = 1024 * 1024


class Stream(io.RawIOBase):
    """A form whose file is ``size`` bytes long, made while it is read; breaks off at ``breaks``."""

    HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n'
    TAIL = b"\r\n--x--\r\n"

    def __init__(self, size: int, breaks: int | None = None) -> None:
        self.length = len(self.HEAD) + size + len(self.TAIL)
        self.position = 0
        self._size = size
        self._breaks = breaks

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.position = self.length if whence == io.SEEK_END else offset
        return self.position

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self.length - self.position)
        if self._breaks is not None and self.position + wanted > self._breaks:
            wanted = self._breaks - self.position
        data = bytes(self._byte_range(self.position, wanted))
        buffer[:wanted] = data
        self.position += wanted
        return wanted

    def _byte_range(self, start: int, count: int) -> bytes:
        head, end = len(self.HEAD), len(self.HEAD) + self._size
        out = self.HEAD[start : start + count]
        middle = max(0, min(start + count, end) - max(start, head))
        out += b"1" * middle
        if start + count > end:
            out += self.TAIL[max(0, start - end) : start + count - end]
        return out


def post(service: Any, stream: Stream, *, chunked: bool = False) -> Any:
    environ: dict[str, Any] = {"wsgi.input_terminated": True} if chunked else {}
    return service.client.post(
        "/api/v1/checks",
        input_stream=stream,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "" if chunked else str(stream.length), **environ},
    )


@pytest.mark.parametrize("chunked", [False, True])
def test_a_101_mb_file_is_refused_and_never_held_in_memory(start, is_problem, chunked):
    service = start(max_upload=100 * MEGABYTE)
    stream = Stream(101 * MEGABYTE)
    tracemalloc.start()
    try:
        response = post(service, stream, chunked=chunked)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "100 MB" in is_problem(response, 413, "UPLOAD_TOO_LARGE")["detail"]
    assert peak < 8 * MEGABYTE
    assert service.stored() == []
    assert stream.position == stream.length, "the rest is read, so that the client sees the answer"


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(service, is_problem):
    limit = service.config.max_upload
    is_problem(post(service, Stream(limit)), 422, "NOT_A_TABLE")
    is_problem(post(service, Stream(limit + 1)), 413, "UPLOAD_TOO_LARGE")


def test_a_body_beyond_all_files_is_refused_before_it_is_read(service, is_problem):
    stream = Stream(10**12)
    post_length = stream.length
    is_problem(post(service, stream), 413, "TOO_LARGE")
    assert stream.position < post_length / 1000
    assert service.stored() == []


def test_an_upload_that_breaks_off_leaves_nothing_behind(service, is_problem):
    is_problem(post(service, Stream(MEGABYTE, breaks=MEGABYTE // 2)), 400, "BROKEN_OFF")
    assert service.stored() == []
    is_problem(post(service, Stream(MEGABYTE, breaks=MEGABYTE // 2), chunked=True), 400)
    assert service.stored() == []


def test_a_json_body_has_its_own_limit(service, is_problem):
    body = b'{"rows": [' + b" " * (9 * MEGABYTE) + b"]}"
    for address in ("checks", "compute/allocation"):
        response = service.client.post(
            f"/api/v1/{address}", data=body, content_type="application/json"
        )
        assert "8 MB" in is_problem(response, 413, "TOO_LARGE")["detail"]


def test_uploads_at_the_same_time_do_not_mix(service, right_table, wrong_table):
    found: dict[int, str] = {}

    def upload(number: int) -> None:
        form = {"file": (io.BytesIO((right_table, wrong_table)[number % 2]), f"{number}.csv")}
        response = service.app.test_client().post("/api/v1/checks", data=form)
        found[number] = response.get_json()["verdict"] + response.get_json()["name"]

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {
        number: ("conforms", "does_not_conform")[number % 2] + f"{number}.csv"
        for number in range(8)
    }


def test_what_is_in_use_survives_a_sweep_and_the_rest_does_not(tmp_path, monkeypatch):
    uploads = Uploads(tmp_path, 100)
    hashes = []
    for content in (b"a", b"b"):
        incoming = uploads.receive()
        incoming.write(content)
        with uploads.held():
            hashes.append(uploads.keep(incoming))
    young = uploads.receive()
    assert young.path.exists()
    assert uploads.sweep(lambda: {hashes[0]}) == 1
    assert uploads.names() == [hashes[0]]
    with uploads.local(hashes[0]) as file:
        assert file.read_bytes() == b"a"
    assert young.path.exists()
    monkeypatch.setattr(uploads_module, "_STALE", -1)
    assert uploads.sweep(lambda: {hashes[0]}) == 1
    young.discard()


def keep(uploads: Uploads, content: bytes) -> str:
    incoming = uploads.receive()
    incoming.write(content)
    return uploads.keep(incoming)


def test_uploads_are_kept_while_a_sweep_looks_for_what_is_unused(tmp_path):
    """Also one that nothing referred to, and that was about to go."""
    uploads = Uploads(tmp_path, 100)
    with uploads.held():
        old = [keep(uploads, content) for content in (b"a", b"b")]
    new: list[str] = []

    def in_use() -> set[str]:
        found = set(new)  # as a database is read: before what is written meanwhile
        with uploads.held():
            new.append(keep(uploads, b"a" if new else b"c"))
        return found

    sweeping = threading.Thread(target=uploads.sweep, args=(in_use,), daemon=True)
    sweeping.start()
    sweeping.join(10)
    assert not sweeping.is_alive(), "who keeps an upload waits for the sweep"
    assert len(new) == 2
    assert new[1] == old[0]
    assert uploads.names() == sorted(new)


def test_an_upload_survives_whose_check_is_being_written_as_a_sweep_begins(tmp_path):
    uploads = Uploads(tmp_path, 100)
    referred: set[str] = set()
    asked = threading.Event()

    def in_use() -> set[str]:
        found = set(referred)
        asked.set()
        return found

    with uploads.held():
        kept = keep(uploads, b"a")
        sweeping = threading.Thread(target=uploads.sweep, args=(in_use,), daemon=True)
        sweeping.start()
        assert asked.wait(10)
        time.sleep(0.1)
        referred.add(kept)
    sweeping.join(10)
    assert uploads.names() == [kept]


def test_a_sweep_removes_more_than_it_takes_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads_module, "_BATCH", 3)
    uploads = Uploads(tmp_path, 100)
    with uploads.held():
        hashes = [keep(uploads, bytes([number])) for number in range(8)]
    assert uploads.sweep(lambda: {hashes[4]}) == 7
    assert uploads.names() == [hashes[4]]


def test_an_upload_is_found_by_its_hash_and_by_nothing_else(tmp_path):
    uploads = Uploads(tmp_path, 3)
    for name in ("../x", "A" * 64, "a" * 63, "", "/" * 64):
        with pytest.raises(ValueError, match="SHA-256"), uploads.local(name):
            pass
    incoming = uploads.receive()
    with pytest.raises(UploadTooLargeError):
        incoming.write(b"abcd")
    assert list((tmp_path / "arriving").iterdir()) == []


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_an_upload_is_the_same_whether_it_arrives_in_memory_or_on_disk(tmp_path, size):
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    uploads = Uploads(tmp_path, size)
    incoming = uploads.receive()
    for first in range(0, size, 40_000):
        incoming.write(content[first : first + 40_000])
    assert len(list((tmp_path / "arriving").iterdir())) == (size > 65_536)
    incoming.seek(0)
    assert incoming.read() == content
    with uploads.held():
        sha256 = uploads.keep(incoming)
    incoming.discard()
    assert sha256 == hashlib.sha256(content).hexdigest()
    with uploads.local(sha256) as file:
        assert file.read_bytes() == content
    assert list((tmp_path / "arriving").iterdir()) == []


def test_uploads_are_kept_wherever_fsspec_can_write_and_read_back_from_there(tmp_path):
    place = f"memory://{tmp_path.name}/uploads"
    uploads = Uploads(tmp_path, 100, place)
    incoming = uploads.receive()
    incoming.write(b"abc")
    with uploads.held():
        sha256 = uploads.keep(incoming)
    assert uploads.names() == [sha256]
    assert list((tmp_path / "arriving").iterdir()) == []
    with uploads.local(sha256) as file:
        assert file.read_bytes() == b"abc"
    assert list((tmp_path / "arriving").iterdir()) == []
    with pytest.raises(FileNotFoundError), uploads.local("0" * 64):
        pass
    assert uploads_module.Uploads(tmp_path, 100, place).names() == [sha256], "not of one object"


def test_a_place_that_others_use_is_swept_only_of_what_is_not_fresh(tmp_path, monkeypatch):
    """Another machine may be about to write the check that refers to it; no lock reaches there."""
    for place in (f"memory://{tmp_path.name}/shared", str(tmp_path / "shared")):
        uploads = Uploads(tmp_path / "var", 100, place)
        incoming = uploads.receive()
        incoming.write(b"abc")
        with uploads.held():
            uploads.keep(incoming)
        assert uploads.sweep(set) == 0
        with monkeypatch.context() as later:
            later.setattr(uploads_module, "_FRESH", -1)
            assert uploads.sweep(set) == 1
        assert uploads.names() == []


def test_a_check_of_an_upload_that_is_kept_elsewhere_gives_the_same(start, wrong_table, tmp_path):
    here = start(inline=0).upload(wrong_table).get_json()
    service = start(inline=0, uploads=f"memory://{tmp_path.name}", data=tmp_path / "other")
    there = service.upload(wrong_table + b"\n").get_json()
    assert there["report"]["findings"] == here["report"]["findings"]
    assert service.parts.uploads.names() == [there["report"]["source"]["sha256"]]
    marked = service.client.get(f"/api/v1/checks/{there['id']}/report.xlsx")
    assert marked.data.startswith(b"PK")
    service.client.delete(f"/api/v1/checks/{there['id']}")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_two_keep_the_same_upload_at_once_on_another_file_system(tmp_path, monkeypatch):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        uploads = Uploads(tmp_path, 100, elsewhere)
        one, other = uploads.receive(), uploads.receive()
        for incoming in (one, other):
            incoming.write(b"abc")
        assert one.path.stat().st_dev != Path(elsewhere).stat().st_dev
        copy = uploads._system.put_file

        def keep_the_other_meanwhile(source: str, target: str) -> None:
            copy(source, target)
            if source == str(one.path):
                uploads.keep(other)

        monkeypatch.setattr(uploads._system, "put_file", keep_the_other_meanwhile)
        with uploads.held():
            sha256 = uploads.keep(one)
        assert uploads.names() == [sha256]
        with uploads.local(sha256) as file:
            assert file.read_bytes() == b"abc"
    assert list((tmp_path / "arriving").iterdir()) == []
