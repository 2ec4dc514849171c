"""Exercises in a real browser: a beginning sounds, choices sound before they are read, an answer opens the shares."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

LINK = "exercises?ear.seed=5&ear.n=2"


def opened(page: Page, address: str, link: str = LINK) -> None:
    page.goto(f"{address}/{link}")
    expect(page.locator(".quiz .choice")).to_have_count(3)
    page.evaluate("window.cadencia.ready")


def loudest(page: Page) -> float:
    """The highest level within a second."""
    levels = []
    for _ in range(10):
        levels.append(float(page.evaluate("window.cadencia.measure().level")))
        page.wait_for_timeout(100)
    return max(levels)


def test_an_exercise_from_first_sound_to_the_end(page: Page, address: str) -> None:
    opened(page, address)
    expect(page.locator(".choice .name").first).to_have_text("♪")  # nothing is read before it is heard
    page.get_by_role("button", name="Play the beginning").click()
    assert loudest(page) > 0.005
    for last in (False, True):
        page.locator("[data-id=choice-0]").click()
        assert loudest(page) > 0.005
        page.locator("[data-id=answer]").click()
        expect(page.locator(".quiz .verdict")).to_contain_text("points")
        expect(page.locator(".choice .foot")).to_have_count(3)
        page.locator("[data-id=next]").click()
        if not last:
            expect(page.locator(".quiz .standing")).to_contain_text("Question 2 of 2")
    expect(page.get_by_text(re.compile("of 200 points"))).to_be_visible()


def test_keys_are_enough(page: Page, address: str) -> None:
    opened(page, address)
    page.keyboard.press("2")
    expect(page.locator("[data-id=choice-1]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".quiz .verdict")).to_contain_text("points")
    page.keyboard.press("Enter")
    expect(page.locator(".quiz .standing")).to_contain_text("Question 2 of 2")


def test_a_refresh_loses_no_answer(page: Page, address: str) -> None:
    opened(page, address)
    page.locator("[data-id=choice-1]").click()
    page.locator("[data-id=answer]").click()
    expect(page.locator(".quiz .verdict")).to_contain_text("points")
    page.wait_for_url(re.compile("ear.a=1"))
    page.reload()
    expect(page.locator(".quiz .verdict")).to_contain_text("points")
    expect(page.locator("[data-id=choice-1]")).to_have_attribute("aria-pressed", "true")


def test_a_class_adds_up(page: Page, address: str) -> None:
    """A student answers through the teacher's link; the teacher sees it counted."""
    opened(page, address, "exercises?ear.seed=5&ear.n=2&ear.fixed=1&ear.class=SCHUL")
    expect(page.get_by_label("Level")).to_have_count(0)
    page.locator("[data-id=choice-2]").click()
    page.locator("[data-id=answer]").click()
    expect(page.get_by_text("Class SCHUL, question 1, answers: 1")).to_be_visible()
    expect(page.get_by_text("C: 1")).to_be_visible()


def test_a_teacher_who_opens_a_class_begins_with_it(page: Page, address: str) -> None:
    opened(page, address, "exercises?ear.seed=5&ear.n=3&ear.a=01")
    expect(page.locator(".quiz .standing")).to_contain_text("Question 3 of 3")
    page.get_by_text("For the teacher").click()
    page.get_by_role("button", name="Open a class").click()
    expect(page.locator(".quiz .standing")).to_have_text("Question 1 of 3")
    page.locator("[data-id=choice-2]").click()
    page.locator("[data-id=answer]").click()
    expect(page.get_by_text(re.compile("question 1, answers: 1"))).to_be_visible()
    expect(page.get_by_text(re.compile("^Question 1: answers 1, right (0|100) %$"))).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_scrolls_sideways_on_a_phone(page: Page, address: str, dark: bool) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark" if dark else "light")
    opened(page, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = page.locator(".choice").evaluate_all("nodes => nodes.map((node) => node.getBoundingClientRect().height)")
    assert min(heights) >= 44
