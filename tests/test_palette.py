"""The colours can be read and told apart, also with a red-green weakness."""

from __future__ import annotations

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine.palette import DARK, LETTERS, LIGHT, Palette, css_variables, palette

Floats = npt.NDArray[np.float64]
THEMES = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])

# Severity 1.0, linear RGB: Machado, Oliveira and Fernandes (2009), table 1.
NORMAL = np.eye(3)
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
EYES = pytest.mark.parametrize("eye", [NORMAL, PROTANOPIA, DEUTERANOPIA], ids=["normal", "protanopia", "deuteranopia"])
FLOOR = 0.08  # OKLab distance: about four times what two neighbouring fields need to look different


def linear(colour: str) -> Floats:
    """Linear RGB, 0 to 1, of "#RRGGBB" (IEC 61966-2-1)."""
    coded = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    dim, bright = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (bright + 0.05) / (dim + 0.05)


def oklab(light: Floats) -> Floats:
    """OKLab of linear RGB (Ottosson 2020)."""
    to_cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return to_lab @ np.cbrt(to_cones @ light)


def apart(one: str, other: str, eye: Floats) -> float:
    """How far two colours are for an eye, in OKLab."""
    seen = [oklab(np.clip(eye @ linear(colour), 0, 1)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def test_the_measures_know_their_ends() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert apart("#FFFFFF", "#000000", NORMAL) == pytest.approx(1, abs=0.01)
    # Equally bright red and green, the classic confusion: far apart for most eyes, near for one in twelve men.
    assert apart("#D03030", "#708000", DEUTERANOPIA) < 0.5 * apart("#D03030", "#708000", NORMAL)


@THEMES
def test_texts_reach_double_a(colours: Palette) -> None:
    for text in [*colours.texts.values(), colours.ink, colours.quiet]:
        assert contrast(text, colours.ground) >= 4.5
        assert contrast(text, colours.surface) >= 4.5


@THEMES
def test_marks_reach_three_to_one(colours: Palette) -> None:
    for mark in [*colours.marks.values(), colours.accent]:
        assert contrast(mark, colours.ground) >= 3
        assert contrast(mark, colours.surface) >= 3


@EYES
@THEMES
def test_functions_and_the_accent_stay_apart(colours: Palette, eye: Floats) -> None:
    for one, other in combinations([*colours.marks.values(), colours.accent], 2):
        assert apart(one, other, eye) >= FLOOR, (one, other)


@EYES
@THEMES
def test_texts_stay_apart(colours: Palette, eye: Floats) -> None:
    for one, other in combinations(colours.texts.values(), 2):
        assert apart(one, other, eye) >= FLOOR, (one, other)


def test_every_function_has_a_letter_of_its_own() -> None:
    assert len(set(LETTERS.values())) == len(LETTERS) == 5
    assert set(LIGHT.marks) == set(LIGHT.texts) == set(DARK.marks) == set(DARK.texts) == set(LETTERS)


def test_the_page_gets_the_same_colours() -> None:
    for dark in (False, True):
        written = dict(pair.split(": ") for pair in css_variables(dark).split("; "))
        assert written["--dominant"] == palette(dark).marks["dominant"]
        assert written["--dominant-text"] == palette(dark).texts["dominant"]
        assert written["--accent"] == palette(dark).accent
        assert len(written) == 6 + 2 * len(LETTERS)


def test_streamlits_themes_stand_on_the_same_grounds() -> None:
    config = tomllib.loads((Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text("utf-8"))
    for name, colours in (("light", LIGHT), ("dark", DARK)):
        theme = config["theme"][name]
        assert theme["backgroundColor"] == colours.ground
        assert theme["secondaryBackgroundColor"] == colours.surface
        assert theme["textColor"] == colours.ink
        assert theme["borderColor"] == colours.line
        assert theme["primaryColor"] == colours.texts["tonic"]
