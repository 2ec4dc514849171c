"""What can be trained on without bringing anything: songs of well-worn turns, and folk tunes as text or as notes."""

from __future__ import annotations

from functools import lru_cache

from engine.abc import Tune, split_body, to_model
from engine.songbook import merged
from engine.vocab import EOS, MODES
from engine.words import say
from engine.workshop.material import Kind, Material, collected
from engine.workshop.melody import tokens_of_tune
from engine.workshop.songs import TUNES, songs_of_turns


@lru_cache(maxsize=4)
def built_in(kind: Kind) -> Material:
    """The house's own set of a kind."""
    if kind == "chords":
        songs = [(MODES[mode], *merged(chords), EOS) for mode, chords in songs_of_turns()]
        return collected(kind, say("Songs of well-worn turns"), songs)
    if kind == "tunes":
        return collected(kind, say("Twenty folk tunes"), (to_model(tune) for tune in folk_tunes()))
    return collected(kind, say("Twenty folk tunes, as notes"), (tokens_of_tune(tune) for tune in folk_tunes()))


def folk_tunes() -> tuple[Tune, ...]:
    return tuple(Tune(rhythm, meter, key, split_body(body), title) for title, rhythm, meter, key, body in TUNES)
