"""What all pages share, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

FRAME = 'getComputedStyle(document.querySelector("[data-testid=stMain]"), "::before").boxShadow'
RING = (
    "(() => { const style = getComputedStyle(document.activeElement); return style.boxShadow + style.outlineStyle; })()"
)


def test_a_key_after_a_click_on_empty_ground_frames_no_page(page: Page, address: str) -> None:
    """Streamlit gives its main container the focus then, and a ring with the first key; buttons keep theirs."""
    page.goto(f"{address}/compose")
    expect(page.locator("[data-id=play]").first).to_be_visible()
    page.mouse.click(5, 500)
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.testid") == "stMain"
    assert page.evaluate(FRAME) == "none"
    page.get_by_role("button", name="Replace all").focus()
    page.keyboard.press("Shift")
    assert page.evaluate(RING) != "nonenone"
