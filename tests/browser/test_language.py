"""The language changes in the middle of the work, there and back, and nothing breaks or is lost."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect


def entries(page: Page) -> dict[str, list[str]]:
    return {name: value for name, value in parse_qs(urlparse(page.url).query).items() if name != "lang"}


@pytest.mark.parametrize(
    ("link", "opens"),
    [
        ("compose?c=C_Am_F_G&v=sevenths&y=jazz", "More"),
        ("compose?c=C_Am_F_G", "Continue"),
        ("notes?notes.seed=5", "More"),
        ("tunes", "More"),
        ("exercises", "More"),
        ("classroom?class.open=contest", "More"),
        ("", ""),
    ],
)
def test_there_and_back_again(page: Page, address: str, link: str, opens: str) -> None:
    """What was opened before has told the browser its names, which come back when the language has changed."""
    page.goto(f"{address}/{link}")
    languages = page.locator(".st-key-widget_language")
    expect(languages.get_by_text("ES")).to_be_visible()
    if opens:
        page.get_by_role("button", name=opens).last.click()
        expect(page.locator("[data-testid=stPopoverBody]")).to_be_visible()
        page.keyboard.press("Escape")
    before = entries(page)
    for language, word in (("ES", "Componer"), ("EN", "Compose"), ("ES", "Componer"), ("EN", "Compose")):
        languages.get_by_text(language).click()
        expect(page.get_by_role("link", name=word, exact=True).first).to_be_visible()
        expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
    page.reload()
    expect(languages.get_by_text("ES")).to_be_visible()
    assert entries(page) == before
