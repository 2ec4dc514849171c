"""Pop-ups of files, links and wishes open where there is room: all that is in them can be seen or scrolled to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

SIZES = {"phone": (390, 844), "small phone": (390, 667), "laptop": (1280, 900), "desktop": (1440, 1000)}
PAGES = {
    "compose?c=Am_F_C_G7": ("Download", "Link", "Continue"),
    "tunes": ("Download", "Link"),
    "notes": ("Download", "Link"),
}
LOWEST = 200  # pixels: what scrolls is at least so high
LAST = {"Download": "MP3", "Link": "http", "Continue": "Draw unlocked chords again"}


def opened(page: Page, label: str) -> Locator:
    """The pop-up of that name, opened as a visitor does who has scrolled down to it."""
    page.mouse.wheel(0, 4000)
    button = page.locator("[data-testid=stPopoverButton]:visible").filter(has_text=label).last
    button.scroll_into_view_if_needed()
    button.click()
    body = page.get_by_test_id("stPopoverBody")
    expect(body.get_by_text(LAST[label]).first).to_be_attached()
    page.wait_for_timeout(400)  # it has found its place
    return body


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("where", PAGES)
def test_all_of_a_popup_is_in_reach(chromium: Browser, address: str, where: str, size: str) -> None:
    width, height = SIZES[size]
    touches = width < 500
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="en-US", is_mobile=touches, has_touch=touches
    )
    page = context.new_page()
    page.goto(f"{address}/{where}")
    expect(page.locator("[data-testid=stPopoverButton]").filter(has_text="Link")).to_be_visible()
    page.wait_for_timeout(1500)  # what is above has its height
    for label in PAGES[where]:
        body = opened(page, label)
        box = body.bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
        whole = body.evaluate("(node) => node.scrollHeight <= node.clientHeight + 1")
        assert whole or box["height"] >= LOWEST, f"{label} shows {box['height']} pixels"
        page.keyboard.press("Escape")
        expect(body).to_have_count(0)
    context.close()
