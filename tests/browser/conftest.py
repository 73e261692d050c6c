"""A real Chromium against the real service on a port of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from cets_conformance.tables.writing import write_sample
from cets_service.app import create_app
from cets_service.config import Config
from cets_service.database import upgrade
from cets_service.services import EXTENSION
from cets_service.worker import Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip where there is no Chromium, and say so; where it is required, fail instead."""
    here = Path(__file__).parent
    absent = CHROMIUM is None and not os.environ.get("CETS_BROWSER_REQUIRED")
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if absent:
                reason = "no Chromium on the path: apt-get install chromium fonts-noto-cjk"
                item.add_marker(pytest.mark.skip(reason=reason))


Serve = Callable[..., str]


def _whole(app: Any) -> WSGIApplication:
    """Give answers whole: werkzeug's server leaves a file open where the browser has gone."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        with closing(app(environ, start_response)) as parts:
            return [b"".join(parts)]

    return answer


@contextmanager
def serving(**settings: str) -> Iterator[str]:
    """Run the service with a worker; gives its address, which it knows as its public one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    config = Config.from_environment({"CETS_PUBLIC_URL": address, **settings})
    upgrade(config)
    app = create_app(config)
    services = app.extensions[EXTENSION]
    worker = Worker(services)
    worker.start()
    server = make_server("127.0.0.1", port, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    thread.join(10)
    worker.stop()
    services.close()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Start the service with settings; gives its address."""
    with ExitStack() as running:

        def start(**settings: str) -> str:
            folder = str(tmp_path_factory.mktemp("service"))
            return running.enter_context(serving(**{"CETS_DATA": folder, **settings}))

        yield start


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("table") / "核定表.xlsx"
    write_sample(target, year=2025, seed=3, mistake="M-10", rate="0.01")
    return target


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which every error of script or policy fails the test."""
    context = browser.new_context(locale="zh-CN")
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield opened
    context.close()
    assert errors == []
