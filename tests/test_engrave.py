"""The drawn score holds the music: every note head, every chord name, the colour that was asked for."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
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


def places(svg: str) -> list[tuple[float, float, float]]:
    """For each chord name where it begins, its line, and how long it is in DejaVu Serif, wider than most fonts."""
    ems = {"m": 0.948, "a": 0.596, "j": 0.31, "s": 0.513, "l": 0.32, "t": 0.402, "u": 0.644, "d": 0.64, "b": 0.64}
    found = []
    for node in (node for node in ElementTree.fromstring(svg).iter() if node.get("class") == "harm"):
        text = next(child for child in node if child.tag.endswith("text"))
        pieces = [piece for piece in node.iter() if piece.get("font-size") not in (None, "0px")]
        length = 0.0
        for piece in pieces:
            size = float((piece.get("font-size") or "").removesuffix("px"))
            is_sign = piece.get("font-family") is not None
            letters = (piece.text or "").strip()
            length += size * (0.2 * len(letters) if is_sign else sum(ems.get(letter, 0.7) for letter in letters))
        found.append((float(text.get("x") or 0), float(text.get("y") or 0), length))
    return found


WIDE = "| Gbmaj7#11 Eb13sus F7alt | Bbm7b5/Fb Ebmaj7#11 Ab13b9 Dbmaj9 | C F Abm7 G7b9 |" * 3
CROWDED = "| Gbmaj7#11 Eb13sus F7alt Bbm7b5/Fb Ebmaj7#11 Ab13b9 Dbmaj9 C7#9 Gbmaj7#11 Eb13sus | C F |" * 2
LATIN = {"C": "Do", "D": "Re", "E": "Mi", "F": "Fa", "G": "Sol", "A": "La", "B": "Si"}


@pytest.mark.parametrize("note_names", [{}, LATIN], ids=["letters", "latin"])
@pytest.mark.parametrize("text", [WIDE, CROWDED, CROWDED.replace(" | C F", "")], ids=["wide", "crowded", "one bar"])
def test_no_chord_name_reaches_the_next_one_or_the_edge(text: str, note_names: dict[str, str]) -> None:
    svg = engrave.to_svg(render.to_musicxml(score_of(text)), note_names=note_names)
    found = places(svg)
    assert len(found) == len(score_of(text).chord_names)
    box = re.search(r'definition-scale".*?viewBox="0 0 ([0-9]+)', svg)
    assert box is not None
    assert all(x + length < float(box[1]) - 500 for x, _, length in found)
    same_line = [(one, other) for one, other in pairwise(found) if one[1] == other[1]]
    assert len(same_line) > len(found) / 2
    assert all(one[0] + one[2] + 40 < other[0] for one, other in same_line)


def test_only_crowded_scores_are_drawn_smaller() -> None:
    def page(text: str) -> str | None:
        found = re.search(
            r'definition-scale".*?viewBox="0 0 ([0-9]+)', engrave.to_svg(render.to_musicxml(score_of(text)))
        )
        return found and found[1]

    assert page("C G Am F") == page(WIDE) == "19000"
    assert page(CROWDED) != "19000"


def test_chord_names_have_real_sharps_and_flats() -> None:
    """verovio draws them as signs of its music font: no plain b or # is left."""
    svg = engrave.to_svg(render.to_musicxml(score_of("Gb7b9 F#m7b5/B C7#9 Bb")))
    drawn = [node for node in ElementTree.fromstring(svg).iter() if node.get("class") == "harm"]
    assert not re.search("[b#]", "".join("".join(node.itertext()) for node in drawn))
    assert names(svg) == ["Gb7b9", "F#m7b5/B", "C7#9", "Bb"]


def test_chord_names_follow_the_readers_note_names() -> None:
    musicxml = render.to_musicxml(score_of("Gm Eb F#m7b5/B N.C. Bb13 Dsus4"))
    drawn = names(engrave.to_svg(musicxml, note_names=LATIN))
    assert drawn == ["Solm", "Mib", "Fa#m7b5/Si", "N.C.", "Sib13", "Resus"]


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
