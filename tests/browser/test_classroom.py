"""The classroom in a real browser: stepping, taking numbers apart, playing, live curves, mistakes, a phone."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from engine.classroom import Lesson
from pages.parts.kept import classroom as room

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
LEARNT = 90_000  # milliseconds; a small comparison takes seconds, on a busy machine many


def open_lesson(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/classroom{query}")
    expect(page.locator(".unrolled .title")).not_to_be_empty()


def title(page: Page) -> Locator:
    return page.locator(".unrolled .title")


def press(page: Page, name: str) -> None:
    page.locator(f".unrolled .tool[data-id='{name}']").click()


def cell(page: Page, name: str, row: int, column: int) -> Locator:
    return page.locator(f".unrolled .cell[data-name='{name}'][data-row='{row}'][data-column='{column}']").first


# --- step by step ---------------------------------------------------------------------------------------------------


def test_one_letter_at_a_time_forwards_then_backwards_then_the_weights_move(page: Page, address: str) -> None:
    open_lesson(page, address)
    for letter in "abc":
        expect(title(page)).to_have_text(f"Forwards: “{letter}” is read")
        press(page, "next")
    for letter in "cba":
        expect(title(page)).to_contain_text(f"at “{letter}”")
        press(page, "next")
    expect(title(page)).to_have_text("The weights move a little down the slope")
    press(page, "next")
    expect(page.get_by_text("window 2 of 23")).to_be_visible()
    expect(title(page)).to_have_text("Forwards: “b” is read")


def test_a_number_is_taken_apart_into_those_that_made_it(page: Page, address: str) -> None:
    """The browser's terms are the engine's, and the numbers that made it are framed where they stand."""
    open_lesson(page, address, "?class.step=1")
    told = room.story(Lesson(), 0, 0)
    cell(page, "a2", 2, 0).hover()
    made = page.locator(".unrolled .made")
    expect(made).to_contain_text(f"{told.quantities['a2'].values[2, 0]:.4f}".replace("-", "−"))
    for term in told.terms("a2", 2):
        if term.product and term.right:
            expect(made).to_contain_text(f"{term.left} · {term.right}")
    expect(cell(page, "U", 2, 1)).to_have_class(re.compile("maker"))
    expect(cell(page, "W", 2, 3)).to_have_class(re.compile("maker"))
    expect(page.locator(".unrolled .maker")).to_have_count(6)  # one of U, four of W, the one of x; h₁ is a step back


def test_the_browser_takes_every_number_apart_as_the_engine_does(page: Page, address: str) -> None:
    told = room.story(Lesson(window=2, hidden=2, text="abcab"), 1, 0)
    data = {
        "letters": told.alphabet,
        "scale": told.scale,
        "quantities": {
            name: {
                "sign": q.sign,
                "axes": q.axes,
                "values": q.values.tolist(),
                "rule": q.rule,
                "parts": [(part.left, part.right, part.left_turned, part.right_turned) for part in q.parts],
            }
            for name, q in told.quantities.items()
        },
    }
    page.goto(f"{address}/classroom")
    found = page.evaluate(
        """async (data) => {
            const { entry } = await import(new URL("app/static/classroom/terms.js", document.baseURI).href);
            const found = {};
            for (const [name, { values }] of Object.entries(data.quantities))
                values.forEach((cells, row) => cells.forEach((_, column) => {
                    const { terms } = entry(data, name, row, column);
                    const told = terms.map((one) => [one.factors.map((each) => each.sign), one.value]);
                    found[`${name} ${row} ${column}`] = told;
                }));
            return found;
        }""",
        data,
    )
    for name, quantity in told.quantities.items():
        for row, column in np.ndindex(*quantity.values.shape):
            terms = told.terms(name, row, column)
            theirs = found[f"{name} {row} {column}"]
            assert [signs for signs, _ in theirs] == [[t.left, t.right] if t.right else [t.left] for t in terms]
            assert [value for _, value in theirs] == pytest.approx([term.product for term in terms])


def test_a_step_is_drawn_within_the_press_itself(page: Page, address: str) -> None:
    """Not a race against the clock: the next step stands before Python could have been asked."""
    open_lesson(page, address)
    after = page.evaluate(
        """() => {
            const holds = (node) => node.shadowRoot?.querySelector('.unrolled');
            const host = [...document.querySelectorAll('*')].find(holds);
            const root = (host ? host.shadowRoot : document).querySelector('.unrolled');
            root.querySelector('.tool[data-id=next]').click();
            return root.querySelector('.title').textContent;
        }"""
    )
    assert after == "Forwards: “b” is read"


def test_it_plays_pauses_and_a_refresh_leads_back(page: Page, address: str) -> None:
    open_lesson(page, address)
    press(page, "play")
    expect(title(page)).to_contain_text("“c”")
    press(page, "play")
    expect(page.locator(".unrolled .tool[data-id='play']")).to_have_text("Run through")
    here = title(page).text_content()
    step = page.locator(".unrolled .frame").evaluate_all("all => all.findIndex((one) => one.ariaCurrent === 'true')")
    expect(page).to_have_url(re.compile(rf"class\.step={step}\b"))
    page.reload()
    expect(title(page)).to_have_text(str(here))


@pytest.mark.parametrize("dark", [False, True])
def test_the_button_under_the_pointer_can_be_read(page: Page, address: str, dark: bool) -> None:
    page.emulate_media(color_scheme="dark" if dark else "light")
    open_lesson(page, address)
    button = page.locator(".unrolled .tool[data-id='play']")
    button.hover()
    expect(page.locator(".unrolled.dark")).to_have_count(int(dark))
    ink, ground = (
        _brightness(button.evaluate("(node, name) => getComputedStyle(node)[name]", name))
        for name in ("color", "backgroundColor")
    )
    assert abs(ink - ground) > 0.5


def _brightness(colour: str) -> float:
    """From 0 to 1, of a colour as the browser tells it: rgb() in bytes, a mixed one as shares."""
    parts = [float(part) for part in re.findall(r"[\d.]+", colour.removeprefix("color(srgb"))[:3]]
    return sum(parts) / 3 / (1 if colour.startswith("color(") else 255)


def test_in_spanish_the_button_plays_no_music(page: Page, address: str) -> None:
    open_lesson(page, address, "?lang=es")
    expect(page.locator(".unrolled .tool[data-id='play']")).to_have_text("Recorrer")


def test_a_press_draws_its_chapter_anew_and_leaves_the_rest_of_the_page(page: Page, address: str) -> None:
    """What has been refused is told at the top of the page all the same, and goes with the next press."""
    sent: list[str | bytes] = []

    def keep(frame: str | bytes) -> None:
        sent.append(frame)

    page.on("websocket", lambda line: line.on("framereceived", keep))
    open_lesson(page, address)
    page.get_by_role("button", name="Change the network").click()
    page.get_by_label("Text", exact=True).fill("aaaaaaaa")
    page.get_by_label("Text", exact=True).press("Enter")
    refused = page.get_by_text("Different letters in the text: 1;")
    expect(refused).to_be_visible()
    page.keyboard.press("Escape")
    for epoch in (1, 2):
        sent.clear()
        page.get_by_role("button", name="1 epoch on").click()
        expect(page.get_by_text(f"Epoch {epoch} of 160, window 1 of 23")).to_be_visible()
        expect(page).to_have_url(re.compile(rf"class\.epoch={epoch}\b"))
        expect(refused).to_have_count(0)
        menu_came = any(b"Train your own" in each for each in sent if isinstance(each, bytes))
        assert menu_came == (epoch == 1)  # with the first press the words at the top go: the page as a whole


def test_learnt_to_the_end_the_next_letters_stand_there(page: Page, address: str) -> None:
    open_lesson(page, address)
    page.get_by_role("button", name="To the end").click()
    expect(page.get_by_text("First epoch 226.4, last epoch 5.2.")).to_be_visible()
    expect(page.get_by_text(re.compile("^abc → d"))).to_be_visible()


def test_arrow_keys_walk_over_the_entries(page: Page, address: str) -> None:
    open_lesson(page, address)
    page.locator(".unrolled [data-id='grid-h1']").focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, "h1", 0, 0)).to_have_class(re.compile("chosen"))
    page.keyboard.press("ArrowRight")
    expect(cell(page, "h1", 1, 0)).to_have_class(re.compile("chosen"))
    expect(page.locator(".unrolled .made")).to_contain_text("tanh(a₁[2]")


# --- RNN or LSTM ----------------------------------------------------------------------------------------------------


def test_a_comparison_learns_and_its_characters_tell_their_shares(page: Page, address: str) -> None:
    page.goto(f"{address}/classroom?class.open=contest&class.width=16&class.reach=20&class.rounds=2")
    page.get_by_role("button", name="Learn", exact=True).click()
    expect(page.get_by_text("Done")).to_be_visible(timeout=LEARNT)
    page.get_by_text("What they write").click()
    rows = page.locator(".letters .row")
    expect(rows).to_have_count(2)
    rows.first.locator(".char:not(.given)").first.hover()
    expect(page.locator(".letters .said")).to_contain_text(re.compile(r"RNN: .*%.*LSTM: .*%"))


def test_what_mattered_is_shown_for_the_character_pointed_at(page: Page, address: str) -> None:
    page.goto(f"{address}/classroom?class.open=contest&class.width=16&class.reach=20&class.rounds=1")
    page.get_by_role("button", name="Learn", exact=True).click()
    expect(page.get_by_text("Done")).to_be_visible(timeout=LEARNT)
    page.get_by_text("What mattered").click()
    row = page.locator(".letters .row").first
    row.locator(".char").nth(3).hover()
    expect(row.locator(".char").nth(3)).to_have_class(re.compile("chosen"))
    expect(page.locator(".letters .said")).to_contain_text("expects")
    assert "color-mix" not in (row.locator(".char").nth(5).get_attribute("style") or "")


# --- what goes wrong ------------------------------------------------------------------------------------------------


def test_a_mistake_is_made_and_mended(page: Page, address: str) -> None:
    page.goto(f"{address}/classroom?class.open=shapes")
    expect(page.get_by_text("◀")).to_be_visible(timeout=LEARNT)
    page.get_by_text("Make the mistake").click()
    expect(page.get_by_text("◀")).to_have_count(0)


# --- on a phone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chapter", ["hand", "contest", "shapes"])
def test_nothing_scrolls_sideways_on_a_phone(chromium: Browser, address: str, chapter: str) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True, locale="en-US", color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/classroom?class.open={chapter}&class.step=4")
    landmark = {"hand": ".unrolled .made", "contest": ".st-key-learn", "shapes": "[data-testid=stTable]"}[chapter]
    expect(page.locator(landmark).first).to_be_visible(timeout=LEARNT)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE["width"]
    if chapter == "hand":
        expect(page.locator(".unrolled .made")).to_have_text(re.compile("^Tap a number"))
        expect(page.locator(".unrolled .made")).to_have_css("position", "static")  # over nothing while it has no news
        page.locator(".unrolled .cell[data-name='da2']").first.tap()
        expect(page.locator(".unrolled .made")).to_contain_text("×")
        expect(page.locator(".unrolled .made")).to_have_css("position", "sticky")
    context.close()
