"""Finds the Chromium that tests and bench drive; as a command, prints its path or exits with 1."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ADVICE = (
    "No Chromium was found, and the browser tests need one. Install Chromium or Google Chrome "
    "(Debian: sudo apt-get install chromium), or set CADENCIA_CHROMIUM to the path of one."
)
# Headless and quiet: no first-run pages, no calls home, sound without a first gesture.
LAUNCH_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


def playwright_browser() -> str:
    """Path of the Chromium that `playwright install chromium` fetched, or nothing."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return ""
    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if Path(path).exists() else ""


def find_browser() -> str:
    """Path of a Chromium: $CADENCIA_CHROMIUM, then the system's, then Playwright's own; empty where there is none."""
    chosen = os.environ.get("CADENCIA_CHROMIUM", "")
    if chosen:
        return chosen if Path(chosen).exists() else ""
    for name in BROWSER_NAMES:
        if path := shutil.which(name):
            return path
    return playwright_browser()


if __name__ == "__main__":
    browser = find_browser()
    print(browser or ADVICE)
    sys.exit(0 if browser else 1)
