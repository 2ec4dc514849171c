"""Several chords at once in a real browser: with the mouse, keys and a finger; copied here, elsewhere, and back."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_compose import cards, expect_chords, open_compose

SONG = ("C", "Am", "F", "G7")
LINK = "?c=C_Am*2_F*2_G7&t=240"


def selected(page: Page) -> Locator:
    return page.locator(".card.selected")


def select(page: Page, first: int, last: int) -> None:
    cards(page).nth(first).click()
    expect(selected(page)).to_have_count(1)
    cards(page).nth(last).click(modifiers=["Shift"])
    expect(selected(page)).to_have_count(last - first + 1)


def test_a_passage_is_doubled_undone_and_removed(page: Page, address: str) -> None:
    open_compose(page, address, LINK)
    select(page, 1, 2)
    page.locator("[data-id=double]").click()
    expect_chords(page, "C", "Am", "F", "Am", "F", "G7")
    expect(selected(page)).to_have_count(2)
    expect(cards(page).nth(4)).to_have_attribute("aria-pressed", "true")
    page.locator("[data-id=double]").click()
    expect_chords(page, "C", "Am", "F", "Am", "F", "Am", "F", "G7")
    page.keyboard.press("Control+z")
    expect_chords(page, "C", "Am", "F", "Am", "F", "G7")
    select(page, 0, 4)
    page.keyboard.press("Delete")
    expect_chords(page, "G7")


def test_keys_select_and_only_what_is_selected_plays_round_and_round(page: Page, address: str) -> None:
    open_compose(page, address, LINK)
    cards(page).nth(0).click()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowRight")
    expect(selected(page)).to_have_count(3)
    page.keyboard.press("Shift+ArrowLeft")
    expect(selected(page)).to_have_count(2)
    page.locator("[data-id=loop]").click()
    page.keyboard.press(" ")
    lit = set()
    for _ in range(40):  # three times round
        lit |= set(page.locator(".card.sounds").evaluate_all("cards => cards.map((card) => card.dataset.id)"))
        page.wait_for_timeout(100)
    assert lit == {"card-0", "card-1"}
    page.keyboard.press("Control+a")
    expect(selected(page)).to_have_count(4)
    page.keyboard.press("Escape")
    expect(selected(page)).to_have_count(0)


def test_chords_are_cut_and_pasted_with_their_lengths(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_compose(page, address, LINK)
    select(page, 1, 2)
    page.keyboard.press("Control+x")
    expect_chords(page, "C", "G7")
    assert page.evaluate("navigator.clipboard.readText()") == "Am F"
    page.keyboard.press("Escape")
    expect(selected(page)).to_have_count(0)
    page.keyboard.press("Control+v")
    expect_chords(page, "C", "G7", "Am", "F")
    page.wait_for_url("**c=C_G7_Am*2_F*2**")
    cards(page).nth(0).click()
    expect(selected(page)).to_have_count(1)
    page.locator("[data-id=insert]").click()
    page.locator("[data-id=paste]").click()
    expect_chords(page, "Am", "F", "C", "G7", "Am", "F")


def test_text_from_elsewhere_is_pasted_but_not_where_somebody_types(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_compose(page, address, "?c=C")
    page.evaluate("navigator.clipboard.writeText('| Dm7 G7 | Cmaj7 |')")
    page.keyboard.press("Control+v")
    expect_chords(page, "C", "Dm7", "G7", "Cmaj7")
    field = page.get_by_label("Type or paste chords")
    field.click()
    page.keyboard.press("Control+v")
    expect(field).to_have_value("| Dm7 G7 | Cmaj7 |")
    expect(cards(page)).to_have_count(4)


def test_a_finger_that_stays_down_on_a_card_selects_up_to_it(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_compose(page, address, LINK)
    cards(page).nth(1).tap()
    expect(selected(page)).to_have_count(1)
    row = page.locator(".tools").bounding_box()
    touch = {"pointerType": "touch", "button": 0, "bubbles": True}
    cards(page).nth(3).dispatch_event("pointerdown", touch)
    expect(selected(page)).to_have_count(3)
    cards(page).nth(3).dispatch_event("pointerup", touch)
    cards(page).nth(3).dispatch_event("click")
    page.locator("[data-id=copy]").tap()
    assert page.locator(".tools").bounding_box() == row  # one row, whatever is selected
    page.locator("[data-id=done]").tap()
    expect(selected(page)).to_have_count(0)
    page.locator("[data-id=paste]").tap()
    expect_chords(page, *SONG, *SONG[1:])
    context.close()


def test_a_typed_chord_takes_the_place_of_the_selected_one_and_nothing_moves(page: Page, address: str) -> None:
    open_compose(page, address, LINK)
    beside = page.get_by_role("button", name="Replace all")
    before = beside.bounding_box()
    cards(page).nth(1).click()
    page.get_by_label("Type or paste chords").fill("Em7")
    page.get_by_role("button", name="Put here").click()
    expect_chords(page, "C", "Em7", "F", "G7")
    page.wait_for_url("**c=C_Em7*2_F*2_G7**")
    assert beside.bounding_box() == before
