"""Notes in a real browser: from a file to a heard continuation, a note dragged, keys played, a stop, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.fixtures.midi.regenerate import FOLDER

JIG = FOLDER / "abc2midi_jig.mid"
WRITTEN = ".roll .field .note.new"
OPENING = ".roll .field .note.old"


def opened(page: Page, address: str, link: str = "notes?notes.seed=5") -> None:
    page.goto(f"{address}/{link}")
    expect(page.locator("[data-id=play]")).to_be_visible()
    page.evaluate("window.cadencia.ready")


def loudest(page: Page) -> float:
    """The highest level within a second."""
    levels = []
    for _ in range(10):
        levels.append(page.evaluate("window.cadencia.measure().level"))
        page.wait_for_timeout(100)
    return float(max(levels))


def note(page: Page, number: int) -> Locator:
    return page.locator(f'.roll .field [data-note="{number}"]')


def drag(page: Page, grabbed: Locator, dx: float, dy: float) -> None:
    box = grabbed.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def test_from_a_file_to_a_heard_continuation(page: Page, address: str) -> None:
    opened(page, address, "notes?notes.seed=5&notes.from=file&notes.bars=4")
    page.locator("input[type=file]").set_input_files(str(JIG))
    expect(page.locator(OPENING).first).to_be_visible()
    expect(page.locator(WRITTEN)).to_have_count(0)
    page.locator(".roll").evaluate("roll => { roll.dataset.first = true; }")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(WRITTEN).first).to_be_visible()
    expect(page.locator("[data-legend=new]")).to_have_text("Written by the model")
    page.locator("[data-id=play]").click()
    assert loudest(page) > 0.005
    expect(page.get_by_role("button", name="Go on from here")).to_be_visible()  # all is written
    expect(page.locator(".roll")).to_have_attribute("data-first", "true")  # one roll from first to last
    expect(page.locator(".roll .playhead")).to_have_count(1)
    page.locator("[data-id=play]").click()
    expect(page.locator(".roll .playhead")).to_have_count(0)
    page.wait_for_url(re.compile("notes.do=continue"))
    count = page.locator(WRITTEN).count()
    page.reload()
    expect(page.locator(WRITTEN)).to_have_count(count)  # the same notes, written again


def test_a_bad_file_is_told_and_the_opening_stays(page: Page, address: str) -> None:
    opened(page, address, "notes?notes.from=file")
    page.locator("input[type=file]").set_input_files(str(JIG))
    expect(page.locator(OPENING).first).to_be_visible()
    before = page.locator(OPENING).count()
    page.locator("input[type=file]").set_input_files(
        {"name": "words.mid", "mimeType": "audio/midi", "buffer": b"Just some words."}
    )
    expect(page.get_by_text("neither MIDI nor MusicXML nor ABC")).to_be_visible()
    expect(page.locator(OPENING)).to_have_count(before)


def test_a_note_is_dragged_undone_and_taken_away(page: Page, address: str) -> None:
    opened(page, address)
    first = note(page, 0)
    expect(first).to_have_attribute("data-pitch", "67")
    height = page.locator(".roll .field .note .body").first.bounding_box()
    assert height is not None
    drag(page, first, 0, -2 * (height["height"] + 1))
    expect(first).to_have_attribute("data-pitch", "69")
    assert loudest(page) > 0.005  # it is heard where it goes
    page.wait_for_url(re.compile("notes.e=0.69.0.24"))
    page.keyboard.press("Control+z")
    expect(first).to_have_attribute("data-pitch", "67")
    page.locator("[data-id=redo]").click()
    expect(first).to_have_attribute("data-pitch", "69")
    first.click()
    page.keyboard.press("Delete")
    expect(first).to_have_count(0)
    page.wait_for_url(re.compile("notes.e=0(&|$)"))


def pull(page: Page, held: Locator, dx: float) -> None:
    """Drags the right edge of a note."""
    box = held.locator(".body").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] - 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y)
    page.mouse.move(x + dx, y)
    page.mouse.up()


def beat_of(page: Page) -> float:
    """Pixels of a beat: the first note lasts one."""
    box = note(page, 0).locator(".body").bounding_box()
    assert box is not None
    return box["width"] + 1


def test_a_right_edge_is_pulled_and_undo_brings_the_length_back(page: Page, address: str) -> None:
    opened(page, address)
    first = note(page, 0)
    expect(first).to_have_attribute("data-length", "1")
    expect(first.locator(".grip")).to_have_css("cursor", "ew-resize")
    beat = beat_of(page)
    pull(page, first, 0.8 * beat)  # snaps to three quarters
    expect(first).to_have_attribute("data-length", "1.75")
    expect(first).to_have_attribute("data-onset", "0")
    expect(page.locator(".roll .status")).to_contain_text("1.75 beats long")
    page.wait_for_url(re.compile("notes.e=0.67.0.42"))
    page.keyboard.press("Control+z")
    expect(first).to_have_attribute("data-length", "1")
    page.locator("[data-id=redo]").click()
    expect(first).to_have_attribute("data-length", "1.75")
    pull(page, first, -5 * beat)  # a step of the grid at least
    expect(first).to_have_attribute("data-length", "0.25")
    page.wait_for_url(re.compile("notes.e=0.67.0.6(&|$)"))
    page.wait_for_timeout(300)  # until the answer is drawn
    drag(page, first, beat, 0)  # and still there is something to move it by
    expect(first).to_have_attribute("data-onset", "1")
    expect(first).to_have_attribute("data-length", "0.25")


def test_the_last_note_is_pulled_to_the_end_and_no_further(page: Page, address: str) -> None:
    opened(page, address)
    last = page.locator(".roll .field .note").last
    pull(page, last, -beat_of(page))
    expect(last).to_have_attribute("data-length", "1")
    page.wait_for_url(re.compile(r"notes.e=9.69.144.24"))
    page.wait_for_timeout(300)  # until the answer is drawn
    pull(page, last, 300)
    expect(last).to_have_attribute("data-length", "2")
    page.wait_for_url(re.compile(r"notes.e=9.69.144.48"))


AT_ONCE = """(keys) => { for (const [key, times] of keys) for (let i = 0; i < times; i += 1)
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, composed: true})); }"""


def test_a_note_that_was_just_moved_is_held_as_far_as_where_it_lies_now(page: Page, address: str) -> None:
    """The roll does not wait for an answer between two presses: here all come within one turn of the browser."""
    opened(page, address)
    third = note(page, 2)  # B4 from beat 1.5, and B4 again at beat 3
    third.click()
    page.evaluate(AT_ONCE, [["ArrowUp", 1], [".", 20]])
    expect(third).to_have_attribute("data-pitch", "72")
    expect(third).to_have_attribute("data-length", "2.5")  # the next C5 begins at beat 4
    page.wait_for_url(re.compile("notes.e=2.72.36.60"))
    second = note(page, 1)  # A4 from beat 1
    second.click()
    page.evaluate(AT_ONCE, [["ArrowUp", 3], [".", 20]])
    expect(second).to_have_attribute("data-pitch", "72")
    expect(second).to_have_attribute("data-length", "0.5")
    page.wait_for_timeout(600)  # and Python agrees
    expect(second).to_have_attribute("data-length", "0.5")


def test_a_thumb_may_take_the_edge_beyond_the_note(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    opened(page, address)
    first = note(page, 0)
    first.scroll_into_view_if_needed()
    box = first.locator(".body").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] + 8, box["y"] + box["height"] / 2
    touch = context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 8 * step, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(first).not_to_have_attribute("data-length", "1")
    assert float(first.get_attribute("data-length") or "nan") > 1
    expect(first).to_have_attribute("data-onset", "0")
    context.close()


def test_a_note_snaps_to_the_grid(page: Page, address: str) -> None:
    opened(page, address)
    last = note(page, 4)
    before = float(last.get_attribute("data-onset") or "nan")
    drag(page, last, 61, 0)
    expect(last).not_to_have_attribute("data-onset", f"{before:g}")
    assert float(last.get_attribute("data-onset") or "nan") % 0.25 == 0


def test_the_roll_works_with_keys_alone(page: Page, address: str) -> None:
    opened(page, address)
    page.locator(".roll .scroll").focus()
    page.keyboard.press("ArrowRight")
    expect(note(page, 0)).to_have_class(re.compile("picked"))
    expect(page.locator(".roll .status")).to_contain_text("G4")
    page.keyboard.press("ArrowUp")
    expect(note(page, 0)).to_have_attribute("data-pitch", "68")
    page.keyboard.press("Shift+ArrowRight")
    expect(note(page, 0)).to_have_attribute("data-onset", "0.25")
    page.keyboard.press(".")
    expect(note(page, 0)).to_have_attribute("data-length", "1.25")
    expect(page.locator(".roll .status")).to_contain_text("1.25 beats long")
    page.keyboard.press(",")
    expect(note(page, 0)).to_have_attribute("data-length", "1")
    page.keyboard.press(" ")
    assert loudest(page) > 0.005
    page.keyboard.press(" ")
    expect(page.locator(".roll .playhead")).to_have_count(0)


def test_notes_played_on_the_page_are_continued(page: Page, address: str) -> None:
    opened(page, address, "notes?notes.from=played&notes.seed=5&notes.bars=2")
    expect(page.locator(".pianokey").first).to_be_visible()
    page.mouse.click(5, 500)
    for key in "adg":
        page.keyboard.press(key, delay=200)
    page.locator('[data-key="72"]').click(delay=200)
    assert loudest(page) > 0.005
    expect(page.locator(OPENING)).to_have_count(4)
    page.wait_for_url(re.compile("notes.o="))
    expect(page.locator(OPENING)).to_have_count(4)
    assert page.locator(OPENING).evaluate_all("nodes => nodes.map((node) => node.dataset.pitch)") == [
        "60",
        "64",
        "67",
        "72",
    ]
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(WRITTEN).first).to_be_visible()


def test_variations_stand_side_by_side(page: Page, address: str) -> None:
    opened(page, address, "notes?notes.seed=5&notes.n=3&notes.bars=4&notes.do=continue")
    expect(page.locator(".take")).to_have_count(3)
    expect(page.get_by_role("button", name="Another")).to_be_visible()
    shown = page.locator(WRITTEN).evaluate_all("nodes => nodes.map((node) => node.dataset.pitch)")
    page.locator("[data-id=take-1]").click()
    expect(page.locator("[data-id=take-1]")).to_have_attribute("aria-pressed", "true")
    assert page.locator(WRITTEN).evaluate_all("nodes => nodes.map((node) => node.dataset.pitch)") != shown


def test_writing_is_stopped(page: Page, address: str) -> None:
    opened(page, address, "notes?notes.form=chorale&notes.from=random&notes.seed=5&notes.bars=64&notes.n=8")
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(WRITTEN).first).to_be_visible()  # before its first note nothing could be kept
    page.get_by_role("button", name="Stop").last.click()
    expect(page.get_by_text("stopped early")).to_be_visible()
    expect(page.locator(WRITTEN).first).to_be_visible()
    assert page.locator(WRITTEN).last.evaluate("node => Number(node.dataset.onset)") < 4 * 64 - 4


def test_zoom_moves_the_roll_and_never_the_page(page: Page, address: str) -> None:
    opened(page, address)
    width = page.locator(".roll .scroll svg").evaluate("node => node.clientWidth")
    for _ in range(4):
        page.locator("[data-id=closer]").click()
    assert page.locator(".roll .scroll svg").evaluate("node => node.clientWidth") > 1.4 * width
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    shown = page.locator(".roll .scroll svg").evaluate("node => node.clientWidth")
    page.locator(".roll .scroll").hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, 200)
    page.keyboard.up("Control")
    expect(page.locator(".roll .scroll svg")).not_to_have_js_property("clientWidth", shown)
    page.locator("[data-id=whole]").click()
    assert page.locator(".roll .scroll svg").evaluate("node => node.clientWidth") == width


def test_files_are_taken_away(page: Page, address: str) -> None:
    opened(page, address)
    page.get_by_role("button", name="Download").click()
    for name, start in (("MIDI", b"MThd"), ("MusicXML", b"<?xml"), ("WAV", b"RIFF"), ("Project", b"{")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name, exact=True).click()
        assert waiting.value.path().read_bytes().startswith(start)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("link", ["notes?notes.seed=5", "notes?notes.from=played", "notes?notes.from=file&notes.n=2"])
def test_nothing_scrolls_sideways_on_a_phone(page: Page, address: str, link: str, dark: bool) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark" if dark else "light")
    opened(page, address, link)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = page.locator(".roll .tool:visible").evaluate_all(
        "n => n.map((node) => node.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def test_what_stands_below_the_roll_stays_while_notes_are_written(page: Page, address: str) -> None:
    opened(page, address)
    page.wait_for_timeout(500)
    place = (
        "() => Math.round([...document.querySelectorAll('[data-testid=stPopover]')].pop().getBoundingClientRect().top)"
    )
    before = page.evaluate(place)
    page.get_by_role("button", name="Continue").click()
    seen = []
    for _ in range(40):
        seen.append(page.evaluate(place))
        page.wait_for_timeout(50)
    assert max(abs(y - before) for y in seen) <= 8


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_lies_across_the_pages_keys(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, address, "notes?notes.from=played&notes.seed=5&notes.bars=2&notes.n=2")
    expect(page.locator(".pianokey").first).to_be_visible()
    page.wait_for_timeout(500)
    before = _below(page)
    _stands_below_the_keys(page)
    page.locator('[data-key="60"]').click(delay=200)
    page.wait_for_url(re.compile("notes.o="))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Go on from here")).to_be_visible()
    expect(page.locator(".take")).to_have_count(2)
    _stands_below_the_keys(page)
    page.wait_for_timeout(500)
    assert abs(_below(page) - before) <= 8  # there was room for the variations and for what is said of them
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("button", name="MIDI", exact=True)).to_be_visible()


def _below(page: Page) -> float:
    """How far the row below the roll is from the buttons above it."""
    top = "node => node.getBoundingClientRect().top"
    return float(page.locator(".st-key-notes_views").evaluate(top) - page.locator(".st-key-notes_go").evaluate(top))


def _stands_below_the_keys(page: Page) -> None:
    keys, views = page.locator(".keyrow").bounding_box(), page.locator(".st-key-notes_views").bounding_box()
    assert keys is not None and views is not None
    assert views["y"] >= keys["y"] + keys["height"]


@pytest.mark.parametrize(("language", "go"), [("en", "Continue"), ("es", "Continuar")])
def test_the_roll_stays_where_it_is_on_a_phone_when_more_can_be_done(
    page: Page, address: str, language: str, go: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, address, f"notes?notes.seed=5&notes.bars=4&lang={language}")
    page.wait_for_timeout(500)
    top = page.locator(".roll").evaluate("node => node.getBoundingClientRect().top + scrollY")
    page.get_by_role("button", name=go, exact=True).click()
    expect(page.locator(WRITTEN).first).to_be_visible()
    expect(page.locator(".st-key-notes_on")).to_be_visible()
    assert page.locator(".st-key-notes_actions").evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    assert abs(page.locator(".roll").evaluate("node => node.getBoundingClientRect().top + scrollY") - top) <= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
