"""The choice of what plays, as every page offers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.words import Sentence
from pages.parts.choice import choice
from pages.parts.language import _, tell


def instrument(name: str, known: Mapping[int, Sentence], chosen: int, choose: Callable[[int], None]) -> None:
    """A list of General MIDI programs by name; `name` is the widget's, `choose` keeps what is chosen in it."""
    names = {program: tell(sentence) for program, sentence in known.items()}
    choice(_("Instrument"), name, names, chosen, choose, width=220)
