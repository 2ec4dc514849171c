"""In a real Chromium on the running app: from the press of a pad to its sound, its card and the next suggestions."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from scripts.bench.timing import Row
from scripts.browser import ADVICE, LAUNCH_OPTIONS, find_browser
from scripts.run import command, first_free_port

ROOT = Path(__file__).resolve().parents[2]
PRESSES = 12
START_SECONDS = 60
# Presses the first pad and gives milliseconds until the output is not silent, the card is there, the pads have changed.
PRESS = """async () => {
    const root = [...document.querySelectorAll('*')].find((node) => node.shadowRoot?.querySelector('.pad')).shadowRoot;
    const cards = () => root.querySelectorAll('.card:not(.example)').length;
    const pads = () => root.querySelector('.pads').textContent;
    const goals = { sound: () => window.cadencia.measure().level > 0.0005 };
    const before = [cards(), pads()];
    goals.card = () => cards() > before[0];
    goals.pads = () => cards() > before[0] && pads() !== before[1];
    const reached = {};
    const start = performance.now();
    root.querySelector('.pad').click();
    while (Object.keys(reached).length < 3 && performance.now() - start < 5000) {
        for (const goal in goals) if (!(goal in reached) && goals[goal]()) reached[goal] = performance.now() - start;
        await new Promise((done) => setTimeout(done, 0));
    }
    return reached;
}"""


def rows() -> Iterator[Row]:
    path = find_browser()
    if not path:
        print(f"browser: {ADVICE}")
        return
    with running_app() as address:
        presses = list(measured(path, f"{address}/compose"))
    for goal, what in (("sound", "sound"), ("card", "its card"), ("pads", "the next suggestions")):
        yield Row(f"press to {what}, in the browser", median(press[goal] for press in presses) / 1000)


@contextmanager
def running_app() -> Iterator[str]:
    """The app on a free port, started as `make run` starts it."""
    port = first_free_port(8700)
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command(port), cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("browser: the app did not start")


def measured(browser: str, url: str) -> Iterator[dict[str, float]]:
    """Milliseconds of each press, the first one left out: it loads the model."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=list(LAUNCH_OPTIONS))
        page = chromium.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(url)
        page.locator(".pad").first.wait_for()
        page.evaluate("window.cadencia.ready")
        for press in range(PRESSES + 1):
            page.wait_for_timeout(2_500)  # until the last chord has died away
            times = page.evaluate(PRESS)
            if press:
                yield times
        chromium.close()
