"""The drawn score holds the music: every note head, every chord name, the colour that was asked for."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from engine import engrave, render, voicing
from engine.errors import RenderError
from engine.music import Key, Progression, Score
from engine.theory import read_progression


def score_of(text: str) -> Score:
    slots = read_progression(text, Key("C")).slots
    return voicing.arrange(Progression(Key("C"), slots), 96, 0, 4, "")


def names(svg: str) -> list[str]:
    """The chord names in the picture, their signs as plain text."""
    root = ElementTree.fromstring(svg)
    found = [node for node in root.iter() if node.get("class") == "harm"]
    signs = {"\uea64": "b", "\uea66": "#"}
    return [re.sub(r"\s", "", "".join(signs.get(c, c) for c in "".join(node.itertext()))) for node in found]


def test_every_note_is_drawn() -> None:
    score = score_of("C G7 Am F")
    svg = engrave.to_svg(render.to_musicxml(score))
    assert len(re.findall(r'class="notehead"', svg)) == len(score.notes)


def test_chord_names_stand_once_and_as_they_are_written() -> None:
    svg = engrave.to_svg(render.to_musicxml(score_of("C F#m7b5 Bb13 C7b9 Cmaj9 G/B")))
    assert names(svg) == ["C", "F#m7b5", "Bb13", "C7b9", "Cmaj9", "G/B"]


def test_the_picture_has_the_width_and_the_ink_that_were_asked_for() -> None:
    svg = engrave.to_svg(render.to_musicxml(score_of("C G")), ink="#F2F4F8", width=500)
    box = ElementTree.fromstring(svg).get("viewBox")
    assert box is not None
    assert box.split()[2] == "500"
    assert "#F2F4F8" in svg


def test_a_long_song_is_one_picture() -> None:
    score = score_of("C G Am F " * 40)
    svg = engrave.to_svg(render.to_musicxml(score))
    assert len(names(svg)) == 160


def test_what_is_no_score_is_refused_in_words() -> None:
    with pytest.raises(RenderError, match="could not be drawn"):
        engrave.to_svg(b"<html></html>")


def test_every_thread_can_draw() -> None:
    """Each visitor's page runs in a thread of its own; verovio's own default would serve the first one only."""
    musicxml = render.to_musicxml(score_of("C G"))
    with ThreadPoolExecutor(max_workers=3) as pool:
        pictures = list(pool.map(engrave.to_svg, [musicxml] * 6))
    assert all(names(picture) == ["C", "G"] for picture in pictures)
