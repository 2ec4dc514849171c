"""The studio in a real browser: what is worked on stays in sight, keys stay free, a finger asks, no press is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_compose import cards, expect_chords, open_compose, pads, scrolled

LONG = "C_Am_F_G7_C_E7_Am_D7_G7_C_F_C"
SONG = tuple(LONG.split("_"))


def test_a_chord_inserted_in_a_long_song_is_seen_and_nothing_scrolls_away(page: Page, address: str) -> None:
    open_compose(page, address, f"?c={LONG}")
    cards(page).nth(1).scroll_into_view_if_needed()
    cards(page).nth(1).click()
    page.locator("[data-id=insert]").click()
    expect(page.locator("[data-id=insert]")).to_have_attribute("aria-pressed", "true")
    new = str(pads(page).nth(2).get_attribute("data-chord"))
    pads(page).nth(2).click()
    expect_chords(page, SONG[0], new, *SONG[1:])
    assert scrolled(page)[0] == 0
    expect(page.locator(".card.new")).to_have_attribute("data-id", "card-1")
    page.keyboard.press("Control+z")
    expect_chords(page, *SONG)
    assert scrolled(page)[0] == 0


def test_what_is_walked_to_and_what_sounds_is_in_sight(page: Page, address: str) -> None:
    open_compose(page, address, f"?c={LONG}&t=240")
    page.locator(".cards").evaluate("node => { node.scrollTop = node.scrollHeight; }")
    for _ in range(len(SONG)):
        page.keyboard.press("ArrowLeft")
    expect(cards(page).first).to_have_attribute("aria-pressed", "true")
    expect(cards(page).first).to_be_in_viewport(ratio=1)
    page.keyboard.press(" ")
    sounding = page.locator(".card.sounds[data-id=card-9]")
    expect(sounding).to_be_visible()
    expect(sounding).to_be_in_viewport(ratio=1)


def test_the_space_bar_plays_after_a_pad_was_pressed(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_Am")
    pads(page).first.click()
    expect(cards(page)).to_have_count(3)
    page.keyboard.press(" ")
    expect(page.locator(".card.sounds")).to_have_count(1)
    expect(cards(page)).to_have_count(3)


def test_a_finger_that_stays_down_asks_why_and_chooses_nothing(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_compose(page, address, "?c=C_Am_F_G7")
    reason = str(pads(page).nth(4).get_attribute("title"))
    expect(page.locator(".why")).not_to_contain_text(reason)
    touch = {"pointerType": "touch", "button": 0, "bubbles": True}
    pads(page).nth(4).dispatch_event("pointerdown", touch)
    expect(page.locator(".why")).to_contain_text(reason)
    pads(page).nth(4).dispatch_event("click")
    page.wait_for_timeout(600)
    expect(cards(page)).to_have_count(4)
    pads(page).nth(4).tap()
    expect(cards(page)).to_have_count(5)
    context.close()


def test_all_further_chords_can_be_reached_on_a_phone(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_compose(page, address, "?c=C_Am_F_G7")
    last = page.locator(".chip").last
    expect(last).not_to_be_in_viewport(ratio=0.95)
    page.locator(".chips").evaluate("node => { node.scrollLeft = node.scrollWidth; }")
    expect(last).to_be_in_viewport(ratio=0.95)
    context.close()


def test_a_message_that_is_lost_on_its_way_is_sent_again(page: Page, address: str) -> None:
    """As when the line breaks for a moment: what was pressed then is there in the end, once."""
    open_compose(page, address, "?c=C")
    page.wait_for_timeout(500)
    page.evaluate(
        """() => {
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) { window.swallowed = (window.swallowed || 0) + 1; };
            setTimeout(() => { WebSocket.prototype.send = send; }, 900);
        }"""
    )
    page.keyboard.press("1")
    page.keyboard.press("1")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.swallowed") >= 1
    expect(page).to_have_url(re.compile("c=[^_&]+(_[^_&]+){2}(&|$)"))
    page.wait_for_timeout(2500)
    expect(page).to_have_url(re.compile("c=[^_&]+(_[^_&]+){2}(&|$)"))


def test_a_bar_that_begins_while_a_chord_sounds_is_drawn_in_it(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_Am*2_F_G*6_C*2")
    expect(page.locator(".barnumber")).to_have_text(["1", "2", "5"])
    expect(page.locator(".barline")).to_have_text(["3", "4"])
    lines = page.locator(".barline").evaluate_all("nodes => nodes.map((node) => parseFloat(node.style.left))")
    assert [round(place, 1) for place in lines] == [50.0, 33.3]


@pytest.mark.parametrize("width", [390, 1440])
def test_long_names_fit_into_short_chords(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_compose(page, address, "?k=Gm&n=latin&c=Gm*1_Gbmaj7%2311*1_Eb13sus*1_Bbmadd9*1_C7*2_Dbm6%2FFb*2_D7")
    expect(cards(page)).to_have_count(7)
    names = cards(page).locator(".name")
    assert names.evaluate_all("nodes => nodes.filter((name) => name.scrollWidth > name.clientWidth)") == []
    bottom = "nodes => nodes.map((node) => node.getBoundingClientRect().bottom)"
    badges, ends = cards(page).locator(".badge").evaluate_all(bottom), cards(page).evaluate_all(bottom)
    assert min(end - badge for badge, end in zip(badges, ends, strict=True)) > 0


def test_back_leads_to_the_page_before_whatever_was_done(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Start in C major").click()
    expect(pads(page).first).to_be_visible()
    for count in (1, 2, 3):
        pads(page).first.click()
        expect(cards(page)).to_have_count(count)
    page.wait_for_url(lambda url: url.count("_") == 2)
    page.go_back()
    expect(page.get_by_role("heading", name="Find the next chord")).to_be_visible()
    page.go_forward()
    expect(cards(page)).to_have_count(3)
