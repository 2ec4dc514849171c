"""Writes tunes: what the model is told of the past, sampling, likeness to the corpus (NumPy only).

wish          what is asked of a tune, checked; opening: whether it can be gone on with
constrained   what may be drawn next; haste: what brings a long tune to its end
sampler       several tunes side by side; stream: token by token, or all at once
ranking       which of several to hear first
features      what the model is told beside the last token; lessons: tunes as numbers
likeness      whether a tune is new
chords        chords under a tune
"""

from engine.tunewriter.ranking import Ranked, ranked
from engine.tunewriter.sampler import Piece, Written
from engine.tunewriter.stream import stream, write
from engine.tunewriter.wish import ImpossibleWish, Wish

__all__ = ["ImpossibleWish", "Piece", "Ranked", "Wish", "Written", "ranked", "stream", "write"]
