"""What a network wrote after each round, to read and to hear: the newest first."""

from __future__ import annotations

import streamlit as st

from engine.music import Progression
from engine.workshop import Kind, Sample
from pages.parts import session
from pages.parts.kept import workshop as kept
from pages.parts.language import _, harmless
from pages.parts.session import workshop as state
from pages.parts.shown import Look

GROUP = 4  # chords between two strokes
LONGEST_SHOWN = 280  # characters of a sample; a tune is heard rather than read


def samples(kind: Kind, ticket: int, written: tuple[Sample, ...]) -> None:
    """A row each; the one that sounds has its player below it."""
    st.caption(_("What it writes by itself after each round:"))
    for sample in reversed(written):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                _("Round {number}").format(number=sample.epoch),
                icon=":material/play_arrow:",
                key=f"hear_{ticket}_{sample.epoch}",
                on_click=_hear,
                args=(ticket, sample.epoch),
            )
            st.markdown(shown(kind, sample.tokens), width="stretch")
        if state.state().heard == (ticket, sample.epoch):
            player(kind, sample.tokens)


def shown(kind: Kind, tokens: tuple[str, ...]) -> str:
    """Chords by name, with a sign for major or minor; tunes and notes as text."""
    if kind != "chords":
        return harmless(kept.written(kind, tokens).replace("\n", " · ")[:LONGEST_SHOWN])
    progression = kept.progression(tokens)
    return "–" if progression is None else harmless(chord_line(progression))


def chord_line(progression: Progression) -> str:
    """Four chords, then a stroke: as one reads a chart."""
    look = Look(progression.key, session.sheet().notation, False)
    names = [look.written(slot.chord) for slot in progression]
    return " | ".join(" ".join(names[at : at + GROUP]) for at in range(0, len(names), GROUP))


def player(kind: Kind, tokens: tuple[str, ...]) -> None:
    """Plays at once; nothing is rendered before somebody asks."""
    sound = kept.mp3(kind, tokens)
    if sound is None:
        st.caption(_("Nothing in this sounds yet."))
        return
    st.audio(sound, format="audio/mpeg", autoplay=True)


def _hear(ticket: int, epoch: int) -> None:
    now = state.state()
    now.drawn = None  # one player at a time
    now.heard = None if now.heard == (ticket, epoch) else (ticket, epoch)
