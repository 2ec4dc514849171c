"""A running app and a real Chromium, one of each for all browser tests."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scripts.browser import ADVICE, LAUNCH_OPTIONS, find_browser
from scripts.run import PORTS_TO_TRY, command, first_free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
PATIENCE = 20_000  # milliseconds; the first page imports torch, and a loaded machine is slow
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an app of our own, started as `make run` starts it."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))  # each has ports of its own
    port = first_free_port(8700 + PORTS_TO_TRY * process)
    log = tmp_path_factory.mktemp("app") / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(command(port), cwd=ROOT, stdout=out, stderr=out, env=os.environ | {"CI": "true"})
        try:
            _wait(f"http://localhost:{port}/_stcore/health", server, log)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"The app did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file, closed after it: its driver leaves an event loop running, which other tests must not meet."""
    path = find_browser()
    assert path, ADVICE
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(LAUNCH_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh visitor on a desktop, English, with clipboard and downloads."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, locale="en-US", accept_downloads=True)
    visitor = context.new_page()
    visitor.set_default_timeout(PATIENCE)
    visitor.on("pageerror", lambda error: pytest.fail(f"An error in the browser: {error}"))
    yield visitor
    context.close()
