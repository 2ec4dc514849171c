"""The main ways through Compose in a real browser: press, hear, see, take away, come back."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import mido  # type: ignore[import-untyped]
import pretty_midi
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

HEARD = 0.01  # RMS of the output while a chord sounds; silence is below 0.0001


def open_compose(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/compose{query}")
    expect(pads(page).first).to_be_visible()
    page.evaluate("window.cadencia.ready")


def pads(page: Page) -> Locator:
    return page.locator(".pad")


def cards(page: Page) -> Locator:
    return page.locator(".card:not(.example)")


def expect_chords(page: Page, *symbols: str) -> None:
    """Waits until the cards are these."""
    expect(cards(page)).to_have_count(len(symbols))
    for index, symbol in enumerate(symbols):
        expect(cards(page).nth(index)).to_have_attribute("data-chord", symbol)


def press(page: Page, numeral: str) -> None:
    """Presses the suggestion of that numeral, pad or chip, and waits for its card."""
    count = cards(page).count()
    suggestion = page.locator(f".pad[data-numeral='{numeral}'], .chip[data-numeral='{numeral}']").first
    expect(suggestion).to_be_visible()
    suggestion.click()
    expect(cards(page)).to_have_count(count + 1)


def loudest(page: Page, milliseconds: int = 400) -> float:
    """Loudest RMS of the output within the next moments."""
    return float(
        page.evaluate(
            """async (limit) => {
                let most = 0;
                const end = performance.now() + limit;
                while (performance.now() < end) {
                    most = Math.max(most, window.cadencia.measure().level);
                    await new Promise((done) => setTimeout(done, 15));
                }
                return most;
            }""",
            milliseconds,
        )
    )


def settled(page: Page, numerals: list[str]) -> None:
    """Waits until Python has answered: the cards have their numerals."""
    expect(cards(page).locator(".numeral")).to_have_text(numerals)


def take_away(page: Page, label: str) -> bytes:
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as event:
        page.get_by_role("button", name=label, exact=True).click()
    return Path(event.value.path()).read_bytes()


def pitch_classes_by_onset(data: bytes) -> list[set[int]]:
    midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
    found: dict[float, set[int]] = {}
    for instrument in midi.instruments:
        for note in instrument.notes:
            found.setdefault(round(note.start, 2), set()).add(note.pitch % 12)
    return [found[start] for start in sorted(found)]


def test_four_presses_sound_and_become_a_midi_file(page: Page, address: str) -> None:
    open_compose(page, address)
    for done, numeral in enumerate(["I", "V", "vi", "IV"]):
        press(page, numeral)
        assert loudest(page) > HEARD, f"{numeral} was not heard"
        settled(page, ["I", "V", "vi", "IV"][: done + 1])
    expect_chords(page, "C", "G", "Am", "F")
    heard = pitch_classes_by_onset(take_away(page, "MIDI"))
    assert heard == [{0, 4, 7}, {7, 11, 2}, {9, 0, 4}, {5, 9, 0}]


def test_a_press_is_scheduled_at_once(page: Page, address: str) -> None:
    """Not a race against the clock: the sound is started within the press itself, before Python is asked."""
    open_compose(page, address)
    level_within_the_press = page.evaluate(
        """() => {
            const before = window.cadencia.measure().presses;
            const pad = [...document.querySelectorAll('*')].find((n) => n.shadowRoot?.querySelector('.pad'));
            pad.shadowRoot.querySelector('.pad').click();
            return window.cadencia.measure().presses - before;
        }"""
    )
    assert level_within_the_press == 1


def test_keys_pick_suggestions_and_quick_presses_are_all_kept(page: Page, address: str) -> None:
    open_compose(page, address)
    wanted = pads(page).nth(1).get_attribute("data-chord")
    page.keyboard.press("2")
    expect(cards(page)).to_have_count(1)
    expect_chords(page, str(wanted))
    page.wait_for_timeout(500)
    for digit in "1111":
        page.keyboard.press(digit)
    expect(cards(page)).to_have_count(5)
    page.wait_for_timeout(800)
    expect(cards(page)).to_have_count(5)


def test_arrows_walk_over_the_cards(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_F_G7_C")
    page.keyboard.press("ArrowLeft")
    expect(cards(page).nth(3)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(cards(page).nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".padtitle")).to_have_text("Instead of F")
    assert loudest(page) > HEARD
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".padtitle")).to_have_text("Next chord")


def test_undo_redo_remove_replace_and_clear(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_F_G7_C")
    cards(page).nth(1).click()
    expect(page.locator(".padtitle")).to_have_text("Instead of F")
    replacement = pads(page).nth(2).get_attribute("data-chord")
    assert replacement != "F", "what stands there is no suggestion"
    pads(page).nth(2).click()
    expect(cards(page).nth(1)).to_have_attribute("data-chord", str(replacement))
    page.get_by_role("button", name="Remove").click()
    expect(cards(page)).to_have_count(3)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_count(4)
    expect_chords(page, "C", "F", "G7", "C")
    page.get_by_role("button", name="Redo").click()
    expect(cards(page).nth(1)).to_have_attribute("data-chord", str(replacement))
    page.get_by_role("button", name="Clear").click()
    expect(cards(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_count(4)


def test_a_refresh_loses_neither_the_chords_nor_the_way_back(page: Page, address: str) -> None:
    open_compose(page, address)
    for numeral in ("I", "IV"):
        press(page, numeral)
    settled(page, ["I", "IV"])
    expect(page).to_have_url(re.compile(r"[?&]c=C_F(&|$)"))
    page.wait_for_function("JSON.parse(sessionStorage.getItem('cadencia.trail') || '[]').length === 2")
    page.reload()
    expect(cards(page)).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_count(1)
    expect_chords(page, "C")


def test_pasted_chords_are_kept_where_they_can_be_read(page: Page, address: str) -> None:
    open_compose(page, address)
    field = page.get_by_label("Type or paste chords")
    field.fill("Am F Qzz C G7/B")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(cards(page)).to_have_count(4)
    expect(page.get_by_text("Qzz").last).to_be_visible()
    expect(field).to_have_value("Am F Qzz C G7/B")
    expect_chords(page, "Am", "F", "C", "G7/B")


def test_a_link_opens_the_same_progression_elsewhere(page: Page, address: str) -> None:
    open_compose(page, address, "?k=F%23m&c=F%23m_D_A*2_E*2&t=120")
    expect_chords(page, "F#m", "D", "A", "E")
    page.get_by_role("button", name="Link").click()
    link = page.locator("[data-testid=stCode]").inner_text().strip()
    assert parse_qs(urlparse(link).query) == {"k": ["F#m"], "c": ["F#m_D_A*2_E*2"], "t": ["120"]}
    page.goto(link)
    expect(cards(page)).to_have_count(4)


@pytest.mark.parametrize(
    ("language", "name", "title"),
    [
        ("en", "cadencia-f-sharp-minor-fsharpm-d-a-e", "Chords in F♯ minor: F#m D A E …"),
        ("es", "cadencia-f-sostenido-menor-fsharpm-d-a-e", "Acordes en F♯ menor: F#m D A E …"),
    ],
)
def test_files_are_called_after_key_and_chords(page: Page, address: str, language: str, name: str, title: str) -> None:
    open_compose(page, address, f"?k=F%23m&c=F%23m_D_A_E_F%23m&lang={language}")
    expect(cards(page)).to_have_count(5)
    page.get_by_role("button", name=re.compile("^(Download|Descargar)")).click()
    with page.expect_download() as event:
        page.get_by_role("button", name="MusicXML", exact=True).click()
    assert event.value.suggested_filename == f"{name}.musicxml"
    assert f"<work-title>{title}</work-title>" in Path(event.value.path()).read_text("utf-8")


def test_a_song_is_given_a_name_and_its_files_have_it(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_Am_F_G7")
    page.get_by_role("button", name="Download").click()
    field = page.get_by_label("Title")
    expect(field).to_have_attribute("placeholder", "Chords in C major: C Am F G7")
    field.fill("Río Grande, nº 2")
    field.press("Enter")
    page.wait_for_url("**h=R**")
    with page.expect_download() as event:
        page.get_by_role("button", name="MIDI", exact=True).click()
    assert event.value.suggested_filename == "rio-grande-no-2.mid"
    first = mido.MidiFile(event.value.path(), charset="utf-8").tracks[0][0]
    assert first.name == "Río Grande, nº 2"
    page.reload()
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_label("Title")).to_have_value("Río Grande, nº 2")


def test_playing_lights_every_card_in_turn(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C*1_F*1_G*1&t=240")
    page.evaluate(
        """() => {
            const host = [...document.querySelectorAll('*')].find((n) => n.shadowRoot?.querySelector('.card'));
            window.lit = [];
            new MutationObserver(() => {
                const card = host.shadowRoot.querySelector('.card.sounds');
                if (card && window.lit.at(-1) !== card.dataset.chord) window.lit.push(card.dataset.chord);
            }).observe(host.shadowRoot.querySelector('.cards'), { subtree: true, attributes: true });
        }"""
    )
    page.get_by_role("button", name="Play").click()
    assert loudest(page) > HEARD
    page.wait_for_function("window.lit.length === 3")
    assert page.evaluate("window.lit") == ["C", "F", "G"]
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_listening_gives_a_player_and_a_waveform(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_F_G_C")
    page.get_by_role("radio", name="Listen").click()
    player = page.locator("audio")
    expect(player).to_be_attached()
    page.wait_for_function("document.querySelector('audio')?.duration > 9")
    expect(page.locator(".js-plotly-plot").last).to_be_visible()


def test_spanish_is_one_press_away_and_stays(page: Page, address: str) -> None:
    open_compose(page, address)
    page.get_by_role("radio", name="ES", exact=True).click()
    expect(page.locator(".padtitle")).to_have_text("Buenos comienzos")
    page.reload()
    expect(page.locator(".padtitle")).to_have_text("Buenos comienzos")


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_scrolls_sideways_and_pads_stay_put(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_compose(page, address)
    where = "nodes => nodes.map((node) => node.getBoundingClientRect()).map(({ y, height }) => [y, height])"
    before = pads(page).evaluate_all(where)
    for _ in range(5):
        count = cards(page).count()
        pads(page).first.click()
        expect(cards(page)).to_have_count(count + 1)
        page.wait_for_timeout(400)
    after = pads(page).evaluate_all(where)  # at one moment: an answer may still bring other pads
    assert len(before) == len(after) == 8
    assert max(abs(old - new) for (old, _), (new, _) in zip(before, after, strict=True)) < 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert min(height for _, height in after) >= 44


def scrolled(page: Page) -> list[float]:
    """How far the cards are scrolled, and how far they could be."""
    told: list[float] = page.locator(".cards").evaluate(
        "node => [node.scrollTop, node.scrollHeight - node.clientHeight]"
    )
    return told


@pytest.mark.parametrize(("width", "full"), [(1440, 8), (390, 6)])
def test_full_rows_stay_in_sight_until_a_chord_needs_another(page: Page, address: str, width: int, full: int) -> None:
    """The place of the next chord pushes nothing away; a chord in a new row brings that row, and what was just played
    is seen all the time."""
    page.set_viewport_size({"width": width, "height": 844})
    open_compose(page, address, "?c=" + "_".join((["C", "Am", "F", "G"] * 2)[: full - 1]))
    expect(cards(page)).to_have_count(full - 1)
    pads(page).first.click()
    expect(cards(page)).to_have_count(full)
    page.wait_for_timeout(400)
    assert scrolled(page)[0] == 0
    expect(page.locator("[data-id=whole]")).to_have_count(0)
    expect(cards(page).first).to_be_in_viewport(ratio=1)
    expect(cards(page).last).to_be_in_viewport(ratio=1)
    pads(page).first.click()
    expect(cards(page)).to_have_count(full + 1)
    page.wait_for_timeout(400)
    assert scrolled(page)[0] > 0
    box, shown = cards(page).last.bounding_box(), page.locator(".cards").bounding_box()
    assert box is not None
    assert shown is not None
    assert shown["y"] <= box["y"] and box["y"] + box["height"] <= shown["y"] + shown["height"] + 2
    page.locator("[data-id=whole]").click()
    expect(page.locator(".ghost")).to_be_visible()


# Sliders and uploaders are pressed elsewhere than in their field, which is hidden.
SMALL = """() => [...document.querySelectorAll("input:not([type=range], [type=file]), button, textarea")]
    .filter((node) => node.offsetParent
    && !node.closest('[data-testid="stTooltipHoverTarget"]') && node.getBoundingClientRect().height < 44)
    .map((node) => node.getAttribute("aria-label") || node.innerText)"""


@pytest.mark.parametrize("where", ["compose", "notes", "notes?notes.from=file", "tunes", "exercises", "workshop"])
def test_what_a_finger_presses_is_high_enough(chromium: Browser, address: str, where: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/{where}")
    expect(page.locator("[data-testid=stBaseButton-secondary], [data-testid=stPopoverButton]").last).to_be_visible()
    page.wait_for_timeout(800)
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_views_stand_in_one_row_on_a_phone(page: Page, address: str, language: str) -> None:
    page.set_viewport_size({"width": 360, "height": 844})
    open_compose(page, address, f"?c=C_F&lang={language}")
    names = page.locator(".st-key-views button")
    expect(names).to_have_count(4)
    assert len(set(names.evaluate_all("nodes => nodes.map((node) => node.getBoundingClientRect().top)"))) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_kind_of_chord_can_be_asked_for(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_Am")
    page.get_by_role("button", name="Secondary").click()
    expect(page.locator(".others")).to_contain_text("other kinds")
    letters = {pad.locator(".badge").inner_text() for pad in pads(page).all()}
    assert letters == {"D"}
    expect(page).to_have_url(re.compile("f=secondary"))


def test_a_chord_in_the_middle_fits_what_follows(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_Am_F_C")
    cards(page).nth(1).click()
    expect(page.locator(".padtitle")).to_have_text("Instead of Am")
    expect(page.locator(".pad .reason").filter(has_text="F that follows").first).to_be_visible()


def test_the_model_writes_on_to_a_close_and_draws_again_around_locked_chords(page: Page, address: str) -> None:
    open_compose(page, address, "?c=C_Am")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("spinbutton", name="Take").fill("7")
    page.get_by_role("spinbutton", name="Take").press("Enter")
    page.get_by_role("button", name="Write on").click()
    expect(cards(page)).to_have_count(6)
    expect(cards(page).nth(4).locator(".numeral")).to_have_text(re.compile("^V"))
    expect(cards(page).nth(5)).to_have_attribute("data-chord", "C")
    expect(page.get_by_text("This was take 7.")).to_be_visible()
    page.keyboard.press("Escape")
    cards(page).nth(0).click()
    page.get_by_role("button", name="Lock").click()
    expect(page).to_have_url(re.compile("C%21|C!"))
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Draw the written chords again").click()
    expect(page.get_by_text("This was take 8.")).to_be_visible()
    expect(cards(page)).to_have_count(6)
    expect(cards(page).nth(0)).to_have_attribute("data-chord", "C")
    expect(cards(page).nth(1)).to_have_attribute("data-chord", "Am")  # one's own stay, locked or not
    expect(cards(page).nth(5)).to_have_attribute("data-chord", "C")


@pytest.mark.parametrize("entry", ["t=![](http://127.0.0.1:9/a)", "c=![](//127.0.0.1:9/b)", "k=http://evil.example/c"])
def test_a_link_brings_no_picture_and_no_link_of_its_own(page: Page, address: str, entry: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_compose(page, address, f"?{entry}")
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(alert.locator("img, a")).to_have_count(0)
    own = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
