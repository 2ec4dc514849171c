"""Training one's own and looking into models, in a real browser: bar, curves, sound, table, file, refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine import checkpoint
from engine.recurrent import checkpoint as token_models

pytestmark = pytest.mark.browser

# What reaches beyond the right edge, the shared menu aside.
WIDER = """[...document.querySelectorAll('[data-testid=stMainBlockContainer] *')]
    .filter((node) => !node.closest('.st-key-menu') && !node.closest('svg'))
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
    .map((node) => node.tagName + '.' + node.className)"""
LONG = 240_000  # milliseconds: a training is niced, and a busy machine lets it wait


def test_a_network_is_trained_heard_taken_away_and_opened(page: Page, address: str) -> None:
    page.goto(f"{address}/workshop?train.epochs=3&train.width=32")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Best after round")).to_be_visible(timeout=LONG)
    expect(page.locator(".st-key-train_live .js-plotly-plot")).to_be_visible()
    page.reload()  # the tab knows whose training this is
    expect(page.get_by_text("Best after round")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Round 3").click()
    expect(page.locator("audio")).to_have_count(1)
    page.wait_for_function("document.querySelector('audio').readyState >= 2")
    expect(page.get_by_role("table")).to_contain_text("LSTM 32")
    with page.expect_download() as event:
        page.get_by_role("button", name="Download the model").click()
    path = Path(event.value.path())
    assert checkpoint.load_bytes(path.read_bytes()).config.hidden_size == 32
    page.goto(f"{address}/checkpoints?models.view=facts")
    page.locator("input[type=file]").set_input_files({
        "name": "mine.pt", "mimeType": "application/octet-stream", "buffer": path.read_bytes()
    })  # fmt: skip
    expect(page.get_by_text("Cadencia, Train your own")).to_be_visible(timeout=LONG)


def test_a_tune_network_is_stopped_goes_on_and_writes(page: Page, address: str) -> None:
    page.goto(f"{address}/workshop?train.kind=tunes&train.cell=gru&train.epochs=6&train.width=128&train.layers=2")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Round 1")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Best after round")).to_be_visible(timeout=LONG)
    again = page.get_by_role("button", name="Go on")
    if again.is_visible():  # it may have been done before it was asked to stop
        again.click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Write a tune").click()
    expect(page.get_by_text("every bar is full")).to_be_visible(timeout=LONG)
    with page.expect_download() as event:
        page.get_by_role("button", name="Download the model").click()
    model = token_models.load_bytes(Path(event.value.path()).read_bytes())
    assert (model.language, model.sizes.cell, model.sizes.num_layers) == ("abc-tonic", "gru", 2)


def test_a_strange_file_is_refused_line_by_line_and_the_page_lives(page: Page, address: str) -> None:
    page.goto(f"{address}/checkpoints")
    expect(page.get_by_text("Passed all 9 checks.")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "odd.pt", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04 no"}
    )
    expect(page.get_by_text("Passed 0 of 9 checks")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("not reached")).to_have_count(8)
    page.get_by_role("button", name="Remove odd.pt").click()
    page.get_by_role("radio", name="Map").click()
    expect(page.locator(".js-plotly-plot")).to_be_visible()


@pytest.mark.parametrize("path", ["workshop", "checkpoints?models.view=listening", "checkpoints?models.view=suite"])
def test_nothing_scrolls_sideways_on_a_phone(page: Page, address: str, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/{path}")
    expect(page.get_by_role("heading").first).to_be_visible()
    expect(page.get_by_test_id("stCaptionContainer").last).to_be_visible()
    page.wait_for_timeout(500)
    assert page.evaluate(WIDER) == []
