"""Which of several tunes to hear first: what the model finds likely, less what bores or is borrowed.

A score is bits per note, lower is better: the model's surprise from the first drawn token on, and what is added for
monotony and for copying. A likely tune is not yet a good one: endless repetition is likely too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.abc import Tune, bars_of, sounded
from engine.abc.tokens import pitch_of
from engine.music import pitch_class_of
from engine.tunewriter.sampler import Written

# Bits per note that are added. A real tune costs about two bits a note, so one more puts a candidate last.
FOR_FAULTS = 4.0
FOR_COPYING = 1.5  # when all of it stands in the corpus
FOR_SAME_BARS = 1.0  # when all bars beyond a half are the same ones
FOR_STANDING = 0.1  # for each note in a row beyond three of the same pitch
FOR_AWAY = 1.0  # when the last note is not the tonic; half of it on the fifth or the third
FOR_REACH = 0.6  # when all notes are out of a fiddle's first position
FOR_NARROW = 0.15  # for each semitone that the range lacks to a sixth
SIXTH, THREE = 9, 3
LOWEST, HIGHEST = 55, 83  # G3 to B5, the first position of a fiddle
CLOSE = 0.25  # share of runs from which on a tune is called close to another: two bars in eight


@dataclass(frozen=True, slots=True)
class Ranked:
    """A tune with its score in bits per note, lower better. `near` and `source` name the known tune it is close to,
    empty for a new one; `share` of its runs of intervals stand in the nearest one, 0 to 1."""

    written: Written
    score: float
    near: str = ""
    source: str = ""
    share: float = 0.0


Likeness = Callable[[Tune], tuple[str, str, float] | None]  # title, source and share, as `likeness.closest` gives


def unlike(tune: Tune) -> None:
    """Where no corpus is at hand every tune is new."""
    return


def ranked(candidates: Sequence[Written], likeness: Likeness = unlike) -> tuple[Ranked, ...]:
    """The candidates, best first; valid ones before others."""
    found = []
    for written in candidates:
        near, source, share = (likeness(written.tune) if written.tune else None) or ("", "", 0.0)
        close = share >= CLOSE
        found.append(Ranked(written, score_of(written, share), near if close else "", source if close else "", share))
    return tuple(sorted(found, key=lambda one: (not one.written.valid, one.score, one.written.candidate)))


def score_of(written: Written, share: float = 0.0) -> float:
    """Bits per note with what is added; lower is better."""
    bits = written.bits / max(1, written.notes)
    if written.tune is None or not written.notes:
        return bits + FOR_FAULTS
    return (
        bits
        + FOR_COPYING * share
        + monotony(written.tune)
        + strangeness(written.tune)
        + (0.0 if written.valid else FOR_FAULTS)
    )


def strangeness(tune: Tune) -> float:
    """Bits per note added for not coming home at the end, and for notes that lie badly on a fiddle."""
    pitches = [note.pitch for note in sounded(tune).score.notes]
    if not pitches:
        return FOR_AWAY
    above = (pitches[-1] - pitch_class_of(tune.key[:-3])) % 12
    away = {0: 0.0, 7: FOR_AWAY / 2, 4: FOR_AWAY / 2, 3: FOR_AWAY / 2}.get(above, FOR_AWAY)
    return away + FOR_REACH * sum(not LOWEST <= pitch <= HIGHEST for pitch in pitches) / len(pitches)


def monotony(tune: Tune) -> float:
    """Bits per note added for standing still, for a narrow range and for the same bars again and again."""
    pitches = [note.pitch for note in sounded(tune).score.notes]
    if not pitches:
        return FOR_SAME_BARS
    standing = max(len(list(same)) for _, same in groupby(pitches)) - THREE
    narrow = SIXTH - (max(pitches) - min(pitches))
    bars = [tune.body[bar.start : bar.end] for bar in bars_of(tune)]
    played = [bar for bar in bars if any(pitch_of(token) for token in bar)]
    different = len(Counter(played)) / max(1, len(played))
    return FOR_STANDING * max(0, standing) + FOR_NARROW * max(0, narrow) + 2 * FOR_SAME_BARS * max(0.0, 0.5 - different)
